"""``rules copy``: an analyst's own draft of a shipped rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.filled import Ask
from tests.schemas import conform


@pytest.mark.slow
def test_a_copy_is_a_draft_of_ones_own_that_loads(ask: Ask, tmp_path: Path) -> None:
    done = ask("rules", "copy", "claim-cure-rate", "claim-mine", "--json")
    assert done.code == 0, done.err
    conform("rules-copy", done.json)
    path = tmp_path / "home" / "rules" / "claim" / "claim-mine.yaml"
    assert done.json["path"] == str(path)
    (shown,) = ask("rules", "show", "claim-mine", "--json").rows
    assert (shown["id"], shown["rule"]["status"]) == ("claim-mine", "draft")
    assert ask("rules", "test", "claim-mine").code == 0
    assert ask("rules", "try", "治愈率98%", "--device", "--json").json["findings"][0]["rule"] == "claim-cure-rate"


@pytest.mark.slow
def test_nothing_is_written_over_and_names_are_checked(ask: Ask, tmp_path: Path) -> None:
    for rule, name in (
        ("claim-cure-rate", "claim-fear"),
        ("claim-cure-rate", "我的"),
        ("claim-cure-rate", "../x"),
        ("claim-gone", "a"),
    ):
        refused = ask("rules", "copy", rule, name, "--json")
        assert (refused.code, refused.json["error"]["kind"]) == (2, "usage"), (rule, name)
    assert not list((tmp_path / "home").rglob("*.yaml"))
    kept = tmp_path / "home" / "rules" / "claim" / "mine.yaml.d"
    kept.parent.mkdir(parents=True)
    path = kept.parent / "claim-mine.yaml"
    path.write_text("", encoding="utf-8")
    assert ask("rules", "copy", "claim-cure-rate", "claim-mine").code == 2
    assert path.read_text(encoding="utf-8") == ""


@pytest.mark.slow
def test_a_rule_saved_with_a_byte_order_mark_can_be_copied(ask: Ask, tmp_path: Path) -> None:
    assert ask("rules", "copy", "claim-cure-rate", "claim-mine").code == 0
    path = tmp_path / "home" / "rules" / "claim" / "claim-mine.yaml"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert ask("rules", "copy", "claim-mine", "claim-next").code == 0
    assert ask("rules", "test", "claim-next").code == 0
