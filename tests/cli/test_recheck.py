"""``recheck``: stored pages judged again; nothing vanishes, nothing dealt with comes back, nothing is written when dry."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store.book import Book
from tests.cli.closing import closing
from tests.cli.filled import Ask
from tests.cli.test_rules_backtest import changed
from tests.intake.making import SHOP, entry, written
from tests.rulebook.making import RULE as RULE_OF_MY_OWN
from tests.rulebook.making import RULES
from tests.schemas import conform
from tests.tuning.shop import page, recorded

TEXTS = ("治愈率高达98%，三天见效，根治颈椎病", "缓解肩颈疲劳", "总有效率95%，三天见效", "过滤效率高")
RULE = "claim-cure-rate"


@pytest.fixture
def shop(ask: Ask, tmp_path: Path) -> Home:
    """Four listings captured on 2026-11-22, five findings in leads 1 (three findings) and 2 (two)."""
    done = ask("import", str(recorded(tmp_path, *TEXTS)), "--json")
    assert (done.json["findings"], done.json["leads"]) == (5, [1, 2])
    return Home(tmp_path / "home")


def retire(home: Home) -> None:
    changed(home.rules, "severity: high", "severity: high\nstatus: retired")


def counts(done: Any) -> tuple[int, ...]:
    return tuple(done.json[key] for key in ("appeared", "disappeared", "kept", "changed"))


def held(home: Home, lead: int) -> list[str]:
    with Book.open(home.book) as book:
        return sorted(f.quote for f in book.lead(lead).findings)


def test_nothing_changed_nothing_written(ask: Ask, shop: Home) -> None:
    done = ask("recheck", "--json")
    conform("recheck", done.json)
    assert (done.code, counts(done), done.json["leads"], done.json["listings"]) == (0, (0, 0, 5, 0), [], 4)
    assert [line.event for line in Journal.read(shop.journal)][-2:] == ["recheck_began", "recheck_ended"]


@pytest.mark.slow
def test_a_dry_run_tells_the_same_and_writes_nothing(ask: Ask, shop: Home) -> None:
    retire(shop)
    ask("leads", "decide", "1", "confirmed", "--who", "演示")

    def prints() -> dict[str, str]:
        files = [*shop.root.glob("*.jsonl"), *shop.rulebooks.glob("*"), *shop.archive.glob("*")]
        with Book.open(shop.book) as book:
            tables = [row[0] for row in book.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            rows = {name: str(book.all(f"SELECT * FROM {name}")) for name in tables}
        return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files} | rows

    before = prints()
    dry = ask("recheck", "--dry-run", "--json")
    assert prints() == before
    conform("recheck", dry.json)
    assert (counts(dry), dry.json["dry_run"], dry.json["decided"]) == ((0, 2, 3, 0), True, [1])
    done = ask("recheck", "--json")
    assert (counts(done), done.json["decided"]) == (counts(dry), [1])
    assert done.json["examples"] == dry.json["examples"]
    assert "这是预演" in ask("recheck", "--dry-run").out


@pytest.mark.slow
def test_what_no_longer_stands_stays_in_its_lead_and_is_named(ask: Ask, shop: Home) -> None:
    ask("leads", "decide", "1", "confirmed", "--who", "演示")
    before = held(shop, 1)
    retire(shop)
    assert counts(ask("recheck", "--json")) == (0, 2, 3, 0)
    assert held(shop, 1) == before
    shown = ask("leads", "show", "1", "--json")
    conform("leads-show", shown.json)
    (fallen,) = shown.json["fallen"]
    assert fallen["outcome"] == "gone"
    assert "治愈率高达98%”不再成立" in ask("leads", "show", "1").out
    line = next(line for line in Journal.read(shop.journal) if line.data.get("gone"))
    assert (line.event, line.data["findings"], line.data["capture"]) == (
        "judgement", [], shown.json["proofs"][0]["capture"]
    )  # fmt: skip
    assert counts(ask("recheck", "--json")) == (0, 0, 3, 0)  # once noted, not noted again
    assert ask("verify", "--home").code == 0
    assert ask("package", "1").code == 0
    (shop.rules / "claim" / f"{RULE}.yaml").unlink()
    again = ask("recheck", "--json")
    assert (counts(again), again.json["leads"]) == ((2, 0, 3, 0), [1, 2])
    assert ask("leads", "show", "1", "--json").json["fallen"] == []
    assert held(shop, 1) == before


@pytest.mark.slow
def test_leads_of_which_nothing_stands_are_named(ask: Ask, shop: Home) -> None:
    ask("leads", "decide", "1", "confirmed", "--who", "演示")
    gone = "".join(
        f"  - {{rule: {rule}, status: retired}}\n" for rule in (RULE, "claim-quick-effect", "claim-cure-assertion")
    )
    shop.rules.mkdir(exist_ok=True)
    (shop.rules / "overrides.yaml").write_text(f"overrides:\n{gone}", encoding="utf-8")
    done = ask("recheck", "--json")
    assert (counts(done), done.json["emptied"], done.json["decided"]) == ((0, 5, 0, 0), [2], [1])
    assert "已没有成立的发现的有：2 号" in ask("recheck").out
    assert len(held(shop, 2)) == 2


def test_without_a_register_a_dry_run_makes_none_and_tells_the_same(ask: Ask, shop: Home) -> None:
    for file in shop.root.glob("register.db*"):
        file.unlink()
    assert counts(ask("recheck", "--dry-run", "--json")) == (0, 0, 5, 0)
    assert not shop.register.exists()


@pytest.mark.slow
def test_a_new_rule_makes_findings_and_leads_as_a_crawl_does(ask: Ask, shop: Home) -> None:
    lists = shop.rules / "lists" / "mine.yaml"
    lists.parent.mkdir(parents=True)
    lists.write_text("lists:\n  我的词: {words: [肩颈疲劳]}\n", encoding="utf-8")
    text = RULE_OF_MY_OWN.format(id="claim-mine", patterns="  - any: [我的词]", more="unless: [negated]")
    path = shop.rules / "claim" / "claim-mine.yaml"
    path.parent.mkdir()
    path.write_text(
        text.replace("治疗鼻炎, 治愈鼻炎", "缓解肩颈疲劳, 肩颈疲劳").replace("鼻炎", "肩颈疲劳"), encoding="utf-8"
    )
    done = ask("recheck", "--rule", "claim-mine", "--json")
    assert (counts(done), done.json["leads"]) == ((1, 0, 0, 0), [3])
    assert held(shop, 3) == ["肩颈疲劳"]
    shown = ask("leads", "show", "3", "--json").json
    assert shown["lead"]["seller"] == "演示2店"
    with Book.open(shop.book) as book:
        capture = book.capture(shown["proofs"][0]["capture"])
        assert capture is not None
        assert capture.capture.url == f"{SHOP}/product/2.html"
        rulebook = book.one("SELECT rulebook FROM findings WHERE rule = 'claim-mine'")
    assert rulebook is not None
    assert (shop.rulebooks / f"{rulebook[0]}.json").exists()
    assert ask("package", "3").code == 0


@pytest.mark.slow
def test_a_rule_tidied_up_opens_nothing_that_was_closed(ask: Ask, shop: Home, tmp_path: Path) -> None:
    assert ask("leads", "apply", closing(tmp_path / "closing.jsonl", 1)).code == 0
    changed(shop.rules, "neutral: [", "neutral: [不相干的词治愈率, ")
    done = ask("recheck", "--json")
    assert (counts(done), done.json["leads"], done.json["decided"]) == ((0, 0, 5, 0), [], [])


@pytest.mark.slow
def test_another_severity_replaces_the_finding_and_weighs_the_open_lead(ask: Ask, shop: Home) -> None:
    local = shop.rules / "overrides.yaml"
    lowered = "\n".join(f"  - {{rule: {rule}, severity: low}}" for rule in (RULE, "claim-quick-effect"))
    local.write_text(f"overrides:\n{lowered}\n", encoding="utf-8")
    done = ask("recheck", "--json")
    assert (counts(done), done.json["leads"]) == ((0, 0, 5, 4), [1, 2])
    assert ask("leads", "show", "2", "--json").json["lead"]["severity"] == "low"
    assert ask("leads", "show", "1", "--json").json["lead"]["severity"] == "high"  # 根治 weighs as before
    assert {one["outcome"] for one in ask("leads", "show", "2", "--json").json["fallen"]} == {"replaced"}
    assert counts(ask("recheck", "--json")) == (0, 0, 5, 0)


@pytest.mark.slow
def test_the_law_is_that_of_the_capture_not_of_today(ask: Ask, shop: Home) -> None:
    changed(shop.rules, "since: 2015-09-01", "since: 2026-11-23")  # the day after
    assert counts(ask("recheck", "--dry-run", "--json")) == (0, 2, 3, 0)
    changed(shop.rules, "since: 2015-09-01", "since: 2026-11-22")
    assert counts(ask("recheck", "--dry-run", "--json")) == (0, 0, 5, 0)


@pytest.mark.slow
def test_an_older_version_keeps_its_findings_and_gets_no_new_ones(ask: Ask, shop: Home, tmp_path: Path) -> None:
    later = entry(f"{SHOP}/product/1.html", text=page(1, "缓解疲劳"), mime="text/html; charset=utf-8")
    later["startedDateTime"] = "2026-11-24T10:22:05.151637+08:00"
    assert ask("import", str(written(tmp_path, later, name="later.har"))).code == 0
    assert counts(ask("recheck", "--dry-run", "--json")) == (0, 0, 5, 0)
    text = (RULES / "claim" / f"{RULE}.yaml").read_text(encoding="utf-8").replace(RULE, "claim-more")
    (shop.rules / "claim").mkdir()
    (shop.rules / "claim" / "claim-more.yaml").write_text(text, encoding="utf-8")
    done = ask("recheck", "--dry-run", "--json")
    assert counts(done) == (1, 0, 5, 0)  # 总有效率95% of product 3; product 1 says nothing of the kind any more
    retire(shop)
    assert counts(ask("recheck", "--rule", RULE, "--json")) == (0, 2, 0, 0)


@pytest.mark.parametrize("rule", ["claim-cure-rat", "x"])
def test_an_unknown_rule_is_said(ask: Ask, shop: Home, rule: str) -> None:
    done = ask("recheck", "--rule", rule, "--json")
    assert done.code == 2
    conform("error", done.json)


def test_a_home_that_is_written_waits_for_nobody(ask: Ask, shop: Home) -> None:
    with shop.lock():
        done = ask("recheck", "--json")
        assert (done.code, done.json["error"]["kind"]) == (1, "store")
        assert ask("recheck", "--dry-run", "--json").code == 0


def test_without_a_book_there_is_nothing_to_judge(ask: Ask, tmp_path: Path) -> None:
    assert ask("recheck", "--json").code == 2
    assert not (tmp_path / "home").exists()
