"""``qingwang returns`` as people and scripts see it: forms, checks, filing, reports in words, the base register, the calendar."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from scanner import clock
from scanner.casework import filing, unfinished
from scanner.crawl.keep import save
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.leads.gather import gather
from scanner.model import Act
from scanner.rulebook.load import _stray
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.returns.making import done, step
from tests.registry.company.pairs import code
from tests.registry.making import nmpa_csv, write
from tests.schemas import conform
from tests.store.making import SHOP, capture, finding, hours, listing, said, seller

SINCE = ("--from", "2026-01-01")


@pytest.fixture
def named(filled: Home) -> Home:
    filled.config_file.write_text("operator: 甲\nunit: 演示市市场监督管理局\n", encoding="utf-8")
    return filled


@pytest.fixture
def worked(named: Home) -> Home:
    """Lead 1 was checked and fined, as the book has it after casework."""
    measures = ("checked", "rectify", "fine")
    with Book.open(named.book) as book:
        book.decide(done(1, clock.now(), *measures, fine="12050.00", category="医用口罩", to=["police"], unit="360100"))
    return named


def cells(found: dict[str, object]) -> dict[str, object]:
    rows = found["cells"]
    assert isinstance(rows, list)
    return {f"{one['row']}.{one['column']}": one["value"] for one in rows if one["value"]}


def test_what_is_made_in_the_home_of_a_demo_says_so(ask: Ask, worked: Home, tmp_path: Path) -> None:
    worked.journal.unlink(missing_ok=True)
    with Journal.open(worked.journal, mark="演示数据") as journal:
        journal.append("crawl_began", {"crawl": "a"}).result()
    form, monthly = tmp_path / "附件1.xlsx", tmp_path / "月报.docx"
    assert ask("returns", "qingwang-1", *SINCE, "--out", str(form)).code == 0
    assert ask("returns", "monthly", "--out", str(monthly)).code == 0
    sheet = openpyxl.load_workbook(str(form)).active
    assert sheet is not None
    assert str(sheet["A1"].value).startswith("【演示数据】")
    assert Document(str(monthly)).sections[0].header.paragraphs[0].text == "【演示数据】"
    assert ask("leads", "note", "1", "看过").code == 0
    assert {line.data["mark"] for line in Journal.read(worked.journal)} == {"演示数据"}


@pytest.mark.usefixtures("worked")
def test_a_form_says_figures_and_the_leads_behind_them(ask: Ask) -> None:
    said = ask("returns", "qingwang-1", *SINCE, "--json")
    assert said.code == 0, said.err
    conform("returns-form", said.json)
    assert cells(said.json) == {
        "sellers.checked": 1,
        "sellers.rectified": 1,
        "sellers.fines": 1.21,
        "sellers.police": 1,
    }
    assert {tuple(one["leads"]) for one in said.json["cells"] if one["value"]} == {(1,)}
    told = ask("returns", "form", "医疗器械“清网”行动监督检查情况表", *SINCE)
    assert "1.21" in told.out
    assert "不经线索的检查和处罚不在内" in told.out
    second = ask("returns", "zhengzhi-2", *SINCE, "--json").json
    assert cells(second) | {"x": 0} == {
        "online.checked": 1, "online.rectified": 1, "online.money": 1.21, "online.police": 1, "online-epidemic.checked": 1,
        "online-epidemic.rectified": 1, "online-epidemic.money": 1.21, "online-epidemic.police": 1, "x": 0,
    }  # fmt: skip


@pytest.mark.slow
def test_a_seller_of_two_shops_counts_once_when_a_person_says_so_and_twice_when_it_is_taken_back(
    ask: Ask, worked: Home, tmp_path: Path
) -> None:
    with Book.open(worked.book) as book:
        other = listing("演示血糖仪", seller=said("演示乙铺"), shop="b.example")
        claim = finding(other)
        book.save_listing(other, "c9", hours(1))
        book.save_findings([claim], "c9", hours(1))
        (lead,) = book.merge_leads(gather([(claim, other)]), opened=hours(4))
        book.decide(done(lead.number, clock.now(), "rectify"))
        first = book.lead(1)
    out = tmp_path / "附件1.xlsx"

    def figures() -> tuple[int, str]:
        one = ask("returns", "qingwang-1", *SINCE, "--out", str(out), "--json")
        conform("returns-form", one.json)
        (cell,) = (c for c in one.json["cells"] if (c["row"], c["column"]) == ("sellers", "rectified"))
        assert cell["together"] == ([[1, lead.number]] if cell["value"] == 1 else [])
        sheet = openpyxl.load_workbook(str(out)).active
        assert sheet is not None
        return cell["value"], sheet["C5"].comment.text  # type: ignore[index]

    keys = (
        f"{first.storefront}|{first.seller}",
        "b.example|演示乙铺",
    )  # of neither a page was booked that shows who sells
    assert figures() == (2, f"线索 2 条：1、{lead.number}")
    assert ask("sellers", "tell", *keys, "same").code == 0
    assert figures() == (1, f"线索 2 条：1、{lead.number}\n同一企业的几个店铺只计一家：线索 1、{lead.number}")
    assert f"同一企业的几个店铺只计一家：线索 1、{lead.number}" in "".join(
        ask("returns", "qingwang-1", *SINCE).out.split("\n")
    )
    monthly = ask("returns", "monthly", "--month", f"{clock.day(clock.now()):%Y-%m}", "--json")
    (total,) = (one for one in monthly.json["totals"] if one["column"] == "rectified")
    assert (total["value"], total["together"]) == (1, [[1, lead.number]])
    assert ask("sellers", "tell", *keys, "withdrawn").code == 0
    assert figures()[0] == 2


@pytest.fixture
def three(named: Home) -> Home:
    """Three leads: one of a city's county, one of another city, one that nobody has; a list of units."""
    (named.rules / "units.yaml").write_text(
        "units:\n  - {id: nanchang, name: 演示南昌局, level: city, scope: ['360100']}\n"
        "  - {id: east, name: 演示东湖局, level: county, scope: ['360102'], parent: nanchang}\n"
        "  - {id: jiujiang, name: 演示九江局, level: city, scope: ['360400']}\n",
        encoding="utf-8",
    )
    with Book.open(named.book) as book:
        numbers = [1]
        for n, host in enumerate(("b.example", "c.example"), 7):
            other = listing("演示血糖仪", seller=said("演示乙铺"), shop=host)
            claim = finding(other)
            book.save_listing(other, f"c{n}", hours(1))
            book.save_findings([claim], f"c{n}", hours(1))
            numbers += [one.number for one in book.merge_leads(gather([(claim, other)]), opened=hours(4))]
        for number, unit in zip(numbers[:2], ("east", "jiujiang"), strict=True):
            book.decide(step(number, Act.CONFIRM, clock.now(), "confirmed", unit=""))
            book.decide(step(number, Act.ASSIGN, clock.now(), "assigned", unit=unit))
            book.decide(done(number, clock.now(), "checked", "fine", fine=f"{number}0000.00", unit=unit))
        book.decide(step(numbers[2], Act.CONFIRM, clock.now(), "confirmed", unit=""))
    return named


