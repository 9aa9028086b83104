"""A shop of the simulated month: few products, one of three layouts, and whatever befalls it that day.

Owns: the pages, the troubles, a port that can be dead. Leaves to others: when what happens (``monthplan``).
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Layout = Literal["plain", "jsonld", "api"]
Trouble = Literal["", "dead", "busy", "flaky", "nothing", "layout", "captcha", "login", "empty", "slow"]
SLIDER = "<html><head><title>安全验证</title></head><body><p>请拖动滑块完成验证</p></body></html>"
LOGIN = "<html><head><title>请先登录</title></head><body><p>请先登录后查看</p></body></html>"


def struck(trouble: Trouble, number: int) -> bool:
    """Whether a trouble that strikes only some products strikes this one."""
    every = {"busy": 4, "flaky": 3, "login": 3}.get(trouble)
    return every is None or number % every == 1


class Shop:
    """``offer`` sets what it sells and what befalls it; ``asked`` counts requests by path."""

    def __init__(self, name: str, layout: Layout) -> None:
        self.name, self.layout = name, layout
        self.products: tuple[int, ...] = ()
        self.trouble: Trouble = ""
        self.asked: Counter[str] = Counter()
        self._failed: set[str] = set()
        self.pause = 0.0
        self._server: ThreadingHTTPServer | None = None
        self._held = _bound(0)
        self.port: int = self._held.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/" + ("mp/" if self.layout == "api" else "")

    def page_of(self, number: int) -> str:
        """The address under which the product is asked for."""
        return f"http://127.0.0.1:{self.port}/" + ("mp/goods/detail" if self.layout == "api" else f"goods/{number}")

    def offer(self, products: Iterable[int], trouble: Trouble, pause: float = 0.0) -> None:
        self.products, self.trouble, self.pause = tuple(products), trouble, pause
        self._failed.clear()
        self.asked.clear()
        if (trouble == "dead") == (self._server is not None):
            self._close() if trouble == "dead" else self._open()

    def close(self) -> None:
        if self._server is not None:
            self._close()
        self._held.close()

    def _close(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server, self._held = None, _bound(self.port)  # nobody else takes it, nobody listens

    def _open(self) -> None:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, sent: bytes) -> None:
                status, kind, body = shop.answer(self.path, sent)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                if status == 503:
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: object) -> None:
                pass  # the crawl was killed

        self._held.close()
        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def answer(self, path: str, sent: bytes) -> tuple[int, str, bytes]:
        self.asked[path] += 1
        if self.layout == "api":
            return self._api(path, sent)
        if path == "/":
            return _html(self._front())
        number = int(path.rpartition("/")[2]) if path.startswith("/goods/") else 0
        if number not in self.products:
            return _html("<html><body>not here</body></html>", 404)
        if (stopped := self._stopped(number)) is not None:
            return stopped
        return _html(self._product(number))

    def _stopped(self, number: int) -> tuple[int, str, bytes] | None:
        """The answer that stands before a product's page."""
        time.sleep(self.pause)
        if not struck(self.trouble, number):
            return None
        if self.trouble == "busy" or (self.trouble == "flaky" and str(number) not in self._failed):
            self._failed.add(str(number))
            return _html("busy", 503 if number % 8 == 1 or self.trouble == "flaky" else 500)
        return {"captcha": _html(SLIDER), "login": _html(LOGIN)}.get(self.trouble)

    def _front(self) -> str:
        shown = () if self.trouble == "empty" else self.products
        cards = "".join(f"<li><a href=/goods/{n}><img src=/x.svg>{self._title(n)}</a> ¥{n}9.90</li>" for n in shown)
        return f"<html><head><title>演示商城{self.name}</title></head><body><ul>{cards}</ul>{'' if shown else '<p>暂无商品，敬请期待。</p>'}</body></html>"

    def _title(self, number: int) -> str:
        return f"演示保温杯 {self.name}{number}号"

    def _says(self, number: int) -> str:
        return "根治颈椎病，双层不锈钢。" if number == 1 else "双层不锈钢，保温十二小时。"

    def _product(self, number: int) -> str:
        priced = self.trouble != "layout"
        if self.layout == "jsonld":
            data = {"@context": "https://schema.org", "@type": "Product", "name": self._title(number), "sku": str(number),
                    "description": self._says(number), "brand": {"@type": "Brand", "name": "演示"}}  # fmt: skip
            if priced:
                data["offers"] = {"@type": "Offer", "price": f"{number}9.90", "priceCurrency": "CNY"}
            price, more = "", f"<script type='application/ld+json'>{json.dumps(data, ensure_ascii=False)}</script>"
        else:
            price, more = (
                (f"<p class=price>价格：¥{number}9.90</p>" if priced else f"<div data-cost={number}></div>"),
                "",
            )
        return (
            f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{self._title(number)}</title>{more}</head><body>"
            f"<h1>{self._title(number)}</h1>{price}<table><tr><th>品牌</th><td>演示</td></tr></table>"
            f"<p>{self._says(number)}</p><button>加入购物车</button></body></html>"
        )

    def _api(self, path: str, sent: bytes) -> tuple[int, str, bytes]:
        place = path.partition("?")[0]
        if place == "/mp/category/list":
            return _json({"errno": 0, "data": [{"id": "all"}]})
        if place == "/mp/goods/list":
            shown = () if self.trouble == "empty" else self.products
            rows = [{"id": str(n), "name": self._title(n), "price": f"{n}9.90"} for n in shown]
            return _json({"errno": 0, "data": {"total": len(rows), "list": rows if "page=1" in path else []}})
        number = int(json.loads(sent or b"{}").get("id", 0)) if place == "/mp/goods/detail" else 0
        if number not in self.products:
            return _json({"errno": 404, "errmsg": "商品不存在"})
        if (stopped := self._stopped(number)) is not None:
            return stopped
        goods: dict[str, Any] = {
            "id": str(number), "name": self._title(number), "brand": "演示", "detail": f"<p>{self._says(number)}</p>",
            "params": [{"name": "材质", "value": "不锈钢"}], "button": "加入购物车",
        }  # fmt: skip
        if self.trouble != "layout":
            goods["price"] = f"{number}9.90"
        return _json({"errno": 0, "data": {"goods": goods}})


def _bound(port: int) -> socket.socket:
    """A socket that holds the port and does not listen: who connects is refused."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held


def _html(text: str, status: int = 200) -> tuple[int, str, bytes]:
    return status, "text/html; charset=utf-8", text.encode()


def _json(value: object) -> tuple[int, str, bytes]:
    return 200, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode()
