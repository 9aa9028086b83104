"""Values in parsed JSON by simple paths: ``data.goods.name``, ``data.list[].id``. Nothing is evaluated.

Owns: following a path, and telling which keys no path leads to. Leaves to others: which paths (profiles).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

MAX_FOUND = 5000  # values one path may yield


def found(value: Any, path: str) -> list[Any]:
    """The values at ``path``, none for a key that is not there; ``[]`` goes into every element of a list.

    >>> found({"a": {"b": [{"c": 1}, {"c": 2}, {}]}}, "a.b[].c")
    [1, 2]
    """
    level = [value]
    for step in path.split("."):
        key, many = step.removesuffix("[]"), step.endswith("[]")
        level = [v[key] for v in level if isinstance(v, dict) and key in v]
        if many:
            level = [x for v in level if isinstance(v, list) for x in v][:MAX_FOUND]
    return level


def first_text(value: Any, path: str | None) -> str:
    """The first word or number at ``path`` as text; empty when there is none."""
    return next(texts(value, path), "")


def texts(value: Any, path: str | None) -> Iterator[str]:
    """The words and numbers at ``path`` as text, empty ones and objects left out."""
    for item in found(value, path) if path else []:
        if isinstance(item, str | int | float) and not isinstance(item, bool) and (text := str(item).strip()):
            yield text


def unread(answer: Any, paths: Iterable[str]) -> set[str]:
    """The keys beside those that ``paths`` lead through; a path that ends at an object covers all under it."""
    steps = [path.replace("[]", "").split(".") for path in paths]
    ends = {tuple(s) for s in steps}
    through = {tuple(s[:i]) for s in steps for i in range(len(s))}
    missing: set[str] = set()
    level: list[tuple[tuple[str, ...], Any]] = [((), answer)]
    while level:
        place, value = level.pop()
        if isinstance(value, list):
            level += [(place, v) for v in value[:1]]  # elements of a list are alike
        elif isinstance(value, dict) and place in through:
            for key, inner in value.items():
                here = (*place, key)
                if here in through and here not in ends:
                    level.append((here, inner))
                elif here not in ends:
                    missing.add(".".join(here))
    return missing
