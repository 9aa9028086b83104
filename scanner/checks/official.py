"""Checks that rest on an exact official name: what the papers say of it, held against the number that is shown.

Owns: finding the one official name of a page, and the three signs (a filing for a higher class, a device number on what
is no device, a device without a number). Leaves to others: the papers (``registry.catalogue``), the page's numbers
(``own``). Each finding quotes the papers' rows with their years. A name that is only alike carries nothing; nor does
one of which the papers disagree, nor a page that names several products.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.checks.case import Case, Sign
from scanner.checks.document import Quote
from scanner.checks.facts import PRODUCT_NUMBERS
from scanner.checks.own import filings, own, quote_of, unseen
from scanner.model import Finding, Listing, Standing
from scanner.registry.catalogue import NOT_ALONE, SHORTEST, Official, located, quoted
from scanner.rulebook import RegistrationRule
from scanner.rulebook.tables import ACCESSORIES, NOT_FOR_PEOPLE
from scanner.text import fold

ROWS_QUOTED = 3
SAME_NAME = "名称和官方条目一致；组成和用途是否一致没有核对"  # a paper speaks of one product, others may bear its name


class _Named(NamedTuple):
    official: Official
    quote: Quote


def class_above(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """Filed as class I, though the papers that name it say II or III, and the class I catalogue does not name it."""
    names, shown = case.catalogues, filings(case)
    if names is None or not shown or not names.imported("class1"):
        return
    named = _named(case)
    if named is not None and named.official.classes <= {"II", "III"}:
        yield from case.find(rule, quote_of(shown[0]), beside=_rows(named), unchecked=(SAME_NAME,))


def not_a_device(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """A device number on a product that was determined to be none."""
    shown = [s for s in own(case).values() if s.number.type in PRODUCT_NUMBERS and s.number.valid is not False]
    if case.facts.fragment or case.catalogues is None or not shown:
        return
    named = _named(case)
    if named is None or named.official.classes != {"not_device"}:
        return
    if any(row.heading == NOT_ALONE for row in named.official.rows):
        return  # a part of a device: on its page the device's number is in its place
    for seen in shown:
        answer = case.answer(seen.number)
        if answer is not None and answer.record is not None and Standing.OTHER_PRODUCT not in answer.standing:
            return  # an authority has registered this very product under this number: it knows better
    yield from case.find(
        rule, named.quote, beside=(f"页面展示{shown[0].number.number}", *_rows(named)), unchecked=(SAME_NAME,)
    )


def without_number(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """A product that the papers call a device of class II or III, on a page that shows no number."""
    if case.catalogues is None:
        return
    named = _named(case)
    if named is not None and named.official.classes <= {"II", "III"}:
        unread = (SAME_NAME, *case.unread)
        yield from case.find(rule, named.quote, verdict=unseen(case), beside=_rows(named), unchecked=unread)


def _named(case: Case) -> _Named | None:
    """The one official name of the page: of its product name's own field, else of its title."""
    if not isinstance(case.subject, Listing) or case.catalogues is None or not case.product.text:
        return None
    folded = fold(case.product.text[:200]).text
    odd = (*case.rulebook.words(NOT_FOR_PEOPLE), *(case.rulebook.words(ACCESSORIES) if _is_title(case) else ()))
    if any(word in folded for word in odd):
        return None
    places = {name: (start, end) for name, start, end in reversed(located(case.product.text)) if len(name) >= SHORTEST}
    found = case.catalogues.find(places)
    if len(found) != 1:
        return None
    start, end = places[found[0].name]
    return _Named(found[0], Quote(field=case.product.field, text=case.product.text[start:end], start=start, end=end))


def _is_title(case: Case) -> bool:
    return case.product.field == "title"


def _rows(named: _Named) -> tuple[str, ...]:
    return tuple(dict.fromkeys(quoted(row) for row in named.official.rows))[:ROWS_QUOTED]
