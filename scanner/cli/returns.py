"""``qingwang returns``: the forms that the notices ask for, filled from the book; what else is due.

Owns: the options of a form and what is printed of it. Leaves to others: the figures (``leads.returns``), files (``report.returns``),
reports in words (``returns_papers``), the calendar (``returns_calendar``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scanner.cli import console, returns_calendar, returns_papers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scanner.home import Home
    from scanner.leads.returns.cells import Cell, Left, Place
    from scanner.leads.returns.checks import Fault
    from scanner.leads.returns.forms import Form
    from scanner.leads.returns.hand import Brought
    from scanner.leads.returns.scope import Scope

SHOWN = 20  # unknown products named


class _Forms(TyperGroup):
    """``returns FORM …`` is ``returns form FORM …``: forms are files, and an office has its own."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            args = ["form", *args]
        return super().resolve_command(ctx, args)


def register(app: typer.Typer) -> None:
    noun = typer.Typer(
        cls=_Forms, no_args_is_help=True, help="统计报表：按线索办理填好的表、月报、总结、底数、报送日历。"
    )
    noun.command("list", help="有哪些报表，各有哪些行和栏目。")(list_)
    noun.command("form", help="填一份报表：returns FORM --from 日期 --to 日期 --out 文件.xlsx。")(form)
    returns_papers.register(noun)
    returns_calendar.register(noun)
    app.add_typer(noun, name="returns")


def list_(ctx: typer.Context, as_json: console.Json = False) -> None:
    from scanner import clock

    known, year = _forms(console.home_of(ctx)).values(), clock.day(clock.now()).year
    if as_json:
        console.emit_lines(
            {
                "id": one.id, "title": one.titled(year), "source": one.source,
                "columns": [{"id": c.id, "name": c.name, "group": c.group, "count": c.count} for c in one.columns],
                "rows": [{"id": r.id, "name": r.name, "part_of": r.part_of} for r in one.rows],
            }
            for one in known
        )  # fmt: skip
        return
    rows = [(one.id, one.titled(year), len(one.rows), len(one.columns), one.source) for one in known]
    console.table("统计报表", ["代号", "名称", "行", "栏目", "出处"], rows)
    console.say("另有 monthly（月报）、summary（总结）、base-register（网络销售企业底数）、calendar（报送日历）。")


