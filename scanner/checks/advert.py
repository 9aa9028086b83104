"""Kind advert: is what promotes on the page an approved advertisement, as far as its approval number tells.

Owns: when a page promotes at all (facts that the law obliges a seller to show are none; claims are), and what its approval
number says of time, goods and medium. Leaves to others: the claims themselves (``claim``), reading the numbers and those
that cannot be (``numbers``, ``registration``). What the approval allowed is in no number: that is not compared.

Sources: 广告法 articles 46, 58(14), 59; SAMR Order 21 (2020) on advertisement review.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice

from scanner.checks import claim
from scanner.checks.case import Case, Sign
from scanner.checks.document import Quote
from scanner.checks.own import quote_of
from scanner.model import Finding, Listing, NumberSeen, Verdict
from scanner.numbers import advert as number
from scanner.rulebook import AdvertRule, Rule

APPROVALS = frozenset({"ad_approval", "ad_approval_decision"})
MAX_TOLD = 3
_GOODS = {"药": "drug", "械": "device", "医械": "device", "食健": "food", "健食": "food", "食特": "food"}
_MEDIA = {"视": "视频", "声": "音频"}  # 文 is text and pictures, as on a page

Check = Callable[[Case, AdvertRule], Iterator[Finding | Sign]]


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    """What the rules find about the listing's advertisement approval; of a fragment or a shop page nothing is said."""
    if case.facts.fragment or not isinstance(case.subject, Listing):
        return
    for rule in rules:
        if isinstance(rule, AdvertRule) and case.applies(rule):
            yield from _WHEN[rule.when](case, rule)


def _missing(case: Case, rule: AdvertRule) -> Iterator[Finding | Sign]:
    if any(seen.number.type in APPROVALS for seen in case.subject.numbers):
        return
    promotes = list(islice(_claims(case), MAX_TOLD))
    if not promotes:
        return
    first, unread = promotes[0], case.unread
    quote = Quote(field=first.field, text=first.quote, start=first.start, end=first.end)
    beside = (f"页面的宣传：{'、'.join(dict.fromkeys(f.quote for f in promotes))}",)
    # The number may stand in what was not read.
    yield from case.find(
        rule, quote, verdict=Verdict.UNVERIFIED if unread else None, beside=beside, unchecked=unread
    )  # fmt: skip


def _claims(case: Case) -> Iterator[Finding]:
    """The page's claims, outside the fields that repeat the registration."""
    for found in claim.check(case, case.rulebook.of_kind("claim")):
        if isinstance(found, Finding) and not found.field.startswith("attribute:"):
            yield found


def _approvals(case: Case) -> Iterator[tuple[NumberSeen, dict[str, str]]]:
    """The well-formed approval numbers of the page, each once."""
    seen = {s.number.number: s for s in reversed(case.subject.numbers) if s.number.type == "ad_approval"}
    for one in sorted(seen.values(), key=lambda s: (s.field, s.number.start)):
        if one.number.valid is not False:
            yield one, dict(one.number.parts)


def _expired(case: Case, rule: AdvertRule) -> Iterator[Finding | Sign]:
    found = list(_approvals(case))
    if any(_runs(parts, case.on) for _, parts in found):
        return  # beside one that holds, an old one is history
    for seen, parts in found:
        last = number.expiry(parts["expires"]) if "expires" in parts else None
        said = f"有效期截止{last.isoformat()}" if last else "旧格式的批准文号有效期一年，早已到期"
        yield from case.find(rule, quote_of(seen), beside=(said,))


def _runs(parts: dict[str, str], on: date) -> bool:
    last = number.expiry(parts["expires"]) if "expires" in parts else None
    return last is not None and on <= last


def _other_goods(case: Case, rule: AdvertRule) -> Iterator[Finding | Sign]:
    found = list(_approvals(case))
    if any(_GOODS.get(parts["goods"]) == case.facts.goods for _, parts in found):
        return
    for seen, parts in found:
        yield from case.find(rule, quote_of(seen), beside=(f"这是“{parts['goods']}”类广告的批准文号",))


def _other_medium(case: Case, rule: AdvertRule) -> Iterator[Finding | Sign]:
    found = list(_approvals(case))
    if found and all(parts.get("medium") in _MEDIA for _, parts in found):
        seen, parts = found[0]
        yield from case.find(rule, quote_of(seen), beside=(f"批准的是{_MEDIA[parts['medium']]}广告",))


_WHEN: dict[str, Check] = {
    "approval_missing": _missing,
    "approval_expired": _expired,
    "approval_of_other_goods": _other_goods,
    "approval_for_other_medium": _other_medium,
}
