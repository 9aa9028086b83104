"""The pictures of a listing read: which ones, from which sealed bytes, within which budget, and what they say as a field.

Owns: when pictures are looked at at all, the budget of a listing and of a run, finding a picture's bytes among sealed
records, and the field ``image_text`` with its state. Leaves to others: recognising (``ocr``), keeping what was read
(``store.pictures``), judging (``line``), sealing.

Only bytes that were sealed are read: what the browser loaded of a page (evidence lane), what the fast lane fetched because
the goods matter (``wanted`` says which), or what a recording holds.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from scanner.crawl.reading import fields
from scanner.crawl.reading.links import changes, picture_key
from scanner.crawl.reading.papers import PAPERS
from scanner.errors import InputError
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.wire import http
from scanner.model import Field, FieldState, Listing, Outcome, Seller
from scanner.ocr import PictureState, Reading, places, program
from scanner.ocr.picture import MAX_BYTES
from scanner.ocr.process import Recogniser

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from scanner.crawl.reading.line import Line, Look
    from scanner.model import Capture, RecordRef
    from scanner.store.book import Book

FAMILY = "picture"  # of a listing that is a picture
NOT_LOOKED_AT = "图片已封存；没有安装图片文字识别，图片里的文字没有检查"  # sealed; the text in it was not looked at
WHY = {
    PictureState.READ: "图片里没有认出文字",
    PictureState.BROKEN: "图片已封存；文件已损坏，图片里的文字没有检查",
    PictureState.TOO_LARGE: "图片已封存；像素过多，图片里的文字没有检查",
    PictureState.UNSUPPORTED: "图片已封存；不是 PNG、JPEG、WebP 或者 GIF，图片里的文字没有检查",
    PictureState.FAILED: "图片已封存；识别超时或者中断，图片里的文字没有检查",
}
REDIRECTS = 5
MEDICAL = ("device", "drug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many pictures of one page are recognised, and how many seconds that may take for it and for a whole run.
    Pictures known by their hash cost nothing and count for nothing. ``fetched``, ``weight``: how many pictures, and bytes of them, the fast lane asks for in
    a run."""

    pictures: int = 24
    seconds: float = 90.0
    run: float = 900.0
    fetched: int = 1_000
    weight: int = 500 * 1024 * 1024


class Sealed(NamedTuple):
    """An answer that was sealed, and the capture it belongs to."""

    ref: RecordRef
    capture: str


class Pictured(NamedTuple):
    """A look with the text of its pictures, and the captures that hold those that say something."""

    look: Look
    captures: tuple[str, ...]


