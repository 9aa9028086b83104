"""The installation's keys: one follows another by its signature, at every moment there is one that works, and what an old
one signed stays good for its time."""

from __future__ import annotations

import base64
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from scanner.errors import VerifyError
from scanner.evidence import digest
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.checking.verify import verify
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.signing import key_history, keys
from scanner.evidence.signing.keys import Keys
from scanner.home import Home
from tests.evidence.samples import Site
from tests.evidence.stamp.test_of_home import forged
from tests.killed import killed

ROOT = Path(__file__).resolve().parents[3]


def rotate(site: Site) -> tuple[Keys, Keys]:
    with Journal.open(site.journal) as journal:
        return key_history.rotate(journal, site.root / "keys")


def faults(site: Site) -> list[str]:
    return [check.detail for check in verify_home(Home(site.root)) if not check.ok]


def test_a_package_of_an_old_key_still_verifies_and_says_when_the_key_was_used(site: Site) -> None:
    first = site.package(site.root / "one")
    old, new = rotate(site)
    second = site.package(site.root / "two")
    held = key_history.kept(site.root / "keys")
    assert [(one.fingerprint, one.purpose, one.until is None) for one in held] == [
        (old.fingerprint, "package", False), (old.wacz.fingerprint, "wacz", False),
        (new.fingerprint, "package", True), (new.wacz.fingerprint, "wacz", True),
    ]  # fmt: skip
    for path, fingerprint, until in ((first, old.fingerprint, True), (second, new.fingerprint, False)):
        checks = verify(path, fingerprint=fingerprint, history=held)
        assert [check.detail for check in checks if not check.ok] == []
        (said,) = [check.detail for check in checks if check.name == "signature"]
        assert fingerprint in said
        assert "起使用" in said
        assert ("停用" in said) == until
    assert all(check.ok for check in verify(first))  # a stranger has no history
    assert faults(site) == []


def test_what_an_old_key_signed_after_its_time_is_named(site: Site) -> None:
    early = Keys.open(site.root / "keys")
    with Journal.open(site.journal) as journal:
        key_history.introduce(early, journal)
    kept = {name: (site.root / "keys" / name).read_bytes() for name in (keys.NAME, keys.WACZ_NAME)}
    rotate(site)
    for name, data in kept.items():  # the old private key was copied before
        (site.root / "keys" / name).write_bytes(data)
    assert "keys/installation.pem：不是日志写明在用的密钥" in faults(site)
    with pytest.raises(VerifyError, match="已经停用"):
        site.package(site.root / "out")


def test_the_old_private_key_is_gone(site: Site) -> None:
    old, new = rotate(site)
    opened = Keys.open(site.root / "keys")
    assert (opened.fingerprint, opened.wacz.fingerprint) == (new.fingerprint, new.wacz.fingerprint)
    assert old.fingerprint != new.fingerprint
    assert sorted(path.name for path in (site.root / "keys").iterdir()) == [
        "history.json",
        "installation.pem",
        "wacz.pem",
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (site.root / "keys").glob("*.pem"))


def test_keys_follow_each_other_over_several_rotations(site: Site) -> None:
    for _ in range(3):
        rotate(site)
    named = key_history.lines(site.journal)
    assert len(named) == 8
    assert key_history.faults(named, whole=True) == []
    lone = [line for line in named if "replaces" not in line.data]
    assert len(lone) == 2


def flip_private(site: Site) -> None:
    Keys.new(site.root / "keys").save()


TAMPERINGS: dict[str, tuple[Callable[[Site], object], str]] = {
    "new key without the old one's signature": (
        lambda s: forged(lambda data: data.pop("signature"), "key", "replaces")(Home(s.root)), "没有旧密钥的有效签名"),
    "new key that says nothing of the old": (
        lambda s: forged(lambda data: data.pop("replaces"), "key", "replaces")(Home(s.root)), "没有说明代替上一把"),
    "another public key in the line": (
        lambda s: forged(lambda data: data.update(public="x"), "key")(Home(s.root)), "公钥与指纹不符"),
    "history edited": (
        lambda s: (s.root / "keys/history.json").write_bytes((s.root / "keys/history.json").read_bytes().replace(b"wacz", b"wacy", 1)),
        "history.json：与日志不符"),
    "private keys replaced": (flip_private, "不是日志写明在用的密钥"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(site: Site, name: str) -> None:
    rotate(site)
    assert faults(site) == []
    tamper, expected = TAMPERINGS[name]
    tamper(site)
    assert any(expected in fault for fault in faults(site)), faults(site)


@pytest.mark.parametrize("stop", range(6))
def test_stopped_after_each_write_of_a_rotation(site: Site, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    """Whatever is cut, there are keys, they work, and each new one is vouched for by the old."""
    site.package(site.root / "before")
    done = 0
    real = Path.replace

    def counted(self: Path, target: Path) -> Path:
        nonlocal done
        if self.parent.name == "keys":
            if done == stop:
                raise KeyboardInterrupt
            done += 1
        return real(self, target)

    monkeypatch.setattr(Path, "replace", counted)
    cut = False
    try:
        rotate(site)
    except KeyboardInterrupt:
        cut = True
    monkeypatch.undo()
    assert cut == (stop < 4)  # next.json, two keys, history.json
    path = site.package(site.root / "after")
    assert all(check.ok for check in verify(path))
    assert faults(site) == []


ROTATOR = """
import sys
from tests.evidence.signing.test_keys import *
site = Site(root=Path(sys.argv[1]), captures=[])
print("ready", flush=True)
while True:
    rotate(site)
"""


@pytest.mark.kill
def test_killed_while_rotating(site: Site) -> None:
    site.package(site.root / "before")
    for number in range(2):
        assert killed(ROTATOR, str(site.root), after=0.05 + 0.031 * number)
        path = site.package(site.root / f"after{number}")
        assert all(check.ok for check in verify(path))
        assert faults(site) == []
    assert len(key_history.lines(site.journal)) >= 2


def test_the_wacz_is_signed_in_the_form_that_viewers_read(packed: Path) -> None:
    """By the words of the specification alone: text, encodings, curve; nothing of ours but the files."""
    with zipfile.ZipFile(packed / "pages.wacz") as archive:
        package, said = archive.read("datapackage.json"), json.loads(archive.read("datapackage-digest.json"))
    data = said["signedData"]
    assert set(data) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert said["hash"] == data["hash"] == f"sha256:{digest.sha256(package)}"
    assert data["created"] == json.loads(package)["created"]
    public = load_der_public_key(base64.b64decode(data["publicKey"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp384r1"
    raw = base64.b64decode(data["signature"])
    der = utils.encode_dss_signature(int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    public.verify(der, data["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    named = [
        chain.parse(raw).data for raw in (packed / "journal.jsonl").read_bytes().splitlines() if b'"event":"key"' in raw
    ]
    assert keys.fingerprint(public) in {line["fingerprint"] for line in named if line["purpose"] == "wacz"}


def test_openssl_agrees_on_the_wacz_signature(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed / "pages.wacz") as archive:
        data = json.loads(archive.read("datapackage-digest.json"))["signedData"]
    raw = base64.b64decode(data["signature"])
    (tmp_path / "sig").write_bytes(
        utils.encode_dss_signature(int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big"))
    )
    (tmp_path / "key").write_bytes(base64.b64decode(data["publicKey"]))
    (tmp_path / "text").write_text(data["hash"])
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", "key", "-keyform", "DER", "-signature", "sig", "text"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert b"Verified OK" in done.stdout, done
