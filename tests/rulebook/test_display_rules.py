"""Display rules as an analyst writes them: what loads, what is refused and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.rulebook import DisplayRule, Rulebook, load
from tests.rulebook.making import write

RULE = """
id: a-duty
title: 试
kind: display
severity: low
owner: 测试
basis: [{law: 广告法, article: 第十六条, liability: 第五十八条, since: 2015-09-01}]
applies_to: {goods: [device]}
duty: a-duty
what: 提示
must_show: [请仔细阅读, "#device_reg", {label: 病}, {words: 效}, {picture: 禁}, {link: 禁}]
on: shop_home
only_with: [{words: 无}]
sells: {goods: [device], exempt: []}
says: 试。
examples:
  hits: [{licences: [没有]}, {licences: [没有的]}]
  misses: [{licences: [治疗]}, {licences: [没有治疗]}]
"""


def made(folder: Path, text: str) -> Rulebook:
    write(folder)
    (folder / "display").mkdir()
    (folder / "display" / "a-duty.yaml").write_text(text, encoding="utf-8")
    return load(folder)


def test_a_rule_with_every_way_of_showing_loads(tmp_path: Path) -> None:
    book = made(tmp_path, RULE)
    rule = book.rules["a-duty"]
    assert isinstance(rule, DisplayRule)
    assert rule.shown == ("病", "效", "禁", "禁", "无")
    assert rule.number_types == ("device_reg",)
    assert rule.lists() == ("病", "效", "禁", "无")


def test_its_version_follows_the_lists_it_asks(tmp_path: Path) -> None:
    before = made(tmp_path, RULE).versions["a-duty"]
    lists = tmp_path / "lists" / "all.yaml"
    lists.write_text(lists.read_text("utf-8").replace("words: [禁忌]", "words: [禁忌, 慎用]"), "utf-8")
    assert load(tmp_path).versions["a-duty"] != before


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("{label: 病}", "{label: 病名}", 11, "没有词表 病名", "病"),
        ("#device_reg", "#device_regs", 11, "没有编号种类 device_regs", "device_reg"),
        ("{words: 无}", "{words: 五}", 13, "没有词表 五", ""),
        ("exempt: []", "exempt: [mask]", 14, "没有品种 mask", ""),
        ("what: 提示\n", "what: 提示\nreported_by: another\n", 11, "没有规则 another", ""),
        ("{words: 效}", "{words: 效, link: 禁}", 11, "只能写 label、words、picture、link 中的一个", ""),
        ("{words: 效}", "{words: ''}", 11, "只能写 label、words、picture、link 中的一个", ""),
        ("on: shop_home", "on: shop_hom", 12, "shop_hom", "shop_home"),
        ("what: 提示\n", "", 1, "what", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str, hint: str
) -> None:
    assert old in RULE
    with pytest.raises(ConfigError) as refused:
        made(tmp_path, RULE.replace(old, new))
    said = [(p.where, p.message + p.hint) for p in refused.value.problems]
    assert any(message in text and hint in text for _, text in said), said
    if line > 1:
        assert any(where.endswith(f"a-duty.yaml:{line}") for where, _ in said), said
