"""Strict YAML: what is understood, what is refused, and that every refusal names its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, field_validator

from scanner.errors import ConfigError
from scanner.yamlfile import load, load_all, parse
from tests.bounded import seconds


class Basis(BaseModel):
    law: str
    since: date | None = None


class Thing(BaseModel):
    id: str
    severity: Literal["low", "high"] = "low"
    evasion: Literal["on", "off"] = "on"
    on: str = ""
    weight: int = 1
    active: bool = True
    words: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()

    @field_validator("id")
    @classmethod
    def _no_space(cls, value: str) -> str:
        if " " in value:
            raise ValueError("编号不能有空格")
        return value


def problems(text: str) -> list[tuple[str, str, str]]:
    _, _, found = parse(text.encode(), "f.yaml", Thing)
    return [(p.where, p.message, p.hint) for p in found]


def test_a_file_becomes_its_model(tmp_path: Path) -> None:
    path = tmp_path / "thing.yaml"
    path.write_text(
        "\ufeffid: a\nevasion: on\non: product_page\nwords: [根治, '001', \"no\"]\nbasis:\n"
        "  - {law: 广告法, since: 2015-09-01}\nweight: -3\nactive: false\n",
        encoding="utf-8",
    )
    thing = load(path, Thing)
    assert thing.words == ("根治", "001", "no")
    assert thing.basis == (Basis(law="广告法", since=date(2015, 9, 1)),)
    assert (thing.evasion, thing.on, thing.weight, thing.active) == ("on", "product_page", -3, False)


def test_all_problems_come_at_once_with_their_lines() -> None:
    assert problems("id: 001\nid: b\nseverty: low\nbasis:\n  - {lw: 广告法}\nweight: '5'\n") == [
        ("f.yaml:1", "001 没有加引号，意思不明确", '写成 "001"'),
        ("f.yaml:2", "键 id 重复", "第 1 行已经有了"),
        ("f.yaml:3", "不认识的键 severty", "是不是 severity？"),
        ("f.yaml:5", "不认识的键 lw", "是不是 law？"),
        ("f.yaml:5", "缺少键 law", ""),
        ("f.yaml:6", "weight 应为整数", ""),
    ]


@pytest.mark.parametrize(
    "bare",
    ["no", "No", "yes", "on", "off", "y", "True", "NULL", "001", "-07", "3:30", "1:2:3", "0x1F", "0o17", "1_000", "1e3",
     "+1", ".5", "1.", ".inf", ".NaN", "2020-1-5", "2020-01-05 10:00:00", "=", "<<", "12345678901234567890"],
)  # fmt: skip
def test_bare_words_with_two_meanings_are_refused_and_quoting_helps(bare: str) -> None:
    assert [p[:2] for p in problems(f"id: x\nwords:\n  - {bare}\n")] == [("f.yaml:3", f"{bare} 没有加引号，意思不明确")]
    assert problems(f"id: x\nwords:\n  - '{bare}'\n") == []


@pytest.mark.parametrize("bare", ["5", "1.5", "true", "~", ""])
def test_text_is_never_made_of_a_number_or_truth(bare: str) -> None:
    assert problems(f"id: x\nwords:\n  - {bare}\n") == [
        ("f.yaml:3", "words 的第 1 项 应为文字（数字和真假要加引号）", "")
    ]


def test_bare_keys_are_refused_unless_the_model_has_that_key() -> None:
    assert problems("id: x\non: page\n") == []
    assert ("f.yaml:2", "键 no 没有加引号，意思不明确", '写成 "no":') in problems("id: x\nno: 1\n")


def test_a_wrong_word_names_the_right_ones() -> None:
    assert problems("id: x\nseverity: hgih\n") == [("f.yaml:2", "severity 不能是 hgih", "是不是 high？")]
    assert problems("id: x\nseverity: 严重\n") == [("f.yaml:2", "severity 不能是 严重", "可以用：low、high")]


def test_a_models_own_check_is_said_at_its_line() -> None:
    assert problems("weight: 2\nid: a b\n") == [("f.yaml:2", "编号不能有空格", "")]


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("id: &a x\nwords: [*a]\n", "f.yaml:1", "锚点"),
        ("id: !!python/object:os.system x\n", "f.yaml:1", "标签"),
        ("id: x\n---\nid: y\n", "f.yaml:2", "一份文档"),
        ("id: x\nwords: " + "[" * 30 + "]" * 30, "f.yaml:2", "嵌套太深"),
        ("id: x\n  bad: indent\n", "f.yaml:2", "YAML 写法有误"),
        ("id: [1\n", "f.yaml:2", "YAML 写法有误"),
        ("id: \x07\n", "f.yaml:1", "不允许的字符"),
        ("? [a]\n: b\n", "f.yaml:1", "键必须是一个词"),
        ("- a\n", "f.yaml:1", "应为 键: 值"),
        ("", "f.yaml:1", "应为 键: 值"),
    ],
)
def test_the_rest_of_yaml_is_refused(text: str, where: str, said: str) -> None:
    found = problems(text)
    assert found[0][0] == where
    assert said in found[0][1]


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    _, _, found = parse("id: x\nwords: [医用]\n".encode("gb18030"), "f.yaml", Thing)
    assert [(p.where, p.message) for p in found] == [("f.yaml:2", "文件不是 UTF-8 编码")]


def test_problems_of_many_files_come_together(tmp_path: Path) -> None:
    good, bad, gone = tmp_path / "good.yaml", tmp_path / "bad.yaml", tmp_path / "gone.yaml"
    good.write_text("id: x\n", encoding="utf-8")
    bad.write_text("name: x\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_all([good, bad, gone], Thing)
    assert [p.where for p in caught.value.problems] == [f"{bad}:1", f"{bad}:1", f"{gone}:1"]
    assert caught.value.exit_code == 2


@pytest.mark.slow
def test_hostile_sizes_end_quickly() -> None:
    with seconds(20):
        for text in ("[" * 1_000_000, "- a\n" * 500_000, "a: " * 100_000, "x" * 9_000_000, "'" + "a\n" * 1_000_000):
            assert problems(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_never_raised(text: str) -> None:
    value, _, found = parse(text.encode("utf-8", "surrogatepass"), "f.yaml", Thing)
    assert (value is None) == bool(found)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8), max_size=5))
def test_what_yaml_writes_is_read_back_exactly(words: list[str]) -> None:
    text = yaml.safe_dump({"id": "x", "words": words}, allow_unicode=True, default_style='"')
    value, _, found = parse(text.encode(), "f.yaml", Thing)
    assert found == []
    assert value is not None
    assert value.words == tuple(words)
