"""The demo's home, crawled by real spiders and, where there is one, a browser: judged again it says what the crawl said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scanner.cli.demo import MARK
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from tests.running import qingwang
from tests.schemas import conform
from tests.whole import DEMO_TIMEOUT, DemoRun

pytestmark = pytest.mark.timeout(DEMO_TIMEOUT)


@pytest.fixture
def home(demo: DemoRun, tmp_path: Path) -> Home:
    """A copy, so that others find the demo's home as it was."""
    shutil.copytree(demo.home.root, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.mark.parametrize("corpus", [(), ("--captures",)])
def test_rules_find_again_what_the_crawl_found(home: Home, corpus: tuple[str, ...]) -> None:
    done = qingwang(home.root, "rules", "backtest", *corpus, "--against", "findings", "--json")
    assert done.code == 0, done.err
    conform("rules-backtest", done.json)
    assert done.json["items"] > 50
    assert done.json["kept"] > 80
    assert {key: done.json[key] for key in ("appeared", "disappeared", "changed", "damaged")} == dict.fromkeys(
        ("appeared", "disappeared", "changed", "damaged"), 0
    )


@pytest.mark.long
def test_what_is_judged_again_of_invented_data_says_so(home: Home) -> None:
    (home.rules / "overrides.yaml").write_text(
        "overrides:\n  - {rule: claim-cure-assertion, severity: low}\n", encoding="utf-8"
    )
    done = qingwang(home.root, "recheck", "--json")
    assert done.code == 0, done.err
    conform("recheck", done.json)
    assert (done.json["appeared"], done.json["disappeared"]) == (0, 0)
    assert done.json["changed"] > 0
    lines = [line for line in Journal.read(home.journal) if "recheck" in line.data]
    assert len(lines) > 2
    assert {line.data["mark"] for line in lines} == {MARK}
    assert qingwang(home.root, "verify", "--home").code == 0
    assert qingwang(home.root, "package", str(done.json["leads"][0])).code == 0
