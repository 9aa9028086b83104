"""A small NTP server on loopback (RFC 5905): tells a time that is off by as much as a test wants, or answers wrongly."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EPOCH = 2_208_988_800
Answer = Callable[[bytes, float], bytes | None]


def stamp(moment: float) -> bytes:
    return struct.pack("!II", int(moment + EPOCH) % 2**32, int(moment % 1 * 2**32))


def answer(
    ahead: float = 0.0, *, stratum: int = 2, leap: int = 0, mode: int = 4, reference: bytes = b"LOCL",
    dispersion: float = 0.01, originate: bytes | None = None,
) -> Answer:  # fmt: skip
    """A server whose clock is ``ahead`` seconds ahead."""

    def make(request: bytes, received: float) -> bytes:
        head = struct.pack("!BBbb", leap << 6 | 4 << 3 | mode, stratum, 6, -20)
        roots = struct.pack("!II", int(0.002 * 65536), int(dispersion * 65536))
        asked = request[40:48] if originate is None else originate
        now = stamp(time.time() + ahead)
        return head + roots + reference + now + asked + stamp(received + ahead) + now

    return make


@contextmanager
def ntp(make: Answer, *, delay: float = 0.0) -> Iterator[str]:
    """Serve on a port of its own; gives the source's address. ``delay``: seconds on the way back."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                request, whom = server.recvfrom(1024)
            except OSError:
                return
            if request == b"end":
                return
            said = make(request, time.time())
            time.sleep(delay)
            if said is not None:
                server.sendto(said, whom)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"ntp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.sendto(b"end", server.getsockname())
        thread.join(5)
        server.close()
