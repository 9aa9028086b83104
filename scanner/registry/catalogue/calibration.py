"""From a model's own certainty to a probability that may be stated: how often it was right, on rows it had not seen.

Owns: learning the curve (isotonic: the surer the model, the higher) and reading it. Leaves to others: whose certainty it
is and which rows were held out (``learning``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.registry.catalogue.features import Floats

LEAST = 60  # rows of a step; a step of few rows could be right by luck


@dataclass(frozen=True, slots=True)
class Calibration:
    """A rising staircase: from certainty ``from_[i]`` on, ``right[i]`` of the answers were right."""

    from_: Floats
    right: Floats

    @classmethod
    def learn(cls, certainty: Sequence[float], right: Sequence[bool]) -> Calibration:
        """From certainties of held-out answers and whether each was right. With none: nothing is ever sure."""
        order = np.argsort(np.asarray(certainty, np.float64), kind="stable")
        sure, hits = np.asarray(certainty, np.float64)[order], np.asarray(right, np.float64)[order]
        steps: list[tuple[float, float, int]] = []  # from, sum of hits, rows
        for start in range(0, len(sure), LEAST):
            part = hits[start : start + LEAST]
            if len(part) < LEAST and steps:  # the rest joins the last step
                low, total, rows = steps.pop()
                part, start_at = np.concatenate([[total], part]), low
                steps.append((start_at, float(part.sum()), rows + len(part) - 1))
            else:
                steps.append((float(sure[start]), float(part.sum()), len(part)))
            while len(steps) > 1 and steps[-1][1] / steps[-1][2] <= steps[-2][1] / steps[-2][2]:
                (_, last, more), (low, total, rows) = steps.pop(), steps.pop()
                steps.append((low, total + last, rows + more))
        shares = np.maximum.accumulate([_stated(total, rows) for _, total, rows in steps] or [0.0])
        return cls(np.array([low for low, _, _ in steps], np.float32), shares[: len(steps)].astype(np.float32))

    def probability(self, certainty: float) -> float:
        """How often an answer of this certainty is right, as far as is known."""
        if not len(self.from_):
            return 0.0
        at = int(np.searchsorted(self.from_, np.float32(certainty), side="right")) - 1
        return float(self.right[max(at, 0)])


def _stated(hits: float, rows: int) -> float:
    """What may be stated of a step: its share with one more miss than was seen, less one standard error."""
    share = hits / (rows + 1)
    return max(share - float(np.sqrt(share * (1 - share) / rows)), 0.0)


NEVER_SURE = Calibration.learn([], [])
