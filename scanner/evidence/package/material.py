"""What the documents of a lead need from the archive: pictures, text positions, how each capture came over the wire.

Owns: taking these out of sealed records, each checked against its journal on the way. Leaves to others: what is made of
them (``report``). A record that cannot be read fails the package: the archive is what it rests on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urldefrag, urljoin

from cryptography import x509

from scanner.errors import InputError
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.warc.reading import Record
from scanner.evidence.wire import http
from scanner.model import Capture, CaseFile, RecordRef
from scanner.ocr import places
from scanner.report.material import Certificate, Facts, Material, Seen

MAX_HOPS = 20
MAX_IMAGES = 60  # pictures that findings quote
CERTIFICATE = "urn:qingwang:certificate:"


def gather(
    shelf: Shelf, case: CaseFile, *, titles: Mapping[str, str], environment: Mapping[str, Any], software: str
) -> Material:  # fmt: skip
    """The material of ``case``; ``environment`` is the package's record of the machine."""
    looked = {capture.id: _json(shelf.resource(capture, "environment") or b"{}") for capture in case.captures}
    return Material(
        seen={capture.id: _seen(shelf, capture, looked[capture.id]) for capture in case.captures},
        facts={capture.id: _facts(shelf, capture, looked[capture.id]) for capture in case.captures},
        images=_images(shelf, case), titles=titles, software=software,
        not_measured=tuple(str(item) for item in environment.get("not_measured", ())),
        notes=tuple(str(item) for item in environment.get("notes", ())),
    )  # fmt: skip


def _facts(shelf: Shelf, capture: Capture, environment: Mapping[str, Any]) -> Facts:
    """How a capture came over the wire, from its records."""
    answers: dict[str, RecordRef] = {}
    certificates: dict[str, bytes] = {}
    requested: RecordRef | None = None
    for ref in capture.records:
        if ref.type == "response":
            answers.setdefault(ref.uri, ref)
        elif ref.type == "request":
            requested = requested or ref
        elif ref.uri.startswith(CERTIFICATE):
            certificates[ref.uri.removeprefix(CERTIFICATE)] = shelf.record(ref).block

    @cache  # of hundreds of answers only the first and those that redirect are read
    def answer(url: str) -> Record | None:
        return shelf.record(answers[url]) if url in answers else None

    main = answer(next(iter(answers), ""))
    if main is None:
        return Facts()
    spoken = [value for name, value in main.headers if name.lower() == "warc-protocol"]
    tls = next((value for value in spoken if value.startswith("tls/")), "")
    names = [name.strip() for name in main.get("x-certificate-chain").split(",") if name.strip()]
    return Facts(
        hops=_hops(capture, answer), final_url=str(environment.get("final_url", "")) or main.uri,
        protocol=next((value for value in spoken if value.startswith("http/")), ""),
        tls=" ".join(part for part in (tls, main.get("warc-cipher-suite")) if part),
        chain=tuple(_certificate(name, certificates.get(name, b"")) for name in names),
        agent=_agent(shelf.record(requested) if requested else None), browser=str((environment.get("browser") or {}).get("product", "")),
        reconstructed=main.get("x-reconstructed") == "yes",
    )  # fmt: skip


def _hops(capture: Capture, answer: Callable[[str], Record | None]) -> tuple[tuple[int, str, str], ...]:
    """The redirects from the address asked for on: those of this visit, or those before it that its note names."""
    found = [(0, value, "") for name, value in capture.note if name == "redirected_from"]
    url, seen = capture.url, set[str]()
    while url not in seen and len(seen) < MAX_HOPS:
        seen.add(url)
        record = answer(urldefrag(url).url)
        if record is None:
            break
        try:
            head = http.head(record.block)
        except InputError:
            break
        to = (head.all(b"location") or (b"",))[0].decode("utf-8", "replace")
        if not (300 <= head.status < 400 and to):
            break
        found.append((head.status, url, to))
        url = _joined(url, to)
    return tuple(found)


def _joined(url: str, to: str) -> str:
    try:
        return urljoin(url, to)
    except ValueError:
        return to


def _agent(requested: Record | None) -> str:
    if requested is None:
        return ""
    headers = requested.block.partition(b"\r\n")[2].partition(b"\r\n\r\n")[0]
    found = next((value for name, value in http.pairs(headers) if name.lower() == b"user-agent"), b"")
    return found.decode("utf-8", "replace")[:500]


def _certificate(name: str, der: bytes) -> Certificate:
    try:
        read = x509.load_der_x509_certificate(der)
        return Certificate(
            subject=read.subject.rfc4514_string()[:300], issuer=read.issuer.rfc4514_string()[:300],
            since=read.not_valid_before_utc, until=read.not_valid_after_utc, sha256=name,
        )  # fmt: skip
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType):
        return Certificate(subject="", issuer="", since=None, until=None, sha256=name)


def _seen(shelf: Shelf, capture: Capture, environment: Mapping[str, Any]) -> Seen:
    full = shelf.resource(capture, "screenshot-full")
    picture = full or shelf.resource(capture, "screenshot")
    if picture is None:
        return Seen()
    missing = environment.get("missing")
    return Seen(
        picture=picture, full=full is not None, boxes=shelf.resource(capture, "boxes"),
        dom=shelf.resource(capture, "dom") or b"",
        missing=str(missing.get("boxes", "")) if isinstance(missing, dict) else "",
    )  # fmt: skip


def _images(shelf: Shelf, case: CaseFile) -> dict[str, bytes]:
    """The pictures whose text findings quote, by address, from the answers that were sealed."""
    wanted = dict.fromkeys(_quoted(case))
    found: dict[str, bytes] = {}
    for capture in case.captures:
        for ref in capture.records:
            url = ref.uri if ref.type == "response" else ""
            if url in wanted and url not in found and len(found) < MAX_IMAGES:
                try:
                    answer = http.response(shelf.record(ref).block)
                except InputError:
                    continue
                if answer.status == 200 and answer.body:
                    found[url] = answer.body
    return found


def _quoted(case: CaseFile) -> Iterable[str]:
    subjects = case.subjects
    for proof in case.proofs:
        finding = proof.finding
        subject = subjects.get((finding.subject_id, finding.version))
        if finding.field == "image_text" and subject is not None:
            for place in places.places(subject.image_text.source, finding.start, finding.end):
                yield place.picture


def _json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
