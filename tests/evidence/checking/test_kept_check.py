"""``verify --home`` against the other witnesses: rulebooks kept by hash, packages that pinned the journal, its own times."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from tests.running import qingwang
from tests.tuning.shop import recorded


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with an import, a decision and a package."""
    root = tmp_path_factory.mktemp("kept")
    home = Home(root / "home")
    assert qingwang(home.root, "import", str(recorded(root, "治愈率高达98%"))).code == 0
    assert qingwang(home.root, "leads", "decide", "1", "confirmed", "--who", "甲").code == 0
    assert qingwang(home.root, "package", "1", "--zip").code == 0
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(made.root, tmp_path / "home")))


def faults(home: Home) -> list[str]:
    return [check.detail for check in verify_home(home) if not check.ok]


def rechained(home: Home, change: Callable[[chain.Line], dict[str, Any]]) -> None:
    """The journal with lines changed (``{time, data}``) and the whole chain behind them made anew: it holds."""
    prev, out = chain.ZERO, []
    for line in list(Journal.read(home.journal)):
        new = {"time": line.time, "data": dict(line.data), **change(line)}
        raw, prev = chain.compose(seq=line.seq, prev=prev, time=new["time"], event=line.event, data=new["data"])
        out.append(raw + b"\n")
    home.journal.write_bytes(b"".join(out))
    assert chain.check(home.journal) == []


@pytest.mark.slow
def test_an_untouched_home_holds_and_says_what_was_held_against_it(home: Home) -> None:
    checks = {check.name: check for check in verify_home(home)}
    assert faults(home) == []
    assert checks["kept"].detail == "规则库 1 份与日志所记的哈希相符；证据包 1 个引用的日志行都在"


def edited_rules(home: Home, *, resum: bool) -> None:
    (path,) = home.rulebooks.iterdir()
    whole = json.loads(path.read_bytes())
    name = next(name for name in whole["files"] if name.endswith("claim-cure-rate.yaml"))
    whole["files"][name] = whole["files"][name].replace("severity: high", "severity: low")
    if resum:
        whole["sha256"][name] = hashlib.sha256(whole["files"][name].encode()).hexdigest()
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def cut_lines(home: Home, number: int) -> None:
    rows = home.journal.read_bytes().splitlines(keepends=True)
    home.journal.write_bytes(b"".join(rows[:-number]))


def another_who(line: chain.Line) -> dict[str, Any]:
    return {"data": {**line.data, "who": "乙"}} if line.event == "decision" else {}


def redated(line: chain.Line) -> dict[str, Any]:
    return {"time": line.time - timedelta(days=3)} if line.event == "decision" else {}


TAMPERINGS: dict[str, tuple[Callable[[Home], object], str]] = {
    "rulebook gone": (lambda h: next(h.rulebooks.iterdir()).unlink(), "没有保存"),
    "rulebook edited": (lambda h: edited_rules(h, resum=False), "文件已损坏"),
    "rulebook edited and summed again": (lambda h: edited_rules(h, resum=True), "内容与它的哈希不符"),
    "rulebook garbage": (lambda h: next(h.rulebooks.iterdir()).write_bytes(b"{"), "文件已损坏"),
    "journal cut before the last package": (lambda h: cut_lines(h, 2), "末尾被截断过"),
    "decision changed and chained again": (lambda h: rechained(h, another_who), "日志在打包之后被重做过"),
    "decision dated back and chained again": (lambda h: rechained(h, redated), "时间早于上一行"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_named(home: Home, name: str) -> None:
    tamper, says = TAMPERINGS[name]
    tamper(home)
    assert any(says in fault for fault in faults(home)), faults(home)


@pytest.mark.slow
def test_without_a_later_head_a_cut_end_leaves_no_trace(home: Home) -> None:
    """What no program can find: why heads are pinned in packages and stamped."""
    shutil.rmtree(home.packages)
    shutil.rmtree(home.keys)
    cut_lines(home, 4)  # the package, its pin, the keys: as if they had never been
    assert faults(home) == []
