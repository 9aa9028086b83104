"""Where credentials stand in a text: in queries and forms, JSON of any depth, markup and scripts, multipart forms.

Owns: finding the places, exactly, so that nothing beside them is touched. Leaves to others: what counts as a
credential (``credentials``), replacing (``scrub``). Everything here is linear in the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.intake.credentials import MARK, answered_code, named, worded

NESTED = 4  # JSON in strings of JSON in strings …
_NAME = r"[A-Za-z_][\w.\-\[\]]{0,60}"

# name= behind the beginning, a quote, ? & ; #, or their percent-encoded, JSON-escaped or HTML-escaped forms; and a
# value, which is a piece of a script if it is called or indexed
_PARAMETER = re.compile(rf"(?:^|[?&;#\"']\s?|%3[Ff]|%26|%23|\\u0026|amp;)({_NAME})(=|%3[Dd])")
# No possessive quantifiers: Python before 3.11.5 gives back too much where the repeated part has alternatives.
_VALUE = re.compile(r"[^&#;,\s\"'<>\\(){}]{1,8192}")
_ENCODED_VALUE = re.compile(r"(?:[^&#;,\s\"'<>\\(){}%]|%(?!26|23|3[Bb])){1,8192}")
_WORD = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
# token: "…", "token"='…', data-token="…" in scripts and markup, also \"token\":\"…\" in strings of them
_QUOTE = r"(?:\\?[\"']|&quot;|&#34;)"
_ASSIGNED = re.compile(
    rf"(?<![\w.\-]){_QUOTE}?({_NAME}){_QUOTE}?\s{{0,3}}[:=]\s{{0,3}}{_QUOTE}"
    r"((?:[^\"'\\\n&]|\\/|&(?!quot;|#34;)){1,8192})"
)
_FIELD = re.compile(r"<(?:input|meta)\b[^<>]{0,4000}>", re.IGNORECASE)
_FIELD_NAME = re.compile(r"\b(?:name|id|property)\s{0,3}=\s{0,3}[\"']?([\w.\-\[\]]{1,80})", re.IGNORECASE)
_FIELD_VALUE = re.compile(r"\b(?:value|content)\s{0,3}=\s{0,3}(?:\"([^\"]{1,4000})\"|'([^']{1,4000})')", re.IGNORECASE)
_ELEMENT = re.compile(rf"<({_NAME})(?:\s[^<>]{{0,200}})?>(?:<!\[CDATA\[)?([^<>\]]{{1,8192}})")
_PART = re.compile(r"name=\"?([\w.\-\[\]]{1,80})\"?[^\r\n]{0,400}\r?\n(?:[^\r\n]{1,400}\r?\n){0,5}\r?\n")
_JWT = re.compile(r"(?<![A-Za-z0-9_\-])eyJ[A-Za-z0-9_\-]{8,8192}\.[A-Za-z0-9_\-]{8,8192}\.[A-Za-z0-9_\-]{0,8192}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Text ``[start:end]`` to be replaced by ``new``; ``values`` are the credentials in it, decoded; ``place`` names
    it for people: a parameter, a path of keys."""

    start: int
    end: int
    new: str
    values: tuple[str, ...]
    place: str


def spots(text: str, *, sent: bool, multipart: bool = False) -> list[Spot]:
    """All places in a body, in order and without overlap; the outer of two wins."""
    found = [*(in_json(text, sent=sent) or ()), *_in_markup(text, sent=sent), *in_query(text, sent=sent)]
    return _apart([*found, *(_in_multipart(text) if multipart else ())])


def in_query(text: str, *, sent: bool) -> list[Spot]:
    """Parameters of URLs and forms anywhere in the text, and JSON web tokens."""
    found = [Spot(start=m.start(), end=m.end(), new=MARK, values=(m[0],), place="jwt") for m in _JWT.finditer(text)]
    end = 0
    for match in _PARAMETER.finditer(text):
        if match.start() >= end and (value := _parameter(text, match, sent=sent)):
            end = match.end() + len(value)
            found.append(Spot(start=match.end(), end=end, new=MARK, values=(value,), place=match[1]))
    return _apart(found)


def _parameter(text: str, match: re.Match[str], *, sent: bool) -> str:
    """The value behind ``name=`` if it is a credential, else ""."""
    code = not sent and match[1].casefold() == "code"
    shape = _VALUE if match[2] == "=" else _ENCODED_VALUE
    if not (code or named(match[1], sent=sent)) or not (whole := shape.match(text, match.end())):
        return ""
    if text[whole.end() : whole.end() + 1] in ("(", "{"):
        return ""  # called or indexed: a piece of a script
    value = whole[0]
    if match[0][0] == ";":  # a parameter of the path ends where the query begins
        value = value.partition("?")[0]
    return "" if code and not answered_code(match[1], value) else value


