"""What a model expects at a place of the file.

Owns: walking pydantic models by place, through unions, annotated types, root models, lists and mappings, to the keys
and fixed words that may stand there. Leaves to others: whether a value is right (pydantic itself), and the hint made
of these words (``hint``).
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel

from scanner.yamlfile.lines import Where


def _unfold(annotation: Any) -> Iterator[Any]:
    """The members of unions, annotated types and root models, without their wrapping."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unfold(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _unfold(member)
    elif isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _unfold(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _fields(annotation: Any) -> dict[str, Any]:
    """Key -> annotation of a model; nothing for any other type."""
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return {}
    return {f.alias or name: f.annotation for name, f in annotation.model_fields.items()}


def _expected(model: type[BaseModel], place: Where) -> list[Any]:
    """The types that may stand at ``place``; a step no type knows (a union's tag) is passed over."""
    now = list(_unfold(model))
    for step in place:
        inner: list[Any] = []
        for part in now:
            origin, arguments = get_origin(part), get_args(part)
            if isinstance(step, int) and origin in (list, tuple, set, frozenset):
                inner += [a for a in arguments if a is not ...]
            elif origin is dict:
                inner.append(arguments[1])
            elif step in _fields(part):
                inner.append(_fields(part)[step])
        now = [part for a in inner for part in _unfold(a)] or now
    return now


def keys_at(model: type[BaseModel], place: Where) -> list[str]:
    """The keys a mapping at ``place`` may have."""
    return [key for part in _expected(model, place) for key in _fields(part)]


def words_at(model: type[BaseModel], place: Where) -> list[str]:
    """The fixed words that may stand at ``place``."""
    return [str(w) for part in _expected(model, place) if get_origin(part) is Literal for w in get_args(part)]
