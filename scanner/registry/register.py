"""The register, asked: how does this number stand, and what has been imported?

Owns: gathering what all sources say of a number and giving it to ``standing``. Leaves to others: the judgement itself
(``standing``), SQL (``store.register``), files (``importing``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scanner import clock
from scanner.model import Number, SourceStamp, StandingAnswer
from scanner.registry import importing, recognising, standing
from scanner.registry.catalogue import OfficialNames
from scanner.registry.company import search as company_search
from scanner.registry.company.codes import code_in
from scanner.registry.company.search import CompanyMatch
from scanner.registry.evidence import Evidence, Origin, firmest_first
from scanner.registry.importing import Extent, ImportReport, Tick
from scanner.registry.recognising import Recognised
from scanner.registry.sources import Sources, shipped
from scanner.store.register import Held, ImportedSource, RegisterStore

if TYPE_CHECKING:
    from scanner.registry.catalogue.product import Products


DAYS = 1000  # for which it is remembered how the sources speak on them


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """A source on a day: what was imported of it and whether it may still speak. ``age_days`` is None if unknown."""

    id: str
    title: str
    publisher: str
    as_of: date | None
    age_days: int | None
    max_age_days: int
    fresh: bool
    sample: bool
    authoritative: bool
    numbers: int
    rows: int
    bad: int
    files: tuple[str, ...]
    sha256: str
    imported: datetime


class Register:
    """An open register. Use it from the thread that opened it; close it, or use it in ``with``."""

    def __init__(self, store: RegisterStore, sources: Sources) -> None:
        self.store = store
        self._sources = sources.by_id()
        self._held: tuple[ImportedSource, ...] = ()
        self._by_day: dict[date, Mapping[str, Origin]] = {}  # of ``_held``

    @classmethod
    def open(cls, path: Path, *, sources: Sources | None = None) -> Register:
        """Open or create ``register.db``; its folder must exist. Raises StoreError."""
        return cls(RegisterStore.open(path), sources if sources is not None else shipped())

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Register:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- asked ---------------------------------------------------------------------------------------------------

    def standing(self, number: Number, *, product: str = "", holder: str = "", on: date) -> StandingAnswer:
        """How ``number`` stands on the day ``on``, and whether product and holder on the page agree with it."""
        origins = self._origins(on)
        rows = self.store.by_number(number.number)
        held = firmest_first([(row, origins[row.record.source]) for row in rows if row.record.source in origins])
        covering = tuple(origin for origin in origins.values() if origin.source.covering(number) is not None)
        evidence = Evidence(number=number, held=held, origins=covering, renamed=self._renamed(held) if holder else ())
        return standing.answer(evidence, product=product, holder=holder, on=on)

    def lookup(self, text: str, *, product: str = "", holder: str = "", on: date) -> StandingAnswer:
        """As ``standing``, for a number as a person types it. Text of no known form is looked up as it is printed."""
        return self.standing(importing.known_or_plain(text, on), product=product, holder=holder, on=on)

    @cached_property
    def names(self) -> OfficialNames | None:
        """The official product names of the imported catalogues; None where none was imported."""
        names = OfficialNames(self.store.catalogue)
        return names if names.any else None

    def products(self, learning: Callable[[], None] | None = None) -> Products | None:
        """The catalogues, to be asked which class and code a name has; None where none was imported. ``learning`` is
        called first where a model has to be learnt, which takes seconds."""
        from scanner.registry.catalogue import kept

        return kept.products(self.store.catalogue, self.store.path, learning)

    def companies(self, text: str, *, shown: int = company_search.SHOWN) -> tuple[CompanyMatch, ...]:
        """Companies that the registers know under a name like ``text``, or under the code that ``text`` is."""
        return company_search.search(self.store.companies, text, shown=shown)

    def _origins(self, on: date) -> Mapping[str, Origin]:
        """Every imported source as it speaks on a day, by id: kept while the register is open, made anew when it changes, by
        our own import or by another process."""
        held = self.store.sources()  # the same tuple until the file changes
        if held is not self._held or len(self._by_day) > DAYS:
            self._held, self._by_day = held, {}
        if on not in self._by_day:
            self._by_day[on] = {entry.id: self._origin(entry, on) for entry in held if entry.id in self._sources}
        return self._by_day[on]

    def _origin(self, entry: ImportedSource, on: date) -> Origin:
        source = self._sources[entry.id]
        youngest = entry.as_of if entry.dated else clock.day(entry.imported)
        fresh = source.is_fresh(entry.as_of, on)
        return Origin(source=source, stamp=source.stamp(entry), fresh=fresh, youngest=youngest)

    def _renamed(self, held: Sequence[tuple[Held, Origin]]) -> tuple[str, ...]:
        codes = sorted({code for row, _ in held if (code := code_in(row.record.uscc))})
        listed = (known.name for code in codes for known in self.store.companies.by_uscc(code))
        found = (*listed, *(holder for code in codes for holder in self.store.holders_of(code)))
        return tuple(dict.fromkeys(found))

    # --- about itself --------------------------------------------------------------------------------------------

    def sources(self) -> tuple[SourceStamp, ...]:
        """Every imported source as it stands, for journal and packages."""
        return tuple(
            self._sources[entry.id].stamp(entry) for entry in self.store.sources() if entry.id in self._sources
        )

    def status(self, *, on: date) -> tuple[SourceStatus, ...]:
        """Every imported source with its age on the day ``on``."""
        return tuple(self._status(entry, on) for entry in self.store.sources() if entry.id in self._sources)

    def _status(self, entry: ImportedSource, on: date) -> SourceStatus:
        source = self._sources[entry.id]
        return SourceStatus(
            id=entry.id, title=source.title, publisher=source.publisher, as_of=entry.as_of,
            age_days=(on - entry.as_of).days if entry.as_of is not None else None, max_age_days=source.max_age_days,
            fresh=source.is_fresh(entry.as_of, on), sample=source.is_sample(entry), authoritative=source.authoritative,
            numbers=entry.numbers, rows=entry.rows, bad=entry.bad, files=tuple(file.name for file in entry.files),
            sha256=entry.sha256, imported=entry.imported,
        )  # fmt: skip


def import_source(
    register: Register,
    source: str,
    files: Sequence[Path],
    *,
    now: datetime,
    as_of: date | None = None,
    extent: Extent = "",
    replace: bool = False,
    beside: Sequence[str] = (),
    sources: Sources | None = None,
    tick: Tick | None = None,
) -> ImportReport:
    """Import ``files`` as the source with this id. Raises UsageError for an unknown id, else as ``importing.bring``."""
    known = sources if sources is not None else shipped()
    register.__dict__.pop("names", None)  # asked anew of what is there then
    return importing.bring(
        register.store, known.get(source), files, now=now, as_of=as_of, extent=extent, replace=replace,
        beside=[known.get(other) for other in beside], tick=tick,
    )  # fmt: skip


def recognise(folder: Path, *, sources: Sources | None = None) -> Iterator[Recognised]:
    """Every file in a folder with the sources it is for, or why it is none. Raises InputError without such a folder."""
    return recognising.recognise(folder, sources if sources is not None else shipped())
