"""``qingwang returns monthly · summary · base-register``: reports in words, and the list of network sellers.

Owns: their options, and what every return shares: the period, the file, noting that it was filed. Leaves to others: what they say
(``report.returns``), the figures (``leads.returns``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.home import Home
    from scanner.leads.returns.cells import Period, Value
    from scanner.registry.sellers import ListedSeller
    from scanner.report.returns.narrative import Told

_DAY = ["%Y-%m-%d"]
Since = Annotated[
    datetime, typer.Option("--from", formats=_DAY, metavar="日期", help="行动开始的那天（北京时间），累计数从这天起")
]
Until = Annotated[
    datetime | None, typer.Option("--to", formats=_DAY, metavar="日期", help="截止到哪一天（含），默认今天")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="写到哪个文件")]
Unit = Annotated[str, typer.Option("--unit", help="填报单位（默认 config.yaml 的 unit）")]
File = Annotated[bool, typer.Option("--file", help="记为已报送：数字和文件的 SHA-256 写进日志")]
Who = Annotated[str, typer.Option("--who", help="报送人（默认 config.yaml 的 operator）")]
Note = Annotated[str, typer.Option("--note", help="说明")]


def register(noun: typer.Typer) -> None:
    noun.command("monthly", help="月报（Word）：填好线索、办理和处置，其余留空。")(monthly)
    noun.command("summary", help="行动工作总结（Word）：通知要求的各部分，填好知道的。")(summary)
    noun.command("base-register", help="网络销售企业底数（XLSX）：台账里的，和巡查看到、台账没有的。")(base_register)


def monthly(
    ctx: typer.Context,
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="哪个月，默认上个月")] = "",
    out: Out = None,
    unit: Unit = "",
    file: File = False,
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    from scanner.report.returns.narrative import monthly as made

    _paper(ctx, "monthly", _month(month), made, out=out, unit=unit, file=file, who=who, note=note, as_json=as_json)


def summary(
    ctx: typer.Context,
    since: Since,
    until: Until = None,
    out: Out = None,
    unit: Unit = "",
    file: File = False,
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    from scanner.report.returns.narrative import summary as made

    found = period(since, until)
    _paper(ctx, "summary", found, made, out=out, unit=unit, file=file, who=who, note=note, as_json=as_json)


def _paper(
    ctx: typer.Context, name: str, days: Period, made: Callable[[Told], bytes], *, out: Path | None, unit: str, file: bool,
    who: str, note: str, as_json: bool,
) -> None:  # fmt: skip
    from scanner.leads.returns.hand import whole

    home = console.home_of(ctx)
    filed_by = may_file(home, out, who) if file else ""
    told = _told(ctx, days, unit, attached=name == "summary")
    digest = keep(made(told), out) if out is not None else ""
    figures = {place: cell.value for place, cell in told.totals.cells.items()}
    if file:
        note_filed(home, name, days, filed_by, note, digest, whole(figures))
    if as_json:
        console.emit({
            "form": name, "since": days.since, "until": days.until, "opened": told.overview.total,
            "overview": {"opened": told.overview.opened, "matters": told.overview.matters, "acts": told.overview.acts,
                         "states": told.overview.states, "units": told.overview.units, "late": told.overview.late},
            "totals": [{"column": column, "value": plain(cell.value), "leads": cell.leads, "together": cell.together}
                       for (_, column), cell in told.totals.cells.items()],
            "file": None if out is None else str(out), "sha256": digest, "filed": file,
        })  # fmt: skip
        return
    console.say(
        f"{days.since} 至 {days.until}：新增线索 {told.overview.total} 条，期末超期 {len(told.overview.late)} 条。"
    )
    console.say(f"已写入 {out}。" if out is not None else "加 --out 文件.docx 写成文档。")


def _told(ctx: typer.Context, days: Period, unit: str, *, attached: bool) -> Told:
    from scanner import clock
    from scanner.casework import filing
    from scanner.cli.returns_counting import counting
    from scanner.evidence import rehearsal
    from scanner.home import shipped_rules
    from scanner.leads.returns import calendar, forms
    from scanner.leads.returns.overview import TOTALS
    from scanner.report.returns.narrative import Told

    home, now = console.home_of(ctx), clock.now()
    known = forms.load(shipped_rules(), home.rules)
    names = [name for name in ("qingwang-1", "qingwang-2") if attached and name in known]
    with counting(ctx, days) as counted:
        seen, totals = counted.overview(), counted.figures(TOTALS)
        annexes = [(known[name], counted.figures(known[name]).cells) for name in names]
    handed = filing.handed(filing.read(home))
    dues = calendar.year(calendar.load(shipped_rules(), home.rules), days.until.year, handed, clock.day(now))
    config = home.config()
    return Told(
        period=days, unit=unit or config.unit, person=config.operator, overview=seen, totals=totals, made=now,
        mark=rehearsal.mark_of(home), unit_name=_unit_name(home), forms=annexes, dues=dues,
    )  # fmt: skip


def _unit_name(home: Home) -> Callable[[str], str]:
    """A unit's name by its id; the id where there is no such unit any more."""
    from scanner.errors import UsageError
    from scanner.home import shipped_rules
    from scanner.leads.routing import units

    known = units.load(shipped_rules(), home.rules)

    def name(unit: str) -> str:
        try:
            return known.get(unit).name
        except UsageError:
            return unit

    return name


