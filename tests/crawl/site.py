"""A small real web server for one test: paths to handlers, raw bytes both ways kept for comparison."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[bytes], bytes]


def answer(
    body: bytes, *, status: str = "200 OK", type_: str = "text/html; charset=utf-8", extra: bytes = b""
) -> bytes:
    """A whole HTTP/1.1 answer that closes its connection."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    return head.encode() + extra + b"\r\n" + body


@dataclass(slots=True)
class Site:
    """What to answer by path, and what went over the wire: (path, request bytes, answer bytes)."""

    answers: dict[str, bytes | Answer]
    port: int = 0
    wire: list[tuple[str, bytes, bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(answers: dict[str, bytes | Answer]) -> Iterator[Site]:
    """Serve on a free loopback port; a path that is not named answers 404."""
    site = Site(answers)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = b""
            while b"\r\n\r\n" not in asked:
                piece = self.request.recv(65536)
                if not piece:
                    return
                asked += piece
            head, _, body = asked.partition(b"\r\n\r\n")
            wanted = next((int(n[15:]) for n in head.lower().split(b"\r\n") if n.startswith(b"content-length:")), 0)
            while len(body) < wanted and (piece := self.request.recv(65536)):
                asked, body = asked + piece, body + piece
            path = asked.split(b" ", 2)[1].decode("latin-1")
            found = site.answers.get(path, answer(b"not here", status="404 Not Found"))
            sent = found(asked) if callable(found) else found
            site.wire.append((path, asked, sent))
            try:
                self.request.sendall(sent)
            except OSError:
                return  # the crawler hung up on purpose

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
