"""What pictures say is kept by their hash."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.ocr import Line, PictureState, Reading
from scanner.store.book import Book

LINE = Line(text="产品名称", x=1, y=2, w=3, h=4, confidence=0.987)


def test_kept_once_by_hash_and_engine(tmp_path: Path) -> None:
    first = Reading(state=PictureState.READ, engine="one", width=10, height=20, lines=(LINE,))
    with Book.open(tmp_path / "book.db") as book:
        assert book.picture("aa", "one") is None
        book.save_picture("aa", first)
        book.save_picture("aa", Reading(state=PictureState.BROKEN, engine="one"))  # what stands stays
        book.save_picture("bb", Reading(state=PictureState.TOO_LARGE, engine="one", width=9, height=9))
    with Book.open(tmp_path / "book.db") as book:
        assert book.picture("aa", "one") == first
        assert book.picture("aa", "two") is None
        assert book.picture("bb", "one") == Reading(state=PictureState.TOO_LARGE, engine="one", width=9, height=9)


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    with Book.open(tmp_path / "book.db") as book:
        book.save_picture("aa", Reading(state=PictureState.FAILED, engine="one"))
        assert book.picture("aa", "one") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.builds(Line, text=st.text(), x=st.integers(0, 9_999), y=st.integers(0, 9_999), w=st.integers(1, 99),
                          h=st.integers(1, 99), confidence=st.floats(0, 1), before=st.sampled_from(["\n", " ", ""]))))  # fmt: skip
def test_lines_come_back_as_they_were(tmp_path: Path, lines: list[Line]) -> None:
    reading = Reading(state=PictureState.READ, engine="one", width=1, height=1, lines=tuple(lines))
    with Book.open(tmp_path / "book.db") as book:
        key = str(hash(reading))
        book.save_picture(key, reading)
        assert book.picture(key, "one") == reading