def base_register(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="写到哪个文件")],
    unit: Unit = "",
    file: File = False,
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.evidence import rehearsal
    from scanner.leads.returns.cells import Period
    from scanner.report.returns import register as sheet
    from scanner.report.returns.paper import day

    home, now = console.home_of(ctx), clock.now()
    today = clock.day(now)
    filed_by = may_file(home, out, who) if file else ""
    sellers = _sellers(home)
    named = unit or home.config().unit
    digest = keep(sheet.xlsx(sellers, unit=named, day=day(today), made=now, mark=rehearsal.mark_of(home)), out)
    listed = sum(one.origin == "register" for one in sellers)
    figures = {"all": {"register": str(listed), "pages": str(len(sellers) - listed)}}
    if file:
        note_filed(home, "base-register", Period(since=today, until=today), filed_by, note, digest, figures)
    if as_json:
        console.emit(
            {"register": listed, "pages": len(sellers) - listed, "file": str(out), "sha256": digest, "filed": file}
        )
    else:
        console.say(f"已写入 {out}：台账 {listed} 家，巡查看到、台账没有的 {len(sellers) - listed} 家。")


def _sellers(home: Home) -> list[Any]:
    from contextlib import ExitStack

    from scanner import clock
    from scanner import coverage as room
    from scanner.coverage.base import base, shop_of
    from scanner.errors import UsageError
    from scanner.leads.same.book import enterprises
    from scanner.leads.same.enterprises import by_name
    from scanner.registry import Register
    from scanner.registry.sellers import sellers
    from scanner.store.book import Book

    if not home.book.exists() and not home.register.exists():
        raise UsageError(
            "这个数据目录里还没有数据", where=str(home.root), hint="先导入台账（registry import net-sellers），或者巡查"
        )
    with ExitStack() as stack:
        listed: tuple[ListedSeller, ...] = ()
        if home.register.exists():
            listed = sellers(stack.enter_context(Register.open(home.register)).store)
        book = stack.enter_context(Book.open(home.book)) if home.book.exists() else None
        covered = room.coverage(listed, book, since=clock.day(clock.now()))
        if book is None:
            return list(base(listed, covered, (), by_name))
        shops = {shop_of(one.subject) for one in book.sellers()}
        return list(base(listed, covered, book.sellers(), enterprises(book, shops)))


# --- what all returns share --------------------------------------------------------------------------------------


def period(since: datetime, until: datetime | None) -> Period:
    """The days given. Raises UsageError where the last is before the first, or has not come."""
    from scanner import clock
    from scanner.errors import UsageError
    from scanner.leads.returns.cells import Period

    today = clock.day(clock.now())
    last = until.date() if until is not None else today
    if last > today:
        raise UsageError("这一天还没有到", where="--to", hint=f"写 {today} 或者以前的日期")
    if since.date() > last:
        raise UsageError("截止日期早于开始日期", where="--to", hint="--from 写行动开始的那天")
    return Period(since=since.date(), until=last)


def _month(said: str) -> Period:
    from datetime import date, timedelta

    from scanner import clock
    from scanner.errors import UsageError
    from scanner.leads.returns.cells import Period

    today = clock.day(clock.now())
    before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        first = date.fromisoformat(f"{said}-01") if said else before
    except ValueError as error:
        raise UsageError(f"“{said[:20]}”不是月份", where="--month", hint="写成 2026-10") from error
    if first > today:
        raise UsageError("这个月还没有到", where="--month")
    after = (first + timedelta(days=31)).replace(day=1)
    return Period(since=first, until=min(after - timedelta(days=1), today))


def plain(value: Value) -> int | float | str | None:
    """A figure for JSON; money is a number of two decimals."""
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else value


def may_file(home: Home, out: Path | None, who: str) -> str:
    """Who files a return. Raises UsageError where nobody is named, or no file is written."""
    from scanner.errors import UsageError

    name = (who or home.config().operator).strip()
    if out is None:
        raise UsageError("报送的是文件，要写明写到哪里", where="--out")
    if not name:
        raise UsageError("没有写明谁报送", where="--who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    return name


def keep(data: bytes, out: Path) -> str:
    """Write the file, whole or not at all; its SHA-256."""
    import hashlib

    from scanner.evidence import disk

    disk.put(out, data)
    return hashlib.sha256(data).hexdigest()


def note_filed(
    home: Home, form: str, days: Period, who: str, note: str, digest: str, figures: Mapping[str, Mapping[str, str]]
) -> None:
    """Write into the journal that a return was filed."""
    from scanner import clock
    from scanner.casework import filing

    filing.write(home, filing.Filed(
        form=form, since=days.since, until=days.until, who=who, note=note.strip(), sha256=digest, figures=figures,
        time=clock.now(),
    ))  # fmt: skip
