"""listings, captures, sellers: what was read and sealed, for people and for machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.home import Home
from scanner.model import Outcome
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.schemas import conform
from tests.store.making import capture, listing, said, seller

MASK, GAUGE = listing("演示口罩\x1b[31m", seller=said("演示甲店")), listing("演示血压计", seller=said("演示甲店"))


@pytest.mark.usefixtures("filled")
class TestListings:
    def test_list(self, ask: Ask) -> None:
        done = ask("listings", "list", "--json")
        assert (done.code, done.err) == (0, "")
        for row in done.rows:
            conform("listings-list", row)
        assert [row["id"] for row in done.rows] == [MASK.id, GAUGE.id]
        assert done.rows[0]["title"] == {"state": "seen", "text": "演示口罩\x1b[31m", "source": "test"}
        assert done.rows[0]["numbers"][0]["number"]["number"] == "演械注准20992070001"
        assert (done.rows[0]["first_seen"], done.rows[0]["sightings"]) == ("2026-11-22T04:04:05.678Z", 1)

    def test_filters(self, ask: Ask) -> None:
        assert len(ask("listings", "list", "--json", "--limit", "1").rows) == 1
        assert ask("listings", "list", "--json", "--storefront", "other.example").rows == []

    def test_show(self, ask: Ask) -> None:
        done = ask("listings", "show", MASK.id[:8], "--json")
        conform("listings-show", done.json)
        assert done.json["listing"]["id"] == MASK.id
        assert [s["capture"] for s in done.json["sightings"]] == [capture(1).id]
        assert {p["finding"]["rule"] for p in done.json["findings"]} == {"claim-cure-rate", "registration-lapsed"}
        confirmed = next(p for p in done.json["findings"] if p["finding"]["rule"] == "claim-cure-rate")
        assert (confirmed["second_look"], confirmed["second_capture"]) == ("confirmed", capture(3).id)

    def test_people_read_chinese_and_no_escapes(self, ask: Ask) -> None:
        for arguments in (("listings", "list"), ("listings", "show", MASK.id)):
            done = ask(*arguments)
            assert done.code == 0
            assert "演示甲店" in done.out
            assert "\x1b" not in done.out
        assert "演械注准20992070001" in done.out
        assert "复核一致" in done.out


@pytest.mark.usefixtures("filled")
class TestCaptures:
    def test_list(self, ask: Ask) -> None:
        done = ask("captures", "list", "--json")
        for row in done.rows:
            conform("captures-list", row)
        assert [(row["id"], row["outcome"]) for row in done.rows] == [
            (capture(n).id, outcome) for n, outcome in enumerate(["read", "read", "read", "blocked", "login"], start=1)
        ]

    @pytest.mark.parametrize("word", ["blocked", "被网站拦截"])
    def test_of_one_outcome(self, ask: Ask, word: str) -> None:
        assert [row["id"] for row in ask("captures", "list", "--json", "--outcome", word).rows] == [capture(4).id]

    def test_an_unknown_outcome_is_told_the_known_ones(self, ask: Ask) -> None:
        done = ask("captures", "list", "--outcome", "gone")
        assert done.code == 2
        assert "captcha" in done.err

    def test_of_one_crawl(self, ask: Ask) -> None:
        assert len(ask("captures", "list", "--json", "--crawl", "crawl-1").rows) == 5
        assert ask("captures", "list", "--json", "--crawl", "crawl-2").rows == []

    def test_show(self, ask: Ask) -> None:
        done = ask("captures", "show", capture(4).id, "--json")
        conform("captures-show", done.json)
        assert done.json["capture"]["records"][0]["sm3"] == "cd" * 32
        assert (done.json["outcome"], done.json["crawl"]) == ("blocked", "crawl-1")
        assert "被网站拦截" in ask("captures", "show", capture(4).id).out


@pytest.mark.usefixtures("filled")
class TestSellers:
    def test_list_and_show(self, ask: Ask) -> None:
        (row,) = ask("sellers", "list", "--json").rows
        conform("sellers-list", row)
        assert row["id"] == seller("演示甲店").id
        done = ask("sellers", "show", row["id"][:6], "--json")
        conform("sellers-show", done.json)
        assert done.json["seller"]["name"]["text"] == "演示甲店"
        for arguments in (("sellers", "list"), ("sellers", "show", row["id"])):
            assert "资质页" in ask(*arguments).out


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("noun", ["listings", "captures", "sellers"])
def test_an_unknown_id(ask: Ask, noun: str) -> None:
    done = ask(noun, "show", "zzzz", "--json")
    assert done.code == 2
    conform("error", done.json)
    assert done.json["error"]["kind"] == "usage"


def test_a_beginning_that_fits_several(ask: Ask, filled: Home) -> None:
    with Book.open(filled.book) as book:
        for number in range(40):  # of forty ids in hexadecimal some begin alike
            book.save_capture(capture(number), Outcome.READ)
        beginning = next(c for c in "0123456789abcdef" if len(book.ids("capture", c)) > 1)
    done = ask("captures", "show", beginning)
    assert done.code == 2
    assert "有多个" in done.err


def test_a_home_without_a_book_is_not_an_empty_one(ask: Ask, tmp_path: Path) -> None:
    for noun in ("listings", "captures", "sellers", "leads"):
        done = ask(noun, "list", "--json")
        assert done.code == 2
        conform("error", done.json)
        assert done.json["error"]["where"] == str(tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_damaged_book_is_an_error_with_a_way_out(ask: Ask, filled: Home) -> None:
    filled.book.write_bytes(b"rubbish" * 1000)
    done = ask("listings", "list", "--json")
    assert done.code == 1
    conform("error", done.json)
    assert done.json["error"] == {
        "kind": "store", "message": "这不是清网的数据库，或者已损坏", "where": str(filled.book),
        "hint": "先备份整个数据目录；封存的网页和日志不在这个文件里",
    }  # fmt: skip
