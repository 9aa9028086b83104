"""What a family of numbers is made of: drafts read from folded text, checks of their pieces, and the family itself.

Owns: the shapes shared by all families and how checks add up to ``valid`` and ``why``. Leaves to others: folding
(``fold``), who issued a number (``authority``), reading its digits (``digits``), and each family's own rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from scanner.numbers.digits import Run
from scanner.numbers.fold import Folded, Gap

Strength = Literal["hard", "strong", "weak"]


@dataclass(frozen=True, slots=True)
class Check:
    """Something a number's pieces say about it, in Chinese, and how hard it hits.

    ``hard``: it cannot be a number of this kind. ``strong``: ask for proof. ``weak``: worth a note beside others.
    """

    strength: Strength
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A number as read, not yet judged: places in the folded text, canonical spelling, pieces by name.

    Two pieces have a meaning of their own: ``variant`` (Chinese: how the spelling differs from the usual) and
    ``repaired`` (not empty: characters were put right); either makes ``valid`` unknown where no check is hard.
    """

    type: str
    start: int
    end: int
    number: str
    parts: Mapping[str, str] = field(default_factory=dict)


Finder = Callable[[Folded], Iterator[Draft]]
Checker = Callable[[str, Mapping[str, str], "date | None"], Iterator[Check]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Numbers that one office issues under one scheme.

    ``hints``: literals of the folded text, one of which every number of the family needs; a text without them is not
    searched. ``bare``: a text with a code of 18 characters (a USCC) is searched too.
    ``labels``: words that must stand before a bare number of this family; empty where it speaks for itself, or where
    without its label it could be anything.
    ``yields``: takes only places where no other family found anything (values known by their label alone).
    """

    name: str
    types: tuple[str, ...]
    hints: tuple[str, ...]
    find: Finder
    check: Checker
    bare: bool = False
    labels: tuple[str, ...] = ()
    yields: bool = False


REPAIRED = "按形近字更正后读出，请与原图核对"


def verdict(found: tuple[Check, ...], parts: Mapping[str, str]) -> tuple[Literal[True, False, "unknown"], str]:
    """``valid`` and ``why`` of a number from its checks, gravest first."""
    order = {"hard": 0, "strong": 1, "weak": 2}
    says = [check.says for check in sorted(found, key=lambda check: order[check.strength])]
    doubts = [parts["variant"]] if parts.get("variant") else []
    if parts.get("repaired"):
        doubts.append(REPAIRED)
    why = "；".join(says + doubts)
    if any(check.strength == "hard" for check in found):
        return False, why
    return ("unknown" if doubts else True), why


def close(folded: Folded, end: int) -> int:
    """``end``, moved behind 号 (number) where one follows on the same line."""
    if folded.text[end : end + 1] == "号" and folded.gap(end) <= Gap.SPACE:
        return end + 1
    return end


def pieces(**given: str) -> dict[str, str]:
    """The pieces that are there, by name."""
    return {name: value for name, value in given.items() if value}


def marks(run: Run) -> dict[str, str]:
    """The pieces that say how digits were read: with placeholders, or with characters put right."""
    return pieces(repaired="是" if run.repaired else "", masked="是" if run.masked else "")


def wrong_digits(parts: Mapping[str, str], should: str) -> Check:
    """The check for digits (piece ``digits``) that are not as they should be."""
    if parts.get("masked") or not parts["digits"].isdigit():
        return Check("hard", f"含有占位符，不是完整编号（{should}）")
    return Check("hard", f"{should}，实为{len(parts['digits'])}位")


def join(*variants: str) -> str:
    """Remarks on a spelling as one remark."""
    return "，".join(variant for variant in variants if variant)


def year_checks(year: str, on: date | None, *, first: int, began: str) -> Iterator[Check]:
    """A year before the scheme began or after ``on`` cannot be. Without ``on`` only years past 2099 are future."""
    if not year.isdigit():
        return
    if int(year) < first:
        yield Check("hard", f"{year}年尚无此编号格式（{began}起）")
    elif int(year) > (on.year if on is not None else 2099):
        yield Check("hard", f"年份{year}晚于核查日期")
