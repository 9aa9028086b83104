"""What a page does about each duty to show something: the checklist of a page, met or not.

Owns: whether a duty is looked at on this page, the best way in which it is met, and why nothing was found. Leaves to
others: which page this is (``pages``), the ways of showing (``shown``), what is said of it (``check``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scanner.checks.case import DESCRIPTION_UNREAD, PICTURES_UNREAD, TEXT_UNREAD, Case
from scanner.checks.claim import looked_in
from scanner.checks.display.pages import OWN_SITE_UNKNOWN, Here, kinds
from scanner.checks.display.sentence import MAX_TEXT
from scanner.checks.display.shown import Reading, Way, ways
from scanner.checks.document import NOWHERE, PICTURE_TEXT, Quote
from scanner.model import DutyAnswer, DutyState, FieldState, Listing, Outcome, Seller
from scanner.rulebook import DisplayRule, Rule
from scanner.text import fold

CUT = f"页面文字太长，规定的句子只在前 {MAX_TEXT} 个字里找过"

_UNREAD = {
    FieldState.NOT_SEEN: DutyState.NOT_SEEN,
    FieldState.UNREADABLE: DutyState.UNREADABLE,
    FieldState.NOT_LOOKED_AT: DutyState.NOT_LOOKED_AT,
}
_BEST = tuple(DutyState)  # seen, in a picture, by a link, something similar
_BEST_AS_TEXT = (
    DutyState.SEEN, DutyState.LINK_ALIVE, DutyState.LINK, DutyState.PICTURE, DutyState.LINK_DEAD, DutyState.SIMILAR,
)  # fmt: skip


class Looked(NamedTuple):
    """The answer to a rule's duty. ``pointer``: the words that make it one. ``only_pictures_left``: all else was looked
    at. ``sure``: whether the page has this duty at all; where that cannot be told nothing may rest on the answer."""

    rule: DisplayRule
    answer: DutyAnswer
    pointer: Quote
    only_pictures_left: bool
    sure: bool


def answers(case: Case, rules: Iterable[Rule], followed: Mapping[str, DutyState] | None = None) -> Iterator[Looked]:
    """The answer to each duty the page has, in the order of ``rules``; none for a fragment. ``followed``: what became
    of links (address -> ``LINK_ALIVE`` or ``LINK_DEAD``), as far as known."""
    if case.facts.fragment:
        return
    reading, pages = Reading(case), kinds(case)
    for rule in rules:
        if not isinstance(rule, DisplayRule) or not case.applies(rule):
            continue
        here = pages.get(rule.on, Here.NO)
        if here is not Here.NO:
            pointer = _due(reading, rule)
            if pointer is not None:
                yield _looked(reading, rule, pointer, here, followed or {})


def _due(reading: Reading, rule: DisplayRule) -> Quote | None:
    """The words that make the page have the duty (nowhere: it has it anyway); None where it has not. What must stand as
    text and was read in a picture makes it one by itself."""
    case = reading.case
    if rule.only_with and not any(way.state is DutyState.SEEN for way in ways(reading, rule.only_with)):
        return None
    if not rule.only_if and rule.sells is None:
        return NOWHERE
    for hit in case.hits.get(rule.id, ()):
        span = case.document.span(hit.start, hit.end)
        if span is not None and looked_in(case, rule, span):
            return case.document.quote(span, hit.start, hit.end)
    if rule.as_text:
        read = (way.quote for way in ways(reading, rule.must_show) if way.quote.field == PICTURE_TEXT)
        if (quote := next(read, None)) is not None:
            return quote
    return NOWHERE if _pictured(case, rule) or _sold(reading, rule) else None


def _pictured(case: Case, rule: DisplayRule) -> bool:
    """Whether a seller's page says in the alternative text of a picture what would make the duty one."""
    if not isinstance(case.subject, Seller):
        return False
    words = [word for pattern in rule.only_if for name in pattern.any for word in case.rulebook.words(name)]
    return any(word in fold(alt).text for _, alt in case.subject.pictures if alt for word in words)


def _sold(reading: Reading, rule: DisplayRule) -> bool:
    """Whether two different lines of a seller's page name goods of the kind that counts."""
    if rule.sells is None:
        return False
    named = [reading.case.rulebook.categories[category] for category in reading.offered.values()]
    goods, exempt = rule.sells.goods, rule.sells.exempt
    return sum(c.goods in goods and c.id not in exempt and c.classes != ("I",) for c in named) >= 2


def _looked(
    reading: Reading, rule: DisplayRule, pointer: Quote, here: Here, followed: Mapping[str, DutyState]
) -> Looked:
    case = reading.case
    order = _BEST_AS_TEXT if rule.as_text else _BEST
    found = [_followed(way, followed) for way in ways(reading, rule.must_show) if _counts(case, rule, way)]
    best = min(found, key=lambda way: order.index(way.state), default=None)
    met = best is not None and best.state in (DutyState.SEEN, DutyState.LINK, DutyState.LINK_ALIVE)
    unchecked = () if met else (*case.unread, *((CUT,) if reading.cut else ()))
    state = best.state if best is not None else _nothing(reading, rule)
    if here is Here.UNKNOWN and not met:
        unchecked = (*unchecked, OWN_SITE_UNKNOWN)
        state = DutyState.NOT_LOOKED_AT if best is None else state
    quote = best.quote if best is not None else NOWHERE
    answer = DutyAnswer(
        duty=rule.duty, rule=rule.id, what=rule.what, state=state, field=quote.field, quote=quote.text,
        start=quote.start, end=quote.end, link=best.link if best is not None else "", unchecked=unchecked,
        basis=tuple(law.basis for law in rule.basis if law.holds(case.on)),
    )  # fmt: skip
    only_pictures = state is DutyState.NOT_LOOKED_AT and unchecked == (PICTURES_UNREAD,)
    return Looked(rule, answer, pointer, only_pictures, here is Here.YES)


def _counts(case: Case, rule: DisplayRule, way: Way) -> bool:
    """A number that must stand as text may stand behind a link of the front page, not behind one of the page that is
    itself the one with the licences."""
    return not (way.link and rule.as_text and isinstance(case.subject, Seller) and case.subject.page == "licence")


def _followed(way: Way, followed: Mapping[str, DutyState]) -> Way:
    return way._replace(state=followed.get(way.link, way.state)) if way.link else way


def _nothing(reading: Reading, rule: DisplayRule) -> DutyState:
    """Why nothing was found: not loaded, not looked at, or not there."""
    case = reading.case
    said = case.subject.description if isinstance(case.subject, Listing) else case.subject.text
    if said.state in _UNREAD:
        return _UNREAD[said.state]
    pictures = PICTURES_UNREAD in case.unread and not rule.as_text
    return DutyState.NOT_LOOKED_AT if pictures or reading.cut else DutyState.ABSENT


def became(status: int, outcome: Outcome) -> DutyState | None:
    """What a look at a link says of it (HTTP status, 0: no answer): it leads to a page, or the site says there is none.
    None where nothing can be said: a wall in front of it, a fault of the site, no answer."""
    if status in (404, 410):
        return DutyState.LINK_DEAD
    shows = outcome in (Outcome.READ, Outcome.NOT_A_PRODUCT, Outcome.NOT_HTML)
    return DutyState.LINK_ALIVE if shows and 200 <= status < 400 else None


def unread_text(answer: DutyAnswer) -> bool:
    """Whether the page's own text was not there to be read, so that nothing is known to be missing."""
    return not {DESCRIPTION_UNREAD, TEXT_UNREAD}.isdisjoint(answer.unchecked)