def below(out: Path, row: int) -> list[str]:
    sheet = openpyxl.load_workbook(str(out)).active
    assert sheet is not None
    return [str(cell.value) for (cell,) in sheet.iter_rows(min_row=row, max_col=1) if cell.value]


@pytest.mark.slow
def test_a_form_of_one_unit_has_its_own_and_its_subordinates_figures_and_says_what_it_leaves_out(
    ask: Ask, three: Home, tmp_path: Path
) -> None:
    out, hand = tmp_path / "附件1.xlsx", tmp_path / "手工.csv"
    words = ("returns", "qingwang-1", *SINCE, "--out", str(out))
    whole = ask(*words, "--json").json
    assert (cells(whole), whole["scope"]) == ({"sellers.checked": 2, "sellers.fines": 4.0}, None)
    assert below(out, 5) == [
        "医疗器械网络销售企业",
        "医疗器械网络交易服务第三方平台",
    ]  # nothing is left out, nothing is said
    said = ask(*words, "--unit", "演示南昌局", "--file", "--json")
    assert said.code == 0, said.err
    conform("returns-form", said.json)
    assert cells(said.json) == {"sellers.checked": 1, "sellers.fines": 1.0}
    other = ask("leads", "list", "--unit", "jiujiang", "--json").json["number"]
    assert said.json["scope"] == {
        "unit": "nanchang", "name": "演示南昌局", "below": ["east"], "inside": [], "others": [other], "nobody": [],
    }  # fmt: skip
    lines = below(out, 7)
    assert lines[0].startswith("只计“演示南昌局”（含下级：演示东湖局）办理的线索")
    assert lines[1] == "没有计入：其他单位办理的线索 1 条，没有交办给单位的线索 0 条。"
    assert "单位名称（公章）：演示南昌局" in below(out, 2)
    waiting = ask("returns", "qingwang-2", *SINCE, "--unit", "nanchang", "--json").json
    assert (cells(waiting)["province.received"], len(waiting["scope"]["others"]), len(waiting["scope"]["nobody"])) == (
        1,
        1,
        1,
    )
    hand.write_text(
        "行,栏目,数值,单位\n医疗器械网络销售企业,监督检查企业数,5,演示东湖局\n医疗器械网络销售企业,监督检查企业数,7,九江市市场监督管理局\n",
        encoding="utf-8",
    )
    brought = ask(*words, "--hand", str(hand), "--unit", "nanchang", "--json").json
    assert (cells(brought)["sellers.checked"], brought["hand_left"]) == (5, 1)
    assert below(out, 7)[2] == "手工填报的数字里，其他单位的 1 行没有计入。"
    assert cells(ask(*words, "--hand", str(hand), "--json").json)["sellers.checked"] == 12
    hand.write_text("行,栏目,数值\n医疗器械网络销售企业,监督检查企业数,0\n", encoding="utf-8")
    low = ask(*words, "--hand", str(hand), "--unit", "nanchang")  # of its own lead, and of what it filed before
    assert (low.code, "手工填的 0 小于线索记载的 1" in low.err, "累计数 0 小于上次" in low.err) == (2, True, True)
    lower = ask(*words, "--hand", str(hand), "--unit", "jiujiang")  # which filed nothing
    assert (lower.code, "累计数" in lower.err) == (2, False)
    unknown = ask(*words, "--unit", "演示南昌")
    assert (unknown.code, "演示南昌局" in unknown.err) == (2, True)


