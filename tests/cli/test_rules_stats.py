"""``rules stats`` as people and scripts see it."""

from __future__ import annotations

from scanner.home import Home
from tests.cli.filled import Ask
from tests.schemas import conform


def test_figures_of_a_book(ask: Ask, filled: Home) -> None:
    assert ask("leads", "decide", "1", "confirmed", "--who", "演示").code == 0
    done = ask("rules", "stats", "--days", "3650", "--json")
    assert done.code == 0
    for row in done.rows:
        conform("rules-stats", row)
    rows = {row["rule"]: row for row in done.rows}
    assert len(rows) > 40
    assert (rows["claim-cure-rate"]["findings"], rows["claim-cure-rate"]["confirmed"]) == (1, 1)
    assert rows["claim-cure-rate"]["precision"] is None
    assert rows["registration-lapsed"]["status"] == "removed"
    assert rows["number-missing"]["signs"] == ["silent"]
    said = ask("rules", "stats", "--days", "3650").out
    assert "样本不足（处理不到 5 条）" in said
    assert "没有动静的规则" in said


def test_one_rule_and_an_unknown_one(ask: Ask, filled: Home) -> None:
    done = ask("rules", "stats", "--rule", "registration-lapsed", "--since", "2026-11-01", "--json")
    assert [row["rule"] for row in done.rows] == ["registration-lapsed"]
    unknown = ask("rules", "stats", "--rule", "claim-cure-rat", "--json")
    assert (unknown.code, unknown.json["error"]["hint"]) == (2, "是不是 claim-cure-rate？")
    assert ask("rules", "stats", "--since", "yesterday", "--json").code == 2
