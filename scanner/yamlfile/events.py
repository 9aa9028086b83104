"""Bytes into parser events, or the whole file refused at a line.

Owns: the caps (bytes, nodes, depth), looked at before anything is kept; the encoding; and the parts of YAML that no
file may use: anchors, aliases, tags, several documents, broken syntax. Leaves to others: making values of the events
(``tree``) and turning a refusal into a problem (``doors``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

MAX_BYTES = 8 * 1024 * 1024
MAX_NODES = 400_000
MAX_DEPTH = 16

# libyaml where the wheel has it (ten times faster on long word lists), else the same parser in Python.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Refused(Exception):
    """The whole file is refused at ``line`` (1-based); ``doors.parse`` makes a Problem of it."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


def events(data: bytes) -> Iterator[tuple[Any, int]]:
    """The yaml events of a file, each with its line (1-based). Raises Refused where the file goes too far."""
    documents = nodes = depth = 0  # depth: mappings and lists open before the event
    for event in _parsed(_decoded(data)):
        line = event.start_mark.line + 1
        nodes += isinstance(event, yaml.NodeEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise Refused(line, "一个文件只能有一份文档", "去掉中间的 ---")
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            why = f"内容太多（超过 {MAX_NODES} 项）或者嵌套太深（超过 {MAX_DEPTH} 层）"
            raise Refused(line, why, "拆成几个文件")
        _refuse_references(event, line)
        yield event, line
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Refused(1, f"文件超过 {MAX_BYTES // 1024 // 1024} MB", "拆成几个文件")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(line, "文件不是 UTF-8 编码", "用 UTF-8 另存") from None


def _parsed(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(mark.line + 1 if mark else 1, f"YAML 写法有误：{error.problem}", "检查缩进、引号和冒号") from None
    except yaml.YAMLError as error:  # yaml.reader.ReaderError: a character YAML does not allow
        place = int(getattr(error, "position", 0))
        raise Refused(text.count("\n", 0, place) + 1, "有 YAML 不允许的字符", "去掉控制字符") from None


def _refuse_references(event: Any, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise Refused(line, "不支持锚点（&）和别名（*）", "把内容写全；要写这个符号就加引号")
    if getattr(event, "tag", None) not in (None, "!"):
        raise Refused(line, f"不支持标签 {event.tag}", "去掉标签；要写感叹号就加引号")
