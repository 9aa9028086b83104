"""A name taken apart, and the key under which it is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.registry.company.parts import key_of, take_apart
from scanner.registry.names import LONGEST, level


@pytest.mark.parametrize(
    ("name", "places", "brand", "trade", "form", "group", "branch"),
    [
        ("苏州演康医疗器械有限公司", {"苏州"}, "演康", "医疗器械", "company", "", ""),
        ("江苏省苏州市演康医疗科技股份有限公司", {"江苏", "苏州"}, "演康", "医疗科技", "company", "", ""),
        ("演健医疗（黄冈）有限公司南京分公司", {"黄冈"}, "演健", "医疗", "company", "", "南京分公司"),
        ("演健医疗（嘉鱼）有限公司", {"嘉鱼"}, "演健", "医疗", "company", "", ""),
        ("演健医疗用品（黄冈）", {"黄冈"}, "演健", "医疗用品", "", "", ""),
        ("上海演医（集团）有限公司", {"上海"}, "演医", "", "company", "(集团)", ""),
        ("河南演人医疗器械集团有限公司", {"河南"}, "演人", "医疗器械", "company", "集团", ""),
        ("余姚市演康医疗器械厂", {"余姚"}, "演康", "医疗器械", "厂", "", ""),
        ("济南演意医疗器材厂（普通合伙）", {"济南"}, "演意", "医疗器材", "厂", "", ""),
        ("演康医疗器械有限公司（虚构）", set(), "演康", "医疗器械", "company", "", ""),
        ("上海医疗器械有限公司", {"上海"}, "医疗器械", "医疗器械", "company", "", ""),
        ("见包装", set(), "见", "包装", "", "", ""),
    ],
)
def test_parts(name: str, places: set[str], brand: str, trade: str, form: str, group: str, branch: str) -> None:
    found = take_apart(name)
    assert (set(found.places), found.brand, found.trade, found.form, found.group, found.branch) == (
        places, brand, trade, form, group, branch
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "plain", "latin"),
    [
        ("演尔格制造股份两合公司Yändrager AG &amp; Co. KGaA", "演尔格制造股份两合公司", ("YANDRAGER",)),
        ("演思尔N.P.有限公司 Yanell N.P.Sdn.Bhd.", "演思尔N.P.有限公司", ("NP", "YANELL", "NP")),
        ("Yanlume Be Ltd 演医人有限公司", "演医人有限公司", ("YANLUME", "BE")),
        ("YANMED医疗器械有限公司", "YANMED医疗器械有限公司", ("YANMED",)),
        ("YANMED 医疗器械有限公司", "YANMED医疗器械有限公司", ("YANMED",)),
        ("Yansurgical Ltd", "YANSURGICALLTD", ("YANSURGICAL",)),
        ("3Y有限公司", "3Y有限公司", ()),
    ],
)
def test_foreign_names_beside_chinese_ones(name: str, plain: str, latin: tuple[str, ...]) -> None:
    found = take_apart(name)
    assert (found.plain, found.latin) == (plain, latin)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("演健医疗（黄冈）有限公司", "演健医疗黄冈"),
        ("演健醫療 (黄冈)\n有公司", "演健医疗黄冈"),
        ("演健医疗（黄冈)有限公司南京分公司", "演健医疗黄冈"),
        ("演健医疗（黄冈）有限公司（虚构）", "演健医疗黄冈"),
        ("演健医疗股份有限公司）", "演健医疗"),
        ("Yansurgical Ltd.", "YANSURGICALLTD"),
        ("有限公司", "有限公司"),
        ("（）", ""),
        ("", ""),
        ("\ud800\u200b", ""),
    ],
)
def test_keys(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize(
    ("name", "levelled"),
    [
        ("穩健醫療【黄冈】", "稳健医疗(黄冈)"),
        ("Ｙändrager　ag &amp; co.", "YANDRAGER AG & CO."),
        ("演\u200b健\ufeff", "演健"),
        ("中冶", "中冶"),  # a look-alike is another character in a name
        ("演 健\n医疗", "演 健\n医疗"),
    ],
)
def test_levelling(name: str, levelled: str) -> None:
    assert level(name) == levelled


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_is_taken_apart(text: str) -> None:
    company = take_apart(text)
    assert company.brand + company.trade or not company.core
    key = key_of(text)
    assert len(key) <= 2 * LONGEST
    assert not any(char.isspace() for char in key)


@pytest.mark.parametrize(
    "name", ["(" * 500_000, "医疗" * 500_000, "公司分公司" * 200_000, "ﷺ" * 400_000, "A B. " * 200_000, "演" * 10**6]
)
def test_a_megabyte_of_name_costs_no_more_than_its_beginning(name: str) -> None:
    assert take_apart(name) == take_apart(name[:LONGEST])
    assert key_of(name) == key_of(name[:LONGEST])
