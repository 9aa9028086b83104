"""A home with a small book in it, for the commands that read the book."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanner.home import Home
from scanner.leads.gather import gather
from scanner.model import Attribute, Matter, Number, NumberSeen, Outcome, SecondLook, Severity, Standing, Verdict
from scanner.store.book import Book
from tests.store.making import capture, finding, hours, listing, said, seller, standing

NUMBER = Number(
    type="device_reg", number="演械注准20992070001", raw="演械注准20992070001号", start=0, end=15, valid=True,
    parts=(("class", "2"),),
)  # fmt: skip


def fill(root: Path) -> Home:
    """Two listings of one seller, its licence page, three findings in two leads, five captures of three outcomes."""
    home = Home(root)
    home.make()
    mask = _with_number(listing("演示口罩\x1b[31m", seller=said("演示甲店")))
    gauge, licence = listing("演示血压计", seller=said("演示甲店")), seller("演示甲店")
    with Book.open(home.book) as book:
        for number, outcome in ((1, "read"), (2, "read"), (3, "read"), (4, "blocked"), (5, "login")):
            book.save_capture(capture(number), Outcome(outcome), "crawl-1")
        book.save_listing(mask, capture(1).id, hours(1))
        book.save_listing(gauge, capture(2).id, hours(2))
        book.save_seller(licence, capture(3).id, hours(3))
        cure = finding(mask)
        lapsed = finding(
            mask, "registration-lapsed", kind=Matter.REGISTRATION, verdict=Verdict.SUSPECT, severity=Severity.CRITICAL,
            quote="演械注准20992070001", standing=standing(Standing.LAPSED),
        )  # fmt: skip
        best = finding(gauge, "claim-best", quote="最好", severity=Severity.LOW)
        book.save_findings([cure, lapsed], capture(1).id, hours(1))
        book.save_findings([best], capture(2).id, hours(2))
        book.set_second_look(cure.id, SecondLook.CONFIRMED, capture(3).id)
        book.merge_leads(gather([(cure, mask), (lapsed, mask), (best, gauge)]), opened=hours(4))
    return home


def _with_number(one: Any) -> Any:
    return replace(
        one, numbers=(NumberSeen(field="attribute:注册证号", number=NUMBER),),
        attributes=(Attribute(name="注册证号", value="演械注准20992070001号", source="table"),),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a command of this process printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self) -> Any:
        (row,) = self.rows
        return row


Ask = Callable[..., Said]
