"""The installation's signing keys: made on first use, kept in the home, never copied into a package.

Owns: the two key pairs, their fingerprints, signing and checking. Ed25519 (RFC 8032) signs packages and whatever speaks for
the installation; ECDSA on P-384 signs WACZ files, because that is what viewers of WACZ can check. Leaves to others: what is
signed (``package``, ``wacz``), which key was in use when and how one follows another (``key_history``). A key says *this
installation made this*, no more: nobody certified it. A stranger has to compare the fingerprint with one that the unit
published elsewhere. Certified time stamps are added beside it.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from scanner.errors import InputError, StoreError
from scanner.evidence import digest, disk

NAME, WACZ_NAME = "installation.pem", "wacz.pem"
MAX_PEM = 10_000
_HALF = 48  # bytes of r and of s on P-384
Public = Ed25519PublicKey | ec.EllipticCurvePublicKey


class WaczKey:
    """The key pair that signs WACZ files."""

    algorithm = "ECDSA-P384"

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self.private = private
        public = private.public_key()
        self.public, self.spki, self.fingerprint = _pem(public), _der(public), fingerprint(public)

    def sign(self, data: bytes) -> bytes:
        """r and s, 48 bytes each (IEEE P1363), over SHA-256; RFC 6979, so that the same data give the same signature."""
        der = self.private.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


class Keys:
    """The open key pairs."""

    algorithm = "Ed25519"

    def __init__(self, private: Ed25519PrivateKey, wacz: ec.EllipticCurvePrivateKey, folder: Path) -> None:
        self.folder = folder  # where they are kept, or will be
        self._private = private
        public = private.public_key()
        self.public, self.fingerprint = _pem(public), fingerprint(public)
        self.wacz = WaczKey(wacz)

    @classmethod
    def open(cls, folder: Path) -> Keys:
        """The key pairs in ``folder``; new ones where there are none (file mode 0600)."""
        private = load(folder / NAME) or _kept(folder / NAME, Ed25519PrivateKey.generate())
        wacz = load(folder / WACZ_NAME) or _kept(folder / WACZ_NAME, ec.generate_private_key(ec.SECP384R1()))
        if not isinstance(private, Ed25519PrivateKey):
            raise StoreError("签名密钥不是 Ed25519", where=str(folder / NAME), hint="从备份恢复；不要另造")
        if not isinstance(wacz, ec.EllipticCurvePrivateKey) or not isinstance(wacz.curve, ec.SECP384R1):
            raise StoreError("签名密钥不是 ECDSA P-384", where=str(folder / WACZ_NAME), hint="从备份恢复；不要另造")
        return cls(private, wacz, folder)

    @classmethod
    def new(cls, folder: Path) -> Keys:
        """New key pairs for ``folder``, not kept there yet."""
        return cls(Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1()), folder)

    def save(self) -> None:
        """Put these in the place of those in their folder, one file after the other; each is at every moment a whole key."""
        _kept(self.folder / NAME, self._private)
        _kept(self.folder / WACZ_NAME, self.wacz.private)

    def sign(self, data: bytes) -> bytes:
        """64 bytes; the same data give the same signature."""
        return self._private.sign(data)


def fingerprint(public: Public) -> str:
    """SHA-256 over the key's SubjectPublicKeyInfo (DER), hex: ``openssl pkey -pubin -outform DER | sha256sum``."""
    return digest.sha256(_der(public))


def read_public(pem: bytes) -> Ed25519PublicKey:
    """A public key from a package; InputError unless it is Ed25519 in the one spelling we write."""
    try:
        public = serialization.load_pem_public_key(pem[:MAX_PEM])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("公钥读不出来") from error  # public key does not load
    if not isinstance(public, Ed25519PublicKey):
        raise InputError("公钥不是 Ed25519")
    if _pem(public) != pem:
        raise InputError("公钥的写法不规范")  # other bytes around the same key
    return public


def read_wacz(spki: bytes) -> ec.EllipticCurvePublicKey:
    """A WACZ's public key (SubjectPublicKeyInfo, DER); InputError unless it is ECDSA on P-384 in the one spelling."""
    try:
        public = serialization.load_der_public_key(spki[:MAX_PEM])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("公钥读不出来") from error
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP384R1):
        raise InputError("公钥不是 ECDSA P-384")
    if _der(public) != spki:
        raise InputError("公钥的写法不规范")
    return public


def signed(public: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether ``signature`` is ``public``'s over ``data``."""
    try:
        public.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def signed_wacz(public: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> bool:
    """Whether ``signature`` (r and s, 48 bytes each) is ``public``'s over the SHA-256 of ``data``."""
    if len(signature) != 2 * _HALF:
        return False
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        public.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _pem(public: Public) -> bytes:
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _der(public: Public) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def load(path: Path) -> PrivateKeyTypes | None:
    """The private key in a file, None where there is none; StoreError when it does not load."""
    try:
        return serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StoreError("签名密钥读不出来", where=str(path), hint="从备份恢复；不要另造") from error


def _kept(path: Path, private: PrivateKeyTypes) -> PrivateKeyTypes:
    data = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    disk.put(path, data, mode=0o600)
    return private