@pytest.mark.slow
def test_a_units_filing_is_its_own_in_the_calendar(ask: Ask, three: Home, tmp_path: Path) -> None:
    month = f"{clock.day(clock.now()):%Y-%m}"
    out = tmp_path / "月报.docx"
    said = ask("returns", "monthly", "--month", month, "--unit", "nanchang", "--out", str(out), "--file", "--json")
    assert said.code == 0, said.err
    conform("returns-paper", said.json)
    assert {one["column"]: one["value"] for one in said.json["totals"] if one["value"]} == {"checked": 1, "fines": 1.0}
    assert (said.json["overview"]["states"], list(said.json["overview"]["units"])) == ({"disposed": 1}, ["east"])
    assert (len(said.json["scope"]["others"]), len(said.json["scope"]["nobody"])) == (1, 2)
    text = "\n".join(p.text for p in Document(str(out)).paragraphs)
    assert "填报单位：演示南昌局" in text
    assert "没有计入：其他单位办理的线索 1 条，没有交办给单位的线索 2 条。" in text
    assert [(one.form, one.unit) for one in filing.read(three)] == [("monthly", "nanchang")]
    assert ask("returns", "filed", "plan", "--unit", "演示九江局").code == 0

    def filed(*words: str) -> set[str]:
        rows = ask("returns", "calendar", "--year", f"{clock.day(clock.now()):%Y}", *words, "--json").rows
        return {row["id"] for row in rows if row["state"] in ("filed", "filed_late")}

    assert filed() == set()
    assert filed("--unit", "jiujiang") == {"plan"}


def test_the_base_register_of_one_unit(ask: Ask, three: Home, tmp_path: Path) -> None:
    header = ("企业名称（盖章）", "统一社会信用代码", "网址", "监管单位")
    rows = [
        ("演示丙", "", "c.example", "演示东湖局"), ("演示丁", "", "d.example", "江西省九江市濂溪区"), ("演示戊", code("戊", "360100"), "e.example", ""),
        ("演示己", "", "f.example", "南片"),
    ]  # fmt: skip
    assert ask("registry", "import", "net-sellers", str(write(tmp_path, "台账.csv", nmpa_csv(rows, header)))).code == 0
    out = tmp_path / "底数.xlsx"
    said = ask("returns", "base-register", "--out", str(out), "--unit", "nanchang", "--json")
    assert said.code == 0, said.err
    conform("returns-base-register", said.json)
    assert (said.json["register"], said.json["pages"]) == (2, 0)
    assert said.json["scope"] == {
        "unit": "nanchang",
        "name": "演示南昌局",
        "below": ["east"],
        "inside": [],
        "others": 1,
        "unknown": 2,
    }
    sheet = openpyxl.load_workbook(str(out)).active
    assert sheet is not None
    assert [sheet.cell(row, 2).value for row in (4, 5)] == ["演示丙", "演示戊"]
    assert below(out, 7) == [
        "只列“演示南昌局”（含下级：演示东湖局）辖区的：按台账写明的监管单位、辖区，没有写明的按许可、备案编号和统一社会信用代码。",
        "没有列入：别处的 1 家，看不出辖区的 2 家。",
    ]


