"""What a person brings, of whatever format, as visits ready to be sealed.

Owns: the way every format goes: learn all credentials, scrub, rebuild, in two walks over the file. Leaves to others:
each of these steps (``recorded``, ``scrub``, ``rebuild``), the formats (one module each), sealing, and what a page turns
out to be: answers to logins and orders are visits like any other.

    recording = formats.read(path)      # InputError: damaged; nothing of it was taken
    journal(recording.scrub)            # what was taken out, and the digests of the untouched file
    for item in recording: ...          # Visit or Failure, in the file's order, one at a time
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from scanner.intake.brought import Brought
from scanner.intake.rebuild import TooLong, exchange, storefront
from scanner.intake.recorded import Recorded, Unusable
from scanner.intake.scrub import Scrub, Scrubber
from scanner.model import Exchange, Lane, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An entry that cannot be used: its number in the file (from 1), its scrubbed address ("" if none), and why."""

    entry: int
    url: str
    why: str


class Source(Protocol):
    """A file of one format."""

    @property
    def recorder(self) -> str:
        """The program that wrote the file, as far as it says; known after the first walk."""
        ...

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        """Its exchanges in the file's order, as often as asked. Raises InputError at a fault of the file itself."""
        ...


class Recording:
    """A file of recorded exchanges. May be gone through more than once. ``pictures``: it is a picture by itself."""

    def __init__(self, source: Source, file: Brought, *, pictures: bool = False) -> None:
        """Look through the file once for credentials and once for where they stand. Raises InputError when it is
        damaged: nothing of a damaged file is taken."""
        self._source, self._scrubber, self.pictures = source, Scrubber(), pictures
        for one in source.exchanges():
            if isinstance(one, Unusable):
                self._scrubber.url(one.url)  # its address may hold what another exchange repeats
            else:
                self._scrubber.learn(one)
        places = tuple(
            (number, place)
            for number, one in enumerate(source.exchanges(), start=1)
            if not isinstance(one, Unusable)
            for place in self._scrubber.clean(one)[1]
        )
        name = self._scrubber.text(file.path.name)
        self.scrub = Scrub(name=name, size=len(file.data), sha256=file.sha256, sm3=file.sm3, places=places)

    def __iter__(self) -> Iterator[Visit | Failure]:
        for number, one in enumerate(self._source.exchanges(), start=1):
            if isinstance(one, Unusable):
                yield Failure(entry=number, url=self._scrubber.url(one.url)[:2000], why=one.why)
                continue
            clean, places = self._scrubber.clean(one)
            try:
                yield self._visit(number, clean, places)
            except TooLong:
                yield Failure(entry=number, url=clean.url[:2000], why="请求头或者应答头过长")  # head too long

    def _visit(self, number: int, one: Recorded, places: tuple[str, ...]) -> Visit:
        rebuilt, remarks = _as_it_came(one) if one.wire and not places else exchange(one)
        notes = [("file", self.scrub.name), ("file_sha256", self.scrub.sha256), ("entry", str(number))]
        notes += [("recorder", self._source.recorder)] if self._source.recorder else []
        notes += [*remarks, *(("scrubbed", place) for place in places)]
        return Visit(
            url=one.url, storefront=storefront(one.url), lane=Lane.IMPORT, time=one.started,
            exchanges=(rebuilt,), note=tuple((name, self._scrubber.text(fact)) for name, fact in notes),
        )  # fmt: skip


def _as_it_came(one: Recorded) -> tuple[Exchange, tuple[tuple[str, str], ...]]:
    """The bytes of the wire, where the file holds them and nothing had to be taken out."""
    assert one.wire is not None
    made = Exchange(
        url=one.url, method=one.method, started=one.started, ended=one.ended, sent=one.wire[0], received=one.wire[1],
        ip=one.ip, port=one.port,
    )  # fmt: skip
    return made, one.remarks
