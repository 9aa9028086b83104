"""The judge as a whole: deterministic, ordered, one kind a check, weak signs beside, nothing from innocent pages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.checks import subject
from scanner.judge import KINDS, judge
from scanner.model import Facts, Matter, Standing, Verdict
from scanner.rulebook import from_files
from tests.checks.making import DAY, MAKER, NUMBER, Register, page
from tests.rulebook.making import shipped

BAD = page(
    "射频美容仪 家用 三天断根",
    "颈椎病治愈率98%，无任何副作用。三甲医院专家一致推荐，治不好不要钱。",
    attributes={"注册证编号": NUMBER, "产品名称": "射频皮肤治疗仪"},
    buyable="加入购物车",
)


def test_every_matter_has_its_check() -> None:
    assert set(KINDS) == set(Matter)


@pytest.mark.slow
def test_findings_come_in_a_fixed_order_and_repeat() -> None:
    register = Register({NUMBER: (Standing.LAPSED, Standing.OTHER_HOLDER)})
    first = judge(BAD, shipped(), register, on=DAY)
    kinds = [list(KINDS).index(f.kind) for f in first]
    assert kinds == sorted(kinds)
    assert len({f.id for f in first}) == len(first) >= 7
    again = judge(BAD, from_files(shipped().files()), register, on=DAY)
    assert again == first


def test_ids_follow_version_rule_field_and_quote() -> None:
    first = judge(BAD, shipped(), None, on=DAY)
    moved = judge(replace(BAD, version="other"), shipped(), None, on=DAY)
    assert [f.rule for f in first] == [f.rule for f in moved]
    assert {f.id for f in first} & {f.id for f in moved} == set()
    assert all(f.version == BAD.version and f.subject_id == BAD.id for f in first)


def test_a_retired_rule_is_silent() -> None:
    rules = dict(shipped().rules)
    rules["claim-cure-rate"] = rules["claim-cure-rate"].model_copy(update={"status": "retired"})
    book = replace(shipped(), rules=rules)
    assert "claim-cure-rate" not in {f.rule for f in judge(BAD, book, None, on=DAY)}


def test_a_fragment_says_so_and_has_no_duties() -> None:
    found = judge(
        subject.listing("f", text="治愈率98%"), shipped(), None, on=DAY, facts=Facts(goods="device", fragment=True)
    )
    assert [(f.rule, f.subject, f.field, f.verdict) for f in found] == [
        ("claim-cure-rate", "text", "text", Verdict.VIOLATION)
    ]


def test_the_registered_scope_comes_from_the_register() -> None:
    class WithScope(Register):
        def standing(self, number, **asked):  # type: ignore[no-untyped-def]
            from scanner.model import Record

            answer = super().standing(number, **asked)
            record = Record(
                number=number.number, type=number.type, product="中频治疗仪", holder="", scope="用于缓解疼痛。"
            )
            return replace(answer, record=record)

    listing = page("中频治疗仪", "治疗鼻炎", attributes={"注册证编号": NUMBER, "产品名称": "中频治疗仪", **MAKER})
    rules = {f.rule for f in judge(listing, shipped(), WithScope({NUMBER: (Standing.IN_FORCE,)}), on=DAY)}
    assert rules == {"scope-beyond-registered", "scope-names-other-disease"}


INNOCENT = [
    ("桌面手机支架 铝合金", "最大开合角度120度，第一次使用请撕去保护膜。支持七天无理由退货，假一赔十。", {}),
    (
        "医用外科口罩 灭菌",
        "细菌过滤效率不低于95%，有效期两年。本品不能代替医用防护口罩。",
        {"注册证编号": NUMBER, **MAKER},
    ),
    (
        "电子血压计 上臂式",
        "测量结果仅供参考，不能代替医生的诊断；不适请及时就医。",
        {"注册证编号": "粤械注准20202070001", **MAKER},
    ),
    (
        "低频电子脉冲治疗仪",
        "本品不能替代药物和手术治疗，症状没有好转请到医院就诊。治疗头为配套附件。",
        {"注册证编号": "粤械注准20202090001", **MAKER},
    ),
    ("保暖护膝 羊毛加绒", "日常保暖用品，不具有治疗作用，不能代替医疗器械；关节不适请到医院检查。", {}),
    ("纯棉毛巾 三条装", "柔软吸水，最好先清洗再使用，颜色随机发货。", {}),
]


def test_innocent_pages_yield_nothing() -> None:
    for title, text, rows in INNOCENT:
        assert judge(page(title, text, attributes=rows), shipped(), None, on=DAY) == (), title


PIECES = st.sampled_from(
    ["治愈", "率98%", "颈椎病", "不能", "，", "。", "\n", "氵台疗", "·", "国械注准2020", "玻尿酸", "自己打", "？", "（三）", "的", "三天",
     "断根", "\u200b", "\ud800", "医用口罩", "治疗仪", "<b>", "98", "无", "副作用"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_page_is_judged_and_every_quote_is_its_own(title: str, text: str) -> None:
    listing = page(title, text, attributes={"产品名称": title, "注册证编号": text})
    fields = {"title": title, "description": text, "attribute:产品名称": title, "attribute:注册证编号": text, "": ""}
    for finding in judge(listing, shipped(), None, on=DAY):
        assert fields[finding.field][finding.start : finding.end] == finding.quote
