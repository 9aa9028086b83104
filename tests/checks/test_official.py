"""Checks by exact official name and by the annex: what carries a finding, how far, and what is quoted beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.model import FieldState, Number, Standing, StandingAnswer
from scanner.registry import Register as RealRegister
from tests.checks.making import Register, found, page, verdicts, with_state
from tests.registry.catalogue.making import filled

FILING = {"备案号": "粤穗械备20230018"}
OURS = ("filing-", "class-one", "not-a-device", "official-", "number-missing")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with filled(tmp_path) as opened:
        yield Register(names=opened.names)


def ours(title: str, register: Register | None, text: str = "", **more: Any) -> dict[str, str]:
    said = verdicts(page(title, text, **more), register)
    return {rule: verdict for rule, verdict in said.items() if rule.startswith(OURS)}


def test_a_filing_of_what_the_papers_put_higher(register: Register) -> None:
    listing = page("某店", attributes={**FILING, "产品名称": "脑电波监测帽"})
    finding = found(listing, register)["filing-of-official-higher-class"]
    assert (finding.verdict, finding.quote) == ("suspect", "粤穗械备20230018")
    assert finding.beside[0] == "医疗器械分类界定结果（2022-1）：“脑电波监测帽”按第二类管理，分类编码07-03"
    assert "组成和用途是否一致没有核对" in finding.unchecked[0]


def test_a_device_number_on_what_is_no_device(register: Register) -> None:
    finding = found(page("夜间打鼾记录带 家用", attributes=FILING), register)["not-a-device-with-number"]
    assert (finding.verdict, finding.quote, finding.field) == ("suspect", "夜间打鼾记录带", "title")
    assert finding.beside[0] == "页面展示粤穗械备20230018"


def test_an_authority_that_registered_it_knows_better(register: Register) -> None:
    class Known(Register):
        def standing(self, number: Number, **asked: Any) -> StandingAnswer:
            from scanner.model import Record

            record = Record(number=number.number, type=number.type, product="夜间打鼾记录带", holder="")
            return StandingAnswer(number=number.number, type=number.type, on=asked["on"],
                                  standing=(Standing.IN_FORCE,), why="", hard=True, record=record)  # fmt: skip

    assert ours("夜间打鼾记录带", Known(names=register.names), attributes=FILING) == {}


def test_an_official_device_without_a_number_and_how_far(register: Register) -> None:
    listing = page("骨内支撑棒 现货", "厂家直销")
    assert found(listing, register)["official-device-without-number"].verdict == "suspect"
    later = with_state(listing, description=FieldState.NOT_SEEN)
    assert found(later, register)["official-device-without-number"].verdict == "unverified"


@pytest.mark.parametrize(
    ("title", "more"),
    [
        ("儿童脑电波监测帽子", FILING),  # only alike
        ("脑电波监测帽 骨内支撑棒 套装", FILING),  # several products
        ("脑电波监测帽 教学模型", FILING),  # for nobody's head
        ("脑电波监测帽 收纳盒", FILING),  # something else
        ("演示退热贴", FILING),  # class I, and rightly so
        ("含药创面贴", FILING),  # drug-device combination: not this check's matter
        ("照明灯 降温用具", {}),  # names of levels, not of products
        ("演示冰袋", {}),  # class I without a number: the name alone proves too little
    ],
)
def test_doubt_accuses_nobody(register: Register, title: str, more: dict[str, str]) -> None:
    assert ours(title, register, attributes=more) == {}


def test_without_a_catalogue_nothing_is_said_of_names() -> None:
    for register in (None, Register()):
        for title in ("脑电波监测帽", "夜间打鼾记录带", "骨内支撑棒"):
            assert ours(title, register, attributes=FILING) == {}
        assert ours("医用退热贴", register, text="主要成分：薄荷。", attributes=FILING) == {}


def test_what_could_not_be_checked_is_named() -> None:
    finding = found(page("医用冷敷贴", attributes=FILING), Register())["filing-name-deleted"]
    assert (finding.verdict, finding.unchecked) == ("suspect", ("没有导入产品目录，名称没有和官方目录核对",))
    higher = found(page("医用外科口罩", attributes=FILING), Register())["class-one-number-on-higher-class"]
    assert higher.unchecked == ("没有导入产品目录，名称没有和官方目录核对",)


def test_an_old_filing_is_not_verified(register: Register) -> None:
    finding = found(page("医用冷敷贴", attributes={"备案号": "粤穗械备20190018"}), register)["filing-name-deleted"]
    assert (finding.verdict, finding.unchecked) == (
        "unverified", ("备案早于2022年1月1日，是否已经按新目录变更或者取消没有核对",)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("主要成分：甘油、薄荷、冰片。", ["薄荷"]),
        ("本品含有溶菌酶。", ["溶菌酶"]),
        ("含·有·薄·荷", ["薄·荷"]),
        ("不含薄荷、冰片。", []),
        ("含甘油，不含薄荷。", []),
        ("薄荷般清凉。", []),
        ("对薄荷过敏者慎用，含甘油。", []),
        ("含有凉感因子。薄荷色外观。", []),
    ],
)
def test_an_ingredient_counts_where_the_text_says_it_is_contained(
    register: Register, text: str, quotes: list[str]
) -> None:
    finding = found(page("医用退热贴", text, attributes=FILING), register).get("class-one-forbidden-ingredient")
    assert ([finding.quote] if finding else []) == quotes
    if finding:
        assert "附录：不应含有" in finding.beside[1]


def test_ingredients_of_other_goods_and_registered_ones_are_not_this_checks_matter(register: Register) -> None:
    assert "class-one-forbidden-ingredient" not in ours("医用口罩", register, "含有薄荷。", attributes=FILING)
    number = {"注册证编号": "粤械注准20202090001"}
    assert "class-one-forbidden-ingredient" not in ours("医用退热贴", register, "含有薄荷。", attributes=number)


def test_the_real_register_is_asked_the_same_way(tmp_path: Path) -> None:
    with filled(tmp_path) as opened:
        assert isinstance(opened, RealRegister)
        said = found(page("骨内支撑棒 现货"), opened)  # type: ignore[arg-type]
    assert "official-device-without-number" in said
