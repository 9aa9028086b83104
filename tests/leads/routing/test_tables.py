"""authorities.yaml and transfers.yaml: read strictly, the home's over the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.home import shipped_rules
from scanner.leads.routing import tables
from scanner.leads.routing.areas import Areas
from scanner.leads.routing.offices import Kind, Offices
from scanner.rulebook import load
from tests.leads.routing.making import shipped


def test_a_home_adds_and_replaces(tmp_path: Path) -> None:
    (tmp_path / "authorities.yaml").write_text(
        """
naming: {police: "{name}公安机关"}
provinces:
  - code: "330000"
    name: 浙江省
    short: 浙江
    chars: [浙]
    cities:
      - {code: "330100", name: 杭州市, short: 杭州, chars: [杭, 武]}
special:
  - {code: "330782", market: 义乌市演示局, direct: true}
zones:
  - {code: "330199", name: 演示新区, under: "330100"}
withdrawn:
  - {code: "330104", now: ["330105"]}
""",
        encoding="utf-8",
    )
    file = tables.areas(shipped_rules(), tmp_path)
    areas = Areas(file)
    offices = Offices(file, areas)

    def name(code: str, kind: Kind) -> str:
        place = areas.of(code)
        assert place is not None
        return offices.name(place, kind)

    assert name("330100", "police") == "杭州市公安机关"
    assert name("330100", "health") == "杭州市卫生健康委员会"
    assert name("330782", "market") == "义乌市演示局"
    assert name("330200", "market") == "宁波市市场监督管理局"  # the other cities are still there
    assert len(areas.cities) == len(shipped().areas.cities)
    issued = areas.issued("浙", "武")
    assert issued is not None
    assert issued[0].name == "杭州市"
    assert [one.full for code in ("330199", "330104") if (one := areas.of(code)) is not None] == [
        "演示新区",
        "杭州市拱墅区",
    ]


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        ("330000", "drug", "浙江省药品监督管理局"), ("330106", "telecom", "浙江省通信管理局"), ("330000", "police", "浙江省公安厅"),
        ("110108", "police", "北京市公安局"), ("110000", "police", "北京市公安局"), ("330106", "police", "杭州市公安局"),
        ("150000", "police", "内蒙古自治区公安厅"), ("429004", "police", "仙桃市公安局"), ("330106", "market", "杭州市西湖区市场监督管理局"),
        ("500235", "market", "云阳县市场监督管理局"), ("110108", "market", "北京市海淀区市场监督管理局"),
        ("222400", "market", "延边朝鲜族自治州市场监督管理局"), ("659001", "drug", "新疆生产建设兵团药品监督管理局"),
        ("350500", "customs", "厦门海关"), ("440300", "customs", "深圳海关"), ("440100", "customs", "广州海关"),
        ("210200", "customs", "大连海关"), ("330100", "discipline", "中共杭州市纪律检查委员会、杭州市监察委员会"),
        ("360000-ganjiang", "police", "江西省公安厅"), ("320594", "police", "苏州市公安局"),
        ("330100", "cyberspace", "杭州市互联网信息办公室"), ("810000", "market", ""), ("710000", "customs", ""),
    ],
)  # fmt: skip
def test_names_of_authorities(code: str, kind: Kind, name: str) -> None:
    place = shipped().areas.of(code)
    assert place is not None
    assert shipped().offices.name(place, kind) == name


def test_every_city_has_all_its_authorities() -> None:
    kinds: tuple[Kind, ...] = ("market", "drug", "telecom", "cyberspace", "police", "health", "customs", "discipline")
    for code in shipped().areas.cities:
        place = shipped().areas.of(code)
        assert place is not None
        assert all(shipped().offices.name(place, kind) for kind in kinds), code


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("authorities.yaml", 'naming: {market: "{city}局"}', 1, ""),
        ("authorities.yaml", "naming: {markt: 某}", 1, "markt"),
        ("authorities.yaml", 'zones:\n  - {code: "330199", name: 新区, under: "339900"}', 2, "没有代码是 339900"),
        ("authorities.yaml", 'withdrawn:\n  - {code: "990101", now: ["330105"]}', 2, "不在任何省"),
        ("authorities.yaml", 'special:\n  - {code: "330782"}\n  - {code: "330782"}', 3, "写了两次"),
        ("authorities.yaml", 'provinces:\n  - code: "330000"\n    name: 浙江省\n    short: 浙江\n    cities:\n      - {code: "320100", name: 南京市, short: 南京}', 6, "不是浙江省的市"),
        ("transfers.yaml", "signs:\n  - {id: a, to: army, title: 某罪, law: 刑法, article: 第一条, any: [某]}", 2, ""),
        ("transfers.yaml", "signs:\n  - {id: a, to: police, title: 某罪, law: 刑法, article: 第一条}", 2, "至少写一个"),
        ("transfers.yaml", "signs:\n  - {id: a, to: police, title: 某罪, law: 刑法, article: 第一条, any: [某]}\n  - {id: a, to: police, title: 某罪, law: 刑法, article: 第一条, any: [某]}", 3, "写了两次"),
    ],
)  # fmt: skip
def test_mistakes_name_their_line(tmp_path: Path, name: str, text: str, line: int, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        (tables.areas if name == "authorities.yaml" else tables.signs)(shipped_rules(), tmp_path)
    problem = next(p for p in caught.value.problems if message in p.message)
    assert problem.where == f"{tmp_path / name}:{line}"


def test_a_home_changes_a_sign(tmp_path: Path) -> None:
    text = (
        "signs:\n  - {id: fake-drug, to: police, title: 某某罪名, law: 刑法, article: 第一百四十一条, any: [演示词]}\n"
    )
    (tmp_path / "transfers.yaml").write_text(text, encoding="utf-8")
    before, after = tables.signs(shipped_rules()), tables.signs(shipped_rules(), tmp_path)
    assert [one.id for one in before] == [one.id for one in after]
    assert after[0].any == ("演示词",)


@pytest.mark.slow
def test_the_rulebook_leaves_these_files_alone(tmp_path: Path) -> None:
    for name in ("authorities.yaml", "transfers.yaml", "units.yaml"):
        (tmp_path / name).write_text("{}\n", encoding="utf-8")
    assert load(shipped_rules(), tmp_path).warnings == load(shipped_rules()).warnings
