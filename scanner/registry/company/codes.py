"""Two companies that show their codes: the unified social credit code (统一社会信用代码, USCC) comes before the names.

Owns: finding the code in a text and what equal or different codes mean. Leaves to others: names without codes
(``compare``). One code is one company, with one exception that decides most cases in doubt: registers print the code
of the Chinese agent beside a foreign registrant, so there equal codes may stand beside many companies, and a page
may rightly show another code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from scanner import numbers
from scanner.model import Field, FieldState, NumberSeen
from scanner.registry.company.compare import compare
from scanner.registry.company.parts import Company, provinces, take_apart
from scanner.registry.names import LONGEST, Match

_ABROAD = frozenset({"台湾", "香港", "澳门"})  # registrants there have an agent as well


_DIGIT = re.compile(r"\d")
_FEWEST = 7  # digits of a code: its region has six, and its first character is one


def code_in(text: str) -> str:
    """The one valid code in ``text``; "" where there is none, or several."""
    text = text[:LONGEST]
    return _code_in(text) if len(_DIGIT.findall(text)) >= _FEWEST else ""


@lru_cache(maxsize=4096)
def _code_in(text: str) -> str:
    found = {n.number for n in numbers.find(text) if n.type == "uscc" and n.valid}
    return found.pop() if len(found) == 1 else ""


def code_shown(uscc: Field, found: Iterable[NumberSeen]) -> str:
    """The one valid code that a seller's page shows: under its label, else among all numbers ``found`` on it; "" where it
    shows none or several."""
    if uscc.state is FieldState.SEEN and (code := code_in(uscc.text.strip())):
        return code
    shown = {one.number.number for one in found if one.number.type == "uscc" and one.number.valid is True}
    return shown.pop() if len(shown) == 1 else ""


def wrong_code(text: str) -> str:
    """What is wrong with ``text`` as a code, in words; "" if it is right, or no code at all."""
    text = text.strip()[:LONGEST]
    if not (text.isascii() and text.isalnum() and len(_DIGIT.findall(text)) >= _FEWEST):
        return ""
    found = [n for n in numbers.find(f"统一社会信用代码：{text}") if n.type == "uscc"]
    return found[0].why if found and found[0].valid is False else ""


def without_code(text: str) -> str:
    """``text`` without a code in it, so that a name is left."""
    for number in reversed([n for n in numbers.find(text[:LONGEST]) if n.type == "uscc"]):
        text = f"{text[: number.start]} {text[number.end :]}"
    return text.strip()


def compare_with_codes(
    page: str, register: str, *, page_code: str, register_code: str, domestic: bool | None = None
) -> Match:
    """Compare a company on a page with one in a register; codes that are not valid count as not shown.

    ``domestic``: whether the register's company is one of the mainland, if its number says so; None: by its name.
    """
    names = compare(page, register)
    ours, theirs = code_in(page_code), code_in(register_code)
    if not ours or not theirs:
        return names
    if domestic is None:
        domestic = _is_domestic(take_apart(register)) and _is_domestic(take_apart(page))
    return _one_code(names, register, domestic) if ours == theirs else _two_codes(names, page, register, domestic)


def _one_code(names: Match, register: str, domestic: bool) -> Match:
    if names.verdict == "same":
        return replace(names, score=1.0, because=f"{names.because}，统一社会信用代码也一致")
    if domestic:
        return Match(
            0.98, "same", f"统一社会信用代码一致，名称不同：更名前后的同一家（登记的名称是“{register.strip()}”）"
        )
    return Match(
        max(names.score, 0.75), "doubtful", "统一社会信用代码一致，但境外注册人登记的是代理人的代码，可能是两家"
    )


def _two_codes(names: Match, page: str, register: str, domestic: bool) -> Match:
    if not domestic:
        return names
    if names.verdict == "same":
        if take_apart(page).branch != take_apart(register).branch:
            return names  # a branch has a code of its own
        return Match(0.75, "doubtful", f"{names.because}，但统一社会信用代码不同")
    return Match(min(names.score, 0.4), "other", f"统一社会信用代码不同，{names.because}")


def _is_domestic(company: Company) -> bool:
    """A name that says so itself: a place of the mainland and a company's form. Foreign names in Chinese have none."""
    places = {provinces().get(place) for place in company.places if place not in _ABROAD}
    return company.form == "company" and bool(places - {None, "", *_ABROAD})
