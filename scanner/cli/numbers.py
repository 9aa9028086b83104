"""``qingwang numbers``: the registration, filing and licence numbers in texts.

Owns: the command, its two input forms (JSON Lines with ``id`` and ``text``, or plain text) and its output. Leaves to
others: the grammars (``scanner.numbers``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from datetime import date

    from scanner.model import Number


def register(app: typer.Typer) -> None:
    app.command("numbers", help="找出文字里的注册证、备案、许可证等编号，并检查写法")(numbers)


def numbers(
    file: Annotated[
        Path | None, typer.Argument(help="JSON Lines（每行 {id, text}）或者纯文本；不给或者写 - 则读标准输入")
    ] = None,
    as_json: console.Json = False,
) -> None:
    from scanner import clock

    today = clock.day(clock.now())
    rows = (_row(name, text, today) for name, text in _texts(_read(file), str(file or "-")))
    if as_json:
        console.emit_lines(rows)
        return
    from scanner.numbers import TITLES

    valid = {True: "是", False: "否", "unknown": "不能确定"}
    found = [(row["id"], n) for row in rows for n in (*row["numbers"], *row["identifiers"])]
    console.table(
        "", ("文本", "种类", "编号", "原文", "写法正确", "说明"),
        [
            ("" if name is None else name, TITLES[n["type"]], n["number"], n["raw"], valid[n["valid"]], n["why"])
            for name, n in found
        ],
    )  # fmt: skip
    console.say(f"共 {len(found)} 个编号。")


def _read(file: Path | None) -> str:
    from scanner.errors import InputError

    data = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("既不是 UTF-8 也不是 GB18030", where=str(file or "-"), hint="另存为 UTF-8 后再试")


def _texts(content: str, where: str) -> Iterator[tuple[Any, str]]:
    """(id, text) of each line, if the first line is a JSON object with a text; else the whole as one text."""
    lines = content.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if not _is_row(first):
        yield None, content
        return
    for place, line in enumerate(lines, 1):
        if line.strip():
            yield _parse(line, f"{where}:{place}")


def _is_row(line: str) -> bool:
    import json

    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "text" in value


def _parse(line: str, where: str) -> tuple[Any, str]:
    import json

    from scanner.errors import InputError

    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"这一行不是 JSON：{error}", where=where) from error
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise InputError("这一行应为含有 id 和 text 的 JSON 对象", where=where)
    return value.get("id"), value["text"]


def _row(name: Any, text: str, today: date) -> dict[str, Any]:
    from scanner.numbers import IDENTIFIERS, find

    found = find(text, on=today)
    return {
        "id": name,
        "numbers": [_plain(n) for n in found if n.type not in IDENTIFIERS],
        "identifiers": [_plain(n) for n in found if n.type in IDENTIFIERS],
    }


def _plain(number: Number) -> dict[str, Any]:
    return {
        "type": number.type,
        "number": number.number,
        "raw": number.raw,
        "start": number.start,
        "end": number.end,
        "valid": number.valid,
        "why": number.why,
    }
