"""A time-stamp authority that really is one: ``openssl ts -reply`` behind HTTP on loopback, with certificates of its own.

Its paths are the ways in which an authority can behave: ``/`` does its work, the others go wrong in the way they are named.
"""

from __future__ import annotations

import base64
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class Tsa:
    """A running authority. ``root`` is the file that trusts it; ``asked`` counts the queries."""

    folder: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)
    played: list[bytes] = field(default_factory=list)  # what ``/replayed`` answered, the first one again and again
    down: bool = False  # answers nothing but 503
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """What ``openssl ts`` answers."""
        with self.lock:
            (self.folder / "q.tsq").write_bytes(query)
            subprocess.run(
                ["openssl", "ts", "-reply", "-config", str(self.folder / "ts.cnf"), "-queryfile", str(self.folder / "q.tsq"),
                 "-out", str(self.folder / "r.tsr")],
                check=True, capture_output=True,
            )  # fmt: skip
            return (self.folder / "r.tsr").read_bytes()

    def settings(self, name: str, path: str = "/", **more: object) -> dict[str, object]:
        """An entry of ``stamp_authorities`` that names it."""
        return {"name": name, "url": f"{self.url}{path}", "roots": [f"{self.folder.name}.pem"], **more}


def make(folder: Path, *, self_signed: bool = False, days: int = 3650) -> Tsa:
    """Certificates and settings of an authority: root, one between, the signer; or one that certified itself."""
    folder.mkdir()
    root_key = ec.generate_private_key(ec.SECP256R1())
    if self_signed:
        root = _certificate("self", root_key, None, None, ca=False, days=days)
        tsa, tsa_key, chain = root, root_key, [root]
    else:
        root = _certificate("root", root_key, None, None, ca=True, days=days)
        between_key = ec.generate_private_key(ec.SECP256R1())
        between = _certificate("between", between_key, root, root_key, ca=True, days=days)
        tsa_key = ec.generate_private_key(ec.SECP256R1())
        tsa = _certificate("时间戳", tsa_key, between, between_key, ca=False, days=days)
        chain = [between, root]
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.pem").write_bytes(tsa.public_bytes(serialization.Encoding.PEM))
    (folder / "chain.pem").write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))
    (folder / "tsa.key").write_bytes(
        tsa_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder / "serial").write_text("01\n")
    (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))
    return Tsa(folder=folder)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None, signer: ec.EllipticCurvePrivateKey | None,
    *, ca: bool, days: int,
) -> x509.Certificate:  # fmt: skip
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"演示 {name}")])
    began = datetime.now(UTC) - timedelta(days=1)
    draft = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return draft.sign(signer or key, hashes.SHA256())


def _https(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "https.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return folder / "https.pem"


class Handler(BaseHTTPRequestHandler):
    """One question to an authority: ``answer_`` and the path say how it behaves."""

    tsa: Tsa  # set in the class that ``serve`` makes

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        self.tsa.asked.append(self.path)
        if self.tsa.down:
            self.send_error(503)
            return
        getattr(self, "answer_" + (self.path.strip("/") or "well"))(query)

    def say(self, body: bytes, kind: str = "application/timestamp-reply") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_well(self, query: bytes) -> None:
        self.say(self.tsa.reply(query))

    def answer_login(self, query: bytes) -> None:
        if self.headers.get("Authorization") != "Basic " + base64.b64encode("用户:密码".encode()).decode():
            self.send_error(401)
            return
        self.say(self.tsa.reply(query))

    def answer_json(self, query: bytes) -> None:
        self.say(b'{"token":"%b"}' % base64.b64encode(self.tsa.reply(query)), "application/json")

    def answer_html(self, query: bytes) -> None:
        self.say(b"<html>welcome</html>", "text/html")

    def answer_rubbish(self, query: bytes) -> None:
        self.say(b"\x30\x84\xff\xff\xff\xff")

    def answer_refused(self, query: bytes) -> None:
        self.say(self.tsa.reply(query[:-3]))  # OpenSSL's own way of saying no

    def answer_broken(self, query: bytes) -> None:
        self.send_error(500)

    def answer_elsewhere(self, query: bytes) -> None:
        self.send_response(307)
        self.send_header("Location", self.tsa.url + "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_replayed(self, query: bytes) -> None:
        self.tsa.played.append(self.tsa.reply(query))
        self.say(self.tsa.played[0])

    def answer_other(self, query: bytes) -> None:
        at = query.index(b"\x04\x20") + 2  # the imprint
        self.say(self.tsa.reply(query[:at] + bytes(32) + query[at + 32 :]))

    def answer_big(self, query: bytes) -> None:
        self.say(bytes(3_000_000))

    def answer_short(self, query: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(self.tsa.reply(query)[:100])
        self.close_connection = True

    def answer_hang(self, query: bytes) -> None:
        time.sleep(3)

    def answer_drip(self, query: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        for _ in range(60):
            self.wfile.write(b"\x30")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        return

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the other side hung up, or did not like our certificate
            return


@contextmanager
def serve(tsa: Tsa, *, https: bool = False) -> Iterator[Tsa]:
    """Run ``tsa`` on loopback; its ``url`` is set. ``https``: with a certificate of its own, ``https.pem``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handling", (Handler,), {"tsa": tsa}))
    server.daemon_threads = True
    if https:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_https(tsa.folder))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    tsa.url = f"{'https' if https else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield tsa
    finally:
        server.shutdown()
        server.server_close()
