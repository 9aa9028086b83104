"""The journal's ``capture`` and ``segment`` lines as values: which capture, where its records lie.

Owns: that spelling read back strictly (a journal in a package is foreign input). Leaves to others: writing it
(``archive``, ``segment``), comparing it with what lies there (``shelf``, ``wacz_check``, ``home_check``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner import clock
from scanner.evidence.warc.reading import MAX_OFFSET
from scanner.model import Capture, Lane, RecordRef


def capture_of(facts: Mapping[str, Any], places: Sequence[Mapping[str, Any]], seq: int) -> Capture:
    """The capture that a ``capture`` line of the journal speaks of. KeyError or ValueError when the line is not ours."""
    return Capture(
        id=facts["id"], url=facts["url"], storefront=facts["storefront"], lane=Lane(facts["lane"]),
        time=clock.parse(facts["time"]), status=facts["status"], media_type=facts["media_type"],
        digest=facts["digest"], size=facts["size"], ip=facts["ip"], journal=seq,
        note=tuple((str(key), str(value)) for key, value in facts["note"]),
        records=tuple(ref_of(place) for place in places),
    )  # fmt: skip


def ref_of(place: Mapping[str, Any]) -> RecordRef:
    """A record's place as the journal spells it. KeyError or ValueError when it is none."""
    words = [place[name] for name in ("type", "uri", "file", "sha256", "sm3", "member")]
    numbers = [place[name] for name in ("offset", "length")]
    if any(type(word) is not str for word in words) or any(
        type(n) is not int or not 0 <= n < MAX_OFFSET for n in numbers
    ):
        raise ValueError("not the place of a record")
    return RecordRef(
        type=place["type"], uri=place["uri"], file=place["file"], offset=place["offset"], length=place["length"],
        sha256=place["sha256"], sm3=place["sm3"],
    )  # fmt: skip
