"""What the commands print: words and tables for people, JSON for machines, never both on stdout.

Owns: the two output forms of the command-line contract, the global options a command may ask for, and turning our
values into JSON. Leaves to others: what is printed (one file per noun) and catching errors (``main``).
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from scanner.errors import QingwangError
    from scanner.home import Home

HOME = "qingwang.home"  # under which a command line keeps the home it has opened
Json = Annotated[bool, typer.Option("--json", help="输出机器可读的 JSON")]


def home_of(ctx: typer.Context) -> Home:
    """The installation chosen by ``--home``, else ``QINGWANG_HOME``, else the user's own. The first to ask sets the clock
    (a rehearsal's may be another than the machine's), and people are told that it is a rehearsal."""
    import os

    meta = ctx.find_root().meta
    if HOME not in meta:
        from scanner import clock
        from scanner.cli import rehearsing

        home = place_of(ctx)
        if rehearsing.begin(home, os.environ):
            note(f"【演练】不是证据。演练的时间：{clock.beijing(clock.now())}")
        meta[HOME] = home
    found: Home = meta[HOME]
    return found


def place_of(ctx: typer.Context) -> Home:
    """Where that installation is, or will be made; nothing of it is looked at."""
    import os

    from scanner.home import Home

    chosen = ctx.find_root().params.get("home")
    return Home.find(str(chosen) if chosen is not None else None, os.environ)


def plain(value: Any) -> Any:
    """Our values as JSON values: dataclasses as objects, times as the file form, enumerations as their words."""
    from scanner import clock

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if isinstance(value, bytes):
        raise TypeError("bytes do not go into JSON output; say their digest or their place")
    return value


def _line(value: Any) -> str:
    # Lone surrogates of broken pages cannot be encoded; \uXXXX keeps them readable and the line valid.
    text = json.dumps(plain(value), ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def emit(value: Any) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(_line(value) + "\n")


def emit_lines(rows: Iterable[Any]) -> None:
    """JSON Lines on stdout, one object a row, written as they come."""
    for row in rows:
        sys.stdout.write(_line(row) + "\n")


def say(text: str) -> None:
    """A line for people on stdout."""
    sys.stdout.write(clean(text) + "\n")


def note(text: str) -> None:
    """A line for people on stderr, also allowed beside ``--json``."""
    sys.stderr.write(clean(text) + "\n")
    sys.stderr.flush()


def clean(text: str) -> str:
    """Text from pages made safe for a terminal: no control or bidirectional-override characters, no escapes."""
    keep = []
    for char in str(text):
        code = ord(char)
        if char in "\n\t":
            keep.append(char)
        elif code < 0x20 or 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            keep.append("�")
        elif 0xD800 <= code < 0xE000:
            keep.append(f"\\u{code:04x}")
        else:
            keep.append(char)
    return "".join(keep)


def table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, width: int = 140, whole: Sequence[str] = ()
) -> None:
    """A table for people on stdout; cells are cleaned, long ones wrap. ``width``: in columns, where it is no terminal's; ``whole``: the
    columns whose cells are kept on one line as long as there is room."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    grid = Table(title=title or None, title_justify="left", show_lines=False)
    for column in columns:
        grid.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        grid.add_row(*(escape(clean(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else width).print(grid)


def fail(error: QingwangError, as_json: bool) -> int:
    """Say ``error`` where it is expected and return its exit code."""
    from scanner.errors import ConfigError

    if as_json:
        shape: dict[str, object] = {
            "kind": error.kind, "message": error.message, "where": error.where, "hint": error.hint
        }  # fmt: skip
        if isinstance(error, ConfigError):
            shape["problems"] = [{"where": p.where, "message": p.message, "hint": p.hint} for p in error.problems]
        emit({"error": shape})
    else:
        note(f"错误：{error}")
    return error.exit_code
