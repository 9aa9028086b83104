"""Rules and texts made to hurt: work stays proportional to the text, memory has a ceiling, what goes too far is refused.

Work is counted in calls of functions, Python's and C's, not in seconds: twice the text may make little more than twice
the calls.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.judge import judge
from scanner.model import Facts, Finding
from scanner.rulebook import Rulebook, load
from scanner.rulebook import bounds as limits
from scanner.rulebook.rule import MAX_PATTERNS, MAX_REACH, MAX_STEPS
from scanner.rulebook.scan import MAX_EVENTS
from scanner.text import fold
from tests.checks.making import DAY, page
from tests.rulebook.making import book, hits, write
from tests.rulebook.test_load import change, said

PATTERNS = f"""  - seq: [效, {{gap: 0-{MAX_REACH}}}, 病]
  - seq: [效, {{gap: 0-{MAX_REACH}}}, 效, {{gap: 0-{MAX_REACH}}}, 效, {{gap: 0-{MAX_REACH}}}, 病]
  - seq: ["#时长", {{gap: 0-{MAX_REACH}}}, 效]
  - seq: [率, {{gap: 0-{MAX_REACH}}}, {{number: "#百分", min: 50}}]
  - all: [效, 病]
  - at_least: {{list: 病, n: 2}}"""
MORE = "unless: [negated, warned, asked, law]\nneutral: [治疗治疗治疗]\nnone: [断]"


def calls(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def judged(rules: Rulebook, text: str) -> list[Finding]:
    return list(judge(page(text=text), rules, None, on=DAY, facts=Facts(goods="device")))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["治", "治疗", "治疗鼻炎", "鼻炎", "不能治疗鼻炎。", "治疗鼻炎，", "有效率98%", "3天治疗", "第一", "百分之九十", "治 疗 ", "治\u200b疗",
     "高血压失眠糖尿病鼻炎", "（一）治疗鼻炎的。", "9", "?", "。", "a", "氵台疒了", "治疗？"],
)  # fmt: skip
def test_twice_the_text_is_twice_the_work(tmp_path: Path, unit: str) -> None:
    rules = book(tmp_path, PATTERNS, MORE)
    judged(rules, unit * 5_000)  # compiles, and makes what is made once
    # Below the number of hits from which nothing more is looked at.
    once, twice = (unit * (n // len(unit)) for n in (4_000, 8_000))
    assert calls(lambda: judged(rules, twice)) < 2.4 * calls(lambda: judged(rules, once)) + 500


@pytest.mark.slow
def test_the_widest_gaps_over_the_most_events_are_bounded_by_the_gap(tmp_path: Path) -> None:
    text = "治疗" * 2_000
    wide = book(tmp_path / "w", f"  - seq: [效, {{gap: 0-{MAX_REACH}}}, 效, {{gap: 0-{MAX_REACH}}}, 效]")
    none = book(tmp_path / "n", "  - seq: [效, 效, 效]")
    for rules in (wide, none):
        hits(rules, "治疗")
    assert calls(lambda: hits(wide, text)) < MAX_REACH * calls(lambda: hits(none, text))


@pytest.mark.slow
def test_a_text_of_words_is_read_up_to_a_bound(tmp_path: Path) -> None:
    rules = book(tmp_path, PATTERNS)
    folded = fold("鼻炎" * (2 * MAX_EVENTS) + "治疗鼻炎")
    scan = rules.matcher.scan(folded)
    assert not scan.whole
    assert len(folded.text) / 2 - 10 < scan.until < len(folded.text) / 2 + 10
    assert len(scan.events("病")) == MAX_EVENTS
    assert rules.matcher.scan(fold("鼻炎" * (MAX_EVENTS - 1))).whole


def test_words_over_the_edges_of_pieces_are_found_once(tmp_path: Path) -> None:
    rules = book(tmp_path, "  - any: [断]")
    for before in range(65_536 - 5, 65_536 + 2):
        text = "好" * before + "药到病除" + "好" * 70_000 + "药到病除" + "好" * 65_536
        assert [(e.start, e.end) for e in rules.matcher.scan(fold(text)).events("断")] == [
            (before, before + 4), (before + 70_004, before + 70_008),
        ]  # fmt: skip


PAGE = """
import resource, sys
from pathlib import Path
from tests.rulebook.test_hostile import judged
from scanner.rulebook import load
rules = load(Path(sys.argv[1]))
judged(rules, "治疗鼻炎")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = judged(rules, sys.argv[2] * (10_000_000 // len(sys.argv[2].encode())) + "。治疗鼻炎")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, len(found))
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux only")
@pytest.mark.parametrize(
    ("unit", "findings"), [("好", 1), ("a", 1), ("治", 1), ("鼻炎", 1), ("\U00020000", 1), ("\u202e", 1)]
)
def test_ten_megabytes_of_one_character_fit_in_memory(tmp_path: Path, unit: str, findings: int) -> None:
    folder = write(tmp_path, ("r", "  - seq: [效, 病]\n  - at_least: {list: 病, n: 2}\n  - any: [效]", ""))
    change(folder / "lists" / "all.yaml", "words: [治疗, 治愈]", "words: [治, 治疗, 治愈]")
    done = subprocess.run([sys.executable, "-c", PAGE, str(folder), unit], capture_output=True, text=True, check=False,
                          cwd=Path(__file__).resolve().parents[2])  # fmt: skip
    assert done.returncode == 0, done.stderr
    megabytes, found = map(int, done.stdout.split())
    assert megabytes < 1_000
    if unit != "鼻炎":  # there the bound on words comes first, and nothing was claimed up to it
        assert found >= findings


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("\ud800治疗鼻炎\udfff", "治疗鼻炎"),
        ("治\u202e疗\u202c鼻炎", "治\u202e疗\u202c鼻炎"),
        ("\u200f治\u200e疗\u2066鼻\u2069炎", "治\u200e疗\u2066鼻\u2069炎"),
        ("治疗\u0301鼻\u20e3炎", "治疗\u0301鼻\u20e3炎"),
        ("x" * 100_000 + "治疗鼻炎" + "y" * 100_000, "治疗鼻炎"),
    ],
)
def test_characters_made_to_confuse_are_read_through_and_quoted(tmp_path: Path, text: str, quote: str) -> None:
    rules = book(tmp_path, "  - seq: [效, 病]")
    (finding,) = judged(rules, text)
    assert (finding.quote, text[finding.start : finding.end]) == (quote, quote)


