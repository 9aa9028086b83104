"""``qingwang listings relisted``: goods of leads that were dealt with and are there again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from scanner.cli import console, opening, sellers_same

ENDED = {"gone": "复查时已下架", "acted": "已处置", "closed": "已销号"}
AGAIN = {"same": "同一页面又见到", "still": "同一页面还在", "similar": "相似商品"}


def register(noun: typer.Typer) -> None:
    noun.command("relisted", help="重新上架：已经下架、处置、销号的商品，后来又见到的，或者同一经营者又有相似的。")(
        relisted
    )


def relisted(
    ctx: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], metavar="日期", help="这一天（北京时间）以来又见到的；默认全部"),
    ] = None,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.leads.dossier.relisted import relisted as of_book

    with opening.book(ctx) as book:
        found = of_book(book, since=since.replace(tzinfo=clock.BEIJING) if since is not None else None)
    if as_json:
        console.emit_lines(found)
        return
    if not found:
        console.say("没有见到重新上架的。只说巡查、导入看到过的；没有再看过的不知道。")
        return
    rows = [
        (
            one.lead, sellers_same.shown(one.again_seller), one.title, f"{opening.day(one.at)[:10]} {ENDED[one.ended]}", AGAIN[one.again],
            one.again_url, f"{opening.day(one.seen)[:10]}（{one.times} 次）", one.words, "；".join(one.because),
        )
        for one in found
    ]  # fmt: skip
    columns = ["线索", "经营者", "原来的商品", "结束", "现在", "网址", "又见到", "相同的原文", "理由"]
    console.table("重新上架（供核对，不改变线索）", columns, rows)
