"""Learning from official rows which class and which code a product has, by its name alone or with its description.

Owns: what counts how much, the four models (class and code, by name and by name with description), how certain an
opinion is, and the calibration on the newest year held out. Leaves to others: features and softmax (``features``,
``softmax``), showing official rows as the reason (``product``).

The figures were chosen on the determinations of 2021 with those up to 2020 learnt; 2022 was kept for the measurement.
Determinations count most, newer ones more: practice moves. The class I catalogue's examples count little, since their
number would draw every name into class I.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scanner.registry.catalogue.calibration import NEVER_SURE, Calibration
from scanner.registry.catalogue.features import NO_RUNS, Features, Floats, Ints, Runs, Weights, joined, runs
from scanner.registry.catalogue.names import SHORTEST, pieces, plain
from scanner.registry.catalogue.nearest import Postings
from scanner.registry.catalogue.softmax import Softmax
from scanner.store.catalogue import CatalogueRow, ProductClass

CLASSES: tuple[ProductClass, ...] = ("I", "II", "III", "not_device", "combination", "depends")
DETERMINATIONS = "determinations"
DESCRIBED = 8  # runs of characters known of a description, below which there is none to speak of

_FOR_CLASS: Mapping[str, float] = {DETERMINATIONS: 1.0, "exemption": 0.5, "class1": 0.1}
_FOR_CODE: Mapping[str, float] = {DETERMINATIONS: 1.0, "exemption": 1.0, "class1": 0.8, "codes": 1.0}
_AGE = 0.7  # of a determination a year older, for the class
_NAME_RUNS, _TEXT_RUNS = 4, 3  # the longest runs of characters looked at
CLASS_SIDE, CODE_SIDE = 1.5, 1.0  # how much the description counts beside the name
_NEAR, _NEAR_SHARE = 15, 0.3  # rows of the nearest names, and how much their classes count beside the model


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the models think of a name: probabilities of ``CLASSES`` and of the groups (NN-NN, 6840); how like each row
    is; the bare ``certainty`` (the lesser of what the models say and how far the nearest rows agree); and how often an
    opinion as certain as this one has the class right."""

    classes: Floats
    groups: Floats
    likeness: Floats
    certainty: float
    confidence: float

    @property
    def device_class(self) -> ProductClass:
        return CLASSES[int(self.classes.argmax())]


@dataclass(frozen=True, slots=True)
class Models:
    """Everything learnt from one set of rows. ``labels``: each row's class as a number, -1 for none; ``ages``: how much
    each row counts for agreement."""

    names: Weights
    descriptions: Weights
    groups: tuple[str, ...]
    class_by_name: Softmax
    class_by_both: Softmax
    code_by_name: Softmax
    code_by_both: Softmax
    postings: Postings
    labels: Ints
    ages: Floats
    by_name: Calibration
    by_both: Calibration

    def opinion(self, name: str, description: str = "", official: ProductClass | None = None) -> Opinion:
        """What is thought of a product called ``name``. ``official``: the class that the papers agree on for exactly
        this name; it outweighs what is learnt (right for 67 of 76 names of 2021, where learning was for 58)."""
        named, described = self._features(name, description)
        both = len(described[0]) >= DESCRIBED
        classes, groups = self.class_by_name.probabilities(named), self.code_by_name.probabilities(named)
        likeness = self.postings.likeness(named)
        near = self._near(likeness)
        classes = (1 - _NEAR_SHARE) * classes + _NEAR_SHARE * near
        if both:
            together = [joined(named, described, weight, len(self.names.known)) for weight in (CLASS_SIDE, CODE_SIDE)]
            classes = 0.2 * classes + 0.8 * self.class_by_both.probabilities(together[0])
            groups = 0.2 * groups + 0.8 * self.code_by_both.probabilities(together[1])
        if official:
            classes = 0.25 * classes
            classes[CLASSES.index(official)] += np.float32(0.75)
        certainty = min(float(classes.max()), float(near[classes.argmax()]))
        curve = self.by_both if both else self.by_name
        return Opinion(classes, groups, likeness, certainty, curve.probability(certainty))

    def _features(self, name: str, description: str) -> tuple[Features, Features]:
        return self.names.features(plain(name)), self.descriptions.features(plain_text(description))

    def _near(self, likeness: Floats) -> Floats:
        """The classes of the rows with the nearest names; nearer and newer ones count more."""
        weight = np.where(self.labels >= 0, likeness**4 * self.ages, 0)
        nearest = np.argpartition(weight, -_NEAR)[-_NEAR:] if len(weight) > _NEAR else np.arange(len(weight))
        shares = np.zeros(len(CLASSES), np.float32)
        np.add.at(shares, self.labels[nearest], weight[nearest])
        total = float(shares.sum())
        return shares / np.float32(total) if total else shares


class Agreed:
    """The class of each exact official name on which all papers that name it agree."""

    def __init__(self, rows: Iterable[CatalogueRow]) -> None:
        self._classes: dict[str, ProductClass] = {}
        for row in rows:
            if row.device_class:
                before = self._classes.setdefault(row.plain, row.device_class)
                self._classes[row.plain] = before if before == row.device_class else ""

    def on(self, name: str) -> ProductClass | None:
        """The class of ``name``, or of the one official name that stands in it as a piece; None if there is none."""
        said = {self._classes[piece] for piece in telling(name) if piece in self._classes}
        return said.pop() or None if len(said) == 1 else None


