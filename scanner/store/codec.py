"""The nouns as JSON text and back, without loss: what goes in comes out equal.

Owns: dataclasses, enumerations, times to the microsecond, dates, tuples, and text that is not quite text (lone
surrogates of broken pages). Leaves to others: which columns stand beside the text for searching.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from scanner import clock
from scanner.model import field_names

T = TypeVar("T")


def moment(value: datetime) -> str:
    """A time as text that sorts: always UTC, always six digits. ``clock.parse`` reads it."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be kept")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def column(text: str) -> str:
    """Text for a search column: SQLite takes no lone surrogates, and a NUL would end it early."""
    if text.isascii():
        return text.replace("\0", " ")
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def dump(value: Any) -> str:
    """``value`` as JSON text: the same in every version, for ``rebuild`` compares books byte by byte."""
    if _quick(value.__class__):
        with suppress(UnicodeEncodeError):
            return _ENCODER.encode(value).decode()
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # lone surrogates: escaped, they survive
        return json.dumps(value, separators=(",", ":"), default=_plain)
    return text


def load(kind: type[T], text: str) -> T:
    """The inverse of :func:`dump` for a dataclass. Fields that an older program did not know take their defaults."""
    made: T = load_all(kind, text)
    return made


def load_all(kind: Any, text: str) -> Any:
    """The inverse of :func:`dump` for any annotation, such as ``tuple[RecordRef, ...]``."""
    try:
        return _decoder(kind).decode(text)
    except (
        msgspec.MsgspecError
    ):  # a lone surrogate, a value of an older program: read slowly, and what is wrong is said there
        return _reader(kind)(json.loads(text))


def made(kind: type[T], values: dict[str, Any]) -> T:
    """A dataclass from its fields as they stand in columns: enumerations, times and dates as text."""
    value: T = msgspec.convert(values, kind)
    return value


_ENCODER = msgspec.json.Encoder()


@cache
def _quick(kind: Any) -> bool:
    """Whether msgspec writes a noun as ``json`` does: it has no time and no number with a point, which it spells its own way."""
    return dataclasses.is_dataclass(kind) and _spelt_alike(kind)


def _spelt_alike(kind: Any) -> bool:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return all(map(_spelt_alike, get_type_hints(kind).values()))
    if get_origin(kind) is Literal:
        return True
    if inside := [one for one in get_args(kind) if one is not ...]:
        return all(map(_spelt_alike, inside))
    return kind in (str, int, bool, date, type(None)) or (isinstance(kind, type) and issubclass(kind, Enum))


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _plain(value: Any) -> Any:
    if (names := field_names(value.__class__)) is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the book")


def _same(value: Any) -> Any:
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """The function that rebuilds a value of the annotation ``kind`` from its JSON value."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(a for a in arguments if a is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is Literal or kind in (str, int, float, bool):
        return _same
    if kind is datetime:
        return clock.parse
    if kind is date:
        return date.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    raise TypeError(f"{kind!r} cannot be read back from the book")


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(arguments) == 2 and arguments[1] is ...:
        inner = _reader(arguments[0])
        return tuple if inner is _same else lambda value: tuple([inner(item) for item in value])
    readers = [_reader(a) for a in arguments]
    return lambda value: tuple([read(item) for read, item in zip(readers, value, strict=True)])


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = [(f.name, _reader(hints[f.name])) for f in dataclasses.fields(kind)]
    return lambda value: kind(**{name: read(value[name]) for name, read in readers if name in value})
