"""``qingwang listings``: the product pages that were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, contacts, duties, listings_relisted, opening

if TYPE_CHECKING:
    from scanner.model import Listing, NumberSeen
    from scanner.store.subjects import Known


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="商品页：读到了什么。")
    noun.command("list", help="列出商品页（最新的样子）。")(list_)
    noun.command("show", help="一个商品页的全部内容：字段、导流联系方式、版本、见到的时间、展示义务、发现。")(show)
    listings_relisted.register(noun)
    app.add_typer(noun, name="listings")


def list_(
    ctx: typer.Context,
    storefront: opening.Storefront = None,
    limit: opening.Limit = None,
    as_json: console.Json = False,
) -> None:
    with opening.book(ctx) as book:
        known = book.listings(storefront=storefront, limit=limit)
        if as_json:
            console.emit_lines(_row(one) for one in known)
            return
        rows = (
            (
                one.subject.id, opening.said(one.subject.title), opening.said(one.subject.price),
                "、".join(number_words(one.subject.numbers)) or "—", opening.said(one.subject.seller),
                one.subject.storefront, one.sightings, opening.day(one.last_seen),
            )
            for one in known
        )  # fmt: skip
        console.table(
            "商品页", ["编号", "标题", "价格", "注册备案等编号", "店铺", "网址", "见到次数", "最近见到"], rows
        )


def number_words(numbers: tuple[NumberSeen, ...]) -> list[str]:
    """The numbers a page shows, each once, in its order."""
    return list(dict.fromkeys(seen.number.number for seen in numbers))


def _row(one: Known[Listing]) -> dict[str, Any]:
    x = one.subject
    return {
        "id": x.id, "version": x.version, "storefront": x.storefront, "family": x.family, "url": x.url,
        "product_id": x.product_id, "title": x.title, "price": x.price, "seller": x.seller, "attributes": x.attributes,
        "numbers": x.numbers,
        **opening.times(one),
    }  # fmt: skip


def show(
    ctx: typer.Context,
    listing: Annotated[str, typer.Argument(metavar="ID", help="商品页编号（开头几位即可）")],
    as_json: console.Json = False,
) -> None:
    with opening.book(ctx) as book:
        one = book.listing(opening.whole(book, "listing", listing))
        assert one is not None  # its id was just found
        proofs = list(book.findings(subject=one.subject.id))
        answers = duties.of(ctx, book, one)
        led = contacts.of(one.subject)
        if as_json:
            console.emit(
                {
                    "listing": one.subject, "first_seen": one.first_seen, "last_seen": one.last_seen,
                    "versions": [v._asdict() for v in book.versions("listing", one.subject.id)],
                    "sightings": [s._asdict() for s in book.sightings("listing", one.subject.id)],
                    "findings": proofs, "duties": answers, **led,
                }
            )  # fmt: skip
            return
        _tell(one)
        contacts.tell(led)
        duties.tell(answers)
        opening.findings(proofs)


def _tell(one: Known[Listing]) -> None:
    x = one.subject
    console.say(f"{opening.said(x.title)}\n{x.url}")
    rows = [
        ("编号", x.id), ("价格", opening.said(x.price)), ("店铺", opening.said(x.seller)),
        ("购买按钮", opening.said(x.buyable)), ("类目", " > ".join(x.breadcrumbs) or "—"),
        ("商品详情", opening.said(x.description)), ("图片文字", opening.said(x.image_text)),
        ("图片", f"{len(x.pictures)} 张"), ("见到", f"{one.sightings} 次，{opening.day(one.first_seen)} 至 {opening.day(one.last_seen)}"),
    ]  # fmt: skip
    console.table("", ["字段", "内容"], rows)
    if x.attributes:
        console.table("规格参数", ["名称", "内容"], [(a.name, a.value) for a in x.attributes])
    if x.transcript:
        console.table("口播文字", ["时间", "谁", "内容"], [(s.at, s.speaker or "—", s.text) for s in x.transcript])
    if x.numbers:
        numbers(x.numbers)


def numbers(seen: tuple[NumberSeen, ...]) -> None:
    """A table of the numbers a page shows."""
    from scanner.report.words import NUMBERS, field_name

    rows = [
        (NUMBERS.get(s.number.type, s.number.type), s.number.number, field_name(s.field), s.number.why or "—")
        for s in seen
    ]
    console.table("编号", ["种类", "编号", "位置", "问题"], rows)
