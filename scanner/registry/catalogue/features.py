"""A text as numbers: hashed runs of characters, weighted by how rare they are, of unit length.

Owns: hashing all runs of one to four characters at once (numpy, no dictionary) and the weights learnt from a set of
texts. Leaves to others: what is learnt from them (``softmax``, ``nearest``). Time and memory are linear in the text, and
a text longer than ``LONGEST`` is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Runs = tuple[Ints, Floats]  # hashes, and 1 + log of how often each occurs
Features = tuple[Ints, Floats]  # places, and the value at each

BITS = 40  # of a hash; so many that two runs hardly ever share one
LONGEST = 600  # characters; of longer descriptions the rest repeats

_NONE = np.zeros(0, np.int64)
NO_RUNS: Runs = (_NONE, np.zeros(0, np.float32))
_STEP = np.uint64(1_000_003)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)


def runs(text: str, longest: int) -> Runs:
    """The hashes of all runs of 1 … ``longest`` characters of ``text`` (its ends marked), and 1 + log of their number."""
    marked = f"\x02{text[:LONGEST]}\x03".encode("utf-32-le", "replace")
    units = np.frombuffer(marked, np.uint32).astype(np.uint64)
    found, hashed = [], units.copy()
    with np.errstate(over="ignore"):
        for length in range(1, min(longest, len(units)) + 1):
            if length > 1:
                hashed = hashed[:-1] * _STEP + units[length - 1 :]
            inner = hashed if length > 1 else hashed[1:-1]  # an end by itself is in every text
            found.append(((inner ^ (np.uint64(length) * _MIX)) * _SPREAD) >> np.uint64(64 - BITS))
    hashes, counts = np.unique(np.concatenate(found).astype(np.int64), return_counts=True)
    return hashes, (1 + np.log(counts)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Weights:
    """The runs that are known, as sorted hashes, and how much each counts; a run's place is its position here.

    Runs that hardly any text has are not known: they could teach nothing but that text.
    """

    longest: int
    known: Ints
    rarity: Floats

    @classmethod
    def learn(cls, texts: Sequence[Runs], *, longest: int, least: int) -> Weights:
        """From the runs of texts: those that at least ``least`` of the texts have."""
        found, seen = np.unique(np.concatenate([_NONE, *(hashes for hashes, _ in texts)]), return_counts=True)
        known, seen = found[seen >= least], seen[seen >= least]
        return cls(longest, known, (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32))

    def features(self, text: str) -> Features:
        """The features of ``text``, of unit length; none at all for a text of which nothing is known."""
        return self.weigh(runs(text, self.longest))

    def weigh(self, text: Runs) -> Features:
        """As ``features``, of a text whose runs were taken already."""
        hashes, values = text
        if not len(self.known):
            return NO_RUNS
        places = np.searchsorted(self.known, hashes).clip(max=len(self.known) - 1)
        kept = self.known[places] == hashes
        places = places[kept]
        return places, unit(values[kept] * self.rarity[places])


def unit(values: Floats) -> Floats:
    """``values`` scaled to length 1."""
    length = np.float32(np.sqrt(values @ values))
    return values / length if length else values


def joined(name: Features, description: Features, weight: float, behind: int) -> Features:
    """Two texts side by side: the description's places lie ``behind`` the name's and count ``weight`` times."""
    places = np.concatenate([name[0], description[0] + behind])
    return places, unit(np.concatenate([name[1], description[1] * np.float32(weight)]))
