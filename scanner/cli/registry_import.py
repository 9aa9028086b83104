"""``qingwang registry import``: one source's files, or everything recognisable in a folder.

Owns: the verb's options, its progress bar and what it prints. Leaves to others: importing and recognising
(``scanner.registry``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from scanner.errors import QingwangError
    from scanner.registry import ImportReport, Recognised, Register
    from scanner.registry.importing import Extent

_WHERE = "registry import"


def bring(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="来源", help="来源编号，见 registry_data/sources.yaml")] = "",
    files: Annotated[list[Path] | None, typer.Argument(metavar="文件…", help="一个或者多个文件")] = None,
    folder: Annotated[
        Path | None, typer.Option("--all", metavar="文件夹", help="导入文件夹里认得出的所有登记册")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="日期", help="登记册截至哪一天（2026-11-22）"),
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="只是样本：查不到不说明没有")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="是完整的登记册（不再按行数判断）")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="先清空这个来源原有的内容")] = False,
    as_json: console.Json = False,
) -> None:
    from scanner.errors import UsageError
    from scanner.registry import Register

    if sample and complete:
        raise UsageError("--sample 和 --complete 只能选一个", where=_WHERE)
    if folder is not None and (source or files or sample or complete or as_of is not None):
        raise UsageError("--all 不能和来源、文件、--as-of、--sample、--complete 一起用", where=_WHERE)
    if folder is None and not (source and files):
        raise UsageError(
            "没有写来源或者文件", where=_WHERE, hint="registry import 来源 文件…，或者 registry import --all 文件夹"
        )
    home = console.home_of(ctx)
    home.make()
    extent: Extent = "sample" if sample else "complete" if complete else ""
    with home.lock(), Register.open(home.register) as register:
        if folder is not None:
            raise typer.Exit(_all(register, folder, replace=replace, as_json=as_json))
        day = as_of.date() if as_of is not None else None
        report = _one(register, source, files or [], as_of=day, extent=extent, replace=replace)
    if as_json:
        console.emit(report)
    else:
        _say(report)


def _one(
    register: Register, source: str, files: Sequence[Path], *, as_of: date | None = None, extent: Extent = "",
    replace: bool, beside: Sequence[str] = (),
) -> ImportReport:  # fmt: skip
    from scanner import clock
    from scanner.registry import import_source

    with _Progress(source) as progress:
        return import_source(
            register, source, files, now=clock.now(), as_of=as_of, extent=extent, replace=replace, beside=beside,
            tick=progress.tick,
        )  # fmt: skip


# --- everything in a folder --------------------------------------------------------------------------------------


def _all(register: Register, folder: Path, *, replace: bool, as_json: bool) -> int:
    """Import a folder's files, those of one source together; a damaged one stops none of the others."""
    from scanner.errors import InputError
    from scanner.registry import recognise

    found = list(recognise(folder))
    reports: list[ImportReport] = []
    failed: list[tuple[list[str], QingwangError]] = []
    for source, files, beside in _gathered(found):
        try:
            fresh = source not in {report.source for report in reports}  # what this run brought is not old content
            reports.append(_one(register, source, files, replace=replace and fresh, beside=beside))
        except InputError as error:
            failed.append(([path.name for path in files], error))
        else:
            if not as_json:
                _say(reports[-1])
    others = [one for one in found if not one.sources]
    if as_json:
        console.emit(
            {
                "imported": reports,
                "failed": [{"files": names, "error": _shape(error)} for names, error in failed],
                "unrecognised": [{"file": one.path.name, "why": one.why} for one in others],
            }
        )
    else:
        _say_rest(failed, others, nothing=not reports)
    return 1 if failed else 0


def _gathered(found: Sequence[Recognised]) -> list[tuple[str, list[Path], tuple[str, ...]]]:
    """(source, files, sources beside it): files of one source that are shared with the same others go together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Path]] = {}
    for one in found:
        beside = one.sources if len(one.sources) > 1 else ()
        for source in one.sources:
            groups.setdefault((source, beside), []).append(one.path)
    return [(source, files, beside) for (source, beside), files in groups.items()]


def _shape(error: QingwangError) -> dict[str, str]:
    return {"kind": error.kind, "message": error.message, "where": error.where, "hint": error.hint}


def _say_rest(
    failed: Sequence[tuple[list[str], QingwangError]], others: Sequence[Recognised], *, nothing: bool
) -> None:
    for names, error in failed:
        console.note(f"没有导入 {'、'.join(names)}：{error}")
    if others:
        console.table("没有当作登记册的文件", ("文件", "原因"), [(one.path.name, one.why) for one in others])
    if nothing and not failed:
        console.say("文件夹里没有认得出的登记册。")


# --- what people see ---------------------------------------------------------------------------------------------


def _say(report: ImportReport) -> None:
    day = report.as_of.isoformat() if report.as_of is not None else "不明"
    console.say(
        f"{report.source}：导入 {report.files} 个文件，{report.rows} 行，登记日期 {day}"
        + ("，样本" if report.sample else "")
        + (f"；接着上次中断的导入，{report.resumed} 个部分不用再读" if report.resumed else "")
    )
    if report.unknown:
        console.say(f"其中 {report.unknown} 行的编号不是已知形式，按原样保存。")
    if report.bad or report.flawed:
        more = report.bad + report.flawed - len(report.problems)
        console.say(f"没有导入 {report.bad} 行，部分内容读不出或者修复过 {report.flawed} 处：")
        console.table(
            "",
            ("位置", "原因", "这一行"),
            [(b.place, b.why, "已导入" if b.kept else "未导入") for b in report.problems],
        )
        if more > 0:
            console.say(f"还有 {more} 处没有列出。")


class _Progress:
    """A bar by bytes on stderr where somebody watches, else silence."""

    def __init__(self, source: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            SpinnerColumn,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        target = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
            console=target, transient=True, disable=not target.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(f"导入 {source}", total=None)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tick(self, name: str, read: int, total: int, rows: int) -> None:
        said = f"{console.clean(name)[-40:]}：{rows} 行" if read < total else f"写入登记册：{rows} 行"
        self._bar.update(self._task, description=said, completed=read, total=max(total, 1))
