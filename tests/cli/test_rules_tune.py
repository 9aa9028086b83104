"""``rules tune``: an exception is proposed from what people dismissed, and costs nothing that they confirmed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.schemas import conform
from tests.tuning.shop import recorded

RULE = "claim-cure-rate"
MOTORS = ("新款电机有效率98%，省电", "内置电机有效率97%，静音")
CURES = ("总有效率95%，患者都说好", "治愈率99%")

Sold = Callable[..., None]


@pytest.fixture
def sold(ask: Ask, tmp_path: Path) -> Sold:
    """``sold(("text", "dismissed"), …)``: a listing of its own seller for each text, its lead decided so."""

    def bring(*texts: tuple[str, str]) -> None:
        assert ask("import", str(recorded(tmp_path, *(text for text, _ in texts)))).code == 0
        with Book.open(Home(tmp_path / "home").book) as book:
            leads = {lead.seller: lead.number for lead in book.leads()}
        for number, (_, state) in enumerate(texts, 1):
            if state != "open":
                assert ask("leads", "decide", str(leads[f"演示{number}店"]), state, "--who", "演示").code == 0

    return bring


def proposed(done: Any) -> list[str]:
    return [one["word"] for one in done.json["except"]]


@pytest.mark.slow
def test_what_is_proposed_silences_the_dismissed_and_keeps_the_confirmed(ask: Ask, sold: Sold, tmp_path: Path) -> None:
    sold(*((text, "dismissed") for text in MOTORS), *((text, "confirmed") for text in CURES))
    before = {p: p.read_bytes() for p in (tmp_path / "home").rglob("*.yaml")}
    done = ask("rules", "tune", RULE, "--json")
    conform("rules-tune", done.json)
    assert done.code == 0
    counts = {k: done.json[k] for k in ("confirmed", "dismissed", "open", "silenced", "left", "open_silenced")}
    assert counts == {"confirmed": 2, "dismissed": 2, "open": 0, "silenced": 2, "left": 0, "open_silenced": 0}
    assert proposed(done) == ["电机有效率"]
    assert (done.json["except"][0]["exemplars"], done.json["by_examples"]) == (2, False)
    assert {p: p.read_bytes() for p in (tmp_path / "home").rglob("*.yaml")} == before  # nothing is changed by itself

    (tmp_path / "home" / "rules" / "overrides.yaml").write_text(done.json["overrides"], encoding="utf-8")
    assert ask("rules", "test", RULE).code == 0
    dry = ask("recheck", "--rule", RULE, "--dry-run", "--json").json
    assert (dry["appeared"], dry["disappeared"], dry["kept"]) == (0, 2, 2)
    said = ask("rules", "tune", RULE, "--json")  # what the exception silences is no longer a reason for one
    assert (said.code, "只有 0 条" in said.json["error"]["message"]) == (2, True)


@pytest.mark.slow
def test_people_are_told_what_to_paste(ask: Ask, sold: Sold) -> None:
    sold(*((text, "dismissed") for text in MOTORS), *((text, "confirmed") for text in CURES))
    out = ask("rules", "tune", RULE).out
    assert "【电机有效率】98%" in out
    assert "2 条属实的发现和规则自带的 hits一条不少；不属实的少 2 条" in out
    assert 'except: ["电机有效率"]' in out


@pytest.mark.slow
def test_a_word_that_stands_in_a_confirmed_sentence_is_not_proposed(ask: Ask, sold: Sold) -> None:
    confirmed = "电机有效率95%，治愈率98%"  # dealt with as true: the same words may not be excused
    sold(*((text, "dismissed") for text in MOTORS), (confirmed, "confirmed"))
    done = ask("rules", "tune", RULE, "--json")
    assert (done.code, proposed(done), done.json["silenced"], done.json["left"]) == (0, [], 0, 2)
    assert done.json["overrides"] == ""
    assert "提不出例外" in ask("rules", "tune", RULE).out


@pytest.mark.slow
def test_one_product_is_no_pattern(ask: Ask, sold: Sold) -> None:
    sold((MOTORS[0], "dismissed"), ("水泵有效率96%", "dismissed"), (CURES[0], "confirmed"))
    assert proposed(ask("rules", "tune", RULE, "--json")) == []


@pytest.mark.slow
def test_two_kinds_of_false_alarm_need_two_exceptions(ask: Ask, sold: Sold) -> None:
    pumps = ("家用水泵有效率96%", "微型水泵有效率94%")
    sold(*((text, "dismissed") for text in (*MOTORS, *pumps)), (CURES[0], "confirmed"))
    done = ask("rules", "tune", RULE, "--json")
    assert sorted(proposed(done)) == ["水泵有效率", "电机有效率"]
    assert (done.json["silenced"], done.json["left"]) == (4, 0)


@pytest.mark.slow
def test_what_is_undecided_and_would_go_is_said(ask: Ask, sold: Sold) -> None:
    sold(*((text, "dismissed") for text in MOTORS), (CURES[0], "confirmed"), ("超强电机有效率99%", "open"))
    done = ask("rules", "tune", RULE, "--json")
    assert (done.json["open"], done.json["open_silenced"]) == (1, 1)
    assert "未处理的发现也会少 1 条" in ask("rules", "tune", RULE).out


@pytest.mark.slow
def test_without_anything_confirmed_it_refuses_or_says_what_the_proof_is(ask: Ask, sold: Sold) -> None:
    sold(*((text, "dismissed") for text in MOTORS))
    refused = ask("rules", "tune", RULE, "--json")
    conform("error", refused.json)
    assert (refused.code, "没有一条属实" in refused.json["error"]["message"]) == (2, True)
    done = ask("rules", "tune", RULE, "--by-examples", "--json")
    assert (done.code, proposed(done), done.json["by_examples"]) == (0, ["电机有效率"], True)
    assert "证明力有限" in ask("rules", "tune", RULE, "--by-examples").out


@pytest.mark.slow
def test_a_hit_of_the_rules_own_is_never_excused(ask: Ask, sold: Sold) -> None:
    sold(("总有效率98.5%好", "dismissed"), ("我说总有效率97%", "dismissed"), ("治愈率99%", "confirmed"))
    done = ask("rules", "tune", RULE, "--json")  # 总有效率98.5% is a hit of the rule
    assert proposed(done) == []


@pytest.mark.parametrize(
    ("rule", "said"), [("number-missing", "不看词语"), ("claim-cure-rat", "没有规则"), (RULE, "只有 0 条")]
)
def test_what_cannot_be_tuned_is_said(ask: Ask, sold: Sold, rule: str, said: str) -> None:
    sold((CURES[0], "confirmed"))
    done = ask("rules", "tune", rule, "--json")
    assert done.code == 2
    assert said in done.json["error"]["message"]
