"""HAR files: recordings of a browser's, a phone's or a proxy's traffic, as visits ready to be sealed.

Owns: the way from a file to visits and failures: open, learn its credentials, scrub, rebuild. Leaves to others: each
of these steps (``harfile``, ``recorded``, ``scrub``, ``rebuild``), sealing, and what a page turns out to be: answers
to logins and orders are visits like any other.

    recording = har.read(path)          # InputError: damaged; nothing of it was taken
    journal(recording.scrub)            # what was taken out, and the digests of the untouched file
    for item in recording: ...          # Visit or Failure, in the file's order, one at a time
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.evidence import digest
from scanner.intake.harfile import HarText, decoded, opened
from scanner.intake.rebuild import TooLong, exchange, storefront
from scanner.intake.recorded import Recorded, Unusable, recorded
from scanner.intake.scrub import Scrub, Scrubber
from scanner.model import Lane, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An entry that cannot be used: its number in the file (from 1), its scrubbed address ("" if none), and why."""

    entry: int
    url: str
    why: str


class Recording:
    """A HAR file. May be gone through more than once."""

    def __init__(self, text: HarText, scrubber: Scrubber, scrub: Scrub) -> None:
        self._text, self._scrubber = text, scrubber
        self.scrub = scrub

    def __iter__(self) -> Iterator[Visit | Failure]:
        for number, value in enumerate(self._text.entries(), start=1):
            try:
                clean, places = self._scrubber.clean(recorded(value))
                yield self._visit(number, clean, places)
            except Unusable as failure:
                yield Failure(entry=number, url=self._scrubber.url(failure.url)[:2000], why=failure.why)
            except TooLong:
                yield Failure(entry=number, url=clean.url[:2000], why="请求头或者应答头过长")  # head too long

    def _visit(self, number: int, one: Recorded, places: tuple[str, ...]) -> Visit:
        rebuilt, remarks = exchange(one)
        notes = [("file", self.scrub.name), ("file_sha256", self.scrub.sha256), ("entry", str(number))]
        notes += [("recorder", self._text.creator)] if self._text.creator else []
        notes += [*remarks, *(("scrubbed", place) for place in places)]
        return Visit(
            url=one.url, storefront=storefront(one.url), lane=Lane.IMPORT, time=one.started, exchanges=(rebuilt,),
            note=tuple((name, self._scrubber.text(fact)) for name, fact in notes),
        )  # fmt: skip


def read(path: Path) -> Recording:
    """Open a HAR file and look through it once for credentials. Raises InputError when it is damaged or no HAR."""
    data = opened(path)
    sha256, sm3, size = digest.sha256(data), digest.sm3(data), len(data)
    text = HarText(decoded(data, path), path)
    del data
    scrubber = Scrubber()
    for value in text.entries():
        try:
            scrubber.learn(recorded(value))
        except Unusable as failure:
            scrubber.url(failure.url)  # its address may hold what another exchange repeats
    places = tuple((number, place) for number, one in _usable(text) for place in scrubber.clean(one)[1])
    name = scrubber.text(path.name)
    return Recording(text, scrubber, Scrub(name=name, size=size, sha256=sha256, sm3=sm3, places=places))


def _usable(text: HarText) -> Iterator[tuple[int, Recorded]]:
    for number, value in enumerate(text.entries(), start=1):
        try:
            yield number, recorded(value)
        except Unusable:  # told when the recording is gone through
            continue
