"""The report's PDF signed: pyHanko's validator and OpenSSL are the judges, and every later change is named."""

from __future__ import annotations

import io
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from scanner.errors import ConfigError, InputError, StoreError
from scanner.evidence import digest
from scanner.evidence.signing import pdfsign
from scanner.evidence.signing.pdfsign import Signed, Signer, faults, sign_pdf, signer
from scanner.evidence.stamp.services import authorities
from scanner.home import Home, PdfSigner
from scanner.report.pdf import pdf
from tests.evidence.authority import Tsa
from tests.evidence.samples import WHEN
from tests.evidence.stamp.test_services import home_with
from tests.report import making


@pytest.fixture(scope="module")
def report() -> bytes:
    return pdf(making.views(making.case()).paper())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return signer(tmp_path_factory.mktemp("keys"), None, unit="演示市场监督管理局", now=WHEN)


@pytest.fixture(scope="module")
def plain(report: bytes, own: Signer) -> Signed:
    return sign_pdf(report, own)


@pytest.fixture(scope="module")
def stamped(report: bytes, own: Signer, tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> Signed:
    home = settled(tmp_path_factory.mktemp("home"), tsa, "/", "/refused", "/")
    return sign_pdf(report, own, among=authorities(home))


def settled(root: Path, tsa: Tsa, *paths: str) -> Home:
    return home_with(root, [tsa], [tsa.settings("abc"[n], path, timeout=5) for n, path in enumerate(paths)])


def trusting(*ders: bytes) -> ValidationContext:
    roots = [asn1_x509.Certificate.load(der) for der in ders]
    return ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")


def test_the_signed_copy_begins_with_the_report(report: bytes, plain: Signed, own: Signer) -> None:
    assert plain.pdf.startswith(report)
    assert (plain.stamped, plain.pending) == ((), ())
    assert faults(plain.pdf, report, fingerprint=own.fingerprint) == []
    (signature,) = PdfFileReader(io.BytesIO(plain.pdf)).embedded_regular_signatures
    status: Any = validate_pdf_signature(signature, trusting(own.certificate))
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert validate_pdf_signature(signature, trusting()).trusted is False
    subject = x509.load_der_x509_certificate(own.certificate).subject.rfc4514_string()
    assert "演示市场监督管理局" in subject
    assert "非电子认证机构签发" in subject


def test_openssl_agrees_on_the_signature(plain: Signed, tmp_path: Path) -> None:
    (signature,) = PdfFileReader(io.BytesIO(plain.pdf)).embedded_regular_signatures
    start, length, again, rest = (int(n) for n in signature.byte_range)
    (tmp_path / "data").write_bytes(plain.pdf[start : start + length] + plain.pdf[again : again + rest])
    (tmp_path / "cms").write_bytes(bytes(signature.pkcs7_content))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms", "-content", "data", "-noverify"]
    done = subprocess.run([*command, "-out", "/dev/null"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, b"successful" in done.stderr) == (0, True), done.stderr


@pytest.mark.slow
def test_authorities_stamp_it_and_one_that_refuses_is_named(
    report: bytes, stamped: Signed, own: Signer, tsa: Tsa
) -> None:
    assert stamped.stamped == ("a", "c")
    assert [name for name, why in stamped.pending if why] == ["b"]
    assert faults(stamped.pdf, report, fingerprint=own.fingerprint) == []
    root = x509.load_pem_x509_certificate(tsa.root.read_bytes()).public_bytes(serialization.Encoding.DER)
    read = PdfFileReader(io.BytesIO(stamped.pdf))
    (signature,), (stamp,) = read.embedded_regular_signatures, read.embedded_timestamp_signatures
    status: Any = validate_pdf_signature(signature, trusting(own.certificate), ts_validation_context=trusting(root))
    assert status.bottom_line
    assert status.timestamp_validity.intact
    assert status.timestamp_validity.trusted
    over: Any = validate_pdf_timestamp(stamp, trusting(root))
    assert (over.intact, over.valid, over.trusted) == (True, True, True)


def test_every_change_is_named(report: bytes, plain: Signed, stamped: Signed, own: Signer) -> None:
    for signed in (plain.pdf, stamped.pdf):
        flipped = bytearray(signed)
        flipped[len(report) // 2] ^= 1
        assert any("开头的内容不同" in one for one in faults(bytes(flipped), report))
        assert any(
            "内容不符" in one or "读不出来" in one for one in faults(bytes(flipped), bytes(flipped[: len(report)]))
        )
        assert any("多出了内容" in one or "读不出来" in one for one in faults(signed + b"\n%later\n", report))
        assert faults(signed[:-200], report) != []
    assert any("不是所给的证书" in one for one in faults(plain.pdf, report, fingerprint="0" * 64))
    assert faults(report, report) == [f"{pdfsign.SIGNED}：应当有一个签名，有 0 个"]
    for rubbish in (b"", b"%PDF-1.7", b"\0" * 100):
        assert faults(rubbish, report) != []
    with pytest.raises(InputError, match="签不上"):
        sign_pdf(b"no pdf", own)


def test_the_own_certificate_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = signer(tmp_path / "keys", None, unit="", now=WHEN)
    assert signer(tmp_path / "keys", None, unit="另一个", now=WHEN) == first
    assert first.own
    assert first.fingerprint == digest.sha256(first.certificate)
    path = tmp_path / "keys" / pdfsign.OWN
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == [pdfsign.OWN]
    path.write_bytes(b"rubbish")
    with pytest.raises(StoreError, match="读不出来"):
        signer(tmp_path / "keys", None, unit="", now=WHEN)


def test_a_configured_signer(tmp_path: Path, report: bytes) -> None:
    keys = tmp_path
    made = signer(tmp_path / "other", None, unit="演示签发", now=WHEN)
    key = serialization.load_der_private_key(made.key, None)
    certificate = x509.load_der_x509_certificate(made.certificate)
    packed = pkcs12.serialize_key_and_certificates(
        b"a", key, certificate, None, serialization.BestAvailableEncryption(b"pw")  # type: ignore[arg-type]
    )  # fmt: skip
    (keys / "s.p12").write_bytes(packed)
    (keys / "pw").write_bytes(b"pw\n")
    (keys / "wrong").write_bytes(b"no\n")
    (keys / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (keys / "k.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    for given in (PdfSigner(pkcs12="s.p12", password_file="pw"), PdfSigner(certificate="c.pem", key="k.pem")):
        found = signer(keys, given, unit="", now=WHEN)
        assert (found.certificate, found.own) == (made.certificate, False)
        assert faults(sign_pdf(report, found).pdf, report, fingerprint=made.fingerprint) == []
    for wrong, said in (
        (PdfSigner(pkcs12="s.p12", password_file="wrong"), "读不出来"),
        (PdfSigner(pkcs12="none.p12"), "没有这个文件"),
        (PdfSigner(certificate="k.pem", key="k.pem"), "读不出来"),
    ):
        with pytest.raises(ConfigError, match=said):
            signer(keys, wrong, unit="", now=WHEN)
    with pytest.raises(ConfigError, match="有效期"):
        signer(keys, PdfSigner(pkcs12="s.p12", password_file="pw"), unit="", now=WHEN + timedelta(days=5000))
    other = signer(tmp_path / "third", None, unit="", now=WHEN)
    (keys / "k.pem").write_bytes(
        serialization.load_der_private_key(other.key, None).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    with pytest.raises(ConfigError, match="不是证书的密钥"):
        signer(keys, PdfSigner(certificate="c.pem", key="k.pem"), unit="", now=WHEN)


@pytest.mark.parametrize("given", [{}, {"pkcs12": "a", "key": "b"}, {"certificate": "a"}, {"pkcs12": "../a"}])
def test_a_signer_is_named_one_way(given: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        PdfSigner(**given)
