"""Comparing names: the same written otherwise, another company, and the doubt between, which accuses nobody."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.registry import products
from scanner.registry.company import compare as companies
from scanner.registry.company import parts as company_name


@pytest.mark.parametrize(
    ("page", "register", "verdict"),
    [
        ("演示医疗（黄冈）有限公司", "演示医疗(黄冈)有限公司", "same"),
        ("演示 医疗 (黄冈)有限公司", "演示医疗（黄冈）有限公司", "same"),
        ("苏州演康医疗器械有公司", "苏州演康医疗器械有限公司", "same"),
        ("河南演都医疗科技有限公司", "演都医疗科技（河南）有限公司", "same"),
        ("演示甲医疗器械有限公司（虚构）", "演示甲医疗器械有限公司", "same"),
        ("演示甲医疗器械有限公司南京分公司", "演示甲医疗器械有限公司", "same"),
        ("演示甲医疗器械股份有限公司", "演示甲医疗器械有限公司", "same"),
        ("注册人：演示甲医疗器械有限公司 地址：南京", "演示甲医疗器械有限公司", "same"),
        ("演恩斯有限公司Yanence Ltd.", "演恩斯有限公司", "same"),
        ("演示甲医疗", "江苏演示甲医疗设备股份有限公司", "doubtful"),
        ("演康医疗器械有限公司", "苏州演康医疗器械有限公司", "doubtful"),
        (
            "苏州演康医疗器械有限公司",
            "苏州演健医疗器械有限公司",
            "doubtful",
        ),  # one character: a slip, or another company
        ("演康健康科技有限公司", "演康生物工程有限公司", "doubtful"),
        ("Yanence Medical Corp.", "演恩斯医疗株式会社", "doubtful"),
        ("演示听海电子有限公司", "演示听涛仪器有限公司", "other"),
        ("演示医疗（黄冈）有限公司", "演示医疗（嘉鱼）有限公司", "other"),
        ("上海演强有限公司", "演强（苏州）医疗器材有限公司", "other"),
        ("演示乙生物科技有限公司", "丙丁医疗器械有限公司", "other"),
    ],
)
def test_companies(page: str, register: str, verdict: str) -> None:
    match = companies.compare(page, register)
    assert match.verdict == verdict, match
    assert match.because
    assert 0 <= match.score <= 1
    assert (match.score >= 0.9, match.score <= 0.55) == (verdict == "same", verdict == "other")


def test_a_company_taken_apart() -> None:
    company = company_name.take_apart("江苏苏州演康医疗科技股份有限公司南京分公司")
    assert (company.places, company.brand, company.trade, company.branch) == (
        frozenset({"江苏", "苏州"}), "演康", "医疗科技", "南京分公司"
    )  # fmt: skip


def test_hostile_names_are_cheap() -> None:
    for name in ("(" * 100_000, "医疗" * 100_000, "公司分公司" * 50_000, "", "\0", "A" * 100_000):
        assert companies.compare(name, "演示甲医疗器械有限公司").verdict in ("other", "doubtful")
        assert products.compare(name, "演示用导管").verdict in ("other", "doubtful")


ANY = st.text(st.sampled_from("演康健医疗器械苏州有限公司厂（）() ,：\n\ud800\u200bA.b1"), max_size=30)


@given(ANY, ANY)
def test_any_two_texts_are_compared(page: str, register: str) -> None:
    match = companies.compare(page, register)
    assert 0 <= match.score <= 1
    assert match.because
    assert match.verdict in ("same", "doubtful", "other")


@given(ANY)
def test_a_name_is_itself(name: str) -> None:
    match = companies.compare(name, name)
    assert (match.score, match.verdict) == ((1.0, "same") if company_name.take_apart(name).plain else (0.5, "doubtful"))


def test_aliases_under_one_code_are_never_called_others(shared: Callable[[str], Path]) -> None:
    """Real groups of names with one company code, without a row whose "company" is a product's name."""
    groups = json.loads(shared("data/registrant_aliases_same_uscc.json").read_text("utf-8"))
    pairs = [pair for group in groups for pair in itertools.combinations(group["names"], 2)]
    accused = [pair for pair in pairs if companies.compare(*pair).verdict == "other"]
    assert [pair for pair in accused if all("公司" in name for name in pair)] == []


def test_real_registrants_stay_apart(shared: Callable[[str], Path]) -> None:
    lines = shared("data/device_registrants_uscc.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    dice = random.Random(7)
    found = {"same": 0, "doubtful": 0, "other": 0}
    for _ in range(4000):
        one, two = dice.sample(rows, 2)
        if one["uscc"] != two["uscc"]:
            found[companies.compare(one["name"], two["name"]).verdict] += 1
    assert found["same"] == 0
    assert found["other"] / sum(found.values()) > 0.96
    again = [companies.compare(row["name"].replace("（", "(").replace("）", ")"), row["name"]).verdict for row in rows]
    assert set(again) == {"same"}


@pytest.mark.parametrize(
    ("page", "register", "verdict"),
    [
        ("演示牌 医用外科口罩 独立包装 50只", "医用外科口罩", "same"),
        ("演示牌退热贴儿童6贴", "医用退热贴", "same"),
        ("抗原检测试剂盒", "新型冠状病毒（2019-nCoV）抗原检测试剂盒（胶体金法）", "same"),
        ("演示血糖仪家用", "血糖仪", "same"),
        ("医用外科口罩", "一次性使用医用口罩", "doubtful"),
        ("创面敷贴", "无菌创口敷料", "doubtful"),
        ("电子血压计", "PTCA球囊扩张导管", "other"),
        ("医用冷敷凝胶", "医用外科口罩", "other"),
        ("", "医用外科口罩", "doubtful"),
    ],
)
def test_products(page: str, register: str, verdict: str) -> None:
    match = products.compare(page, register)
    assert match.verdict == verdict, match
