"""Whether the conditions of a rule (``when``) hold on a page.

Owns: which field a condition means, and how far its answer may be believed: a field that was not seen has no words and
lacks none. Leaves to others: the keys (``rulebook.condition``), the words' places (``rulebook.scan``).
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.checks.case import Case
from scanner.checks.document import Span
from scanner.checks.facts import DRUG_NUMBERS, PRODUCT_NUMBERS
from scanner.checks.labels import called
from scanner.model import FieldState, Listing
from scanner.ocr import places
from scanner.rulebook.condition import Condition, FieldSays
from scanner.rulebook.tables import LABEL_PRODUCT

_LOOKED_AT = (FieldState.SEEN, FieldState.ABSENT)


def hold(case: Case, conditions: Iterable[Condition]) -> bool:
    """Whether all of them hold. What cannot be decided does not hold."""
    return all(_says(case, c) if isinstance(c, FieldSays) else _shown(case, c.number == "present") for c in conditions)


def _shown(case: Case, wanted: bool) -> bool:
    shown = any(seen.number.type in PRODUCT_NUMBERS | DRUG_NUMBERS for seen in case.subject.numbers)
    if wanted or shown:
        return shown is wanted
    return not case.facts.fragment and not case.unread


def _says(case: Case, condition: FieldSays) -> bool:
    spans = [span for span in case.document.spans if _meant(case, condition, span)]
    if condition.has is not None:
        return _any_in(case, condition.has, spans)
    return _looked_at(case, condition, spans) and not _any_in(case, condition.words, spans)


def _meant(case: Case, condition: FieldSays, span: Span) -> bool:
    """Whether a span of the document is (a piece of) the field."""
    row = span.field.startswith("attribute:")
    if condition.field == "attributes":
        return row and (not condition.label or any(called(case.rulebook, name, span.label) for name in condition.label))
    if condition.field == "product_name":
        return row and called(case.rulebook, LABEL_PRODUCT, span.label)
    if condition.field == "shop_page":
        return span.field in ("text", "seller")
    return span.field == condition.field


def _any_in(case: Case, lists: Iterable[str], spans: list[Span]) -> bool:
    begins = {span.start for span in spans}
    found = (case.document.span(e.start, e.end) for name in lists for e in case.scan.events(name))
    return any(span is not None and span.start in begins for span in found)


def _looked_at(case: Case, condition: FieldSays, spans: list[Span]) -> bool:
    """Whether the field was looked at from end to end, so that it can be said to lack something."""
    if case.facts.fragment or not case.scan.whole:
        return False
    subject = case.subject
    if not isinstance(subject, Listing):
        return condition.field == "shop_page" and subject.text.state in _LOOKED_AT
    if condition.field in ("attributes", "product_name"):
        return bool(spans)  # without such a row nobody knows whether the page has one elsewhere
    if condition.field == "shop_page":
        return False
    states = {"title": subject.title, "description": subject.description, "image_text": subject.image_text}
    if condition.field == "image_text" and not places.whole(subject.image_text.source):
        return False
    return states[condition.field].state in _LOOKED_AT
