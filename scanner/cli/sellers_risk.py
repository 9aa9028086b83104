"""``qingwang sellers risk``: grades, reasons, who is due to be looked at again, and the addresses for it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from scanner.cli import console, opening, sellers_file, sellers_same

# What stands in an address as it is; spaces, quotes, backslashes and control characters of a page could be options to a shell.
PLAIN = "!#$%&()*+,/:;=?@[]~"

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scanner.leads.dossier.risk import Graded


def register(noun: typer.Typer) -> None:
    noun.command("risk", help="风险分级：每个经营者的级别、理由、该什么时候再看；--urls 只输出该看的网址。")(risk)


def risk(
    ctx: typer.Context,
    due: Annotated[bool, typer.Option("--due", help="只列已经该再看的")] = False,
    grade: Annotated[str, typer.Option("--grade", metavar="A|B|C|D", help="只列这一级")] = "",
    limit: opening.Limit = None,
    urls: Annotated[
        bool,
        typer.Option(
            "--urls", help="只输出网址，一行一个：qingwang sellers risk --due --urls | xargs -d '\\n' qingwang scan --"
        ),
    ] = False,
    as_json: console.Json = False,
) -> None:
    from scanner import clock, rulebook
    from scanner.errors import UsageError
    from scanner.home import shipped_rules
    from scanner.leads.dossier import risk as grading
    from scanner.leads.dossier.signs import signs

    if urls and as_json:
        raise UsageError("--urls 和 --json 只能用一个", where="--urls", hint="--json 的每一行里有 urls")
    rules, now = grading.load(shipped_rules(), console.home_of(ctx).rules), clock.now()
    letters = [one.grade for one in rules.grades]
    if grade and grade.upper() not in letters:
        raise UsageError(f"没有级别 {grade}", where="--grade", hint=f"可用：{'、'.join(sorted(letters))}")
    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        words = rulebook.load(shipped_rules(), console.home_of(ctx).rules)
        known = signs(book, words, sellers_file.asking(ctx, stack), now=now)
    found = [grading.grade(one, rules, now=now) for one in known]
    found.sort(key=lambda one: (-one.points, one.due or now, one.key))
    shown = [one for one in found if (one.overdue or not due) and grade.upper() in ("", one.grade)][:limit]
    if urls:
        for url in dict.fromkeys(url for one in shown for url in one.urls):
            sys.stdout.write(quote(url, safe=PLAIN, errors="replace") + "\n")
    elif as_json:
        console.emit_lines(shown)
    else:
        _tell(found, shown, now)


def _tell(found: list[Graded], shown: Sequence[Graded], now: datetime) -> None:
    from scanner.leads.dossier.risk import counts

    rows = [
        (
            sellers_same.shown(one.key), one.grade, one.points, "；".join(f"{r.says}（{r.points}）" for r in one.reasons) or "—",
            opening.day(one.last_seen)[:10] if one.last_seen is not None else "从未看过",
            (opening.day(one.due)[:10] if one.due is not None else "现在") + ("（该看了）" if one.overdue else ""),
        )
        for one in shown
    ]  # fmt: skip
    if rows:
        console.table("风险分级", ["经营者", "级别", "分数", "理由（分数）", "最近看过", "下次"], rows)
    overdue = sum(one.overdue for one in found)
    each = "、".join(f"{letter} 级 {number} 个" for letter, number in counts(found).items())
    console.say(
        f"{opening.day(now)[:10]}：经营者 {len(found)} 个（{each or '没有'}），该再看的 {overdue} 个。分级只用来安排巡查。"
    )
