"""The JSON Schema of the rulebook's files: valid, agreeing with the loader on whole files and broken ones, and explained."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scanner import yamlfile
from scanner.rulebook import schema
from scanner.rulebook.keys import KEYS, MODELS_SAID
from scanner.rulebook.rule import MODELS
from scanner.rulebook.schema import KINDS, TABLES
from scanner.yamlfile.tree import Tree
from tests.rulebook.making import RULES

FILES = sorted(
    path for path in RULES.rglob("*.yaml")
    if path.relative_to(RULES).parts[0] in (*MODELS, "lists") or (path.parent == RULES and path.stem in TABLES)
)  # fmt: skip


def kind_of(path: Path) -> str:
    return path.stem if path.parent == RULES else path.parent.name


def read(text: str) -> Any:
    return Tree(yamlfile.Lines("x")).read(text.encode())


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema(kind))


def faults(value: Any, kind: str = "") -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(value)]


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_each_is_a_valid_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["title"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_file_fits(path: Path) -> None:
    value = read(path.read_text(encoding="utf-8"))
    assert faults(value) == []
    assert faults(value, kind_of(path)) == []


RULE = (RULES / "claim" / "claim-cure-rate.yaml").read_text(encoding="utf-8")
LIST = "lists:\n  甲: {words: [好], evasion: pinyin}\n"
BROKEN = [
    (RULE, "severity: high", "severity: hihg"),
    (RULE, "owner:", "ownr:"),
    (RULE, "title: 说明治愈率或者有效率\n", ""),
    (RULE, "{gap: 0-6}", "{gap: 六}"),
    (RULE, "{gap: 0-6}", "{gapp: 0-6}"),
    (RULE, "any: [率词断言]", "any: [率词断言], all: [率词, 见效词]"),
    (RULE, '"#百分", {gap: 0-4}', '{number: "#百分"}, {gap: 0-4}'),
    (RULE, "within: clause", "within: page"),
    (RULE, "within: clause", "when: [{field: title}]"),
    (RULE, "within: clause", "when: [{number: maybe}]"),
    (RULE, "since: 2015-09-01", "since: 1"),
    (RULE, "kind: claim", "kind: clam"),
    (LIST, "pinyin", "pin"),
    (LIST, "[好]", "[]"),
    (LIST, "words: [好]", "word: [好]"),
    (LIST, "lists:", "list:"),
]


@pytest.mark.parametrize(("text", "old", "new"), BROKEN, ids=[new for _, _, new in BROKEN])
def test_a_broken_file_does_not_fit_and_does_not_load(text: str, old: str, new: str) -> None:
    assert faults(read(text)) == []
    assert old in text
    broken = text.replace(old, new, 1).replace("- any: [率词断言], all", "- any: [率词断言]\n    all")
    assert faults(read(broken))
    model = MODELS["claim"] if text is RULE else TABLES["lists"]
    assert yamlfile.parse(broken.encode(), "x", model)[0] is None


def test_a_schema_of_one_kind_refuses_the_others() -> None:
    assert faults(read(RULE), "claim") == []
    assert faults(read(RULE), "advert")
    assert faults(read(RULE), "restricted")
    assert faults(read(LIST), "categories")


def test_every_key_is_explained_in_chinese_and_nothing_else_is() -> None:
    shapes = schema()["$defs"]
    keys = {(name, key) for name, shape in shapes.items() for key in shape.get("properties", {})}
    for name, key in keys:
        said = shapes[name]["properties"][key]["description"]
        assert any("\u4e00" <= char <= "\u9fff" for char in said), f"{name}.{key}"
    wanted = {f"{name}.{key}" if f"{name}.{key}" in KEYS else key for name, key in keys}
    assert wanted == set(KEYS)
    assert set(shapes) == set(MODELS_SAID)
    for shape in shapes.values():
        assert any("\u4e00" <= char <= "\u9fff" for char in shape["description"])
