"""WARC and WACZ of others and of our own: what is sealed as it is, what is rebuilt, what is refused."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.intake import formats, warcfile
from scanner.intake.recording import Failure, Recording
from scanner.model import Visit
from tests.intake.making import SHOP, answer, request, warc, zipped

URL = f"{SHOP}/p/1"
PAGE = "<p>演示</p>".encode()
PAIR = (URL, request(), answer(PAGE))


def recording(folder: Path, data: bytes, name: str = "x.warc") -> Recording:
    path = folder / name
    path.write_bytes(data)
    return formats.read(path)


def items(folder: Path, data: bytes, name: str = "x.warc") -> list[Visit | Failure]:
    return list(recording(folder, data, name))


@pytest.mark.parametrize("gz", [True, False])
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_bytes_of_the_wire_stay_what_they_are(tmp_path: Path, gz: bool, version: str) -> None:
    (visit,) = items(tmp_path, warc(PAIR, gzip=gz, version=version))
    assert isinstance(visit, Visit)
    assert (visit.url, visit.time) == (URL, datetime(2026, 11, 22, 2, 22, 5, tzinfo=UTC))
    (exchange,) = visit.exchanges
    assert not exchange.reconstructed
    assert (exchange.sent, exchange.received) == PAIR[1:]
    assert exchange.ip == "192.0.2.7"
    assert dict(visit.note)["recorder"] == "演示归档 1"


def test_a_file_compressed_as_a_whole(tmp_path: Path) -> None:
    assert len(items(tmp_path, gzip.compress(warc(PAIR, PAIR, gzip=False)))) == 2


def test_credentials_are_taken_out_and_then_it_says_rebuilt(tmp_path: Path) -> None:
    asked = request(f"{SHOP}/p/1", "Cookie: sid=Kj3n5b6v7c8x9Q2w")
    found = recording(tmp_path, warc((URL, asked, answer(PAGE)), PAIR))
    first, second = found
    assert isinstance(first, Visit)
    assert isinstance(second, Visit)
    assert first.exchanges[0].reconstructed
    assert b"Kj3n5b6v7c8x9Q2w" not in first.exchanges[0].sent
    assert not second.exchanges[0].reconstructed
    assert found.scrub.places == ((1, "request header Cookie"),)


def test_an_answer_without_a_request_has_none_made_up(tmp_path: Path) -> None:
    (visit,) = items(tmp_path, warc((URL, b"", answer(PAGE))))
    assert isinstance(visit, Visit)
    assert (visit.exchanges[0].sent, visit.exchanges[0].received) == (b"", answer(PAGE))
    assert dict(visit.note)["request"] == "not in the file"


def record(kind: str, block: bytes, *headers: str, url: str = URL) -> bytes:
    head = ["WARC/1.0", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", "WARC-Date: 2026-11-22T02:22:05Z",
            f"Content-Length: {len(block)}", *headers, "", ""]  # fmt: skip
    return "\r\n".join(head).encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (record("revisit", b""), "revisit"),
        (record("continuation", b"x"), "continuation"),
        (record("response", answer(PAGE), "WARC-Truncated: length"), "截断（length）"),
        (record("response", answer(PAGE), "WARC-Block-Digest: sha1:" + "A" * 32), "摘要不符"),
        (record("response", answer(PAGE)[:-3]), "内容不完整"),
        (record("response", b"not HTTP"), "应答已损坏"),
        (record("response", b""), "没有收到应答"),
        (record("response", answer(PAGE, "text/html", "Content-Encoding: gzip")), "gzip"),
        (record("response", answer(PAGE)).replace(b"2026-11-22T02:22:05Z", b"2026-11-22"), "时间"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    failure, after = items(tmp_path, data + record("response", answer(PAGE)))
    assert isinstance(failure, Failure)
    assert said in failure.why
    assert isinstance(after, Visit)


def test_records_that_are_no_exchanges_are_passed_over(tmp_path: Path) -> None:
    data = record("metadata", b"x") + record("response", b"x", url="dns:shop.example") + record("conversion", b"x")
    assert items(tmp_path, data) == []
    (visit,) = items(tmp_path, record("resource", PAGE, "Content-Type: text/html"))
    assert isinstance(visit, Visit)
    assert visit.exchanges[0].reconstructed
    assert "status and head were written" in dict(visit.note)["response"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (warc(PAIR)[:-20], "中断"),
        (warc(PAIR, gzip=False)[:-20], "中断"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "中断"),
        (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: -5\r\n\r\n", "长度有误"),
        (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999\r\n\r\nx", "中断"),
        (b"WARC/1.0\r\nnonsense\r\n\r\n", "记录头有误"),
        (b"WARC/9.9\r\n\r\n", "这里应为 WARC 记录"),
        (b"\x1f\x8bnonsense", "无法解压"),
        (record("response", b"x").replace(b"Content-Length: 1", b"Content-Length: 0"), "这里应为 WARC 记录"),
    ],
    ids=range(9),  # records hold ids of their own, which no two processes make alike
)
def test_damaged_files_are_refused_whole(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        items(tmp_path, data)
    assert said in caught.value.message
    assert str(tmp_path / "x.warc") in caught.value.where
    assert caught.value.hint


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warcfile, "MAX_UNPACKED", 5_000_000)
    with pytest.raises(InputError, match="解压后超过"):
        items(tmp_path, gzip.compress(record("metadata", b" " * 10_000_000)))
    monkeypatch.setattr(warcfile, "MAX_HEADER", 10_000)
    with pytest.raises(InputError, match="记录头过长"):
        items(tmp_path, gzip.compress(b"WARC/1.0\r\nX: " + b" " * 1_000_000))
    monkeypatch.setattr(warcfile, "MAX_RECORDS", 3)
    with pytest.raises(InputError, match="超过 3 条"):
        items(tmp_path, record("metadata", b"") * 4)


def test_a_wacz_and_a_zip_with_a_wacz_in_it(tmp_path: Path) -> None:
    inner = zipped({"archive/data.warc.gz": warc(PAIR), "datapackage.json": b"{}", "pages/pages.jsonl": b""})
    assert len(items(tmp_path, inner, "x.wacz")) == 1
    assert len(items(tmp_path, zipped({"包/pages.wacz": inner, "包/report.html": b""}), "x.zip")) == 1
    with pytest.raises(InputError, match="这不是 WACZ"):
        items(tmp_path, zipped({"archive/../data.warc.gz": warc(PAIR)}), "x.wacz")
