"""What the commands that read the book share: opening it, finding things by the beginning of their id.

Owns: an empty register where there is none, the messages for a home without a book and for ids that are unknown or ambiguous. Leaves to others: what is
printed (one file per noun).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from contextlib import ExitStack
    from datetime import datetime

    from scanner.home import Home
    from scanner.model import Field, Proof
    from scanner.registry import Register
    from scanner.store.book import Book

Limit = Annotated[int | None, typer.Option("--limit", min=1, help="最多列出多少行（默认全部）")]
Storefront = Annotated[str | None, typer.Option("--storefront", metavar="HOST", help="只看这个店铺网址（主机名）")]


def book(ctx: typer.Context) -> Book:
    """The book of the chosen home. Raises UsageError where nothing was ever kept: a home mistyped is not an empty one."""
    from scanner.errors import UsageError
    from scanner.store.book import Book

    home = console.home_of(ctx)
    if not home.book.exists():
        raise UsageError("这个数据目录里还没有数据", where=str(home.root), hint="检查 --home，或者先运行 scan、import")
    return Book.open(home.book)


def register(home: Home, stack: ExitStack) -> Register:
    """The home's register; an empty one for the time being where there is none, so that looking makes no file. Pages
    are judged with it either way: a number nobody can look up is something else than one nobody looked up."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from scanner.registry import Register

    path = home.register
    if not path.exists():
        path = Path(stack.enter_context(TemporaryDirectory(prefix="qingwang-"))) / path.name
    return stack.enter_context(Register.open(path))


def whole(opened: Book, kind: Literal["listing", "seller", "capture"], beginning: str) -> str:
    """The one id that begins so. Raises UsageError when there is none or more than one."""
    from scanner.errors import UsageError

    name = {"listing": "商品页", "seller": "经营者页", "capture": "取证页"}[kind]
    found = opened.ids(kind, beginning) if beginning else []
    if beginning in found or len(found) == 1:
        return beginning if beginning in found else found[0]
    if not found:
        raise UsageError(f"没有编号为 {beginning} 的{name}", where="ID", hint=f"用 {kind}s list 查看")
    raise UsageError(f"有多个{name}的编号以 {beginning} 开头", where="ID", hint=f"写长一些，例如 {found[0]}")


def said(field: Field) -> str:
    """A field for people: its text, or why there is none, in brackets."""
    from scanner.report.words import said as word

    return field.text if field.state == "seen" else f"（{word(field.state)}）"


def day(moment: datetime) -> str:
    """A time for people: Beijing time."""
    from scanner import clock

    return clock.beijing(moment)


def findings(proofs: list[Proof]) -> None:
    """A table of findings for people."""
    from scanner.report.words import field_name
    from scanner.report.words import said as word

    rows = [
        (
            word(p.finding.verdict), word(p.finding.severity), p.finding.rule, field_name(p.finding.field),
            p.finding.quote or "—", p.finding.says, word(p.second_look), p.capture,
        )
        for p in proofs
    ]  # fmt: skip
    if rows:
        console.table("发现", ["判断", "程度", "规则", "位置", "原文", "说明", "复核", "取证页"], rows)
    else:
        console.say("没有发现。")


def times(known: Any) -> dict[str, Any]:
    """When a subject was seen, for machines."""
    return {"first_seen": known.first_seen, "last_seen": known.last_seen, "sightings": known.sightings}
