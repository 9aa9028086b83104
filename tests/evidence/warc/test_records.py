"""WARC records: what was sent and received comes back exactly, and independent readers agree."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from scanner.errors import InputError, SealError
from scanner.evidence.archive.records import resource_name, resource_uri
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.journal.file import Journal
from scanner.evidence.warc import reading, writing
from scanner.model import Capture, Exchange, Lane, Resource
from tests.evidence.samples import PAGE, PNG, SHOP, SOFTWARE, WHEN, Site, answer, exchange, visit

ODD = {
    "two cookies": b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nbody",
    "gbk reason": "HTTP/1.1 200 成功\r\nX: 中文\r\n\r\nbody".encode("gbk"),
    "bare line feeds": b"HTTP/1.1 200 OK\nA: 1\n\nbody\r\n\r\nmore",
    "line of blanks": b"HTTP/1.1 200 OK\r\nA: 1\r\n  \r\nB: 2\r\n\r\nbody",
    "line of form feed": b"HTTP/1.1 200 OK\r\nA: 1\r\n\x0c\r\nB: 2\r\n\r\nbody",
    "line of ideographic space": b"HTTP/1.1 200 OK\r\nA: 1\r\n\xe3\x80\x80\r\nB: 2\r\n\r\nbody",
    "no colon": b"HTTP/1.1 200 OK\r\nrubbish\r\nA: 1\r\n\r\nbody",
    "folded": b"HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\n\r\nbody",
    "chunked with trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX: 1\r\n\r\n",
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody",
    "cut body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbody",
    "half a head": b"HTTP/1.1 200 OK\r\nServ",
    "no http": b"\x00\x01\x02SSH-2.0\r\n",
    "empty lines first": b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
    "no body": b"HTTP/1.1 204 No Content\r\n\r\n",
    "old": b"HTTP/1.0 200\r\n\r\nx",
}


def seal(root: Path, *exchanges: Exchange, **more: object) -> tuple[Archive, Capture]:
    with Journal.open(root / "journal.jsonl") as journal, Archive.open(root / "archive", journal, SOFTWARE) as archive:
        return archive, archive.seal(visit(*exchanges, **more)).result()  # type: ignore[arg-type]


def warcio_check(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "digest pass" in done.stdout


def test_all_odd_answers_come_back_and_independent_checkers_agree(tmp_path: Path) -> None:
    with (
        Journal.open(tmp_path / "journal.jsonl") as journal,
        Archive.open(tmp_path / "archive", journal, SOFTWARE) as archive,
    ):
        for place, (name, received) in enumerate(ODD.items()):
            sent = exchange(f"http://{SHOP}/{place}?q=a%20b&q=%D6%D0&&x", received)
            capture = archive.seal(visit(sent, at=place)).result()
            records = {ref.type: record.block for ref, record in archive.records(capture)}
            assert records["request"] == sent.sent, name
            assert records.get("metadata", b"") + records["response"] == received, name
    (segment,) = (tmp_path / "archive").glob("*.gz")
    warcio_check(segment)
    fastwarc = pytest.importorskip("fastwarc.warc", reason="fastwarc is a second opinion, not a dependency")
    with segment.open("rb") as file:
        for record in fastwarc.ArchiveIterator(file, parse_http=False):
            assert record.verify_block_digest()
    with segment.open("rb") as file:
        for record in fastwarc.ArchiveIterator(file):
            assert record.verify_payload_digest() or "WARC-Payload-Digest" not in dict(record.headers)


def test_the_url_and_the_request_line_are_both_kept(tmp_path: Path) -> None:
    url = f"http://{SHOP}/a?b=1&b=2&c=%b2%e2#part"
    archive, capture = seal(tmp_path, exchange(url, answer(b"x")))
    assert capture.url == url
    request = next(r for ref, r in archive.records(capture) if ref.type == "request")
    assert request.block.startswith(b"GET /a?b=1&b=2&c=%b2%e2#part HTTP/1.1\r\n")
    assert request.uri == url


def test_reading_gives_headers_entity_and_content(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE)
    fields = (b"Content-Encoding: gzip", b"Set-Cookie: a=1", b"Set-Cookie: b=2")
    archive, capture = seal(
        tmp_path, exchange(f"http://{SHOP}/", answer(packed, *fields), method="POST", body=b'{"id": 7}')
    )
    found = archive.read(capture)
    assert (found.status, found.method, found.request_body, found.fault) == (200, "POST", b'{"id": 7}', "")
    assert [v for k, v in found.headers if k == b"Set-Cookie"] == [b"a=1", b"b=2"]
    assert (found.entity, found.body()) == (packed, PAGE)
    assert (capture.size, capture.status, capture.ip) == (len(packed), 200, "93.184.215.14")


def test_record_headers_say_what_was_seen(tmp_path: Path) -> None:
    one = exchange(
        f"https://{SHOP}/", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", tls="TLSv1.2 ECDHE-RSA",
        chain=(b"leaf", b"root"), truncated="disconnect", reconstructed=True, port=443,
    )  # fmt: skip
    archive, capture = seal(tmp_path, one, lane=Lane.IMPORT)
    response, request, leaf, root = (record for _, record in archive.records(capture))
    assert response.get("warc-truncated") == "disconnect"
    assert response.get("x-reconstructed") == "yes"
    assert response.get("warc-ip-address") == "93.184.215.14"
    assert [v for k, v in response.headers if k == "WARC-Protocol"] == ["http/1.1", "tls/1.2"]
    assert response.get("warc-cipher-suite") == "ECDHE-RSA"
    assert response.get("x-entity-digest") == f"sha256:{capture.digest}"
    assert request.get("warc-concurrent-to") == response.get("warc-record-id")
    assert (leaf.block, root.block) == (b"leaf", b"root")
    assert response.get("x-certificate-chain") == ", ".join(r.uri.rpartition(":")[2] for r in (leaf, root))


def test_a_chain_is_written_once_a_segment(tmp_path: Path) -> None:
    chain = (b"leaf" * 100, b"root" * 100)
    with Journal.open(tmp_path / "j.jsonl") as journal, Archive.open(tmp_path / "a", journal, SOFTWARE) as archive:
        first, second = (
            archive.seal(visit(exchange(f"https://{SHOP}/{n}", answer(b"x"), chain=chain), at=n)).result()
            for n in (1, 2)
        )
        assert [r for r in first.records if r.type == "resource"] == [r for r in second.records if r.type == "resource"]
        archive.new_segment()
        third = archive.seal(visit(exchange(f"https://{SHOP}/3", answer(b"x"), chain=chain), at=3)).result()
        assert {r.file for r in third.records}.isdisjoint({r.file for r in first.records})
        assert [r.sha256 for r in third.records if r.type == "resource"] == [
            r.sha256 for r in first.records if r.type == "resource"
        ]


def test_a_browser_visit_keeps_every_exchange_and_picture(tmp_path: Path) -> None:
    made = tuple(
        Resource(name=name, media_type=kind, body=body, made=WHEN)
        for name, kind, body in (
            ("screenshot", "image/png", PNG),
            ("text", "text/plain", b"x"),
            ("dom", "text/html", PAGE),
        )
    )
    exchanges = [exchange(f"http://{SHOP}/{n}", answer(b"%d" % n)) for n in range(3)]
    archive, capture = seal(tmp_path, *exchanges, lane=Lane.BROWSER, resources=made)
    assert [ref.type for ref in capture.records] == ["response", "request"] * 3 + ["resource"] * 3
    assert (archive.resource(capture, "screenshot"), archive.resource(capture, "dom")) == (PNG, PAGE)
    assert archive.resource(capture, "screenshot-full") is None
    assert [ref.uri for ref in capture.records[-3:]] == [
        f"urn:view:http://{SHOP}/0", f"urn:text:http://{SHOP}/0", f"urn:qingwang:dom:http://{SHOP}/0"
    ]  # fmt: skip


def test_a_visit_without_an_answer_is_a_capture_too(tmp_path: Path) -> None:
    archive, refused = seal(tmp_path / "1")
    assert (refused.status, refused.records, archive.read(refused).status) == (0, (), 0)
    archive, hung = seal(tmp_path / "2", exchange(f"http://{SHOP}/", b"", truncated="time"))
    assert (hung.status, [r.type for r in hung.records], archive.read(hung).status) == (0, ["request"], 0)
    archive, half = seal(tmp_path / "3", exchange(f"http://{SHOP}/", b"HTTP/1.1 200 OK\r\nSer"))
    found = archive.read(half)
    assert (found.status, found.entity, found.fault) == (
        0,
        b"HTTP/1.1 200 OK\r\nSer",
        "收到的内容不是完整的 HTTP 应答头",
    )


def test_the_same_content_gives_the_same_bytes() -> None:
    draft = writing.Draft(type="resource", uri="urn:x:1", date=WHEN, media_type="text/plain", block=b"content")
    first, second = writing.write(draft), writing.write(draft)
    assert first == second
    assert first.data[:9] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x04"  # no time, no name
    record = reading.record(io.BytesIO(first.data), 0, len(first.data))
    assert reading.faults(record) == []
    assert record.get("warc-record-id") == first.id


@pytest.mark.parametrize("name", ["screenshot", "screenshot-full", "print", "dom", "text", "environment", "cdp"])
def test_resource_names_come_back_from_addresses(name: str) -> None:
    assert resource_name(resource_uri(name, "https://a.example/b:c?d=e")) == name


@given(st.text(max_size=80))
def test_no_address_breaks_out_of_its_line(url: str) -> None:
    shown = writing.address(url)
    assert shown.isascii()
    assert not any(char.isspace() or not char.isprintable() for char in shown)


def test_hostile_names_cannot_leave_the_archive(site: Site) -> None:
    archive, ref = Shelf(site.archive), site.captures[0].records[0]
    for name in ("../journal.jsonl", "/etc/hostname", "a.warc.gz", "20261122T030405678Z-000001.warc.gz/../../x", ""):
        with pytest.raises(InputError):
            archive.record(replace(ref, file=name))


def test_a_wrong_reference_is_named(site: Site) -> None:
    shelf, ref = Shelf(site.archive), site.captures[0].records[0]
    for wrong in ({"offset": ref.offset + 1}, {"length": ref.length - 1}, {"length": 10**12}, {"sha256": "0" * 64},
                  {"sm3": "0" * 64}, {"uri": "http://other/"}, {"type": "request"}):  # fmt: skip
        with pytest.raises(InputError):
            shelf.record(replace(ref, **wrong))  # type: ignore[arg-type]
    assert shelf.record(ref).uri == ref.uri


def test_too_large_a_block_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(writing, "MAX_BLOCK", 1000)
    with Journal.open(tmp_path / "j.jsonl") as journal, Archive.open(tmp_path / "a", journal, SOFTWARE) as archive:
        small = archive.seal(visit(exchange(f"http://{SHOP}/1", answer(b"x")))).result()
        large = visit(
            exchange(f"http://{SHOP}/2", answer(b"x")), exchange(f"http://{SHOP}/3", answer(b"x" * 2000)), at=1
        )
        with pytest.raises(SealError, match="无法封存"):
            archive.seal(large).result()
        after = archive.seal(visit(exchange(f"http://{SHOP}/4", answer(b"y")), at=2)).result()
        # The refused visit left nothing: the next record follows the last one that was sealed.
        assert after.records[0].offset == small.records[-1].offset + small.records[-1].length


def test_a_very_long_address_is_sealed_and_read(tmp_path: Path) -> None:
    url = f"http://{SHOP}/?" + "x" * 1_000_000
    archive, capture = seal(tmp_path, exchange(url, answer(b"x")))
    assert (capture.url, archive.read(capture).entity) == (url, b"x")


def test_a_record_bomb_stops_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BLOCK", 100_000)
    bomb = gzip.compress(b"WARC/1.1\r\n\r\n" + bytes(9_000_000))
    with pytest.raises(InputError, match="过大"):
        reading.record(io.BytesIO(bomb), 0, len(bomb))
    with pytest.raises(InputError, match="过大"):
        list(reading.records(io.BytesIO(bomb)))


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_rubbish_is_an_input_error(data: bytes) -> None:
    for content in (data, gzip.compress(data), gzip.compress(b"WARC/1.1\r\n" + data + b"\r\n\r\n\r\n\r\n")):
        with pytest.raises(InputError):
            reading.record(io.BytesIO(content), 0, len(content))
        if content:
            with pytest.raises(InputError):
                list(reading.records(io.BytesIO(content)))


def test_walking_a_file_finds_the_journalled_records(site: Site) -> None:
    (segment,) = site.archive.glob("*.gz")
    with segment.open("rb") as file:
        walked = [(r.type, r.offset, r.length) for r in reading.records(file)]
    refs = {(r.type, r.offset, r.length) for c in site.captures for r in c.records}
    assert refs <= set(walked)
    with segment.open("rb") as file:
        theirs = [(r.rec_type, r.rec_headers.get_header("WARC-Record-ID")) for r in ArchiveIterator(file)]
    assert [kind for kind, _ in theirs] == [kind for kind, _, _ in walked]
    assert len({name for _, name in theirs}) == len(theirs)
