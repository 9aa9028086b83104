from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import InputError
from scanner.evidence.wire import http
from scanner.intake import har, harfile
from scanner.intake.recording import Failure
from scanner.model import Lane, Visit
from tests.intake.making import SHOP, entry, written


def items(folder: Path, *entries: Any) -> list[Visit | Failure]:
    return list(har.read(written(folder, *entries)))


def one(folder: Path, **changes: Any) -> Visit:
    (item,) = items(folder, entry(**changes))
    assert isinstance(item, Visit)
    return item


def why(folder: Path, value: Any) -> str:
    (item,) = items(folder, value)
    assert isinstance(item, Failure)
    return item.why


def test_an_exchange_is_rebuilt(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        entry(
            f"{SHOP}:8443/api?s=goods/detail&x=1#top",
            method="POST",
            sent={":authority": "shop.example", "Accept": "*/*", "Content-Length": "999"},
            post={"mimeType": "application/json", "text": '{"id":9001}'},
            received={"Content-Type": "application/json", "Content-Encoding": "gzip", "Transfer-Encoding": "chunked"},
            text='{"名":"演示"}',
        ),
    )
    recording = har.read(path)
    (visit,) = recording
    assert isinstance(visit, Visit)
    assert (visit.url, visit.storefront, visit.lane) == (
        f"{SHOP}:8443/api?s=goods/detail&x=1#top", "shop.example:8443", Lane.IMPORT,
    )  # fmt: skip
    assert visit.time == datetime(2026, 11, 22, 2, 22, 5, 151637, UTC)
    (exchange,) = visit.exchanges
    assert exchange.reconstructed
    assert (exchange.ip, exchange.port, exchange.method) == ("192.0.2.7", 8443, "POST")
    assert exchange.ended == datetime(2026, 11, 22, 2, 22, 5, 164137, UTC)
    assert exchange.sent == (
        b"POST /api?s=goods/detail&x=1 HTTP/1.1\r\nHost: shop.example:8443\r\nAccept: */*\r\nContent-Length: 11\r\n\r\n"
        b'{"id":9001}'
    )
    body = '{"名":"演示"}'.encode()
    assert exchange.received == (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert visit.note == (
        ("file", "会话.har"), ("file_sha256", digest), ("entry", "1"), ("recorder", "演示录制 1"),
        ("body", "text re-encoded as utf-8"), ("response_headers_dropped", "content-encoding, transfer-encoding"),
    )  # fmt: skip
    assert (recording.scrub.name, recording.scrub.sha256, recording.scrub.places) == ("会话.har", digest, ())
    assert recording.scrub.sm3 == hashlib.new("sm3", path.read_bytes()).hexdigest()
    assert recording.scrub.size == path.stat().st_size
    assert list(recording) == [visit]  # again the same


def test_our_own_parser_reads_what_we_rebuild(tmp_path: Path) -> None:
    visit = one(tmp_path, text="演示", mime="text/html")
    answer = http.head(visit.exchanges[0].received)
    assert answer.status == 200
    assert http.entity(visit.exchanges[0].received, answer).body == "演示".encode()
    assert http.entity(visit.exchanges[0].received, answer).fault == ""


@pytest.mark.parametrize(
    ("mime", "text", "codec", "says"),
    [
        ("text/html; charset=GBK", "演示 10℃", "gb18030", "text re-encoded as gb18030"),
        ("text/html; charset='gb2312'", "演示𠮷", "gb18030", "text re-encoded as gb18030"),
        ("text/html", "<meta charset=gbk>演示", "gb18030", "text re-encoded as gb18030"),
        ("application/json", "<meta charset=gbk>演示", "utf-8", "text re-encoded as utf-8"),
        ("text/html;charset=utf-8", "演示", "utf-8", "text re-encoded as utf-8"),
    ],
)
def test_text_is_re_encoded_as_declared(tmp_path: Path, mime: str, text: str, codec: str, says: str) -> None:
    visit = one(tmp_path, mime=mime, text=text)
    assert visit.exchanges[0].received.endswith(b"\r\n\r\n" + text.encode(codec))
    assert dict(visit.note)["body"] == says


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-7", "base64", "nonsense"])
def test_text_that_does_not_fit_its_declaration_says_so(tmp_path: Path, charset: str) -> None:
    visit = one(tmp_path, mime=f"text/html; charset={charset}", text="演示")
    received = visit.exchanges[0].received
    assert received.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n")
    assert received.endswith("演示".encode())
    assert "Content-Type changed" in dict(visit.note)["body"]


def test_text_without_a_declared_type_keeps_the_recorders(tmp_path: Path) -> None:
    received = one(tmp_path, mime="text/html", text="演示\ud800", received={"Server": "demo"}).exchanges[0].received
    assert b"\r\nContent-Type: text/html; charset=utf-8\r\n" in received


def test_base64_bodies_are_the_bytes_themselves(tmp_path: Path) -> None:
    picture = bytes(range(256))
    visit = one(tmp_path, text=base64.b64encode(picture).decode(), encoding="base64", mime="image/png")
    assert visit.exchanges[0].received.endswith(b"\r\n\r\n" + picture)
    assert "body" not in dict(visit.note)


def test_form_parameters_without_text(tmp_path: Path) -> None:
    post = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "id", "value": "9 1"}, {"name": "名"}]}
    visit = one(tmp_path, method="post", post=post)
    assert visit.exchanges[0].sent.endswith(b"\r\n\r\nid=9+1&%E5%90%8D=")
    assert dict(visit.note)["request_body"] == "rebuilt from recorded parameters"


