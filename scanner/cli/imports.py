"""``qingwang import``: recordings that a person brings, judged like a crawl."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.crawl.run import Report
    from scanner.home import Home


def register(app: typer.Typer) -> None:
    app.command("import", help="导入录制的访问过程（HAR），像抓取一样封存和核查。")(bring)


def bring(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="HAR 文件")],
    as_json: console.Json = False,
) -> None:
    """Import each file as a run of its own. A damaged file stops none of the others; the exit code is the gravest:
    1 damaged, 3 nothing readable in it, 0 done."""
    home = console.home_of(ctx)
    codes = [_take(home, path, as_json) for path in files]
    raise typer.Exit(next((code for code in (1, 3) if code in codes), 0))


def _take(home: Home, path: Path, as_json: bool) -> int:
    from scanner.cli.scan import show
    from scanner.errors import InputError

    try:
        report = _one(home, path)
    except InputError as damaged:
        return console.fail(damaged, as_json)
    if as_json:
        console.emit({"file": str(path), **report.counts()})
    else:
        console.say(f"文件：{path}")
        show(report)
        if not report.tally.readable:
            console.say("没有可以读取的页面：检查录制时是否打开了商品页。")
    return 0 if report.tally.readable else 3


def _one(home: Home, path: Path) -> Report:
    from scanner.cli.progress import bar
    from scanner.crawl.bring import bring as take
    from scanner.crawl.run import Report
    from scanner.crawl.session import opened
    from scanner.intake import har
    from spiders import family_for

    recording = har.read(path)
    with opened(home, kind="import", subjects=[recording.scrub.name], render="never") as session:
        session.journal.append("import", {"crawl": session.crawl, **console.plain(recording.scrub)}).result()
        with bar("导入") as progress:
            tally = take(session, recording, family_for, progress)
        leads = session.finish(tally)
    return Report(crawl=session.crawl, state=tally.state(), tally=tally, leads=tuple(leads))
