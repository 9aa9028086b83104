"""Patterns over words: what hits, what it quotes, and that hostile texts and rules stay cheap."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scanner.rulebook.matcher import MAX_HITS
from scanner.rulebook.scan import Automaton, Event, Scan
from scanner.text import fold
from tests.rulebook.making import book, hits


@pytest.mark.parametrize(
    ("patterns", "text", "quotes"),
    [
        ("  - any: [断]", "真的药到病除，药  到 病除", ["药到病除", "药  到 病除"]),
        ("  - seq: [效, 病]", "治疗鼻炎和治愈了高血压", ["治疗鼻炎"]),
        ("  - seq: [效, {gap: 0-3}, 病]", "治愈了高血压", ["治愈了高血压"]),
        ("  - seq: [效, {gap: 2-3}, 病]", "治愈了高血压", []),
        ("  - seq: [效, {gap: 0-9}, 病]", "治疗仪，鼻炎", []),  # a clause ends at the comma; 治疗仪 covers 治疗
        ("  - seq: [率, {gap: 0-4}, '#百分']", "总有效率高达９８．５％", ["有效率高达９８．５％"]),
        ("  - seq: ['#时长', {gap: 0-2}, 效]", "三个疗程治愈，五 天 治疗", ["三个疗程治愈", "五 天 治疗"]),
        (
            "  - seq: [率, {gap: 0-4}, {number: '#百分', min: 90}]",
            "有效率80%，有效率95%，有效率80-95%，有效率九成",
            ["有效率95%", "有效率九成"],
        ),
        (
            "  - seq: [{number: '#时长', max: 7}, {gap: 0-2}, 效]",
            "三个疗程治愈，两周治愈，5-8天治愈，一周治愈",
            ["一周治愈"],
        ),
        ("  - seq: ['#名次', {gap: 0-2}, 效]", "第一治疗，第一次治疗", ["第一治疗"]),
        ("  - all: [病, 效]", "鼻炎患者说它治疗得好", ["鼻炎患者说它治疗"]),
        ("  - all: [病, 效]", "鼻炎患者。治疗", []),
        ("  - at_least: {list: 病, n: 3}", "鼻炎、高血压、失眠都管", ["鼻炎、高血压、失眠"]),
        ("  - at_least: {list: 病, n: 3}", "鼻炎、鼻炎、鼻炎都管", []),
        ("  - seq: [效, {gap: 0-4}, 病]", "治疗治疗鼻炎", ["治疗鼻炎"]),  # the shortest quote
    ],
)
def test_patterns(tmp_path: Path, patterns: str, text: str, quotes: list[str]) -> None:
    assert hits(book(tmp_path, patterns), text) == quotes


def test_within_a_sentence_commas_are_crossed(tmp_path: Path) -> None:
    rules = book(tmp_path, "  - seq: [效, {gap: 0-3}, 病]", "within: sentence\nunless: []")
    assert hits(rules, "能治疗，鼻炎。治愈。高血压") == ["治疗，鼻炎"]


def test_neutral_words_and_forbidden_lists_clear_a_hit(tmp_path: Path) -> None:
    rules = book(tmp_path, "  - seq: [效, {gap: 0-3}, 病]", "neutral: [治疗鼻炎的书]\nnone: [无]\nunless: []")
    assert hits(rules, "治疗鼻炎的书") == []
    assert hits(rules, "治疗鼻炎") == ["治疗鼻炎"]
    assert hits(rules, "没有人治疗鼻炎") == []


@pytest.mark.parametrize("text", ["药dao病除", "yaodaobingchu", "药到bing除", "药·到·病·除", "药道病除"])
def test_evasive_spellings_hit_and_are_called_odd(tmp_path: Path, text: str) -> None:
    assert hits(book(tmp_path, "  - any: [断]"), text) == [text]


def test_spellings_found_in_other_ways_are_odd_unless_the_word_is_plain_there(tmp_path: Path) -> None:
    rules, folded = book(tmp_path, "  - seq: [效, 病]"), fold("治聊鼻炎，治疗鼻炎")
    plain = rules.matcher.scan(folded)
    found = Automaton({"病": ["鼻炎"], "效": ["治疗"]}, {}).run(folded)
    scan = Scan(folded, found, [("效", 0, 2), ("效", 5, 7), ("断", 1, 2)])
    assert scan.events("效") == [Event(0, 2, True), Event(5, 7, False)]
    assert sorted(scan.lists) == ["效", "断", "病"]
    assert [(h.start, h.odd) for h in rules.matcher.hits(scan)["r"]] == [(0, True), (5, False)]
    assert [(h.start, h.odd) for h in rules.matcher.hits(plain)["r"]] == [(5, False)]


def test_a_rule_may_refuse_generated_spellings(tmp_path: Path) -> None:
    rules = book(tmp_path, "  - any: [断]", "evasion: 'off'\nunless: []")
    assert hits(rules, "药dao病除") == []
    assert hits(rules, "药·到·病·除") == ["药·到·病·除"]  # folding is not an evasion rule's business


def test_a_spelling_known_to_be_innocent_is_not_generated(tmp_path: Path) -> None:
    assert hits(book(tmp_path, "  - any: [断]"), "要到病除") == []


def test_latin_words_need_a_boundary(tmp_path: Path) -> None:
    rules = book(tmp_path, "  - any: [断]")
    assert hits(rules, "xyaodaobingchu") == []
    assert hits(rules, "yaodaobingchux1") == []


def test_words_torn_by_spaces_count_only_when_bounded(tmp_path: Path) -> None:
    rules = book(tmp_path, "  - any: [效]")
    assert hits(rules, "法 治 疗 效") == ["治 疗"]
    assert hits(rules, "法治 疗效") == []


HOSTILE = [
    "治疗" * 100_000,
    "治疗鼻炎" * 15_000,
    "鼻炎" * 100_000,
    "有效率98%" * 30_000,
    "第" * 1_000_000,
    "98%" * 100_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: t[:4])
def test_hostile_texts_stay_linear(tmp_path: Path, text: str) -> None:
    rules = book(
        tmp_path,
        "  - seq: [效, {gap: 0-60}, 病]\n  - seq: [效, {gap: 0-60}, 效, {gap: 0-60}, 病]\n  - all: [效, 病]\n"
        "  - at_least: {list: 病, n: 4}\n  - seq: [率, {gap: 0-60}, '#百分']",
    )
    hits(rules, "先编译")
    began = time.process_time()
    assert len(hits(rules, text)) <= MAX_HITS + 1
    assert time.process_time() - began < 20
