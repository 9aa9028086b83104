"""From a home with a book, an archive and a kept rulebook to a package, and the two commands that do it."""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from scanner import clock, rulebook
from scanner.crawl.session import keep_rulebook
from scanner.errors import ConfigError, StoreError, UsageError
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.checking.verify import DOCUMENTS, verify
from scanner.evidence.journal.file import Journal
from scanner.evidence.package.handover import hand_over
from scanner.home import Home, shipped_rules
from scanner.leads.gather import gather
from scanner.model import Outcome, SecondLook, Severity
from scanner.store.book import Book
from tests.evidence.samples import PNG, SOFTWARE, WHEN, case_of, visits


@dataclass(frozen=True)
class Full:
    home: Home
    lead: int


def fill(root: Path, *, mark: str = "") -> Full:
    """What a crawl leaves behind, made with the rooms' own means."""
    home = Home(root)
    home.make()
    home.config_file.write_text("unit: 演示市场监督管理局\noperator: 演示员\n", encoding="utf-8")
    rules = rulebook.load(shipped_rules())
    keep_rulebook(home.rulebooks, rules.hash, rules.files())
    with Journal.open(home.journal, mark=mark) as journal, Archive.open(home.archive, journal, SOFTWARE) as archive:
        captures = [archive.seal(one).result() for one in visits()]
    case = case_of(captures)
    with Book.open(home.book) as book:
        book.start_crawl("7", "scan", ("http://shop.demo.example/",), WHEN, rulebook=rules.hash)
        for capture in captures:
            book.save_capture(capture, Outcome.READ, "7")
        (listing,), found = case.listings, [proof.finding for proof in case.proofs]
        book.save_listing(listing, captures[0].id, WHEN)
        book.save_findings(found, captures[0].id, WHEN, rulebook=rules.hash)
        for finding in found:
            book.set_second_look(finding.id, SecondLook.CONFIRMED, captures[2].id)
        leads = book.merge_leads(gather([(finding, listing) for finding in found]), opened=WHEN)
    return Full(home=home, lead=next(lead.number for lead in leads if lead.severity is Severity.HIGH))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Full:
    return fill(tmp_path_factory.mktemp("filled") / "home")


@pytest.fixture
def full(filled: Full, tmp_path: Path) -> Full:
    shutil.copytree(filled.home.root, tmp_path / "home")
    return Full(home=Home(tmp_path / "home"), lead=filled.lead)


@pytest.mark.slow
def test_a_lead_becomes_a_package_that_verifies(full: Full) -> None:
    made = hand_over(full.home, full.lead, now=WHEN)
    assert [check.detail for check in verify(made.path) if not check.ok] == []
    assert made.path.parent == full.home.packages
    manifest = json.loads((made.path / "manifest.json").read_bytes())
    assert (manifest["unit"], manifest["operator"], manifest["made"]) == (
        "演示市场监督管理局",
        "演示员",
        clock.stamp(WHEN),
    )
    assert made.fingerprint == manifest["seals"][0]["fingerprint"]
    assert made.files == sum(path.is_file() for path in made.path.rglob("*"))
    names = {path.relative_to(made.path).as_posix() for path in made.path.rglob("*.yaml")}
    assert {"rules/contexts.yaml", "rules/categories.yaml"} <= names
    assert any(name.startswith("rules/lists/") for name in names) == ("rules/claim/claim-cure-rate.yaml" in names)
    assert "rules/storefronts/nideshop.yaml" not in names
    assert base64.b64encode(PNG) in (made.path / "report.html").read_bytes()


@pytest.mark.slow
def test_a_demo_home_marks_its_packages(tmp_path: Path) -> None:
    full = fill(tmp_path / "home", mark="演示数据")
    made = hand_over(full.home, full.lead, now=WHEN, out=tmp_path / "out", zip=True)
    assert made.mark == "演示数据"
    assert all(check.ok for check in verify(made.path))


def test_what_is_missing_is_said(full: Full) -> None:
    with pytest.raises(UsageError):
        hand_over(full.home, 999, now=WHEN)
    for kept in full.home.rulebooks.iterdir():
        kept.write_bytes(b"[]")
    with pytest.raises(StoreError, match="规则"):
        hand_over(full.home, full.lead, now=WHEN)
    for kept in full.home.rulebooks.iterdir():
        kept.unlink()
    with pytest.raises(StoreError, match="找不到判断时所用的规则"):
        hand_over(full.home, full.lead, now=WHEN)
    assert list(full.home.packages.iterdir()) == []


@dataclass(frozen=True)
class Ran:
    code: int
    out: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.mark.slow
