"""A package's WACZ against the journal lines it was made from.

Owns: that its zip is canonical, its files are the five that belong, every record is the journalled one (place, member
bytes, both digests, its own header), index, page list and data package say what follows, and the digest's
signature. Leaves to others: the lines themselves (``bound``), the WACZ file's own sums and the threads (``verify``).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, BinaryIO

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.archive import shelf
from scanner.evidence.journal.chain import Line
from scanner.evidence.journal.places import ref_of
from scanner.evidence.package import source, wacz, zipped
from scanner.evidence.package.indexed import INDEXED, indexed_digest
from scanner.evidence.signing import key_history, keys
from scanner.evidence.warc import reading
from scanner.model import Capture, RecordRef

MAX_TEXT = 256 * 1024 * 1024  # bytes of index or page list that are read
_NAMES = {wacz.WARC, wacz.INDEX, wacz.PAGES, wacz.PACKAGE, wacz.DIGEST}
Entry = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A WACZ whose long work is under way: each file's sums, and every record that the journal speaks of beside what is wrong
    with it (None where it cannot be read at all). ``places`` is False where the journal's lines are malformed."""

    inside: source.Zip
    sums: Mapping[str, Future[digest.Sums]]
    records: Sequence[Future[tuple[reading.Record | None, list[str]]]]
    end: int
    places: bool


def begin(file: BinaryIO, lines: Sequence[Line], pool: Executor) -> Begun:
    """Hand the WACZ in ``file`` to the threads of ``pool``; ``file`` stays theirs until all is done. InputError when it is
    no zip."""
    inside = source.Zip(file, rooted=False)
    sums = {name: pool.submit(_sums, inside, name) for name in inside.names}
    try:
        wanted = [(ref_of(place), str(place["member"])) for place in wacz.places(lines)]
    except (KeyError, TypeError, ValueError, OverflowError):
        return Begun(inside=inside, sums=sums, records=(), end=0, places=False)
    records, at = [], 0
    for ref, member in wanted if wacz.WARC in inside.names else ():
        records.append(pool.submit(_record, inside, ref, member, at))
        at += ref.length
    return Begun(inside=inside, sums=sums, records=records, end=at, places=True)


def faults(begun: Begun, lines: Sequence[Line], captures: Sequence[Capture], facts: wacz.Facts) -> list[str]:
    """Everything wrong with the WACZ, in Chinese."""
    inside = begun.inside
    found = list(inside.faults)
    found += [f"缺少 {name}" for name in sorted(_NAMES - set(inside.names))]
    found += [f"多出 {source.shown(name)}" for name in inside.names if name not in _NAMES]
    sums = {name: measured.result() for name, measured in begun.sums.items()}
    if not inside.canonical([zipped.Member(name=name, size=s.size, crc=s.crc) for name, s in sums.items()]):
        found.append("不是规范的 zip（有注释、多余字节或者其他写法）")
    if not set(inside.names) >= _NAMES:
        return found
    records = []
    for one in begun.records:
        record, wrong = one.result()
        found += wrong
        records += [record] if record is not None else []
    found += _warc_faults(begun)
    text = {name: _text(inside, name) for name in _NAMES - {wacz.WARC}}
    listed = {name: (sums[name].sha256, sums[name].size) for name in (wacz.WARC, wacz.INDEX, wacz.PAGES)}
    if text[wacz.PACKAGE] != wacz.datapackage(listed, facts):
        found.append(f"{wacz.PACKAGE} 与内容不符")
    found += [f"{wacz.DIGEST}：{fault}" for fault in _digest_faults(text, lines, facts)]
    if text[wacz.PAGES] != wacz.pages(captures, facts):
        found.append(f"{wacz.PAGES} 与取证页不符")
    return found + _index_faults(text[wacz.INDEX], records)


def _sums(inside: source.Zip, name: str) -> digest.Sums:
    with inside.open(name) as member:
        return digest.of_file(member, sm3=False)


