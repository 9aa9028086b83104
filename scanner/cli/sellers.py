"""``qingwang sellers``: who sells, as their own pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, duties, opening, sellers_credit, sellers_file, sellers_risk, sellers_same

if TYPE_CHECKING:
    from scanner.model import Seller
    from scanner.store.subjects import Known

PAGES = {"home": "首页", "licence": "资质页"}


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="经营者：首页和资质页写了什么。")
    noun.command("list", help="列出经营者页（最新的样子）。")(list_)
    noun.command("show", help="一个经营者页的全部内容：字段、展示义务、发现。")(show)
    sellers_same.register(noun)
    sellers_file.register(noun)
    sellers_credit.register(noun)
    sellers_risk.register(noun)
    app.add_typer(noun, name="sellers")


def list_(
    ctx: typer.Context,
    storefront: opening.Storefront = None,
    limit: opening.Limit = None,
    as_json: console.Json = False,
) -> None:
    with opening.book(ctx) as book:
        known = book.sellers(storefront=storefront, limit=limit)
        if as_json:
            console.emit_lines(_row(one) for one in known)
            return
        rows = (
            (
                one.subject.id, opening.said(one.subject.name), opening.said(one.subject.uscc), PAGES[one.subject.page],
                one.subject.storefront, one.sightings, opening.day(one.last_seen),
            )
            for one in known
        )  # fmt: skip
        console.table("经营者", ["编号", "名称", "统一社会信用代码", "页面", "网址", "见到次数", "最近见到"], rows)


def _row(one: Known[Seller]) -> dict[str, Any]:
    x = one.subject
    return {
        "id": x.id, "version": x.version, "storefront": x.storefront, "family": x.family, "url": x.url, "page": x.page,
        "name": x.name, "uscc": x.uscc, "numbers": x.numbers, **opening.times(one),
    }  # fmt: skip


def show(
    ctx: typer.Context,
    seller: Annotated[str, typer.Argument(metavar="ID", help="经营者页编号（开头几位即可）")],
    as_json: console.Json = False,
) -> None:
    from scanner.cli.listings import numbers

    with opening.book(ctx) as book:
        one = book.seller(opening.whole(book, "seller", seller))
        assert one is not None  # its id was just found
        x = one.subject
        proofs = list(book.findings(subject=x.id))
        answers = duties.of(ctx, book, one)
        if as_json:
            console.emit(
                {
                    "seller": x, "first_seen": one.first_seen, "last_seen": one.last_seen,
                    "versions": [v._asdict() for v in book.versions("seller", x.id)],
                    "sightings": [s._asdict() for s in book.sightings("seller", x.id)],
                    "findings": proofs, "duties": answers,
                }
            )  # fmt: skip
            return
        console.say(f"{opening.said(x.name)}（{PAGES[x.page]}）\n{x.url}")
        rows = [
            ("编号", x.id),
            ("统一社会信用代码", opening.said(x.uscc)),
            ("图片", f"{len(x.pictures)} 张"),
            ("证照图片文字", opening.said(x.image_text)),
        ]
        console.table("", ["字段", "内容"], [*rows, *((f"链接：{text}", url) for url, text in x.links)])
        if x.numbers:
            numbers(x.numbers)
        duties.tell(answers)
        opening.findings(proofs)
