"""Kind display: what the page must show and does not.

Owns: whether a required sentence or number stands in the page's text, and how far its absence may be claimed: what was
not looked at is never called absent. Leaves to others: which duties there are (``rules/display``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from scanner.checks.case import DESCRIPTION_UNREAD, Case, Sign
from scanner.checks.document import NOWHERE, Quote
from scanner.model import FieldState, Finding, Listing, Seller, Verdict
from scanner.rulebook import DisplayRule, Rule
from scanner.text import fold

SHOWN = 82  # per cent of a sentence that must be there; other punctuation and a changed word still show it
NEAR = 60  # per cent from which the page says something like it, which makes its absence doubtful
_NOT_WORD = re.compile(r"[\W_]+")
MAX_TEXT = 200_000  # characters of a page held against a sentence


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    if case.facts.fragment:
        return
    page = "product_page" if isinstance(case.subject, Listing) else "shop_page"
    for rule in rules:
        if isinstance(rule, DisplayRule) and rule.on == page and case.applies(rule):
            yield from _duty(case, rule)


def _duty(case: Case, rule: DisplayRule) -> Iterator[Finding | Sign]:
    said, pointer = _only_if(case, rule)
    if not said or (isinstance(case.subject, Seller) and case.subject.page == "home" and case.subject.links):
        return  # a home page that links to its licences shows them there
    score = max(_shown(case, wanted, rule.as_text) for wanted in rule.must_show)
    if score >= SHOWN:
        return
    unread = case.unread()
    verdict = Verdict.VIOLATION
    if DESCRIPTION_UNREAD in unread:
        verdict = Verdict.UNVERIFIED
    elif (unread and not rule.as_text) or score >= NEAR:
        verdict = Verdict.SUSPECT
    beside = ("页面上有相近的话，和规定的话不一样",) if score >= NEAR else ()
    yield from case.find(rule, pointer, verdict=verdict, beside=beside, unchecked=unread)


def _only_if(case: Case, rule: DisplayRule) -> tuple[bool, Quote]:
    """Whether the duty is looked at, and the words on the page that say so."""
    if not rule.only_if:
        return True, NOWHERE
    for hit in case.hits.get(rule.id, ()):
        span = case.document.span(hit.start, hit.end)
        if span is not None:
            return True, case.document.quote(span, hit.start, hit.end)
    alts = [alt for _, alt in case.subject.pictures] if isinstance(case.subject, Seller) else []
    if not alts:
        return False, NOWHERE
    words = [word for p in rule.only_if for name in p.any for word in case.rulebook.words(name)]
    return any(word in fold(alt).text for alt in alts for word in words), NOWHERE


def _shown(case: Case, wanted: str, as_text: bool) -> float:
    """How far the page shows a sentence (0–100), or a number of a type (100 or 0)."""
    if wanted.startswith("#"):
        seen = (s for s in case.subject.numbers if s.number.type == wanted[1:])
        return 100.0 if any(not (as_text and s.field == "image_text") for s in seen) else 0.0
    sentence = _bare(fold(wanted).text)
    return fuzz.partial_ratio(sentence, _bare(_text(case, as_text))[:MAX_TEXT]) if sentence else 0.0


def _text(case: Case, as_text: bool) -> str:
    folded, spans = case.document.folded.text, case.document.spans
    if not as_text or all(s.field != "image_text" for s in spans):
        return folded
    subject = case.subject
    assert isinstance(subject, Listing)
    assert subject.image_text.state is FieldState.SEEN
    return folded[: -len(fold(subject.image_text.text).text)]


@lru_cache(maxsize=64)
def _bare(folded: str) -> str:
    """Letters, digits and Han only: punctuation and line ends differ from page to page. One page serves many duties."""
    return _NOT_WORD.sub("", folded)