def in_json(text: str, *, sent: bool, level: int = 0) -> list[Spot] | None:
    """Credentials in JSON text; None if the text is no JSON (or nested too deeply to be walked)."""
    if level > NESTED or text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return None
    try:
        json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return list(_walk(text, sent=sent, level=level))


@dataclass(slots=True)
class _Open:
    """An object or list being walked. ``secret``: it stands under a credential's name, and so do its strings."""

    is_object: bool
    secret: bool
    key: str = ""
    wants_key: bool = False


def _walk(text: str, *, sent: bool, level: int) -> Iterator[Spot]:
    stack: list[_Open] = []
    for match in _WORD.finditer(text):
        word = match[0]
        top = stack[-1] if stack else None
        if word in ("{", "["):
            secret = top is not None and (top.secret or (top.is_object and named(top.key, sent=sent)))
            stack.append(_Open(word == "{", secret, wants_key=word == "{"))
        elif word in ("}", "]"):
            stack.pop()
        elif word == ",":
            if top is not None:
                top.wants_key = top.is_object
        elif word == ":" or top is None:
            continue
        elif top.wants_key:
            top.key, top.wants_key = _unquoted(word), False
        else:
            yield from _value(match, stack, sent=sent, level=level)


def _value(match: re.Match[str], stack: list[_Open], *, sent: bool, level: int) -> Iterator[Spot]:
    word, top = match[0], stack[-1]
    quoted = word[0] == '"'
    text = _unquoted(word) if quoted else word
    own = top.is_object and (named(top.key, sent=sent) or (not sent and answered_code(top.key, text)))
    if (own or (top.secret and quoted)) and _secret(text, quoted=quoted, sent=sent):
        yield Spot(start=match.start(), end=match.end(), new=f'"{MARK}"', values=(text,), place=_path(stack))
    elif quoted and (inner := in_json(text, sent=sent, level=level + 1)):
        new = json.dumps(replaced(text, inner), ensure_ascii=word.isascii())
        values = tuple(value for spot in inner for value in spot.values)
        place = f"{_path(stack)} {inner[0].place}"
        yield Spot(start=match.start(), end=match.end(), new=new, values=values, place=place)


def _unquoted(word: str) -> str:
    return str(json.loads(word)) if "\\" in word else word[1:-1]


def _path(stack: list[_Open]) -> str:
    keys = (one.key[:60] if one.is_object else "[]" for one in stack[:20])
    return ".".join(("$", *keys))


def _secret(text: str, *, quoted: bool, sent: bool) -> bool:
    """Not a credential: nothing, yes and no; in answers also small numbers and words for people."""
    if not text or text == MARK or (not quoted and text in ("null", "true", "false")):
        return False
    return sent or not (worded(text) or (not quoted and len(text) < 6))


def _in_markup(text: str, *, sent: bool) -> Iterator[Spot]:
    for match in _ASSIGNED.finditer(text):
        if named(match[1], sent=sent) and (sent or not worded(match[2])):
            yield _spot(match, 2, match[1])
    for match in _ELEMENT.finditer(text):
        if named(match[1], sent=sent) and match[2].strip() and (sent or not worded(match[2])):
            yield _spot(match, 2, match[1])
    for field in _FIELD.finditer(text):
        name, value = _FIELD_NAME.search(field[0]), _FIELD_VALUE.search(field[0])
        if name and value and named(name[1], sent=sent):
            group = 1 if value[1] is not None else 2
            start = field.start() + value.start(group)
            yield Spot(start=start, end=start + len(value[group]), new=MARK, values=(value[group],), place=name[1])


def _in_multipart(text: str) -> Iterator[Spot]:
    """Fields of multipart/form-data: from the empty line behind the name to the next boundary."""
    for match in _PART.finditer(text):
        end = text.find("\n--", match.end())
        value = text[match.end() : end if end >= 0 else len(text)].rstrip("\r")
        if value and named(match[1], sent=True):
            yield Spot(
                start=match.end(), end=match.end() + len(value), new=MARK, values=(value.strip(),), place=match[1]
            )


def _spot(match: re.Match[str], group: int, place: str) -> Spot:
    return Spot(start=match.start(group), end=match.end(group), new=MARK, values=(match[group],), place=place)


def _apart(found: list[Spot]) -> list[Spot]:
    """In order, without overlap: the one that begins first wins, the longer of two that begin together."""
    kept: list[Spot] = []
    for spot in sorted(found, key=lambda s: (s.start, -s.end)):
        if not kept or spot.start >= kept[-1].end:
            kept.append(spot)
    return kept


def replaced(text: str, found: list[Spot]) -> str:
    """``text`` with its spots (in order, apart) replaced."""
    parts, at = [], 0
    for spot in found:
        parts += [text[at : spot.start], spot.new]
        at = spot.end
    return "".join([*parts, text[at:]])
