"""Fiddler's archives: sessions, tunnels, hostile zips."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.intake import formats
from scanner.intake import zipped as zips
from scanner.intake.recording import Failure
from scanner.model import Visit
from tests.intake.making import META, SHOP, answer, request, saz, zipped

PAGE = "<p>演示</p>".encode()
PAIR = (request(), answer(PAGE))


def items(folder: Path, data: bytes) -> list[Visit | Failure]:
    path = folder / "x.saz"
    path.write_bytes(data)
    return list(formats.read(path))


def fault(folder: Path, data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        items(folder, data)
    assert caught.value.where.startswith(str(folder / "x.saz"))
    assert caught.value.hint
    return caught.value


def test_a_session_is_read(tmp_path: Path) -> None:
    (visit,) = items(tmp_path, saz(PAIR))
    assert isinstance(visit, Visit)
    assert (visit.url, visit.time) == (f"{SHOP}/p/1", datetime(2026, 11, 22, 2, 22, 5, 151637, UTC))
    (exchange,) = visit.exchanges
    assert exchange.reconstructed  # Fiddler may have unpacked it
    assert (exchange.ip, exchange.ended) == ("192.0.2.7", datetime(2026, 11, 22, 2, 22, 6, 151637, UTC))
    assert exchange.sent.startswith(b"GET /p/1 HTTP/1.1\r\nHost: shop.example\r\n")
    assert exchange.received.endswith(b"\r\n\r\n" + PAGE)


def test_without_its_times_the_servers_clock_counts_and_says_so(tmp_path: Path) -> None:
    unset = META.replace("2026-11-22T10:22:05.1516370+08:00", "0001-01-01T00:00:00")
    dated = answer(PAGE, "text/html", "Date: Sun, 22 Nov 2026 02:22:05 GMT")
    visit, without = items(tmp_path, saz((request(), dated), PAIR, meta=unset))
    assert isinstance(visit, Visit)
    assert visit.time == datetime(2026, 11, 22, 2, 22, 5, tzinfo=UTC)
    assert "server's clock" in dict(visit.note)["time"]
    assert isinstance(without, Failure)
    assert "时间" in without.why


def test_cut_answers_and_missing_ones_are_failures(tmp_path: Path) -> None:
    cut, none, good = items(tmp_path, saz((request(), answer(PAGE)[:-5]), (request(), b""), PAIR))
    assert isinstance(cut, Failure)
    assert "内容不完整" in cut.why
    assert isinstance(none, Failure)
    assert "没有收到应答" in none.why
    assert isinstance(good, Visit)


def test_a_tunnel_is_named_only_where_it_was_not_opened(tmp_path: Path) -> None:
    def tunnel(host: str) -> tuple[bytes, bytes]:
        return (f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), b"HTTP/1.1 200 OK\r\n\r\n")

    visit, closed = items(tmp_path, saz(tunnel("shop.example"), PAIR, tunnel("pay.example")))
    assert isinstance(visit, Visit)
    assert isinstance(closed, Failure)
    assert (closed.url, "没有解密" in closed.why) == ("https://pay.example:443/", True)


def test_names_are_never_paths(tmp_path: Path) -> None:
    away = "../../evil_c.txt"
    (visit,) = items(tmp_path, zipped({
        away: b"x", "raw/../../2_c.txt": b"x", "/raw/3_c.txt": b"x",
        "raw/1_c.txt": PAIR[0], "raw/1_s.txt": PAIR[1], "raw/1_m.xml": META.encode(),
    }))  # fmt: skip
    assert isinstance(visit, Visit)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["x.saz"]


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_UNPACKED", 3_000_000)
    big = answer(b" " * 2_000_000)
    assert len(saz((request(), big), (request(), big))) < 20_000
    assert "解压后超过" in fault(tmp_path, saz((request(), big), (request(), big))).message
    one = zipped({"raw/1_c.txt": b" " * (zips.MAX_MEMBER + 1)})
    assert "解压后超过 72 MB" in fault(tmp_path, one).message
    monkeypatch.setattr(zips, "MAX_MEMBERS", 10)
    assert "超过 10 个" in fault(tmp_path, zipped({f"raw/{n}_c.txt": b"x" for n in range(11)})).message


def test_a_size_that_lies_is_found(tmp_path: Path) -> None:
    data = bytearray(saz(PAIR))
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 5)
    assert "已损坏" in fault(tmp_path, bytes(data)).message


def test_encrypted_doubled_and_foreign_zips_are_named(tmp_path: Path) -> None:
    locked = bytearray(saz(PAIR))
    for place in (locked.find(b"PK\x03\x04") + 6, locked.find(b"PK\x01\x02") + 8):
        locked[place] |= 1
    assert "有密码" in fault(tmp_path, bytes(locked)).message
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("raw/1_c.txt", b"a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("raw/1_c.txt", b"b")
    assert "同名" in fault(tmp_path, out.getvalue()).message
    assert "重复" in fault(tmp_path, zipped({"raw/1_c.txt": b"a", "raw/01_c.txt": b"b"})).message
    assert "没有 raw 会话" in fault(tmp_path, zipped({"a.txt": b"a"})).message
    assert "不是可以读取的 zip" in fault(tmp_path, saz(PAIR)[:-30]).message
    assert "不是可以读取的 zip" in fault(tmp_path, b"").message
