"""One time stamp (RFC 3161): asking for it, and whether an answer is a stamp over these data that we have reason to trust.

Owns: the query (SHA-256 imprint, nonce, certificate asked for), reading an answer, following the signer's certificates to
a root that the installation named, all at the time the stamp gives. Leaves to others: sending (``stamp.post``), how a kind
of service is spoken to (``stamp.services``), keeping.

Checked are: status granted, imprint, nonce, signature, the path to the root with its validity at ``gen_time``, purpose
(a critical extendedKeyUsage timeStamping), and that the signed attribute of RFC 3161 2.4.2 (RFC 5816) names the signer's
certificate. Not checked: revocation; it would need the network, and is named in ``VERIFY.txt``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization

from scanner.errors import InputError

MAX_ANSWER = 64 * 1024  # bytes; real ones have 1 to 7 kB
MAX_PEM = 256 * 1024
MAX_PATH = 8  # certificates from the signer to the root
# What reading a hostile structure may raise; asn1crypto has no error of its own.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A stamp that holds. ``gen_time``: when the authority says it was made (UTC); ``serial``: decimal; ``chain``: the
    certificates from the signer to the root, as PEM; ``root``: SHA-256 of the root's DER, hex."""

    gen_time: datetime
    policy: str
    serial: str
    chain: bytes
    root: str


def query(imprint: bytes) -> bytes:
    """A new query (DER) for a stamp over data with this SHA-256; its nonce has 64 random bits."""
    asked = _tsp().TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
            "nonce": secrets.randbits(63) | 1 << 63,
            "cert_req": True,
        }
    )
    return bytes(asked.dump())


def check(
    answer: bytes, asked: bytes, imprint: bytes, *, certificates: Sequence[x509.Certificate], roots: Iterable[str],
    self_signed: bool = False,
) -> Checked:  # fmt: skip
    """The stamp in ``answer`` (a TimeStampResp) to the query ``asked``. InputError says in Chinese why it is none.

    ``certificates``: those that the installation holds, beside the ones in the answer; ``roots``: SHA-256 of those it
    trusts; ``self_signed``: whether a signer that certified itself is one it named.
    """
    nonce = _nonce(asked, imprint)
    if len(answer) > MAX_ANSWER:
        raise InputError("时间戳应答过大")
    try:
        info, signer, inside = _open(answer)
    except _UNREADABLE as error:
        raise InputError("不是可以读取的时间戳应答") from error
    stamped = info["message_imprint"]
    if stamped["hash_algorithm"]["algorithm"].native != "sha256" or stamped["hashed_message"].native != imprint:
        raise InputError("时间戳盖的是别的数据")  # another imprint
    if info["nonce"].native != nonce:
        raise InputError("时间戳的随机数（nonce）与请求不符")
    path = _path(signer, [*inside, *certificates], frozenset(roots), self_signed=self_signed)
    _names_signer(signer, path[0])
    _verified(answer, path, nonce, imprint)
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in path)
    try:
        return Checked(
            gen_time=info["gen_time"].native.astimezone(UTC), policy=str(info["policy"].dotted),
            serial=str(info["serial_number"].native), chain=chain, root=fingerprint(path[-1]),
        )  # fmt: skip
    except _UNREADABLE as error:
        raise InputError("时间戳的时间读不出来") from error


