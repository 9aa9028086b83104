"""The text of a HAR file and its entries one by one.

Owns: caps on size and number, the encodings people's programs write, walking to ``log.entries`` without keeping more
than one entry. Leaves to others: opening (``brought``), the shape of an entry (``harmodel``), what it means
(``recorded``), credentials (``scrub``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from json import JSONDecoder
from pathlib import Path
from typing import Any

from scanner.errors import InputError

MAX_BYTES = 256 * 1024 * 1024
MAX_ENTRIES = 100_000
AGAIN = "请从抓包工具重新导出 HAR 文件"  # export it again
_BLANK = " \t\r\n"
_DECODER = JSONDecoder()


def decoded(data: bytes, path: Path) -> str:
    """The file's text: UTF-8 with or without BOM, UTF-16 with one."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError("HAR 文件不是 UTF-8 编码", where=f"{path}，第 {error.start} 字节", hint=AGAIN) from error


class HarText:
    """The text of a HAR file, walked as often as needed; ``creator`` (who recorded) is known after the first walk."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path = text, path
        self.creator = ""

    def entries(self) -> Iterator[Any]:
        """The entries as JSON values, in the file's order. Raises InputError at the first fault of the file."""
        walk, found = _Walk(self._text, self._path), False
        for key in walk.members():
            if key != "log":
                walk.value()
                continue
            for inner in walk.members():
                if inner == "entries":
                    found = True
                    yield from walk.items()
                elif inner == "creator":
                    self.creator = _creator(walk.value())
                else:
                    walk.value()
        walk.end()
        if not found:
            raise InputError("这不是 HAR 文件：没有 log.entries", where=str(self._path), hint=AGAIN)


def _creator(value: Any) -> str:
    parts = (value.get("name"), value.get("version")) if isinstance(value, dict) else ()
    return " ".join(part for part in parts if isinstance(part, str))[:200]


class _Walk:
    """A place in JSON text that moves forward. Values below the entries are read by the standard decoder."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path, self._at = text, path, 0
        self._blank()

    def members(self) -> Iterator[str]:
        """The keys of the object here; after each the caller takes the value."""
        self._expect("{")
        first = True
        while self._more("}", first):
            first, key = False, self.value()
            if not isinstance(key, str):
                raise self._fault("HAR 文件的 JSON 有误：键应为文字")
            self._expect(":")
            yield key

    def items(self) -> Iterator[Any]:
        """The values of the list here."""
        self._expect("[")
        count = 0
        while self._more("]", count == 0):
            count += 1
            if count > MAX_ENTRIES:
                raise self._fault(f"HAR 文件的记录超过 {MAX_ENTRIES} 条")
            yield self.value()

    def value(self) -> Any:
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise self._fault(f"HAR 文件的 JSON 有误：{error.msg}") from error
        except ValueError as error:  # a number of thousands of digits
            raise self._fault("HAR 文件里有过长的数字") from error
        except RecursionError as error:
            raise self._fault("HAR 文件嵌套过深") from error
        self._blank()
        return value

    def end(self) -> None:
        if self._at < len(self._text):
            raise self._fault("HAR 文件的 JSON 后面还有别的内容")

    def _more(self, closing: str, first: bool) -> bool:
        """Whether another member or item follows; goes past the comma before it, or the closing sign."""
        if self._text[self._at : self._at + 1] == closing:
            self._expect(closing)
            return False
        if not first:
            self._expect(",")
        return True

    def _expect(self, sign: str) -> None:
        if self._text[self._at : self._at + 1] != sign:
            raise self._fault(f"HAR 文件的 JSON 有误：这里应为 {sign}")
        self._at += 1
        self._blank()

    def _blank(self) -> None:
        while self._at < len(self._text) and self._text[self._at] in _BLANK:
            self._at += 1

    def _fault(self, what: str) -> InputError:
        line = self._text.count("\n", 0, self._at) + 1
        return InputError(what, where=f"{self._path}:{line}", hint=AGAIN)
