"""``qingwang platforms scorecard`` and ``file``: what was seen of each platform in a period, and all that is known of one.

Owns: the commands and their tables. Leaves to others: counting and what belongs to a platform (``leads.dossier``).
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening, sellers_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scanner.leads.dossier.cards import Card, Scorecard
    from scanner.leads.dossier.platform import PlatformFile
    from scanner.model import DutyState, Listing, Seller
    from scanner.store.book import Book

PERIOD = 183  # days, where no first day is given


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="平台：各平台上看到的情况。")
    noun.command(
        "scorecard", help="平台记分：资质展示率、编号查不到的比例、查实的商品页在架多久、重新上架、半年核验。"
    )(scorecard)
    noun.command("file", help="一个平台的档案：网址、自身备案的变化、有线索的店铺、全部线索和处理结果、记分。")(file)
    app.add_typer(noun, name="platforms")


def scorecard(
    ctx: typer.Context,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], metavar="日期", help="从哪一天起（北京时间）；默认到期日以前 183 天"
        ),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="日期", help="到哪一天止（含）；默认今天")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.xlsx", help="另写成 XLSX 文件")] = None,
    as_json: console.Json = False,
) -> None:
    from scanner import clock, rulebook
    from scanner.errors import UsageError
    from scanner.evidence import disk, rehearsal
    from scanner.home import shipped_rules
    from scanner.leads.dossier.platforms import scorecard as of_book

    now = clock.now()
    end = _midnight(last) + timedelta(days=1) if last is not None else now
    start = _midnight(first) if first is not None else end - timedelta(days=PERIOD)
    if start >= min(end, now):
        raise UsageError(
            "起始日期要在截止日期和今天以前", where="--from", hint="例如 --from 2026-01-01 --to 2026-06-30"
        )
    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"{out.name} 不是 .xlsx 文件名", where="--out", hint="例如 --out 平台记分.xlsx")
    home = console.home_of(ctx)
    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        rules = rulebook.load(shipped_rules(), home.rules)
        found = of_book(
            book, rules, sellers_file.asking(ctx, stack), start=start, end=end,
            links=lambda page: _links(book, page),
        )  # fmt: skip
    if out is not None:
        from scanner.report.scorecard import xlsx

        disk.put(out, xlsx(found, made=now, mark=rehearsal.mark_of(home)))
        disk.sync_folder(out.parent)
        console.note(f"已写入 {out}")
    if as_json:
        console.emit(found)
    else:
        _tell(found)


def file(
    ctx: typer.Context,
    platform: Annotated[str, typer.Argument(metavar="ID|NAME", help="平台的代号或者名称；自建网站写域名")],
    days: sellers_file.Within = 90,
    limit: Annotated[int, typer.Option("--limit", min=1, help="店铺、线索各列多少")] = 50,
    as_json: console.Json = False,
) -> None:
    from scanner import clock, rulebook
    from scanner.errors import UsageError
    from scanner.home import shipped_rules
    from scanner.leads.dossier import platform as room
    from scanner.yamlfile import nearest

    now = clock.now()
    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        platforms = room.known(book)
        one = room.meant(platforms, platform)
        if one is None:
            names = [name for each in platforms.values() for name in (each.id, *each.names)]
            raise UsageError(
                f"没有平台“{platform[:60]}”", where="ID|NAME", hint=nearest(platform, names) or "用 platforms scorecard 查看见到过的",
            )  # fmt: skip
        rules = rulebook.load(shipped_rules(), console.home_of(ctx).rules)
        found = room.dossier(
            book, one, rules, sellers_file.asking(ctx, stack), since=now - timedelta(days=PERIOD), now=now, within=days,
            links=lambda page: _links(book, page),
        )  # fmt: skip
    if as_json:
        console.emit({"file": found})
    else:
        _tell_file(found, limit)


def _midnight(day: datetime) -> datetime:
    from scanner import clock

    return day.replace(tzinfo=clock.BEIJING)


def _links(book: Book, page: Listing | Seller) -> Mapping[str, DutyState]:
    """What became of the links of a seller's page, as the book knows them."""
    from scanner.checks.display import became
    from scanner.model import Seller

    links = page.links if isinstance(page, Seller) else ()
    looks = ((url, book.last_look(page.storefront, url)) for url, _ in links)
    return {
        url: state for url, look in looks if look is not None and (state := became(look.capture.status, look.outcome))
    }


# --- what people see ---------------------------------------------------------------------------------------------


def _tell(found: Scorecard) -> None:
    from scanner import clock

    if not found.cards:
        console.say("这段时间和上一段时间都没有看过任何平台。")
        return
    last = clock.day(found.end - timedelta(microseconds=1))
    console.say(
        f"平台记分 {clock.day(found.start)} 至 {last}；括号里的“上期”是 {clock.day(found.earlier)} 以来同样长的一段。"
        "比例后面是 分子/分母 和 95% 区间；未能判断的不在分母里。"
    )
    for card in found.cards:
        console.table(f"{card.name}（{len(card.hosts)} 个网址）", ["项目", "本期", "上期"], _rows(card))
        late = card.now.recheck.late
        if late:
            shown = "、".join(key.replace("\n", "|") for key in late[:10])
            console.say(
                f"半年没有再看资质的 {len(late)} 家：{shown}" + ("……用 --json 看全部" if len(late) > 10 else "")
            )


def _tell_file(found: PlatformFile, limit: int) -> None:
    from scanner import clock

    one = found.platform
    console.say(f"平台档案：{'、'.join(dict.fromkeys((*one.names, one.id)))}（{opening.day(found.made)}）")
    if not one.hosts:
        console.say("没有见到过这个平台的网页，也没有它的线索。")
        return
    heads = ["网址", "商品页", "经营者"]
    rows = [(host.storefront, host.listings, host.sellers) for host in one.hosts[:limit]]
    console.table(f"网址（{len(one.hosts)} 个）", heads, rows)
    sellers_file.tell_credentials(
        found.credentials,
        title="平台自身的备案、许可",
        none="没有见到平台自身的备案、许可编号（没有看过展示它的页面，或者页面没有展示）。",
    )
    sellers_file.tell_alerts(found.alerts)
    if found.shops:
        shops = [(one.key.replace("\n", "|"), one.leads, one.live, one.confirmed) for one in found.shops[:limit]]
        console.table(f"有线索的店铺（{len(found.shops)} 个）", ["店铺", "线索", "没有办结", "属实"], shops)
    sellers_file.tell_leads(found.leads[:limit])
    if len(found.leads) > limit:
        console.say(f"共 {len(found.leads)} 条线索，只列最近 {limit} 条；用 --limit 或者 --json 看全部。")
    if found.overdue:
        console.say(f"超期没有结果的 {len(found.overdue)} 条：{'、'.join(map(str, found.overdue[:limit]))}")
    if found.card is None:
        console.say(f"{clock.day(found.since)} 以来和再往前同样长的一段都没有看过它的页面，没有记分。")
        return
    console.table(f"记分（{clock.day(found.since)} 以来）", ["项目", "本期", "上期"], _rows(found.card))


def _rows(card: Card) -> list[tuple[object, ...]]:
    from scanner.report.scorecard import items

    return [
        (name, _cell(value), _cell(before))
        for (name, value), (_, before) in zip(items(card.now), items(card.earlier), strict=True)
    ]


def _cell(value: object) -> object:
    return "—" if value is None else value
