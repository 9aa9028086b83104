"""Evidence read without our program: WARC with warcio, the journal with json and hashlib.

For the tests that ask whether what we wrote can be checked by others; nothing here calls ``scanner.evidence``.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from scanner.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as warcio finds it: its place and length in the file, its block, its gzip member's bytes, and why it is cut."""

    file: str
    offset: int
    length: int
    type: str
    uri: str
    block: bytes
    member: bytes
    truncated: str


def records(home: Home, ends: dict[str, int] | None = None) -> Iterator[Record]:
    """Every record of the archive, in order (``ends``: of these files, up to there); warcio raises where it cannot read."""
    for path in sorted(home.archive.glob("*.warc.gz")):
        if ends is not None and path.name not in ends:
            continue
        whole = path.read_bytes()[: None if ends is None else ends[path.name]]
        walk = ArchiveIterator(io.BytesIO(whole), no_record_parse=True)
        for record in walk:
            block = record.raw_stream.read()
            offset, length = walk.get_record_offset(), walk.get_record_length()
            yield Record(
                file=path.name, offset=offset, length=length, type=record.rec_type, block=block,
                uri=record.rec_headers.get_header("WARC-Target-URI") or "", member=whole[offset : offset + length],
                truncated=record.rec_headers.get_header("WARC-Truncated") or "",
            )  # fmt: skip


def readable(home: Home) -> int:
    """How many records there are, all read and their WARC digests checked by warcio, which raises at the first fault."""
    count = 0
    for path in sorted(home.archive.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                count += 1
    return count


def lines(home: Home, *, torn: bool = False) -> list[dict[str, Any]]:
    """The journal's lines; AssertionError where the chain of hashes is broken, or the last is cut and may not be."""
    raw = home.journal.read_bytes()
    assert torn or raw.endswith(b"\n"), "torn tail"
    raw = raw[: raw.rfind(b"\n") + 1]
    prev, found = "0" * 64, []
    for number, text in enumerate(raw.splitlines(), start=1):
        line = json.loads(text)
        body = text[:-73] + b"}"  # without ,"~h":"<64>"
        assert (line["seq"], line["prev"]) == (number, prev)
        assert line["~h"] == hashlib.sha256(body).hexdigest()
        prev = line["~h"]
        found.append(line)
    return found


def faults(home: Home, *, torn: bool = False) -> list[str]:
    """Where journal and archive do not agree: lines without their record, records without a line, other bytes.

    ``torn``: the writer was killed and nobody has opened the home since; what lies behind the last line is left out.
    """
    told: dict[tuple[str, int], dict[str, Any]] = {}
    for line in lines(home, torn=torn):
        for place in line.get("records", ()):
            told[place["file"], place["offset"]] = place
    ends: dict[str, int] = {}
    for (file, offset), place in told.items():
        ends[file] = max(ends.get(file, 0), offset + place["length"])
    held = {(record.file, record.offset): record for record in records(home, ends if torn else None)}
    found = [f"no line for {place}" for place in sorted(set(held) - set(told))]
    found += [f"no record for {place}" for place in sorted(set(told) - set(held))]
    for place in sorted(set(told) & set(held)):
        found += [f"{place}: {fault}" for fault in _differs(held[place], told[place])]
    return found


def _differs(record: Record, said: dict[str, Any]) -> list[str]:
    is_ = {
        "length": record.length, "type": record.type, "uri": record.uri,
        "sha256": hashlib.sha256(record.block).hexdigest(), "sm3": hashlib.new("sm3", record.block).hexdigest(),
        "member": hashlib.sha256(record.member).hexdigest(),
    }  # fmt: skip
    return [f"{key} is {value}, the line says {said[key]}" for key, value in is_.items() if said[key] != value]
