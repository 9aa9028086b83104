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
from scanner.home import Home
from scanner.leads.gather import gather
from scanner.rulebook.load import _stray
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.returns.making import done
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
    heads = [p.text for p in Document(str(told)).paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert [head.split("、")[1] for head in heads[:6]] == [
        "“清网”行动方案制定情况", "监督检查情况", "违法违规行为查处情况", "相关机制建立情况", "存在的问题", "下一步工作建议",
    ]  # fmt: skip
    assert heads[6:] == ["附件1　医疗器械“清网”行动监督检查情况表", "附件2　网络监测处置情况表"]
    figures = {row.cells[0].text: row.cells[1].text for table in Document(str(told)).tables for row in table.rows}
    assert (figures["罚款（万元）"], figures["监督检查企业数"]) == ("1.21", "1")


def test_the_base_register_has_the_lists_sellers_and_those_that_only_pages_name(
    ask: Ask, filled: Home, tmp_path: Path
) -> None:
    header = ("企业名称（盖章）", "统一社会信用代码", "网址", "监管单位")
    rows = [("=演示丙", "", "c.example", "东区所"), ("演示丁", "", "d.example", "")]
    assert ask("registry", "import", "net-sellers", str(write(tmp_path, "台账.csv", nmpa_csv(rows, header)))).code == 0
    out = tmp_path / "底数.xlsx"
    said = ask("returns", "base-register", "--out", str(out), "--unit", "演示局", "--json")
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
