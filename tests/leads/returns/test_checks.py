"""Figures brought by hand, and what must fit together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scanner.errors import ConfigError, InputError, UsageError
from scanner.leads.returns import checks, hand
from scanner.leads.returns.checks import Earlier
from tests.leads.returns.making import FORMS, counted, done, lead

FORM = FORMS["zhengzhi-2"]
HEAD = "行,栏目,数值\n"


def file(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "手工.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def brought(tmp_path: Path, text: str | bytes) -> dict[tuple[str, str], object]:
    return dict(hand.read(file(tmp_path, text), FORM).cells)


def unit_of(name: str) -> str:
    if name not in ("甲局", "乙局"):
        raise UsageError(f"没有单位“{name}”", hint="甲局")
    return name


def test_lines_name_their_units_which_add_up_or_of_which_one_is_asked_for(tmp_path: Path) -> None:
    text = (
        "行,栏目,数值,单位\n医疗器械网络销售企业,企业总数,3,甲局\n医疗器械网络销售企业,企业总数,4,乙局\nmyopia,officers,5,\n"
        "医疗器械网络销售企业,罚没款（万元）,1.25,甲局\n医疗器械网络销售企业,罚没款（万元）,0.5,乙局\n"
    )
    whole = hand.read(file(tmp_path, text), FORM, unit_of)
    assert (whole.cells, whole.units, whole.left) == (
        {("online", "enterprises"): 7, ("myopia", "officers"): 5, ("online", "money"): Decimal("1.75")}, True, 0,
    )  # fmt: skip
    one = hand.read(file(tmp_path, text), FORM, unit_of, lambda unit: unit == "乙局")
    assert (one.cells, one.left) == ({("online", "enterprises"): 4, ("online", "money"): Decimal("0.50")}, 3)
    nobodys = hand.read(file(tmp_path, HEAD + "myopia,officers,5\n"), FORM, unit_of, lambda unit: unit == "乙局")
    assert (nobodys.cells, nobodys.units, nobodys.left) == ({("myopia", "officers"): 5}, False, 0)


def test_texts_of_several_units_stand_below_one_another(tmp_path: Path) -> None:
    text = "行,栏目,数值,单位\n国家药监局移送线索,重点案件情况,甲案,甲局\n国家药监局移送线索,重点案件情况,乙案,乙局\n"
    assert hand.read(file(tmp_path, text), FORMS["qingwang-2"], unit_of).cells == {
        ("national", "notable"): "甲案\n乙案"
    }


def test_a_wrong_unit_and_the_same_cell_of_one_unit_twice_are_told(tmp_path: Path) -> None:
    text = "行,栏目,数值,单位\nmyopia,officers,5,丙局\nmyopia,officers,5,甲局\nmyopia,officers,6,甲局\nmyopia,officers,6,乙局,x\n"
    with pytest.raises(ConfigError) as error:
        hand.read(file(tmp_path, text), FORM, unit_of)
    assert [(one.where[-2:], one.message) for one in error.value.problems] == [
        (":2", "没有单位“丙局”"), (":4", "这一格写了两次"), (":5", "一行要有四格：行、栏目、数值、单位"),
    ]  # fmt: skip


def test_names_and_ids_are_read(tmp_path: Path) -> None:
    text = HEAD + "医疗器械网络销售企业,企业总数,31\nmyopia,officers,12\n\n新冠病毒检测试剂-经营,罚没款（万元）,1.5\n"
    wanted = {
        ("online", "enterprises"): 31,
        ("myopia", "officers"): 12,
        ("covid-distribution", "money"): Decimal("1.50"),
    }
    assert brought(tmp_path, text) == wanted
    assert brought(tmp_path, text.encode("gb18030")) == wanted
    assert brought(tmp_path, b"\xef\xbb\xbf" + text.encode()) == wanted


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("医疗器械网络销售企,企业总数,3", "医疗器械网络销售企业"),
        ("医疗器械网络销售企业,企业数,3", "企业总数"),
        ("医疗器械网络销售企业,企业总数,3.5", "不小于 0 的整数"),
        ("医疗器械网络销售企业,企业总数,-3", "不小于 0 的整数"),
        ("医疗器械网络销售企业,企业总数,", "不小于 0 的整数"),
        ("医疗器械网络销售企业,企业总数,３", "不小于 0 的整数"),
        ("医疗器械网络销售企业,罚没款（万元）,1.555", "最多两位小数"),
        ("医疗器械网络销售企业,罚没款（万元）,1e3", "最多两位小数"),
        ("医疗器械网络销售企业,企业总数", "三格"),
        ("医疗器械网络销售企业,企业总数,3,备注", "三格"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        brought(tmp_path, f"{HEAD}myopia,企业总数,1\n{line}\nmyopia,企业总数,2\n")
    first, second = error.value.problems
    assert first.where.endswith("手工.csv:3")
    assert said in f"{first.message}{first.hint}"
    assert (second.where[-2:], second.message) == (":4", "这一格写了两次")


@pytest.mark.parametrize("text", ["", "row,col,val\n", "行,栏目,数值,x\n"])
def test_a_file_without_its_head_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="第一行"):
        brought(tmp_path, text)


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="GB18030"):
        brought(tmp_path, b"\xff\xff\xff\xff\x00")
    with pytest.raises(InputError, match="过大"):
        brought(tmp_path, b"a" * (hand.MAX_BYTES + 1))
    with pytest.raises(InputError, match="没有这个文件"):
        hand.read(tmp_path / "none.csv", FORM)


def test_what_is_brought_stands_and_what_was_counted_stays_beside_it() -> None:
    found = counted("zhengzhi-2", [lead(1)], [done(1, "03-10", "checked", "talk")])
    cells = checks.filled(
        found.cells, {("online", "checked"): 9, ("online", "enterprises"): 31, ("online", "talks"): 0}
    )
    checked, enterprises = cells["online", "checked"], cells["online", "enterprises"]
    assert (checked.value, checked.counted, checked.leads, checked.hand) == (9, 1, (1,), True)
    assert (enterprises.value, enterprises.counted) == (31, None)
    (fault,) = checks.faults(FORM, cells)
    assert (fault.row, fault.column, fault.leads) == ("online", "talks", (1,))
    assert "小于线索记载的 1" in fault.says


def test_a_subset_is_no_larger_than_its_whole() -> None:
    found = counted("zhengzhi-2", [], [])
    cells = checks.filled(found.cells, {
        ("online", "enterprises"): 30, ("online-myopia", "enterprises"): 31, ("online-epidemic", "enterprises"): 30,
        ("coloured-lenses", "enterprises"): 5, ("online", "money"): Decimal("1.00"), ("online-myopia", "money"): Decimal("1.01"),
    })  # fmt: skip
    faults = {(one.row, one.column): one.says for one in checks.faults(FORM, cells)}
    assert set(faults) == {("online-myopia", "enterprises"), ("online-myopia", "money")}
    assert faults["online-myopia", "enterprises"] == "其中数 31 大于“医疗器械网络销售企业”的 30"


def test_cumulative_figures_do_not_fall() -> None:
    found = counted("zhengzhi-2", [lead(1)], [done(1, "03-10", "checked")])
    before = Earlier(until=date(2026, 4, 30), figures={
        "online": {"checked": "2", "talks": "0", "enterprises": "31", "money": "0.00"}, "gone": {"checked": "9"},
    })  # fmt: skip
    faults = {one.column: (one.says, one.leads) for one in checks.faults(FORM, found.cells, before)}
    assert faults == {
        "checked": ("累计数 1 小于上次（截至 2026-04-30）报的 2", (1,)),
        "enterprises": ("上次（截至 2026-04-30）报过 31，这次没有填", ()),
    }
