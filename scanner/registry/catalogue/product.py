"""Which class and code has a product called this? Official rows, the likeliest first: a shortlist, never a finding.

Owns: putting the models' opinion and the nearest official rows together. Leaves to others: learning (``learning``),
keeping what was learnt (``kept``), exact names that may carry a check (``names``).

Every match is a row of an official paper, with its year: the model orders, the paper is the reason. A score is the
calibrated chance that the class is right, for the first match; for the others it falls as they grow less likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.registry.catalogue.features import Floats, Ints
from scanner.registry.catalogue.learning import CLASSES, Agreed, Models, Opinion, group, telling
from scanner.store.catalogue import CatalogueRow, ProductClass

SHOWN = 10
EXACT_SHOWN = 3
# likeness of the nearest name: below, there is none; below, nothing may be concluded from it
STRANGE, UNLIKE = 0.1, 0.2
SURE_ENOUGH = 0.5  # below this the class is not to be relied on, and people are told so


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductMatch:
    """An official row: code, class, name and year as its paper (``source``) prints them. ``exact``: the page's name is
    this name, or holds it as a piece of its own."""

    code: str
    device_class: ProductClass
    name: str
    score: float
    source: str
    year: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductAnswer:
    """``matches``: best first, a group of codes once. ``confidence``: how often a class stated like this one is right;
    ``abstains``: it is below one half, so the class is a guess."""

    matches: tuple[ProductMatch, ...]
    confidence: float
    abstains: bool


class Products:
    """The catalogues, asked by name. ``rows`` are those that ``models`` were learnt from, in the same order."""

    def __init__(self, rows: Sequence[CatalogueRow], models: Models) -> None:
        self._rows = rows
        self._models = models
        place = {name: i for i, name in enumerate(models.groups)}
        self._groups = np.array([place.get(group(row.code), -1) for row in rows], np.int64)
        self._of_group = tuple(np.flatnonzero(self._groups == i) for i in range(len(models.groups)))
        self._of_class = tuple(np.flatnonzero(models.labels == i) for i in range(len(CLASSES)))
        # Of two rows that say the same, the one with the whole code tells more.
        self._detail = np.array([1.5 if row.code.count("-") == 2 else 1.0 for row in rows], np.float32)
        self._agreed = Agreed(rows)
        self._names: dict[str, list[int]] = {}
        for i, row in enumerate(rows):
            self._names.setdefault(row.plain, []).append(i)

    def ask(self, name: str, description: str = "") -> ProductAnswer:
        """The likeliest classes and codes of a product called ``name``; no match where no official name is like it."""
        opinion = self._models.opinion(name, description, self._agreed.on(name))
        like = float(opinion.likeness.max(initial=0))
        if like < STRANGE:
            return ProductAnswer(matches=(), confidence=0.0, abstains=True)
        confidence = opinion.confidence if like >= UNLIKE else 0.0
        found = self._ordered(opinion, telling(name))
        matches = tuple(self._match(row, confidence * chance, opinion, exact) for row, chance, exact in found)
        return ProductAnswer(matches=matches, confidence=round(confidence, 3), abstains=confidence < SURE_ENOUGH)

    def _ordered(self, opinion: Opinion, called: Sequence[str]) -> list[tuple[int, float, bool]]:
        """Rows with how likely each is beside the first (1 … 0), and whether it is exactly a piece of the name: the row
        that stands for the likeliest class, other exact names, then one row for each likely group of codes."""
        exact = frozenset(i for piece in called for i in self._names.get(piece, ()))
        fit = self._fit(opinion, exact)
        best = _best(fit, self._of_class[CLASSES.index(opinion.device_class)])
        first = int(fit.argmax()) if best is None else best
        others = self._told_apart(first, sorted(exact - {first}, key=lambda i: -fit[i]))[:EXACT_SHOWN]
        chances = {first: 1.0} | {i: self._class_chance(opinion, i) for i in others}
        top = float(opinion.groups.max(initial=0)) or 1.0
        for place in np.argsort(-opinion.groups)[:SHOWN]:
            row = _best(fit, self._of_group[place])
            if row is not None and place not in {int(self._groups[i]) for i in chances}:
                chances[row] = min(float(opinion.groups[place]) / top, 0.99)
        rest = sorted(chances.items(), key=lambda pair: -pair[1])
        return [(row, chance, row in exact) for row, chance in rest][:SHOWN]

    def _fit(self, opinion: Opinion, exact: frozenset[int]) -> Floats:
        """How well each row stands for the opinion: like in name, of a likely group and class; an exact name first."""
        labels = self._models.labels
        of_class = np.where(labels >= 0, opinion.classes[labels], 0.05)
        of_group = np.where(self._groups >= 0, opinion.groups[self._groups], 1 / max(len(opinion.groups), 1))
        fit = ((0.05 + opinion.likeness) ** 2 * of_class * of_group * self._detail).astype(np.float32)
        fit[list(exact)] *= 10
        return fit

    def _told_apart(self, first: int, rows: Sequence[int]) -> list[int]:
        """Of rows that say the same of code and class from the same source, the newest; none that says what ``first``
        says."""
        said: dict[tuple[str, str, str], int] = {}
        for i in (first, *rows):
            key = (self._rows[i].source, self._rows[i].code, self._rows[i].device_class)
            if key not in said or (said[key] != first and self._rows[i].year > self._rows[said[key]].year):
                said[key] = i
        return [i for i in said.values() if i != first]

    def _class_chance(self, opinion: Opinion, row: int) -> float:
        label = int(self._models.labels[row])
        return float(opinion.classes[label] / opinion.classes.max()) * 0.99 if label >= 0 else 0.0

    def _match(self, row: int, chance: float, opinion: Opinion, exact: bool) -> ProductMatch:
        said = self._rows[row]
        likeliest = CLASSES[int(opinion.classes[:3].argmax())]  # of a row whose paper says nothing of the class
        return ProductMatch(code=said.code, device_class=said.device_class or likeliest, name=said.name,
                            score=round(chance, 3), source=said.source, year=said.year, exact=exact)  # fmt: skip


def _best(fit: Floats, among: Ints) -> int | None:
    return int(among[fit[among].argmax()]) if len(among) else None
