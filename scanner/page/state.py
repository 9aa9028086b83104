"""State that a page's scripts carry: ``window._global = {…}``, ``rawData = JSON.parse("…")``, read and never executed.

Owns: finding assignments of objects and lists to names, and reading them, as JSON where they are JSON, else as the
data part of JavaScript (bare keys, single quotes, ``undefined``, ``!0``, comments, trailing commas), within a budget.
Leaves to others: what the keys mean (families). What is not data (a call, a sum, a function) is left out, not guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from scanner.page import jsonbody
from scanner.page.jsonbody import MAX_CHARS, MAX_DEPTH, depth

MAX_NAMES = 100  # assignments kept
MAX_TRIED = 2000  # assignments looked at
MAX_PLACES = 8  # places of a name that are tried; the later ones only use it
BUDGET = 2_000_000  # characters that may be read in vain, or as JavaScript, in all scripts of a page together

_BEGIN = re.compile(r"=\s{0,64}(?=[{\[]|JSON\s{0,4}\.\s{0,4}parse\s{0,4}\()")
_NAME = re.compile(r"([A-Za-z_$][\w$]*)(?:[\"']\s?\])?\s{0,16}\Z")
_BACK = 100  # characters before the sign of equality in which the name stands

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z))*")
_STRING = re.compile(r"\"[^\"\\]*(?:\\.[^\"\\]*)*\"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\$]*(?:\\.[^`\\$]*)*`", re.DOTALL)
_TEMPLATE = re.compile(r"`[^`\\]*(?:\\.[^`\\]*)*`", re.DOTALL)  # one that may have something filled in
_NUMBER = re.compile(
    r"-?(?:0[xX][0-9a-fA-F]{1,16}|(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?)"
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_PARSE = re.compile(r"JSON\s{0,4}\.\s{0,4}parse\s{0,4}\(\s{0,16}(decodeURIComponent\s{0,4}\()?\s{0,16}")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_PLAIN = re.compile(r"[^{}\[\]()\"'`,/]+")
_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": None}
_SHORT = re.compile(r"!\s?([01])|void\s+0")
_NAMED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_BETWEEN = " \t\r\n=(:"
_CLOSING = {"{": "}", "[": "]", "(": ")"}

_decoder = json.JSONDecoder(strict=False)


class _NoData(Exception):
    """What stands here is no data; ``at`` is where that showed."""

    def __init__(self, at: int) -> None:
        self.at = at


_LEFT_OUT = object()


def assigned(scripts: Iterable[str]) -> dict[str, Any]:
    """The objects and lists that scripts assign to names, the first of each name; ``window.`` and the like left out.

    >>> assigned(["window._global = {id: 7, 'on': !0, price: undefined, now: new Date(), }; x == {}"])
    {'_global': {'id': 7, 'on': True, 'price': None}}
    """
    found: dict[str, Any] = {}
    left, tried = BUDGET, 0
    for text in scripts:
        at = 0
        while (
            (begin := _BEGIN.search(text, at)) is not None and tried < MAX_TRIED and len(found) < MAX_NAMES and left > 0
        ):
            tried += 1
            at = begin.end()
            named = _NAME.search(text[max(0, begin.start() - _BACK) : begin.start()])
            if named is None:
                continue
            try:
                value, end, spent = _value_at(text, at, left)
            except _NoData as nothing:
                left -= max(1, nothing.at - at)
                continue
            left, at = left - spent, end
            if isinstance(value, dict | list) and depth(value) <= MAX_DEPTH:
                found.setdefault(named[1], value)
    return found


def _value_at(text: str, at: int, budget: int) -> tuple[Any, int, int]:
    """The value that begins at ``at``, where it ends, and how much of the budget it took."""
    spent = 0
    if text[at] in "{[":
        try:
            value, end = _decoder.raw_decode(text, at)
            return value, end, 0
        except json.JSONDecodeError as error:
            # Of a string without an end the decoder names only the beginning, though it has read on to the end.
            spent = max(1, (len(text) if error.msg.startswith("Unterminated") else error.pos) - at)
        except RecursionError:
            raise _NoData(len(text)) from None
    if spent >= budget:
        raise _NoData(at + spent)
    reader = _Script(text, min(len(text), at + budget - spent))
    value, end = reader.value(at, 0)
    if value is _LEFT_OUT:
        raise _NoData(end)
    return value, end, spent + end - at


class _Script:
    """The data part of JavaScript from a place on, up to ``end``. Reads each character a bounded number of times."""

    def __init__(self, text: str, end: int) -> None:
        self.text, self.end = text, end

    def space(self, at: int) -> int:
        match = _SPACE.match(self.text, at, self.end)
        return match.end() if match else at

    def peek(self, at: int) -> str:
        if at >= self.end:
            raise _NoData(at)
        return self.text[at]

    def value(self, at: int, level: int) -> tuple[Any, int]:
        """The value at ``at`` and where it ends; ``_LEFT_OUT`` where no data stands there (nothing is skipped yet)."""
        if level > MAX_DEPTH:
            raise _NoData(self.end)
        sign = self.peek(at)
        if sign == "{":
            return self.object(at + 1, level)
        if sign == "[":
            return self.list(at + 1, level)
        if sign in "\"'`":
            return self.string(at)
        if match := _SHORT.match(self.text, at, self.end):
            return (match[1] == "0" if match[1] else None), match.end()
        if match := _NUMBER.match(self.text, at, self.end):
            return _number(match[0]), match.end()
        if match := _PARSE.match(self.text, at, self.end):
            return self.parsed(match.end(), encoded=bool(match[1]))
        if match := _WORD.match(self.text, at, self.end):
            return _WORDS.get(match[0], _LEFT_OUT), match.end()
        return _LEFT_OUT, at

    def string(self, at: int) -> tuple[Any, int]:
        match = _STRING.match(self.text, at, self.end)
        if match is None and _TEMPLATE.match(self.text, at, self.end):
            return _LEFT_OUT, at
        if match is None:
            raise _NoData(self.end)
        return unescaped(match[0][1:-1]), match.end()

    def parsed(self, at: int, *, encoded: bool) -> tuple[Any, int]:
        """The string inside ``JSON.parse(…)`` as JSON."""
        if self.peek(at) not in "\"'`":
            return _LEFT_OUT, at
        inner, at = self.string(at)
        for _ in range(1 + encoded):
            at = self.space(at)
            if self.peek(at) != ")":
                return _LEFT_OUT, at
            at += 1
        value = jsonbody.load(unquote(inner) if encoded else inner)
        return (_LEFT_OUT if value is None else value), at

    def object(self, at: int, level: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        while True:
            at = self.space(at)
            sign = self.peek(at)
            if sign == "}":
                return found, at + 1
            if sign == "]":
                raise _NoData(at)
            if sign == ",":
                at += 1
                continue
            key, at = self.key(at)
            at = self.space(at)
            if key is None or self.peek(at) != ":":  # a method, a spread, a short form: no data
                at = self.skip(at)
                continue
            value, at = self.member(self.space(at + 1), level)
            if value is not _LEFT_OUT:
                found[key] = value

    def key(self, at: int) -> tuple[str | None, int]:
        sign = self.text[at]
        if sign in "\"'":
            return self.string(at)
        match = _WORD.match(self.text, at, self.end) or _NUMBER.match(self.text, at, self.end)
        return (match[0], match.end()) if match else (None, at)

    def list(self, at: int, level: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        while True:
            at = self.space(at)
            sign = self.peek(at)
            if sign == "]":
                return found, at + 1
            if sign == "}":
                raise _NoData(at)
            if sign == ",":
                at += 1
                continue
            value, at = self.member(at, level)
            if value is not _LEFT_OUT:
                found.append(value)

    def member(self, at: int, level: int) -> tuple[Any, int]:
        """One member with all of its expression: a value that goes on (``1 + x``, ``f()``) is none."""
        value, end = self.value(at, level + 1)
        after = self.space(end)
        if self.peek(after) in ",}]":
            return value, after
        return _LEFT_OUT, self.skip(after)

    def skip(self, at: int) -> int:
        """Where the expression at ``at`` ends: at the comma or bracket that belongs to what is around it."""
        closing: list[str] = []
        while True:
            plain = _PLAIN.match(self.text, at, self.end)
            at = plain.end() if plain else at
            sign = self.peek(at)
            if sign in "\"'`":
                match = (_TEMPLATE if sign == "`" else _STRING).match(self.text, at, self.end)
                if match is None:
                    raise _NoData(self.end)
                at = match.end()
            elif sign == "/":
                at = max(self.space(at), at + 1)
            elif sign in _CLOSING:
                closing.append(_CLOSING[sign])
                at += 1
            elif closing:
                if sign == closing[-1]:
                    closing.pop()
                elif sign != ",":
                    raise _NoData(at)
                at += 1
            elif sign == ")":
                raise _NoData(at)
            else:
                return at


def _number(text: str) -> int | float | None:
    try:
        if text.lower().lstrip("-").startswith("0x"):
            return int(text, 16)
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except (ValueError, OverflowError):
        return None


def unescaped(text: str) -> str:
    r"""The inside of a JavaScript string literal as text.

    >>> unescaped(r"\u8840\x2f\'a\'\n")
    "血/'a'\n"
    """
    if "\\" not in text:
        return text
    whole = _ESCAPE.sub(_escape, text)
    # Characters beyond the first plane come as two halves; a half that stands alone cannot be kept.
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else "\N{REPLACEMENT CHARACTER}"
    return _NAMED.get(match[4], match[4])


def named(text: str, name: str) -> Any:
    """The object or list that follows ``name`` in ``text``; None where there is none that is whole.

    >>> named('<script>var state = {"id": 5}; state.id</script>', "state")
    {'id': 5}
    """
    at = -1
    for _ in range(MAX_PLACES):
        at = text.find(name, at + 1)
        if at < 0:
            return None
        start = at + len(name)
        gap = text[start : start + 64]
        begins = gap.lstrip(_BETWEEN)
        if begins[:1] in ("{", "[") and len(begins) < len(gap):
            value = _whole(text, start + len(gap) - len(begins))
            if value is not None:
                return value
    return None


def _whole(text: str, start: int) -> Any:
    try:
        value, end = _decoder.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if end - start <= MAX_CHARS and depth(value) <= MAX_DEPTH else None
