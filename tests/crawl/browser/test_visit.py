"""The evidence lane's browser, for real: Chromium, local shops over HTTP and TLS, hostile pages, killed processes."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import signal
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from scanner.crawl.browser import sight
from scanner.crawl.browser.visit import Browser, Reason, VisitFailed
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.reading.rendered import rendered
from scanner.errors import CrawlError, RefusedAddress
from scanner.model import Lane, Visit
from tests.crawl.browser.visiting import CA, HASTY, QUICK, Running, environment, page, parts, started, text
from tests.crawl.wire import Authority, Script, Wire, reply, wire

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    yield from started(QUICK)


@pytest.fixture(scope="module")
def hasty() -> Iterator[Running]:
    yield from started(HASTY)


def png_size(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def printed(visit: Visit) -> list[Any]:
    """The sheets of the page's print."""
    root = PdfFileReader(io.BytesIO(parts(visit)["print"])).root
    return sheets_of(root["/Pages"])


def sheets_of(node: Any) -> list[Any]:
    kids = [kid.get_object() for kid in node.get("/Kids", ())]
    return [sheet for kid in kids for sheet in sheets_of(kid)] if kids else [node]


# --- what is seen ----------------------------------------------------------------------------------------------------

SHOP = """<h1>演示血压计</h1><img src=/a.png width=10 height=10><div id=x>载入中</div><p id=where></p>
<script>fetch('/api',{method:'POST',body:'id=7'}).then(r=>r.json()).then(j=>{document.getElementById('x').innerText=j.t});
document.getElementById('where').innerText=[navigator.language,Intl.DateTimeFormat().resolvedOptions().timeZone,
innerWidth,innerHeight,navigator.userAgent].join('|')</script><link rel=stylesheet href=/a.css>"""


