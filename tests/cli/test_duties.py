"""What listings show and sellers show say of duties: the whole list, for people and for machines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanner.home import Home
from scanner.model import Outcome
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.schemas import conform
from tests.store.making import SHOP, capture, hours, listing, said, seller

GAUGE = listing("演示血压计", seller=said("演示甲店"))
FRONT = replace(
    seller("演示甲店", page="home"),
    text=said("家用制氧机 899元\n医用雾化器 199元\n客服电话 400-000-0000"),
    links=((f"https://{SHOP}/page/7", "营业执照"), (f"https://{SHOP}/page/8", "经营许可证"), ("https://other.example/zz", "证照")),
)  # fmt: skip


@pytest.mark.usefixtures("filled")
class TestListing:
    def test_for_machines(self, ask: Ask) -> None:
        done = ask("listings", "show", GAUGE.id, "--json").json
        conform("listings-show", done)
        answers = {answer["duty"]: answer for answer in done["duties"]}
        number = answers["registration-number-shown"]
        assert (number["state"], number["unchecked"]) == ("not_seen", ["商品详情没有取到"])
        assert {law["law"] for law in number["basis"]} >= {"医疗器械网络销售质量管理规范"}
        assert "contact-lens-fitting-warning" not in answers

    def test_for_people(self, ask: Ask) -> None:
        out = "".join(ask("listings", "show", GAUGE.id).out.split())
        assert "展示义务" in out
        assert "未取到" in out
        assert "商品详情没有取到" in out


@pytest.fixture
def with_front(filled: Home) -> Home:
    """A shop's front page with three links: one whose page is there, one whose page is gone, one never asked for."""
    with Book.open(filled.book) as book:
        book.save_seller(FRONT, capture(3).id, hours(3))
        book.save_capture(capture(7), Outcome.READ)
        book.save_capture(replace(capture(8), status=404), Outcome.NOT_A_PRODUCT)
    return filled


def _states(answers: list[dict[str, Any]]) -> dict[str, tuple[str, str, str]]:
    return {a["duty"]: (a["state"], a["quote"], a["link"]) for a in answers}


@pytest.mark.usefixtures("with_front")
class TestSeller:
    def test_links_are_said_to_lead_somewhere_or_not(self, ask: Ask) -> None:
        done = ask("sellers", "show", FRONT.id, "--json").json
        conform("sellers-show", done)
        states = _states(done["duties"])
        assert states["business-licence-shown"] == ("link", "证照", "https://other.example/zz")
        assert states["shop-licence-shown"] == ("link", "证照", "https://other.example/zz")
        assert states["shop-contact"] == ("seen", "客服电话", "")

    def test_a_dead_link_is_told(self, ask: Ask, with_front: Home) -> None:
        dead = replace(FRONT, version="v2", links=FRONT.links[1:2])
        with Book.open(with_front.book) as book:
            book.save_seller(dead, capture(3).id, hours(5))
        states = _states(ask("sellers", "show", FRONT.id, "--json").json["duties"])
        assert states["shop-licence-shown"] == ("link_dead", "经营许可证", f"https://{SHOP}/page/8")
        out = "".join(ask("sellers", "show", FRONT.id).out.split())
        assert "打不开" in out

    def test_a_live_link_is_told(self, ask: Ask, with_front: Home) -> None:
        live = replace(FRONT, version="v3", links=FRONT.links[:1])
        with Book.open(with_front.book) as book:
            book.save_seller(live, capture(3).id, hours(5))
        states = _states(ask("sellers", "show", FRONT.id, "--json").json["duties"])
        assert states["business-licence-shown"] == ("link_alive", "营业执照", f"https://{SHOP}/page/7")
        assert states["shop-licence-shown"][0] == "absent"  # 营业执照 is no operating licence


def test_a_page_without_duties_says_so(ask: Ask, filled: Home) -> None:
    (row,) = ask("sellers", "list", "--json").rows
    assert "没有看到适用的展示义务" in ask("sellers", "show", row["id"]).out
    assert ask("sellers", "show", row["id"], "--json").json["duties"] == []
