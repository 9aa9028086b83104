"""Books of sellers made by hand: pages that show what a text says, kept as a crawl keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scanner import numbers
from scanner.leads.gather import gather
from scanner.leads.same.reading import key_of, traits_of
from scanner.model import (
    Act,
    Decision,
    Disposition,
    Field,
    FieldState,
    Finding,
    Listing,
    NumberSeen,
    Outcome,
    Revisit,
    RevisitResult,
    Seller,
    content_id,
)
from scanner.registry import Register, import_source
from scanner.store.book import Book
from tests.registry.company.pairs import code
from tests.registry.making import nmpa_csv, write
from tests.store.making import capture, listing, said, seller

NAME = "演示甲医疗器械有限公司"
LICENCE, OTHER = "粤穗食药监械经营许20219001", "粤穗食药监械经营许20239002"
CODE = code("A")
_OPERATING = ("许可证编号", "企业名称", "经营范围", "发证日期", "有效期至")


def at(year: int, month: int, day: int, hour: int = 4) -> datetime:
    """A moment; noon in Beijing unless another hour (UTC) is given."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def shop_page(
    text: str, *, name: str = NAME, shop: str = "a.example", page: Any = "licence", pictures: Field | None = None
) -> Seller:
    """A seller's page that says ``text``; its numbers are those in it, those of ``pictures`` stand in a picture."""
    pictured = pictures or Field(state=FieldState.ABSENT)
    found = [NumberSeen(field="text", number=one) for one in numbers.find(text)]
    found += [NumberSeen(field="image_text", number=one) for one in numbers.find(pictured.text)]
    return replace(
        seller(name, page=page, shop=shop), version=content_id(shop, page, name, text, pictured.text, pictured.state), text=said(text),
        image_text=pictured, numbers=tuple(found), id=content_id(shop, page),
    )  # fmt: skip


def goods(
    title: str, *, name: str = NAME, shop: str = "a.example", number: str = "", place: str = "", price: str = "9"
) -> Listing:
    """A listing; ``place``: what its address ends in, its title if not given."""
    where = place or content_id(title)
    found = tuple(NumberSeen(field="attribute:注册证号", number=one) for one in numbers.find(number))
    return replace(
        listing(title, seller=said(name), shop=shop, price=price), id=content_id(shop, where),
        version=content_id(shop, where, title, price, number), numbers=found, url=f"https://{shop}/p/{where}",
    )  # fmt: skip


def keep(book: Book, subject: Listing | Seller, when: datetime, *, crawl: str = "crawl") -> str:
    """Book a page as seen at a time; the id of its capture."""
    made = replace(
        capture(int(when.timestamp()), time=when, shop=subject.storefront), id=content_id(subject.id, str(when)), url=subject.url
    )  # fmt: skip
    book.save_capture(made, Outcome.READ, crawl)
    if isinstance(subject, Listing):
        book.save_listing(subject, made.id, when)
    else:
        book.save_seller(subject, made.id, when)
    book.save_traits(key_of(subject), traits_of(subject, made.id))
    return made.id


def lead(book: Book, found: Iterable[Finding], subject: Listing | Seller, when: datetime) -> int:
    """A lead of findings in one page; its number."""
    found = list(found)
    book.save_findings(found, "capture", when)
    (one,) = book.merge_leads(gather([(finding, subject) for finding in found]), opened=when)
    return one.number


def step(book: Book, number: int, act: Act, state: str, when: datetime, **more: Any) -> None:
    """A step of a lead as the book gets it."""
    book.decide(Decision(lead=number, state=state, who="甲", when=when, act=act, **more))


def dispose(book: Book, number: int, when: datetime, **what: Any) -> None:
    step(book, number, Act.DISPOSE, "disposed", when, disposition=Disposition(**what))


def revisited(book: Book, number: int, subject: Listing | Seller, result: RevisitResult, when: datetime) -> None:
    book.save_revisit(Revisit(
        lead=number, subject="listing" if isinstance(subject, Listing) else "seller", subject_id=subject.id, url=subject.url,
        before="b", after="a", through=(), version=subject.version, version_after="", time=when, result=result,
    ))  # fmt: skip


def operating(folder: Path, *rows: tuple[str, str, str], as_of: date = date(2026, 11, 1)) -> Register:
    """A register of operating licences: (number, holder, valid until)."""
    lines = [(number, holder, "三类", "2021-01-01", until) for number, holder, until in rows]
    register = Register.open(folder / "register.db")
    path = write(folder, "经营.csv", nmpa_csv(lines, _OPERATING))
    import_source(register, "nmpa-operating", [path], now=at(2026, 11, 2), as_of=as_of, extent="sample")
    return register
