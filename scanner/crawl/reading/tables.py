"""Where the crawler's own tables lie: the shipped ``rules/`` and, of a home, what its analysts wrote beside them.

Owns: which folders count in this process, and which files of a kind, the home's in place of shipped ones of the same name.
Leaves to others: what is in them: storefront profiles (``profile``), the labels of fields (``fields``), words for goods
(``offers``).

A page is told by what it is, in many places and in worker processes, so that the tables are the process's own: whoever
opens a home says so once (``use``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from scanner.home import shipped_rules

Made = TypeVar("Made")
Cached = TypeVar("Cached", bound=Any)

PROFILES = "storefronts"
_own: list[Path] = []  # the rules folder of the home in use; none: only what is shipped
_kept: list[Any] = []  # what was made of the tables, to be forgotten when they change


def use(own: Path) -> None:
    """Read the tables of the home's rules folder ``own`` beside the shipped ones, from now on."""
    if _own == [own]:
        return
    _own[:] = [own]
    for made in _kept:
        made.cache_clear()


def kept(make: Callable[[], Made]) -> Callable[[], Made]:
    """As ``functools.cache`` for what is made of the tables: made once, and again when another home is in use."""
    return follows(cache(make))


def follows(cached: Cached) -> Cached:
    """Something cached that rests on the tables: forgotten when another home is in use."""
    _kept.append(cached)
    return cached


def files(name: str) -> list[Path]:
    """The files of a table: ``fields.yaml`` of each folder, the shipped one first."""
    return [path for folder in (shipped_rules(), *_own) if (path := folder / name).is_file()]


def folder(name: str) -> list[Path]:
    """The YAML files of a folder of tables by name; the home's stands in place of a shipped one of the same name."""
    found: dict[str, Path] = {}
    for base in (shipped_rules(), *_own):
        found |= {path.name: path for path in sorted((base / name).glob("*.yaml")) if path.is_file()}
    return [found[name] for name in sorted(found)]


def digests() -> dict[str, str]:
    """SHA-256 of each table that the home itself has, by its name below the rules folder; unreadable ones are left to
    whoever reads them."""
    said: dict[str, str] = {}
    for base in _own:
        for path in [*sorted((base / PROFILES).glob("*.yaml")), base / "fields.yaml", base / "groups.yaml"]:
            if path.is_file():
                said[path.relative_to(base).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return said
