"""``qingwang platforms scorecard``: what was seen of each platform in a period, beside the period before.

Owns: the period, the figures for people. Leaves to others: counting (``leads.dossier.platforms``), a platform's file (``platforms_file``).
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening, platforms_file, sellers_file

if TYPE_CHECKING:
    from scanner.leads.dossier.cards import Scorecard


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="平台：各平台上看到的情况。")
    noun.command(
        "scorecard", help="平台记分：资质展示率、编号查不到的比例、查实的商品页在架多久、重新上架、半年核验。"
    )(scorecard)
    platforms_file.register(noun)
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
    start = _midnight(first) if first is not None else end - timedelta(days=platforms_file.PERIOD)
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
            links=lambda page: platforms_file.links(book, page),
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


def _midnight(day: datetime) -> datetime:
    from scanner import clock

    return day.replace(tzinfo=clock.BEIJING)


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
        console.table(f"{card.name}（{len(card.hosts)} 个网址）", ["项目", "本期", "上期"], platforms_file.rows(card))
        late = card.now.recheck.late
        if late:
            shown = "、".join(key.replace("\n", "|") for key in late[:10])
            console.say(
                f"半年没有再看资质的 {len(late)} 家：{shown}" + ("……用 --json 看全部" if len(late) > 10 else "")
            )
