"""``qingwang coverage``: of the sellers in the register of sellers, who was visited when, with what outcome; who never.

Owns: the options, the table and the summary line. Leaves to others: what is found (``scanner.coverage``).
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from scanner.coverage import Coverage, CoveredSeller
    from scanner.home import Home
    from scanner.registry.sellers import ListedSeller
    from scanner.store.register import ImportedSource

ANSWERS = {"read": "已看过", "shut": "被挡住，没有看到", "failed": "没有取到", "never": "从未访问"}
BY = {"address": "网址", "uscc": "统一社会信用代码", "name": "名称"}
BAR = 20  # characters of the bar


def register(app: typer.Typer) -> None:
    app.command("coverage", help="覆盖情况：台账里的网络销售企业，谁在什么时候看过、结果怎样，谁从未访问。")(coverage)


def coverage(
    ctx: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], metavar="日期", help="哪一天（北京时间）以来看过才算；默认一年以来"
        ),
    ] = None,
    area: Annotated[str | None, typer.Option("--area", metavar="辖区", help="只看台账里这个辖区的企业")] = None,
    due: Annotated[bool, typer.Option("--due", help="只列出还没有看过的")] = False,
    limit: opening.Limit = None,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner import coverage as room
    from scanner.errors import UsageError

    now = clock.now()
    day = since.date() if since is not None else room.year_before(clock.day(now))
    if day > clock.day(now):
        raise UsageError("这一天还没有到", where="--since", hint="写今天或者以前的日期，例如 2026-01-01")
    home = console.home_of(ctx)
    with ExitStack() as stack:
        source, listed = _listed(home, area)
        book = None
        if home.book.exists():
            book = stack.enter_context(opening.book(ctx))
        else:
            console.note("这个数据目录里还没有巡查记录：先用 scan、crawl 巡查，或者用 import 导入录制的页面。")
        found = room.coverage(listed, book, since=day)
    shown = [one for one in found.sellers if one.due or not due][:limit]
    if as_json:
        console.emit(_object(found, source, shown))
    else:
        _tell(found, source, shown)


def _listed(home: Home, area: str | None) -> tuple[ImportedSource, Sequence[ListedSeller]]:
    """The register of sellers, of one area where asked. Raises UsageError where there is none, or no such area."""
    from scanner.errors import UsageError
    from scanner.registry import Register
    from scanner.registry.sellers import SOURCE, same_name, sellers

    listed: Sequence[ListedSeller] = ()
    source = None
    if home.register.exists():
        with Register.open(home.register) as opened:
            source = next((one for one in opened.store.sources() if one.id == SOURCE), None)
            listed = sellers(opened.store)
    if source is None or not listed:
        raise UsageError(
            "还没有导入网络销售企业台账", where=str(home.root),
            hint=f"用 qingwang registry import {SOURCE} 台账.xlsx 导入；或者检查 --home",
        )  # fmt: skip
    if area is None:
        return source, listed
    wanted = [one for one in listed if same_name(area) in map(same_name, one.areas)]
    if not wanted:
        known = list(dict.fromkeys(name for one in listed for name in one.areas))
        more = "……" if len(known) > BAR else ""
        hint = f"台账里的辖区：{'、'.join(known[:BAR])}{more}" if known else "台账里没有“辖区”“区县”“监管单位”这样的列"
        raise UsageError(f"台账里没有辖区“{area}”", where="--area", hint=hint)
    return source, wanted


def _object(found: Coverage, source: ImportedSource, shown: Sequence[CoveredSeller]) -> dict[str, Any]:
    return {
        "since": found.since, "of": found.of, "looked_at": found.looked_at, "share": round(found.share, 4),
        "due": found.due, "answers": found.answers,
        "register": {
            "as_of": source.as_of, "imported": source.imported, "files": [file.name for file in source.files],
            "rows": source.rows, "bad": source.bad,
        },
        "sellers": shown,
    }  # fmt: skip


# --- what people see ---------------------------------------------------------------------------------------------


def _tell(found: Coverage, source: ImportedSource, shown: Sequence[CoveredSeller]) -> None:
    columns = ("企业", "情况", "上次看到", "最近一次巡查", "取证结果", "商品", "线索", "认定依据")
    if shown:
        console.table("", columns, [_row(one, found.since) for one in shown])
    if (left := found.of - len(shown)) > 0:
        console.say(f"另有 {left} 家没有列出。")
    as_of = f"截至 {source.as_of}" if source.as_of is not None else f"导入于 {opening.day(source.imported)[:10]}"
    console.say(f"台账：{'、'.join(file.name for file in source.files)}，{as_of}，{source.rows} 行")
    rest = "、".join(
        f"{ANSWERS[answer]} {found.answers[answer]} 家"
        for answer in ("never", "shut", "failed")
        if found.answers[answer]
    )
    old = found.answers["read"] - found.looked_at
    rest = "、".join(filter(None, (rest, f"{found.since} 以前看过 {old} 家" if old else "")))
    console.say(
        f"{bar(found.looked_at, found.of)} {found.since} 以来看过 {found.looked_at} 家，共 {found.of} 家"
        f"（{found.share:.1%}）" + (f"；还没有看过 {found.due} 家：{rest}" if found.due else "")
    )


def bar(part: int, whole: int) -> str:
    """A share as a bar; only all of it fills it, only none of it leaves it empty.

    >>> bar(1, 1000), bar(999, 1000), bar(0, 5)
    ('[█░░░░░░░░░░░░░░░░░░░]', '[███████████████████░]', '[░░░░░░░░░░░░░░░░░░░░]')
    """
    filled = BAR * part // whole if whole else 0
    if 0 < part < whole:
        filled = min(max(filled, 1), BAR - 1)
    return f"[{'█' * filled}{'░' * (BAR - filled)}]"


def _row(one: CoveredSeller, since: date) -> tuple[object, ...]:
    answer = ANSWERS[one.answer]
    if one.answer == "read" and one.due:
        answer = f"{answer}，在 {since} 以前"
    seen = opening.day(one.looked_at)[:16] if one.looked_at is not None else "—"
    if one.last is None:
        listed = f"（台账网址 {'；'.join(one.addresses[:2])}）" if one.addresses else "（台账没有网址）"
        return one.name, answer, seen, "—", "—", "—", one.leads or "—", listed
    return (
        one.name, answer, seen, _crawl(one), _outcomes(one), one.last.listings, one.leads or "—",
        "；".join(f"{BY[match.by]} {match.what}" for match in one.matched),
    )  # fmt: skip


def _crawl(one: CoveredSeller) -> str:
    from scanner.report.words import CRAWL_STATES

    assert one.last is not None
    state = CRAWL_STATES[one.last.state] if one.last.state is not None else "没有结束"
    return f"{opening.day(one.last.time)[:16]} {state}"


def _outcomes(one: CoveredSeller) -> str:
    from scanner.model import Outcome
    from scanner.report.words import OUTCOMES

    assert one.last is not None
    return "，".join(f"{OUTCOMES[Outcome(word)]} {number}" for word, number in one.last.outcomes.items())
