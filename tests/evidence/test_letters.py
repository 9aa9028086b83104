"""A letter out of a home: gathered, journalled before it has its name, told by the commands, and nothing else changed by it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import main
from scanner.cli.documents import NAMES
from scanner.crawl.again.rebuild import SILENT
from scanner.errors import SealError, UsageError
from scanner.evidence import disk, letters
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.checking.verify import verify
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.package.handover import hand_over
from scanner.home import Home
from scanner.report.letters.kinds import KINDS
from scanner.store.book import Book
from tests.evidence.package.test_handover import Full, fill
from tests.evidence.samples import WHEN
from tests.report.letters.making import text
from tests.schemas import conform

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Full:
    return fill(tmp_path_factory.mktemp("filled") / "home")


@pytest.fixture
def full(filled: Full, tmp_path: Path) -> Full:
    shutil.copytree(filled.home.root, tmp_path / "home")
    return Full(home=Home(tmp_path / "home"), lead=filled.lead)


@pytest.fixture
def ask(full: Full, capsys: pytest.CaptureFixture[str]) -> Ask:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main.run(["--home", str(full.home.root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def made(full: Full, kind: str = "assignment", **more: Any) -> letters.Made:
    return letters.write(full.home, letters.Asked(lead=full.lead, kind=KINDS[kind], who="", **more), now=WHEN)


def told(home: Home) -> list[dict[str, Any]]:
    return [dict(line.data) for line in chain.of(home.journal, letters.DOCUMENT)]


def test_the_journal_tells_of_a_letter(full: Full) -> None:
    before = sum(1 for _ in chain.read(full.home.journal))
    one = made(full)
    assert one.path == full.home.documents / f"lead-{full.lead}-assignment-20261122T030405Z.docx"
    sum_ = hashlib.sha256(one.path.read_bytes()).hexdigest()
    assert told(full.home) == [
        {"lead": full.lead, "kind": "assignment", "sha256": sum_, "who": "演示员", "file": one.path.name}
    ]
    assert (one.sha256, sum(1 for _ in chain.read(full.home.journal))) == (sum_, before + 1)
    assert letters.DOCUMENT in SILENT
    assert "尚未制作证据包" in text(one.path.read_bytes())
    assert [path.name for path in full.home.documents.iterdir()] == [one.path.name]
    with pytest.raises(UsageError, match="已经有这个文件"):
        made(full)


def test_the_same_home_gives_the_same_letter(full: Full, tmp_path: Path) -> None:
    one, two = made(full, out=tmp_path / "one.docx"), made(full, out=tmp_path / "two.docx")
    assert one.path.read_bytes() == two.path.read_bytes()


@pytest.mark.slow
def test_a_package_is_named_and_still_verifies(full: Full) -> None:
    made(full, "talk")
    package = hand_over(full.home, full.lead, now=WHEN)
    one = made(full, "transfer-telecom")
    assert one.package == package.path.name
    said = text(one.path.read_bytes())
    for part in (package.path.name, package.sums, package.fingerprint, "93.184.215.14"):
        assert part in said, part
    assert "又封存了" not in said
    assert [check.detail for check in verify(package.path) if not check.ok] == []
    assert [check.detail for check in verify_home(full.home) if not check.ok] == []


def test_the_line_comes_before_the_name(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two: a line and a draft, no letter."""

    def killed(part: Path, path: Path) -> None:
        assert told(full.home)[0]["sha256"] == hashlib.sha256(part.read_bytes()).hexdigest()
        raise KeyboardInterrupt

    monkeypatch.setattr(disk, "name", killed)
    with pytest.raises(KeyboardInterrupt):
        made(full)
    assert [path.suffix for path in full.home.documents.iterdir()] == [".part"]