def chunked(body: bytes) -> Any:
    def answer(_: bytes) -> Script:
        packed = gzip.compress(body, mtime=0)
        yield (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
            b"Set-Cookie: seen=1\r\nX-zEd: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for at in range(0, len(packed), 100):
            part = packed[at : at + 100]
            yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
        yield b"0\r\n\r\n"

    return answer


def shop_routes() -> dict[str, Any]:
    html = f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body style='height:3000px;margin:0'>{SHOP}</body></html>"
    return {
        "/goods/7?a=1": chunked(html.encode()),
        "/api": reply('{"t":"渲染出来的注册证"}'.encode(), type_="application/json"),
        "/a.png": reply(b"no picture", type_="image/png"),
        "/a.css": reply(b"h1{margin:0}", type_="text/css"),
        "/from": reply(b"moved", status="302 Found", extra="Location: /goods/7?a=1\r\n"),
    }


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_visit_brings_the_page_and_every_exchange_as_it_was(running: Running, tls: bool) -> None:
    context, chain = CA.context() if tls else (None, [])
    with wire(shop_routes(), tls=context) as shop:
        visit = running.visit(f"{shop.url}/goods/7?a=1", note=(("crawl", "c1"),))
        assert set(shop.paths()) - {"/favicon.ico"} == {"/goods/7?a=1", "/api", "/a.png", "/a.css"}
        main, *rest = visit.exchanges
        assert {exchange.url for exchange in rest} >= {f"{shop.url}{path}" for path in ("/api", "/a.png", "/a.css")}
        for exchange in visit.exchanges:
            path = exchange.url.removeprefix(shop.url)
            assert (exchange.received, exchange.sent) == (shop.written(path), shop.read(path))
            assert (exchange.truncated, exchange.ip, exchange.chain) == ("", "127.0.0.1", tuple(chain))
    assert main.url == visit.url == f"{shop.url}/goods/7?a=1"
    assert (visit.lane, visit.storefront, visit.note) == (Lane.BROWSER, "shop.test", (("crawl", "c1"),))
    assert [resource.name for resource in visit.resources] == [
        "dom",
        "text",
        "screenshot",
        "screenshot-full",
        "boxes",
        "print",
        "environment",
    ]
    assert "渲染出来的注册证" in parts(visit)["dom"].decode()
    assert "演示血压计\n渲染出来的注册证\n\nzh-CN|Asia/Shanghai|1280|800|" in text(visit)
    assert "Qingwang/test (+mailto:test@example)" in text(visit)
    assert png_size(parts(visit)["screenshot"]) == (1280, 800)
    assert png_size(parts(visit)["screenshot-full"]) == (1280, 3000)
    sheets = printed(visit)
    # 3,000 pixels on A4 less the margins (1,026 pixels a sheet); a sheet is 210 × 297 mm.
    assert [[round(float(n) / 72 * 25.4) for n in sheet["/MediaBox"]] for sheet in sheets] == [[0, 0, 210, 297]] * 3
    assert environment(visit)["print"] == {"paper": "A4", "backgrounds": True, "max_sheets": 100}
    seen = environment(visit)
    assert seen["main"]["same"] == {"status": True, "length": True, "text": True}
    assert seen["main"]["agrees"] is True
    assert seen["load"]["idle"] is True
    assert seen["missing"] == {}
    assert [row.get("certificate", "") for row in seen["network"]["servers"]] == ["verified" if tls else ""]
    assert seen["browser"]["product"].startswith("Chrome/")
    made = rendered(main, visit.resources)
    assert (made.url, made.status, made.dom) == (main.url, 200, True)
    assert dict(made.headers)[b"Content-Type"] == b"text/html; charset=utf-8"
    assert {name.lower() for name, _ in made.headers} & {b"content-encoding", b"transfer-encoding"} == set()


def test_a_redirect_is_kept_behind_the_page_it_led_to(running: Running) -> None:
    with wire(shop_routes()) as shop:
        visit = running.visit(f"{shop.url}/from")
        assert [exchange.url.removeprefix(shop.url) for exchange in visit.exchanges[:2]] == ["/goods/7?a=1", "/from"]
        assert visit.exchanges[1].received == shop.written("/from")
        assert visit.note == (("final_url", f"{shop.url}/goods/7?a=1"),)
        assert rendered(visit.exchanges[0], visit.resources).url == f"{shop.url}/goods/7?a=1"
    assert visit.url.endswith("/from")


def test_a_page_that_moves_on_by_itself_is_the_page_it_moved_to(running: Running) -> None:
    for moving in ("<meta http-equiv=refresh content='0;url=/b'>", "<script>location.href='/b'</script>"):
        with wire({"/a": page("first", head=moving), "/b": page("second")}) as shop:
            visit = running.visit(f"{shop.url}/a")
            assert text(visit) == "second"
            assert visit.exchanges[0].url == f"{shop.url}/b"
            assert environment(visit)["main"]["agrees"] is True


def test_a_gbk_page_comes_back_in_utf8(running: Running) -> None:
    html = "<html><head><meta charset=gbk></head><body>演示体温计 ① 镕</body></html>".encode("gb18030")
    with wire({"/": reply(html, type_="text/html; charset=gbk")}) as shop:
        visit = running.visit(f"{shop.url}/")
    made = rendered(visit.exchanges[0], visit.resources)
    assert "演示体温计 ① 镕" in made.body.decode("utf-8")
    assert made.headers[0] == (b"Content-Type", b"text/html; charset=utf-8")
    assert environment(visit)["main"]["same"] == {"status": True, "length": True, "text": True}


def test_errors_are_pages_and_files_are_not(running: Running) -> None:
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
    routes = {
        "/404": reply("没有了".encode(), status="404 Not Found"),
        "/a.pdf": reply(pdf, type_="application/octet-stream", extra="Content-Disposition: attachment\r\n"),
        "/none": b"HTTP/1.1 204 No Content\r\n\r\n",
        "/json": reply(b'{"a": 1}', type_="application/json"),
    }
    with wire(dict(routes)) as shop:
        missing = running.visit(f"{shop.url}/404")
        assert (rendered(missing.exchanges[0], missing.resources).status, text(missing)) == (404, "没有了")
        file = running.visit(f"{shop.url}/a.pdf")
        assert set(parts(file)) == {"environment"}
        assert rendered(file.exchanges[0], file.resources).body == pdf
        none = running.visit(f"{shop.url}/none")
        assert rendered(none.exchanges[0], none.resources).status == 204
        data = running.visit(f"{shop.url}/json")
        assert rendered(data.exchanges[0], data.resources).body == b'{"a": 1}'


@pytest.mark.long
def test_what_loads_late_is_scrolled_to_and_endless_lists_are_left(running: Running) -> None:
    lazy = "<div style='height:4000px'>top</div><img loading=lazy src=/late.png width=9 height=9>"
    endless = """<div id=l style='height:2000px'>x</div><script>let n=0;addEventListener('scroll',()=>{n++;
    let d=document.createElement('div');d.style.height='2000px';d.innerText='more '+n;document.body.append(d)})</script>"""
    tall = "<div style='height:17000px;width:1500px'>tall</div>"
    with wire({"/lazy": page(lazy), "/endless": page(endless), "/tall": page(tall), "/late.png": reply(b"x")}) as shop:
        running.visit(f"{shop.url}/lazy")
        assert "/late.png" in shop.paths()
        seen = environment(running.visit(f"{shop.url}/endless"))["load"]
        assert (seen["scrolled"], seen["heights"][0] < seen["heights"][1]) == (15, True)
        visit = running.visit(f"{shop.url}/tall")
        assert png_size(parts(visit)["screenshot-full"]) == (1508, 16000)
        assert environment(visit)["screenshot_full"]["clipped"] is True


@pytest.mark.long
def test_the_print_is_cut_at_its_sheets_and_left_where_it_is_too_large(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = "<script>for(let i=0;i<900;i++)document.body.append(i+' '+Math.random()+' ')</script>"
    with wire({"/tall": page("<div style='height:200000px'>tall</div>"), "/noise": page(noise)}) as shop:
        visit = running.visit(f"{shop.url}/tall")
        assert len(printed(visit)) == 100
        assert environment(visit)["missing"] == {}
        monkeypatch.setattr(sight, "MAX_PRINT", 5_000)
        visit = running.visit(f"{shop.url}/noise")
        assert "print" not in parts(visit)
        assert environment(visit)["missing"] == {"print": "超过 5000 字节"}
        assert ("not_seen", "print") in visit.note
        assert visit.resources[0].name == "dom"  # the page was seen all the same


def test_a_page_that_hangs_when_printed_is_seen_without_its_print(hasty: Running) -> None:
    hanging = "<p>根治</p><script>onbeforeprint=()=>{for(;;);}</script>"
    with wire({"/": page(hanging)}) as shop:
        visit = hasty.visit(f"{shop.url}/")
    assert {"dom", "screenshot-full"} <= set(parts(visit))
    assert set(environment(visit)["missing"]) == {"print"}


def test_a_page_cannot_answer_in_the_browsers_place(running: Running) -> None:
    lying = """<p>根治 颈椎病</p><script>
    Object.defineProperty(HTMLElement.prototype,'innerText',{get(){return 'nothing to see'}});
    Object.defineProperty(Element.prototype,'outerHTML',{get(){return '<p>nothing</p>'}});
    document.querySelector=()=>null; window.XMLSerializer=function(){this.serializeToString=()=>''};
    window.scrollBy=window.scrollTo=()=>{throw 1}; JSON.stringify=()=>'{}'; Promise.prototype.then=function(){return this}
    </script>"""
    with wire({"/": page(lying)}) as shop:
        visit = running.visit(f"{shop.url}/")
    assert text(visit) == "根治 颈椎病"
    assert "<p>根治 颈椎病</p>" in parts(visit)["dom"].decode()


@pytest.mark.long
def test_visits_share_nothing(running: Running) -> None:
    most, now, lock = [0], [0], threading.Lock()

    def slow(asked: bytes) -> Script:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        for _ in range(60):  # until a second one is there, however long its tab takes to open
            if most[0] > 1:
                break
            yield 0.1
        with lock:
            now[0] -= 1
        n = asked.split(b"?n=")[1].split(b" ")[0].decode()
        yield reply(f"<p>page {n}<img src=/i{n}.png>".encode(), extra=f"Set-Cookie: n={n}\r\n")

    with wire({f"/?n={n}": slow for n in range(4)}) as shop:

        async def four() -> list[Visit]:
            return list(
                await asyncio.gather(*[running.browser.visit(f"{shop.url}/?n={n}", storefront="s") for n in range(4)])
            )

        visits = running.run(four())
        assert most[0] == 2
        for n, visit in enumerate(visits):
            own = {f"{shop.url}/?n={n}", f"{shop.url}/i{n}.png", f"{shop.url}/favicon.ico"}
            assert {exchange.url for exchange in visit.exchanges} <= own
            assert b"Cookie:" not in visit.exchanges[0].sent


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.fixture
def fenced() -> Iterator[tuple[Wire, Wire, Browser, asyncio.Runner]]:
    """A browser that may reach one port only, and a shop on another that must never hear of it."""
    with wire({}) as shop, wire({"/": reply(b"secret")}) as other, asyncio.Runner() as runner:
        browser = Browser(Policy(allow=frozenset({shop.place})), patience=QUICK)
        runner.run(browser.__aenter__())
        yield shop, other, browser, runner
        runner.run(browser.__aexit__(None, None, None))


def test_no_way_from_a_page_leads_past_the_policy(fenced: tuple[Wire, Wire, Browser, asyncio.Runner]) -> None:
    shop, other, browser, runner = fenced
    bad = other.url
    to = {
        "/meta": "http://169.254.169.254/latest/meta-data/", "/port": f"{bad}/", "/name": f"http://localhost:{other.port}/",
        "/short": f"http://127.1:{other.port}/", "/tls": f"https://127.0.0.1:{other.port}/",
    }  # fmt: skip
    for path, url in to.items():
        shop.routes[path] = reply(b"", status="302 Found", extra=f"Location: {url}\r\n")
    shop.routes["/js"] = page(f"<script>location.href='{bad}/'</script>")
    for path in (*to, "/js"):
        with pytest.raises(VisitFailed) as failed:
            runner.run(browser.visit(f"{shop.url}{path}", storefront="s"))
        assert failed.value.reason is Reason.REFUSED, path
        assert failed.value.visit is not None
        assert [exchange.url for exchange in failed.value.visit.exchanges] == [f"{shop.url}{path}"]
        assert set(parts(failed.value.visit)) == {"environment"}
    shop.routes["/subs"] = page(
        f"<p>shown</p><img src={bad}/img><iframe src={bad}/frame></iframe><script src={bad}/js></script>"
        f"<link rel=stylesheet href={bad}/css><link rel=preload as=image href={bad}/preload><video src={bad}/video></video>"
        f"<object data={bad}/object></object><img src=/hop><script>fetch('{bad}/fetch').catch(()=>0);"
        f"navigator.sendBeacon('{bad}/beacon','x');new EventSource('{bad}/events');new Worker('/w.js');"
        f"try{{new WebSocket('ws://127.0.0.1:{other.port}/ws')}}catch(e){{}}</script>"
    )
    shop.routes["/hop"] = reply(b"", status="302 Found", extra=f"Location: {bad}/hop\r\n")
    shop.routes["/w.js"] = reply(f"fetch('{bad}/worker')".encode(), type_="text/javascript")
    visit = runner.run(browser.visit(f"{shop.url}/subs", storefront="s"))
    assert text(visit).startswith("shown")
    denied = {row["url"].removeprefix(bad) for row in environment(visit)["network"]["denied"]}
    wanted = {
        "/img",
        "/frame",
        "/js",
        "/css",
        "/preload",
        "/video",
        "/object",
        "/fetch",
        "/beacon",
        "/events",
        "/hop",
        "/worker",
    }
    assert wanted <= denied
    assert environment(visit)["events"]["websockets"] == [f"ws://127.0.0.1:{other.port}/ws"]
    assert other.connections == 0


def test_addresses_that_may_not_be_fetched_are_refused_before_anything(running: Running) -> None:
    for url in (
        "file:///etc/passwd",
        "view-source:http://127.0.0.1/",
        "chrome://version",
        "http://10.0.0.1/",
        "about:blank",
    ):
        with pytest.raises(RefusedAddress):
            running.visit(url)


def test_service_workers_dialogs_and_windows_are_kept_out_and_noted(running: Running) -> None:
    body = """<p>shown</p><script>
    navigator.serviceWorker && navigator.serviceWorker.register('/sw.js').catch(() => 0);
    alert('来了'); document.title = String(confirm('真的？')) + prompt('多少？'); window.open('/window');
    addEventListener('beforeunload', e => { e.preventDefault(); e.returnValue = 'stay' }); console.log('说一句');
    throw new Error('坏了')</script>"""
    with wire({"/": page(body), "/window": page("second")}) as shop:
        visit = running.visit(f"{shop.url}/")
        assert "/sw.js" not in shop.paths()
    assert text(visit) == "shown"
    assert "<title>falsenull</title>" in parts(visit)["dom"].decode()
    events = environment(visit)["events"]
    assert events["dialogs"] == [
        {"type": "alert", "message": "来了"}, {"type": "confirm", "message": "真的？"}, {"type": "prompt", "message": "多少？"},
    ]  # fmt: skip
    assert events["windows"] == [f"{shop.url}/window"]
    assert "log: 说一句" in events["console"]
    assert events["errors"] == ["坏了"]
    assert environment(visit)["view"]["service_workers"] == "block"


# --- hostile pages ---------------------------------------------------------------------------------------------------


def test_a_page_that_never_rests_is_seen_and_said_to_be_restless(running: Running) -> None:
    polling = "<p>shown</p><script>setInterval(() => fetch('/poll'), 50); new EventSource('/events')</script>"

    def events(_: bytes) -> Script:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        for _step in range(100):
            yield b"data: x\n\n"
            yield 0.1

    with wire({"/": page(polling), "/poll": reply(b"x"), "/events": events}) as shop:
        visit = running.visit(f"{shop.url}/")
    assert text(visit) == "shown"
    assert environment(visit)["load"]["idle"] is False
    assert {"url": f"{shop.url}/events", "why": "time"} in environment(visit)["network"]["truncated"]


@pytest.mark.long
@pytest.mark.parametrize("script", ["setTimeout(() => { while (true) {} }, 0)", "while (true) alert(1)"])
def test_a_page_whose_script_never_ends_is_given_up_in_time(hasty: Running, script: str) -> None:
    with wire({"/": page(f"<p>shown</p><script>{script}</script>"), "/fine": page("fine")}) as shop:
        began = time.monotonic()
        failed = hasty.fails(f"{shop.url}/")
        assert time.monotonic() - began < HASTY.all + 10
        assert failed.reason is Reason.TIME
        assert failed.visit is not None
        assert failed.visit.exchanges[0].received == shop.written("/")
        assert text(hasty.visit(f"{shop.url}/fine")) == "fine"


def test_pages_that_move_on_for_ever_are_stopped(running: Running) -> None:
    def next_one(asked: bytes) -> Script:
        n = int(asked.split(b"n=")[1].split(b" ")[0])
        yield page(f"<script>location.href='/n?n={n + 1}'</script>")

    routes: dict[str, Any] = {f"/n?n={n}": next_one for n in range(1000)}
    routes["/around"] = reply(b"", status="302 Found", extra="Location: /around\r\n")
    with wire(routes) as shop:
        failed = running.fails(f"{shop.url}/n?n=0")
        assert failed.reason is Reason.LOOP
        assert failed.visit is not None
        assert 10 < len(shop.paths()) < 40
        failed = running.fails(f"{shop.url}/around")
        assert failed.reason is Reason.LOOP
        assert failed.visit is not None
        assert {exchange.url for exchange in failed.visit.exchanges} == {f"{shop.url}/around"}


@pytest.mark.long
def test_a_page_that_makes_itself_huge_is_cut(running: Running) -> None:
    huge = "<script>document.body.append('根治'.repeat(5_000_000))</script>"
    with wire({"/": reply(f"<!DOCTYPE html><body style='display:none'><p>shown</p>{huge}".encode())}) as shop:
        visit = running.visit(f"{shop.url}/")
    assert 0 <= 16 * 1024 * 1024 - len(parts(visit)["dom"]) < 3  # whole characters of three bytes
    assert "<p>shown</p>" in parts(visit)["dom"].decode()
    assert "dom-rest" in environment(visit)["missing"]
    assert ("not_seen", "dom-rest") in visit.note


def test_too_much_is_cut_and_not_read(running: Running) -> None:
    def fifty(_: bytes) -> Script:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>shown<!--"
        for _step in range(400):
            yield b"a" * 125_000

    bomb = reply(gzip.compress(bytes(100_000_000)), extra="Content-Encoding: gzip\r\n")
    with wire({"/fifty": fifty, "/bomb": bomb}) as shop:
        for path in ("/fifty", "/bomb"):
            failed = running.fails(f"{shop.url}{path}")
            assert failed.reason is Reason.TOO_LARGE
            assert failed.visit is not None
            assert failed.visit.exchanges[0].truncated == "length"
            assert len(failed.visit.exchanges[0].received) <= 16 * 1024 * 1024 + 65536


def test_what_cannot_be_reached_says_why(running: Running) -> None:
    stranger, _ = Authority.make().context()
    half = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n<p>half"
    with wire({"/": page("x")}, tls=stranger) as shop, wire({"/half": half, "/empty": b""}) as cut:
        failed = running.fails(f"{shop.url}/")
        assert (failed.reason, failed.visit, shop.seen) == (Reason.NETWORK, None, [])
        assert "证书验证不通过：根证书不受信任" in failed.message
        failed = running.fails(f"{cut.url}/half")
        assert failed.reason is Reason.NETWORK
        assert failed.visit is not None
        assert (failed.visit.exchanges[0].received, failed.visit.exchanges[0].truncated) == (half, "disconnect")
        failed = running.fails(f"{cut.url}/empty")
        assert failed.reason is Reason.NETWORK
        dead = cut.url
    failed = running.fails(f"{dead}/")
    assert (failed.reason, failed.visit) == (Reason.NETWORK, None)
    assert "连接被拒绝" in failed.message
    assert failed.exit_code == 3


# --- killed processes ------------------------------------------------------------------------------------------------


def killing(running: Running, times: int, *, kind: str = "browser") -> Any:
    """A route that kills the browser (or all its renderers) the first times it is asked, as a crash would."""
    left = [times]

    def answer(_: bytes) -> Script:
        if left[0]:
            left[0] -= 1
            pids = [running.browser.pid] if kind == "browser" else renderers(running.browser.pid)
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            yield 0.5
        yield page("<p>still here</p>")

    return answer


def renderers(pid: int) -> list[int]:
    """The renderer processes of our own browser."""
    found, children = [], [pid]
    while children:
        parent = children.pop()
        with open(f"/proc/{parent}/task/{parent}/children") as file:
            below = [int(word) for word in file.read().split()]
        children += below
        for child in below:
            with open(f"/proc/{child}/cmdline", "rb") as file:
                if b"--type=renderer" in file.read():
                    found.append(child)
    return found


@pytest.mark.kill
@pytest.mark.parametrize("kind", ["browser", "renderer"])
def test_a_browser_killed_in_a_visit_is_started_again_and_the_visit_repeated(running: Running, kind: str) -> None:
    with wire({"/": killing(running, 1, kind=kind)}) as shop:
        visit = running.visit(f"{shop.url}/")
        assert shop.paths().count("/") == 2
    assert text(visit) == "still here"
    assert environment(visit)["attempts"] == 2
    assert visit.exchanges[0].received == shop.written("/")


@pytest.mark.long
@pytest.mark.kill
def test_a_page_that_kills_its_browser_twice_is_named(running: Running) -> None:
    with wire({"/": killing(running, 2), "/fine": page("fine")}) as shop:
        assert running.fails(f"{shop.url}/").reason is Reason.CRASH
        assert text(running.visit(f"{shop.url}/fine")) == "fine"


@pytest.mark.kill
def test_a_killed_playwright_is_started_again(running: Running) -> None:
    with wire({"/": page("fine")}) as shop:
        running.visit(f"{shop.url}/")
    with open(f"/proc/{running.browser.pid}/status") as file:
        driver = next(int(line.split()[1]) for line in file if line.startswith("PPid:"))
    with open(f"/proc/{driver}/cmdline", "rb") as file:
        assert b"playwright" in file.read()
    with wire({"/": page("fine")}) as shop:
        os.kill(driver, signal.SIGKILL)
        time.sleep(0.5)
        assert text(running.visit(f"{shop.url}/")) == "fine"


def test_no_browser_is_said_with_what_to_install(tmp_path: Any) -> None:
    async def start(program: str) -> None:
        async with Browser(Policy(), program=program):
            pass

    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display\nexit 1\n")
    broken.chmod(0o755)
    for program in (str(tmp_path / "none"), str(broken)):
        with pytest.raises(CrawlError) as error:
            asyncio.run(start(program))
        assert error.value.hint
        assert error.value.exit_code == 3
