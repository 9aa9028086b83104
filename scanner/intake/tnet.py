"""Tagged netstrings (tnetstrings), the form of mitmproxy's flow files: ``3:abc,`` bytes, ``3:abc;`` text, ``2:17#`` …

Owns: reading one value after another, with caps on depth, number and length. Leaves to others: what values mean
(``mitm``). The format: https://tnetstrings.info, with mitmproxy's ``;`` for text.
"""

from __future__ import annotations

from collections.abc import Iterator

MAX_DEPTH = 24  # a flow has about six
MAX_VALUES = 5_000_000  # in one file
_DIGITS = 12

Value = bytes | str | int | float | bool | None | list["Value"] | dict["Value", "Value"]


class Fault(Exception):
    """What is wrong, in Chinese; ``at``: the byte, from 0."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what, self.at = what, at


def values(data: bytes) -> Iterator[Value]:
    """The values of a file, one after another. Raises Fault at the first that is damaged."""
    reader, at = _Reader(data), 0
    while at < len(data):
        value, at = reader.value(at, len(data), 0)
        yield value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._count = data, 0

    def value(self, at: int, end: int, depth: int) -> tuple[Value, int]:
        """The value at ``at``, which must end by ``end``, and where the next one begins."""
        self._count += 1
        if depth > MAX_DEPTH:
            raise Fault("嵌套过深", at)
        if self._count > MAX_VALUES:
            raise Fault("内容过多", at)
        colon = self._data.find(b":", at, min(end, at + _DIGITS + 1))
        size = self._data[at:colon] if colon > at else b""
        if not size.isdigit():
            raise Fault("长度有误", at)
        start = colon + 1
        stop = start + int(size)
        if stop >= end:  # the tag follows
            raise Fault("文件在内容结束前中断", at)
        return self._read(self._data[stop : stop + 1], start, stop, depth), stop + 1

    def _read(self, tag: bytes, start: int, stop: int, depth: int) -> Value:
        if tag == b"]":
            items: list[Value] = []
            while start < stop:
                item, start = self.value(start, stop, depth + 1)
                items.append(item)
            return items
        if tag == b"}":
            return self._dict(start, stop, depth)
        raw = self._data[start:stop]
        try:
            return _plain(tag, raw)
        except ValueError as error:
            raise Fault("内容有误", start) from error

    def _dict(self, start: int, stop: int, depth: int) -> dict[Value, Value]:
        made: dict[Value, Value] = {}
        while start < stop:
            place = start
            key, start = self.value(start, stop, depth + 1)
            if start >= stop:
                raise Fault("键没有值", place)
            if not isinstance(key, bytes | str):
                raise Fault("键应为文字", place)
            made[key], start = self.value(start, stop, depth + 1)
        return made


def _plain(tag: bytes, raw: bytes) -> Value:
    """Raises ValueError (also UnicodeDecodeError) where the bytes do not fit their tag."""
    if tag == b",":
        return raw
    if tag == b";":
        return raw.decode("utf-8")
    if len(raw) > 64:
        raise ValueError("a number of absurd length")
    if tag == b"#":
        return int(raw)
    if tag == b"^":
        return float(raw)
    if tag == b"!" and raw in (b"true", b"false"):
        return raw == b"true"
    if tag == b"~" and not raw:
        return None
    raise ValueError("unknown tag")
