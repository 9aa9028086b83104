"""Kind display: what a page must show and does not.

Owns: from the answer to each duty to a finding, and how far it goes: what was not looked at is never called absent.
Leaves to others: the answers (``duty``), which pages there are (``pages``), the ways of showing (``shown``), comparing
sentences (``sentence``), which duties there are (``rules/display``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.checks.case import Case, Sign
from scanner.checks.display.duty import Looked, answers, became, unread_text
from scanner.checks.document import NOWHERE, Quote
from scanner.model import DutyState, Finding, Verdict
from scanner.rulebook import Rule

__all__ = ["answers", "became", "check", "lacking"]

SIMILAR = "页面上有相近的话，和规定的话不一样"
_DONE = frozenset((DutyState.SEEN, DutyState.LINK, DutyState.LINK_ALIVE))
_VERDICT = {
    DutyState.LINK_DEAD: Verdict.SUSPECT,
    DutyState.SIMILAR: Verdict.SUSPECT,
    DutyState.NOT_SEEN: Verdict.UNVERIFIED,
    DutyState.UNREADABLE: Verdict.UNVERIFIED,
    DutyState.NOT_LOOKED_AT: Verdict.UNVERIFIED,
    DutyState.PICTURE: Verdict.VIOLATION,
    DutyState.ABSENT: Verdict.VIOLATION,
}


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    """A finding for each duty that is not met; the weak ones together are one sign beside other findings."""
    absent: list[str] = []
    for looked in lacking(case, rules):
        rule, state = looked.rule, looked.answer.state
        if rule.reported_by:
            continue
        if rule.strength == "weak":
            if looked.only_pictures_left or state in (DutyState.ABSENT, DutyState.SIMILAR, DutyState.PICTURE):
                absent.append(looked.answer.what)
            continue
        beside = (SIMILAR,) if state is DutyState.SIMILAR else ()
        yield from case.find(
            rule, _quote(looked), verdict=_far(looked), beside=beside, unchecked=looked.answer.unchecked
        )
    if absent:
        yield Sign(says=f"页面的文字里没有看到：{'；'.join(absent)}。")


def _far(looked: Looked) -> Verdict:
    """How far the lack may be claimed. Pictures that were not read take one step from what the rule could say."""
    if unread_text(looked.answer):
        return Verdict.UNVERIFIED
    if looked.only_pictures_left:
        return Verdict.SUSPECT if looked.rule.strength == "hard" else Verdict.UNVERIFIED
    return _VERDICT[looked.answer.state]


def lacking(case: Case, rules: Iterable[Rule]) -> Iterator[Looked]:
    """The answers to duties that the page has for certain and does not meet, or was not seen to meet."""
    for looked in answers(case, rules):
        state = looked.answer.state
        pictured = state is DutyState.PICTURE and not looked.rule.as_text
        if looked.sure and state not in _DONE and not pictured:
            yield looked


def _quote(looked: Looked) -> Quote:
    """The words that make the duty one, else the words that come near it; alternative texts are no field of a page."""
    answer = looked.answer
    if looked.pointer.field or not answer.field or answer.field in ("pictures", "links"):
        return looked.pointer
    return Quote(field=answer.field, text=answer.quote, start=answer.start, end=answer.end) if answer.quote else NOWHERE
