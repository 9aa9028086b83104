"""One opinion about a rulebook: a place, a sentence, what to do, and how much it matters.

Owns: the value. Leaves to others: having it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanner.errors import Problem

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")  # gravest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion(Problem):
    """A problem that lets the rulebook load. ``error``: it cannot be meant; ``warning``: look at it; ``info``: know it."""

    level: Level

    @property
    def path(self) -> str:
        return self.where.rpartition(":")[0]

    @property
    def line(self) -> int:
        return int(self.where.rpartition(":")[2])


def error(where: str, message: str, hint: str = "") -> Opinion:
    return Opinion(where=where, message=message, hint=hint, level="error")


def warning(where: str, message: str, hint: str = "") -> Opinion:
    return Opinion(where=where, message=message, hint=hint, level="warning")


def info(where: str, message: str, hint: str = "") -> Opinion:
    return Opinion(where=where, message=message, hint=hint, level="info")
