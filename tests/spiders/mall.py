"""The demo mall asked without sockets, and a walk that follows what families say, one page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.crawl.reading.links import Link, canonical
from scanner.crawl.reading.outcome import outcome
from scanner.crawl.walk.storefront import Storefront
from scanner.demo.answers import asked
from scanner.demo.goods import Stock, stock
from scanner.demo.shop import Site
from scanner.model import Listing, Outcome, Seller
from scanner.page import Page
from tests.spiders.saved import WHEN

BASE = "http://127.0.0.1:8000"


class Mall:
    def __init__(self) -> None:
        self.stock: Stock = stock()
        self.site = Site(self.stock, BASE)

    def page(self, url: str, method: str = "GET", body: bytes = b"") -> Page:
        """What the mall answers, redirects followed."""
        target = url.removeprefix(BASE) or "/"
        for _ in range(5):
            answer = self.site.answer(asked(method, target, body))
            moved = dict(answer.headers).get("Location")
            if moved is None:
                break
            target = moved
        headers = [(b"Content-Type", answer.media_type.encode())]
        return Page(BASE + target, answer.status, headers, answer.body, "0" * 20, WHEN, method, body)


@dataclass
class Walked:
    listings: dict[str, list[Listing]] = field(default_factory=dict)  # by product id
    sellers: list[Seller] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)  # by address
    asked: list[Link] = field(default_factory=list)


def walk(mall: Mall, family: Storefront, start: Iterable[Link], limit: int = 400) -> Walked:
    """Follow everything the family says, each request once."""
    seen, todo, done = Walked(), list(start), set()
    while todo and len(seen.asked) < limit:
        link = todo.pop(0)
        key = (canonical(link.url), link.method, link.body)
        if key in done:
            continue
        done.add(key)
        seen.asked.append(link)
        page = mall.page(link.url, link.method, link.body)
        became = outcome(page)
        if became is not None:
            seen.outcomes[link.url] = became
            continue
        subject = family.read(page)
        if isinstance(subject, Listing):
            seen.listings.setdefault(subject.product_id, []).append(subject)
        elif isinstance(subject, Seller):
            seen.sellers.append(subject)
        todo += family.products(page)
    return seen