def test_a_lone_surrogate_joins_nothing(tmp_path: Path) -> None:
    assert hits(book(tmp_path, "  - seq: [效, 病]"), "治\ud800疗鼻炎") == []


@pytest.mark.slow
def test_a_list_of_a_hundred_thousand_words(tmp_path: Path) -> None:
    made = [f"词{chr(0x4E00 + i % 5_000)}{chr(0x5E00 + i // 5_000)}" for i in range(100_000)]
    words = "".join(f"      - {word}\n" for word in made)
    folder = write(tmp_path, ("r", "  - any: [长]\n  - seq: [效, 病]", ""))
    (folder / "lists" / "long.yaml").write_text(f"lists:\n  长:\n    words:\n{words}", encoding="utf-8")
    assert hits(load(folder), f"{made[99_999]}啊，{made[7]}") == [made[99_999], made[7]]


def test_more_words_than_can_be_compiled_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_WORDS", 100)
    folder = write(tmp_path, ("r", "  - any: [长]\n  - seq: [效, 病]", ""))
    words = ", ".join(f"药{i}" for i in range(100))
    path = folder / "lists" / "long.yaml"
    path.write_text(f"lists:\n  短: {{words: [好]}}\n  长: {{words: [{words}]}}\n", encoding="utf-8")
    assert said(folder) == [("long.yaml:3", "词表的词一共 117 个，超过 100 个；最多的是 长，100 个", "减少词")]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("治愈]", '治愈, "·—"]', ("all.yaml:3", "词 '·—' 只有空格和符号，找不到任何文字", "删掉，或写成有字的词")),
        ("治愈]", '治愈, "  "]', ("all.yaml:3", "词 '  ' 只有空格和符号，找不到任何文字", "删掉，或写成有字的词")),
        ("治愈]", '治愈, "\\u200B\\u202E"]', ("all.yaml:3", "词 '\\u200b\\u202e' 只有空格和符号，找不到任何文字", "删掉，或写成有字的词")),
        ("covers: [治疗仪]", 'covers: ["!"]', ("all.yaml:3", "词 '!' 只有空格和符号，找不到任何文字", "删掉，或写成有字的词")),
        ("治愈]", '治愈, "治疗\\n鼻炎"]', ("all.yaml:3", "词 '治疗\\n鼻炎' 里有换行，页面上找不到", "写成一行")),
        ("治愈]", f'治愈, {"长" * 601}]', ("all.yaml:3", "words 的第 3 项 太长，最多 600 个字", "")),
    ],
)  # fmt: skip
def test_words_that_cannot_be_found_are_refused(
    tmp_path: Path, old: str, new: str, problem: tuple[str, str, str]
) -> None:
    folder = write(tmp_path, ("r", "  - seq: [效, 病]", ""))
    change(folder / "lists" / "all.yaml", old, new)
    assert problem in said(folder)


@pytest.mark.parametrize(
    ("patterns", "more", "problem"),
    [
        ("  - seq: [效, {gap: 0-61}, 病]", "", ("r.yaml:9", "gap 应写成 最少-最多，例如 0-6，最多 60", "")),
        (f"  - seq: [{', '.join(['效'] * (MAX_STEPS + 1))}]", "", ("r.yaml:9", f"seq 最多 {MAX_STEPS} 项", "拆开写")),
        ("\n".join(["  - any: [效]"] * (MAX_PATTERNS + 1)), "", ("r.yaml:8", f"any_of 最多 {MAX_PATTERNS} 项", "拆开写")),
        ("  - at_least: {list: 病, n: 51}", "", ("r.yaml:9", "n 不能大于 50", "")),
        ("  - seq: [效, 病]", 'unless: []\nneutral: ["……"]', ("r.yaml:11", "词 '……' 只有空格和符号，找不到任何文字", "删掉，或写成有字的词")),
    ],
)  # fmt: skip
def test_rules_that_go_too_far_are_refused(
    tmp_path: Path, patterns: str, more: str, problem: tuple[str, str, str]
) -> None:
    assert problem in said(write(tmp_path, ("r", patterns, more)))


@pytest.mark.slow
def test_thousands_of_rules_cost_a_page_what_a_few_do(tmp_path: Path) -> None:
    few, many = (
        load(write(tmp_path / str(n), *((f"r{i}", "  - seq: [病, 效]\n  - all: [断, 病]", "") for i in range(n))))
        for n in (20, 2_000)
    )
    text = "没有人知道。" * 200 + "鼻炎患者。" * 200 + "口罩与手套。" * 200
    assert judged(few, text) == judged(many, text) == []
    # The list that stands on the page wakes every rule; each is then one comparison of sets.
    assert calls(lambda: judged(many, text)) < 3 * 2_000 + 2 * calls(lambda: judged(few, text))