@pytest.mark.slow
def test_filing_keeps_the_figures_and_the_next_return_is_held_against_them(
    ask: Ask, worked: Home, tmp_path: Path
) -> None:
    hand = tmp_path / "手工.csv"
    hand.write_text("行,栏目,数值\n医疗器械网络销售企业,监督检查企业数,5\n", encoding="utf-8")
    out = tmp_path / "附件1.xlsx"
    words = ("returns", "qingwang-1", *SINCE, "--out", str(out))
    said = ask(*words, "--hand", str(hand), "--file", "--json")
    assert said.code == 0, said.err
    conform("returns-form", said.json)
    assert said.json["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    (filed,) = filing.read(worked)
    assert (filed.form, filed.who, filed.sha256) == ("qingwang-1", "甲", said.json["sha256"])
    assert filed.figures["sellers"]["checked"] == "5"
    assert filed.figures["sellers"]["fines"] == "1.21"
    sheet = openpyxl.load_workbook(io.BytesIO(out.read_bytes())).active
    assert sheet is not None
    assert sheet["B5"].comment.text == "手工填报；线索记载 1\n线索 1 条：1"  # type: ignore[index]
    before = out.read_bytes()
    fell = ask(*words, "--json")
    assert fell.code == 2
    conform("error", fell.json)
    (problem,) = fell.json["error"]["problems"]
    assert problem["where"] == "医疗器械网络销售企业 × 监督检查企业数"
    assert "累计数 1 小于上次" in problem["message"]
    assert out.read_bytes() == before
    assert "写明理由" in ask(*words, "--anyway").err
    taken = ask(*words, "--anyway", "--note", "上次多报", "--file", "--json")
    assert (taken.code, len(taken.json["faults"])) == (0, 1)
    assert [one.note for one in filing.read(worked)] == ["", "上次多报"]
    assert chain.check(worked.journal) == []
    another = ask("returns", "qingwang-1", "--from", "2026-02-01", "--json")  # another action: nothing to compare with
    assert another.code == 0


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("qingwang-9", *SINCE), "qingwang-2"),
        (("qingwang-1",), "--from"),
        (("qingwang-1", "--from", "2999-01-01"), "早于开始日期"),
        (("qingwang-1", *SINCE, "--to", "2999-01-01"), "还没有到"),
        (("qingwang-1", *SINCE, "--file"), "要写明写到哪里"),
        (("qingwang-1", *SINCE, "--hand", "没有.csv"), "没有这个文件"),
        (("monthly", "--month", "2026-13"), "不是月份"),
        (("monthly", "--month", "2999-01"), "还没有到"),
        (("filed", "action-summary"), "由几份材料组成"),
        (("filed", "plans"), "plan"),
    ],
)
def test_what_cannot_be_is_told(ask: Ask, words: tuple[str, ...], why: str) -> None:
    said = ask("returns", *words)
    assert said.code in (1, 2)
    assert why in said.err


def test_filing_needs_a_name(ask: Ask, filled: Home, tmp_path: Path) -> None:
    said = ask("returns", "qingwang-1", *SINCE, "--out", str(tmp_path / "x.xlsx"), "--file")
    assert (said.code, "谁报送" in said.err) == (2, True)
    assert not (tmp_path / "x.xlsx").exists()


