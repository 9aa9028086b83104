"""A page then and now, laid side by side (前后对照).

Owns: what became of each quote and field, and what a look came to as a word. Leaves to others: looking (``revisit``), which
other listings may be the same goods (``leads.alike``), keeping. Pure.

Quotes are compared by their words, not by what today's rules find: a rule may have been retired since. Of a field that one of
the two looks did not see (an import saw no pictures, say) nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.crawl.keep import words
from scanner.crawl.reading.line import Look
from scanner.crawl.reading.links import canonical
from scanner.crawl.walk.looking import stood_in
from scanner.leads.alike import because
from scanner.model import (
    Alike,
    Field,
    FieldNow,
    FieldState,
    Finding,
    Listing,
    Outcome,
    QuoteNow,
    RevisitResult,
    Seller,
)
from scanner.report.excerpt import field_texts

AROUND = 40  # code points shown on either side of a quote
LONGEST = 400  # code points of a field shown
MANY = 200  # fields named
GONE = "页面写明商品已下架或者不存在"  # the page says that the goods were taken off sale, or that there are none
_GONE_STATUS = (404, 410)  # RFC 9110 15.5.5, 15.5.11
_TOLD = (FieldState.SEEN, FieldState.ABSENT)


class Came(NamedTuple):
    """What a revisit came to: the word, and what it rests on, in Chinese."""

    result: RevisitResult
    why: str


def came_to(before: Listing | Seller, look: Look, *, asked: str, ended: str, status: int) -> Came | None:
    """What a look at the address of ``before`` came to; None where the page itself was read, to be compared."""
    if status in _GONE_STATUS:
        return Came(RevisitResult.GONE, f"HTTP {status}")
    if look.outcome is Outcome.ERROR and look.why == GONE:
        return Came(RevisitResult.GONE, GONE)
    if look.outcome in (Outcome.BLOCKED, Outcome.CAPTCHA):
        return Came(RevisitResult.BLOCKED, "要过验证才能看" if look.outcome is Outcome.CAPTCHA else "访问被拦截")
    if look.outcome is Outcome.LOGIN:
        return Came(RevisitResult.LOGIN, "要登录才能看")
    if look.subject is not None and type(look.subject) is type(before) and look.subject.id == before.id:
        return None
    if look.outcome in (Outcome.READ, Outcome.NOT_A_PRODUCT):
        if canonical(ended) != canonical(asked):
            return Came(RevisitResult.MOVED, "网址转到了别的页面")
        return Came(RevisitResult.CHANGED, "网址还在，但已经不是原来的页面")
    return Came(RevisitResult.NOT_REACHED, look.why or f"这次没有看到内容（{look.outcome.value}）")


def quotes(
    before: Listing | Seller, found: Sequence[Finding], whole: Look, *, known: Iterable[Finding] = ()
) -> tuple[QuoteNow, ...]:
    """What became of each quote of ``found`` (made of ``before``), and what is new now: what neither it nor ``known``,
    everything else found in the page then, says."""
    asked = {words(f) for f in found}
    then = asked | {words(f) for f in known}
    after = whole.subject
    left = [f for f in whole.findings if words(f) not in then or words(f) in asked]
    told = []
    for one in found:
        same = next((f for f in left if words(f) == words(one)), None)
        other = same or next((f for f in left if (f.rule, f.field) == (one.rule, one.field)), None)
        if after is None:
            told.append(_quote(one, "gone", _around(before, one), ""))
        elif (place := _place(after, one.field, one.quote)) or same is not None:
            told.append(_quote(one, "kept", _around(before, one), place))
            left = [f for f in left if f is not same]
        elif other is not None and other.quote not in {f.quote for f in found}:
            told.append(_quote(one, "altered", _around(before, one), _around(after, other)))
            left = [f for f in left if f is not other]
        else:
            word = "gone" if stood_in(one, whole) else "not_looked_at"
            told.append(_quote(one, word, _around(before, one), ""))
    fresh = [f for f in left if words(f) not in then]
    return (*told, *(_quote(f, "new", "", _around(after, f)) for f in fresh if after is not None))


def fields(before: Listing | Seller, after: Listing | Seller | None) -> tuple[FieldNow, ...]:
    """The fields that say something else now."""
    if after is None or type(before) is not type(after):
        return ()
    old, new = dict(_fields(before)), dict(_fields(after))
    found = []
    for name in dict.fromkeys((*old, *new)):
        one, other = old.get(name), new.get(name)
        if one is not None and other is not None and (one.state not in _TOLD or other.state not in _TOLD):
            continue
        texts = [" ".join(field.text.split()) if field is not None else "" for field in (one, other)]
        if texts[0] != texts[1]:
            found.append(FieldNow(field=name, before=_cut(texts[0]), after=_cut(texts[1])))
    return tuple(found[:MANY])


def result(told: Sequence[QuoteNow], changed: Sequence[FieldNow]) -> Came:
    """The word for a page that was read again."""
    changes = {one.change for one in told}
    if changes & {"gone", "altered", "new"} or changed:
        return Came(RevisitResult.CHANGED, "")
    if told and changes == {"not_looked_at"}:
        return Came(RevisitResult.NOT_REACHED, "页面看到了，但是发现所在的部分（图片文字、描述）这次没有看到")
    return Came(RevisitResult.SAME, "")


def alike(before: Listing, others: Iterable[Listing], pictures: dict[str, frozenset[str]]) -> tuple[Alike, ...]:
    """Which of ``others`` may be the same goods, and why. ``pictures``: listing id -> SHA-256 of its pictures' bytes."""
    found = []
    for other in others:
        mine, theirs = (pictures.get(one.id, frozenset()) for one in (before, other))
        if other.id != before.id and (why := tuple(because(before, other, mine, theirs))):
            found.append(Alike(listing=other.id, url=other.url, because=why))
    return tuple(found)


def _quote(one: Finding, change: str, before: str, after: str) -> QuoteNow:
    return QuoteNow(finding=one.id, rule=one.rule, field=one.field, change=change, before=before, after=after)  # type: ignore[arg-type]  # the words are those above


def _around(subject: Listing | Seller, one: Finding) -> str:
    for text in field_texts(subject, one.field):
        if text[one.start : one.end] == one.quote:
            return text[max(0, one.start - AROUND) : one.end + AROUND]
    return one.quote


def _place(subject: Listing | Seller, field: str, quote: str) -> str:
    """The words in their surroundings, where they stand in the field now; "" where they do not."""
    for text in field_texts(subject, field):
        if quote and (at := text.find(quote)) >= 0:
            return text[max(0, at - AROUND) : at + len(quote) + AROUND]
    return ""


def _fields(subject: Listing | Seller) -> Iterator[tuple[str, Field]]:
    if isinstance(subject, Listing):
        for name in ("title", "price", "description", "seller", "buyable", "image_text"):
            yield name, getattr(subject, name)
        for row in subject.attributes:
            yield f"attribute:{row.name}", Field(state=FieldState.SEEN, text=row.value)
    else:
        yield "seller", subject.name
        yield "text", subject.text
        yield "image_text", subject.image_text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "……"
