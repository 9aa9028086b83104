"""``bench read``: pages a second that one core takes from the archive to a listing, beside fastwarc and lxml merely taking the text out.

The same answers as ``bench crawl`` fetches (60–140 kB, gzip-coded on the wire) are sealed by our own archive, one gzip
member a record, into a folder of the run's own. Then, in processor time of this process, the best of a few rounds:

- ours: the records found by their journalled places, digests checked, answer decoded, page recognised and read; in
  the second row also judged with the shipped rules;
- the reference: ``fastwarc.ArchiveIterator`` over the same file, ``lxml.html`` over the decoded body, ``text_content()``.
  That is what a fast reader does before it knows anything of what it reads; it checks no digest.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import cast

import lxml.html

from scanner import rulebook
from scanner.bench import Row
from scanner.crawl.reading.line import Line, Look, read
from scanner.crawl.reading.sealed import page_of
from scanner.demo.pages import answers
from scanner.errors import UsageError
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.journal.file import Journal
from scanner.home import shipped_rules
from scanner.model import Capture, Exchange, Lane, Outcome, Visit
from scanner.registry import Register
from spiders.generic import GenericShop

PAGES = 60
ROUNDS = 5
SIZE = (60, 140)  # kB of a page, 1000 bytes each
REFERENCE = "参照：fastwarc 和 lxml 只取文字"
SHOP = "127.0.0.1"
TIME = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2026, 1, 1)
FAMILY = GenericShop()


def rows(pages: int = PAGES) -> Iterator[Row]:
    """From the archive to a listing; the same, judged. UsageError where fastwarc is not installed."""
    fastwarc = _fastwarc()
    with TemporaryDirectory() as name:
        folder = Path(name)
        captures = sealed(folder, pages)
        rules = rulebook.load(shipped_rules())
        rules.matcher  # noqa: B018 compiled before, not while, pages are judged
        gc.collect()
        gc.freeze()  # as a crawl does (crawl/run): rules live as long as the process
        with Register.open(folder / "register.db") as register:
            line, shelf = Line(rulebook=rules, register=register), Shelf(folder / "archive")
            reference = _speed(lambda: texts(fastwarc, folder / "archive"), pages)
            unjudged = _speed(lambda: [_whole(read(page_of(shelf, c), FAMILY)) for c in captures], pages)
            judged = _speed(lambda: [_whole(line.look(page_of(shelf, c), FAMILY, DAY)) for c in captures], pages)
        gc.unfreeze()
    size = f"{SIZE[0]}–{SIZE[1]} kB"
    for title, ours in (("从 WARC 到商品页", unjudged), ("从 WARC 到商品页并核查", judged)):
        yield Row(name=f"read {size} {title}", ours=ours, reference=reference, unit="页/处理器秒", detail=REFERENCE)


def sealed(folder: Path, pages: int) -> list[Capture]:
    """That many product pages, as they are served, sealed into ``folder/archive``."""
    with (
        Journal.open(folder / "journal.jsonl") as journal,
        Archive.open(folder / "archive", journal, {"software": "qingwang bench"}) as archive,
    ):
        served = {target: got for target, got in answers(pages, SIZE, 20, 1).items() if target.startswith(b"/p/")}
        return [seal.result() for seal in [archive.seal(_visit(target, got)) for target, got in served.items()]]


def texts(fastwarc: ModuleType, archive: Path) -> list[str]:
    """The text that the reference takes out of each answer in an archive folder."""
    kind = fastwarc.WarcRecordType.response
    return [
        cast("lxml.html.HtmlElement", lxml.html.fromstring(record.reader.read())).text_content()
        for path in sorted(archive.glob("*.warc.gz"))
        for record in fastwarc.ArchiveIterator(str(path), record_types=kind, auto_decode="all")
    ]


def _visit(target: bytes, received: bytes) -> Visit:
    url = f"http://{SHOP}{target.decode()}"
    sent = b"GET %b HTTP/1.1\r\nHost: %b\r\nAccept-Encoding: gzip\r\n\r\n" % (target, SHOP.encode())
    one = Exchange(url=url, method="GET", started=TIME, ended=TIME, sent=sent, received=received)
    return Visit(url=url, storefront=SHOP, lane=Lane.HTTP, time=TIME, exchanges=(one,))


def _fastwarc() -> ModuleType:
    try:
        import fastwarc.warc
    except ImportError as missing:
        raise UsageError(
            "没有安装 fastwarc：bench read 的参照要用它",
            hint="在源码目录里运行 make setup，或者 pip install fastwarc；别的测量可以写名字单独运行",
        ) from missing
    return fastwarc.warc


def _whole(look: Look) -> Look:
    if look.outcome is not Outcome.READ:
        raise RuntimeError("bench: a page was not read")
    return look


def _speed(work: Callable[[], Sequence[object]], pages: int) -> float:
    """Pages a second of processor time, in the quickest of a few rounds."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        done = work()
        took.append(time.process_time() - began)
        if len(done) != pages:
            raise RuntimeError(f"bench: {len(done)} of {pages} pages")  # a faster miss is not a figure
    return round(pages / min(took), 1)
