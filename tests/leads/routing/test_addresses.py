from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.leads.routing.making import addresses


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("浙江省杭州市西湖区测试路1号", "杭州市西湖区"),
        ("浙江 杭州 西湖区测试路1号", "杭州市西湖区"),
        ("浙江杭州测试路1号", "杭州市"),
        ("北京朝阳区建国路", "北京市朝阳区"),
        ("上海市浦东新区南京路", "上海市浦东新区"),
        ("广州市北京路12号", "广州市"),
        ("吉林市船营区", "吉林市船营区"),
        ("吉林省吉林市船营区", "吉林市船营区"),
        ("吉林长春朝阳区", "长春市朝阳区"),
        ("中国（广东）自由贸易试验区深圳市南山区", "深圳市南山区"),
        ("河南省长垣县测试镇", "长垣市"),  # a name of before 2019
        ("湖北省仙桃市", "仙桃市"),
        ("内蒙古奈曼旗", "奈曼旗"),
        ("海安市测试路", "海安市"),
        ("新疆石河子市", "石河子市"),
        ("江西省赣江新区测试路", "赣江新区"),
        ("苏州工业园区测试街", "苏州工业园区"),
        ("香港九龙测试道", "香港特别行政区"),
        # nothing certain
        ("南京路100号", None), ("朝阳区建国路", None), ("鼓楼区", None), ("西湖区", None), ("", None), ("测试大厦", None),
    ],
)  # fmt: skip
def test_places(text: str, full: str | None) -> None:
    place = addresses().place(text)
    assert (place.full if place is not None else None) == full


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("杭州演示医疗器械有限公司", "杭州市"),
        ("演示医疗用品（河南）有限公司", "河南省"),
        ("广东省佛山市演示科技有限公司", "佛山市"),
        ("北京市海淀区演示商店", "北京市海淀区"),
        ("杭州市西湖区演示药店", "杭州市西湖区"),
        ("海宁演示医疗用品有限公司", "海宁市"),
        ("吉林演示有限公司", "吉林省"),
        ("演示医疗器械有限公司", None),
        ("中国演示有限公司", None),
        ("", None),
    ],
)
def test_names(name: str, full: str | None) -> None:
    place = addresses().of_name(name)
    assert (place.full if place is not None else None) == full


@given(st.text(st.sampled_from("省市区县浙江杭州吉林北京朝阳（）· 路\n"), max_size=80))
def test_any_text_is_read(text: str) -> None:
    place = addresses().place(text)
    assert place is None or place.path[-1] == place.code
    addresses().of_name(text)


def test_long_texts_cost_nothing() -> None:
    addresses().place("浙江省杭州市西湖区")
    begin = time.perf_counter()
    addresses().place("朝阳区" * 300_000)
    addresses().of_name("杭州市" * 300_000)
    assert time.perf_counter() - begin < 0.5
