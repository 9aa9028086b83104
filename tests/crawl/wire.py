"""A real server that writes exactly the bytes a test gives it, over TCP or TLS, and keeps what went over the wire."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import secrets
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Pieces to write one after the other; a float is a pause in seconds.
Script = Iterable[bytes | float]
Route = bytes | Callable[[bytes], Script]


def reply(body: bytes, *, status: str = "200 OK", type_: str = "text/html; charset=utf-8", extra: str = "") -> bytes:
    """A whole answer with a length; the connection is left to whoever closes it first."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {type_}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode("latin-1") + body


@dataclass(slots=True)
class Wire:
    """What a server answers by path, and what it saw: (path, request bytes, bytes written so far)."""

    routes: dict[str, Route]
    port: int = 0
    scheme: str = "http"
    name: str = "127.0.0.1"
    seen: list[tuple[str, bytes, bytearray]] = field(default_factory=list)
    connections: int = 0
    alpn: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.name}:{self.port}"

    @property
    def place(self) -> str:
        return f"{self.name}:{self.port}"

    def paths(self) -> list[str]:
        return [path for path, *_ in self.seen]

    def written(self, path: str) -> bytes:
        """What was written for the last request of a path."""
        return next(bytes(out) for seen, _, out in reversed(self.seen) if seen == path)

    def read(self, path: str) -> bytes:
        return next(asked for seen, asked, _ in reversed(self.seen) if seen == path)


@contextmanager
def wire(routes: dict[str, Route], *, tls: ssl.SSLContext | None = None, name: str = "127.0.0.1") -> Iterator[Wire]:
    """Serve on a free loopback port until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    made = Wire(routes, port=listening.getsockname()[1], scheme="https" if tls else "http", name=name)
    open_now: set[socket.socket] = set()

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            made.connections += 1
            open_now.add(connection)
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        try:
            secured = tls.wrap_socket(connection, server_side=True) if tls else connection
            if isinstance(secured, ssl.SSLSocket):
                made.alpn.append(secured.selected_alpn_protocol())
            _answer(made, secured)
            if tls:
                secured.unwrap()  # type: ignore[attr-defined]
        except (OSError, ValueError):
            pass  # the client hung up, as clients may
        finally:
            open_now.discard(connection)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield made
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread, which would keep the port open
        listening.close()
        for connection in list(open_now):
            connection.close()


def _answer(made: Wire, connection: socket.socket) -> None:
    asked = b""
    while b"\r\n\r\n" not in asked:
        piece = connection.recv(65536)
        if not piece:
            return
        asked += piece
        if asked[0] == 0x16:  # a TLS handshake at a plain port
            connection.sendall(reply(b"", status="400 Bad Request"))
            return
    head, _, rest = asked.partition(b"\r\n\r\n")
    for row in head.split(b"\r\n"):
        if row.lower().startswith(b"content-length:"):
            while len(rest) < int(row[15:]):
                piece = connection.recv(65536)
                rest, asked = rest + piece, asked + piece
    path = asked.split(b" ", 2)[1].decode("latin-1")
    route = made.routes.get(path, reply(b"not here", status="404 Not Found"))
    script = [route] if isinstance(route, bytes) else route(asked)
    out = bytearray()
    made.seen.append((path, asked, out))
    for part in script:
        if isinstance(part, float):
            threading.Event().wait(part)
        else:
            out += part
            connection.sendall(part)


# --- certificates ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of the test's own. ``pem`` is its root."""

    key: ec.EllipticCurvePrivateKey
    root: x509.Certificate

    @property
    def pem(self) -> str:
        return self.root.public_bytes(serialization.Encoding.PEM).decode()

    @classmethod
    def make(cls) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test root {secrets.token_hex(4)}")])
        built = _builder(name, name, key.public_key(), days=(-1, 10)).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        return cls(key, built.sign(key, hashes.SHA256()))

    def context(
        self, name: str = "127.0.0.1", *, days: tuple[int, int] = (-1, 10)
    ) -> tuple[ssl.SSLContext, list[bytes]]:
        """A server's context with a certificate for ``name``, valid from and to so many days from now, and the chain
        it sends (DER, leaf first). The root is sent too, as many shops do."""
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            san: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            san = x509.DNSName(name)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test shop")])
        leaf = (
            _builder(subject, self.root.subject, key.public_key(), days=days)
            .add_extension(x509.SubjectAlternativeName([san]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "all.pem"
            secret = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            path.write_bytes(secret + leaf.public_bytes(serialization.Encoding.PEM) + self.pem.encode())
            context.load_cert_chain(path)
        return context, [one.public_bytes(serialization.Encoding.DER) for one in (leaf, self.root)]


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
    )
