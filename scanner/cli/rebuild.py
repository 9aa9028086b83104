"""``qingwang rebuild``: the book made again from the journal, the archive and the rulebooks kept by hash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.crawl.again.renew import Renewed

TOLD = 20  # troubles told to people; --json has more


def register(app: typer.Typer) -> None:
    app.command("rebuild", help="用日志、网页存档和当时的规则，重新做出数据库 book.db，并和原来的比较。")(rebuild)


def rebuild(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="写到这个文件，原来的数据库不动")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="有重建不出来的内容，也换上新做的数据库")] = False,
    as_json: console.Json = False,
) -> None:
    """Exit 1 where something that the journal tells of could not be made again; without ``--accept`` the old book stays."""
    from scanner.cli.progress import counted
    from scanner.crawl.again.renew import renew
    from scanner.evidence.package.extract import last_seq
    from spiders import reader

    home = console.home_of(ctx)
    lines = last_seq(home.journal) if home.journal.exists() else 0
    with counted("重建（日志行）", lines) as tick:
        done = renew(home, reader, out=out, accept=accept, tick=tick)
    if as_json:
        console.emit(_shape(done))
    else:
        _tell(done)
    raise typer.Exit(0 if done.rebuilt.whole or done.replaced else 1)


def _shape(done: Renewed) -> dict[str, Any]:
    from scanner.crawl.again.renew import NOT_IN_EVIDENCE

    x = done.rebuilt
    return {
        "replaced": done.replaced, "before": done.before, "out": done.out, "lines": x.lines, "captures": x.captures,
        "judgements": x.judgements, "otherwise": x.otherwise, "weighed": x.weighed, "other_register": x.states,
        "troubles": [{"line": line, "says": says} for line, says in x.troubles], "unknown": dict(x.unknown),
        "tables": [{**console.plain(one), "same": one.same} for one in done.tables], "not_compared": done.unread,
        "not_in_evidence": list(NOT_IN_EVIDENCE),
    }  # fmt: skip


def _tell(done: Renewed) -> None:
    from scanner.crawl.again.renew import NOT_IN_EVIDENCE

    x = done.rebuilt
    console.say(f"日志 {x.lines} 行，取证页 {x.captures} 个，判断 {x.judgements} 次。")
    for line, says in x.troubles[:TOLD]:
        console.say(f"日志第 {line} 行：{says}")
    if len(x.troubles) > TOLD:
        console.say(f"……另有 {len(x.troubles) - TOLD} 处，用 --json 查看")
    if x.otherwise or x.weighed:
        console.say(f"判断与当时不同 {x.otherwise} 次；发现相同而判断或者登记比对不同 {x.weighed} 次。")
    if x.states:
        console.say(f"有 {x.states} 次判断当时用的登记数据与现在的不同，当时的那一版已不在数据目录里。")
    for event, number in sorted(x.unknown.items()):
        console.say(f"日志里有 {number} 行“{event}”，本版本不会重建。")
    if done.unread:
        console.say(f"没有和原来的数据库比较：{done.unread}")
    if done.tables:
        rows = [(one.table, one.before, one.after, one.missing, one.added) for one in done.tables]
        console.table("与原来的数据库比较", ["表", "原有", "重建", "少了", "多了"], rows)
        for one in done.tables:
            for example in one.examples:
                console.say(f"{one.table} {example}")
    console.say("证据里没有、不能重建的：")
    for text in NOT_IN_EVIDENCE:
        console.say(f"  {text}")
    console.say(_end(done))


def _end(done: Renewed) -> str:
    if done.out:
        return f"已写到 {done.out}；原来的数据库没有动。"
    if done.replaced:
        return f"已换上重建的数据库。{f'原来的在 {done.before}。' if done.before else ''}"
    return "有内容没有按日志重建出来，原来的数据库没有动。用 --out 另存一份看，或者用 --accept 换上。"
