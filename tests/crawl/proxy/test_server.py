"""The recording proxy over real sockets: bytes as they were, refusals, certificates, limits, one request a connection."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from scanner.crawl.fetch.egress import Policy
from scanner.crawl.proxy.closed import ClosedProxy
from scanner.crawl.proxy.flow import Limits
from scanner.crawl.proxy.server import Proxy
from scanner.crawl.proxy.tls import CaptureKey, verifying
from scanner.evidence.wire import http
from tests.crawl.wire import Authority, Script, reply, wire

T = TypeVar("T")
KEY = CaptureKey()
CA = Authority.make()


def proxied(
    work: Callable[[Proxy], Awaitable[T]],
    *allow: str,
    policy: Policy | None = None,
    limits: Limits | None = None,
    fast: bool = False,
) -> tuple[T, Proxy]:
    """Run ``work`` with a proxy that excepts the hosts ``allow``; gives its result and the proxy, closed."""

    async def main() -> tuple[T, Proxy]:
        async with Proxy(policy or Policy(allow=frozenset(allow)), KEY, verifying(CA.pem), limits) as proxy:
            result = await work(proxy)
        return result, proxy

    complaints: list[dict[str, object]] = []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if fast else None) as runner:
        runner.get_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))
        done = runner.run(main())
    assert complaints == []
    return done


async def talk(proxy: Proxy, sent: bytes) -> bytes:
    """Everything the proxy answers to these bytes, until it closes; a reset ends it as well."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b"RESET"
    finally:
        writer.close()


