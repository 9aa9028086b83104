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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from scanner.errors import ConfigError, InputError, Problem, StoreError, reason
from scanner.evidence import digest, disk, restore
from scanner.evidence.stamp.services import Authority, ask
from scanner.home import PdfSigner

if TYPE_CHECKING:
    from pyhanko.sign import SimpleSigner
    from pyhanko.sign.timestamps import TimeStamper

OWN = "report-signer.pem"  # in keys/: the installation's certificate and its key
SIGNED = "seals/report.signed.pdf"
KEY = "pdf_signature"  # of environment.json
FIELD, REASON = "Qingwang", "固定网页证据报告的内容"
RFC3161 = "rfc3161"
YEARS = 10
# Hex digits kept for a signature: with its time stamp and that one's chain; without, beside its own certificates. Readers take
# them one by one, so a room that is mostly empty costs every check of the package.
ROOM, BARE = 64 * 1024, 8 * 1024
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed copy; which authorities' stamps it bears, and which gave none (name, why in Chinese)."""

    pdf: bytes
    stamped: tuple[str, ...] = ()
    pending: tuple[tuple[str, str], ...] = ()


def sign_pdf(pdf: bytes, by: Signer, *, among: Sequence[Authority] = ()) -> Signed:
    """``pdf`` with ``by``'s signature appended: the first authority that answers stamps the signature, each further one all
    before it. One that does not answer is named, and the signature stands without it. The signing time that PDF wants is
    this machine's clock and proves nothing. InputError where the PDF cannot be signed."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError

    usable = [one for one in among if one.kind == RFC3161]
    pending = {one.name: "不是 RFC 3161 服务，不能盖在 PDF 里" for one in among if one.kind != RFC3161}
    stamped: list[str] = []
    try:
        made = b""
        for one in usable:
            try:
                made = _stamped(made, one) if made else _signed(pdf, by, one)
                stamped.append(one.name)
            except _NoStamp as none:
                pending[one.name] = none.why
        made = made or _signed(pdf, by, None)
    except (PdfError, SigningError, ValueError) as error:
        raise InputError(f"报告的 PDF 签不上：{str(error)[:200]}", where=SIGNED) from error
    return Signed(pdf=made, stamped=tuple(stamped), pending=tuple(sorted(pending.items())))


def _signed(pdf: bytes, by: Signer, authority: Authority | None) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

    meta = PdfSignatureMetadata(
        field_name=FIELD, reason=REASON, subfilter=SigSeedSubFilter.PADES, certify=True, md_algorithm="sha256",
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    signer = PdfSigner(meta, _simple(by), timestamper=_asking(authority) if authority is not None else None)
    room = ROOM if authority is not None else BARE + 2 * sum(map(len, (by.certificate, *by.chain)))
    made: bytes = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=room).getvalue()
    return made


def _stamped(pdf: bytes, authority: Authority) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfTimeStamper

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    made: bytes = PdfTimeStamper(_asking(authority)).timestamp_pdf(writer, "sha256", bytes_reserved=ROOM).getvalue()
    return made


class _NoStamp(Exception):
    """An authority that gave no stamp."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _asking(authority: Authority) -> TimeStamper:
    """pyHanko's side of an authority that we ask ourselves: within its time, and checked up to its named root."""
    from asn1crypto import tsp  # type: ignore[import-untyped]
    from pyhanko.sign.timestamps import TimeStamper

    class Asking(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            answer = ask(authority, message_digest, seconds=authority.timeout)
            if answer.checked is None:
                raise _NoStamp(answer.why)
            return tsp.TimeStampResp.load(answer.token)["time_stamp_token"]

    return Asking()  # type: ignore[no-untyped-call]


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

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([asn1_x509.Certificate.load(der) for der in by.chain])
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(by.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(by.key),
        cert_registry=store,
    )


# --- in a package ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """``pdf_signature`` of ``environment.json``: SHA-256 of the signing certificate and of the whole signed copy (which lies
    in ``seals/`` because its bytes are other ones each time), the authorities whose stamps it bears, and those without."""

    certificate: str
    own: bool
    sha256: str
    stamped: tuple[str, ...]
    pending: tuple[tuple[str, str], ...]


def expected_of(by: Signer, signed: Signed) -> dict[str, Any]:
    """The record of a signed copy, for ``environment.json``."""
    made = Expected(
        certificate=by.fingerprint, own=by.own, sha256=digest.sha256(signed.pdf), stamped=signed.stamped,
        pending=signed.pending,
    )  # fmt: skip
    plain: dict[str, Any] = digest.plain(made)
    return plain


def expected(environment: Any) -> Expected | None:
    """What a package says of its signed copy; None where it has none. InputError where that is none of our making."""
    if not isinstance(environment, dict) or KEY not in environment:
        return None
    try:
        found: Expected = restore.value(Expected, environment[KEY])
    except InputError as error:
        raise InputError(f"environment.json 的 {KEY} 不是规定的格式") from error
    return found


def seal(environment: Any) -> list[dict[str, Any]]:
    """The manifest's row of the signed copy, if the package is to have one."""
    wanted = expected(environment)
    if wanted is None:
        return []
    return [
        {"kind": "pades", "state": "done", "file": SIGNED, "of": "report.pdf", "certificate": wanted.certificate,
         "own": wanted.own, "sha256": wanted.sha256, "stamped": list(wanted.stamped)}
    ]  # fmt: skip


def seal_faults(environment: Any, sha256: str | None, read: Callable[[str], bytes]) -> list[str]:
    """What is wrong with a package's signed copy: ``sha256`` is that of the file that is there, None where none is."""
    wanted = expected(environment)
    if wanted is None:
        return [] if sha256 is None else [f"{SIGNED}：清单没有提到的印记"]
    if sha256 is None:
        return [f"{SIGNED}：缺少"]
    found = [] if sha256 == wanted.sha256 else [f"{SIGNED}：与 environment.json 所记的 SHA-256 不符"]
    return found + faults(read(SIGNED), read("report.pdf"), fingerprint=wanted.certificate)


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
    names = [x509.NameAttribute(NameOID.COMMON_NAME, "清网报告签名（自签，非电子认证机构签发）")]
    if unit:
        names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, unit.encode()[:64].decode("utf-8", "ignore")))
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
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.put(path, body, mode=0o600)
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
            key = serialization.load_pem_private_key(_file(keys, given.key), password)
    except (ValueError, TypeError) as error:
        raise _wrong(keys, "证书或者密钥读不出来", "检查文件和密码（password_file）") from error
    if key is None or certificate is None:
        raise _wrong(keys / (given.pkcs12 or given.key), "文件里没有密钥或者证书")
    if key.public_key() != certificate.public_key():
        raise _wrong(keys / (given.pkcs12 or given.key), "密钥不是证书的密钥")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise _wrong(keys / (given.pkcs12 or given.certificate), "证书不在有效期内")
    return Signer(
        certificate=_der(certificate), chain=tuple(_der(one) for one in chain), key=_pkcs8(key), own=False
    )  # fmt: skip


def _file(keys: Path, name: str) -> bytes:
    try:
        return (keys / name).read_bytes()
    except OSError as error:
        raise _wrong(keys / name, f"文件读不出来：{reason(error)}") from error


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _pkcs8(key: Any) -> bytes:
    made: bytes = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made


def _wrong(where: Path, message: str, hint: str = "") -> ConfigError:
    return ConfigError([Problem(where=str(where), message=f"pdf_signer：{message}", hint=hint)])
