"""The read bench measures what it says: both sides read every sealed page, and who lacks the reference is told so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scanner.bench import BENCHES
from scanner.bench import read as bench
from scanner.crawl.reading import line
from scanner.crawl.reading.sealed import page_of
from scanner.errors import UsageError
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.warc import reading
from scanner.model import Listing


def test_both_sides_read_the_same_pages(tmp_path: Path) -> None:
    warc = pytest.importorskip("fastwarc.warc")
    captures = bench.sealed(tmp_path, 3)
    (archive,) = (tmp_path / "archive").glob("*.warc.gz")
    with archive.open("rb") as file:
        kinds = [record.type for record in reading.records(file)]
    assert kinds.count("response") == len(captures) == 3
    shelf = Shelf(tmp_path / "archive")
    looks = [line.read(page_of(shelf, capture), bench.FAMILY) for capture in captures]
    for look, text in zip(looks, bench.texts(warc, tmp_path / "archive"), strict=True):
        assert isinstance(look.subject, Listing)
        assert look.subject.title.text in text
        assert {seen.number.raw for seen in look.subject.numbers if seen.number.raw in text}
        assert 60_000 <= len(page_of(shelf, captures[0]).body) <= 141_000


@pytest.mark.slow
def test_its_rows() -> None:
    pytest.importorskip("fastwarc.warc")
    unjudged, judged = bench.rows(pages=4)
    assert unjudged.ours > judged.ours > 0
    assert unjudged.reference == judged.reference > 0
    assert "fastwarc" in unjudged.detail


def test_a_page_that_is_missing_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="3 of 4 pages"):
        bench._speed(lambda: [1, 2, 3], 4)


def test_without_fastwarc_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)  # what an import finds where it is not installed
    monkeypatch.setitem(sys.modules, "fastwarc", None)
    with pytest.raises(UsageError, match="没有安装 fastwarc"):
        list(BENCHES["read"]())
