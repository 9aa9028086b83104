"""Conditions of a rule: what a field has, lacks or was never seen to hold; numbers shown or absent; too many words."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.checks import subject
from scanner.errors import ConfigError
from scanner.judge import judge
from scanner.model import Facts, FieldState, Finding, Listing
from scanner.rulebook import load
from scanner.rulebook.matcher import MAX_HITS
from scanner.tuning import examples
from tests.checks.making import DAY, NUMBER, page, with_state
from tests.rulebook.making import book, write
from tests.rulebook.test_load import change

SEQ = "  - seq: [效, {gap: 0-3}, 病]"
DEVICE = Facts(goods="device")


def judged(folder: Path, when: str, thing: Listing, facts: Facts = DEVICE) -> list[Finding]:
    return list(judge(thing, book(folder, SEQ, f"unless: [negated]\nwhen: [{when}]"), None, on=DAY, facts=facts))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{field: title, has: [病]}", True),
        ("{field: title, has: [断]}", False),
        ("{field: title, has: [断, 病]}", True),
        ("{field: title, lacks: [断]}", True),
        ("{field: title, lacks: [病]}", False),
        ("{field: description, has: [效]}", True),
        ("{field: attributes, has: [病]}", True),
        ("{field: attributes, label: [禁], has: [病]}", True),
        ("{field: attributes, label: [专], has: [病]}", False),
        ("{field: attributes, label: [禁], lacks: [断]}", True),
        ("{field: attributes, label: [专], lacks: [断]}", False),  # no such row was seen
        ("{field: shop_page, has: [病]}", False),
        ("{field: shop_page, lacks: [断]}", False),  # not looked at
        ("{field: image_text, lacks: [断]}", True),
        ("{number: present}", True),
        ("{number: absent}", False),
        ("{field: title, has: [病]}, {field: title, has: [断]}", False),  # all of them
    ],
)
def test_conditions_on_fields(tmp_path: Path, when: str, holds: bool) -> None:
    listing = page("鼻炎用品", "治疗鼻炎", attributes={"禁忌": "失眠者", "注册证编号": NUMBER})
    assert bool(judged(tmp_path, when, listing)) is holds


@pytest.mark.parametrize("state", [FieldState.NOT_SEEN, FieldState.UNREADABLE, FieldState.NOT_LOOKED_AT])
def test_what_was_not_seen_lacks_nothing(tmp_path: Path, state: FieldState) -> None:
    listing = page("治疗鼻炎", "好用")
    assert judged(tmp_path, "{field: description, lacks: [断]}", listing)
    assert judged(tmp_path, "{number: absent}", listing)
    unseen = with_state(listing, description=state)
    assert not judged(tmp_path, "{field: description, lacks: [断]}", unseen)
    assert not judged(tmp_path, "{field: description, has: [断]}", unseen)
    assert not judged(tmp_path, "{number: absent}", unseen)
    pictures = with_state(page("治疗鼻炎", "好用", pictures=["a.jpg"]), image_text=FieldState.NOT_LOOKED_AT)
    assert not judged(tmp_path, "{number: absent}", pictures)  # it may stand in the picture
    assert judged(tmp_path, "{field: description, lacks: [断]}", pictures)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{field: shop_page, has: [效]}", True),
        ("{field: shop_page, lacks: [断]}", True),
        ("{field: shop_page, lacks: [效]}", False),
        ("{field: title, lacks: [断]}", False),
    ],
)
def test_conditions_on_a_shop_page(tmp_path: Path, when: str, holds: bool) -> None:
    rules = book(tmp_path, SEQ, f"unless: []\nlook_in: [shop_page]\nwhen: [{when}]")
    assert bool(judge(subject.shop("s", text="本店专业治疗鼻炎"), rules, None, on=DAY)) is holds


def test_examples_of_a_rule_can_show_its_conditions(tmp_path: Path) -> None:
    folder = write(tmp_path, ("r", SEQ, "unless: []\nwhen: [{field: title, has: [病]}, {number: absent}]"))
    hits = "hits: [{title: 鼻炎喷雾, text: 治疗鼻炎}, {title: 鼻炎贴, image_text: 治愈鼻炎, goods: device}]"
    misses = f"misses: [{{title: 喷雾, text: 治疗鼻炎}}, {{title: 鼻炎喷雾, text: 治疗鼻炎 {NUMBER}}}]"
    change(folder / "claim" / "r.yaml", "hits: [治疗鼻炎, 治愈鼻炎]", hits)
    change(folder / "claim" / "r.yaml", "misses: [不能治疗鼻炎, 有效率不明, 高血压患者, 没有药到病除的药]", misses)
    outcome = examples.run(load(folder))
    assert (outcome.examples, [f.problem().message for f in outcome.failures]) == (4, [])
    change(folder / "claim" / "r.yaml", ", {number: absent}", "")
    (failure,) = examples.run(load(folder)).failures
    assert (failure.fault, NUMBER in failure.example) == ("wrongly_hit", True)


def test_a_fragment_lacks_nothing(tmp_path: Path) -> None:
    fragment = Facts(goods="device", fragment=True)
    assert not judged(tmp_path, "{field: title, lacks: [断]}", page(text="治疗鼻炎"), fragment)
    assert not judged(tmp_path, "{number: absent}", page(text="治疗鼻炎"), fragment)
    assert judged(tmp_path, "{field: description, has: [病]}", page(text="治疗鼻炎"), fragment)


@pytest.mark.parametrize(
    ("when", "message", "hint"),
    [
        ("{field: title, has: [并]}", "没有词表 并", ""),
        ("{field: titel, has: [病]}", "field 不能是 titel", "是不是 title？"),
        ("{field: title}", "每个条件写 has 或 lacks 中的一个", ""),
        ("{field: title, has: [病], lacks: [断]}", "每个条件写 has 或 lacks 中的一个", ""),
        ("{field: title, label: [禁], has: [病]}", "label 只能和 field: attributes 一起写", ""),
        ("{field: title, hass: [病]}", "不认识的键 hass", "是不是 has？"),
        ("{number: abscent}", "number 不能是 abscent", "是不是 absent？"),
    ],
)
def test_a_wrong_condition_is_said_with_its_line(tmp_path: Path, when: str, message: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        book(tmp_path, SEQ, f"when:\n  - {when}")
    said = [(Path(p.where).name, p.message, p.hint) for p in caught.value.problems]
    assert any(name == "r.yaml:11" and m == message and hint in h for name, m, h in said), said


def test_thousands_of_denials_do_not_hide_a_claim(tmp_path: Path) -> None:
    few, many = ("不能治疗鼻炎。" * n + "治愈高血压。" for n in (MAX_HITS - 1, MAX_HITS + 50))
    (finding,) = judged(tmp_path, "", page(text=few))
    assert (finding.quote, finding.verdict) == ("治愈高血压", "violation")
    (finding,) = judged(tmp_path, "", page(text=many))
    assert (finding.start, finding.verdict) == (MAX_HITS * len("不能治疗鼻炎。") + 2, "unverified")
    assert "没有检查" in finding.unchecked[0]


@pytest.mark.slow
def test_a_page_of_nothing_but_words_says_how_far_it_was_read(tmp_path: Path) -> None:
    text = "治疗鼻炎。" + "失眠" * 250_000
    finding = judged(tmp_path, "", page(text=text))[0]
    assert finding.quote == "治疗鼻炎"
    assert finding.unchecked == ("页面的词太多，只检查了前 399997 个字",)
    assert not judged(tmp_path, "{field: description, lacks: [断]}", page(text=text))