async def get(proxy: Proxy, url: str, *, extra: str = "", body: bytes = b"", method: str = "GET") -> bytes:
    """What a browser would get for ``url`` through the proxy, TLS included; an answer cut by a reset ends in RESET."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    target = url if scheme == "http" else f"/{path}"
    head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: keep-alive\r\n{length}{extra}\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    out = b""
    try:
        if scheme == "https":
            where = host if ":" in host else f"{host}:443"
            writer.write(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in answer:
                return answer + await reader.read()
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            await writer.start_tls(trusting, server_hostname=host.partition(":")[0])
        writer.write(head + body)
        while piece := await asyncio.wait_for(reader.read(65536), 10):
            out += piece
    except (ConnectionResetError, ssl.SSLError):
        return out + b"RESET"
    finally:
        writer.close()
    return out


def entity(answer: bytes) -> bytes:
    return http.entity(answer, http.head(answer)).body


# --- the bytes -------------------------------------------------------------------------------------------------------

ODD = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    b"HTTP/1.1 200 \xba\xc3\xb5\xc4\r\nServer: x\r\nX-zEd: 1\r\nX-Zed: \xb2\xe2\r\nContent-Type: text/html\r\n"
    b"Set-Cookie: a=1\r\nConnection: keep-alive\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\nKeep-Alive: timeout=60\r\n\r\n"
)


def odd(_: bytes) -> Script:
    """A hundred kilobytes, compressed, in chunks of odd sizes with pauses, a trailer, and no end to the connection."""
    packed = gzip.compress(b"<p>" + bytes(range(33, 126)) * 1000, mtime=0)
    yield ODD[:70]
    yield 0.02
    yield ODD[70:]
    for at in range(0, len(packed), 777):
        part = packed[at : at + 777]
        yield f"{len(part):x};n=1\r\n".encode() + part + b"\r\n"
    yield 0.02
    yield b"0\r\nX-Sum: 1\r\n\r\n"
    yield 1.0


@pytest.mark.parametrize("fast", [False, True], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_both_directions_are_kept_as_they_went_over_the_wire(tls: bool, fast: bool) -> None:
    context, chain = CA.context() if tls else (None, [])
    with wire({"/odd?a=1&a=%zz": odd, "/api": reply(b"{}")}, tls=context) as shop:
        began = time.monotonic()

        async def both(proxy: Proxy) -> tuple[bytes, bytes]:
            page = await get(proxy, f"{shop.url}/odd?a=1&a=%zz", extra="Cookie: x=1\r\nAccept-Encoding: gzip\r\n")
            return page, await get(proxy, f"{shop.url}/api", method="POST", body=b"id=7")

        (page, api), proxy = proxied(both, shop.place, fast=fast)
        assert time.monotonic() - began < 1.0  # the framing told the end, not the shop's hanging up
    first, second = proxy.exchanges
    assert first.received == shop.written("/odd?a=1&a=%zz")
    assert first.sent == shop.read("/odd?a=1&a=%zz")
    assert second.received == shop.written("/api")
    assert second.sent == shop.read("/api")
    assert second.sent.endswith(b"\r\n\r\nid=7")
    assert (first.url, first.method, second.method) == (f"{shop.url}/odd?a=1&a=%zz", "GET", "POST")
    assert (first.ip, first.port, first.truncated) == ("127.0.0.1", shop.port, "")
    assert first.chain == tuple(chain)
    assert first.tls.split(" ")[0] == ("TLSv1.3" if tls else "")
    assert first.started <= first.ended <= second.started
    assert entity(page) == http.entity(first.received, http.head(first.received)).body
    assert b"Keep-Alive" not in page
    assert b"\r\nConnection: close\r\n" in page
    assert entity(api) == b"{}"
    assert proxy.denials == []


def test_http2_is_not_offered() -> None:
    context, _ = CA.context()  # offers h2 first
    with wire({"/": reply(b"x")}, tls=context) as shop:
        _, proxy = proxied(lambda proxy: get(proxy, f"{shop.url}/"), shop.place)
        assert shop.alpn == ["http/1.1"]
    assert proxy.exchanges[0].received.startswith(b"HTTP/1.1 200")


def test_every_host_gets_a_certificate_of_the_one_pinned_key() -> None:
    async def presented(proxy: Proxy, host: str) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        await writer.start_tls(trusting, server_hostname=host)
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return bytes(der)

    async def two(proxy: Proxy) -> list[bytes]:
        return [await presented(proxy, "shop.example"), await presented(proxy, "8.8.8.8")]

    ders, proxy = proxied(two)
    certificates = [x509.load_der_x509_certificate(der) for der in ders]
    for certificate in certificates:
        spki = certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert base64.b64encode(hashlib.sha256(spki).digest()).decode() == KEY.spki
    names = [
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        for certificate in certificates
    ]
    assert names[0].get_values_for_type(x509.DNSName) == ["shop.example"]
    assert [str(ip) for ip in names[1].get_values_for_type(x509.IPAddress)] == ["8.8.8.8"]
    assert proxy.exchanges == ()


# --- certificates that do not hold -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authority", "name", "days", "why"),
    [
        (Authority.make(), "127.0.0.1", (-1, 10), "根证书不受信任"),
        (CA, "127.0.0.1", (-10, -1), "证书已过期"),
        (CA, "127.0.0.1", (1, 10), "证书尚未生效"),
        (CA, "127.0.0.2", (-1, 10), "证书与 IP 地址不符"),
    ],
    ids=["unknown root", "expired", "not yet valid", "another address"],
)
def test_a_shop_whose_certificate_does_not_hold_is_not_asked(
    authority: Authority, name: str, days: tuple[int, int], why: str
) -> None:
    context, chain = authority.context(name, days=days)
    with wire({"/": reply(b"x")}, tls=context) as shop:
        answer, proxy = proxied(lambda proxy: get(proxy, f"{shop.url}/"), shop.place)
        assert shop.seen == []
    assert http.head(answer).status == 502
    assert proxy.exchanges == ()
    denial = proxy.denials[0]
    assert (denial.refused, denial.url, denial.why) == (False, f"{shop.url}/", f"服务器证书验证不通过：{why}")
    assert denial.chain == tuple(chain)
    assert proxy.denial(http.head(answer).all(b"x-qingwang")[0].decode()) is denial


def test_a_server_without_tls_is_not_asked() -> None:
    with wire({"/": reply(b"x")}) as shop:
        answer, proxy = proxied(lambda proxy: get(proxy, f"https://{shop.place}/"), shop.place)
        assert shop.seen == []
    assert http.head(answer).status == 502
    assert proxy.denials[0].why.startswith("TLS 握手失败")


# --- what is refused -------------------------------------------------------------------------------------------------


def test_what_the_policy_forbids_is_never_dialled() -> None:
    with wire({"/": reply(b"x")}) as shop, wire({"/": reply(b"secret")}) as other:
        targets = (
            f"http://127.0.0.1:{other.port}/", f"https://127.0.0.1:{other.port}/", "http://169.254.169.254/latest/",
            f"http://localhost:{other.port}/", f"http://127.1:{other.port}/", f"http://[::1]:{other.port}/",
            "https://10.0.0.1/", f"http://user@127.0.0.1:{shop.port}/", "http://127.0.0.1:6379/",
        )  # fmt: skip

        async def all_of_them(proxy: Proxy) -> list[bytes]:
            return [await get(proxy, url) for url in targets]

        answers, proxy = proxied(all_of_them, shop.place)
        assert (shop.connections, other.connections) == (0, 0)
    assert [http.head(answer).status for answer in answers] == [403] * len(targets)
    assert [denial.url for denial in proxy.denials] == list(targets)
    assert {denial.refused for denial in proxy.denials} == {True}
    assert proxy.exchanges == ()


def test_a_name_is_asked_once_a_visit_and_cannot_change_its_mind() -> None:
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with wire({"/": reply(b"x")}, name="shop.test") as shop:

        async def thrice(proxy: Proxy) -> list[bytes]:
            return [await get(proxy, f"{shop.url}/") for _step in range(3)]

        policy = Policy(allow=frozenset({shop.place}), lookup=lookup)
        answers, _ = proxied(thrice, policy=policy)
        assert [entity(answer) for answer in answers] == [b"x"] * 3
        again, second = proxied(thrice, policy=policy)  # the next visit asks anew, and refuses
    assert asked == ["shop.test", "shop.test"]
    assert [http.head(answer).status for answer in again] == [403] * 3
    assert second.denials[0].why == "shop.test（169.254.169.254）：不访问云主机元数据地址"


def test_a_name_with_one_bad_address_is_refused_whole() -> None:
    with wire({"/": reply(b"x")}, name="shop.example") as shop:
        policy = Policy(lookup=lambda host, port: ["8.8.8.8", "127.0.0.1"])
        answer, _ = proxied(lambda proxy: get(proxy, "http://shop.example/"), policy=policy)
        assert (http.head(answer).status, shop.connections) == (403, 0)


SMUGGLED = (
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Host: other.example\r\n", "X-A: 1\nX-B: 2\r\n", " folded: 1\r\n",
)  # fmt: skip


@pytest.mark.parametrize("extra", SMUGGLED)
def test_a_request_with_two_readings_reaches_nobody(extra: str) -> None:
    with wire({"/": reply(b"x")}) as shop:
        answer, proxy = proxied(lambda proxy: get(proxy, f"{shop.url}/", extra=extra), shop.place)
        assert shop.connections == 0
    assert http.head(answer).status == 403
    assert len(proxy.denials) == 1


def test_a_connection_carries_one_request() -> None:
    with wire({"/": reply(b"first"), "/2": reply(b"second")}) as shop, wire({"/": reply(b"secret")}) as other:
        sent = b"".join(
            f"GET {url} HTTP/1.1\r\nHost: {place}\r\nConnection: keep-alive\r\n\r\n".encode()
            for url, place in (
                (f"{shop.url}/", shop.place),
                (f"{shop.url}/2", shop.place),
                (f"{other.url}/", other.place),
            )
        )
        answer, proxy = proxied(lambda proxy: talk(proxy, sent), shop.place)
        assert (shop.paths(), other.connections) == (["/"], 0)
    assert answer.endswith(b"first")
    assert len(proxy.exchanges) == 1


def test_the_host_header_must_be_that_of_the_address() -> None:
    with wire({"/": reply(b"x")}) as shop:
        sent = f"GET {shop.url}/ HTTP/1.1\r\nHost: other.example\r\n\r\n".encode()
        answer, _ = proxied(lambda proxy: talk(proxy, sent), shop.place)
        assert (http.head(answer).status, shop.connections) == (403, 0)
        for line in (f"GET / HTTP/1.1\r\nHost: {shop.place}", f"GET https://{shop.place}/ HTTP/1.1\r\nHost: {shop.place}",
                     f"GET http://{shop.place}?x HTTP/1.1\r\nHost: {shop.place}", "CONNECT nowhere HTTP/1.1\r\nHost: x",
                     "CONNECT a@b:1 HTTP/1.1\r\nHost: x", "\r\n", "rubbish"):  # fmt: skip
            answer, _ = proxied(lambda proxy, line=line: talk(proxy, f"{line}\r\n\r\n".encode()), shop.place)  # type: ignore[misc]
            assert http.head(answer).status == 403, line
        assert shop.connections == 0


def test_inside_tls_the_host_must_be_the_tunnels() -> None:
    context, _ = CA.context()
    with wire({"/": reply(b"x")}, tls=context) as shop:

        async def other_host(proxy: Proxy) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(f"CONNECT {shop.place} HTTP/1.1\r\nHost: {shop.place}\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            await writer.start_tls(trusting)
            writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{shop.port + 1}\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            return answer

        answer, _ = proxied(other_host, "127.0.0.1")
        assert (http.head(answer).status, shop.connections) == (403, 0)


def test_websockets_are_refused_and_noted() -> None:
    upgrade = "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n"
    context, _ = CA.context()
    with wire({"/": reply(b"x")}) as plain, wire({"/": reply(b"x")}, tls=context) as secure:

        async def both(proxy: Proxy) -> tuple[bytes, bytes]:
            wss = await get(proxy, f"{secure.url}/", extra=upgrade)
            # Chromium opens ws:// as plain text inside a tunnel.
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(f"CONNECT {plain.place} HTTP/1.1\r\nHost: {plain.place}\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"GET / HTTP/1.1\r\nHost: {plain.place}\r\n{upgrade}\r\n".encode())
            ws = await reader.read()
            writer.close()
            return wss, ws

        (wss, ws), proxy = proxied(both, plain.place, secure.place)
        assert (plain.connections, secure.connections) == (0, 0)
    assert http.head(wss).status == 403
    assert b"101" not in ws
    assert ["WebSocket" in denial.why for denial in proxy.denials] == [True, True]
    assert proxy.denials[1].url == f"http://{plain.place}/"


# --- what fails on the way -------------------------------------------------------------------------------------------


def test_a_dead_port_and_an_unknown_name_say_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    answer, proxy = proxied(lambda proxy: get(proxy, f"http://127.0.0.1:{port}/"), "127.0.0.1")
    assert (http.head(answer).status, proxy.denials[0].why) == (502, "连接被拒绝")
    answer, proxy = proxied(lambda proxy: get(proxy, "http://nowhere.example/"), policy=Policy(lookup=nothing))
    assert (http.head(answer).status, proxy.denials[0].why) == (502, "域名解析不到地址")
    assert proxy.denials[0].refused is False


def hang(_: bytes) -> Script:
    yield 30.0


CUT: dict[str, tuple[bytes, str, str]] = {
    "/nothing": (b"", "disconnect", ""),
    "/half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", "disconnect", ""),
    "/half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "disconnect", "hello"),
    "/half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello", "disconnect", "hello"),
    "/no http": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "", ""),
    "/until closed": (b"HTTP/1.0 200 OK\r\n\r\nhello", "", "hello"),
}


def test_cut_answers_are_kept_as_cut() -> None:
    routes = {path.replace(" ", "-"): raw for path, (raw, _, _) in CUT.items()}
    with wire(dict(routes)) as shop:

        async def all_of_them(proxy: Proxy) -> list[bytes]:
            return [await get(proxy, shop.url + path) for path in routes]

        answers, proxy = proxied(all_of_them, shop.place)
    for exchange, answer, (raw, truncated, body) in zip(proxy.exchanges, answers, CUT.values(), strict=True):
        assert (exchange.received, exchange.truncated) == (raw, truncated), exchange.url
        if body:
            assert (b"hello" in answer) is True
            assert answer.endswith(b"RESET") is (truncated != "")
        else:
            assert http.head(answer).status == 502


def test_a_silent_server_is_given_up() -> None:
    def half(_: bytes) -> Script:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel"
        yield 30.0

    with wire({"/silent": hang, "/half": half}) as shop:

        async def two(proxy: Proxy) -> list[bytes]:
            return list(await asyncio.gather(get(proxy, f"{shop.url}/silent"), get(proxy, f"{shop.url}/half")))

        began = time.monotonic()
        answers, proxy = proxied(two, shop.place, limits=Limits(quiet=0.3))
        assert time.monotonic() - began < 3
    assert {exchange.truncated for exchange in proxy.exchanges} == {"time"}
    assert http.head(answers[0]).status == 502
    assert answers[1].endswith(b"helRESET")


def test_what_is_under_way_when_a_visit_ends_is_kept_as_cut_in_time() -> None:
    with wire({"/": hang}) as shop:

        async def leave(proxy: Proxy) -> None:
            task = asyncio.ensure_future(get(proxy, f"{shop.url}/"))
            while not proxy.exchanges:
                await asyncio.sleep(0.01)
            assert proxy.quiet == 0.0
            task.add_done_callback(lambda done: done.exception())

        _, proxy = proxied(leave, shop.place)
    assert [(exchange.received, exchange.truncated) for exchange in proxy.exchanges] == [(b"", "time")]
    assert proxy.exchanges[0].sent.startswith(b"GET / HTTP/1.1\r\n")


def test_a_browser_that_goes_away_is_no_fault() -> None:
    def slow(_: bytes) -> Script:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"
        for _step in range(90):
            yield b"a" * 100_000

    def later(_: bytes) -> Script:
        yield 0.2
        yield reply(b"x")

    with wire({"/slow": slow, "/later": later}) as shop:

        async def leave(proxy: Proxy) -> None:
            for path, wait in (("/slow", 0.05), ("/later", 0.05), ("/slow", 0.0)):
                reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                writer.write(f"GET {shop.url}{path} HTTP/1.1\r\nHost: {shop.place}\r\n\r\n".encode())
                await asyncio.sleep(wait)
                writer.transport.abort()
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(f"CONNECT {shop.place} HTTP/1.1\r\nHost: {shop.place}\r\n\r\n".encode())
            await reader.readuntil(b"\r\n\r\n")
            writer.transport.abort()  # in the middle of opening TLS
            await asyncio.sleep(0.4)

        _, proxy = proxied(leave, shop.place)
    assert {exchange.truncated for exchange in proxy.exchanges} <= {"disconnect", ""}


# --- limits ----------------------------------------------------------------------------------------------------------


def large(_: bytes) -> Script:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _step in range(400):
        yield b"20000\r\n" + b"a" * 0x20000 + b"\r\n"
    yield b"0\r\n\r\n"


@pytest.mark.parametrize("fast", [False, True], ids=["asyncio", "uvloop"])
def test_fifty_megabytes_are_cut_at_sixteen(fast: bool) -> None:
    with wire({"/": large, "/length": reply(b"a" * 20_000_000)}) as shop:

        async def both(proxy: Proxy) -> list[bytes]:
            return [await get(proxy, f"{shop.url}/"), await get(proxy, f"{shop.url}/length")]

        answers, proxy = proxied(both, shop.place, fast=fast)
    for exchange, answer in zip(proxy.exchanges, answers, strict=True):
        assert exchange.truncated == "length"
        assert 16 * 1024 * 1024 < len(exchange.received) <= 16 * 1024 * 1024 + 65536
        assert answer.endswith(b"RESET")


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_cut_by_its_decoded_size(layers: int) -> None:
    bomb = gzip.compress(bytes(100_000_000))
    for _step in range(layers - 1):
        bomb = gzip.compress(bomb)
    coding = ", ".join(["gzip"] * layers)
    with wire({"/": reply(bomb, extra=f"Content-Encoding: {coding}\r\n")}) as shop:
        answer, proxy = proxied(lambda proxy: get(proxy, f"{shop.url}/"), shop.place)
    assert proxy.exchanges[0].truncated == "length"
    assert len(answer) < 110_000


def test_a_visit_has_a_budget_of_bytes_and_of_requests() -> None:
    with wire({"/": reply(b"a" * 1000)}) as shop:

        async def ten(proxy: Proxy) -> list[int]:
            return [http.head(await get(proxy, f"{shop.url}/")).status for _step in range(10)]

        statuses, proxy = proxied(ten, shop.place, limits=Limits(exchanges=3))
        assert statuses == [200] * 3 + [403] * 7
        statuses, proxy = proxied(ten, shop.place, limits=Limits(total=2500))
        assert statuses[:2] == [200] * 2
        assert statuses[3:] == [403] * 7
        assert proxy.exchanges[2].truncated == "length"
        answer, proxy = proxied(
            lambda proxy: get(proxy, f"{shop.url}/", method="POST", body=b"a" * 100),
            shop.place,
            limits=Limits(request=99),
        )
        assert http.head(answer).status == 403


def test_one_byte_at_a_time_is_bounded_work() -> None:
    def drip(_: bytes) -> Script:
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\nX: " + b"x" * 3000 + b"\r\n\r\n" + b"y" * 3000:
            yield bytes([byte])

    with wire({"/": drip}) as shop:
        answer, proxy = proxied(lambda proxy: get(proxy, f"{shop.url}/"), shop.place)
    assert entity(answer) == b"y" * 3000
    assert proxy.exchanges[0].truncated == ""


# --- the browser's own calls -----------------------------------------------------------------------------------------


def test_the_closed_door_lets_nobody_through_and_counts_who_knocks() -> None:
    async def knock() -> tuple[list[bytes], dict[str, int]]:
        door = ClosedProxy()
        await door.open()
        answers = []
        for line in (
            b"CONNECT update.example:443 HTTP/1.1",
            b"GET http://update.example/x HTTP/1.1",
            b"CONNECT update.example:443 HTTP/1.1",
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writer.write(line + b"\r\n\r\n")
            answers.append(await reader.read())
            writer.close()
        door.close()
        return answers, door.calls

    answers, calls = asyncio.run(knock())
    assert [answer.split(b" ")[1] for answer in answers] == [b"403"] * 3
    assert calls == {"update.example:443": 2, "update.example": 1}
