"""Finding all numbers in a text, reading one number, and checking it again on another day.

Owns: running the families over a text, the second pass for misread characters, overlaps, repetitions, and turning
drafts into numbers. Leaves to others: what each family knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from scanner.model import Number
from scanner.numbers import fold as folding
from scanner.numbers import hints
from scanner.numbers.families import FAMILIES, FAMILY_OF
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, verdict
from scanner.numbers.misread import repaired

_LABELS = tuple(label for family in FAMILIES for label in family.labels)
_FEWEST = 7  # digits that any number behind a label has
_BARE = tuple(family for family in FAMILIES if family.bare)
_DEBRIS = "\N{REPLACEMENT CHARACTER}"
_HINTS = tuple(hint for family in FAMILIES for hint in family.hints)
_Found = tuple[Draft, Family]
_WIDEST = 160  # characters of the original; wider means that unrelated pieces were read as one


def find(text: str, *, on: date | None = None) -> tuple[Number, ...]:
    """All numbers and identifiers in ``text``, ordered by place, each once, at its first place.

    ``on``: the day for which it is asked; a year after it is impossible. Without a day only years past 2099 are.
    Linear in the length of ``text``; any text is allowed. What debris of a wrong encoding (U+FFFD) cuts short is left
    out: it could not be read, which is not to say that it is wrong.

    >>> [n.number for n in find("注册证号：粤械注准 20232071234号")]
    ['粤械注准20232071234']
    """
    if not folding.may_hold(text):
        return ()
    plain = folding.level(text)
    squeezed = folding.squeeze(plain)
    seen, code = hints.present(squeezed, _HINTS), hints.has_code(squeezed)
    if not seen and not code:
        return ()
    folded = folding.placed(text, plain, squeezed)
    drafts = _read(folded, seen, code=code)
    numbers: dict[tuple[str, str], Number] = {}
    for draft in sorted(drafts, key=lambda draft: draft.start):
        number = _number(folded, draft, on)
        if number is not None and not _spoilt(text, number):
            # a malformed number is not known to be the same as another, so its spellings stay apart
            same = number.number if number.valid is not False else number.raw
            numbers.setdefault((number.type, same), number)
    return tuple(numbers.values())


def _spoilt(text: str, number: Number) -> bool:
    """Whether a number that is not sound stands beside a character that could not be read."""
    return number.valid is not True and _DEBRIS in text[max(0, number.start - 1) : number.end + 1]


def parse(text: str, *, on: date | None = None) -> Number | None:
    """The one number that ``text`` is, offsets into ``text``; None if it is none or something stands beside it.

    A bare value of a kind that pages show behind a label only (``H20149001``) is read as if its label stood there.
    """
    if len(text) > _WIDEST:
        return None
    for label in ("", *(_LABELS if sum(map(str.isdigit, text)) >= _FEWEST else ())):
        for number in find(label + text, on=on):
            start, end = number.start - len(label), number.end - len(label)
            if label and number.valid is False:  # the label was ours: nothing says that this was meant
                continue
            if start >= 0 and not text[:start].strip() and text[end:].strip() in _ENDINGS:
                return replace(number, start=start, end=end)
    return None


_ENDINGS = frozenset(("", "更", "(更)", "（更）"))  # 更: the certificate was changed; no part of the number


def checks(number: Number, *, on: date | None = None) -> tuple[Check, ...]:
    """What the pieces of ``number`` say about it on the day ``on``, with how hard each check hits."""
    return tuple(FAMILY_OF[number.type].check(number.type, dict(number.parts), on))


def class_of(number: Number) -> str:
    """The class that a device number states: ``I`` ``II`` ``III``, "" where it states none."""
    digit = dict(number.parts).get("class", "") if number.type.startswith("device_") else ""
    return {"1": "I", "2": "II", "3": "III"}.get(digit, "")


def _read(folded: Folded, seen: frozenset[str], *, code: bool) -> list[Draft]:
    """The drafts of both readings; where they overlap, the first reading has what it found."""
    families = [family for family in FAMILIES if not family.bare and not seen.isdisjoint(family.hints)]
    parts = [(folded.part(start, end), families, start) for start, end in hints.zones(folded.text, seen)]
    if code or any(not seen.isdisjoint(family.hints) for family in _BARE):
        parts.append((folded, list(_BARE), 0))
    first, again = list[_Found](), list[_Found]()
    for part, those, offset in parts:
        first += _drafts(part, those, offset)
        second = repaired(part)
        if second is not None:
            again += map(_as_repaired, _drafts(second, those, offset))
    drafts = _apart(_sorted(first), ())
    return drafts + _apart(_sorted(again), drafts)


def _drafts(folded: Folded, families: Iterable[Family], offset: int) -> Iterator[_Found]:
    for family in families:
        for draft in family.find(folded):
            yield replace(draft, start=draft.start + offset, end=draft.end + offset) if offset else draft, family


def _sorted(found: Iterable[_Found]) -> list[Draft]:
    """By place, the longest first; families that yield come after all others."""
    order = sorted(found, key=lambda pair: (pair[1].yields, pair[0].start, -pair[0].end))
    return [draft for draft, _ in order]


def _apart(drafts: Iterable[Draft], taken: Iterable[Draft]) -> list[Draft]:
    """The drafts that overlap neither one another nor ``taken``; the first one wins."""
    covered = bytearray()
    for draft in taken:
        _cover(covered, draft)
    kept = []
    for draft in drafts:
        if 1 not in covered[draft.start : draft.end]:
            _cover(covered, draft)
            kept.append(draft)
    return kept


def _cover(covered: bytearray, draft: Draft) -> None:
    if len(covered) < draft.end:
        covered.extend(bytes(draft.end - len(covered)))
    covered[draft.start : draft.end] = b"\x01" * (draft.end - draft.start)


def _as_repaired(pair: _Found) -> _Found:
    draft, family = pair
    return replace(draft, parts={**draft.parts, "repaired": "是"}), family


def _number(folded: Folded, draft: Draft, on: date | None) -> Number | None:
    start, end = folded.span(draft.start, draft.end)
    if end - start > _WIDEST:
        return None
    found = tuple(FAMILY_OF[draft.type].check(draft.type, draft.parts, on))
    valid, why = verdict(found, draft.parts)
    return Number(
        type=draft.type, number=draft.number, raw=folded.raw[start:end], start=start, end=end, valid=valid, why=why,
        parts=tuple(draft.parts.items()),
    )  # fmt: skip
