"""TLS on both sides of the proxy: our one key towards the browser, the shop's verified certificate towards the net.

Owns: the capture key and the certificates made with it, the contexts of both sides, the chain a shop sent, and the
verdict on it. Leaves to others: sockets (``server``), telling Chromium which key to trust (``chromium``).

The key lives in memory for one run of the browser. The browser is told to trust this key and no other invalid
certificate, so verifying the shop's certificate is our duty: a shop whose certificate does not hold is not asked.
"""

from __future__ import annotations

import base64
import hashlib
import os
import ssl
import tempfile
from datetime import timedelta
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanner import clock
from scanner.crawl.fetch.address import literal

KEPT = 256  # hosts whose context is kept; a page of adverts names a few dozen


class CaptureKey:
    """The key our proxy speaks TLS with, and a certificate for each host the browser asks for."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def spki(self) -> str:
        """Base64 SHA-256 of the public key's SubjectPublicKeyInfo, as Chromium's pin list wants it."""
        public = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(hashlib.sha256(public).digest()).decode()

    def context(self, host: str) -> ssl.SSLContext:
        """A server context that presents a certificate for ``host`` (canonical). HTTP/2 is not offered."""
        found = self._contexts.pop(host, None)
        if found is None:
            found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            found.set_alpn_protocols(["http/1.1"])
            self._load(found, host)
            if len(self._contexts) >= KEPT:
                self._contexts.pop(next(iter(self._contexts)))
        self._contexts[host] = found
        return found

    def _load(self, context: ssl.SSLContext, host: str) -> None:
        """Python reads certificates only from files: one of our own, readable by nobody else, gone at once."""
        key = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with tempfile.TemporaryDirectory(prefix="qingwang-") as folder:
            path = os.path.join(folder, "leaf.pem")
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(key + self._certificate(host).public_bytes(serialization.Encoding.PEM))
            context.load_cert_chain(path)

    def _certificate(self, host: str) -> x509.Certificate:
        address = literal(host)
        name = x509.DNSName(host) if address is None else x509.IPAddress(address)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Qingwang capture proxy")])
        now = clock.machine()  # the browser's own idea of the time
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([name]), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def verifying(roots: str = "") -> ssl.SSLContext:
    """The context towards shops: the system's roots (and ``roots``, PEM, if given), names checked, no HTTP/2."""
    context = ssl.create_default_context()
    if roots:
        context.load_verify_locations(cadata=roots)
    context.set_alpn_protocols(["http/1.1"])
    # As Chromium and Scrapy do: servers that never learnt secure renegotiation, roots without every extension.
    context.options |= 0x4  # SSL_OP_LEGACY_SERVER_CONNECT, named in Python only from 3.12 on
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def unverified() -> ssl.SSLContext:
    """A context that takes any certificate: only to keep the chain of a shop whose certificate was refused."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def session(connection: Any) -> tuple[str, tuple[bytes, ...]]:
    """``("TLSv1.3 TLS_AES_256_GCM_SHA384", chain as the shop sent it, DER, leaf first)`` of a TLS connection.

    ``connection`` is asyncio's ``ssl_object``. Before Python 3.13 the whole chain is only on its inner object.
    """
    cipher = connection.cipher()
    name = f"{connection.version()} {cipher[0] if cipher else ''}".strip()
    if hasattr(connection, "get_unverified_chain"):
        return name, tuple(cast("list[bytes]", connection.get_unverified_chain() or []))
    inner = connection._sslobj.get_unverified_chain() or []
    return name, tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in inner)


def why(error: ssl.SSLError) -> str:
    """A failed handshake in words an analyst can use."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"服务器证书验证不通过：{_VERDICTS.get(error.verify_code, error.verify_message)}"
    return f"TLS 握手失败：{error.reason or type(error).__name__}"


# OpenSSL's verification codes (x509_vfy.h) that shops produce.
_VERDICTS = {
    9: "证书尚未生效",  # not yet valid
    10: "证书已过期",  # expired
    18: "自签名证书",  # self-signed
    19: "根证书不受信任",  # untrusted root
    20: "签发机构不受信任",  # unknown issuer
    21: "证书链不完整",  # incomplete chain
    23: "证书已吊销",  # revoked
    62: "证书与主机名不符",  # name mismatch
    64: "证书与 IP 地址不符",  # address mismatch
}
