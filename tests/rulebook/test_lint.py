"""Opinions about rules that load."""

from __future__ import annotations

from pathlib import Path

from scanner.rulebook import lint, load
from tests.rulebook.making import write


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
    path = folder / "claim" / "r.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(", liability: 第五十八条, since: 2015-09-01", ""), encoding="utf-8"
    )
    found = [(Path(p.where).name, p.message) for p in lint(load(folder))]
    assert sorted(found) == [
        ("all.yaml:3", "词表 效 的 covers 里 口罩 盖不住任何词"),
        ("all.yaml:3", "词表 效 的 covers 里 治愈 本身就是词表的词"),
        ("all.yaml:3", "词表 效 里 治療 和 治疗 是同一个词"),
        ("all.yaml:5", "没有规则用词表 闲"),
        ("r.yaml:10", "neutral 里 书 盖不住任何词"),
        ("r.yaml:7", "广告法第十六条 没有写施行日期"),
        ("r.yaml:7", "广告法第十六条 没有写法律责任条款"),
    ]
