"""Drawing: the same again from the seed, blind in its order, each stratum by its size, every page equally likely."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UsageError
from scanner.tuning.quality.drawing import draw, shares
from tests.tuning.quality.making import pages


def test_the_seed_makes_it_again_in_whatever_order_pages_come() -> None:
    every = list(pages(200, 50))
    shuffled = random.Random(3).sample(every, len(every))
    drawn, again = (draw(some, seed="7", clean=20, found=4) for some in (every, shuffled))
    assert drawn.pages == again.pages
    assert drawn.population != again.population  # which is over the pages in the order of their ids
    assert draw(every, seed="8", clean=20, found=4).pages != drawn.pages
    assert [page.item for page in drawn.pages] == list(range(1, 25))
    assert Counter(page.found for page in drawn.pages) == {False: 20, True: 4}
    assert [(one.name, one.clean, one.found) for one in drawn.strata] == [("", 200, 50)]


def test_anybody_can_make_it_again() -> None:
    every = list(pages(30, 5))

    def rank(use: str, listing: str, version: str) -> str:
        return hashlib.sha256(f"7\n{use}\n{listing}\n{version}".encode()).hexdigest()

    drawn = draw(every, seed="7", clean=6, found=2)
    chosen = sorted((p for p in every if not p.found), key=lambda p: rank("draw", p.listing, p.version))[:6]
    chosen += sorted((p for p in every if p.found), key=lambda p: rank("draw", p.listing, p.version))[:2]
    chosen.sort(key=lambda p: rank("order", p.listing, p.version))
    assert [page.listing for page in drawn.pages] == [page.listing for page in chosen]
    lines = "".join(f"{p.listing} {p.version} {'found' if p.found else 'clean'}\n" for p in every)
    assert drawn.population == hashlib.sha256(lines.encode()).hexdigest()


def test_the_place_of_a_page_does_not_tell_what_was_found() -> None:
    places = [
        page.item
        for seed in range(60)
        for page in draw(pages(900, 10), seed=str(seed), clean=20, found=10).pages
        if page.found
    ]
    assert 13.5 < sum(places) / len(places) < 17.5  # 15.5 where they lie anywhere; 5.5 or 25.5 at an end


def test_every_page_is_as_likely() -> None:
    drawn = Counter(
        page.listing for seed in range(400) for page in draw(pages(20), seed=str(seed), clean=5, found=0).pages
    )
    assert len(drawn) == 20
    assert sum((many - 100) ** 2 / 100 for many in drawn.values()) < 43.8  # chi square, 19 degrees, one in a thousand


def test_strata_give_by_their_size() -> None:
    shops = ("big.example",) * 8 + ("small.example",)
    drawn = draw(pages(900, 90, shops=shops), seed="1", clean=18, found=3, stratum=lambda page: page.storefront)
    assert Counter(page.stratum for page in drawn.pages if not page.found) == {"big.example": 16, "small.example": 2}
    assert [(one.name, one.clean, one.found) for one in drawn.strata] == [
        ("big.example", 800, 80),
        ("small.example", 100, 10),
    ]


@given(
    st.dictionaries(st.text("abc", max_size=3), st.integers(1, 500), min_size=1, max_size=8),
    st.integers(8, 600),
)
def test_shares_are_whole_and_never_more_than_there_are(sizes: dict[str, int], many: int) -> None:
    given_ = shares(sizes, many)
    assert sum(given_.values()) == min(many, sum(sizes.values()))
    assert all(1 <= given_[name] <= size for name, size in sizes.items())


def test_all_pages_where_there_are_fewer() -> None:
    drawn = draw(pages(3, 1), seed="1", clean=10, found=5)
    assert len(drawn.pages) == 4


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(UsageError, match="没有可以抽取的页面"):
        draw(pages(0, 4), seed="1", clean=10, found=5)
    with pytest.raises(UsageError, match="分层多于"):
        draw(pages(9, shops=("a", "b", "c")), seed="1", clean=2, found=0, stratum=lambda page: page.storefront)
