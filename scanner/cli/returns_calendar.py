"""``qingwang returns calendar · filed``: what is due when, what was filed, what is late.

Owns: the options and the table. Leaves to others: the calendar (``leads.returns.calendar``), the journal (``casework.filing``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.leads.returns.calendar import Due

Who = Annotated[str, typer.Option("--who", help="报送人（默认 config.yaml 的 operator）")]


def register(noun: typer.Typer) -> None:
    noun.command("calendar", help="报送日历：这一年什么时候报什么，报了没有。")(calendar)
    noun.command("filed", help="记下已经报出的材料：不由本程序出的（工作方案等），或者另外报的。")(filed)


def calendar(
    ctx: typer.Context,
    year: Annotated[int | None, typer.Option("--year", min=2000, max=2199, help="哪一年，默认今年")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列出逾期未报的")] = False,
    unit: Annotated[str, typer.Option("--unit", help="哪个单位报送的（默认本单位：没有用 --unit 报的）")] = "",
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.casework import filing
    from scanner.cli.returns_counting import units_of
    from scanner.home import shipped_rules
    from scanner.leads.returns import calendar as room

    home = console.home_of(ctx)
    today = clock.day(clock.now())
    whose = units_of(home).get(unit).id if unit else ""
    known = room.load(shipped_rules(), home.rules)
    found = room.year(known, year or today.year, filing.handed(filing.read(home), whose), today)
    shown = [one for one in found if one.state == "overdue" or not overdue]
    if as_json:
        console.emit_lines(_row(one) for one in shown)
        return
    rows = [
        (one.due, one.item.name, room.STATES[one.state], one.filed or "—", _left(one), one.item.basis) for one in shown
    ]
    console.table(f"报送日历（{today}）", ["期限", "材料", "情况", "报出", "", "依据"], rows)


def _row(one: Due) -> dict[str, Any]:
    return {
        "id": one.item.id, "name": one.item.name, "due": one.due, "state": one.state, "filed": one.filed, "left": one.left,
        "forms": one.item.asked, "basis": one.item.basis,
    }  # fmt: skip


def _left(one: Due) -> str:
    if one.filed is not None:
        return ""
    return f"还有 {one.left} 天" if one.left >= 0 else f"超过 {-one.left} 天"


def filed(
    ctx: typer.Context,
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="材料的代号或者名称，见 returns calendar；也可以是一份报表的代号")
    ],
    about: Annotated[
        datetime | None,
        typer.Option("--about", formats=["%Y-%m-%d"], metavar="日期", help="材料说的是到哪一天为止的事，默认今天"),
    ] = None,
    document: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="报出的文件，记下它的 SHA-256")
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help="哪个单位报送的（默认本单位）")] = "",
    who: Who = "",
    note: Annotated[str, typer.Option("--note", help="说明")] = "",
    as_json: console.Json = False,
) -> None:
    import hashlib

    from scanner import clock
    from scanner.casework import filing
    from scanner.cli.returns_counting import units_of
    from scanner.errors import InputError, UsageError, reason
    from scanner.home import shipped_rules
    from scanner.leads.returns import calendar as room

    home = console.home_of(ctx)
    name = (who or home.config().operator).strip()
    if not name:
        raise UsageError("没有写明谁报送", where="--who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    known = room.load(shipped_rules(), home.rules)
    asked = {form for one in known.items for form in one.asked}
    form = item if item in asked else known.get(item).id
    if form not in asked:
        parts = "、".join(known.get(item).asked)
        raise UsageError(f"{item} 由几份材料组成，要分别记", where="ITEM", hint=f"分别写 {parts}")
    day = about.date() if about is not None else clock.day(clock.now())
    try:
        digest = hashlib.sha256(document.read_bytes()).hexdigest() if document is not None else ""
    except OSError as error:
        raise InputError(f"文件读不了：{reason(error)}", where=str(document)) from error
    filing.write(home, filing.Filed(
        form=form, since=day, until=day, who=name, note=note.strip(), sha256=digest, figures={}, time=clock.now(),
        unit=units_of(home).get(unit).id if unit else "",
    ))  # fmt: skip
    if as_json:
        console.emit({"form": form, "until": day, "who": name, "sha256": digest})
    else:
        console.say(f"已记下：{form} 已报送（{name}，{clock.day(clock.now())}）。")
