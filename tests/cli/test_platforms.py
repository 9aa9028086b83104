"""``qingwang platforms scorecard``: what people read, what scripts get, a workbook whose cells cannot run."""

from __future__ import annotations

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
