"""The installation's signing key: made on first use, kept in the home, never copied into a package.

Owns: the key pair (Ed25519, RFC 8032), its fingerprint, signing and checking. Leaves to others: what is signed
(``package``). The key says *this installation made this*, no more: nobody certified it. A stranger has to compare the
fingerprint with one that the unit published elsewhere. Certified signatures and time stamps are added beside it.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scanner.errors import InputError, StoreError
from scanner.evidence import digest
from scanner.evidence.disk import sync_folder

NAME = "installation.pem"
MAX_PEM = 10_000


class Keys:
    """An open key pair."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key()
        self.public = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = fingerprint(public)

    @classmethod
    def open(cls, folder: Path) -> Keys:
        """The key pair in ``folder``; a new one when there is none (file mode 0600)."""
        path = folder / NAME
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return cls(_make(path))
        try:
            private = serialization.load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise StoreError("签名密钥读不出来", where=str(path), hint="从备份恢复；不要另造") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise StoreError("签名密钥不是 Ed25519", where=str(path), hint="从备份恢复；不要另造")
        return cls(private)

    def sign(self, data: bytes) -> bytes:
        """64 bytes; the same data give the same signature."""
        return self._private.sign(data)


def fingerprint(public: Ed25519PublicKey) -> str:
    """SHA-256 over the key's SubjectPublicKeyInfo (DER), hex: ``openssl pkey -pubin -outform DER | sha256sum``."""
    return digest.sha256(
        public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def read_public(pem: bytes) -> Ed25519PublicKey:
    """A public key from a package; InputError unless it is Ed25519 in the one spelling we write."""
    try:
        public = serialization.load_pem_public_key(pem[:MAX_PEM])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("公钥读不出来") from error  # public key does not load
    if not isinstance(public, Ed25519PublicKey):
        raise InputError("公钥不是 Ed25519")
    spelled = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    if spelled != pem:
        raise InputError("公钥的写法不规范")  # other bytes around the same key
    return public


def signed(public: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether ``signature`` is ``public``'s over ``data``."""
    try:
        public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _make(path: Path) -> Ed25519PrivateKey:
    private = Ed25519PrivateKey.generate()
    data = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
    draft.replace(path)
    sync_folder(path.parent)
    return private