@dataclass(slots=True)
class Pictures:
    """Reads pictures for one run; from the thread that opened the book."""

    book: Book
    archive: Path
    line: Line
    budget: Budget = field(default_factory=Budget)
    done: Counter[str] = field(default_factory=Counter)  # pictures by what became of them; ``known`` by their hash
    spent: float = 0.0  # seconds of recognising
    asked: int = 0  # pictures that the fast lane asked for
    got: int = 0  # and how many bytes of them came
    _recogniser: Recogniser = field(default_factory=Recogniser)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _medical: set[str] = field(default_factory=set)  # storefronts that offer devices or drugs

    def relevant(self, look: Look) -> bool:
        """Whether the pictures of what was looked at matter: something was found, the goods are medical, or nobody knows
        what they are and the shop sells medical ones."""
        subject = look.subject
        if subject is None or not chosen(subject) or not program():
            return False
        if isinstance(subject, Seller):
            return True
        if look.goods in MEDICAL:
            self._medical.add(subject.storefront)
            return True
        return bool(look.findings) or (look.goods == "unknown" and subject.storefront in self._medical)

    def wanted(self, look: Look) -> tuple[str, ...]:
        """The addresses of the pictures that the fast lane should have; none where they do not matter, or where the budget
        of the run is spent."""
        if look.subject is None or self.spent >= self.budget.run or not self.relevant(look):
            return ()
        shown = [url for url in chosen(look.subject) if _askable(url)]
        return tuple(shown[: self.budget.pictures])

    def may_ask(self) -> bool:
        """Whether the fast lane may ask for one picture more in this run; it is then counted."""
        self.asked += 1
        return self.asked <= self.budget.fetched and self.got < self.budget.weight

    async def look(self, look: Look, sealed: Mapping[str, Sealed], on: date) -> Pictured | None:
        """``look`` with the text of its pictures, judged anew; None where its pictures say nothing to judge. The event
        loop goes on meanwhile."""
        used: dict[str, None] = {}
        async with self._turn:  # two pages with one picture at the same moment would both have it recognised
            steps = self._field(_subject(look), sealed, used)
            try:
                body = next(steps)
                while True:
                    body = steps.send(await asyncio.to_thread(self._recogniser.read, body))
            except StopIteration as end:
                read = self._judged(look, end.value, on)
        return None if read is None else Pictured(read, tuple(used))

    async def brought(self, look: Look, capture: Capture, on: date) -> Look:
        """A sealed picture that a person brought for itself (a screenshot): what it says as a listing that shows nothing
        else, judged; else ``look`` with the reason. No budget: somebody asked for it."""
        if not program():
            return replace(look, why=NOT_LOOKED_AT)
        sealed = sealed_answers(capture)
        found = _body(Shelf(self.archive), sealed, capture.url)
        if found is None:
            return replace(look, outcome=Outcome.ERROR, why=WHY[PictureState.BROKEN])
        body, _ = found
        sha256 = hashlib.sha256(body).hexdigest()
        reading = self.book.picture(sha256, program())
        if reading is None:
            reading = await asyncio.to_thread(self._recogniser.read, body)
            self.book.save_picture(sha256, reading)
            self.done[reading.state.value] += 1
        else:
            self.done["known"] += 1
        if not reading.lines:
            outcome = Outcome.EMPTY if reading.state is PictureState.READ else Outcome.ERROR
            return replace(look, outcome=outcome, why=WHY[reading.state])
        shown = listing_of(capture, sha256, _said([(capture.url, reading)], {}, 1))
        return self.line.again(replace(look, outcome=Outcome.READ), shown, on)

    def close(self) -> None:
        self._recogniser.close()

    def counts(self) -> dict[str, int | float]:
        """What became of the pictures of this run, for its last line in the journal; empty where there were none."""
        return {**dict(sorted(self.done.items())), "seconds": round(self.spent, 1)} if self.done else {}

    # --- inside ------------------------------------------------------------------------------------------------

    def _judged(self, look: Look, said: Field, on: date) -> Look | None:
        if said.state not in (FieldState.SEEN, FieldState.ABSENT, FieldState.UNREADABLE):
            return None
        return self.line.again(look, fields.pictured(_subject(look), said), on)

    def _field(
        self, subject: Listing | Seller, sealed: Mapping[str, Sealed], used: dict[str, None]
    ) -> Generator[bytes, Reading, Field]:
        """The field ``image_text``; yields the bytes to recognise and is sent what they say. ``used`` takes the captures of
        the pictures that were read."""
        shelf = Shelf(self.archive)
        readings: list[tuple[str, Reading]] = []
        unread: Counter[str] = Counter()
        count, began = 0, self.spent
        pictures = chosen(subject)
        if others := len(subject.pictures) - len(pictures):
            unread["other"] = others
        if not sealed:  # as on a page of the fast lane whose pictures nobody asked for: hundreds of addresses, no bytes
            unread.update(_all_unreached(pictures))
            pictures = ()
        for url in pictures:
            found = _body(shelf, sealed, url)
            if found is None:
                unread[_unreached(url)] += 1
                continue
            body, capture = found
            sha256 = hashlib.sha256(body).hexdigest()
            reading = self.book.picture(sha256, program())
            if reading is not None:
                self.done["known"] += 1
                used[capture] = None
                readings.append((url, reading))
                continue
            if count >= self.budget.pictures or self._over(began):
                unread["budget"] += 1
                continue
            count += 1
            start = time.monotonic()
            reading = yield body
            self.spent += time.monotonic() - start
            self.book.save_picture(sha256, reading)
            self.done[reading.state.value] += 1
            used[capture] = None
            readings.append((url, reading))
        self.done.update({reason: n for reason, n in unread.items() if n})
        return _said(readings, unread, len(subject.pictures))

    def _over(self, began: float) -> bool:
        return self.spent - began >= self.budget.seconds or self.spent >= self.budget.run


