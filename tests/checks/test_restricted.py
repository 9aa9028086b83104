"""Goods that may not be sold like this: who may buy, the button, the page's own gate, what the page says or leaves out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scanner.errors import ConfigError
from scanner.judge import judge
from scanner.model import Facts, FieldState
from scanner.rulebook import Rulebook, load
from tests.bounded import seconds
from tests.checks.making import DAY, found, page, verdicts, with_state
from tests.rulebook.making import RULES

PLATE = {"注册证编号": "国械注准20203130001", "产品名称": "金属接骨板内固定系统"}
DRUG = {"批准文号": "国药准字H20041126"}
RULE = "restricted-implant-to-individuals"
BUY = "加入购物车"


def restricted(title: str, text: str = "", **more: Any) -> list[str]:
    return sorted(f.rule for f in found(page(title, text, **more)).values() if f.kind == "restricted")


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"buyable": "加入购物车"}, "violation"),
        ({"text": "个人可购，货到付款"}, "violation"),
        ({}, "suspect"),
        ({"text": "是不是个人可购？请先咨询"}, "suspect"),
        ({"text": "一支起售，详情加微信"}, "suspect"),
        ({"text": "仅限医疗机构采购，个人请勿下单", "buyable": "加入购物车"}, None),
        ({"buyable": "已下架"}, None),
        ({"buyable": "请先询价"}, None),
    ],
)
def test_an_implant_for_private_buyers(more: dict[str, Any], verdict: str | None) -> None:
    assert verdicts(page("金属接骨板 8孔", attributes=PLATE, **more)).get(RULE) == verdict


def test_what_makes_it_worse_and_how_it_is_sold_is_said() -> None:
    finding = found(page("金属接骨板", "个人可购，送教程。1支起售，加微信", attributes=PLATE))[RULE]
    assert finding.beside[0] == "页面还写着：个人可购、送教程、1支起售、加微信"
    assert finding.unchecked == ("能不能直接下单没有看到",)
    assert (finding.field, finding.quote) == ("attribute:产品名称", "金属接骨板")


@pytest.mark.parametrize(
    "title",
    ["桌面手机支架", "人工关节 教学模型", "血管支架 标本挂图", "线雕画 装饰画", "导尿管 医用", "少女针织衫", "熊猫针线包", "骨水泥枪", "人工晶状体推注器",
     "管道封堵器 气囊", "弹簧圈 五金", "非接触镜头", "塑形镜子 健身房", "平衡力训练板", "心脏支架术后食谱", "麻醉机用呼吸管路", "医用口罩机"],
)  # fmt: skip
def test_false_friends(title: str) -> None:
    assert restricted(title, buyable=BUY) == []


# The list of drugs that may not be sold online, paragraph by paragraph, with what is easily taken for them.
FIRST = [
    ("九价人乳头瘤病毒疫苗", "drug-vaccine-blood"),
    ("静注人免疫球蛋白", "drug-vaccine-blood"),
    ("盐酸羟考酮缓释片", "drug-narcotic-psychotropic"),
    ("硫酸吗啡缓释片", "drug-narcotic-psychotropic"),
    ("佐匹克隆片", "drug-narcotic-psychotropic"),
    ("注射用A型肉毒毒素", "drug-toxic-radioactive"),
    ("碘[131I]化钠口服溶液", "drug-toxic-radioactive"),
    ("马来酸麦角新碱片", "drug-precursor"),
    ("医疗机构制剂 复方乳膏", "drug-hospital-preparation"),
    ("当归 中药配方颗粒", "drug-formula-granules"),
]
SECOND = [
    ("注射用头孢曲松钠", "drug-injection-online"),
    ("维生素C注射液", "drug-injection-online"),
    ("氯雷伪麻缓释片", "drug-ephedrine"),
    ("盐酸麻黄碱片", "drug-ephedrine"),
    ("复方甘草口服溶液", "drug-narcotic-compound"),
    ("复方地芬诺酯片", "drug-narcotic-compound"),
    ("氨酚曲马多片", "drug-narcotic-compound"),
    ("氢溴酸右美沙芬缓释片", "drug-dextromethorphan"),
    ("十一酸睾酮软胶囊", "drug-anabolic-peptide"),
    ("重组人生长激素注射液", "drug-anabolic-peptide"),
]
SINGLE = [
    "地高辛", "丙吡胺", "奎尼丁", "哌唑嗪", "普鲁卡因胺", "普罗帕酮", "胺碘酮", "奎宁", "氨茶碱", "胆茶碱", "异丙肾上腺素", "苯妥英钠",
    "卡马西平", "拉莫三嗪", "水合氯醛", "达比加群酯", "华法林", "替格瑞洛", "西洛他唑", "扑米酮", "碳酸锂", "异氟烷", "七氟烷", "恩氟烷", "地氟烷",
    "秋水仙碱",
]  # fmt: skip
REPRODUCTIVE = ["米非司酮", "复方米非司酮", "环丙孕酮", "卡前列甲酯", "雌二醇", "米索前列醇", "地诺前列酮"]
ANTI_INFECTIVE = [
    "法罗培南", "夫西地酸", "伏立康唑", "利奈唑胺", "奈诺沙星", "泊沙康唑", "头孢地尼", "伊曲康唑", "左奥硝唑", "头孢泊肟酯",
]  # fmt: skip


@pytest.mark.parametrize(("title", "rule"), [*FIRST, *SECOND])
def test_drugs_barred_by_kind(title: str, rule: str) -> None:
    assert found(page(title, attributes=DRUG, buyable=BUY))[rule].verdict == "violation"
    assert found(page(title, attributes=DRUG, buyable="上传处方")).get(rule) is None


@pytest.mark.parametrize(
    ("names", "rule", "shown"),
    [(SINGLE, "drug-online-ban-list", "{}片"), (SINGLE, "drug-online-ban-list", "盐酸{} 0.1g*100片"),
     (REPRODUCTIVE, "drug-ban-reproductive", "{}片"), (ANTI_INFECTIVE, "drug-ban-anti-infective", "{}胶囊")],
)  # fmt: skip
def test_every_drug_named_in_the_list(names: list[str], rule: str, shown: str) -> None:
    missed = [n for n in names if rule not in restricted(shown.format(n), attributes=DRUG, buyable=BUY)]
    assert missed == []


@pytest.mark.parametrize("name", ANTI_INFECTIVE)
@pytest.mark.parametrize("form", ["乳膏", "滴眼液", "外用溶液"])
def test_topical_anti_infectives_may_be_sold(name: str, form: str) -> None:
    assert restricted(f"{name}{form}", attributes=DRUG, buyable=BUY) == []


@pytest.mark.parametrize(
    "title",
    ["夫西地酸乳膏", "甘精胰岛素注射液", "复方甘草酸苷片", "肾上腺素笔收纳包", "阿莫西林胶囊", "奥卡西平片", "炔雌醇环丙孕酮片", "戊酸雌二醇片/雌二醇环丙孕酮片复合包装",
     "双氯芬酸钠米索前列醇片", "麻黄汤颗粒", "小青龙颗粒", "氨咖黄敏胶囊", "愈创甘油醚右美沙芬糖浆", "盐酸阿扑吗啡舌下片", "尼麦角林片", "盐酸特拉唑嗪片", "奥硝唑片", "硫酸阿托品滴眼液",
     "生附子理中丸图书", "先生附子理中丸", "普瑞巴林胶囊", "左炔诺孕酮片", "睾酮测定试剂盒", "地西泮 标准品", "复方氨茶碱片"],
)  # fmt: skip
def test_drugs_that_may(title: str) -> None:
    assert restricted(title, attributes=DRUG, buyable=BUY) == []


def test_estradiol_esters_are_noted_and_accuse_nobody() -> None:
    listing = page("戊酸雌二醇片", "一个疗程根治更年期综合征", attributes=DRUG, buyable=BUY)
    findings = found(listing)
    assert [r for r, f in findings.items() if f.kind == "restricted"] == []
    assert any("由专家判断" in said for f in findings.values() for said in f.beside)


# What else the page says, leaves out, and which numbers it shows.
MASK = "mask-industrial-as-medical"


@pytest.mark.parametrize(
    ("standard", "verdict"),
    [("GB2626-2019", "suspect"), ("gb／t 32610－2016", "suspect"), ("GB2626-2019、YY0469-2011", None), ("YY/T 0969-2013", None),
     ("KN95", None), ("GB26261", None), ("SGB2626", None)],
)  # fmt: skip
def test_masks_by_their_standard(standard: str, verdict: str | None) -> None:
    assert verdicts(page("一次性医用口罩", attributes={"执行标准": standard}, buyable=BUY)).get(MASK) == verdict


def test_what_was_not_read_is_not_said_to_be_missing() -> None:
    listing = page("一次性医用口罩", attributes={"执行标准": "GB2626-2019"}, buyable=BUY)
    finding = found(with_state(listing, description=FieldState.NOT_SEEN))[MASK]
    assert (finding.verdict, finding.unchecked) == ("unverified", ("商品详情没有取到",))
    pictures = replace(with_state(listing, image_text=FieldState.NOT_LOOKED_AT), pictures=("a.jpg",))
    assert "图片里的文字没有检查" in found(pictures)[MASK].unchecked


@pytest.mark.parametrize(
    ("attributes", "text", "verdict"),
    [({}, "已获欧盟CE认证", "suspect"), ({"注册证编号": "粤械注准20202070001"}, "已获欧盟CE认证", None), ({}, "没有CE认证", None), ({}, "", None),
     ({"注册证编号": "见包装"}, "已获欧盟CE认证", None)],
)  # fmt: skip
def test_foreign_certificates_in_place_of_a_number(attributes: dict[str, str], text: str, verdict: str | None) -> None:
    listing = page("电子血压计", text, attributes=attributes, buyable=BUY)
    assert verdicts(listing).get("foreign-approval-instead") == verdict


def test_a_fragment_is_never_said_to_lack_anything() -> None:
    facts = Facts(goods="device", category="medical-mask", fragment=True)
    rules = found(page("一次性医用口罩", "执行标准GB2626-2019，CE认证"), facts=facts)
    assert MASK not in rules
    assert "foreign-approval-instead" not in rules


def test_coded_names_are_told_as_such() -> None:
    finding = found(page("光光针 一支起售", buyable=BUY))["restricted-injectable-to-individuals"]
    assert finding.verdict == "violation"
    assert "代称：光光针（注射填充类（玻尿酸、溶脂针、水光针等））" in finding.beside
    toxic = found(page("小毒毒 100u", buyable=BUY))["drug-toxic-radioactive"]
    assert toxic.beside[0] == "规避写法：拼音、谐音或代称"


@pytest.mark.parametrize(
    ("text", "hit"),
    [("2-8℃冷藏保存。普通快递发货", True), ("-20℃以下保存，常温快递", True), ("2-8℃冷藏，不得常温运输", False), ("常温快递", False),
     ("2～8℃保存，全程冷链", False)],
)  # fmt: skip
def test_cold_chain_goods_in_ordinary_parcels(text: str, hit: bool) -> None:
    assert ("cold-chain-at-room-temperature" in restricted("囊胚培养液", text)) is hit


@pytest.mark.parametrize(
    ("title", "attributes", "hit"),
    [("小儿止咳化痰贴", {"备案号": "粤穗械备20230018"}, True), ("小儿止咳化痰贴", {}, False), ("小儿止咳化痰贴", {"注册证编号": "粤械注准20202090001"}, False),
     ("医用退热贴", {"备案号": "粤穗械备20230018"}, False), ("前列腺拉钩", {"备案号": "粤穗械备20230018"}, False)],
)  # fmt: skip
def test_a_filing_of_class_one_for_a_disease(title: str, attributes: dict[str, str], hit: bool) -> None:
    assert ("filing-for-disease" in restricted(title, attributes=attributes)) is hit


def test_laws_of_later_days_judge_no_earlier_page() -> None:
    listing = page("伏立康唑片", attributes=DRUG, buyable=BUY)
    assert "drug-ban-anti-infective" in found(listing, on=date(2022, 12, 1))
    assert "drug-ban-anti-infective" not in found(listing, on=date(2022, 11, 30))


def test_a_page_stuffed_with_words_is_looked_at_in_part() -> None:
    text = "能不能自己打？" * 60_000
    with seconds(5):
        findings = found(page("金属接骨板", text, attributes=PLATE))
    assert findings[RULE].verdict == "suspect"
    assert findings["maker-shown"].unchecked == ("页面文字太长，规定的句子只在前 200000 个字里找过",)


# What an analyst writes.
RULE_FILE = """
id: mine
title: 试
kind: restricted
severity: high
owner: 测试
basis: [{{law: 医疗器械监督管理条例, article: 第五十五条, liability: 第八十六条, since: 2021-06-01}}]
applies_to: {{goods: [device, unknown]{to}}}
{more}
says: 试。
examples: {{hits: [甲, 乙], misses: [丙, 丁]}}
"""


def mine(folder: Path, to: str = "", more: str = "") -> Rulebook:
    (folder / "restricted").mkdir(parents=True, exist_ok=True)
    (folder / "restricted" / "mine.yaml").write_text(RULE_FILE.format(to=to, more=more), encoding="utf-8")
    return load(RULES, folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "more", "problem"),
    [
        ("", "", "要写 any_of、applies_to.categories 或者 applies_to.groups，否则什么都会命中"),
        (", groups: [implants]", "", "groups 的第 1 项 不能是 implants"),
        (", groups: [implant]", "page_has: [没有的词表]", "没有词表 没有的词表"),
        (", groups: [implant]", "page_lacks: [没有的词表]", "没有词表 没有的词表"),
        (", groups: [implant]", "noted: [没有的词表]", "没有词表 没有的词表"),
        (", groups: [implant]", "numbers: some", "numbers 不能是 some"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_rule_is_said(tmp_path: Path, to: str, more: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        mine(tmp_path, to, more)
    assert [p for p in caught.value.problems if problem in p.message], caught.value.problems
    assert all("mine.yaml:" in p.where for p in caught.value.problems)


def test_a_category_put_on_a_list_is_under_its_rules_at_once(tmp_path: Path) -> None:
    before = load(RULES)
    (tmp_path / "categories.yaml").write_text(
        "categories:\n  - {id: novel, name: 新式植入物, names: [新式植入物], groups: [implant], classes: [III]}\n",
        encoding="utf-8",
    )
    after = load(RULES, tmp_path)
    listing = page("新式植入物 一套", buyable=BUY)
    assert RULE not in {f.rule for f in judge(listing, before, None, on=DAY)}
    assert RULE in {f.rule for f in judge(listing, after, None, on=DAY)}
    assert before.versions[RULE] != after.versions[RULE]


@pytest.mark.slow
def test_real_names_of_drugs(shared: Callable[[str], Path]) -> None:
    """Nearly two thousand registered names: injections but those against diabetes, vaccines, the named drugs in no topical
    form; and most drugs in none of the rules."""
    lines = shared("data/drug_codes_2025.jsonl").read_text(encoding="utf-8").splitlines()
    names = sorted({json.loads(line)["name"] for line in lines})
    rules = {name: set(restricted(name, attributes=DRUG, buyable=BUY)) for name in names}
    sugar = ("胰岛素", "肽注射液", "艾塞那肽", "利拉鲁肽", "司美格鲁肽")
    shots = [n for n in names if n.endswith("注射液") and not any(word in n for word in sugar)]
    assert len(shots) > 150
    assert [n for n in shots if "drug-injection-online" not in rules[n]] == []
    assert [n for n in names if "胰岛素" in n and rules[n]] == []
    vaccines = [n for n in names if n.endswith(("疫苗", "疫苗(Vero细胞)", "人血白蛋白", "人免疫球蛋白(pH4)"))]
    assert [n for n in vaccines if "drug-vaccine-blood" not in rules[n]] == []
    named = {"drug-online-ban-list", "drug-ban-anti-infective", "drug-ban-reproductive"}
    hit = [n for n in names if rules[n] & named]
    assert len(hit) > 20
    assert [n for n in hit if n.endswith(("乳膏", "软膏", "滴眼液", "栓")) and n != "地诺前列酮栓"] == []
    assert [n for n in hit if n.startswith("复方") and "米非司酮" not in n] == []
    free = [n for n in names if not rules[n]]
    assert len(free) > len(names) / 2
