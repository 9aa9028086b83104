"""The key products of the five notices and of the law's own lists, held against the table of categories: each has one, with
who may buy and which lists it is on; and every device category is on a list."""

from __future__ import annotations

import pytest

from scanner.checks.facts import category_of, derive
from scanner.rulebook.tables import GROUPS
from scanner.text import fold
from tests.checks.making import page
from tests.rulebook.making import shipped

# Product as the notices and the classification name it -> (list, who may buy online), "" where on no list in question.
NOTICES = [
    # 2020 campaign of Jiangxi, two (four) 2: five kinds against the epidemic and six others
    ("新冠病毒检测试剂", "epidemic", "individuals"), ("呼吸机 无创呼吸机", "epidemic", "individuals"), ("医用防护服", "epidemic", "individuals"),
    ("医用口罩", "epidemic", "individuals"), ("红外体温计", "epidemic", "individuals"), ("隐形眼镜", "myopia", "fitted"), ("血糖仪", "self_use", "individuals"),
    ("避孕套", "self_use", "individuals"), ("中频治疗仪", "self_use", "individuals"), ("牙科根管钉", "dental", "institutions"),
    ("牙科树脂", "dental", "institutions"),
    # 2020 guidance of Jilin, four and six
    ("注射用透明质酸钠", "injectable", "nobody"), ("彩色平光隐形眼镜", "myopia", "fitted"),
    # 2023 scheme of Naiman, three (one)
    ("新冠病毒核酸检测试剂", "epidemic", "institutions"), ("新冠病毒抗体检测试剂", "epidemic", "institutions"), ("ECMO", "epidemic", "institutions"),
    ("有创呼吸机", "epidemic", "institutions"), ("制氧机", "epidemic", "individuals"), ("血氧仪", "epidemic", "individuals"),
    # (two) volume purchase of the state and of regions
    ("冠脉支架", "volume_purchase", "nobody"), ("人工关节", "volume_purchase", "nobody"), ("骨科脊柱内固定系统", "volume_purchase", "nobody"),
    ("种植牙套装", "volume_purchase", "nobody"), ("人工晶体", "volume_purchase", "nobody"),
    # (four) aesthetic
    ("注射用透明质酸钠凝胶", "aesthetic", "nobody"), ("射频皮肤治疗仪", "aesthetic", "individuals"), ("激光脱毛仪", "aesthetic", "institutions"),
    ("显微针", "aesthetic", "institutions"), ("皮秒激光治疗仪", "aesthetic", "institutions"), ("脉冲光治疗仪", "aesthetic", "individuals"),
    # (eight) 1 against myopia, 2 assisted reproduction
    ("角膜接触镜", "myopia", "fitted"), ("接触镜护理液", "myopia", "individuals"), ("电脑验光仪", "myopia", "individuals"), ("眼用粘弹剂", "myopia", "nobody"),
    ("辅助生殖导管", "reproduction", "institutions"), ("辅助生殖穿刺取卵针", "reproduction", "institutions"), ("取精针", "reproduction", "institutions"),
    ("辅助生殖微型工具", "reproduction", "institutions"), ("体外辅助生殖用液", "reproduction", "institutions"),
    ("辅助生殖专用仪器", "reproduction", "institutions"),
    # (ten) and annex 1
    ("定制式义齿", "dental", "institutions"), ("一次性使用无菌注射器", "sterile", "individuals"),
]  # fmt: skip
# The table of key products: those of one row that differ in class or buyer apart.
TABLE = [
    ("治疗呼吸机", "institutions", ("III",)), ("家用生命支持呼吸机", "institutions", ("III",)), ("睡眠呼吸机", "individuals", ("II",)),
    ("便携式氧气呼吸器", "individuals", ("II",)), ("HIV检测试纸", "individuals", ("III",)), ("HIV自测试纸 唾液", "individuals", ("III",)), ("梅毒试纸", "individuals", ("III",)), ("排卵试纸", "individuals", ("II",)),
    ("角膜塑形镜", "fitted", ("III",)), ("哺光仪", "institutions", ("III",)), ("弱视治疗仪", "individuals", ("II", "III")),
    ("动态血糖仪", "individuals", ("III",)), ("胰岛素泵", "individuals", ("III",)), ("胰岛素注射笔", "individuals", ("II", "III")),
    ("无创血糖手表", "individuals", ("III",)), ("医用妇科凝胶", "individuals", ("II", "III")), ("宫内节育器", "nobody", ("III",)),
    ("高电位治疗仪", "individuals", ("I", "II", "III")), ("强脉冲光脱毛仪", "individuals", ("II",)), ("微针滚轮", "institutions", ("II", "III")),
    ("溶脂针", "nobody", ("III",)), ("医用退热贴", "individuals", ("I", "II")), ("穴位压力刺激贴", "individuals", ("I", "II")),
    ("光固化复合树脂", "institutions", ("II", "III")), ("牙科粘接剂", "institutions", ("II", "III")), ("牙胶尖", "institutions", ("III",)),
    ("纤维桩", "institutions", ("II", "III")), ("根管锉", "institutions", ("I", "II")), ("牙种植体", "nobody", ("III",)),
    ("隐形矫治器", "institutions", ("II",)), ("超声洁牙机", "individuals", ("II",)), ("助听器", "fitted", ("II",)), ("人工耳蜗", "nobody", ("III",)),
    ("胚胎培养液", "institutions", ("III",)), ("取卵针", "institutions", ("II",)), ("轮椅", "individuals", ("II",)), ("血压计", "individuals", ("II",)),
    ("雾化器", "individuals", ("II",)), ("医用酒精棉片", "individuals", ("I", "II")), ("导尿管", "individuals", ("I", "II")), ("球囊扩张导管", "nobody", ("III",)),
    ("心脏起搏器", "nobody", ("III",)), ("输液港", "nobody", ("III",)), ("氧合器", "institutions", ("III",)), ("PPDO线", "nobody", ("III",)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "group", "buyers"), NOTICES)
