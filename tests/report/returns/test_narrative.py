from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document

from scanner.errors import ConfigError
from scanner.leads.returns import figures
from scanner.leads.returns.overview import TOTALS, overview
from scanner.model import Act, LeadSource
from scanner.report import filling, office
from scanner.report.editable import EDITABLE
from scanner.report.returns import facts
from scanner.report.returns.narrative import Name, Told, written
from tests.leads.returns.making import FORMS, SPRING, counted, done, lead, step, tags

NAMES: tuple[Name, ...] = ("monthly", "summary")
LEADS = [lead(1, "演示甲\x00店\u202e"), lead(2, source=LeadSource.OPINION)]
STEPS = [
    step(1, Act.CONFIRM, "03-04", "confirmed"), step(1, Act.ASSIGN, "03-05", "assigned", unit="360100"),
    step(1, Act.RECEIVE, "03-06", "received", due=date(2026, 4, 25)), done(1, "03-20", "talk", "fine", fine="50000.00", unit="360100"),
]  # fmt: skip


def told(mark: str = "") -> Told:
    return Told(
        period=SPRING, unit="演示局=1", person="", overview=overview(LEADS, STEPS, SPRING),
        totals=figures.count(TOTALS, LEADS, STEPS, SPRING, tags()), made=datetime(2026, 6, 1, tzinfo=UTC), mark=mark,
        unit_name=lambda unit: f"单位{unit}", forms=[(FORMS["qingwang-1"], counted("qingwang-1", LEADS, STEPS).cells)],
    )  # fmt: skip


def rows(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in Document(io.BytesIO(data)).tables for row in table.rows]


def lines(data: bytes) -> list[str]:
    return [p.text for p in Document(io.BytesIO(data)).paragraphs if p.text]


def test_the_monthly_report_tells_figures_and_leaves_blanks() -> None:
    data = written("monthly", told())
    text = lines(data)
    assert text[0] == "2026年3月网络销售监测工作月报"
    assert "填报单位：演示局=1　　填报人：（由填报单位填写）" in text
    assert any("舆情监测 1 条，投诉举报 0 条" in line for line in text)
    assert sum("（由填报单位填写）" in line for line in text) >= 4
    assert [line for line in text if line[1] == "、"] == [
        "一、线索情况", "二、办理情况", "三、案件和处置情况", "四、投诉举报和舆情监测", "五、问题和下一步打算",
    ]  # fmt: skip
    found = rows(data)
    assert ["单位360100", "1", "0", "0", "0", "1", "1"] in found
    assert ["约谈企业数", "1", "1"] in found
    assert ["罚款（万元）", "5.00", "1"] in found
    assert any("超期没有反馈的线索 1 条：1。" in line for line in text)
    assert not any("{" in line for line in (*text, *(cell for row in found for cell in row)))


def test_a_month_in_which_nothing_happened_has_sentences_and_no_empty_tables() -> None:
    empty = Told(
        period=SPRING, unit="", person="", overview=overview([], [], SPRING), totals=figures.count(TOTALS, [], [], SPRING, tags()),
        made=datetime(2026, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    data = written("monthly", empty)
    assert rows(data) == []
    for line in (
        "本期没有办理。",
        "本期没有交办给单位的线索。",
        "本期线索没有处置记录。",
        "期末没有超期未反馈的线索。",
        "期末全部线索的状态：没有线索。",
    ):
        assert line in lines(data), line
    assert not any(line.startswith("附件") for line in lines(written("summary", empty)))


def test_the_summary_has_the_prescribed_sections_and_the_forms_on_their_side() -> None:
    data = written("summary", told())
    found = rows(data)
    assert [line for line in lines(data) if line[1] == "、"] == [
        "一、“清网”行动方案制定情况", "二、监督检查情况", "三、违法违规行为查处情况", "四、相关机制建立情况", "五、存在的问题", "六、下一步工作建议",
    ]  # fmt: skip
    assert ["项目", "医疗器械网络销售企业", "医疗器械网络交易服务第三方平台"] in found
    assert ["行政处罚情况：罚款（万元）", "5.00", "0.00"] in found
    one = [line for line in lines(data) if line.startswith("附件") or "情况表" in line]
    assert one == ["附件1", "医疗器械“清网”行动监督检查情况表"]


def test_leads_counted_as_one_enterprise_and_what_a_unit_leaves_out_are_told() -> None:
    shops = [lead(n, "演示甲医疗器械有限公司", f"{n}.example") for n in (1, 2, 3)]
    steps = [done(n, "03-20", "talk") for n in (1, 2, 3)]
    given = replace(
        told(), totals=figures.count(TOTALS, shops, steps, SPRING, tags()), remarks=["只计甲局", "没有计入：3 条"]
    )
    assert ["约谈企业数", "1", "1, 2, 3\n同一企业的几个店铺只计一家：1, 2, 3"] in rows(written("monthly", given))
    for name in NAMES:
        text = lines(written(name, given))
        assert text.index("没有计入：3 条") == text.index("只计甲局") + 1


def test_hostile_words_stay_words() -> None:
    evil = "<w:p>{{ 7*7 }}{% for x in y %}{_{ 1 }_}]]>&amp;"
    data = written("monthly", replace(told(), unit=evil, person=evil, unit_name=lambda unit: evil))
    assert f"填报单位：{evil}　　填报人：{evil}" in lines(data)
    assert any(row[0] == evil for row in rows(data))
    office.checked(data, "made")


def test_the_same_figures_give_the_same_bytes_and_a_rehearsal_says_so() -> None:
    assert written("monthly", told()) == written("monthly", told())
    document = Document(io.BytesIO(written("summary", told("演练"))))
    assert document.sections[0].header.paragraphs[0].text == "【演练】"


# --- templates ---------------------------------------------------------------------------------------------------


def test_our_templates_use_only_names_that_there_are_and_rows_have_the_columns_that_are_told() -> None:
    known = {name: columns for name, (_, columns) in facts.NAMES.items()}
    for name in NAMES:
        ours = EDITABLE[name].in_force()
        assert (ours.own, filling.faults(ours, known)) == (False, [])
        office.checked(ours.data, "ours")
    names = facts.names(replace(told(), dues=(), remarks=("x",)))
    for name, columns in filling.vocabulary(names).items():
        assert columns == known[name] or not names[name], name


def test_an_office_words_its_own_and_is_told_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    document = Document(io.BytesIO(EDITABLE["monthly"].ours()))
    document.add_paragraph("本局另报：{{ total }} 条，{{ unit }}")
    document.save(str(tmp_path / "letters" / "monthly.docx"))
    assert lines(written("monthly", told(), tmp_path))[-1] == "本局另报：2 条，演示局=1"
    assert "本局另报" not in lines(written("summary", told(), tmp_path))[-1]
    document.add_paragraph("{{ totl }}")
    document.add_paragraph("{%p for u in units %}")
    document.add_paragraph("{{ u.asigned }}")
    document.add_paragraph("{%p endfor %}")
    document.save(str(tmp_path / "letters" / "monthly.docx"))
    with pytest.raises(ConfigError) as refused:
        written("monthly", told(), tmp_path)
    assert {problem.hint for problem in refused.value.problems} == {"是不是 total？", "是不是 assigned？"}
