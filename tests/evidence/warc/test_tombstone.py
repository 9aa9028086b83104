"""The stand-in of a purged record: as long as the record was, valid WARC, nothing in it."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from scanner.errors import InputError
from scanner.evidence.warc import reading
from scanner.evidence.warc.tombstone import FIELD, Grave, parts

WHEN = "2037-01-01T00:00:00.000Z"
LEAST = 250  # bytes; the shortest record of ours, a certificate's or a bare request's, is a hundred longer


def made(length: int, offset: int = 0) -> bytes:
    return b"".join(parts(Grave(offset=offset, length=length, member="ab" * 32), WHEN))


# Around a stored block's limits and where the length of the record gets one more digit, and anywhere.
@settings(max_examples=150, deadline=None)
@given(st.one_of(
    st.integers(LEAST, LEAST + 1500), st.integers(65_500, 65_900), st.integers(131_000, 131_500),
    st.integers(9_900, 10_400), st.integers(99_900, 100_500), st.integers(LEAST, 400_000),
))  # fmt: skip
def test_as_long_as_asked_valid_and_empty(length: int) -> None:
    data = made(length)
    assert len(data) == length
    record = reading.record(io.BytesIO(data), 0, length)
    assert (record.type, bool(record.get(FIELD)), record.block.strip(b"\0")) == ("metadata", True, b"")
    assert gzip.decompress(data).startswith(b"WARC/1.1\r\n")
    (other,) = [one.rec_headers.get_header("WARC-Type") for one in ArchiveIterator(io.BytesIO(data))]
    assert other == "metadata"


def test_it_follows_from_what_the_log_says_and_nothing_else() -> None:
    assert made(5000) == made(5000)
    assert made(5000) != made(5000, offset=1)  # no two records of a file have one id


def test_what_is_too_short_is_refused() -> None:
    with pytest.raises(InputError, match="太短"):
        made(150)
