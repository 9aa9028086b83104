"""Loading a rulebook: everything wrong is said at once with its line; local folders replace; the hash means the content."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.model import Severity
from scanner.rulebook import TextRule, from_files, lint, load
from tests.rulebook.making import RULES, hits, shipped, write

PATTERN = "  - seq: [效, {gap: 0-3}, 病]"


def said(*folders: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load(*folders)
    return [(Path(p.where).name, p.message, p.hint) for p in caught.value.problems]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: r", "id: other", ("r.yaml:2", "id other 和文件名 r 不一致", "改成一样的")),
        ("kind: claim", "kind: clam", ("r.yaml:4", "kind 不能是 clam", "是不是 claim？")),
        ("severity: high", "severity: hihg", ("r.yaml:5", "severity 不能是 hihg", "是不是 high？")),
        ("owner: 测试", "owner: no", ("r.yaml:6", "no 没有加引号，意思不明确", '写成 "no"；真假写 true 或 false')),
        ("owner: 测试", "ownr: 测试", ("r.yaml:6", "不认识的键 ownr", "是不是 owner？")),
        ("[效, ", "[笑, ", ("r.yaml:9", "没有词表 笑", "可以用：效、病、率、断、无、否、转、禁、专、#百分、#时长、#次数、#名次、#金额")),
        ("gap: 0-3", "gap: 3-1", ("r.yaml:9", "gap 应写成 最少-最多，例如 0-6，最多 60", "")),
        ("gap: 0-3", "gap: 0-600", ("r.yaml:9", "gap 应写成 最少-最多，例如 0-6，最多 60", "")),
        ("gap: 0-3}, 病]", "gap: 0-3}, 病, {number: '#百分'}]", ("r.yaml:9", 'number 要写 min 或 max，min 不能大于 max；不限大小就直接写词，例如 "#百分"', "")),
        ("gap: 0-3}, 病]", "gap: 0-3}, 病, {number: '#百份', min: 5}]", ("r.yaml:9", "number 不能是 #百份", "是不是 #百分？")),
        ("gap: 0-3}, 病]", "gap: 0-3}, 病, {number: '#百分', mim: 5}]", ("r.yaml:9", "不认识的键 mim", "是不是 min？")),
        ("gap: 0-3}, 病]", "gap: 0-3}, 病, 5]", ("r.yaml:9", "词表名 应为文字（数字和真假要加引号）", "")),
        ("gap: 0-3", "gap: 3", ("r.yaml:9", "gap 应为文字（数字和真假要加引号）", "")),
        ("seq: [效, {gap: 0-3}, 病]", "seq: [{gap: 0-3}, 病]", ("r.yaml:9", "seq 要以词表开头和结尾，两个 gap 不能相邻", "")),
        ("seq: [效, {gap: 0-3}, 病]", "any: ['#百分']", ("r.yaml:9", "没有词表 #百分", "可以用：效、病、率、断、无、否、转、禁、专")),
        ("seq: [效, {gap: 0-3}, 病]", "seq: ['#百分', '#时长']", ("r.yaml:9", "至少要有一个词表", "只有数字会命中所有页面")),
        ("unless: []", "unless: [negatd]", ("r.yaml:10", "没有语境 negatd", "是不是 negated？")),
        ("unless: []", "applies_to: {categories: [mask]}", ("r.yaml:10", "没有品种 mask", "")),
        ("hits: [治疗鼻炎, 治愈鼻炎]", "hits: [治疗鼻炎]", ("r.yaml:12", "hits 至少要有 2 项", "")),
        ("hits: [治疗鼻炎, 治愈鼻炎]", "hits: [治疗鼻炎, {titel: 治愈鼻炎}]",
         ("r.yaml:12", "不认识的键 titel", "是不是 title？")),
        ("misses: [不能治疗鼻炎, 有效率不明, 高血压患者, 没有药到病除的药]", "misses: [好, 坏]",
         ("r.yaml:12", "misses 里没有一条带有本规则的词", "写一条看起来像但不违规的")),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_rule_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, problem: tuple[str, str, str]
) -> None:
    folder = write(tmp_path, ("r", PATTERN, ""))
    change(folder / "claim" / "r.yaml", old, new)
    assert problem in said(folder)


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    folder = write(tmp_path, ("a", "  - any: [甲]", ""), ("b", "  - any: [乙]", "unless: [丙]"))
    (folder / "lists" / "more.yaml").write_text("lists:\n  效: {words: [治疗]}\n  空: {words: []}\n", encoding="utf-8")
    places = {(where, message) for where, message, _ in said(folder)}
    assert {("a.yaml:9", "没有词表 甲"), ("b.yaml:9", "没有词表 乙"), ("b.yaml:10", "没有语境 丙")} <= places
    assert ("more.yaml:3", "words 至少要有 1 项") in places


def test_a_list_named_twice_in_one_folder_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", PATTERN, ""))
    (folder / "lists" / "more.yaml").write_text("lists:\n  效: {words: [治疗]}\n", encoding="utf-8")
    assert said(folder) == [("more.yaml:2", "效 已经有了", "一个名字只能用一次")]


def test_a_local_folder_replaces_rules_and_lists(tmp_path: Path) -> None:
    folder, local = write(tmp_path / "rules", ("r", PATTERN, "")), tmp_path / "local"
    (local / "lists").mkdir(parents=True)
    (local / "lists" / "mine.yaml").write_text("lists:\n  病: {words: [灰指甲]}\n", encoding="utf-8")
    rules = load(folder, local, tmp_path / "missing")
    assert hits(rules, "治疗灰指甲，治疗鼻炎") == ["治疗灰指甲"]
    assert rules.hash != load(folder).hash


def test_overrides_change_severity_and_add_exceptions(tmp_path: Path) -> None:
    folder, local = write(tmp_path / "rules", ("r", PATTERN, "")), tmp_path / "local"
    local.mkdir()
    (local / "overrides.yaml").write_text(
        "overrides:\n  - {rule: r, severity: low, except: [治疗鼻炎的书]}\n", encoding="utf-8"
    )
    rules = load(folder, local)
    assert rules.rules["r"].severity is Severity.LOW
    assert hits(rules, "治疗鼻炎的书，治疗鼻炎") == ["治疗鼻炎"]
    (kept,) = rules.overrides["r"]
    assert (kept.severity, kept.change.severity, kept.where) == (
        Severity.HIGH,
        Severity.LOW,
        f"{local}/overrides.yaml:2",
    )


def test_overrides_outlive_an_update_of_the_pack(tmp_path: Path) -> None:
    folder, local = write(tmp_path / "rules", ("r", PATTERN, ""), ("s", PATTERN, "")), tmp_path / "local"
    local.mkdir()
    (local / "overrides.yaml").write_text(
        "overrides:\n  - {rule: r, severity: low, except: [治疗鼻炎的书]}\n  - {rule: s, status: retired}\n",
        encoding="utf-8",
    )
    assert load(folder, local).warnings == ()
    updated = write(tmp_path / "next", ("r", "  - seq: [效, {gap: 0-9}, 病]", ""), ("t", PATTERN, ""))
    change(updated / "claim" / "r.yaml", "severity: high", "severity: critical")
    rules = load(updated, local)
    assert hits(rules, "治疗鼻炎的书，治疗了多年的鼻炎") == ["治疗了多年的鼻炎"]
    (kept,) = rules.overrides["r"]
    assert (kept.severity, rules.rules["r"].severity) == (Severity.CRITICAL, Severity.LOW)
    (warning,) = rules.warnings  # the update dropped s: said, and everything else works
    assert (warning.where, warning.message) == (f"{local}/overrides.yaml:3", "没有规则 s，这一条改动不起作用")
    said = {(o.where, o.message, o.hint) for o in lint(rules, on=date(2026, 1, 5))}
    assert (warning.where, warning.message, warning.hint) in said
    assert "s" not in rules.overrides


def test_a_local_rule_that_cannot_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    folder, local = write(tmp_path / "rules", ("r", PATTERN, "")), tmp_path / "local"
    (local / "claim").mkdir(parents=True)
    (local / "claim" / "mine.yaml").write_text("id: mine\n", encoding="utf-8")
    (local / "overrides.yaml").write_text("overrides:\n  - {rule: mine, status: retired}\n", encoding="utf-8")
    assert not any("没有规则" in message for _, message, _ in said(folder, local))


def test_the_version_of_a_rule_follows_what_it_uses(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", PATTERN, ""), ("s", "  - any: [断]", ""))
    before = load(folder)
    change(folder / "lists" / "all.yaml", "失眠", "失眠症")
    after = load(folder)
    assert after.versions["r"] != before.versions["r"]
    assert after.versions["s"] == before.versions["s"]
    assert after.hash != before.hash
    change(folder / "claim" / "r.yaml", "hits: [治疗鼻炎, ", "hits: [治疗鼻炎吧, ")
    assert load(folder).versions["r"] == after.versions["r"]  # examples do not judge


@pytest.mark.slow
def test_the_files_of_a_rulebook_make_it_again() -> None:
    rules = shipped()
    again = from_files(rules.files())
    assert (again.hash, again.versions) == (rules.hash, rules.versions)
    assert all(name.startswith("rules/") for name in rules.files())


def test_other_peoples_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", PATTERN, ""))
    (folder / "storefronts").mkdir()
    (folder / "storefronts" / "x.yaml").write_text("not: ours", encoding="utf-8")
    (folder / "fields.yaml").write_text("not: ours", encoding="utf-8")
    assert list(load(folder).rules) == ["r"]


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    assert said(tmp_path / "none") == [("none:1", "没有这个规则文件夹", "检查路径")]


def test_the_rule_of_the_design_loads(tmp_path: Path) -> None:
    """The example that docs show to analysts, key by key."""
    rule = shipped().rules["claim-cure-rate"]
    assert isinstance(rule, TextRule)
    assert rule.basis[0].law == "广告法"
    assert rule.any_of[0].lists() == ("率词", "#百分")


@pytest.mark.slow
def test_a_long_list_loads_in_bounded_time(tmp_path: Path) -> None:
    words = "\n".join(f"      - 词{i}" for i in range(40_000))
    folder = write(tmp_path, ("r", PATTERN, ""))
    (folder / "lists" / "long.yaml").write_text(f"lists:\n  长:\n    words:\n{words}\n", encoding="utf-8")
    (folder / "claim" / "r.yaml").write_text(
        (folder / "claim" / "r.yaml").read_text(encoding="utf-8").replace("  - seq", "  - any: [长]\n  - seq"),
        encoding="utf-8",
    )
    assert hits(load(folder), "词39999啊") == ["词39999"]


def test_shipped_rules_lie_where_their_kind_says() -> None:
    for rule in shipped().rules.values():
        assert (RULES / rule.kind / f"{rule.id}.yaml").is_file()


def test_a_broken_list_file_is_one_problem_not_one_for_each_rule_that_uses_it(tmp_path: Path) -> None:
    write(tmp_path, ("r", "  - any: [效]", ""))
    (tmp_path / "lists" / "all.yaml").write_text("lists:\n  效: {words: [治疗\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(tmp_path)
    assert [p.where.rpartition("/")[2].partition(":")[0] for p in refused.value.problems] == ["all.yaml"]


def test_a_rule_in_the_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", PATTERN, ""))
    change(folder / "claim" / "r.yaml", "kind: claim", "kind: scope")
    assert said(folder) == [("r.yaml:4", "kind 是 scope，文件却在 claim 文件夹里", "改 kind，或者把文件移到 scope")]


def test_a_file_that_nobody_reads_is_said(tmp_path: Path) -> None:
    folder, local = write(tmp_path / "rules", ("r", PATTERN, "")), tmp_path / "local"
    for name in ("r.yaml", "claims/r.yaml", "claim/r.yaml.txt", "fields.yaml", "storefronts/x.yaml"):
        (local / name).parent.mkdir(parents=True, exist_ok=True)
        (local / name).write_text("id: r\n", encoding="utf-8")
    rules = load(folder, local)
    assert hits(rules, "治疗鼻炎") == ["治疗鼻炎"]
    assert {Path(p.where.removesuffix(":1")).relative_to(local).as_posix() for p in rules.warnings} == {
        "r.yaml",
        "claims/r.yaml",
        "claim/r.yaml.txt",
    }


def test_a_wrong_item_does_not_make_its_list_too_short(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", PATTERN, ""))
    change(folder / "claim" / "r.yaml", "since: 2015-09-01", "since: 2015-02-31")
    assert said(folder) == [("r.yaml:7", "since 应为日期 YYYY-MM-DD", "")]


def test_an_exception_that_is_no_word_is_said_where_it_stands(tmp_path: Path) -> None:
    folder, local = write(tmp_path / "rules", ("r", PATTERN, "neutral: [治疗鼻炎的书]\nunless: []")), tmp_path / "local"
    local.mkdir()
    path = local / "overrides.yaml"
    path.write_text("overrides:\n  - {rule: r, severity: low}\n  - {rule: r, except: ['··']}\n", encoding="utf-8")
    assert said(folder, local) == [
        ("overrides.yaml:3", "词 '··' 只有空格和符号，找不到任何文字", "删掉，或写成有字的词")
    ]
    path.write_text("overrides:\n  - {rule: r, severity: low}\n  - {rule: r, except: [空气]}\n", encoding="utf-8")
    (opinion,) = [o for o in lint(load(folder, local), on=date(2026, 1, 5)) if "空气" in o.message]
    assert opinion.where == f"{path}:3"
