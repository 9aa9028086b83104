"""Every format: told by name or by its first bytes; and whatever is done to a file of ours, an import ends with what it
holds or with a problem that has a name, never with half of it and never with a traceback."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.intake import brought, formats, transcript
from scanner.intake.recording import Failure, Recording
from scanner.model import Visit
from scanner.page import spoken
from tests.intake.making import SHOP, SRT, answer, entry, flow, har, mhtml, old_flow, request, saz, tnet, warc, zipped

PAGE = (
    "<html><head><title>演示</title></head><body><h1>演示血压计</h1><p>注册证号：演械注准20992070001</p></body></html>"
)
PAIR = (request(), answer(PAGE.encode()))
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
WARC = warc((f"{SHOP}/p/1", *PAIR), (f"{SHOP}/p/2", *PAIR))

FILES: dict[str, bytes] = {
    "a.har": har(entry(text=PAGE, mime="text/html"), entry(f"{SHOP}/p/2", text="e30=", encoding="base64")).encode(),
    "a.mitm": tnet(flow()) + tnet(old_flow()) + tnet(flow("/p/2")),
    "a.saz": saz(PAIR, PAIR),
    "a.warc": warc((f"{SHOP}/p/1", *PAIR), gzip=False),
    "a.warc.gz": WARC,
    "a.wacz": zipped({"archive/data.warc.gz": WARC, "datapackage.json": b"{}"}),
    "a.html": f"<!-- saved from url=(0026){SHOP}/p/1 -->{PAGE}".encode(),
    "a.mhtml": mhtml(PAGE),
    "a.png": PNG,
    "a.srt": SRT.encode(),
    "a.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>x</v>\n",
    "a.txt": "[00:12:03] 三天见效\n[00:12:09] 加V咨询".encode("gbk"),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_each_is_read_by_its_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / name.upper()
    path.write_bytes(FILES[name])
    found = list(formats.read(path))
    assert found
    assert all(isinstance(item, Visit) for item in found)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"a.srt", "a.txt"}))
def test_each_is_known_by_its_first_bytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / "文件.bin"
    path.write_bytes(FILES[name])
    assert all(isinstance(item, Visit) for item in formats.read(path))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x1f\x8bxx", b"Rar!", "一段文字".encode()])
def test_what_is_of_no_format_is_named(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "文件.bin"
    path.write_bytes(data)
    with pytest.raises(InputError, match="认不出文件的格式") as caught:
        formats.read(path)
    assert "HAR" in caught.value.hint


def test_what_is_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="这不是文件"):
        formats.read(tmp_path)
    with pytest.raises(InputError, match="读不了"):
        formats.read(tmp_path / "nothing.saz")
    pipe = tmp_path / "pipe.har"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="这不是文件"):
        formats.read(pipe)  # would wait for ever for somebody to write
    monkeypatch.setattr(brought, "MAX_BYTES", 10)
    (tmp_path / "a.saz").write_bytes(b"x" * 11)
    with pytest.raises(InputError, match="超过 0 MB"):
        formats.read(tmp_path / "a.saz")


# --- transcripts and pictures -------------------------------------------------------------------------------------------


def one(path: Path, data: bytes, **known: str) -> Visit:
    path.write_bytes(data)
    (visit,) = formats.read(path, **known)
    assert isinstance(visit, Visit)
    return visit


def test_a_transcript_says_of_itself_where_and_when(tmp_path: Path) -> None:
    visit = one(tmp_path / "a.srt", SRT.encode())
    assert (visit.url, visit.storefront) == ("https://live.example/room/1", "live.example")
    assert visit.time == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert visit.exchanges[0].received.endswith(b"\r\n\r\n" + SRT.encode())
    assert b"X-Account" not in visit.exchanges[0].received


def test_or_who_brings_it_does(tmp_path: Path) -> None:
    visit = one(tmp_path / "a.txt", b"00:01 x", url=f"{SHOP}/live", account="演示号")
    assert visit.url == f"{SHOP}/live"
    assert b"\r\nX-Account: %E6%BC%94%E7%A4%BA%E5%8F%B7\r\n" in visit.exchanges[0].received
    assert dict(visit.note)["account"] == "as said by who brought the file"


def test_damaged_transcripts_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("没有时间的文字", encoding="utf-8")
    with pytest.raises(InputError, match="没有带时间的文字"):
        formats.read(path)
    monkeypatch.setattr(spoken, "MAX_PIECES", 1)
    path.write_text("00:01 一\n00:02 二", encoding="utf-8")
    with pytest.raises(InputError, match="超过 1 条"):
        formats.read(path)
    monkeypatch.setattr(transcript, "MAX_BYTES", 3)
    with pytest.raises(InputError, match="超过 0 MB"):
        formats.read(path)


def test_a_picture_is_taken_as_it_is(tmp_path: Path) -> None:
    visit = one(tmp_path / "a.png", PNG, url=f"{SHOP}/1")
    assert visit.url == f"{SHOP}/1"
    assert visit.exchanges[0].received.endswith(b"\r\n\r\n" + PNG)
    path = tmp_path / "b.png"
    path.write_bytes(b"no picture")
    with pytest.raises(InputError, match="不是可以读取的图片"):
        formats.read(path)


# --- what an attacker or a broken disk does ------------------------------------------------------------------------------


def damaged(data: bytes, seed: int, kind: str) -> bytes:
    """The file cut, with bits turned over, with its pieces in another order, or with a piece of it repeated."""
    dice = random.Random(seed)
    if kind == "cut":
        return data[: dice.randrange(len(data))]
    if kind == "flipped":
        changed = bytearray(data)
        for _ in range(dice.randint(1, 12)):
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        return bytes(changed)
    places = sorted(dice.sample(range(len(data)), min(len(data), 6)))
    pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    if kind == "shuffled":
        dice.shuffle(pieces)
    else:
        pieces.insert(dice.randrange(len(pieces)), dice.choice(pieces) * dice.randint(1, 50))
    return b"".join(pieces)


def read(path: Path) -> Recording | InputError:
    """The recording, or the problem: one that says what, where and what to do."""
    try:
        return formats.read(path)
    except InputError as problem:
        if not (problem.message and problem.hint and problem.where.startswith(str(path))):
            raise
        return problem


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FILES))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["cut", "flipped", "shuffled", "repeated"]))
def test_damage_ends_with_what_is_there_or_with_a_named_problem(
    name: str, tmp_path: Path, seed: int, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(damaged(FILES[name], seed, kind))
    recording = read(path)
    if isinstance(recording, InputError):
        return
    for item in recording:  # what has been opened is read to its end
        if isinstance(item, Failure):
            assert item.why
        else:
            (exchange,) = item.exchanges
            whole = http.response(exchange.received, method=exchange.method)
            assert 100 <= whole.status <= 599
            assert not exchange.sent or http.request(exchange.sent).method
            assert item.storefront


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), name=st.sampled_from([*sorted(FILES), "a.bin"]))
def test_any_bytes_under_any_name(data: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    recording = read(path)
    assert isinstance(recording, InputError) or all(isinstance(item, Visit | Failure) for item in recording)
