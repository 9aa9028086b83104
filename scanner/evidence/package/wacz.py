"""WACZ 1.1.1 of some captures: what any web archive viewer opens, and the package's original bytes.

Owns: copying records member by member (never re-compressed), the page list, the data package and its signed digest; the same
captures give the same bytes. Leaves to others: the index (``cdxj``), which captures (``package``), checking
(``wacz_check``).
"""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.journal.chain import Line
from scanner.evidence.journal.places import ref_of
from scanner.evidence.package import zipped
from scanner.evidence.signing.keys import WaczKey
from scanner.evidence.warc import reading
from scanner.model import Capture, RecordRef

WARC, INDEX, PAGES = "archive/data.warc.gz", "indexes/index.cdxj", "pages/pages.jsonl"
PACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"


def places(lines: Iterable[Line]) -> list[Mapping[str, Any]]:
    """The records that the journal's ``segment`` and ``capture`` lines speak of, each once, in the archive's order."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for line in lines:
        if line.event in ("segment", "capture"):
            for place in line.data["records"]:
                found[str(place["file"]), int(place["offset"])] = place
    return [found[key] for key in sorted(found)]


def write(
    target: BinaryIO, shelf: Shelf, lines: Sequence[Line], captures: Sequence[Capture], facts: Facts, *, key: WaczKey,
    scratch: Path,
) -> None:  # fmt: skip
    """Write the WACZ of ``captures``, whose journal lines are among ``lines``, to ``target``, signed with ``key``;
    ``scratch`` is a folder with room for it."""
    from scanner.evidence.package.cdxj import index  # a slow import that checking does not need

    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        data = folder / "data.warc.gz"
        copied = [(ref_of(place), str(place["member"])) for place in places(lines)]
        with data.open("wb") as copy:
            for ref, member in copied:
                copy.write(_member(shelf, ref, member))
        # The indexer prints about AMF bodies and cannot always read them.
        amf = any(b"x-amf" in shelf.record(ref).block.lower() for ref, _ in copied if ref.type == "request")
        files = {INDEX: index(data, bodies=not amf), PAGES: pages(captures, facts)}
        with data.open("rb") as warc:
            whole = digest.of_file(warc, sm3=False)
        sums = {WARC: (whole.sha256, whole.size)} | {
            key: (digest.sha256(text), len(text)) for key, text in files.items()
        }
        files[PACKAGE] = datapackage(sums, facts)
        signature = key.sign(signed_text(files[PACKAGE]))
        files[DIGEST] = datapackage_digest(files[PACKAGE], facts, spki=key.spki, signature=signature)

        def opened(member: str) -> BinaryIO:
            return data.open("rb") if member == WARC else io.BytesIO(files[member])

        zipped.write(target, [WARC, *files], opened)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a WACZ says of itself; all of it follows from the package."""

    title: str
    made: datetime
    software: str

    @classmethod
    def of(cls, lead: int, mark: str, made: datetime, software: Mapping[str, Any]) -> Facts:
        """The facts of the package of a lead, made by ``software`` (``name``, ``version``)."""
        title = f"清网线索 {lead}" + (f"（{mark}）" if mark else "")
        return cls(title=title, made=made, software=f"{software['name']} {software['version']}")


def pages(captures: Sequence[Capture], facts: Facts) -> bytes:
    """``pages.jsonl``: one page a capture, its id the capture's."""
    head = {"format": "json-pages-1.0", "id": "pages", "title": facts.title}
    rows = [
        {"id": capture.id, "url": capture.url, "ts": clock.stamp(capture.time), "title": capture.url}
        for capture in captures
        if capture.records
    ]
    return b"".join(digest.line(row) + b"\n" for row in [head, *rows])


def datapackage(sums: Mapping[str, tuple[str, int]], facts: Facts) -> bytes:
    """``datapackage.json`` over files given as path -> (SHA-256, size)."""
    resources = [
        {"name": path.rpartition("/")[2], "path": path, "hash": f"sha256:{hash_}", "bytes": size}
        for path, (hash_, size) in sorted(sums.items())
    ]
    return digest.pages(
        {
            "profile": "data-package", "wacz_version": "1.1.1", "title": facts.title,
            "created": clock.stamp(facts.made), "software": facts.software, "resources": resources,
        }
    )  # fmt: skip


def signed_text(package: bytes) -> bytes:
    """What the signature in ``datapackage-digest.json`` is over: the digest of ``datapackage.json`` as text."""
    return f"sha256:{digest.sha256(package)}".encode()


def datapackage_digest(package: bytes, facts: Facts, *, spki: bytes, signature: bytes) -> bytes:
    """``datapackage-digest.json`` over ``datapackage.json``, signed in the anonymous form of the WACZ signing specification
    0.1.0 (wacz-auth): no certificate, only the public key, for which the journal speaks."""
    value = signed_text(package).decode()
    return digest.pages(
        {
            "path": PACKAGE, "hash": value,
            "signedData": {
                "hash": value, "created": clock.stamp(facts.made), "software": facts.software, "version": "0.1.0",
                "signature": base64.b64encode(signature).decode("ascii"),
                "publicKey": base64.b64encode(spki).decode("ascii"),
            },
        }
    )  # fmt: skip


def _member(shelf: Shelf, ref: RecordRef, member: str) -> bytes:
    """The compressed bytes of a record as they lie in the archive; InputError unless they are those journalled."""
    path = shelf.path(ref.file)
    try:
        with path.open("rb") as file:
            file.seek(ref.offset)
            data = file.read(min(ref.length, reading.MAX_MEMBER))
    except FileNotFoundError as error:
        raise InputError("证据库缺少文件", where=str(path)) from error
    if len(data) != ref.length or digest.sha256(data) != member:
        raise InputError("证据库的记录与日志不符", where=f"{path}@{ref.offset}", hint="运行 verify --home")
    return data
