"""``qingwang captures``: the pages that were sealed, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, named, opening

if TYPE_CHECKING:
    from scanner.model import Capture
    from scanner.store.crawls import Sealed


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="取证页：封存了哪些页面，结果如何。")
    noun.command("list", help="列出取证页，先封存的在前。")(list_)
    noun.command("show", help="一个取证页的全部记录：存放位置和校验值；列表页列出了什么。")(show)
    app.add_typer(noun, name="captures")


def list_(
    ctx: typer.Context,
    storefront: opening.Storefront = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="只看这种结果，例如 read、blocked、login")] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="要人打开看的：被登录、验证、拦截挡住，以后也没有读到的网址")
    ] = False,
    crawl: Annotated[str | None, typer.Option("--crawl", metavar="ID", help="只看这一次巡查")] = None,
    limit: opening.Limit = None,
    as_json: console.Json = False,
) -> None:
    from scanner.errors import UsageError
    from scanner.report.words import LANES, OUTCOMES

    with opening.book(ctx) as book:
        wanted = None if outcome is None else _outcome(outcome)
        if waiting and (outcome or crawl):
            raise UsageError("--waiting 不和 --outcome、--crawl 一起用", where="captures list", hint="去掉其中一个")
        sealed = (
            book.shut(storefront=storefront, limit=limit) if waiting
            else book.captures(crawl=crawl, storefront=storefront, outcome=wanted, limit=limit)
        )  # fmt: skip
        if as_json:
            console.emit_lines(_row(one) for one in sealed)
            return
        rows = (
            (
                one.capture.id, opening.day(one.capture.time), one.capture.url, one.capture.status or "—",
                OUTCOMES[one.outcome] + ("（已清除）" if one.purged else ""), LANES[one.capture.lane], one.capture.journal,
            )
            for one in sealed
        )  # fmt: skip
        console.table("取证页", ["编号", "时间", "网址", "状态码", "结果", "方式", "日志行"], rows)


def _outcome(word: str) -> Any:
    from scanner.errors import UsageError
    from scanner.report.words import OUTCOMES

    for known, chinese in OUTCOMES.items():
        if word in (known.value, chinese):
            return known
    raise UsageError(f"不认识的结果：{word}", where="--outcome", hint="可用：" + "、".join(o.value for o in OUTCOMES))


def _row(one: Sealed) -> dict[str, Any]:
    x = one.capture
    return {
        "id": x.id, "time": x.time, "url": x.url, "storefront": x.storefront, "lane": x.lane, "status": x.status,
        "media_type": x.media_type, "size": x.size, "digest": x.digest, "journal": x.journal, "outcome": one.outcome,
        "crawl": one.crawl, "purged": one.purged,
    }  # fmt: skip


def show(
    ctx: typer.Context,
    capture: Annotated[str, typer.Argument(metavar="ID", help="取证页编号（开头几位即可）")],
    as_json: console.Json = False,
) -> None:
    with opening.book(ctx) as book:
        one = book.capture(opening.whole(book, "capture", capture))
        assert one is not None  # its id was just found
        if as_json:
            console.emit(
                {
                    "capture": one.capture, "outcome": one.outcome, "crawl": one.crawl, "purged": one.purged,
                    "named": named.of(book, one.capture.id),
                }
            )  # fmt: skip
        else:
            _tell(one.capture, one)
            named.tell(named.of(book, one.capture.id))


def _tell(x: Capture, one: Sealed) -> None:
    from scanner.report.words import LANES, OUTCOMES, RECORD_TYPES

    rows = [
        ("编号", x.id), ("网址", x.url), ("店铺", x.storefront), ("时间", opening.day(x.time)), ("方式", LANES[x.lane]),
        ("结果", OUTCOMES[one.outcome]), ("状态码", x.status or "—"), ("类型", x.media_type or "—"),
        ("大小", f"{x.size} 字节"), ("SHA-256", x.digest), ("服务器地址", x.ip or "—"), ("日志行", x.journal),
        ("巡查", one.crawl or "—"), *([("已按保存期限清除", opening.day(one.purged))] if one.purged else []), *((f"附注：{name}", fact) for name, fact in x.note),
    ]  # fmt: skip
    console.table("取证页", ["字段", "内容"], rows)
    refs = [(RECORD_TYPES.get(r.type, r.type), r.uri, r.file, r.offset, r.length, r.sha256, r.sm3) for r in x.records]
    console.table("档案记录", ["种类", "网址", "文件", "位置", "长度", "SHA-256", "SM3"], refs)
