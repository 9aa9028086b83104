"""The proxy of the browser itself, outside any visit: nothing gets through.

Owns: a closed door that counts who knocks. Chromium calls home in spite of every flag, and those calls are part of no
visit. Leaves to others: the visits' own proxies (``server``).
"""

from __future__ import annotations

import asyncio


class ClosedProxy:
    """``calls`` says who was called, ``host:port`` → times."""

    def __init__(self) -> None:
        self.port = 0
        self.calls: dict[str, int] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=8192)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
            target = line.decode("latin-1").split(" ")[1:2]
            host = (target[0] if target else "").removeprefix("http://").partition("/")[0][:100]
            if host in self.calls or len(self.calls) < 100:
                self.calls[host] = self.calls.get(host, 0) + 1
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # who is not let through need not be understood
        finally:
            writer.close()
