"""Which registers there are, what each can prove, and for which numbers: ``registry_data/sources.yaml``.

Owns: the model of that file, loading it, and whether a source covers a number and is fresh on a day. Leaves to
others: reading the registers' files (``readers``) and judging with them (``standing``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scanner import yamlfile
from scanner.errors import UsageError
from scanner.home import shipped_registry_data
from scanner.model import Number, SourceStamp
from scanner.numbers.authority import DEMO
from scanner.store.register import ImportedSource

Holds = Literal["registrations", "catalogue", "companies", "sellers"]
Proof = Literal["number", "product", "holder", "model", "code", "scope", "term", "withdrawal"]


class Series(BaseModel):
    """Numbers of ``types`` by these authorities (empty: every real one) and with these marks (准, 进 …; empty: any)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    types: tuple[str, ...]
    authorities: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    complete: bool = False

    def holds(self, number: Number) -> bool:
        parts = dict(number.parts)
        authority, mark = parts.get("authority", ""), parts.get("mark", "")
        if number.type not in self.types or (self.marks and mark not in self.marks):
            return False
        return authority in self.authorities if self.authorities else authority != DEMO


class Edition(BaseModel):
    """A file that is known: its digest, and the day as of which it speaks, where its rows do not prove one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    as_of: date


class Source(BaseModel):
    """One register: who publishes it, what it proves, how old it may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    publisher: str
    url: str
    reader: str
    holds: Holds = "registrations"
    proves: tuple[Proof, ...]
    series: tuple[Series, ...]
    authoritative: bool
    sample: bool = False
    max_age_days: int = Field(gt=0)
    min_rows: int = Field(default=0, ge=0)
    note: str = ""
    editions: tuple[Edition, ...] = ()

    def edition(self, sha256: str) -> Edition | None:
        """What is known of a file with this digest."""
        return next((edition for edition in self.editions if edition.sha256 == sha256), None)

    def covering(self, number: Number) -> Series | None:
        """The series that ``number`` belongs to, or None if this source cannot hold it."""
        return next((series for series in self.series if series.holds(number)), None)

    def is_sample(self, imported: ImportedSource) -> bool:
        """Whether only a part of the register was imported: by a person's word, else by the number of its rows."""
        if imported.extent:
            return imported.extent == "sample"
        return self.sample or imported.numbers < self.min_rows

    def is_fresh(self, as_of: date | None, on: date) -> bool:
        """Whether the register, as of that day, may still speak on the day ``on``."""
        return as_of is not None and (on - as_of).days <= self.max_age_days

    def stamp(self, imported: ImportedSource) -> SourceStamp:
        return SourceStamp(
            id=self.id, as_of=imported.as_of, authoritative=self.authoritative, sample=self.is_sample(imported),
            sha256=imported.sha256,
        )  # fmt: skip


class Sources(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: tuple[Source, ...]

    def by_id(self) -> Mapping[str, Source]:
        return {source.id: source for source in self.sources}

    def get(self, name: str) -> Source:
        """Raises UsageError, naming those that exist."""
        known = self.by_id()
        if name not in known:
            raise UsageError(f"没有来源“{name}”", where="registry import", hint=f"可用的来源：{'、'.join(known)}")
        return known[name]


def load(path: Path) -> Sources:
    """Raises ConfigError with all problems, file and line."""
    return yamlfile.load(path, Sources)


@cache
def shipped() -> Sources:
    """The sources that came with the program."""
    return load(shipped_registry_data() / "sources.yaml")