def certificates_of(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, in its order; InputError when there is none or one does not load."""
    if len(pem) > MAX_PEM:
        raise InputError("证书文件过大")
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise InputError("证书读不出来（应当是 PEM）") from error


def self_certified(certificate: x509.Certificate) -> bool:
    """Whether a certificate is signed by its own key, as roots are."""
    return certificate.issuer == certificate.subject and _issued(certificate, certificate)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER, hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _canonical(answer: bytes) -> bytes:
    """The same answer with its certificates in DER order. OpenSSL's own authority sends them in another, which a strict
    reader refuses; they are not part of what is signed."""
    try:
        held = _tsp().TimeStampResp.load(answer)["time_stamp_token"]["content"]["certificates"]
        parts = [one.dump() for one in held]
    except _UNREADABLE:
        return answer
    return answer.replace(b"".join(parts), b"".join(sorted(parts)))


def _tsp() -> Any:
    from asn1crypto import tsp  # type: ignore[import-untyped]  # a slow import that most commands do not need

    return tsp


@cache
def _response() -> Any:
    """TimeStampResp with the token left out where there is none (RFC 3161 2.4.2), which asn1crypto's own does not read."""
    from asn1crypto import core

    tsp = _tsp()
    parts = [("status", tsp.PKIStatusInfo), ("time_stamp_token", tsp.ContentInfo, {"optional": True})]
    return type("TimeStampResp", (core.Sequence,), {"_fields": parts})


def _nonce(asked: bytes, imprint: bytes) -> int:
    try:
        read = _tsp().TimeStampReq.load(asked, strict=True)
        stamped, nonce = read["message_imprint"], read["nonce"].native
        same = stamped["hashed_message"].native == imprint
        same = same and stamped["hash_algorithm"]["algorithm"].native == "sha256"
    except _UNREADABLE as error:
        raise InputError("时间戳请求读不出来") from error
    if not same:
        raise InputError("时间戳请求的是别的数据")  # a query over something else
    if not isinstance(nonce, int):
        raise InputError("时间戳请求没有随机数（nonce）")
    return nonce


def _open(answer: bytes) -> tuple[Any, Any, list[x509.Certificate]]:
    """(TSTInfo, the one SignerInfo, certificates inside); InputError for an answer without a stamp."""
    response = _response().load(answer, strict=True)
    status = response["status"]
    if status["status"].native != "granted":
        words = status["status_string"].native or []
        said = "；".join(str(word) for word in words)[:200]
        raise InputError(f"服务没有给时间戳（{status['status'].native}{f'：{said}' if said else ''}）")
    signed = response["time_stamp_token"]["content"]
    info = signed["encap_content_info"]["content"].parsed
    if not isinstance(info, _tsp().TSTInfo) or len(signed["signer_infos"]) != 1:
        raise InputError("不是可以读取的时间戳应答")
    _ = info.native, signed["signer_infos"].native  # asn1crypto reads lazily: let it fail here
    held = signed["certificates"]
    inside = [x509.load_der_x509_certificate(one.chosen.dump()) for one in held] if held.native else []
    return info, signed["signer_infos"][0], inside


def _path(
    signer: Any, pool: Sequence[x509.Certificate], roots: frozenset[str], *, self_signed: bool
) -> list[x509.Certificate]:
    """From the signer's certificate to a trusted root; InputError when none of ``pool`` leads there."""
    try:
        wanted = signer["sid"].chosen
        issuer, serial = wanted["issuer"].dump(), wanted["serial_number"].native
    except _UNREADABLE as error:
        raise InputError("时间戳没有写明签发者的证书") from error
    found = [one for one in pool if one.serial_number == serial and one.issuer.public_bytes() == issuer]
    if not found:
        raise InputError("时间戳里没有签发者的证书")
    path = [found[0]]
    if self_certified(path[0]) and not self_signed:
        raise InputError("时间戳的证书是自签的；设置里没有写明信任自签证书（self_signed）")
    while not self_certified(path[-1]):
        above = next((one for one in pool if one not in path and _issued(path[-1], one)), None)
        if above is None or len(path) >= MAX_PATH:
            raise InputError("时间戳的证书链不完整，到不了根证书")
        path.append(above)
    if fingerprint(path[-1]) not in roots:
        raise InputError("时间戳的根证书不是设置里信任的根证书")  # unknown root
    return path


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _names_signer(signer: Any, certificate: x509.Certificate) -> None:
    """Whether the signed attributes name the signer's certificate by its hash (ESSCertID, ESSCertIDv2)."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    try:
        for attribute in signer["signed_attrs"]:
            if attribute["type"].native in ("signing_certificate", "signing_certificate_v2"):
                first = attribute["values"][0]["certs"][0]
                old = attribute["type"].native == "signing_certificate"
                name = "sha1" if old else first["hash_algorithm"]["algorithm"].native
                if hashlib.new(name, der, usedforsecurity=False).digest() == first["cert_hash"].native:
                    return
    except _UNREADABLE as error:
        raise InputError("时间戳的签名属性读不出来") from error
    raise InputError("时间戳的签名没有指明签发者的证书")


def _verified(answer: bytes, path: Sequence[x509.Certificate], nonce: int, imprint: bytes) -> None:
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    builder = VerifierBuilder(nonce=nonce, roots=[path[-1]], intermediates=list(path[1:-1]))
    try:
        builder.build().verify(decode_timestamp_response(_canonical(answer)), imprint)
    except VerificationError as error:
        raise InputError(f"时间戳的签名或者证书无效（{str(error)[:160]}）") from error
    except _UNREADABLE as error:
        raise InputError("不是可以读取的时间戳应答") from error
