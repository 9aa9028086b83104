"""``qingwang leads import FILE --map M``: lists of what others tell, into the book.

Owns: the command line and what it prints, row by row. Leaves to others: the mapping and the file (``intake``), taking
reports (``casework.reports``).
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scanner.casework.reports import Taken, Told
    from scanner.home import Home
    from scanner.intake.report_row import Row
    from scanner.store.book import Book

WORDS = {
    "new": "新线索", "joined": "并入已有线索", "duplicate": "已经导入过", "changed": "和导入过的不同，没有改",
    "replaced": "按新的内容改了", "error": "有错，没有导入",
}  # fmt: skip
SHOWN = 200  # rows told to people; --json has all


def register(noun: typer.Typer) -> None:
    noun.command("import", help="导入别人给的线索：国家平台推送、投诉举报、舆情、外省移送（CSV、XLSX）。")(import_)


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV（UTF-8、GB18030）或者 XLSX")],
    map_: Annotated[
        str,
        typer.Option(
            "--map",
            metavar="M",
            help="对应表：national-platform、complaints-12315、opinion、other-province，数据目录 rules/intake 里自己的，或者一个 YAML 文件",
        ),
    ],
    preview: Annotated[bool, typer.Option("--preview", help="只看每一行会怎样，什么都不改")] = False,
    changed: Annotated[bool, typer.Option("--accept-changes", help="导入过的来件内容变了的，按新的改")] = False,
    who: Annotated[str, typer.Option("--who", help="办理人（默认 config.yaml 的 operator）")] = "",
    as_json: console.Json = False,
) -> None:
    """Good rows are taken and the others are told; exit 2 when there were any, also rows that have changed."""
    from scanner import clock
    from scanner.crawl.reading.links import canonical
    from scanner.home import shipped_rules
    from scanner.intake import mapping, reports

    home = console.home_of(ctx)
    read = reports.read(
        file, mapping.load(map_, shipped_rules(), home.rules), today=clock.day(clock.now()), canonical=canonical
    )
    with ExitStack() as stack:
        took = _preview(home, stack, changed) if preview else _take(home, stack, who, changed)
        counts = _tell(read.rows, took, stack, as_json=as_json)
    for name, said in WORDS.items():
        if counts[name] and not as_json:
            console.say(f"{said} {counts[name]} 行")
    if not as_json:
        unread = "、".join(read.unread[:30])
        console.say(f"没有读取的列：{unread}" if unread else "每一列都读了")
        if preview:
            console.say("这是预览，什么都没有改。去掉 --preview 就会导入。")
    raise typer.Exit(2 if counts["error"] or counts["changed"] else 0)


def _take(home: Home, stack: ExitStack, who: str, changed: bool) -> Callable[[Iterator[Told]], Iterator[Taken]]:
    from scanner.casework import reports
    from scanner.casework.desk import opened

    desk = stack.enter_context(opened(home, new=True))
    return lambda told: reports.take_all(desk, told, who=who, changed=changed)


def _preview(home: Home, stack: ExitStack, changed: bool) -> Callable[[Iterator[Told]], Iterator[Taken]]:
    from scanner.casework import reports

    book = _book(home, stack)
    return lambda told: reports.preview(book, told, changed=changed)


def _book(home: Home, stack: ExitStack) -> Book:
    """The home's book, or an empty one for the time being."""
    from tempfile import TemporaryDirectory

    from scanner.store.book import Book

    path = home.book
    if path.exists():
        stack.enter_context(home.lock())  # the preview writes and goes back: nobody should have to wait for that
    else:
        path = Path(stack.enter_context(TemporaryDirectory(prefix="qingwang-"))) / path.name
    return stack.enter_context(Book.open(path))


def _tell(
    rows: Sequence[Row], took: Callable[[Iterator[Told]], Iterator[Taken]], stack: ExitStack, *, as_json: bool
) -> Counter[str]:
    from scanner.casework.reports import Told
    from scanner.cli.progress import counted

    tick = stack.enter_context(counted("来件", len(rows)))
    taken = took(Told(row.report, row.reporter) for row in rows if row.report is not None)
    counts: Counter[str] = Counter()
    for row in rows:
        came = next(taken) if row.report is not None else None
        outcome = came.outcome if came is not None else "error"
        counts[outcome] += 1
        if as_json:
            console.emit(_shape(row, came))
        elif sum(counts.values()) <= SHOWN or outcome in ("error", "changed"):
            console.say(_said(row, came))
        elif sum(counts.values()) == SHOWN + 1:
            console.say("……以下只列有错的和有变化的")
        if tick is not None:
            tick()
    return counts


def _shape(row: Row, came: Taken | None) -> dict[str, Any]:
    return {
        "place": row.place, "outcome": "error" if came is None else came.outcome,
        "report": None if came is None else came.report.id,
        "reference": "" if came is None else came.report.reference,
        "leads": [] if came is None else [one._asdict() for one in came.went],
        "changed": [] if came is None else came.fields,
        "similar": [] if came is None else [one._asdict() for one in came.similar],
        "faults": [fault._asdict() for fault in row.faults], "remarks": row.remarks,
    }  # fmt: skip


def _said(row: Row, came: Taken | None) -> str:
    from scanner.intake.mapping import FIELDS
    from scanner.report.words import MATTERS

    if came is None:
        told = "；".join(f"{fault.column}：{fault.message}" if fault.column else fault.message for fault in row.faults)
        return f"{row.place}　{WORDS['error']}　{told}"
    parts = [row.place, came.report.reference, WORDS[came.outcome]]
    parts += [f"{one.lead} 号（{MATTERS[one.matter]}{'，新' if one.opened else ''}）" for one in came.went]
    if came.fields:
        parts.append("不同的：" + "、".join(str(dict(FIELDS).get(name, name)) for name in came.fields))  # type: ignore[call-overload]
    parts += [f"可能相关：{one.lead} 号（{'、'.join(one.because)}）" for one in came.similar[:5]]
    return "　".join(part for part in (*parts, *row.remarks) if part)