def test_an_office_has_forms_and_products_of_its_own(ask: Ask, worked: Home) -> None:
    folder = worked.rules / "returns"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "id: own\ntitle: 自己的表\ncolumns:\n  - {id: checks, name: 检查, count: times, measures: [checked]}\n"
        "rows:\n  - {id: all, label: [全部]}\n  - {id: masks, label: [口罩], part_of: all, categories: [medical-mask]}\n",
        encoding="utf-8",
    )
    assert cells(ask("returns", "own", *SINCE, "--json").json) == {"all.checks": 1, "masks.checks": 1}
    rows = ask("returns", "list", "--json").rows
    for row in rows:
        conform("returns-list", row)
    assert [row["id"] for row in rows] == ["own", "qingwang-1", "qingwang-2", "zhengzhi-1", "zhengzhi-2"]
    assert _stray("returns/own.yaml") == _stray("calendar.yaml") == ""  # the rulebook knows that others read them
    (folder / "own.yaml").write_text("id: own\n", encoding="utf-8")
    assert "own.yaml:1" in ask("returns", "list").err


def said_new(ask: Ask, month: str) -> int:
    new: int = ask("returns", "monthly", "--month", month, "--json").json["opened"]
    return new


@pytest.mark.slow
def test_reports_in_words(ask: Ask, worked: Home, tmp_path: Path) -> None:
    month = f"{clock.day(clock.now()):%Y-%m}"
    out = tmp_path / "月报.docx"
    said = ask("returns", "monthly", "--month", month, "--out", str(out), "--file", "--json")
    assert said.code == 0, said.err
    conform("returns-paper", said.json)
    assert {one["column"]: one["value"] for one in said.json["totals"] if one["value"]} == {
        "checked": 1, "rectified": 1, "fines": 1.21, "police": 1,
    }  # fmt: skip
    assert [one.form for one in filing.read(worked)] == ["monthly"]
    text = [p.text for p in Document(str(out)).paragraphs]
    assert "填报单位：演示市市场监督管理局　　填报人：甲" in text
    told = tmp_path / "总结.docx"
    said = ask("returns", "summary", *SINCE, "--out", str(told), "--json")
    conform("returns-paper", said.json)
    text = [p.text for p in Document(str(told)).paragraphs]
    assert [line for line in text if line in ("附件1", "附件2") or line.startswith(("医疗器械“清网”行动监督", "网络监测处置"))] == [
        "附件1", "医疗器械“清网”行动监督检查情况表", "附件2", "网络监测处置情况表",
    ]  # fmt: skip
    assert ask("documents", "templates", "monthly", "--copy").code == 0
    own = worked.templates / "letters" / "monthly.docx"
    document = Document(str(own))
    document.add_paragraph("本局另报 {{ total }} 条")
    document.save(str(own))
    assert ask("documents", "templates", "monthly", "--json").json["template"] == str(own)
    assert ask("returns", "monthly", "--month", month, "--out", str(out)).code == 0
    assert Document(str(out)).paragraphs[-1].text == f"本局另报 {said_new(ask, month)} 条"
    document.add_paragraph("{{ totl }}")
    document.save(str(own))
    kept = out.read_bytes()
    for words in (("documents", "templates"), ("returns", "monthly", "--month", month, "--out", str(out))):
        wrong = ask(*words)
        assert (wrong.code, "没有名称 totl" in wrong.err, "是不是 total" in wrong.err) == (2, True, True)
    assert out.read_bytes() == kept
    figures = {row.cells[0].text: row.cells[1].text for table in Document(str(told)).tables for row in table.rows}
    assert (figures["罚款（万元）"], figures["监督检查企业数"]) == ("1.21", "1")


def test_the_base_register_has_the_lists_sellers_and_those_that_only_pages_name(
    ask: Ask, filled: Home, tmp_path: Path
) -> None:
    header = ("企业名称（盖章）", "统一社会信用代码", "网址", "监管单位")
    rows = [("=演示丙", "", "c.example", "东区所"), ("演示丁", "", "d.example", "")]
    assert ask("registry", "import", "net-sellers", str(write(tmp_path, "台账.csv", nmpa_csv(rows, header)))).code == 0
    out = tmp_path / "底数.xlsx"
    said = ask("returns", "base-register", "--out", str(out), "--json")
    assert said.code == 0, said.err
    conform("returns-base-register", said.json)
    assert (said.json["register"], said.json["pages"]) == (2, 1)
    sheet = openpyxl.load_workbook(str(out)).active
    assert sheet is not None
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=6)]
    assert [(line[0], line[1], line[9]) for line in lines] == [
        (1, "=演示丙", "台账"),
        (2, "演示丁", "台账"),
        (3, "演示甲店", "网页"),
    ]
    assert sheet["B4"].data_type == "s"
    again = ask("registry", "import", "net-sellers", "--replace", str(
        write(tmp_path, "台账2.csv", nmpa_csv([("演示甲店", "", "", "")], header))
    ))  # fmt: skip
    assert again.code == 0, again.err
    assert ask("returns", "base-register", "--out", str(out), "--json").json["pages"] == 0


