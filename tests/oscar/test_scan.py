"""A shop that is not ours: ``scan`` finds every product of a django-oscar shop exactly once, with what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oscar.conftest import OscarShop
from tests.running import qingwang

pytestmark = pytest.mark.oscar


@pytest.mark.parametrize("start", ["/", "/catalogue/"])
def test_every_product_once_with_all_it_says(start: str, oscar_shop: OscarShop, tmp_path: Path) -> None:
    done = qingwang(
        tmp_path, "scan", oscar_shop.base_url + start, "--json", "--render", "never", "--allow-private", "127.0.0.1"
    )
    assert done.code == 0, done.err
    assert (done.json["state"], done.json["listings"]) == ("complete", len(oscar_shop.listings))
    rows = {row["title"]["text"]: row for row in qingwang(tmp_path, "listings", "list", "--json").rows}
    assert sorted(rows) == sorted(listing.title for listing in oscar_shop.listings)
    for listing in oscar_shop.listings:
        row = rows[listing.title]
        assert row["price"]["text"].removeprefix("GBP ") == listing.price
        assert {a["name"]: a["value"] for a in row["attributes"]}.items() >= dict(listing.attributes).items()
        assert {seen["number"]["number"] for seen in row["numbers"]} >= ({listing.number} if listing.number else set())