def test_a_cached_body_is_taken_and_says_so(tmp_path: Path) -> None:
    visit = one(tmp_path, status=304, text="演示", mime="text/html")
    assert visit.exchanges[0].received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert dict(visit.note)["status_recorded"].startswith("304,")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"text": None, "size": 0}, 200),
        ({"text": None, "size": -1, "status": 302}, 302),
        ({"text": None, "status": 204}, 204),
    ],
)
def test_answers_without_a_body(tmp_path: Path, changes: dict[str, Any], status: int) -> None:
    received = one(tmp_path, **changes).exchanges[0].received
    assert received.startswith(b"HTTP/1.1 %d OK\r\n" % status)
    assert received.endswith(b"\r\n\r\n")


def broken(**changes: Any) -> dict[str, Any]:
    value = entry()
    for path, new in changes.items():
        at: Any = value
        *steps, last = path.split("__")
        for step in steps:
            at = at[step]
        at[last] = new
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (entry(text=None, size=23866), "没有应答正文"),
        (entry(text=None, size=-1, comment="Response bodies are not included."), "没有应答正文"),
        (entry(text=None, status=304), "缓存"),
        (entry(text="%%%", encoding="base64"), "base64"),
        (entry(status=0, text=None), "没有收到应答"),
        (entry(status=99999), "没有收到应答"),
        (entry("data:text/html,hello"), "不是 http"),
        (entry("chrome-extension://abc/x.js"), "不是 http"),
        (entry("https:///nohost"), "不是 http"),
        (entry("https://[::1/"), "网址有误"),
        (entry("https://shop.example:99999/"), "网址有误"),
        (entry(f"{SHOP}/" + "x" * 70_000), "网址过长"),
        (entry(method="GET /x HTTP/1.1\r\nEvil: 1"), "请求方法"),
        (entry(received={"X": "y" * 300_000}), "过长"),
        (broken(startedDateTime="yesterday"), "时间"),
        (broken(startedDateTime="2026-11-22T10:22:05"), "时区"),
        (broken(response=None), "记录不完整：response"),
        (broken(response__status="OK"), "记录不完整：response.status"),
        (broken(request__headers="none"), "记录不完整：request.headers"),
        (broken(request__url=None), "没有网址"),
        (broken(request=[]), "没有网址"),
        ("text", "没有网址"),
        (None, "没有网址"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, value: Any, said: str) -> None:
    assert said in why(tmp_path, value)


def test_a_failure_stops_nothing(tmp_path: Path) -> None:
    first, second, third = items(
        tmp_path, entry(f"{SHOP}/1"), entry(f"{SHOP}/2?token=Kj3n5b6v7c8x", status=0), entry(f"{SHOP}/3")
    )
    assert isinstance(first, Visit)
    assert second == Failure(entry=2, url=f"{SHOP}/2?token=[scrubbed]", why="没有收到应答（被拦截、取消或者网络中断）")
    assert isinstance(third, Visit)


