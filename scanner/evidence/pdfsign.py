"""The report's PDF signed and time-stamped: PAdES (ETSI EN 319 142), by pyHanko.

The signer is a certificate of the installation's own — self-signed, so it says only "this installation made this", and the
reader compares its fingerprint — or one that ``config.yaml`` names under ``pdf_signer`` (an authority's). Time stamps come
from authorities if there are any: the first inside the signature, the others as document time stamps over all before.

Owns: making and keeping the installation's certificate, reading a configured one, signing, and checking a signed copy
against the PDF it is a copy of. Leaves to others: the PDF (``report.pdf``), which authorities there are and how they are asked,
where the signed copy lies (``seals/report.signed.pdf``) and what is said of it.

A signature stands behind the PDF's own bytes: the signed copy begins with the unsigned PDF, byte for byte.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from scanner.errors import ConfigError, InputError, StoreError, reason
from scanner.evidence import digest
from scanner.evidence.disk import sync_folder
from scanner.home import PdfSigner

if TYPE_CHECKING:
    from pyhanko.sign import SimpleSigner
    from pyhanko.sign.timestamps import TimeStamper

OWN = "report-signer.pem"  # in keys/: the installation's certificate and its key
SIGNED = "seals/report.signed.pdf"
FIELD, REASON = "Qingwang", "固定网页证据报告的内容"
YEARS = 10
ROOM = 64 * 1024  # bytes kept for the signature with its time stamp and chain
MAX_SIGNED = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: certificate (DER), the chain above it, the private key (PKCS#8 DER). ``own``: the installation's."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key: bytes
    own: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate (DER), hex."""
        return digest.sha256(self.certificate)


def signer(keys: Path, given: PdfSigner | None, *, unit: str, now: datetime) -> Signer:
    """The configured signer, else the installation's own, made when it is first needed (``keys/report-signer.pem``, readable
    by its owner alone). ConfigError where the configured one cannot be used, StoreError where the own one is damaged."""
    return _configured(keys, given, now) if given is not None else _own(keys, unit, now)


def sign_pdf(pdf: bytes, by: Signer, *, timestampers: Sequence[TimeStamper] = ()) -> bytes:
    """``pdf`` with ``by``'s signature appended, and a document time stamp of each further authority. No signing time of our
    own goes in: a time stamp proves one, our clock does not. InputError where the PDF cannot be signed, or an authority
    does not answer."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps import TimestampRequestError

    meta = PdfSignatureMetadata(
        field_name=FIELD, reason=REASON, subfilter=SigSeedSubFilter.PADES, certify=True, md_algorithm="sha256",
        docmdp_permissions=MDPPerm.NO_CHANGES if not timestampers[1:] else MDPPerm.FILL_FORMS,
    )  # fmt: skip
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        made = PdfSigner(meta, _simple(by), timestamper=next(iter(timestampers), None)).sign_pdf(
            writer, bytes_reserved=ROOM
        )
        signed = made.getvalue()
        for one in timestampers[1:]:
            stamping = IncrementalPdfFileWriter(io.BytesIO(signed))
            signed = PdfTimeStamper(one).timestamp_pdf(stamping, "sha256").getvalue()
    except (PdfError, SigningError, TimestampRequestError, OSError, ValueError) as error:
        raise InputError(f"报告的 PDF 签不上：{str(error)[:200]}", where=SIGNED) from error
    return bytes(signed)


def faults(signed: bytes, original: bytes, *, fingerprint: str = "") -> list[str]:
    """What is wrong with a signed copy, in Chinese: whether it is a copy of ``original``, whole to its last byte, its
    signature good, and by the certificate of this fingerprint. Whom to trust is the reader's business; no network."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    if len(signed) > MAX_SIGNED:
        return [f"{SIGNED}：文件过大"]
    found = [] if signed.startswith(original) else [f"{SIGNED}：不是 report.pdf 的签名副本（开头的内容不同）"]
    try:
        read = PdfFileReader(io.BytesIO(signed))
        regular, stamps = read.embedded_regular_signatures, read.embedded_timestamp_signatures
        if len(regular) != 1:
            return [*found, f"{SIGNED}：应当有一个签名，有 {len(regular)} 个"]
        certificate = regular[0].signer_cert
        trust = ValidationContext(trust_roots=[certificate], allow_fetching=False, revocation_mode="soft-fail")
        status = validate_pdf_signature(regular[0], trust, ts_validation_context=trust, skip_diff=False)
        if not (status.intact and status.valid):
            found.append(f"{SIGNED}：签名与内容不符")
        if status.modification_level not in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES):
            found.append(f"{SIGNED}：签名以后有改动")
        if fingerprint and digest.sha256(certificate.dump()) != fingerprint:
            found.append(f"{SIGNED}：不是所给的证书签的")
        # pyHanko leaves bytes behind the last revision unremarked.
        if max(_end(one) for one in (*regular, *stamps)) != len(signed):
            found.append(f"{SIGNED}：签名之后多出了内容")
    except (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError, RecursionError,
            AttributeError) as error:  # fmt: skip
        return [*found, f"{SIGNED}：签名读不出来（{type(error).__name__}）"]
    return found


