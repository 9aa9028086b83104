"""The one word that follows from what a crawl saw."""

from __future__ import annotations

import pytest

from scanner.crawl.tally import Tally
from scanner.model import Outcome


@pytest.mark.parametrize(
    ("read", "listings", "shut", "state"),
    [
        (0, 0, 1, "blocked"),
        (1, 0, 10, "blocked"),  # the front page says who sells, every product is behind a slider
        (1, 0, 1, "complete"),  # a seller's page, and a login beside it
        (5, 5, 0, "complete"),
        (5, 4, 9, "complete"),  # what so many shut doors mean for it is said by its health
        (0, 0, 0, "incomplete"),
    ],
)
def test_blocked_means_that_no_product_was_read_because_doors_were_shut(
    read: int, listings: int, shut: int, state: str
) -> None:
    tally = Tally(listings={str(number) for number in range(listings)})
    for outcome, number in ((Outcome.READ, read), (Outcome.CAPTCHA, shut)):
        for _ in range(number):
            tally.count(outcome)
    assert tally.state() == state


def test_a_page_lost_makes_it_incomplete() -> None:
    tally = Tally(listings={"1"})
    tally.count(Outcome.READ)
    tally.lose("https://shop.example/2", Outcome.ERROR, "超时")
    assert tally.state() == "incomplete"
