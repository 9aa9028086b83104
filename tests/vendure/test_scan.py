"""A shop that is not ours and shows no page: ``scan`` asks a Vendure shop's GraphQL and reads every product exactly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from scanner.model import Listing as Read
from scanner.store.book import Book
from tests.running import Done, qingwang
from tests.vendure.conftest import VendureShop
from tests.vendure.listings import LISTINGS, SELLER, Listing
from tests.warcs import records

pytestmark = pytest.mark.vendure


def scan(home: Path, url: str, *more: str) -> Done:
    return qingwang(home, "scan", url, "--json", "--render", "never", "--allow-private", "127.0.0.1", *more)


def stored(home: Path) -> list[dict[str, Any]]:
    """What every listing was read as."""
    with Book.open(Home(home).book) as book:
        return in_order(read(row.subject) for row in book.stored(Read))


def read(row: Read) -> dict[str, Any]:
    return {
        "title": row.title.text,
        "price": row.price.text,
        "description": row.description.text,
        "attributes": {a.name: a.value for a in row.attributes},
        "numbers": {seen.number.number for seen in row.numbers},
        "pictures": row.pictures,
        "seller": row.seller.text,
        "breadcrumbs": row.breadcrumbs,
    }


def said(listing: Listing) -> dict[str, Any]:
    """What a listing must have been read as."""
    return {
        "title": listing.title,
        "price": listing.price,
        "description": listing.description,
        "attributes": listing.shown,
        "numbers": {listing.number} if listing.number else set(),
        "pictures": (listing.picture,),
        "seller": SELLER,
        "breadcrumbs": (listing.category,),
    }


def in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row["title"]))


WANTED = in_order(map(said, LISTINGS))


@pytest.mark.parametrize("behind", ["", "/"])
def test_every_product_once_with_all_it_says(behind: str, vendure_shop: VendureShop, tmp_path: Path) -> None:
    done = scan(tmp_path, vendure_shop.url + behind)
    assert done.code == 0, done.err
    assert (done.json["state"], done.json["listings"]) == ("complete", len(LISTINGS))
    assert stored(tmp_path) == WANTED
    captures = qingwang(tmp_path, "captures", "list", "--json").rows
    assert sorted(row["outcome"] for row in captures) == ["not_a_product"] * 3 + ["read"] * len(LISTINGS)


def test_words_find_what_is_called_so(vendure_shop: VendureShop, tmp_path: Path) -> None:
    done = scan(tmp_path, vendure_shop.url, "--words", "口罩")
    mine = [said(listing) for listing in LISTINGS if "口罩" in listing.title]
    assert (done.code, done.json["state"], len(mine)) == (0, "complete", 3)
    assert stored(tmp_path) == in_order(mine)


def test_a_budget_spent_is_no_whole_shop(vendure_shop: VendureShop, tmp_path: Path) -> None:
    done = scan(tmp_path, vendure_shop.url, "--pages", "15")
    assert (done.code, done.json["state"]) == (3, "incomplete")
    assert done.json["listings"] < len(LISTINGS)


def test_what_was_recorded_is_read_like_what_was_scanned(vendure_shop: VendureShop, tmp_path: Path) -> None:
    """The question is in the request's body, which a recording keeps."""
    scan(tmp_path / "one", vendure_shop.url)
    (recording,) = (tmp_path / "one").rglob("*.warc.gz")
    done = qingwang(tmp_path / "other", "import", str(recording), "--json")
    assert done.code == 0, done.err
    assert stored(tmp_path / "other") == WANTED


def test_nothing_is_asked_but_what_is_sold(vendure_shop: VendureShop, tmp_path: Path) -> None:
    """GraphQL changes the shop under the same address: only questions go out, and only about goods and who sells them."""
    scan(tmp_path, vendure_shop.url)
    sent = [record.block.partition(b"\r\n\r\n")[2] for record in records(Home(tmp_path)) if record.type == "request"]
    questions = Counter(json.loads(body)["query"] for body in sent if body)
    assert sorted(questions.values()) == [3, len(LISTINGS)]
    assert all(question.startswith("query (") and "mutation" not in question for question in questions)