def _end(embedded: Any) -> int:
    """The end of the bytes that a signature covers."""
    start, length = (int(number) for number in list(embedded.byte_range)[-2:])
    return start + length


def _simple(by: Signer) -> SimpleSigner:
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()
    store.register_multiple([asn1_x509.Certificate.load(der) for der in by.chain])
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(by.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(by.key),
        cert_registry=store,
    )


# --- the installation's own ----------------------------------------------------------------------------------------


def _own(keys: Path, unit: str, now: datetime) -> Signer:
    path = keys / OWN
    if not path.exists():
        _make(path, unit, now)
    try:
        data = path.read_bytes()
        key = serialization.load_pem_private_key(data, password=None)
        (certificate,) = x509.load_pem_x509_certificates(data)
    except OSError as error:
        raise StoreError(f"报告的签名证书读不出来：{reason(error)}", where=str(path)) from error
    except (ValueError, TypeError) as error:
        raise StoreError("报告的签名证书读不出来", where=str(path), hint="移走这个文件，程序会另做一个") from error
    return Signer(certificate=_der(certificate), chain=(), key=_pkcs8(key), own=True)


def _make(path: Path, unit: str, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, "清网 报告签名（本机自签，非电子认证机构签发）")]
    if unit:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, unit[:64]))
    name = x509.Name(names)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    body = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM)
    draft = path.with_suffix(".draft")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(f"报告的签名证书存不了：{reason(error)}", where=str(path)) from error


# --- a configured one ------------------------------------------------------------------------------------------------


def _configured(keys: Path, given: PdfSigner, now: datetime) -> Signer:
    """The signer that ``config.yaml`` names: a PKCS#12 file, or certificates and key as PEM; files in ``keys/``."""
    password = _file(keys, given.password_file).strip() or None if given.password_file else None
    try:
        if given.pkcs12:
            key, certificate, above = pkcs12.load_key_and_certificates(_file(keys, given.pkcs12), password)
            chain = list(above)
        else:
            certificate, *chain = x509.load_pem_x509_certificates(_file(keys, given.certificate))
            key = serialization.load_pem_private_key(_file(keys, given.key), password)  # type: ignore[assignment]
    except (ValueError, TypeError) as error:
        raise ConfigError(
            "pdf_signer 的证书或者密钥读不出来", where=str(keys), hint="检查文件和密码（password_file）"
        ) from error
    if key is None or certificate is None:
        raise ConfigError("pdf_signer 的文件里没有密钥或者证书", where=str(keys / (given.pkcs12 or given.key)))
    if key.public_key() != certificate.public_key():
        raise ConfigError("pdf_signer 的密钥不是证书的密钥", where=str(keys / (given.pkcs12 or given.key)))
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise ConfigError("pdf_signer 的证书不在有效期内", where=str(keys / (given.pkcs12 or given.certificate)))
    return Signer(
        certificate=_der(certificate), chain=tuple(_der(one) for one in chain), key=_pkcs8(key), own=False
    )  # fmt: skip


def _file(keys: Path, name: str) -> bytes:
    try:
        return (keys / name).read_bytes()
    except OSError as error:
        raise ConfigError(f"pdf_signer 的文件读不出来：{reason(error)}", where=str(keys / name)) from error


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _pkcs8(key: Any) -> bytes:
    made: bytes = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made
