"""Our values from JSON that somebody else may have written: every key and type as declared, or InputError.

Owns: frozen dataclasses, tuples, enumerations, times, dates, optional values. Leaves to others: what values mean.
Not pydantic, which the house otherwise uses for foreign input: it turns ``true`` into 1 and refuses the lone
surrogates that broken pages leave in a quote; evidence must come back exactly or not at all.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from scanner import clock
from scanner.errors import InputError

Read = Callable[[Any], Any]
# Fields that came later: packages made before them hold none.
_LATER = {"Listing": frozenset({"transcript"})}


def value(kind: Any, plain: Any) -> Any:
    """The value of type ``kind`` that ``plain`` (JSON) spells."""
    try:
        return _reader(kind)(plain)
    except (ValueError, TypeError) as error:
        raise InputError("内容不符合规定的格式") from error  # does not fit the declared shape


@cache
def _reader(kind: Any) -> Read:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(a for a in arguments if a is not type(None)))
        return lambda plain: None if plain is None else inner(plain)
    if origin is tuple and arguments[-1] is ...:
        inner = _reader(arguments[0])
        return lambda plain: tuple(inner(item) for item in _typed(plain, list))
    if origin is tuple:
        readers = [_reader(a) for a in arguments]
        return lambda plain: tuple(r(item) for r, item in zip(readers, _typed(plain, list), strict=True))
    if origin is Literal:
        return lambda plain: _one_of(plain, arguments)
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda plain: kind(_typed(plain, str))
    return _PLAIN[kind]


def _record(kind: Any) -> Read:
    hints = get_type_hints(kind)
    readers = {f.name: _reader(hints[f.name]) for f in dataclasses.fields(kind)}
    later = _LATER.get(kind.__name__, frozenset())

    def read(plain: Any) -> Any:
        if set(_typed(plain, dict)) | later != set(readers):
            raise ValueError("missing or unknown keys")
        return kind(**{name: reader(plain[name]) for name, reader in readers.items() if name in plain})

    return read


def _typed(plain: Any, *kinds: type) -> Any:
    if type(plain) not in kinds:  # not isinstance: True is no number here
        raise TypeError(f"{type(plain).__name__} instead of {kinds[0].__name__}")
    return plain


def _one_of(plain: Any, allowed: tuple[Any, ...]) -> Any:
    for one in allowed:
        if type(one) is type(plain) and one == plain:
            return plain
    raise ValueError("not one of the allowed values")


_PLAIN: dict[Any, Read] = {
    str: lambda plain: _typed(plain, str),
    bool: lambda plain: _typed(plain, bool),
    int: lambda plain: _typed(plain, int),
    float: lambda plain: _typed(plain, float, int),
    datetime: lambda plain: clock.parse(_typed(plain, str)),
    date: lambda plain: date.fromisoformat(_typed(plain, str)),
}
