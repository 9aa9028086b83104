"""What the registers say of one number, gathered and not yet judged.

Owns: the shapes that pass between asking (``register``) and judging (``standing``, ``agreement``), and how a source is
named in a sentence. Leaves to others: everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scanner.model import Number, SourceStamp, Standing
from scanner.registry.sources import Source
from scanner.store.register import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An imported source with what is known of it on the day asked.

    ``youngest``: the latest day as of which it may be: its as-of day where a person said it, else the day of import.
    """

    source: Source
    stamp: SourceStamp
    fresh: bool
    youngest: date | None

    @property
    def hard(self) -> bool:
        return self.source.authoritative and self.fresh and not self.stamp.sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the registers say of one number. ``origins``: all imported sources that cover it, by id."""

    number: Number
    held: tuple[tuple[Held, Origin], ...]
    origins: tuple[Origin, ...]
    renamed: tuple[str, ...] = ()  # other holder names under the same company code


@dataclass(frozen=True, slots=True)
class Said:
    standing: Standing
    why: str
    hard: bool


def name_of(origin: Origin) -> str:
    """The source in a sentence, with its day."""
    as_of = origin.stamp.as_of.isoformat() if origin.stamp.as_of is not None else "日期不明"
    kind = "样本，" if origin.stamp.sample else ""
    return f"{origin.source.title}（{kind}{as_of}）"


def firmest_first(held: Sequence[tuple[Held, Origin]]) -> tuple[tuple[Held, Origin], ...]:
    """The firmest source first, so that sentences name it."""
    return tuple(sorted(held, key=lambda pair: (not pair[1].hard, pair[1].stamp.sample, pair[1].source.id)))
