"""``qingwang import``: recordings that a person brings, judged like a crawl."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, named
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.crawl.run import Report
    from scanner.home import Home


FILES = "HAR、.mitm、.saz、WARC、WACZ、网页（HTML、MHTML）、图片、字幕和文字稿（SRT、VTT、TXT）"


def register(app: typer.Typer) -> None:
    app.command("import", help="导入录制、保存的页面和口播文字，像抓取一样封存和核查。")(bring)


def bring(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=FILES)],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="网页、图片或者文字稿的网址（文件里没有时）")] = "",
    account: Annotated[str, typer.Option("--account", metavar="NAME", help="文字稿里说话的账号（文件里没有时）")] = "",
    as_json: console.Json = False,
) -> None:
    """``--url`` and ``--account`` hold for all files that do not say it themselves. Import each file as a run of its own. A damaged file stops none of the others; the exit code is the gravest:
    1 damaged, 3 nothing readable in it, 0 done."""
    home = console.home_of(ctx)
    if url and not url.lower().startswith(("http://", "https://")):
        raise UsageError(f"{url[:200]} 不是网址", where="--url", hint="以 http:// 或者 https:// 开头")
    codes = [_take(home, path, url, account, as_json) for path in files]
    raise typer.Exit(next((code for code in (1, 3) if code in codes), 0))


def _take(home: Home, path: Path, url: str, account: str, as_json: bool) -> int:
    from scanner.cli.scan import note_clock, show
    from scanner.errors import InputError

    try:
        report = _one(home, path, url, account)
    except InputError as damaged:
        return console.fail(damaged, as_json)
    note_clock(report)
    if as_json:
        console.emit({"file": str(path), **report.counts(), "named": named.results(home, report)})
    else:
        console.say(f"文件：{path}")
        show(report)
        named.tell_results(home, report)
        if not report.tally.readable:
            console.say("没有可以读取的页面：检查录制时是否打开了商品页，图片里是否有文字。")
    return 0 if report.tally.readable else 3


def _one(home: Home, path: Path, url: str, account: str) -> Report:
    from scanner.cli.progress import bar
    from scanner.crawl.again.bring import bring as take
    from scanner.crawl.reading.workers import Recipe
    from scanner.crawl.run import Report
    from scanner.crawl.session import opened
    from scanner.intake import formats
    from spiders import AnyFamily

    recording = formats.read(path, url=url, account=account)
    with opened(home, kind="import", subjects=[recording.scrub.name], render="never", apart=True) as session:
        session.journal.append("import", {"crawl": session.crawl, **console.plain(recording.scrub)}).result()
        with bar("导入") as progress:
            tally = take(session, recording, Recipe(family=AnyFamily), progress, pictures=recording.pictures)
        leads = session.finish(tally)
    return Report(
        crawl=session.crawl,
        state=tally.state(),
        tally=tally,
        leads=tuple(leads),
        results=tuple(session.results),
        clock=session.clock,
    )