def listing_of(capture: Capture, sha256: str, said: Field) -> Listing:
    """A picture brought for itself, with the hash of its bytes and the text recognised in it, as a listing that shows nothing
    else."""
    missing = fields.NOT_SEEN
    # Two pictures of which nobody knows where they are from are not of one shop.
    shop = capture.storefront if capture.url.startswith("http") else f"{FAMILY}:{sha256[:12]}"
    return fields.listing(
        storefront=shop, family=FAMILY, url=capture.url, product_id=f"picture:{sha256}", title=missing, price=missing,
        description=missing, seller=missing, buyable=missing, pictures=(capture.url,), image_text=said,
    )  # fmt: skip


def brought_listing(archive: Path, capture: Capture, said: Field) -> Listing | None:
    """The listing that a sealed picture was kept as, from the text that was recognised in it then; None where its bytes are
    not there."""
    found = _body(Shelf(archive), sealed_answers(capture), capture.url)
    return None if found is None else listing_of(capture, hashlib.sha256(found[0]).hexdigest(), said)


def chosen(subject: Listing | Seller) -> tuple[str, ...]:
    """The pictures whose text matters: all of a listing and of a page of licences; of a shop's home page, which is full of
    goods, only those that are called licences."""
    if isinstance(subject, Listing):
        return subject.pictures
    every = subject.page == "licence"
    return tuple(url for url, alt in subject.pictures if every or PAPERS.search(f"{alt[:200]} {url[:300]}"))


def _askable(url: str) -> bool:
    """Whether the fast lane may ask for a picture: a web address, of no drawing, that changes nothing."""
    return picture_key(url).startswith(("http://", "https://")) and not _drawn(url) and not changes(url)


def _drawn(url: str) -> bool:
    """Whether an address is that of a drawing (SVG), which is no picture to recognise text in."""
    return url.partition("?")[0].partition("#")[0].lower().endswith(".svg")


def _unreached(url: str) -> str:
    """Why a picture of which no bytes were sealed is not read."""
    return PictureState.UNSUPPORTED.value if _drawn(url) else "missing"


def _all_unreached(urls: Sequence[str]) -> Mapping[str, int]:
    """How many of them are not read for which reason; where no drawing is among them the reason is one for all."""
    if ".svg" in "\n".join(urls).lower():
        return Counter(map(_unreached, urls))
    return {_unreached(url): len(urls) for url in urls[:1]}


def sealed_answers(capture: Capture) -> dict[str, Sealed]:
    """The answers of a capture by address, the first of each."""
    found: dict[str, Sealed] = {}
    for ref in capture.records:
        if ref.type == "response":
            found.setdefault(picture_key(ref.uri), Sealed(ref, capture.id))
    return found


def _subject(look: Look) -> Listing | Seller:
    assert look.subject is not None
    return look.subject


def _body(shelf: Shelf, sealed: Mapping[str, Sealed], url: str) -> tuple[bytes, str] | None:
    """A picture's bytes from its sealed answer, behind redirects, and the capture that holds it; None where it was not
    loaded, or not whole."""
    for _ in range(REDIRECTS if sealed else 0):
        key = picture_key(url)
        one = sealed.get(key) if key else None
        if one is None:
            return None
        try:
            answer = http.response(shelf.record(one.ref).block, cap=MAX_BYTES)
        except InputError:
            return None
        to = next((value for name, value in answer.headers if name.lower() == b"location"), b"")
        if 300 <= answer.status < 400 and to:
            try:
                url = urljoin(url, to.decode("latin-1"))
            except ValueError:
                return None
            continue
        return (answer.body, one.capture) if answer.status == 200 and answer.body else None
    return None


def _said(readings: list[tuple[str, Reading]], unread: Mapping[str, int], of: int) -> Field:
    """What pictures say, as a field: *seen*; *absent* where all were read and hold no text; *unreadable* where all are
    damaged; else not looked at, and the source says why."""
    text, source = places.joined(readings, of=of, most=fields.MAX_TEXT, unread=unread)
    if text:
        return Field(state=FieldState.SEEN, text=text, source=source)
    if places.whole(source):
        return Field(state=FieldState.ABSENT, source=source)
    if len(readings) == of and all(reading.state is PictureState.BROKEN for _, reading in readings):
        return Field(state=FieldState.UNREADABLE, source=source)
    return Field(state=FieldState.NOT_LOOKED_AT, source=source)