def _record(inside: source.Zip, ref: RecordRef, member: str, at: int) -> tuple[reading.Record | None, list[str]]:
    """The record at ``at``, without its block, and how it differs from the journal and from what it says of itself."""
    where = f"记录 {ref.uri[:200] or ref.type}（{ref.file}@{ref.offset}）"
    try:
        with inside.open(wacz.WARC) as warc:
            record, own = reading.checked(warc, at, ref.length)
    except InputError as error:
        return None, [f"{where}：{error.message}"]
    wrong = [shelf.differs(record, ref), *own, "压缩数据与日志不符" if record.digest != member else ""]
    return record, [f"{where}：{text}" for text in wrong if text]


def _warc_faults(begun: Begun) -> list[str]:
    if not begun.places:
        return ["日志行里的记录位置读不出来"]  # places in the journal are malformed
    with begun.inside.open(wacz.WARC) as warc:
        warc.seek(begun.end)
        return ["网页存档末尾有多余的字节"] if warc.read(1) else []  # bytes behind the last record


def _digest_faults(text: Mapping[str, bytes], lines: Sequence[Line], facts: wacz.Facts) -> list[str]:
    """Whether the signed digest is over this data package, the signature its key's, and the key one the journal names."""
    try:
        said = json.loads(text[wacz.DIGEST])
        signature = base64.b64decode(said["signedData"]["signature"], validate=True)
        spki = base64.b64decode(said["signedData"]["publicKey"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError):
        return ["不是规定的格式，或者没有签名"]
    found = []
    if text[wacz.DIGEST] != wacz.datapackage_digest(text[wacz.PACKAGE], facts, spki=spki, signature=signature):
        found.append(f"与 {wacz.PACKAGE} 不符")
    try:
        public = keys.read_wacz(spki)
    except InputError as error:
        return [*found, error.message]
    if not keys.signed_wacz(public, signature, wacz.signed_text(text[wacz.PACKAGE])):
        found.append("不是其中的公钥对这份存档的签名")
    in_use = [key for key in key_history.history(line for line in lines if line.event == key_history.EVENT)
              if key.purpose == key_history.WACZ and key.until is None]  # fmt: skip
    if keys.fingerprint(public) not in {key.fingerprint for key in in_use}:
        found.append("公钥不是日志写明的那一把")
    return found


def _index_faults(index: bytes, records: Sequence[reading.Record]) -> list[str]:
    """Whether the index has one entry for each answer and resource, at its place, of its time and address."""
    wanted = {
        (r.offset, r.length, r.uri): r for r in records if r.type in INDEXED.split(",")
    }  # fmt: skip
    found, seen = [], set()
    for number, line in enumerate(index.decode("utf-8", "replace").splitlines(), 1):
        entry = _entry(line)
        record = wanted.get(entry[0]) if entry else None
        if entry is None or record is None or not _same(entry, record) or entry[0] in seen:
            found.append(f"{wacz.INDEX} 第 {number} 行与记录不符")
        else:
            seen.add(entry[0])
    return found + [f"{wacz.INDEX} 缺少 {uri[:200]}" for place, record in wanted.items() if place not in seen
                    for uri in [record.uri]]  # fmt: skip


def _entry(line: str) -> tuple[Entry, str, Mapping[str, Any]] | None:
    parts = line.split(" ", 2)
    try:
        value = json.loads(parts[2])
        return (int(value["offset"]), int(value["length"]), str(value["url"])), parts[1], value
    except (IndexError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _same(entry: tuple[Entry, str, Mapping[str, Any]], record: reading.Record) -> bool:
    _, stamp, value = entry
    try:
        moment = clock.parse(record.get("warc-date"))
    except (ValueError, OverflowError):
        return False
    return (
        stamp == f"{moment:%Y%m%d%H%M%S}"
        and value.get("filename") == wacz.WARC.rpartition("/")[2]
        and value.get("digest", "") == indexed_digest(record.type, record.get)
    )


def _text(inside: source.Zip, name: str) -> bytes:
    with inside.open(name) as member:
        return member.read(MAX_TEXT)
