"""Values for tests: small plain ones by hand, and any value at all of any noun (hypothesis)."""

from __future__ import annotations

import dataclasses
import types
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from scanner.model import (
    Act,
    Basis,
    Capture,
    Decision,
    Field,
    FieldState,
    Finding,
    Lane,
    Listing,
    Matter,
    RecordRef,
    Seller,
    Severity,
    SourceStamp,
    Standing,
    StandingAnswer,
    Verdict,
    content_id,
)

T0 = datetime(2026, 11, 22, 3, 4, 5, 678901, UTC)
SHOP = "shop.example:8443"
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)  # lone surrogates and NUL too


def hours(number: float) -> datetime:
    return T0 + timedelta(hours=number)


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation of the model."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of([st.none() if a is type(None) else any_of(a) for a in arguments])
    if origin is tuple and arguments[-1] is ...:
        return st.lists(any_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*[any_of(a) for a in arguments])
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{f.name: any_of(hints[f.name]) for f in dataclasses.fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    plain = {
        str: TEXT,
        int: st.integers(0, 2**40),
        bool: st.booleans(),
        float: st.floats(0, 1),
        date: st.dates(date(1949, 10, 1)),
        datetime: st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone follows
    }
    return plain[kind]


def said(text: str) -> Field:
    return Field(state=FieldState.SEEN, text=text, source="test")


NOT_SEEN = Field(state=FieldState.NOT_SEEN)


def listing(name: str = "演示血压计", *, seller: Field = NOT_SEEN, price: str = "99", shop: str = SHOP) -> Listing:
    return Listing(
        id=content_id(shop, name), version=content_id(shop, name, seller.text, price), storefront=shop,
        family="generic", url=f"https://{shop}/p/{len(name)}", product_id="", title=said(name), price=said(price),
        description=NOT_SEEN, attributes=(), pictures=(), seller=seller, seller_url="", breadcrumbs=(),
        buyable=NOT_SEEN, image_text=NOT_SEEN, numbers=(),
    )  # fmt: skip


def seller(name: str = "演示医疗器械店", *, page: Literal["home", "licence"] = "licence", shop: str = SHOP) -> Seller:
    return Seller(
        id=content_id(shop, page, name), version=content_id(shop, page, name, "1"), storefront=shop, family="generic",
        url=f"https://{shop}/{page}", page=page, name=said(name), uscc=NOT_SEEN, text=said(name), pictures=(),
        links=(), numbers=(),
    )  # fmt: skip


def capture(number: int, *, time: datetime | None = None, shop: str = SHOP) -> Capture:
    moment = hours(number) if time is None else time
    url = f"https://{shop}/page/{number}"
    ref = RecordRef(
        type="response", uri=url, file="演示.warc.gz", offset=number * 100, length=90, sha256="ab" * 32, sm3="cd" * 32
    )
    return Capture(
        id=content_id("capture", str(number), shop), url=url, storefront=shop, lane=Lane.HTTP, time=moment, status=200,
        media_type="text/html", digest="ab" * 32, size=1234, records=(ref,), journal=number,
    )  # fmt: skip


def finding(
    subject: Listing | Seller, rule: str = "claim-cure-rate", *, kind: Matter = Matter.CLAIM,
    verdict: Verdict = Verdict.VIOLATION, severity: Severity = Severity.HIGH, quote: str = "治愈率99%",
    standing: StandingAnswer | None = None,
) -> Finding:  # fmt: skip
    return Finding(
        id=content_id(subject.version, rule, "1", "description", quote), rule=rule, rule_version="1", kind=kind,
        verdict=verdict, severity=severity, subject="listing" if isinstance(subject, Listing) else "seller",
        subject_id=subject.id, version=subject.version, field="description", quote=quote, start=0, end=len(quote),
        says="页面说明治愈率或者有效率。", basis=(Basis(law="广告法", article="第十六条"),), standing=standing,
    )  # fmt: skip


def standing(*words: Standing, on: date = date(2026, 11, 22), source: str = "udi") -> StandingAnswer:
    return StandingAnswer(
        number="演械注准20992070001", type="device_reg", on=on, standing=words, why="演示",
        sources=(SourceStamp(id=source, as_of=date(2026, 11, 1), authoritative=False, sample=True),),
    )  # fmt: skip


def step(lead: int, state: str, when: datetime, *, who: str = "甲", note: str = "") -> Decision:
    """A step that leaves the lead in ``state``, whatever it was in before."""
    act = {"confirmed": Act.CONFIRM, "dismissed": Act.DISMISS, "closed": Act.CLOSE, "open": Act.REOPEN}[state]
    return Decision(lead=lead, state=state, who=who, when=when, note=note, act=act)
