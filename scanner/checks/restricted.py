"""Kind restricted: goods that may not be sold online, or not to private buyers.

Owns: how category, words, the buy button and the page's own gate (for institutions only) together make a finding.
Leaves to others: which goods (``rules/categories.yaml``, ``rules/restricted``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.checks.case import Case, Sign
from scanner.checks.claim import evasions, standing_hits
from scanner.checks.condition import hold
from scanner.checks.document import Quote
from scanner.model import FieldState, Finding, Listing, Verdict
from scanner.rulebook import RestrictedRule, Rule
from scanner.rulebook.matcher import Hit
from scanner.rulebook.tables import CAN_BUY, CANNOT_BUY
from scanner.text import fold


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    for rule in rules:
        if not isinstance(rule, RestrictedRule) or not case.applies(rule) or not isinstance(case.subject, Listing):
            continue
        if hold(case, rule.when):
            for quote, hit in _first(case, rule):
                yield from _finding(case, rule, quote, hit)


def _first(case: Case, rule: RestrictedRule) -> Iterator[tuple[Quote, Hit | None]]:
    """The first place that names the goods: once a rule, not once a mention."""
    if rule.any_of:
        for hit, span in standing_hits(case, rule):
            yield case.document.quote(span, hit.start, hit.end), hit
            return
    elif case.category_quote.field and not _gated(case, rule):
        yield case.category_quote, None


def _gated(case: Case, rule: RestrictedRule) -> bool:
    """Whether a context that reaches over the whole page (for institutions only) holds."""
    contexts = (case.rulebook.contexts[name] for name in rule.unless)
    return any(case.scan.events(listed) for c in contexts if c.within == "page" for listed in c.lists)


def _finding(case: Case, rule: RestrictedRule, quote: Quote, hit: Hit | None) -> Iterator[Finding | Sign]:
    assert isinstance(case.subject, Listing)
    button = case.subject.buyable
    if button.state is FieldState.SEEN and _says(case, CANNOT_BUY, button.text):
        return  # shown, but not sold
    raised = [w for name in rule.raised_by for w in _words_on_page(case, name)]
    open_to_all = button.state is FieldState.SEEN and _says(case, CAN_BUY, button.text)
    verdict = Verdict.VIOLATION if open_to_all or raised else Verdict.SUSPECT
    beside = [f"页面还写着：{'、'.join(raised[:3])}"] if raised else []
    beside += evasions(case, hit) if hit else []
    unchecked = () if button.state is FieldState.SEEN else ("能不能直接下单没有看到",)
    yield from case.find(rule, quote, verdict=verdict, beside=beside, unchecked=unchecked)


def _says(case: Case, name: str, text: str) -> bool:
    folded = fold(text).text
    return any(word in folded for word in case.rulebook.words(name))


def _words_on_page(case: Case, name: str) -> list[str]:
    document = case.document
    found = []
    for event in case.scan.events(name):
        span = document.span(event.start, event.end)
        if span is not None:
            found.append(document.quote(span, event.start, event.end).text)
    return list(dict.fromkeys(found))
