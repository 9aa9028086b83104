"""One area, and what areas have to do with one another.

Owns: the value, what is left of a name without the word for its kind, the least area that holds several. Leaves to others: which
areas there are (``areas``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["province", "city", "county"]

_ENDS = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "新区",
    "矿区",
    "省",
    "市",
    "区",
    "县",
    "旗",
    "盟",
)
_LONG = frozenset(("林区", "新区", "矿区"))  # of 清新区 only 区 is the kind of area


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area. ``path``: the codes from its province down to itself, so that one place lies in another when its path begins
    with the other's. ``full``: the name with that of the city or municipality before it. ``note``: in Chinese, how a code
    that is not in use came to mean it; "" otherwise."""

    code: str
    name: str
    level: Level
    path: tuple[str, ...]
    full: str
    note: str = ""

    def within(self, other: Place) -> bool:
        return self.path[: len(other.path)] == other.path


def stem(name: str) -> str:
    """A name without the word for the kind of area it is.

    >>> stem("长垣县"), stem("长垣市"), stem("县")
    ('长垣', '长垣', '县')
    """
    end = next((end for end in _ENDS if name.endswith(end) and len(name) > len(end) + (end in _LONG)), "")
    return name.removesuffix(end)


def common(places: Sequence[Place]) -> tuple[str, ...] | None:
    """The path of the least area that holds all of them; None where that is the whole country."""
    path = places[0].path
    for place in places[1:]:
        same = 0
        while same < min(len(path), len(place.path)) and path[same] == place.path[same]:
            same += 1
        path = path[:same]
    return path or None
