"""The official rows whose names are most like a name: the reason that people are shown.

Owns: the index from runs of characters to rows, and likeness (the cosine of two names' features, 0 … 1). Leaves to
others: features (``features``), what likeness proves (nothing by itself).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.registry.catalogue.features import Features, Floats, Ints


@dataclass(frozen=True, slots=True)
class Postings:
    """Which rows hold a place, and with what value: those of place p stand at ``starts[p]:starts[p + 1]``."""

    starts: Ints
    rows: NDArray[np.int32]
    values: Floats
    size: int

    @classmethod
    def of(cls, rows: Sequence[Features], places: int) -> Postings:
        if not rows:
            return cls(np.zeros(places + 1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32), 0)
        at = np.concatenate([features[0] for features in rows])
        values = np.concatenate([features[1] for features in rows])
        owner = np.repeat(np.arange(len(rows), dtype=np.int32), [len(features[0]) for features in rows])
        order = np.argsort(at, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=places))]).astype(np.int64)
        return cls(starts, owner[order], values[order], len(rows))

    def likeness(self, features: Features) -> Floats:
        """How like each row is."""
        places, values = features
        first, last = self.starts[places], self.starts[places + 1]
        lengths = last - first
        # The positions of all the stretches one after another, without a loop over places.
        within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        where = np.repeat(first, lengths) + within
        weights = self.values[where] * np.repeat(values, lengths)
        return np.bincount(self.rows[where], weights, minlength=self.size).astype(np.float32)
