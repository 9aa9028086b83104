"""A linear softmax over hashed features, learnt with AdaGrad in plain numpy; small, quick, the same every time.

Owns: learning and probabilities. Leaves to others: features (``features``), what the labels are (``learning``).
AdaGrad keeps one step size a place, not one a place and label: half the memory, and as good (measured on 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.registry.catalogue.features import Features, Floats

SEED = 20211231  # of the order of rows; fixed, so that the same rows give the same model
TOO_SMALL = 0.02  # an error below this moves nothing that could be seen


@dataclass(frozen=True, slots=True)
class Softmax:
    """``weights``: places × labels; ``bias``: labels."""

    weights: Floats
    bias: Floats

    @classmethod
    def learn(
        cls,
        rows: Sequence[Features],
        labels: Sequence[int],
        counts: Sequence[float],
        *,
        places: int,
        kinds: int,
        epochs: int,
        rate: float,
    ) -> Softmax:
        """Learn ``labels`` (0 … ``kinds`` - 1; -1: none) from ``rows``; ``counts`` says how much each row counts."""
        use = [] if not kinds else [i for i, label in enumerate(labels) if label >= 0 and counts[i] > 0]
        weights, steps = np.zeros((places, kinds), np.float32), np.full(places, 1e-6, np.float32)
        bias, order = np.zeros(kinds, np.float32), np.random.default_rng(SEED)
        mean_weights, mean_bias = np.zeros_like(weights), np.zeros_like(bias)
        for epoch in range(epochs):
            for i in order.permutation(use):
                at, values = rows[i]
                error = _normal(values @ weights[at] + bias)
                error[labels[i]] -= 1
                error *= np.float32(counts[i])
                steps[at] += values * values * float(error @ error)
                if float(np.abs(error).max()) > TOO_SMALL:
                    weights[at] -= (np.float32(rate) * values / np.sqrt(steps[at]))[:, None] * error
                    bias -= np.float32(0.01) * error
            # The mean of what each round but the first ends with: the last rows seen would weigh too much by themselves,
            # and another order of the same rows would give another model.
            if epoch > 0 or epochs == 1:
                mean_weights += weights / np.float32(max(epochs - 1, 1))
                mean_bias += bias / np.float32(max(epochs - 1, 1))
        return cls(mean_weights, mean_bias)

    def probabilities(self, row: Features) -> Floats:
        """The probability of each label."""
        at, values = row
        return _normal(values @ self.weights[at] + self.bias)


def _normal(scores: Floats) -> Floats:
    if not len(scores):
        return scores
    raised = np.exp(scores - scores.max())
    normal: Floats = raised / raised.sum()
    return normal
