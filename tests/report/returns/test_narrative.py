from __future__ import annotations

import io
from datetime import UTC, date, datetime

from docx import Document

from scanner.leads.returns import figures
from scanner.leads.returns.overview import TOTALS, overview
from scanner.model import Act, LeadSource
from scanner.report.returns.narrative import Told, monthly, summary
from tests.leads.returns.making import FORMS, SPRING, counted, done, lead, step, tags

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


def test_the_monthly_report_tells_figures_and_leaves_blanks() -> None:
    data = monthly(told())
    text = [p.text for p in Document(io.BytesIO(data)).paragraphs]
    assert text[0] == "2026年3月网络销售监测工作月报"
    assert any("舆情监测 1 条，投诉举报 0 条" in line for line in text)
    assert sum("（由填报单位填写）" in line for line in text) >= 4
    found = rows(data)
    assert ["单位360100", "1", "0", "0", "0", "1", "1"] in found
    assert ["约谈企业数", "1", "1"] in found
    assert ["罚款（万元）", "5.00", "1"] in found
    assert any("超期没有反馈的线索 1 条：1。" in line for line in text)


def test_the_summary_has_the_forms_on_their_side() -> None:
    found = rows(summary(told()))
    assert ["项目", "医疗器械网络销售企业", "医疗器械网络交易服务第三方平台"] in found
    assert ["行政处罚情况：罚款（万元）", "5.00", "0.00"] in found


def test_the_same_figures_give_the_same_bytes_and_a_rehearsal_says_so() -> None:
    assert monthly(told()) == monthly(told())
    document = Document(io.BytesIO(summary(told("演练"))))
    assert document.sections[0].header.paragraphs[0].text == "演练"