def test_the_commands(full: Full, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from scanner.cli.main import run

    def qingwang(root: Path, *arguments: str) -> Ran:
        code = run(["--home", str(root), *arguments])
        return Ran(code, capsys.readouterr().out)

    root = full.home.root
    packed = qingwang(root, "package", str(full.lead), "--out", str(tmp_path / "out"), "--json")
    assert packed.code == 0, packed.out
    path = Path(packed.json["package"])
    assert set(packed.json) == {"lead", "package", "files", "sums", "fingerprint", "mark", "stamps"}

    checked = qingwang(root, "verify", str(path), "--key", packed.json["fingerprint"], "--json")
    assert (checked.code, checked.json["ok"]) == (0, True)
    assert {tuple(check) for check in checked.json["checks"]} == {("name", "ok", "detail")}
    assert qingwang(root, "verify", str(path), "--strict", "--json").code == 4

    (path / "note").write_bytes(b"x")
    wrong = qingwang(root, "verify", str(path))
    assert wrong.code == 4
    assert "不符　校验和：note：没有列在 SHA256SUMS 里" in wrong.out

    whole = qingwang(root, "verify", "--home", "--json")
    assert (whole.code, whole.json["ok"]) == (0, True)
    (full.home.archive / "stray").write_bytes(b"")
    assert qingwang(root, "verify", "--home", "--json").code == 4

    for arguments in (("verify",), ("verify", "--home", str(path)), ("verify", str(tmp_path / "nothing"))):
        assert qingwang(root, *arguments, "--json").code == 2, arguments
    assert qingwang(root, "package", "999", "--json").code == 2
    (tmp_path / "file").write_bytes(b"")
    assert qingwang(root, "package", str(full.lead), "--out", str(tmp_path / "file"), "--json").code == 2
    assert qingwang(tmp_path / "empty", "verify", "--home", "--json").code == 1


@pytest.mark.slow
def test_the_papers_of_a_package_say_what_is_known_and_repeat(full: Full, tmp_path: Path) -> None:
    made = hand_over(full.home, full.lead, now=WHEN, out=tmp_path / "one").path
    again = hand_over(full.home, full.lead, now=WHEN, out=tmp_path / "two").path
    for name in (*DOCUMENTS, "report.html"):
        assert (made / name).read_bytes() == (again / name).read_bytes(), name
    masking = json.loads((made / "masking.json").read_bytes())
    assert (masking["format"], "pages.wacz" in masking["unchanged"]) == ("qingwang-masking/1", True)
    record, listed, report = (words(made / name) for name in ("record.docx", "evidence-list.docx", "report.docx"))
    for part in ("电子数据提取笔录", "演示市场监督管理局", "演示医疗器械有限公司", "由执法人员填写", "执法人员（签名）", "见证人（签名）",
                 "2026-11-22 11:04:05（北京时间），2026-11-22T03:04:05.678Z（UTC）", "tls/1.3", "93.184.215.14"):  # fmt: skip
        assert part in record, part
    manifest = json.loads((made / "lead.json").read_bytes())
    for capture in manifest["captures"]:
        for ref in capture["records"][:2]:  # the page's own request and answer
            for value in (ref["sha256"], ref["sm3"]):
                assert value in report
                assert value in listed
    assert "另有 2 条记录" in listed
    for part in ("治愈率高达９９％", "《广告法》第十六条", "没有标出", "本报告不能证明什么"):
        assert part in report, part


@pytest.mark.slow
def test_the_signed_report_is_part_of_the_package(full: Full, tmp_path: Path) -> None:
    made = hand_over(full.home, full.lead, now=WHEN, out=tmp_path / "out").path
    signed = made / "seals" / "report.signed.pdf"
    whole = signed.read_bytes()
    assert whole.startswith((made / "report.pdf").read_bytes())
    row = next(seal for seal in json.loads((made / "manifest.json").read_bytes())["seals"] if seal["kind"] == "pades")
    assert (row["state"], row["own"], row["file"]) == ("done", True, "seals/report.signed.pdf")
    assert row["certificate"] in (made / "VERIFY.txt").read_text(encoding="utf-8")
    random = Random(7)
    for place in (*(random.randrange(len(whole)) for _ in range(5)), len(whole) - 1):
        signed.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random.randrange(8)]) + whole[place + 1 :])
        assert any("report.signed.pdf" in check.detail for check in verify(made) if not check.ok), place
    signed.unlink()
    assert [check.detail for check in verify(made) if not check.ok] == ["seals/report.signed.pdf：缺少"]
    signed.write_bytes(whole)
    assert all(check.ok for check in verify(made))


@pytest.mark.slow
def test_an_office_words_its_own_papers(full: Full, tmp_path: Path) -> None:
    full.home.templates.mkdir()
    own = full.home.templates / "record.docx"
    document = Document()
    document.add_paragraph("本局笔录 {{ lead }} {{ seller }} {% for step in steps %}{{ step.url }};{% endfor %}")
    document.save(str(own))
    made = hand_over(full.home, full.lead, now=WHEN, out=tmp_path / "out").path
    assert words(made / "record.docx").startswith(
        f"本局笔录 {full.lead} 演示医疗器械有限公司 http://shop.demo.example/goods/1"
    )
    for text, said in (("{{ nothing }}", "填不进去"), ("{{ lead.__class__ }}", "填不进去"), ("{% for %}", "填不进去")):
        document = Document()
        document.add_paragraph(text)
        document.save(str(own))
        with pytest.raises(ConfigError, match=said):
            hand_over(full.home, full.lead, now=WHEN, out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def words(path: Path) -> str:
    """All text of a Word document, in order."""
    body = Document(str(path)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))