def telling(name: str) -> tuple[str, ...]:
    """The pieces of a name that may be an official name: the whole, and those long enough to be nothing else."""
    whole, *parts = pieces(name) or ("",)
    return (whole, *(part for part in parts if len(part) >= SHORTEST))


def plain_text(text: str) -> str:
    """A description levelled as names are; longer than a name may be."""
    return "".join(plain(text[start : start + 200]) for start in range(0, min(len(text), 1_200), 200))


def learn(rows: Sequence[CatalogueRow]) -> Models:
    """Models of all ``rows``, calibrated on the determinations of the newest year, learnt from the older ones."""
    named = [runs(row.plain, _NAME_RUNS) for row in rows]
    described = [runs(text, _TEXT_RUNS) if text else NO_RUNS for text in map(plain_text, _descriptions(rows))]
    table = _Table(rows, named, described)
    years = sorted({year_of(row) for row in rows if row.source == DETERMINATIONS})
    if len(years) < 2:
        return table.models(codes=True)
    is_held = [row.source == DETERMINATIONS and year_of(row) == years[-1] for row in rows]
    older = table.without(is_held).models(codes=False)
    agreed = Agreed(row for row, left_out in zip(rows, is_held, strict=True) if not left_out)
    curves = []
    for both in (False, True):
        held = [row for row, left_out in zip(rows, is_held, strict=True) if left_out]
        found = [older.opinion(r.name, r.description if both else "", agreed.on(r.name)) for r in held]
        right = [opinion.device_class == row.device_class for opinion, row in zip(found, held, strict=True)]
        curves.append(Calibration.learn([opinion.certainty for opinion in found], right))
    return replace(table.models(codes=True), by_name=curves[0], by_both=curves[1])


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows with the runs of their names and descriptions, hashed once."""

    rows: Sequence[CatalogueRow]
    named: Sequence[Runs]
    described: Sequence[Runs]

    def without(self, left_out: Sequence[bool]) -> _Table:
        kept = [i for i, out in enumerate(left_out) if not out]
        return _Table([self.rows[i] for i in kept], [self.named[i] for i in kept], [self.described[i] for i in kept])

    def models(self, *, codes: bool) -> Models:
        """Learn, uncalibrated; without ``codes`` only the classes, which is what calibration needs."""
        names = Weights.learn(self.named, longest=_NAME_RUNS, least=2)
        texts = [text for text in self.described if len(text[0])]
        descriptions = Weights.learn(texts, longest=_TEXT_RUNS, least=8)
        by_name = [names.weigh(text) for text in self.named]
        by_text = [descriptions.weigh(text) for text in self.described]
        newest = max((year_of(row) for row in self.rows if row.source == DETERMINATIONS), default=0)
        ages = [_age(row, newest) for row in self.rows]
        labels = [CLASSES.index(row.device_class) if row.device_class else -1 for row in self.rows]
        groups = tuple(sorted({group(row.code) for row in self.rows} - {""})) if codes else ()
        places = {name: place for place, name in enumerate(groups)}
        grouped = [places.get(group(row.code), -1) for row in self.rows]
        counts = [_FOR_CLASS.get(row.source, 0.0) * age for row, age in zip(self.rows, ages, strict=True)]
        code_counts = [_FOR_CODE.get(row.source, 0.0) for row in self.rows]

        def beside(weight: float) -> list[Features]:
            known = len(names.known)
            return [joined(name, text, weight, known) for name, text in zip(by_name, by_text, strict=True)]

        both = len(names.known) + len(descriptions.known)
        return Models(
            names=names, descriptions=descriptions, groups=groups,
            class_by_name=_class_model(by_name, labels, counts, len(names.known)),
            class_by_both=_class_model(beside(CLASS_SIDE), labels, counts, both),
            code_by_name=_code_model(by_name, grouped, code_counts, len(names.known), len(groups)),
            code_by_both=_code_model(beside(CODE_SIDE), grouped, code_counts, both, len(groups)),
            postings=Postings.of(by_name, len(names.known)), labels=np.array(labels, np.int64),
            ages=np.array(ages, np.float32), by_name=NEVER_SURE, by_both=NEVER_SURE,
        )  # fmt: skip


def _class_model(rows: Sequence[Features], labels: Sequence[int], counts: Sequence[float], places: int) -> Softmax:
    return Softmax.learn(rows, labels, counts, places=places, kinds=len(CLASSES), epochs=6, rate=0.3)


def _code_model(
    rows: Sequence[Features], labels: Sequence[int], counts: Sequence[float], places: int, kinds: int
) -> Softmax:
    return Softmax.learn(rows, labels, counts, places=places, kinds=kinds, epochs=3, rate=2.0)


def _descriptions(rows: Sequence[CatalogueRow]) -> list[str]:
    """Each row's description; of examples that share one, only the first has it, so that it is not learnt ten times."""
    seen: set[str] = set()
    found = []
    for row in rows:
        found.append("" if row.description in seen else row.description)
        if row.source == "class1":
            seen.add(row.description)
    return found


def group(code: str) -> str:
    """The group of a code, NN-NN or 6840; "" for a code that names none (NN-00 is a whole sub-catalogue)."""
    found = code if code == "6840" else code[:5]
    return "" if len(found) < 4 or found.endswith("-00") else found


def year_of(row: CatalogueRow) -> int:
    return int(row.year[:4]) if row.year[:4].isdigit() else 0


def _age(row: CatalogueRow, newest: int) -> float:
    return float(_AGE ** max(newest - year_of(row), 0)) if row.source == DETERMINATIONS else 1.0