@pytest.mark.slow
def test_the_base_register_has_the_shops_of_one_seller_once(ask: Ask, filled: Home, tmp_path: Path) -> None:
    with Book.open(filled.book) as book:
        for number, (name, host) in enumerate((("演示乙铺", "b.example"), ("演示丙屋", "c.example")), 7):
            save(book, seller(name, shop=host), capture(number, shop=host), (), (), rulebook="")
    header = ("企业名称（盖章）", "统一社会信用代码", "网址", "监管单位")
    assert ask("registry", "import", "net-sellers", str(
        write(tmp_path, "台账.csv", nmpa_csv([("演示丙屋", "", "", "")], header))
    )).code == 0  # fmt: skip
    words = ("returns", "base-register", "--out", str(tmp_path / "底数.xlsx"), "--json")

    def counts() -> tuple[int, int]:
        one = ask(*words).json
        return one["register"], one["pages"]

    assert counts() == (1, 2)  # the list's; 演示甲店 and 演示乙铺
    assert ask("sellers", "tell", f"{SHOP}|演示甲店", "b.example|演示乙铺", "是", "--who", "甲").code == 0
    assert counts() == (1, 1)
    assert ask("sellers", "tell", "b.example|演示乙铺", "c.example|演示丙屋", "是", "--who", "甲").code == 0
    assert counts() == (1, 0)  # all three are the list's 演示丙屋


@pytest.mark.slow
def test_the_calendar_knows_what_was_filed(ask: Ask, named: Home, tmp_path: Path) -> None:
    paper = tmp_path / "方案.docx"
    paper.write_bytes(b"plan")
    year = clock.day(clock.now()).year
    said = ask("returns", "filed", "年度监管工作方案", "--document", str(paper), "--note", "发文", "--json")
    assert said.code == 0, said.err
    conform("returns-filed", said.json)
    assert said.json["sha256"] == hashlib.sha256(b"plan").hexdigest()
    rows = ask("returns", "calendar", "--json").rows
    for row in rows:
        conform("returns-calendar", row)
    assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)
    (plan,) = (row for row in rows if row["id"] == "plan")
    assert plan["due"] == f"{year}-04-25"
    assert plan["state"] in ("filed", "filed_late")
    late = ask("returns", "calendar", "--overdue", "--year", str(year - 1), "--json").rows
    assert {row["state"] for row in late} == {"overdue"}
    assert "报送日历" in ask("returns", "calendar").out


def test_what_was_filed_survives_rebuilding_the_book(ask: Ask, named: Home) -> None:
    assert ask("returns", "filed", "plan").code == 0
    rebuilt = ask("rebuild", "--json")
    assert rebuilt.json["unknown"] == {} or rebuilt.json["unknown"] == []
    assert [one.form for one in filing.read(named)] == ["plan"]


def test_a_return_has_the_steps_that_a_kill_left_in_the_journal_only(ask: Ask, named: Home) -> None:
    before = named.book.read_bytes()
    assert ask("leads", "decide", "1", "属实").code == 0
    for path in named.root.glob("book.db*"):
        path.unlink()
    named.book.write_bytes(before)  # the step is in the journal only
    unread = ask("returns", "qingwang-2", *SINCE, "--json").json
    assert cells(unread) == {}
    (named.root / unfinished.NAME).write_text('{"journal": 0}', encoding="ascii")
    assert cells(ask("returns", "qingwang-2", *SINCE, "--json").json) == {"province.received": 1}
    assert not (named.root / unfinished.NAME).exists()


def test_a_filed_line_is_flat_and_whole(ask: Ask, named: Home) -> None:
    assert ask("returns", "filed", "plan", "--about", "2026-04-20").code == 0
    (line,) = (
        json.loads(line) for line in named.journal.read_text(encoding="utf-8").splitlines() if "return_filed" in line
    )
    assert {key: line[key] for key in ("form", "since", "until", "who", "note", "sha256", "figures")} == {
        "form": "plan", "since": "2026-04-20", "until": "2026-04-20", "who": "甲", "note": "", "sha256": "", "figures": {},
    }  # fmt: skip