def test_recorded_values_cannot_break_out_of_their_line(tmp_path: Path) -> None:
    visit = one(
        tmp_path,
        url=f"{SHOP}/a b\r\nX: 1?q=演示\x00",
        sent={"Accept": "x\r\nEvil: 1\r\n\r\nGET / HTTP/1.1", "Bad Name\r\n": "1", "Ok": "\ttab\t"},
        received={"Content-Type": "text/plain", "X-Note": "a\nSet-Cookie: b=c", "": "nameless"},
        text="x",
    )
    exchange = visit.exchanges[0]
    assert visit.url == f"{SHOP}/a%20b%0D%0AX:%201?q=%E6%BC%94%E7%A4%BA%00"
    head, _, body = exchange.sent.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"GET /a%20b%0D%0AX:%201?q=%E6%BC%94%E7%A4%BA%00 HTTP/1.1", b"Host: shop.example",
        b"Accept: x Evil: 1 GET / HTTP/1.1", b"Ok: \ttab",
    ]  # fmt: skip
    assert body == b""
    assert b"\r\nX-Note: a Set-Cookie: b=c\r\n" in exchange.received


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_the_file(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.har"
    text = json.dumps({"log": {"entries": [entry()]}}, ensure_ascii=False)
    path.write_bytes(text.encode(encoding))
    assert len(list(har.read(path))) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "应为 {"),
        (b"[]", "应为 {"),
        (b"{}", "没有 log.entries"),
        (b'{"log": {"version": "1.2"}}', "没有 log.entries"),
        (b'{"log": {"entries": {}}}', "应为 ["),
        (b'{"log": {"entries": [{"a": 1}, {"b"', "JSON 有误"),
        (b'{"log": {"entries": [{}]', "应为 ,"),
        (b'{"log": {"entries": [{}', "应为 ,"),
        (b'{"log": {"entries": [{},]}}', "JSON 有误"),
        (b'{"log": {"entries": []}} trailing', "还有别的内容"),
        (b'{"log": {"entries": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}}", "嵌套过深"),
        (b'{"log": {"entries": [' + b"9" * 10_000 + b"]}}", "过长的数字"),
        (b'{"log": {"entries": ["\xff\xfe"]}}', "不是 UTF-8"),
        (b"PK\x03\x04 a zip", "应为 {"),
    ],
)
def test_damaged_files_are_refused_whole(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "x.har"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        har.read(path)
    assert said in caught.value.message
    assert caught.value.where.startswith(str(path))
    assert caught.value.hint


def test_the_line_of_the_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.har"
    path.write_text('{"log": {\n "entries": [\n  {"a": }\n]}}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        har.read(path)
    assert caught.value.where == f"{path}:3"


def test_caps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, entry(), entry(), entry())
    monkeypatch.setattr(harfile, "MAX_ENTRIES", 2)
    with pytest.raises(InputError, match="超过 2 条"):
        har.read(path)
    monkeypatch.setattr(harfile, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match="超过"):
        har.read(path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="读不了"):
        har.read(tmp_path / "nothing.har")


# --- real recordings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "visits", "failures"),
    [
        ("session_nideshop.har", 32, 0),
        ("session_shopxo.har", 25, 0),
        ("dialects/har_files__charles.har", 1, 0),
        ("dialects/har_files__chrome.har", 2, 1),
        ("dialects/har_files__firefox.har", 9, 5),
        ("dialects/har_files__with-bom.har", 1, 0),
    ],
)
def test_real_dialects(shared: Callable[[str], Path], name: str, visits: int, failures: int) -> None:
    found = list(har.read(shared(f"cases/captures/{name}")))
    assert sum(isinstance(item, Visit) for item in found) == visits
    assert sum(isinstance(item, Failure) for item in found) == failures
    for item in found:
        if isinstance(item, Visit):
            answer = http.head(item.exchanges[0].received)
            assert http.entity(item.exchanges[0].received, answer).fault == ""


@pytest.mark.parametrize("name", ["corrupted_har__broken_headers.json", "corrupted_har__brokenfile.har"])
def test_broken_dialects(shared: Callable[[str], Path], name: str) -> None:
    with pytest.raises(InputError) as caught:
        har.read(shared(f"cases/captures/dialects/{name}"))
    assert name in caught.value.where


@pytest.mark.parametrize("name", ["session_nideshop.har", "session_shopxo.har"])
def test_answers_survive_scrubbing_unchanged(shared: Callable[[str], Path], name: str) -> None:
    """Both shops answer with ``code``/``errno`` and product fields; none of it is taken for a credential."""
    path = shared(f"cases/captures/{name}")
    raw = json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]
    for value, visit in zip(raw, har.read(path), strict=True):
        assert isinstance(visit, Visit)
        content = value["response"]["content"]
        body = base64.b64decode(content["text"]) if content.get("encoding") else content["text"].encode()
        assert visit.exchanges[0].received.endswith(b"\r\n\r\n" + body)
        kept = value["request"].get("postData", {}).get("text", "")
        if "code" not in kept:
            assert visit.exchanges[0].sent.endswith(b"\r\n\r\n" + kept.encode())


@pytest.mark.parametrize("name", ["session_nideshop.har", "session_shopxo.har", "dialects/har_files__chrome.har"])
def test_real_credentials_are_gone(shared: Callable[[str], Path], name: str) -> None:
    path = shared(f"cases/captures/{name}")
    secrets: set[str] = set()
    for value in json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]:
        for header in value["request"]["headers"] + value["response"]["headers"]:
            if header["name"].lower() in ("cookie", "set-cookie"):
                secrets |= {pair.partition("=")[2] for pair in header["value"].replace("\n", ";").split(";")}
            if "token" in header["name"].lower():
                secrets.add(header["value"])
        secrets.add('"code":"0a3xYz"')
    secrets = {secret for secret in secrets if len(secret) >= 15}
    assert secrets
    recording = har.read(path)
    stored = b"\0".join(
        part
        for item in recording
        if isinstance(item, Visit)
        for exchange in item.exchanges
        for part in (exchange.sent, exchange.received, item.url.encode(), repr(item.note).encode())
    )
    assert [secret for secret in secrets if secret.encode() in stored] == []
    assert recording.scrub.places
