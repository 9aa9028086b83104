"""The mall on a socket: HTTP/1.1 on loopback, keep-alive, gzip where asked for, one thread a connection.

Owns: reading requests, writing whole answers, counting what was asked. Leaves to others: what is answered (``shop``).
Only loopback is listened on; a request has ten seconds and 64 kB.
"""

from __future__ import annotations

import gzip
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scanner.demo.answers import Answer, asked
from scanner.demo.goods import Good, Stock, stock
from scanner.demo.shop import Site

MAX_BODY = 64 * 1024
WORTH_PACKING = 512  # bytes; below this gzip gains nothing


@dataclass(slots=True, kw_only=True)
class Mall:
    """A running mall. ``hits`` counts requests by path (no query), ``targets`` by path with query, ``cookies`` those
    that carried a cookie; ``agents`` are the User-Agent headers seen."""

    base_url: str
    stock: Stock
    hits: Counter[str] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)
    cookies: int = 0
    agents: set[str] = field(default_factory=set)

    @property
    def truth(self) -> Mapping[int, Good]:
        """Every listing by its number, with what it should yield and what a plain visit to it becomes."""
        return self.stock.goods

    @property
    def api_url(self) -> str:
        """Where the mini-program's list begins."""
        return f"{self.base_url}/mp/goods/list?page=1&size=10"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    mall: Mall
    site: Site
    lock: threading.Lock

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor who hangs up is no fault of the mall; anything else is, and is shown."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo-mall", ""
    timeout = 10
    disable_nagle_algorithm = True  # else every kept-alive answer waits for the visitor's delayed ACK
    wbufsize = -1  # headers and body leave together
    server: _Server

    def do_GET(self) -> None:
        self._respond(b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit() and int(length) <= MAX_BODY):
            self.close_connection = True
            self.send_error(413)
            return
        self._respond(self.rfile.read(int(length)))

    def _respond(self, body: bytes) -> None:
        self._count()
        answer = self.server.site.answer(asked("GET" if self.command == "HEAD" else self.command, self.path, body))
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and _packable(answer)
        content = _gzip(answer.body) if packed else answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(content)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def _count(self) -> None:
        mall = self.server.mall
        with self.server.lock:
            mall.hits[self.path.partition("?")[0]] += 1
            mall.targets[self.path] += 1
            mall.cookies += "Cookie" in self.headers
            mall.agents.add(self.headers.get("User-Agent", ""))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: ``Mall.hits`` says what was asked."""


def _packable(answer: Answer) -> bool:
    return len(answer.body) >= WORTH_PACKING and answer.media_type.startswith(
        ("text/", "application/json", "image/svg")
    )


@lru_cache(maxsize=512)
def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


@contextmanager
def serve(port: int = 0) -> Iterator[Mall]:
    """The mall on 127.0.0.1 while the block runs; ``port`` 0 takes a free one. Raises OSError if the port is taken."""
    with _Server(("127.0.0.1", port), _Handler) as server:
        base_url = f"http://127.0.0.1:{server.server_address[1]}"
        content = stock()
        server.mall, server.lock = Mall(base_url=base_url, stock=content), threading.Lock()
        server.site = Site(content, base_url)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="mall", daemon=True)
        thread.start()
        try:
            yield server.mall
        finally:
            server.shutdown()
            thread.join()
