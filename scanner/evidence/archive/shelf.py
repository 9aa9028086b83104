"""The archive as it is read: captures back into answers, requests and pictures, each checked against its journal.

Owns: opening a segment by name (never a path from outside), comparing every record with its :class:`RecordRef`.
Leaves to others: writing (``archive``), whether the whole archive is sound (``home_check``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import InputError
from scanner.evidence.archive import records
from scanner.evidence.archive.segment import NAME
from scanner.evidence.warc import reading, tombstone
from scanner.evidence.wire import coding, http
from scanner.model import Capture, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The main exchange of a capture. ``status`` 0: nothing, or no HTTP, came back. ``entity`` is the body as sent,
    without transfer coding and before content decoding; ``fault`` says in Chinese why it is not whole."""

    url: str
    status: int
    headers: http.Pairs
    entity: bytes
    fault: str = ""
    truncated: str = ""
    reconstructed: bool = False
    method: str = "GET"
    request_body: bytes = b""

    def body(self, *, cap: int = coding.MAX_DECODED) -> bytes:
        """The content, decoded; InputError when it cannot be (cut, damaged, a bomb, an unknown coding)."""
        codings = tuple(value for name, value in self.headers if name.lower() == b"content-encoding")
        return coding.decode(self.entity, codings, cap=cap)


class Shelf:
    """Reads captures from an archive folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """The path of a segment; InputError for anything that is not a segment's name."""
        if not NAME.fullmatch(name):
            raise InputError("不是证据库的文件名", where=name)  # not an archive file name
        return self.folder / name

    def record(self, ref: RecordRef) -> reading.Record:
        """The record at ``ref``; InputError when it is not there, damaged, or not the one that was sealed."""
        path = self.path(ref.file)
        try:
            with path.open("rb") as file:
                found = reading.record(file, ref.offset, ref.length)
        except FileNotFoundError as error:
            raise InputError("证据库缺少文件", where=str(path)) from error  # archive file is missing
        except InputError as error:
            raise InputError(error.message, where=f"{path}@{ref.offset}", hint="运行 verify --home") from error
        if found.get(tombstone.FIELD):
            hint = "日志的 purge 行记着谁、何时、为什么"
            raise InputError("记录已按保存期限清除", where=f"{path}@{ref.offset}", hint=hint)
        wrong = differs(found, ref)
        if wrong:
            raise InputError(wrong, where=f"{path}@{ref.offset}")
        return found

    def records(self, capture: Capture) -> Iterator[tuple[RecordRef, reading.Record]]:
        """All records of a capture, in order, each checked."""
        for ref in capture.records:
            yield ref, self.record(ref)

    def read(self, capture: Capture) -> Answer:
        """The main exchange of a capture."""
        answer = self._first(capture, "response")
        request = self._first(capture, "request")
        method, sent = _request(request.block) if request else ("GET", b"")
        if answer is None:
            return Answer(url=capture.url, status=0, headers=(), entity=b"", method=method, request_body=sent)
        truncated, rebuilt = answer.get("warc-truncated"), answer.get("x-reconstructed") == "yes"
        try:
            head = http.head(answer.block)
        except InputError as error:
            return Answer(
                url=capture.url, status=0, headers=(), entity=answer.block, fault=error.message,
                truncated=truncated, reconstructed=rebuilt, method=method, request_body=sent,
            )  # fmt: skip
        entity = http.entity(answer.block, head, method=method)
        return Answer(
            url=capture.url, status=head.status, headers=head.headers, entity=entity.body, fault=entity.fault,
            truncated=truncated, reconstructed=rebuilt, method=method, request_body=sent,
        )  # fmt: skip

    def resource(self, capture: Capture, name: str) -> bytes | None:
        """A thing made by looking (``screenshot``, ``screenshot-full``, ``dom``, ``text`` …), None when there is none."""
        for ref in capture.records:
            if ref.type == "resource" and records.resource_name(ref.uri) == name:
                return self.record(ref).block
        return None

    def _first(self, capture: Capture, kind: str) -> reading.Record | None:
        for ref in capture.records:
            if ref.type == kind:
                return self.record(ref)
        return None


def differs(found: reading.Record, ref: RecordRef) -> str:
    """How a record differs from the reference that was journalled for it, in Chinese; empty when it does not."""
    if found.type != ref.type or found.uri != ref.uri:
        return "记录的类型或者地址与日志不符"  # another record stands here
    if found.sha256 != ref.sha256:
        return "记录的 SHA-256 与日志不符"
    if found.sm3 != ref.sm3:
        return "记录的 SM3 与日志不符"
    return ""


def _request(block: bytes) -> tuple[str, bytes]:
    try:
        asked = http.request(block)
    except InputError:  # an import's sketch of a request, say
        return "GET", b""
    return asked.method, asked.body