def test_without_a_line_there_is_no_letter(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise SealError("磁盘满了")

    monkeypatch.setattr(Journal, "append", full_disk)
    with pytest.raises(SealError):
        made(full)
    assert list(full.home.documents.iterdir()) == []


@pytest.mark.slow
def test_what_cannot_be_is_said(full: Full, tmp_path: Path) -> None:
    (tmp_path / "there.docx").write_bytes(b"")
    for out, said in (("there.docx", "已经有"), ("no/one.docx", "没有这个文件夹"), ("one.pdf", "Word 文件")):
        with pytest.raises(UsageError, match=said):
            made(full, out=tmp_path / out)
    with pytest.raises(UsageError, match="没有处置"):
        made(full, "publication")
    with pytest.raises(UsageError):
        letters.write(full.home, letters.Asked(lead=999, kind=KINDS["talk"], who="甲"), now=WHEN)
    full.home.config_file.write_text("unit: 演示\n", encoding="utf-8")
    with pytest.raises(UsageError, match="没有写明谁制作"):
        made(full)
    assert told(full.home) == []


def test_a_demo_says_so(tmp_path: Path) -> None:
    demo = fill(tmp_path / "home", mark="演示数据")
    one = made(demo)
    assert one.mark == "演示数据"
    assert "【演示数据：不是证据，不得用于任何案件】" in text(one.path.read_bytes())
    assert told(demo.home)[0]["mark"] == "演示数据"
    with Book.open(demo.home.book) as book:
        nothing = dataclasses.replace(book.case(demo.lead, made=WHEN), captures=())
    assert letters._true(demo.home, nothing).mark == "演示数据"  # a lead that others sent has no captures


@pytest.mark.slow
def test_the_commands(full: Full, ask: Ask, tmp_path: Path) -> None:
    code, out, err = ask("documents", "transfer-police", str(full.lead), "--to", "360100", "--who", "甲", "--json")
    assert code == 0, err
    conform("documents", json.loads(out))
    assert json.loads(out)["to"] == "南昌市市场监督管理局"
    assert told(full.home)[0]["who"] == "甲"
    code, out, err = ask("documents", "assistance", str(full.lead), "--out", str(tmp_path / "a.docx"))
    assert code == 0, err
    assert "还没有制作；送出之前先运行 package" in out
    code, out, err = ask("documents", "abnormal", str(full.lead), "--out", str(tmp_path / "b.docx"))
    assert code == 0, err
    assert "通报登记机关列入经营异常名录" in out  # who asks for it says that nobody can be reached
    assert "已记入日志" in out
    code, out, _ = ask("documents", "list", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    for row in rows:
        conform("documents-list", row)
    assert {row["kind"]: row["title"] for row in rows} == NAMES == {kind.name: kind.title for kind in KINDS.values()}
    assert "案件公开稿" in ask("documents", "list")[1]
    assert ask("documents", "nothing", "1")[0] == 2
    assert ask("documents", "talk", "999", "--json")[0] == 2
    assert ask("documents", "publication", str(full.lead))[0] == 2


@pytest.mark.slow
def test_templates_are_copied_once_and_checked(full: Full, ask: Ask) -> None:
    code, out, err = ask("documents", "templates", "talk", "--copy", "--json")
    assert code == 0, err
    conform("documents-templates", json.loads(out))
    assert json.loads(out)["copied"]
    own = full.home.templates / "letters" / "talk.docx"
    kept = own.read_bytes()
    code, out, _ = ask("documents", "templates", "talk", "rectify", "--copy", "--json")
    assert [json.loads(line)["kind"] for line in out.splitlines() if not json.loads(line)["copied"]] == ["talk"]
    assert own.read_bytes() == kept
    assert made(full, "talk").template == str(own)
    assert "{{ to_hint }}" in ask("documents", "templates", "assignment")[1]
    own.write_bytes(b"rubbish")
    code, _, err = ask("documents", "templates", "talk")
    assert (code, "不是 DOCX" in err) == (2, True)
    assert ask("documents", "templates", "tallk")[2].count("是不是 talk") == 1
