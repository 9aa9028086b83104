"""A package: the same bytes for the same input, whole or not at all, and ordinary tools agree that it is sound."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.errors import InputError, StoreError, VerifyError
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.checking.verify import Check, verify
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import build as package_module
from scanner.evidence.package import contents, sums
from scanner.evidence.package.build import Parts, build, true_case, write
from scanner.evidence.signing.keys import Keys
from scanner.model import CaseFile
from tests.evidence.samples import DOCUMENTS, RULES, SOFTWARE, Site, case_of

ROOT = Path(__file__).resolve().parents[3]


def bad(path: Path, **more: object) -> list[Check]:
    return [check for check in verify(path, **more) if not check.ok]  # type: ignore[arg-type]


def test_untouched_packages_verify(packed: Path, zipped: Path) -> None:
    for path in (packed, zipped):
        checks = verify(path)
        assert [check.name for check in checks] == [
            "form", "sums", "contents", "journal", "signature", "manifest", "captures", "findings", "archive", "guide", "seals",
        ]  # fmt: skip
        assert all(check.ok for check in checks)
    assert packed.name.startswith("qingwang-000012-20261122T040405Z-")


def test_strict_fails_on_what_is_pending(packed: Path) -> None:
    assert [(check.name, check.detail[:9]) for check in bad(packed, strict=True)] == [("seals", "尚未加盖可信时间戳")]


def test_the_published_fingerprint_is_compared(packed: Path) -> None:
    own = json.loads((packed / "manifest.json").read_bytes())["seals"][0]["fingerprint"]
    assert bad(packed, fingerprint=own.upper()) == []
    assert [check.name for check in bad(packed, fingerprint="0" * 64)] == ["signature"]


def test_ordinary_tools_agree(packed: Path, tmp_path: Path) -> None:
    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=packed, capture_output=True, check=False)
        assert done.returncode == 0, done
        return done.stdout.decode()

    assert run("sha256sum", "-c", "--strict", "SHA256SUMS").count(": OK") == len(
        sums.parse((packed / "SHA256SUMS").read_bytes())
    )
    told = (packed / "VERIFY.txt").read_text(encoding="utf-8")
    command = told[told.index("openssl pkeyutl") : told.index("公钥指纹应当")].replace("\\\n", " ").split()
    assert "Signature Verified Successfully" in run(*command)
    with zipfile.ZipFile(packed / "pages.wacz") as wacz:
        assert wacz.testzip() is None
        (tmp_path / "data.warc.gz").write_bytes(wacz.read("archive/data.warc.gz"))
    assert run(sys.executable, "-m", "warcio.cli", "check", str(tmp_path / "data.warc.gz")) == ""
    manifest = json.loads((packed / "manifest.json").read_bytes())
    for row in manifest["files"]:
        assert run("openssl", "dgst", "-sm3", "-r", row["path"]).split()[0] == row["sm3"]


def test_the_extract_holds_this_case_and_nothing_of_others(packed: Path) -> None:
    lines = [chain.parse(raw) for raw in (packed / "journal.jsonl").read_bytes().splitlines()]
    assert [line.event for line in lines] == [
        "crawl_began", "segment", "capture", "capture", "capture", "judgement", "key", "key", "pin",
    ]  # fmt: skip
    assert b"/other" not in (packed / "journal.jsonl").read_bytes()
    assert b"/other" not in (packed / "pages.wacz").read_bytes()


def test_the_home_notes_what_was_handed_over(site: Site) -> None:
    path = site.package(site.root / "out")
    last = list(Journal.read(site.journal))[-1]
    digest = hashlib.sha256((path / "SHA256SUMS").read_bytes()).hexdigest()
    assert (last.event, last.data["name"], last.data["sums"], last.data["lead"]) == ("package", path.name, digest, 12)
    assert chain.check(site.journal) == []


def parts_of(site: Site, case: CaseFile, made: Path) -> Parts:
    """What the package at ``made`` was made of."""
    return Parts(
        case=case, report=(made / "report.html").read_bytes(), documents=DOCUMENTS, rules=RULES, environment=site.environment
    )  # fmt: skip


def test_same_input_same_bytes(site: Site) -> None:
    first = site.package(site.root / "one")
    pin = next(line.seq for line in Journal.read(site.journal) if line.event == "pin")
    case = true_case(case_of(site.captures), site.journal)
    parts = parts_of(site, case, first)
    keys, shelf = Keys.open(site.root / "keys"), Shelf(site.archive)
    made = [
        write(parts, archive=shelf, journal=site.journal, keys=keys, pin=pin, out=site.root / str(n), zip=n > 3)
        for n in range(2, 6)
    ]
    files = {p.relative_to(first): p.read_bytes() for p in first.rglob("*") if p.is_file()}
    assert all({p.relative_to(m): p.read_bytes() for p in m.rglob("*") if p.is_file()} == files for m in made[:2])
    assert made[2].read_bytes() == made[3].read_bytes()
    with zipfile.ZipFile(made[2]) as archive:
        assert {Path(n).relative_to(first.name): archive.read(n) for n in archive.namelist()} == files


def test_the_zip_unpacks_to_a_folder_that_verifies(zipped: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path)
    assert bad(tmp_path / zipped.name.removesuffix(".zip")) == []


def test_a_mark_is_on_everything_and_cannot_be_shed(site: Site, tmp_path: Path) -> None:
    from tests.evidence.samples import seal_all

    demo = seal_all(tmp_path / "demo", mark="演示数据")
    path = demo.package(tmp_path / "out", mark="演示数据")
    assert all(check.ok for check in verify(path))
    assert next(c.detail for c in verify(path) if c.name == "guide") == "核验说明；本包标明「演示数据」，不是证据"
    for name in ("manifest.json", "report.html", "VERIFY.txt", "lead.json"):
        assert "演示数据" in (path / name).read_text(encoding="utf-8")
    with pytest.raises(VerifyError, match="标记"):
        demo.package(tmp_path / "shed")  # sealed under a mark, handed over without it
    with pytest.raises(VerifyError, match="标记"):
        site.package(tmp_path / "put on", mark="演示数据")
    assert list((tmp_path / "shed").iterdir()) == []


def test_a_report_without_the_mark_is_refused(site: Site) -> None:
    with Journal.open(site.journal) as journal, pytest.raises(StoreError, match="报告没有写明"):
        build(
            case_of(site.captures, mark="演示数据"), report=b"<p>", documents=DOCUMENTS, archive=Shelf(site.archive), journal=journal,
            keys=Keys.open(site.root / "keys"), rules=RULES, environment=site.environment, out=site.root / "out",
        )  # fmt: skip


def test_what_does_not_fit_together_makes_no_package(site: Site) -> None:
    def made(case: object = None, **more: object) -> Path:
        with Journal.open(site.journal) as journal:
            given = {
                "rules": RULES,
                "environment": site.environment,
                "report": b"<p>",
                "documents": DOCUMENTS,
                "out": site.root / "out",
                **more,
            }
            return build(
                case or case_of(site.captures), archive=Shelf(site.archive), journal=journal,  # type: ignore[arg-type]
                keys=Keys.open(site.root / "keys"), **given,  # type: ignore[arg-type]
            )  # fmt: skip

    whole = case_of(site.captures)
    first = whole.captures[0]
    with pytest.raises(InputError, match="与日志第"):
        made(replace(whole, captures=(replace(first, url="http://other.example/"), *whole.captures[1:])))
    with pytest.raises(InputError, match="缺少取证页"):
        made(replace(whole, captures=(replace(first, journal=999), *whole.captures[1:])))
    proof = whole.proofs[0]
    with pytest.raises(VerifyError, match="引文"):
        made(replace(whole, proofs=(replace(proof, finding=replace(proof.finding, quote="治愈")), *whole.proofs[1:])))
    with pytest.raises(VerifyError, match="规则"):
        made(rules={})
    with pytest.raises(StoreError, match="文书不齐全"):
        made(documents={name: data for name, data in DOCUMENTS.items() if name != "record.docx"})
    with pytest.raises(StoreError, match="文件名"):
        made(rules={**RULES, "../../escape.yaml": b""})
    with pytest.raises(InputError, match="软件"):
        made(environment={})
    (segment,) = site.archive.glob("*.gz")
    data = bytearray(segment.read_bytes())
    data[first.records[0].offset + 100] ^= 1
    segment.write_bytes(data)
    with pytest.raises(InputError, match="证据库的记录与日志不符"):
        made()
    assert list((site.root / "out").iterdir()) == []


def test_an_existing_package_is_not_overwritten(site: Site) -> None:
    path = site.package(site.root / "out")
    pin = max(line.seq for line in Journal.read(site.journal) if line.event == "pin")
    case = true_case(case_of(site.captures), site.journal)
    parts = parts_of(site, case, path)
    with pytest.raises(StoreError, match="同名"):
        write(
            parts, archive=Shelf(site.archive), journal=site.journal, keys=Keys.open(site.root / "keys"), pin=pin,
            out=site.root / "out",
        )  # fmt: skip
    assert bad(path) == []


def test_values_come_back_from_their_files(site: Site) -> None:
    case = case_of(site.captures)
    made = contents.of(case)
    assert contents.read(contents.files(made)) == made


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    first, second = Keys.open(tmp_path / "keys"), Keys.open(tmp_path / "keys")
    assert first.fingerprint == second.fingerprint
    assert (tmp_path / "keys" / "installation.pem").stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys" / "installation.pem").write_bytes(b"rubbish")
    with pytest.raises(StoreError, match="读不出来"):
        Keys.open(tmp_path / "keys")


def test_too_much_for_a_zip_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module.zipped, "MAX_SIZE", 30_000)
    with pytest.raises(StoreError, match="装不进 zip"):
        site.package(site.root / "out", zip=True)
    assert list((site.root / "out").iterdir()) == []


def test_a_disk_that_cannot_be_written_leaves_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        site.package(tmp_path / "file" / "out")


MAKER = """
import sys
from pathlib import Path
from tests.evidence.samples import *
captures = seal_all(Path(sys.argv[1])).captures
site = Site(root=Path(sys.argv[1]), captures=captures)
while True:
    print(site.package(Path(sys.argv[2]), zip="zip" in sys.argv), flush=True)
"""


@pytest.mark.kill
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_killed_while_writing(tmp_path: Path, form: str) -> None:
    """Whatever has a package's name is a whole package."""
    for number in range(3):
        home, out = tmp_path / str(number), tmp_path / f"out{number}"
        process = subprocess.Popen(
            [sys.executable, "-c", MAKER, str(home), str(out), form],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=dict(os.environ),
        )
        assert process.stdout is not None
        process.stdout.readline()  # the first one stands
        time.sleep(0.03 + 0.05 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        made = [path for path in out.iterdir() if not path.name.startswith(".")]
        assert made
        for path in made:
            assert bad(path) == []
        with Journal.open(home / "journal.jsonl") as journal, Archive.open(home / "archive", journal, SOFTWARE):
            pass
        assert chain.check(home / "journal.jsonl") == []
        shutil.rmtree(out)
