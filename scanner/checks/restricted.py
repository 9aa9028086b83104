"""Kind restricted: goods that may not be sold online, not to private buyers, or not like this.

Owns: how category, words, what else the page says or leaves out, the product's numbers, the buy button and the page's
own gate (for institutions only) together make a finding. Leaves to others: which goods (``rules/categories.yaml``,
``rules/restricted``). What a page leaves out is claimed only as far as the page was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.checks.case import Case, Sign
from scanner.checks.claim import evasions, standing_hits
from scanner.checks.condition import hold
from scanner.checks.document import Quote, Span
from scanner.checks.facts import goes_with, not_for_people
from scanner.checks.labels import called
from scanner.checks.own import filings, none_shown, unseen
from scanner.model import FieldState, Finding, Listing, Verdict
from scanner.rulebook import RestrictedRule, Rule
from scanner.rulebook.matcher import Hit, Token
from scanner.rulebook.tables import CAN_BUY, CANNOT_BUY, LABEL_PRODUCT
from scanner.text import fold

MAX_LOOKED_AT = 50  # words of one list whose surroundings are read; a page stuffed with them says nothing more
MAX_TOLD = 3


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    for rule in rules:
        if not isinstance(rule, RestrictedRule) or (rule.any_of and not case.hits.may(rule.id)):
            continue
        if case.applies(rule) and isinstance(case.subject, Listing) and hold(case, rule.when):
            for quote, hit in _first(case, rule):
                yield from _finding(case, rule, quote, hit)


def _first(case: Case, rule: RestrictedRule) -> Iterator[tuple[Quote, Hit | None]]:
    """The first place that names the goods: once a rule, not once a mention."""
    if rule.any_of:
        for hit, span in standing_hits(case, rule):
            if not _something_else(case, hit, span):
                yield case.document.quote(span, hit.start, hit.end), hit
                return
    elif case.category_quote.field and not _gated(case, rule):
        yield case.category_quote, None


def _something_else(case: Case, hit: Hit, span: Span) -> bool:
    """Whether the name around a hit is that of another thing: a book about it, a box for it, a test for pets."""
    if span.field != "title" and not called(case.rulebook, LABEL_PRODUCT, span.label):
        return False
    name = fold(case.document.raw[span.start : span.end]).text
    text = case.document.folded.text
    return not_for_people(case.rulebook, name) or goes_with(case.rulebook, text, hit.start, hit.end)


def _gated(case: Case, rule: RestrictedRule) -> bool:
    """Whether a context that reaches over the whole page (for institutions only) holds."""
    contexts = (case.rulebook.contexts[name] for name in rule.unless)
    return any(case.scan.events(listed) for c in contexts if c.within == "page" for listed in c.lists)


def _finding(case: Case, rule: RestrictedRule, quote: Quote, hit: Hit | None) -> Iterator[Finding | Sign]:
    assert isinstance(case.subject, Listing)
    button = case.subject.buyable
    if button.state is FieldState.SEEN and _says(case, CANNOT_BUY, button.text):
        return  # shown, but not sold
    has = [_words_on_page(case, rule, name) for name in rule.page_has]
    if not all(has) or not _numbers_so(case, rule) or not _lacking(case, rule):
        return
    raised = [w for name in rule.raised_by for w in _words_on_page(case, rule, name)]
    if case.facts.fragment and quote.field.startswith("attribute:"):
        said = next((word for words in (*has, raised) for word in words), None)
        if said is None:
            return  # the goods are only what was told of the fragment: it says nothing of them itself
        quote = _in_text(case, said)
    open_to_all = button.state is FieldState.SEEN and _says(case, CAN_BUY, button.text)
    verdict = Verdict.VIOLATION if open_to_all or raised else Verdict.SUSPECT
    unchecked: tuple[str, ...] = () if button.state is FieldState.SEEN else ("能不能直接下单没有看到",)
    if rule.page_lacks or rule.numbers == "none":  # said of something that is not there
        verdict = max(verdict, unseen(case), key=list(Verdict).index)
        unchecked += case.unread
    noted = [w for name in rule.noted for w in _words_on_page(case, rule, name)]
    told = dict.fromkeys(word for words in (*has, raised, noted) for word in words[:MAX_TOLD])
    beside = [f"页面还写着：{'、'.join(told)}"] if told else []
    beside += evasions(case, hit) if hit else _coded(case, quote)
    yield from case.find(rule, quote, verdict=verdict, beside=beside, unchecked=unchecked)


def _numbers_so(case: Case, rule: RestrictedRule) -> bool:
    if rule.numbers == "any":
        return True
    return none_shown(case) if rule.numbers == "none" else bool(filings(case))


def _lacking(case: Case, rule: RestrictedRule) -> bool:
    """Whether no word of ``page_lacks`` stands on the page. Of a fragment nobody can say so."""
    if not rule.page_lacks:
        return True
    return not case.facts.fragment and not any(case.scan.events(name) for name in rule.page_lacks)


def _coded(case: Case, quote: Quote) -> tuple[str, ...]:
    """What to say of a category that is named by a word made to dodge review."""
    category = case.rulebook.categories[case.facts.category]
    named = fold(quote.text).text
    return (f"代称：{quote.text}（{category.name}）",) if any(fold(c).text == named for c in category.coded) else ()


def _says(case: Case, name: str, text: str) -> bool:
    folded = fold(text).text
    return any(word in folded for word in case.rulebook.words(name))


def _in_text(case: Case, word: str) -> Quote:
    """Where a fragment says ``word``, which was found in it."""
    assert isinstance(case.subject, Listing)
    field, text = next(
        (f, t) for f, t in (("title", case.subject.title.text), ("description", case.subject.description.text)) if word in t
    )  # fmt: skip
    at = text.index(word)
    return Quote(field=field, text=word, start=at, end=at + len(word))


def _words_on_page(case: Case, rule: RestrictedRule, name: str) -> list[str]:
    """The different words of a list that stand on the page, in no context that lets them pass."""
    document = case.document
    found = []
    for event in case.scan.events(name)[:MAX_LOOKED_AT]:
        span = document.span(event.start, event.end)
        if span is None:
            continue
        if case.facts.fragment and span.field.startswith("attribute:"):
            continue
        hit = Hit(rule.id, event.start, event.end, (Token(name, *event),))
        if not case.rulebook.around.holding(rule.unless, case.scan, hit, span.label):
            found.append(document.quote(span, event.start, event.end).text)
    return list(dict.fromkeys(found))
