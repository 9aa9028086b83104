"""mitmproxy's flow files: versions, what is no page, damage named."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import InputError
from scanner.intake import formats, har, tnet
from scanner.intake.recording import Failure
from scanner.model import Visit
from tests.intake.making import SHOP, flow, old_flow
from tests.intake.making import tnet as written


def items(folder: Path, *flows: Any) -> list[Visit | Failure]:
    path = folder / "会话.mitm"
    path.write_bytes(b"".join(map(written, flows)))
    return list(formats.read(path))


def one(folder: Path, value: Any) -> Visit:
    (item,) = items(folder, value)
    assert isinstance(item, Visit), item
    return item


def test_a_flow_is_rebuilt(tmp_path: Path) -> None:
    visit = one(tmp_path, flow("/p/1?x=1", b'{"a":1}'))
    assert (visit.url, visit.storefront) == (f"{SHOP}/p/1?x=1", "shop.example")  # by Host, not by the server's number
    assert visit.time == datetime.fromtimestamp(1795314125.5, UTC)
    (exchange,) = visit.exchanges
    assert (exchange.reconstructed, exchange.ip, exchange.port) == (True, "192.0.2.7", 443)
    assert exchange.ended == datetime.fromtimestamp(1795314126.25, UTC)
    assert exchange.sent == b"GET /p/1?x=1 HTTP/1.1\r\nhost: shop.example\r\naccept: */*\r\n\r\n"
    assert exchange.received.endswith(b'Content-Length: 7\r\n\r\n{"a":1}')
    assert dict(visit.note)["recorder"] == "mitmproxy"
    assert dict(visit.note)["response_version"] == "HTTP/2.0"


def test_the_oldest_flows(tmp_path: Path) -> None:
    visit = one(tmp_path, old_flow())
    assert (visit.url, visit.storefront) == ("http://shop.example:8080/api?x=1", "shop.example:8080")
    (exchange,) = visit.exchanges
    assert (exchange.method, exchange.ip) == ("POST", "192.0.2.9")
    assert exchange.sent.endswith(b"\r\n\r\nid=1")
    assert exchange.received.endswith(b"\r\n\r\n" + "演示".encode("gbk"))


def test_compressed_bodies_are_unpacked(tmp_path: Path) -> None:
    packed = [[b"content-type", b"text/html"], [b"content-encoding", b"gzip"]]
    body = gzip.compress("<p>演示</p>".encode())
    visit = one(tmp_path, flow(body=body, response={"headers": packed}))
    assert visit.exchanges[0].received.endswith("\r\n\r\n<p>演示</p>".encode())
    (cut,) = items(tmp_path, flow(body=body[:-12], response={"headers": packed}))
    assert isinstance(cut, Failure)
    assert cut.why == "应答正文解不开：声明为 gzip 的内容解不开"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (flow() | {"response": None, "error": {"msg": "Connection killed."}}, "没有收到应答（被拦截、取消或者网络中断）：Conn"),
        (flow(body=None), "没有应答正文"),
        (flow(type="tcp"), "不是 HTTP（tcp）"),
        (flow(request={"timestamp_start": "yesterday"}), "时间"),
        (flow(request={"timestamp_start": float("nan")}), "时间"),
        (flow(request={"timestamp_start": 1e300}), "时间"),
        (flow(request={"method": b"GET / HTTP/1.1\r\nEvil: 1"}), "请求方法"),
        (flow(request={"headers": [[b"host"]]}), "headers"),
        (flow(request={"scheme": b""}), "没有网址"),
        (flow(request={"scheme": b"ftp"}), "不是 http"),
        (flow(response={"status_code": 0}), "status_code"),
        (flow(body=b"", response={"status_code": 304}), "缓存"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(tmp_path: Path, value: Any, said: str) -> None:
    first, second = items(tmp_path, value, flow("/after"))
    assert isinstance(first, Failure)
    assert said in first.why
    assert isinstance(second, Visit)


def test_the_proxys_own_questions_are_passed_over(tmp_path: Path) -> None:
    assert len(items(tmp_path, flow(type="dns"), flow())) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (written(flow())[:-40], "文件在内容结束前中断"),
        (written(flow())[:-1] + b"?", "内容有误"),
        (b"nonsense", "长度有误"),
        (b"5:hello,", "这不是 mitmproxy"),
        (b"999999999999:x,", "文件在内容结束前中断"),
        (written({"request": {}}) + b"1", "长度有误"),
    ],
)
def test_damaged_files_are_refused_whole(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "x.mitm"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        formats.read(path)
    assert said in caught.value.message
    assert caught.value.where.startswith(str(path))
    assert caught.value.hint


def test_nests_and_numbers_stop_at_caps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(tnet.Fault, match="嵌套过深"):
        list(tnet.values(written(deep)))
    monkeypatch.setattr(tnet, "MAX_VALUES", 100)
    with pytest.raises(tnet.Fault, match="内容过多"):
        list(tnet.values(written(list(range(200)))))


def test_many_small_values_cost_linear_time() -> None:
    data = written([b""] * 300_000)
    began = time.process_time()
    (value,) = tnet.values(data)
    assert isinstance(value, list)
    assert len(value) == 300_000
    assert time.process_time() - began < 10


def test_both_recordings_of_one_session_say_the_same(shared: Callable[[str], Path]) -> None:
    """The same session as HAR and as flows: the same addresses, times and answers, the same credentials taken out."""
    flows = formats.read(shared("cases/captures/session_nideshop.mitm"))
    entries = har.read(shared("cases/captures/session_nideshop.har"))
    assert flows.scrub.places == entries.scrub.places != ()
    for one, other in zip(flows, entries, strict=True):
        assert isinstance(one, Visit)
        assert isinstance(other, Visit)
        assert (one.url, one.time) == (other.url, other.time)
        bodies = [v.exchanges[0].received.partition(b"\r\n\r\n")[2] for v in (one, other)]
        assert bodies[0] == bodies[1]
