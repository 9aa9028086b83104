"""What a class I filing may be: names that were deleted from the class I catalogue, ingredients that its annex forbids.

Owns: when a deleted name counts, and when a text says that something is contained. Leaves to others: the names and words
(``rules/lists/filing.yaml``), the annex (imported: ``registry.catalogue``), which goods (the rule's categories).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from scanner.checks.case import CATALOGUE_ABSENT, Case, Sign
from scanner.checks.document import Quote, Span
from scanner.checks.own import filings
from scanner.model import Finding, Listing, NumberSeen, Verdict
from scanner.registry.catalogue import Ingredient, plain
from scanner.rulebook import RegistrationRule
from scanner.rulebook.scan import Automaton, Event, Scan
from scanner.text import fold

IN_FORCE = "2022"  # the 2021 catalogue holds for filings from 2022-01-01 on
REACH = 40  # characters between 含有 and the last ingredient it speaks of
MAX_QUOTES = 5
OLD_FILING = "备案早于2022年1月1日，是否已经按新目录变更或者取消没有核对"

_NONE_OF_IT = frozenset("无零0")  # right before the ingredient: 无薄荷脑
_INGREDIENT, _COVERS = "禁用成分", "covers/禁用成分"


def deleted_name(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """A filing under a name that the class I catalogue no longer holds."""
    shown = filings(case)
    quote = _first(case, rule.words[0]) if shown else None
    if quote is None:
        return
    names = case.catalogues
    listed = names.find([plain(quote.text)]) if names is not None else ()
    if any("I" in official.classes for official in listed):
        return  # the catalogue that was imported is newer and holds the name again
    old = all(_year(seen) < IN_FORCE for seen in shown)
    unchecked = [OLD_FILING] if old else []
    if names is None or not names.imported("class1"):
        unchecked.append(CATALOGUE_ABSENT)
    verdict = Verdict.UNVERIFIED if old else Verdict.SUSPECT
    beside = (f"页面展示{shown[0].number.number}", "第一类医疗器械产品目录（2021）删去了这个名称或者这一类产品")
    yield from case.find(rule, quote, verdict=verdict, beside=beside, unchecked=unchecked)


def _year(seen: NumberSeen) -> str:
    return dict(seen.number.parts).get("year", IN_FORCE)


def _first(case: Case, listed: str) -> Quote | None:
    """The first word of a list in what the page calls its product; longer words that hold it (covers) do not count."""
    if not isinstance(case.subject, Listing):
        return None
    folded = fold(case.product.text[:200])
    covers = case.rulebook.covers(listed)
    for word in sorted(case.rulebook.words(listed), key=len, reverse=True):
        at = folded.text.find(word)
        if at >= 0 and not any(cover in folded.text for cover in covers):
            start, end = folded.quote(at, at + len(word))
            return Quote(field=case.product.field, text=case.product.text[start:end], start=start, end=end)
    return None


def forbidden_ingredient(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """A class I patch whose page names a forbidden ingredient as contained. Without the annex nothing is said."""
    shown = filings(case)
    known = case.catalogues.ingredients() if shown and case.catalogues is not None else ()
    if not known:
        return
    by_name = {fold(ingredient.name).text: ingredient for ingredient in known}
    lists = tuple((name, case.rulebook.words(name), case.rulebook.covers(name)) for name in rule.words)
    folded = case.document.folded
    scan = Scan(folded, _automaton(tuple(sorted(by_name)), lists).run(folded))
    said: set[str] = set()
    for event in scan.events(_INGREDIENT):
        ingredient, span = by_name[folded.text[event.start : event.end]], case.document.span(event.start, event.end)
        if ingredient.name in said or span is None or not _contained(scan, event, span, rule):
            continue
        said.add(ingredient.name)
        quote = case.document.quote(span, event.start, event.end)
        beside = (f"页面展示{shown[0].number.number}", _annex(ingredient))
        yield from case.find(rule, quote, beside=beside)
        if len(said) == MAX_QUOTES:
            return


def _annex(ingredient: Ingredient) -> str:
    year = ingredient.year or "年份不明"
    return f"第一类医疗器械产品目录（{year}）附录：不应含有“{ingredient.name}”（{ingredient.kind}）"


def _contained(scan: Scan, event: Event, span: Span, rule: RegistrationRule) -> bool:
    """Whether the sentence says that it is in the product: 含有薄荷; 主要成分: 薄荷 in the text or as a label. What says
    that it is not (不含, 无) anywhere in the sentence is believed."""
    contains, denies, _ = rule.words
    start, end = scan.unit(event.start, "sentence")
    start, end = max(start, event.start - 2 * REACH), min(end, event.end + REACH)
    if any(start <= e.start and e.end <= end for e in scan.events(denies)):
        return False
    if scan.folded.text[max(0, event.start - 1) : event.start] in _NONE_OF_IT:
        return False
    if span.label and any(word in span.label for word in ("成分", "配方", "组成")):
        return True
    return any(start <= e.start and e.end <= event.start <= e.end + REACH for e in scan.events(contains))


@lru_cache(maxsize=8)
def _automaton(
    ingredients: tuple[str, ...], lists: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
) -> Automaton:
    """All ingredients and the words around them, compiled once for a catalogue and a rulebook."""
    (contains, denies, others) = lists
    plain_words = {_INGREDIENT: ingredients, _COVERS: others[1], contains[0]: contains[1], denies[0]: denies[1]}
    covers = {f"covers/{name}": words for name, _, words in (contains, denies) if words}
    return Automaton(plain_words | covers, {})
