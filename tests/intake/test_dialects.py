"""HAR as each program writes it, by what is known of it; the bodies that some keep compressed."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import Any

import pytest

from scanner.intake import har
from scanner.intake.recording import Failure
from scanner.model import Visit
from tests.intake.making import SHOP, entry, pairs
from tests.intake.making import har as text

PAGE = "<p>演示</p>"


def items(folder: Path, *entries: Any, **log: Any) -> list[Visit | Failure]:
    path = folder / "x.har"
    path.write_text(text(*entries, **log), encoding="utf-8")
    return list(har.read(path))


def body(item: Visit | Failure) -> str:
    assert isinstance(item, Visit), item
    return item.exchanges[0].received.partition(b"\r\n\r\n")[2].decode()


def test_safari(tmp_path: Path) -> None:
    """Web Inspector: no versions for cached answers, sizes of -1, an empty server address, ``_fetchType``, pages by id."""
    value = entry(text=PAGE, mime="text/html")
    value |= {
        "pageref": "page_0",
        "_fetchType": "Network Load",
        "serverIPAddress": "",
        "cache": {},
        "_priority": "high",
    }
    value["request"] |= {"httpVersion": "", "headersSize": -1, "bodySize": -1, "cookies": [], "queryString": []}
    value["response"] |= {"httpVersion": "", "redirectURL": "", "_transferSize": -1}
    value["response"]["content"] |= {"compression": 120}
    value["startedDateTime"] = "2026-11-22T02:22:05.151Z"
    failed = entry(status=0, text=None, size=0)
    failed["response"] |= {"statusText": "", "headers": [], "_error": "The network connection was lost."}
    one, other = items(tmp_path, value, failed, creator={"name": "WebKit Web Inspector", "version": "1.0"})
    assert body(one) == PAGE
    assert isinstance(one, Visit)
    assert dict(one.note)["recorder"] == "WebKit Web Inspector 1.0"
    assert isinstance(other, Failure)
    assert "没有收到应答" in other.why


def test_insomnia(tmp_path: Path) -> None:
    """Times as a round number, values that are numbers, ``params`` beside ``text``, no ``serverIPAddress``."""
    value = entry(
        method="POST", text='{"code":0}', post={"mimeType": "application/json", "text": '{"id":1}', "params": []}
    )
    del value["serverIPAddress"]
    value["request"] |= {"headers": [*pairs({"Content-Type": "application/json"}), {"name": "X-N", "value": 5}],
                         "settingEncodeUrl": True, "headerSize": -1, "bodySize": -1}  # fmt: skip
    value["time"], value["response"]["content"]["size"] = "12", "10"
    (one,) = items(tmp_path, value, creator={"name": "Insomnia REST Client", "version": "insomnia.desktop.app:v9.3.3"})
    assert body(one) == '{"code":0}'
    assert isinstance(one, Visit)
    assert b"\r\nX-N: 5\r\n" in one.exchanges[0].sent
    assert one.exchanges[0].sent.endswith(b'\r\n\r\n{"id":1}')


def test_mitmproxy(tmp_path: Path) -> None:
    """``savehar``: HTTP/2 without a Host, bodies of bytes in base64, ``_securityState`` and times of -1."""
    value = entry(text=base64.b64encode(PAGE.encode()).decode(), encoding="base64", mime="text/html")
    value["request"] |= {"httpVersion": "HTTP/2.0", "headers": pairs({"accept": "*/*"})}
    value["response"] |= {"httpVersion": "HTTP/2.0", "statusText": ""}
    value |= {"time": -1, "timings": {"connect": -1.0}, "connection": "443"}
    (one,) = items(tmp_path, value, creator={"name": "mitmproxy", "version": "11.0.0", "comment": ""})
    assert body(one) == PAGE
    assert isinstance(one, Visit)
    assert one.exchanges[0].sent.startswith(b"GET /p/1 HTTP/1.1\r\nHost: shop.example\r\n")


def test_charles_keeps_null_where_it_has_nothing(tmp_path: Path) -> None:
    value = entry(text=PAGE, mime="text/html; charset=utf-8", post={"mimeType": None, "text": None, "params": None})
    value["serverIPAddress"] = None
    value["response"]["statusText"] = None
    assert body(*items(tmp_path, value)) == PAGE


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "gzip, identity"])
def test_bodies_kept_compressed_are_unpacked(tmp_path: Path, coding: str) -> None:
    packed = base64.b64encode(gzip.compress(PAGE.encode())).decode()
    headers = {"Content-Type": "text/html", "Content-Encoding": coding}
    (one,) = items(tmp_path, entry(text=packed, encoding="base64", received=headers))
    assert body(one) == PAGE
    assert isinstance(one, Visit)
    assert "content-encoding" in dict(one.note)["response_headers_dropped"]


def test_a_corrupted_gzip_body_is_a_failure_and_stops_nothing(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE.encode() * 50)
    bad = packed[:20] + b"\0\0\0" + packed[23:]
    headers = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    damaged, cut, good = items(
        tmp_path,
        entry(text=base64.b64encode(bad).decode(), encoding="base64", received=headers),
        entry(text=base64.b64encode(packed[:-9]).decode(), encoding="base64", received=headers),
        entry(text=PAGE, received=headers),  # unpacked by the recorder, as nearly all do
    )
    for failure in (damaged, cut):
        assert isinstance(failure, Failure)
        assert failure.why == "应答正文解不开：声明为 gzip 的内容解不开"
    assert body(good) == PAGE


def test_a_picture_is_not_unpacked_for_its_head(tmp_path: Path) -> None:
    """A gzip file offered for download says gzip of itself, not of how it was sent."""
    file = gzip.compress(b"x")
    (one,) = items(
        tmp_path,
        entry(f"{SHOP}/a.gz", text=base64.b64encode(file).decode(), encoding="base64", mime="application/gzip"),
    )
    assert isinstance(one, Visit)
    assert one.exchanges[0].received.endswith(file)
