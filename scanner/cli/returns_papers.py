"""``qingwang returns monthly · summary · base-register``: reports in words, and the list of network sellers.

Owns: their options, and what every return shares: the period, the file, noting that it was filed. Leaves to others: what they say
(``report.returns``), the figures (``leads.returns``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scanner.coverage.base import BaseSeller
    from scanner.home import Home
    from scanner.leads.returns.cells import Period, Value
    from scanner.leads.returns.scope import Scope
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
Unit = Annotated[
    str,
    typer.Option(
        "--unit",
        help="只计这个单位和它的下级的：单位的 id、全称或者行政区划代码（默认全部，表头写 config.yaml 的 unit）",
    ),
]
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
    _paper(ctx, "monthly", _month(month), out=out, unit=unit, file=file, who=who, note=note, as_json=as_json)


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
    _paper(ctx, "summary", period(since, until), out=out, unit=unit, file=file, who=who, note=note, as_json=as_json)


def _paper(
    ctx: typer.Context, name: Literal["monthly", "summary"], days: Period, *, out: Path | None, unit: str, file: bool,
    who: str, note: str, as_json: bool,
) -> None:  # fmt: skip
    from scanner.cli.returns_counting import told as counted_of
    from scanner.leads.returns.hand import whole
    from scanner.report.returns.narrative import written

    home = console.home_of(ctx)
    filed_by = may_file(home, out, who) if file else ""
    told, own = _told(ctx, days, unit, attached=name == "summary")
    digest = keep(written(name, told, home.templates), out) if out is not None else ""
    figures = {place: cell.value for place, cell in told.totals.cells.items()}
    if file:
        note_filed(home, name, days, filed_by, note, digest, whole(figures), unit_id(own))
    if as_json:
        console.emit({
            "form": name, "scope": counted_of(own, told.overview.left), "since": days.since, "until": days.until, "opened": told.overview.total,
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
    for line in told.remarks:
        console.say(line)
    console.say(f"已写入 {out}。" if out is not None else "加 --out 文件.docx 写成文档。")


def _told(ctx: typer.Context, days: Period, unit: str, *, attached: bool) -> tuple[Told, Scope | None]:
    from scanner import clock
    from scanner.casework import filing
    from scanner.cli.returns_counting import counting
    from scanner.evidence import rehearsal
    from scanner.home import shipped_rules
    from scanner.leads.returns import calendar, forms, scope
    from scanner.leads.returns.overview import TOTALS
    from scanner.report.returns.narrative import Told

    home, now = console.home_of(ctx), clock.now()
    known = forms.load(shipped_rules(), home.rules)
    names = [name for name in ("qingwang-1", "qingwang-2") if attached and name in known]
    with counting(ctx, days, unit) as counted:
        seen, totals, own = counted.overview(), counted.figures(TOTALS), counted.scope
        annexes = [(known[name], counted.figures(known[name]).cells) for name in names]
    handed = filing.handed(filing.read(home), unit_id(own))
    dues = calendar.year(calendar.load(shipped_rules(), home.rules), days.until.year, handed, clock.day(now))
    config = home.config()
    return Told(
        period=days, unit=own.unit.name if own is not None else config.unit, person=config.operator, overview=seen, totals=totals,
        made=now, mark=rehearsal.mark_of(home), unit_name=_unit_name(home), forms=annexes, dues=dues,
        remarks=[] if own is None else scope.told(own, seen.left),
    ), own  # fmt: skip


def _unit_name(home: Home) -> Callable[[str], str]:
    """A unit's name by its id; the id where there is no such unit any more."""
    from scanner.cli.returns_counting import units_of
    from scanner.errors import UsageError

    known = units_of(home)

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
    from scanner.cli.returns_counting import scope_of
    from scanner.evidence import rehearsal
    from scanner.leads.returns.cells import Period
    from scanner.report.returns import register as sheet
    from scanner.report.words import day

    home, now = console.home_of(ctx), clock.now()
    today, own = clock.day(now), scope_of(home, unit)
    filed_by = may_file(home, out, who) if file else ""
    sellers, others, unknown = _of_unit(_sellers(home), own)
    remarks = [] if own is None else _left_out(own, others, unknown)
    named = own.unit.name if own is not None else home.config().unit
    digest = keep(
        sheet.xlsx(sellers, unit=named, day=day(today), made=now, mark=rehearsal.mark_of(home), remarks=remarks), out
    )
    listed = sum(one.origin == "register" for one in sellers)
    figures = {"all": {"register": str(listed), "pages": str(len(sellers) - listed)}}
    if file:
        note_filed(
            home, "base-register", Period(since=today, until=today), filed_by, note, digest, figures, unit_id(own)
        )
    if as_json:
        scope = None if own is None else {
            "unit": own.unit.id, "name": own.unit.name, "below": [one.id for one in own.below],
            "inside": [one.id for one in own.inside], "others": others, "unknown": unknown,
        }  # fmt: skip
        console.emit(
            {"register": listed, "pages": len(sellers) - listed, "scope": scope, "file": str(out), "sha256": digest,
             "filed": file}
        )  # fmt: skip
    else:
        console.say(f"已写入 {out}：台账 {listed} 家，巡查看到、台账没有的 {len(sellers) - listed} 家。")
        for line in remarks:
            console.say(line)


def _of_unit(sellers: list[BaseSeller], own: Scope | None) -> tuple[list[BaseSeller], int, int]:
    from scanner.coverage.areas import of_unit

    return (sellers, 0, 0) if own is None else of_unit(sellers, own)


def _left_out(own: Scope, others: int, unknown: int) -> list[str]:
    from scanner.leads.returns import scope

    return [
        f"只列{scope.whose(own)}辖区的：按台账写明的监管单位、辖区，没有写明的按许可、备案编号和统一社会信用代码。",
        f"没有列入：别处的 {others} 家，看不出辖区的 {unknown} 家。",
        *scope.beside(own),
    ]


def _sellers(home: Home) -> list[BaseSeller]:
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


def unit_id(own: Scope | None) -> str:
    """Whose return it is, as its line in the journal has it: "" the office's own."""
    return "" if own is None else own.unit.id


def note_filed(
    home: Home, form: str, days: Period, who: str, note: str, digest: str, figures: Mapping[str, Mapping[str, str]],
    unit: str = "",
) -> None:  # fmt: skip
    """Write into the journal that a return was filed."""
    from scanner import clock
    from scanner.casework import filing

    filing.write(home, filing.Filed(
        form=form, since=days.since, until=days.until, who=who, note=note.strip(), sha256=digest, figures=figures,
        time=clock.now(), unit=unit,
    ))  # fmt: skip