def form(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FORM", help="报表的代号或者名称，见 returns list")],
    since: returns_papers.Since,
    until: returns_papers.Until = None,
    out: returns_papers.Out = None,
    hand: Annotated[
        Path | None, typer.Option("--hand", metavar="FILE.csv", help="手工填报的数字：行,栏目,数值")
    ] = None,
    unit: returns_papers.Unit = "",
    person: Annotated[str, typer.Option("--person", help="填报人（默认 config.yaml 的 operator）")] = "",
    contact: Annotated[str, typer.Option("--contact", help="联系方式")] = "",
    notes: Annotated[bool, typer.Option("--notes/--no-notes", help="在批注里写明每个数字出自哪些线索")] = True,
    anyway: Annotated[bool, typer.Option("--anyway", help="核对有问题也照填；要用 --note 说明")] = False,
    file: returns_papers.File = False,
    who: returns_papers.Who = "",
    note: returns_papers.Note = "",
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.casework import filing
    from scanner.cli.returns_counting import counting
    from scanner.cli.returns_counting import told as counted_of
    from scanner.evidence import rehearsal
    from scanner.leads.returns import checks, forms
    from scanner.leads.returns import hand as by_hand
    from scanner.report.returns.grid import Filled, xlsx
    from scanner.report.words import day

    home, now = console.home_of(ctx), clock.now()
    config = home.config()
    wanted, period = forms.get(_forms(home), name), returns_papers.period(since, until)
    filed_by = returns_papers.may_file(home, out, who) if file else ""
    with counting(ctx, period, unit) as opened:
        own, brought = opened.scope, _by_hand(home, hand, wanted, opened.within)
        counted = opened.figures(wanted)
    cells = checks.filled(counted.cells, brought.cells)
    before = filing.before(filing.read(home), wanted.id, period.since, period.until, returns_papers.unit_id(own))
    faults = checks.faults(wanted, cells, before)
    _judge(wanted, faults, anyway=anyway, note=note)
    values = {
        "unit": own.unit.name if own is not None else config.unit, "person": person or config.operator, "contact": contact,
        "date": day(period.until), "from": day(period.since), "to": day(period.until), "year": str(period.until.year),
    }  # fmt: skip
    digest, remarks = "", _remarks(own, counted.left, brought)
    if out is not None:
        made = Filled(
            form=wanted, cells=cells, values=values, faults=faults, made=now, mark=rehearsal.mark_of(home), notes=notes,
            remarks=remarks,
        )  # fmt: skip
        digest = returns_papers.keep(xlsx(made), out)
    if file:
        figures = by_hand.whole({place: cell.value for place, cell in cells.items()})
        returns_papers.note_filed(home, wanted.id, period, filed_by, note, digest, figures, returns_papers.unit_id(own))
    if as_json:
        console.emit({
            "form": wanted.id, "title": wanted.titled(period.until.year), "since": period.since, "until": period.until,
            "scope": counted_of(own, counted.left), "hand_left": brought.left, "cells": _cells(wanted, cells), "faults": faults,
            "unknown": [{"product": word, "leads": leads} for word, leads in counted.unknown.items()],
            "file": None if out is None else str(out), "sha256": digest, "filed": file,
        })  # fmt: skip
        return
    _tell(wanted.titled(period.until.year), wanted, cells, faults, counted.unknown, out, filed=file)
    for line in remarks:
        console.say(line)


def _by_hand(home: Home, hand: Path | None, wanted: Form, within: Callable[[str], bool]) -> Brought:
    from scanner.cli.returns_counting import units_of
    from scanner.leads.returns import hand as by_hand

    if hand is None:
        return by_hand.Brought({})
    units = units_of(home)
    return by_hand.read(hand, wanted, lambda name: units.get(name).id, within)


def _remarks(own: Scope | None, left: Left, brought: Brought) -> list[str]:
    """What stands below the table where it is one unit's."""
    from scanner.leads.returns import scope

    if own is None:
        return []
    told = scope.told(own, left)
    if brought.left:
        told.append(f"手工填报的数字里，其他单位的 {brought.left} 行没有计入。")
    elif brought.cells and not brought.units:
        told.append("手工填报的数字没有写明单位，全部作为这个单位的。")
    return told


def _forms(home: Home) -> dict[str, Form]:
    from scanner.home import shipped_rules
    from scanner.leads.returns import forms

    return forms.load(shipped_rules(), home.rules)


def _judge(wanted: Form, faults: Sequence[Fault], *, anyway: bool, note: str) -> None:
    """Nothing where all holds or somebody takes it upon them. Raises ConfigError with every fault, UsageError without a note."""
    from scanner.errors import ConfigError, Problem, UsageError
    from scanner.leads.returns.checks import named

    if faults and not anyway:
        raise ConfigError([
            Problem(where=_place(wanted, one), message=one.says, hint=named(one.leads) if one.leads else "") for one in faults
        ])  # fmt: skip
    if faults and not note.strip():
        raise UsageError(
            f"核对有 {len(faults)} 处问题，照填要写明理由", where="--note", hint="例如 --note 上次多报，已更正"
        )


def _place(wanted: Form, fault: Fault) -> str:
    return f"{wanted.row(fault.row).name} × {wanted.column(fault.column).name}"


def _cells(wanted: Form, cells: Mapping[Place, Cell]) -> Iterable[dict[str, Any]]:
    from scanner.leads.returns.cells import placed

    return [
        {"row": row.id, "column": column.id, "value": returns_papers.plain(cell.value), "leads": cell.leads, "together": cell.together,
         "hand": cell.hand, "counted": returns_papers.plain(cell.counted)}
        for row, column, cell in placed(wanted, cells)
    ]  # fmt: skip


def _behind(cell: Cell) -> str:
    from scanner.leads.returns.checks import named
    from scanner.report.returns.grid import together

    return named(cell.leads) + (f"；同一企业的几个店铺只计一家：{together(cell.together)}" if cell.together else "")


def _tell(
    title: str, wanted: Form, cells: Mapping[Place, Cell], faults: Sequence[Fault], unknown: Mapping[str, tuple[int, ...]],
    out: Path | None, *, filed: bool,
) -> None:  # fmt: skip
    from scanner.leads.returns.cells import placed
    from scanner.leads.returns.checks import named

    if out is None:
        rows = [
            (row.name, column.name, cell.value, "手工" if cell.hand else _behind(cell))
            for row, column, cell in placed(wanted, cells)
            if cell.value
        ]
        console.table(title, ["行", "栏目", "数字", "出自"], rows)
        console.say("没有列出的格是 0 或者没有人填。加 --out 文件.xlsx 写成表。")
    else:
        console.say(f"已写入 {out}：{title}{'，并记为已报送' if filed else ''}。")
    empty = [
        column.name for column in wanted.columns if all(cells[row.id, column.id].value is None for row in wanted.rows)
    ]
    if empty:
        console.say(f"程序不知道、没有人填的栏目：{'、'.join(empty)}。用 --hand 文件.csv 填。")
    console.say("数字只来自线索的办理；不经线索的检查和处罚不在内，要计入的用 --hand 填。")
    if unknown:
        words = "、".join(f"{word}（{named(leads)}）" for word, leads in list(unknown.items())[:SHOWN])
        console.note(f"处置里写的这些产品不是已知的品种，只计入写明同样原词的行：{words}")
    for fault in faults:
        console.note(f"核对：{_place(wanted, fault)}：{fault.says}{f'（{named(fault.leads)}）' if fault.leads else ''}")
