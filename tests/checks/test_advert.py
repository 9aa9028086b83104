"""Is what promotes on the page an approved advertisement: number missing, run out, of other goods; never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scanner.model import Facts, FieldState
from tests.checks.making import NUMBER, found, page, verdicts, with_state

CLAIM = "一次根治颈椎病，永不复发。"
RUNS, RAN_OUT = "粤械广审（文）第280917-90001号", "粤械广审（文）第251231-90001号"
DEVICE = {"注册证编号": NUMBER}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (CLAIM, "suspect"),
        (CLAIM + RUNS, None),
        (CLAIM + "粤药广审许准字2021第90001号", None),
        ("重量2千克，电源220伏。", None),
        ("不能治疗颈椎病。", None),
    ],
)
def test_a_page_that_promotes_without_an_approval(text: str, verdict: str | None) -> None:
    assert verdicts(page("中频治疗仪", text, attributes=DEVICE)).get("approval-missing") == verdict


def test_the_claims_are_quoted() -> None:
    finding = found(page("中频治疗仪", CLAIM, attributes=DEVICE))["approval-missing"]
    assert finding.field == "description"
    assert CLAIM[finding.start : finding.end] == finding.quote
    assert finding.beside[0].startswith("页面的宣传：")
    assert finding.quote in finding.beside[0]


def test_the_number_may_stand_in_what_was_not_read() -> None:
    listing = page("根治颈椎病的中频治疗仪", CLAIM, attributes=DEVICE)
    unseen = replace(with_state(listing, image_text=FieldState.NOT_LOOKED_AT), pictures=("a.jpg",))
    finding = found(unseen)["approval-missing"]
    assert (finding.verdict, finding.unchecked) == ("unverified", ("图片里的文字没有检查",))
    assert found(with_state(listing, description=FieldState.NOT_SEEN))["approval-missing"].verdict == "unverified"


def test_what_the_law_obliges_to_show_is_no_advertisement() -> None:
    rows = {**DEVICE, "适用范围": "用于治疗颈椎病，有效率高", "产品名称": "中频治疗仪"}
    assert "approval-missing" not in found(page("中频治疗仪", "产品重量2千克。", attributes=rows))


def test_goods_that_are_neither_device_nor_drug_have_no_approval_to_show() -> None:
    assert "approval-missing" not in found(page("护眼台灯", "彻底治愈近视，永不复发。"))


def test_a_fragment_lacks_nothing() -> None:
    facts = Facts(goods="device", fragment=True)
    assert "approval-missing" not in found(page("", CLAIM), facts=facts)


@pytest.mark.parametrize(
    ("text", "day", "hit"),
    [
        (RAN_OUT, date(2025, 12, 31), False),
        (RAN_OUT, date(2026, 1, 1), True),
        (RAN_OUT + "、" + RUNS, date(2026, 1, 1), False),
        ("苏医械广审(文)第2012129001号", date(2026, 1, 1), True),
        ("粤械广审（文）第261301-90001号", date(2026, 1, 1), False),  # no date at all: malformed, another rule's matter
    ],
)
def test_an_approval_that_ran_out(text: str, day: date, hit: bool) -> None:
    assert ("approval-expired" in found(page("血压计", text, attributes=DEVICE), on=day)) is hit


def test_an_approval_of_other_goods_and_for_another_medium() -> None:
    drug = found(page("血压计", "粤药广审（文）第280917-90001号", attributes=DEVICE))
    assert drug["approval-of-other-goods"].beside[0] == "这是“药”类广告的批准文号"
    assert "approval-of-other-goods" not in found(page("血压计", RUNS, attributes=DEVICE))
    sound = found(page("中频治疗仪", CLAIM + "粤械广审（声）第280917-90001号", attributes=DEVICE))
    assert any("视频或者音频广告" in said for f in sound.values() for said in f.beside)
    assert not any(rule == "approval-for-other-medium" for rule in sound)