def test_products_of_the_notices_have_a_category_on_their_list(name: str, group: str, buyers: str) -> None:
    category = shipped().categories[category_of(name, shipped())]
    assert group in category.groups
    assert category.buyers == buyers
    assert category.search


@pytest.mark.parametrize(("name", "buyers", "classes"), TABLE)
def test_products_of_a_row_that_differ_are_apart(name: str, buyers: str, classes: tuple[str, ...]) -> None:
    category = shipped().categories[category_of(name, shipped())]
    assert (category.buyers, category.classes) == (buyers, classes)


def test_every_device_is_on_a_list_and_every_list_has_members() -> None:
    categories = shipped().categories.values()
    assert [c.id for c in categories if c.goods == "device" and not c.groups] == ["light-guide-gel"]
    assert {group for c in categories for group in c.groups} == set(GROUPS)


def test_what_may_not_be_sold_to_individuals_is_on_a_list_a_rule_reads() -> None:
    """A category for institutions or for nobody that no rule speaks of would be a promise nobody keeps."""
    rules = [r for r in shipped().rules.values() if r.kind == "restricted" and r.status == "active"]
    named = {c for r in rules if r.applies_to.categories != "all" for c in r.applies_to.categories}
    groups = {g for r in rules for g in r.applies_to.groups}
    devices = [c for c in shipped().categories.values() if c.goods == "device"]
    barred = [c for c in devices if c.buyers in ("institutions", "nobody")]
    assert [c.id for c in barred if c.id not in named and groups.isdisjoint(c.groups)] == []


def test_a_cover_holds_a_name_of_its_category() -> None:
    for category in shipped().categories.values():
        names = [fold(name).text for name in (*category.names, *category.coded)]
        idle = [cover for cover in category.covers if not any(name in fold(cover).text for name in names)]
        assert idle == [], category.id


def test_a_coded_name_names_the_category_but_is_not_one_of_its_names() -> None:
    for coded, category in (
        ("夜戴型镜片", "orthokeratology-lens"),
        ("光光针", "injectable-filler"),
        ("日抛彩片", "contact-lens"),
    ):
        assert derive(page(title=f"新款 {coded}"), shipped()).facts.category == category
        assert coded not in shipped().categories[category].names


@pytest.mark.parametrize(
    "title",
    [
        "彩片 打印 相纸",
        "美童摄影 写真",
        "睡觉眼罩",
        "光光针织帽",
        "大V线衣",
        "隐形牙套盒",
        "医用口罩机",
        "血压计用电池",
        "制氧机用鼻氧管",
    ],
)
def test_ordinary_words_name_none(title: str) -> None:
    assert derive(page(title=title), shipped()).facts.category == ""


@pytest.mark.parametrize("title", ["雾化器用于儿童", "血压计用户好评", "助听器用心做"])
def test_a_name_before_a_word_that_begins_with_use_stays_one(title: str) -> None:
    assert derive(page(title=title), shipped()).facts.category != ""
