"""Area codes in use, withdrawn and never in the standard; the characters of licence numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.home import shipped_rules
from scanner.leads.routing import gb2260, tables
from scanner.leads.routing.place import stem
from tests.leads.routing.making import shipped

AREAS = shipped().areas


@pytest.mark.parametrize(
    ("code", "now", "full", "note"),
    [
        ("330000", "330000", "浙江省", ""),
        ("330100", "330100", "杭州市", ""),
        ("330106", "330106", "杭州市西湖区", ""),
        ("330101", "330100", "杭州市", ""),  # 市辖区 is the city
        ("110101", "110101", "北京市东城区", ""),
        ("110100", "110000", "北京市", ""),
        ("429004", "429004", "仙桃市", ""),
        ("429000", "420000", "湖北省", ""),
        ("659001", "659001", "石河子市", ""),
        # withdrawn: by name, by the table, by what the prefecture became
        ("410728", "410783", "长垣市", "2019年停用，按名称推断现为长垣市"),
        ("120223", "120118", "天津市静海区", "按名称推断"),
        ("510124", "510117", "成都市郫都区", "按名称推断"),
        ("441421", "441403", "梅州市梅县区", "按名称推断"),
        ("340823", "340722", "枞阳县", "按名称推断"),  # moved to another city
        ("330104", "330102", "杭州市上城区", "（江干区）已停用，现为上城区"),
        ("440116", "440112", "广州市黄埔区", "现为黄埔区"),
        ("330621", "330603", "绍兴市柯桥区", "现为柯桥区"),
        ("371202", "370116", "济南市莱芜区", "现为莱芜区"),
        ("341400", "340000", "安徽省", "现为合肥市、芜湖市、马鞍山市，只能确定到安徽省"),
        ("341421", "340124", "庐江县", "按名称推断"),
        ("522422", "520521", "大方县", "按名称推断"),
        ("372901", "371700", "菏泽市", "原属的菏泽地区现为菏泽市"),
        ("512301", "500102", "重庆市涪陵区", "按名称推断"),
        ("130103", "130100", "石家庄市", "按代码前4位属石家庄市"),  # no 桥东区 of another city
        # registrars' own codes for development zones
        ("230199", "230100", "哈尔滨市", "不在GB/T 2260中"),
        ("130293", "130200", "唐山市", "前四位是唐山市"),
        ("522320", "522300", "黔西南布依族苗族自治州", "不在GB/T 2260中"),
        ("110399", "110000", "北京市", "前两位是北京市"),
        ("320594", "320594", "苏州工业园区", "开发区，属苏州市"),
        ("110302", "110302", "北京经济技术开发区", "开发区，属北京市"),
        ("321291", "321291", "泰州医药高新技术产业开发区", "属泰州市"),
    ],
)
def test_codes(code: str, now: str, full: str, note: str) -> None:
    place = AREAS.of(code)
    assert place is not None
    assert (place.code, place.full) == (now, full)
    assert (note in place.note) if note else (place.note == "")


@pytest.mark.parametrize("code", ["", "00", "999999", "000000", "3301", "3301001", "33010a", "１１０１０１", "160101"])
def test_no_codes(code: str) -> None:
    assert AREAS.of(code) is None


@pytest.mark.slow
def test_every_code_of_the_standard_resolves_to_one_in_use() -> None:
    entries = gb2260.entries()
    assert len(entries) > 6000
    for code in entries:
        place = AREAS.of(code)
        assert place is not None, code
        again = AREAS.of(place.code)
        assert again is not None
        assert (again.code, again.path) == (place.code, place.path), code
        assert place.code not in entries or entries[place.code].until == 0 or place.code in AREAS.cities, code


def test_our_tables_agree_with_the_standard() -> None:
    """Names and codes of all provinces and prefectures in use, none missing; what withdrawn codes became is in use."""
    entries = gb2260.entries()
    cities = {
        code: entry.name for code, entry in entries.items()
        if code.endswith("00") and not code.endswith("0000") and entry.until == 0
        and not entry.name.endswith(("市辖区", "行政单位")) and entry.name not in ("县", "林区")
    }  # fmt: skip
    assert {code: one.name for code, one in AREAS.cities.items()} == cities
    assert len(AREAS.provinces) == 34
    file = tables.areas(shipped_rules())
    for gone in file.withdrawn:
        assert entries[gone.code].until or gone.code == "429001"  # 随州市 of 1994 to 2000; the library knows no year
        for code in gone.now:
            assert code in AREAS.provinces or code in AREAS.cities or entries[code].until == 0, gone
    for special in file.special:
        assert entries[special.code].until == 0, special


@given(st.integers(100000, 999999))
def test_a_code_names_its_province_or_one_it_was_moved_to(number: int) -> None:
    code = str(number)
    place = AREAS.of(code)
    province = AREAS.provinces.get(f"{code[:2]}0000")
    if province is None:
        assert place is None
        return
    assert place is not None
    moved = {"51": "500000", "44": "460000"}  # Chongqing left Sichuan in 1997, Hainan Guangdong in 1988
    assert place.path[0] in (province.code, moved.get(code[:2]))
    assert place.path[-1] == place.code
    assert place.level == "province" or len(place.path) > 1


@pytest.mark.parametrize(
    ("prefix", "full", "sure"),
    [
        ("粤穗", "广州市", "certain"), ("浙杭", "杭州市", "certain"), ("苏通", "南通市", "certain"),
        ("皖马", "马鞍山市", "certain"), ("皖阜", "阜阳市", "certain"), ("鄂汉", "武汉市", "certain"),
        ("桂柳", "柳州市", "certain"), ("浙舟", "舟山市", "certain"), ("粤汕尾", "汕尾市", "certain"),
        ("鲁济宁", "济宁市", "certain"), ("粤穗越", "广州市", "likely"), ("京经", "北京经济技术开发区", "certain"),
        ("京海", "北京市海淀区", "likely"), ("京丰", "北京市丰台区", "likely"), ("沪嘉", "上海市嘉定区", "likely"),
        ("沪闸", "上海市静安区", "likely"), ("鄂仙", "仙桃市", "likely"), ("新石", "石河子市", "likely"),
        ("粤", "广东省", "certain"), ("蜀", "四川省", "certain"), ("蒙", "内蒙古自治区", "certain"),
        # more than one fits, or none: the province only
        ("鲁济", "山东省", "certain"), ("鄂荆", "湖北省", "certain"), ("渝江", "重庆市", "certain"),
        ("渝北", "重庆市", "certain"), ("晋晋", "山西省", "certain"), ("冀定", "河北省", "certain"),
        ("粤州", "广东省", "certain"), ("赣樟", "江西省", "certain"),
    ],
)  # fmt: skip
def test_characters_of_numbers(prefix: str, full: str, sure: str) -> None:
    issued = AREAS.issued(prefix[0], prefix[1:])
    assert issued is not None
    assert (issued[0].full, issued[1]) == (full, sure)
    assert "不能确定到市" in issued[2] or issued[0].level != "province" or len(prefix) == 1


def test_characters_that_name_nobody() -> None:
    assert AREAS.issued("国", "") is None
    assert AREAS.issued("演", "") is None
    assert AREAS.issued("", "杭") is None


def test_one_character_means_one_city_of_its_province() -> None:
    for province in AREAS.provinces.values():
        chars = [char for city in province.cities for char in city.chars]
        assert len(chars) == len(set(chars)), province.name


def test_stems() -> None:
    names = ["长垣县", "清新区", "滨海新区", "神农架林区", "矿区", "县", "奈曼旗", "吉林市"]
    assert [stem(name) for name in names] == ["长垣", "清新", "滨海", "神农架", "矿", "县", "奈曼", "吉林"]
