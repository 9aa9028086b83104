"""``qingwang platforms scorecard`` and ``file``: what people read, what scripts get, a workbook whose cells cannot run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl

from scanner.home import Home
from scanner.model import Act
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.dossier.making import at, goods, keep, lead, shop_page, step
from tests.schemas import conform
from tests.store.making import SHOP, finding

PERIOD = ("--from", "2026-11-01", "--to", "2026-11-30")


def test_scorecard(ask: Ask, filled: Home) -> None:
    done = ask("platforms", "scorecard", *PERIOD, "--json")
    assert done.code == 0
    conform("platforms-scorecard", done.json)
    (card,) = done.json["cards"]
    assert (card["hosts"], card["now"]["listings"], card["now"]["shops"]) == ([SHOP], 2, 1)
    assert (done.json["start"], done.json["end"]) == ("2026-10-31T16:00:00.000Z", "2026-11-30T16:00:00.000Z")
    assert done.json["earlier"] == "2026-10-01T16:00:00.000Z"  # thirty days before
    said = ask("platforms", "scorecard", *PERIOD).out
    assert ("商品页" in said, "上期" in said, "\x1b" in said) == (True, True, False)
    assert "没有看过任何平台" in ask("platforms", "scorecard", "--from", "2020-01-01", "--to", "2020-02-01").out


def test_a_workbook_that_cannot_run(ask: Ask, filled: Home, tmp_path: Path) -> None:
    with Book.open(filled.book) as book:
        bad = shop_page("店铺", name='=HYPERLINK("http://x","y")', shop="=cmd|' /c calc'!a1.example")
        keep(book, bad, at(2026, 3, 1))
        item = goods("演示口罩", name='=HYPERLINK("http://x","y")', shop=bad.storefront)
        keep(book, item, at(2026, 11, 2))
        step(book, lead(book, [finding(item)], item, at(2026, 11, 3)), Act.CONFIRM, "confirmed", at(2026, 11, 4))
    out = tmp_path / "记分.xlsx"
    assert ask("platforms", "scorecard", *PERIOD, "--out", str(out)).code == 0
    sheets = openpyxl.load_workbook(out)
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}  # no "f"
    begun = [cell for cell in cells if str(cell.value)[:1] in "=+-@"]
    assert begun
    assert all(cell.quotePrefix for cell in begun)
    assert any("=hyperlink" in str(cell.value) for cell in sheets["半年没有再看的"]["B"])
    rows = [row for row in sheets["平台记分"].iter_rows(min_row=6, values_only=True) if row[1] == SHOP]
    told = {row[2]: row[3:5] for row in rows}
    assert (told["商品页"], told["经营者"], told["查实的商品页"]) == ((2, 0), (1, 0), (0, 0))


def test_wrong_asking(ask: Ask, filled: Home, tmp_path: Path) -> None:
    for wrong in (
        ("--from", "2026-02-01", "--to", "2026-01-01"),
        ("--from", "2999-01-01"),
        ("--out", str(tmp_path / "x.txt")),
    ):
        done = ask("platforms", "scorecard", *wrong, "--json")
        assert done.code == 2
        conform("error", done.json)


def test_the_file_of_a_platform(ask: Ask, filled: Home) -> None:
    page = shop_page("(京)网械平台备字(2018)第90001号 粤穗食药监械经营许20219001", shop="shop1.taobao.com")
    one = goods("演示口罩", name="演示丁铺", shop="shop1.taobao.com")
    other = goods("演示绷带", name="演示戊铺", shop="world.taobao.com")
    elsewhere = goods("演示棉签", name="演示己铺", shop="b.example")
    with Book.open(filled.book) as book:
        for subject, day in ((page, 1), (one, 2), (other, 3), (elsewhere, 4)):
            keep(book, subject, at(2026, 11, day))
        confirmed = lead(book, [finding(one)], one, at(2026, 11, 5))
        step(book, confirmed, Act.CONFIRM, "confirmed", at(2026, 11, 6))
        dismissed = lead(book, [finding(other)], other, at(2026, 11, 7))
        step(book, dismissed, Act.DISMISS, "dismissed", at(2026, 11, 8))
        lead(book, [finding(elsewhere)], elsewhere, at(2026, 11, 9))
    by_id = ask("platforms", "file", "taobao", "--json")
    assert by_id.code == 0, by_id.err
    conform("platforms-file", by_id.json)
    found = by_id.json["file"]
    assert found["platform"]["id"] == "taobao"
    assert [tuple(host) for host in found["platform"]["hosts"]] == [
        ("shop1.taobao.com", 1, 2),
        ("world.taobao.com", 1, 1),
    ]
    (own,) = found["credentials"]  # the shop's licence is the shop's
    assert (own["type"], own["number"], own["shown"]) == ("platform_filing", "(京)网械平台备字(2018)第90001", "shown")
    assert [(shop["leads"], shop["live"], shop["confirmed"]) for shop in found["shops"]] == [(1, 1, 1), (1, 0, 0)]
    assert [one["lead"] for one in found["leads"]] == [dismissed, confirmed]
    assert (found["overdue"], found["card"]["now"]["listings"]) == ([], 2)
    for asked in ("淘宝", "shop1.taobao.com"):
        assert ask("platforms", "file", asked, "--json").json["file"]["platform"]["id"] == "taobao"
    said = ask("platforms", "file", "taobao").out
    assert all(word in said for word in ("平台档案：淘宝", "网械平台备字", "有线索的店铺（2 个）", "演示丁铺", "记分"))
    assert "演示己铺" not in said
    own_site = ask("platforms", "file", "b.example", "--json").json["file"]
    assert [one["lead"] for one in own_site["leads"]] == [dismissed + 1]


def test_a_platform_of_which_nothing_was_seen_and_one_that_is_none(ask: Ask, filled: Home) -> None:
    unseen = ask("platforms", "file", "京东", "--json")
    assert unseen.code == 0
    conform("platforms-file", unseen.json)
    assert (unseen.json["file"]["platform"]["hosts"], unseen.json["file"]["card"]) == ([], None)
    assert "没有见到过这个平台的网页" in ask("platforms", "file", "京东").out
    wrong = ask("platforms", "file", "taoba", "--json")
    assert wrong.code == 2
    conform("error", wrong.json)
    assert "taobao" in wrong.json["error"]["hint"]


def test_what_is_late_on_a_platform(ask: Ask, filled: Home) -> None:
    item = goods("演示口罩", name="演示丁铺", shop="shop1.taobao.com")
    with Book.open(filled.book) as book:
        keep(book, item, at(2026, 1, 2))
        number = lead(book, [finding(item)], item, at(2026, 1, 3))
        step(book, number, Act.ASSIGN, "assigned", at(2026, 1, 4), unit="360100")
        step(book, number, Act.RECEIVE, "received", at(2026, 1, 5), due=date(2026, 2, 24))
    assert ask("platforms", "file", "taobao", "--json").json["file"]["overdue"] == [number]
    assert f"超期没有结果的 1 条：{number}" in ask("platforms", "file", "taobao").out
