"""Returns that were filed (报送): a line of the journal each, with all their figures.

Owns: the shape of a ``return_filed`` line, writing and reading them. Leaves to others: the figures (``leads.returns``), the
file (``report.returns``). The journal alone keeps them: no table of the book rests on one, and rebuilding passes over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import rehearsal
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.leads.returns.calendar import Handed
from scanner.leads.returns.checks import Earlier

EVENT = "return_filed"
_SHA256 = re.compile(r"[0-9a-f]{64}|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A return as it was filed. ``form``: its id, or that of an item of the calendar that the program does not make;
    ``sha256`` of the file, "" where the program has none; ``figures``: row -> column -> value as text; ``unit``: whose it
    is, by id, "" the office's own."""

    form: str
    since: date
    until: date
    who: str
    note: str
    sha256: str
    figures: Mapping[str, Mapping[str, str]]
    time: datetime
    unit: str = ""


def write(home: Home, one: Filed) -> None:
    """Note that a return was filed; on disk when this returns. Raises SealError where the disk fails, StoreError where another
    process writes."""
    data = {
        "form": one.form, "unit": one.unit, "since": one.since.isoformat(), "until": one.until.isoformat(), "who": one.who, "note": one.note,
        "sha256": one.sha256, "figures": {row: dict(cells) for row, cells in one.figures.items()},
    }  # fmt: skip
    with home.lock(), Journal.open(home.journal, mark=rehearsal.mark_of(home)) as journal:
        journal.append(EVENT, data).result()


def read(home: Home) -> list[Filed]:
    """All returns filed, in their order. Raises InputError where a line is none of ours."""
    return list(_read(home)) if home.journal.exists() else []


def _read(home: Home) -> Iterator[Filed]:
    for line in chain.of(home.journal, EVENT):
        try:
            yield _filed(line.data, line.time)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            where = f"{home.journal.name}:{line.seq}"
            raise InputError("报送记录不符合规定的格式", where=where, hint="运行 verify --home") from error


def _filed(data: Mapping[str, Any], time: datetime) -> Filed:
    if not _SHA256.fullmatch(data["sha256"]):
        raise ValueError("no hash")
    figures = {str(row): {str(c): str(v) for c, v in cells.items()} for row, cells in data["figures"].items()}
    return Filed(
        form=str(data["form"]), since=date.fromisoformat(data["since"]), until=date.fromisoformat(data["until"]),
        who=str(data["who"]), note=str(data["note"]), sha256=data["sha256"], figures=figures, time=time,
        unit=str(data.get("unit", "")),
    )  # fmt: skip


def before(filed: list[Filed], form: str, since: date, until: date, unit: str = "") -> Earlier | None:
    """The last return of the same form, unit and beginning that goes no further than ``until``; of two of one day the later
    filed. None where there is none."""
    same = [one for one in filed if (one.form, one.unit, one.since) == (form, unit, since) and one.until <= until]
    if not same:
        return None
    last = max(enumerate(same), key=lambda pair: (pair[1].until, pair[0]))[1]
    return Earlier(until=last.until, figures=last.figures)


def handed(filed: list[Filed], unit: str = "") -> list[Handed]:
    """Those of a unit for the calendar, of the office itself where none is named."""
    return [Handed(form=one.form, until=one.until, on=clock.day(one.time)) for one in filed if one.unit == unit]
