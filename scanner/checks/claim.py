"""Kinds claim and scope: forbidden words on the page, read in their context.

Owns: which field, which goods, which context lets a hit pass, the registered scope, and the verdict. Leaves to others:
finding the words (``rulebook``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.checks.case import Case, Sign
from scanner.checks.condition import hold
from scanner.checks.document import TRANSCRIPT, Span
from scanner.checks.labels import called
from scanner.model import Finding, Verdict
from scanner.rulebook import DisplayRule, RestrictedRule, Rule, TextRule
from scanner.rulebook.context import beyond_scope, in_scope
from scanner.rulebook.matcher import MAX_HITS, Hit
from scanner.rulebook.rule import NUMBER_TOKENS
from scanner.rulebook.tables import LABEL_PRODUCT
from scanner.text import FILLED, HIDDEN, LOOK, PICTURE, SPACED, SPLIT, fold

MAX_QUOTES = 5  # different quotes of one rule in one field; more prove nothing more

_DONE = {
    LOOK: "形近字", SPACED: "字间夹空格", FILLED: "字间夹符号", HIDDEN: "夹不可见字符", SPLIT: "拆字", PICTURE: "表情代字",
}  # fmt: skip


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    """What the text rules find, by rule and place."""
    for rule in rules:
        if not isinstance(rule, TextRule) or not case.hits.may(rule.id) or not case.applies(rule):
            continue
        if rule.id not in case.hits or not hold(case, rule.when):
            continue
        seen: dict[str, set[str]] = {}
        for hit, span in standing_hits(case, rule):
            out = _beyond(case, rule, hit)
            if out is None:
                continue
            quote = case.document.quote(span, hit.start, hit.end)
            quotes = seen.setdefault(span.field, set())
            if quote.text in quotes or len(quotes) == MAX_QUOTES:
                continue
            quotes.add(quote.text)
            doubt = case.rulebook.around.lowering(case.scan, hit, span.label)
            verdict = Verdict.SUSPECT if doubt else _verdict(case)
            beside = (*((doubt,) if doubt else ()), *evasions(case, hit), *out)
            yield from case.find(rule, quote, verdict=verdict, beside=beside, unchecked=case.cut())
        if not seen:
            yield from _too_many(case, rule)


def standing_hits(case: Case, rule: TextRule | RestrictedRule) -> Iterator[tuple[Hit, Span]]:
    """The rule's hits that lie in a field it looks in and in no context that lets them pass. Of the first MAX_HITS."""
    for hit in case.hits.get(rule.id, ())[:MAX_HITS]:
        span = case.document.span(hit.start, hit.end)
        if span is None or not looked_in(case, rule, span):
            continue
        if not case.rulebook.around.holding(rule.unless, case.scan, hit, span.label):
            yield hit, span


def _too_many(case: Case, rule: TextRule) -> Iterator[Finding | Sign]:
    """Where all hits that were looked at may pass but there are more of them, nobody knows about the rest: a page cannot
    hide a claim behind thousands of denials."""
    for hit in case.hits[rule.id][MAX_HITS:]:
        span = case.document.span(hit.start, hit.end)
        if span is not None and looked_in(case, rule, span):
            unchecked = f"同样的词超过 {MAX_HITS} 处，从这里起没有检查"
            yield from case.find(rule, case.document.quote(span, hit.start, hit.end), verdict=Verdict.UNVERIFIED,
                                 unchecked=(unchecked, *case.cut()))  # fmt: skip


def looked_in(case: Case, rule: TextRule | RestrictedRule | DisplayRule, span: Span) -> bool:
    if span.field in ("text", "seller"):
        return "shop_page" in rule.look_in
    if span.field.startswith(TRANSCRIPT):
        return "transcript" in rule.look_in
    if not span.field.startswith("attribute:"):
        return span.field in rule.look_in
    if case.facts.fragment and not isinstance(rule, RestrictedRule):
        return False  # a fragment's product is what is known of it, not what it says
    if "attributes" in rule.look_in:
        return True
    return "product_name" in rule.look_in and called(case.rulebook, LABEL_PRODUCT, span.label)


def evasions(case: Case, hit: Hit) -> tuple[str, ...]:
    """How the words hide, in Chinese: an evasive spelling is a sign by itself. Spaces and symbols hide only inside a word:
    有效率 98% and 7 天 are spelt as everybody does."""
    folded = case.document.folded
    done = folded.done(hit.start, hit.end) & ~(SPACED | FILLED)
    for token in hit.tokens:
        if token.list not in NUMBER_TOKENS:
            done |= folded.done(token.start, token.end)
    ways = [name for flag, name in _DONE.items() if done & flag]
    if hit.odd:
        ways.append("拼音、谐音或代称")
    return (f"规避写法：{'、'.join(ways)}",) if ways else ()


def _verdict(case: Case) -> Verdict:
    """Of goods nobody knows, words alone cannot say more than a suspicion."""
    return Verdict.SUSPECT if case.facts.goods == "unknown" else Verdict.VIOLATION


def _beyond(case: Case, rule: TextRule, hit: Hit) -> tuple[str, ...] | None:
    """What to say beside a hit about the registered scope; None when the scope lets it pass."""
    if rule.scope == "none":
        return ()
    known, whose = _scope(case, own=rule.scope == "exceeds_registered")
    if not known:
        return () if rule.scope == "clears" else None  # beyond a scope nobody knows: nothing to say
    scope = fold(known).text
    if in_scope(case.scan, hit, rule.terms, scope):
        return None
    if rule.scope == "clears":
        return ()
    words = beyond_scope(case.scan, hit, rule.terms, scope)
    return (f"{whose}里没有：{'、'.join(words)}", f"{whose}：{known[:200]}") if words else None


def _scope(case: Case, *, own: bool) -> tuple[str, str]:
    """The scope a claim is held against, and whose it is: the registration's, else (not ``own``) that of every product of
    the kind."""
    if case.facts.registered_scope is not None or own:
        return case.facts.registered_scope or "", "登记的适用范围"
    category = case.rulebook.categories.get(case.facts.category)
    return (category.scope, f"{category.name}的预期用途") if category is not None else ("", "")
