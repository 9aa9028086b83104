"""Opinions about rules that load: each kind, its level and its line, and what raises none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from scanner.rulebook import lint, load
from scanner.text import fold_words
from tests.rulebook.making import write
from tests.rulebook.test_load import change

DAY = date(2026, 1, 5)
SEQ = "  - seq: [效, {gap: 0-3}, 病]"
NAMES = "categories:\n  - {id: therapy, name: 治疗仪器, goods: device, names: [中频治疗鼻炎仪]}\n"


def said(folder: Path, level: str = "", on: date = DAY) -> list[tuple[str, str, str]]:
    return [
        (Path(o.where).name, o.level, o.message) for o in lint(load(folder), on=on) if o.level == level or not level
    ]


def test_words_that_do_nothing_and_laws_that_say_too_little(tmp_path: Path) -> None:
    lists = """
lists:
  效: {words: [治疗, 治療, 治愈], covers: [治愈, 口罩]}
  病: {words: [鼻炎, 高血压]}
  闲: {words: [好]}
"""
    folder = write(
        tmp_path, ("r", "  - seq: [效, 病]", "neutral: [书]\nunless: []"), lists=lists, contexts="contexts: {}\n"
    )
    change(folder / "claim" / "r.yaml", ", liability: 第五十八条, since: 2015-09-01", "")
    assert said(folder) == [
        ("r.yaml:7", "error", "广告法第十六条 没有写施行日期"),
        ("r.yaml:7", "error", "广告法第十六条 没有写法律责任条款"),
        ("r.yaml:10", "warning", "规则 r 的例外 书 盖不住任何词"),
        ("all.yaml:3", "warning", "词表 效 的 covers 里 口罩 盖不住任何词"),
        ("all.yaml:3", "warning", "词表 效 的 covers 里 治愈 本身就是词表的词"),
        ("all.yaml:3", "warning", "词表 效 里 治療 和 治疗 是同一个词"),
        ("all.yaml:5", "warning", "没有规则用词表 闲"),
    ]


def used(
    folder: Path, patterns: str = SEQ, more: str = "unless: [negated, warned, asked, law, gated]\nnone: [无]"
) -> Path:
    """A rulebook of which lint says nothing: every list is used."""
    return write(folder, ("r", f"{patterns}\n  - any: [断]\n  - seq: [率, {{gap: 0-4}}, 病]", more))


def test_nothing_is_said_of_what_is_right(tmp_path: Path) -> None:
    assert said(used(tmp_path)) == []


@pytest.mark.parametrize(
    ("patterns", "more", "opinion"),
    [
        (SEQ, "unless: []\nnone: [病, 无]", ("r.yaml:9", "error", "词表 病 既要出现又写在 none 里，永远不会命中")),
        (SEQ, "unless: []\nneutral: [治愈]", ("r.yaml:13", "warning", "规则 r 的例外 治愈 就是规则的词，它永远不会命中")),
        (SEQ, "unless: [negated, asked, negated]", ("r.yaml:12", "warning", "unless 里 negated 写了两次")),
        (SEQ, "look_in: [title]\nunless: [warned]", ("r.yaml:13", "warning",
         "语境 warned 只看栏目名，而规则不看栏目（look_in），永远不成立")),
        ("  - any: [病, 一]", "", ("r.yaml:9", "warning", "any 里词表 一 有一个字的常用词 好，几乎每页都会命中")),
        ("  - seq: [一, {gap: 0-40}, 一]", "", ("r.yaml:9", "warning",
         "间隔 0-40 两边都有一个字的常用词（好、好），碰巧就会命中，也慢")),
        ("  - any: [病, 也病]", "", ("r.yaml:9", "info", "词表 也病 和 病 都有 鼻炎")),
        ("  - any: [病, 也病]", "", ("r.yaml:9", "info", "词表 也病 有 1 个词含有同一项里别的词表的词，例如 慢性失眠")),
        ("  - at_least: {list: 长, n: 2}", "", ("r.yaml:9", "warning", "at_least 的词表 长 超过 2000 个词，容易凑够")),
    ],
)  # fmt: skip
def test_opinions_about_rules(tmp_path: Path, patterns: str, more: str, opinion: tuple[str, str, str]) -> None:
    folder = used(tmp_path, patterns, more)
    words = ", ".join(f"词{chr(0x4E00 + i)}" for i in range(2_001))
    extra = f"lists:\n  一: {{words: [好]}}\n  也病: {{words: [鼻炎, 慢性失眠]}}\n  长: {{words: [{words}]}}\n"
    (folder / "lists" / "more.yaml").write_text(extra, encoding="utf-8")
    assert opinion in said(folder)


def test_a_rule_that_hits_the_name_of_a_product_is_told(tmp_path: Path) -> None:
    folder = used(tmp_path)
    (folder / "categories.yaml").write_text(NAMES, encoding="utf-8")
    assert said(folder) == [("r.yaml:8", "warning", "规则 r 会命中品名 中频治疗鼻炎仪（therapy）本身")]
    change(folder / "claim" / "r.yaml", "unless:", "neutral: [治疗鼻炎仪]\nunless:")
    assert said(folder) == []
    change(folder / "claim" / "r.yaml", "neutral: [治疗鼻炎仪]", "applies_to: {goods: [drug]}")
    assert said(folder) == []  # not about devices


def test_words_inside_words_are_only_said(tmp_path: Path) -> None:
    folder = used(tmp_path)
    change(folder / "lists" / "all.yaml", "words: [治疗, 治愈]", "words: [治疗, 治愈, 彻底治愈]")
    assert said(folder) == [("all.yaml:3", "info", "词表 效 有 1 个词含有表里别的词：彻底治愈（含 治愈）")]


@pytest.mark.parametrize(
    ("law", "on", "message"),
    [
        ("since: 2015-09-01, until: 2025-12-31", DAY, "规则 r 的依据到 2026-01-05 都已失效（最晚 2025-12-31），不会再命中"),
        ("since: 2015-09-01, until: 2026-12-31", date(2027, 1, 1), "规则 r 的依据到 2027-01-01 都已失效（最晚 2026-12-31），不会再命中"),
        ("since: 2026-09-01", DAY, "规则 r 的依据到 2026-01-05 没有一条正在施行，不会再命中"),
    ],
)  # fmt: skip
def test_a_rule_whose_law_is_past_is_told(tmp_path: Path, law: str, on: date, message: str) -> None:
    folder = used(tmp_path)
    change(folder / "claim" / "r.yaml", "since: 2015-09-01", law)
    assert said(folder, on=on) == [("r.yaml:7", "error", message)]
    change(folder / "claim" / "r.yaml", "id: r", "id: r\nstatus: retired")
    assert said(folder, "error", on=on) == []


def test_a_superseded_article_beside_its_successor_is_no_fault(tmp_path: Path) -> None:
    folder = used(tmp_path)
    old = "{law: 广告法, article: 第十六条, liability: 第五十八条, since: 2015-09-01, until: 2018-10-26}"
    change(folder / "claim" / "r.yaml", "basis: [", f"basis: [{old}, ")
    assert said(folder) == []
    change(folder / "claim" / "r.yaml", "until: 2018-10-26", "until: 2015-01-01")
    assert said(folder) == [("r.yaml:7", "error", "广告法第十六条 的失效日期 2015-01-01 不晚于施行日期 2015-09-01")]


def test_owners_and_examples_that_help_nobody(tmp_path: Path) -> None:
    folder = used(tmp_path)
    change(folder / "claim" / "r.yaml", "owner: 测试", "owner: TODO")
    change(folder / "claim" / "r.yaml", "hits: [治疗鼻炎, 治愈鼻炎]", "hits: [治疗鼻炎, 治﹒疗鼻炎, 治愈鼻炎]")
    change(folder / "claim" / "r.yaml", "misses: [", "misses: [治愈鼻炎, ")
    assert said(folder) == [
        ("r.yaml:6", "warning", "owner 写的是 TODO，出了问题不知道问谁"),
        ("r.yaml:15", "error", "例子“治愈鼻炎”同时写在 hits 和 misses 里"),
        ("r.yaml:15", "warning", "例子“治﹒疗鼻炎”写了两次"),
    ]


@pytest.mark.slow
def test_a_hundred_thousand_words_are_looked_at_in_their_length(tmp_path: Path) -> None:
    made = (f"词{chr(0x4E00 + i % 5_000)}{chr(0x5E00 + i // 5_000)}" for i in range(150_000))
    words = [word for word, folded in fold_words(made).items() if word == folded][:100_000]
    folder = used(tmp_path, "  - any: [长]\n" + SEQ)
    text = json.dumps([*words, f"真{words[7]}"], ensure_ascii=False)
    (folder / "lists" / "long.yaml").write_text(f"lists:\n  长: {{words: {text}}}\n", encoding="utf-8")
    assert said(folder) == [("long.yaml:2", "info", f"词表 长 有 1 个词含有表里别的词：真{words[7]}（含 {words[7]}）")]
