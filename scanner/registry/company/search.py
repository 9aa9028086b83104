"""Which companies do the registers know under this name, or this code? Best first, each with its reason.

Owns: ranking and the answer. Leaves to others: candidates (``index``) and comparing (``compare``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import Indel

from scanner.registry.company.codes import code_in
from scanner.registry.company.compare import compare
from scanner.registry.company.index import candidates, nearness
from scanner.registry.company.parts import key_of
from scanner.registry.names import LONGEST, level
from scanner.store.companies import CompanyStore, KnownName

SHOWN = 10
MOST = 100  # answers, ties included
LEAST = 0.5  # a name less like the one asked for is no answer
_BELOW_SAME = 0.94  # what is only similar stays below what is called the same


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyMatch:
    """A name that registers print. ``score`` 1 is the name asked for; ``sources`` are the ids of those that print it.

    ``verdict`` says whether it is the same company; a code that was asked for is always the same.
    """

    name: str
    uscc: str
    score: float
    verdict: Literal["same", "doubtful", "other"]
    because: str
    sources: tuple[str, ...]


def search(companies: CompanyStore, text: str, *, shown: int = SHOWN) -> tuple[CompanyMatch, ...]:
    """The names nearest to ``text``, which is a name or a code; best first, at most ``shown`` and those that tie with
    the last of them. Only the beginning of a long text is looked at. () where nothing is near."""
    text = text[:LONGEST]
    if code := code_in(text):
        because = "统一社会信用代码一致"
        return tuple(_match(known, 1.0, "same", because) for known in companies.by_uscc(code))[:MOST]
    key = key_of(text)
    if not key:
        return ()
    found = _scored(text, key, candidates(companies, key, shown + 4), shown)
    found = sorted((m for m in found if m.score >= LEAST), key=lambda m: (-m.score, m.name, m.uscc))
    last = found[min(shown, len(found)) - 1].score if found else 0.0
    return tuple(match for match in found if match.score >= last)[:MOST]


def _scored(text: str, key: str, known: list[KnownName], shown: int) -> list[CompanyMatch]:
    """First by what is alike, quickly; the nearest are then compared part by part, which also says why."""
    if not known:
        return []
    near = nearness(key, [name.key for name in known])
    order = sorted(range(len(known)), key=lambda place: -near[place])
    compared = [place for rank, place in enumerate(order[:MOST]) if rank < shown or known[place].key == key]
    names = [level(known[place].name) for place in compared]
    whole = process.cdist([level(text)], names, scorer=Indel.normalized_similarity)[0]
    found = []
    for place, alike_whole in zip(compared, whole.tolist(), strict=True):
        match = compare(text, known[place].name)
        alike = min((100 * float(near[place]) + alike_whole) / 101, _BELOW_SAME)  # the whole only breaks ties
        score = max(match.score, alike) if match.verdict == "same" else alike
        found.append(_match(known[place], round(score, 4), match.verdict, match.because))
    return found


def _match(known: KnownName, score: float, verdict: Literal["same", "doubtful", "other"], because: str) -> CompanyMatch:
    return CompanyMatch(
        name=known.name, uscc=known.uscc, score=score, verdict=verdict, because=because, sources=known.sources
    )  # fmt: skip
