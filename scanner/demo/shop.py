"""The mall as a web site: which address shows what.

Addresses: ``/`` · ``/c/<category>?page=N`` · ``/deals?page=N`` (paging trap) · ``/p/<id>`` and ``/product?id=<id>`` (the
same product, rel=canonical on the first) · ``/shop/<seller>`` · ``/shop/<seller>/licence`` · ``/search?q=`` ·
``/account/…`` (robots.txt disallows it) · pictures and style sheet · ``/mp/…`` (the JSON API, see ``api``).

Owns: the pages and their odd behaviour (walls, GBK bytes, paging past the end). Leaves to others: the goods
(``goods``), the JSON API (``api``), sockets (``mall``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanner.demo import api
from scanner.demo.answers import Answer, Asked, page, redirect
from scanner.demo.goods import HERE, REGISTER, Category, Good, Stock

PER_PAGE = 6
STATIC = {"style.css": "text/css; charset=utf-8", "licence-yi.png": "image/png"}
ROBOTS = "User-agent: *\nDisallow: /account/\nAllow: /\n"


class Site:
    """The mall at ``base_url`` (``http://127.0.0.1:port``)."""

    def __init__(self, stock: Stock, base_url: str) -> None:
        self.stock, self.base_url = stock, base_url
        self._templates = Environment(
            loader=PackageLoader("scanner.demo"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._templates.globals.update(stock=stock, mall=stock.mall, base_url=base_url)
        self._templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        with REGISTER.open(encoding="utf-8", newline="") as file:
            self._register = {row["注册证编号"]: row for row in csv.DictReader(file)}  # 注册证编号: number
        self._rooms: dict[str, Callable[[Asked, Sequence[str]], Answer]] = {
            "c": self._category,
            "deals": self._deals,
            "p": self._by_path,
            "product": self._by_query,
            "shop": self._shop,
            "search": self._search,
            "account": self._account,
            "cart": self._cart,
            "picture": self._picture,
            "certificate": self._certificate,
            "static": self._static,
            "mp": partial(api.answer, stock, self._html),
        }

    def answer(self, asked: Asked) -> Answer:
        """What the mall says to a request; a 404 page for anything it does not know."""
        first, *rest = asked.path.strip("/").split("/")
        if first == "":
            return self._home()
        if asked.path == "/robots.txt":
            return Answer(body=ROBOTS.encode("ascii"), media_type="text/plain; charset=utf-8")
        room = self._rooms.get(first)
        return room(asked, rest) if room is not None else self._missing()

    # --- pages -------------------------------------------------------------------------------------------------

    def _html(self, template: str, **values: object) -> str:
        return self._templates.get_template(template).render(**values)

    def _home(self) -> Answer:
        hot = [good for good in self.stock.goods.values() if good.id % 4 == 1]
        cookie = ("Set-Cookie", "visitor=demo; Path=/; HttpOnly; SameSite=Lax")
        return page(self._html("home.html", hot=hot), 200, cookie)

    def _category(self, asked: Asked, rest: Sequence[str]) -> Answer:
        category = self.stock.categories.get(rest[0]) if len(rest) == 1 else None
        if category is None:
            return self._missing()
        goods = self.stock.within(category)
        last = -(-len(goods) // PER_PAGE)
        number = asked.page
        if number > last and category.past_end == "first":
            return redirect(f"/c/{category.id}?page=1")
        if number > last and category.past_end == "last":
            number = last
        shown = goods[(number - 1) * PER_PAGE : number * PER_PAGE]
        return page(self._list(category.name, shown, f"/c/{category.id}", number, last, category=category))

    def _list(
        self, title: str, goods: Sequence[Good], path: str, number: int, last: int, category: Category | None = None
    ) -> str:
        always = category is not None and category.past_end in ("first", "last")
        following = number + 1 if number < last or always else 0
        return self._html(
            "list.html", title=title, goods=goods, path=path, number=number, last=last, following=following,
            category=category,
        )  # fmt: skip

    def _deals(self, asked: Asked, rest: Sequence[str]) -> Answer:
        if rest:
            return self._missing()
        goods = [self.stock.goods[number] for number in self.stock.mall.deals.goods]
        # Whatever page is asked for, it shows the same goods and offers one more page.
        return page(self._list(self.stock.mall.deals.name, goods, "/deals", asked.page, asked.page + 1))

    def _search(self, asked: Asked, rest: Sequence[str]) -> Answer:
        words = asked.query.get("q", "").strip()[:50]
        found = self.stock.search(words)
        return page(self._list(f"搜索：{words}", found[:60], "/search", 1, 1))  # 搜索: search

    def _by_path(self, asked: Asked, rest: Sequence[str]) -> Answer:
        return self._product(rest[0] if len(rest) == 1 else "")

    def _by_query(self, asked: Asked, rest: Sequence[str]) -> Answer:
        return self._product("" if rest else asked.query.get("id", ""))

    def _product(self, number: str) -> Answer:
        good = self._good(number)
        if good is None:
            return self._missing()
        if good.access == "slider":
            return page(self._html("slider.html"))
        if good.access == "login":
            return page(self._html("login.html", why="请登录后查看商品详情"))  # log in to see the product
        if good.access == "broken":
            return page(self._html("broken.html"), 500)
        if good.access == "script":
            return page(self._html("script.html", good=good))
        seller = self.stock.sellers[good.seller]
        near = [other for other in self.stock.goods.values() if other.category == good.category and other is not good]
        text = self._html(f"product_{good.markup}.html", good=good, seller=seller, near=near[:4], charset=charset(good))
        if good.access == "gbk":
            # The bytes are GB 18030 and only a meta element says so: the header names no charset.
            return Answer(body=text.encode("gb18030"), media_type="text/html")
        return page(text)

    def _shop(self, asked: Asked, rest: Sequence[str]) -> Answer:
        seller = self.stock.sellers.get(rest[0]) if rest else None
        if seller is None or len(rest) > 2:
            return self._missing()
        if len(rest) == 2:
            return page(self._html("licence.html", seller=seller)) if rest[1] == "licence" else self._missing()
        return page(self._html("seller.html", seller=seller, goods=self.stock.of(seller.id)))

    def _account(self, asked: Asked, rest: Sequence[str]) -> Answer:
        return page(self._html("login.html", why="登录后可以查看订单"))  # log in to see your orders

    def _cart(self, asked: Asked, rest: Sequence[str]) -> Answer:
        return redirect("/account/login")

    def _missing(self) -> Answer:
        return page(self._html("missing.html"), 404)

    # --- pictures ----------------------------------------------------------------------------------------------

    def _good(self, number: str) -> Good | None:
        return self.stock.goods.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else None

    def _picture(self, asked: Asked, rest: Sequence[str]) -> Answer:
        good = self._good(rest[0].removesuffix(".svg")) if len(rest) == 1 else None
        return self._missing() if good is None else _svg(self._html("picture.svg", good=good))

    def _certificate(self, asked: Asked, rest: Sequence[str]) -> Answer:
        good = self._good(rest[0].removesuffix(".svg")) if len(rest) == 1 else None
        if good is None or not good.certificate:
            return self._missing()
        return _svg(self._html("certificate.svg", row=self._register[good.certificate]))

    def _static(self, asked: Asked, rest: Sequence[str]) -> Answer:
        if len(rest) != 1 or rest[0] not in STATIC:
            return self._missing()
        body = (HERE / "static" / rest[0]).read_bytes()
        return Answer(body=body, media_type=STATIC[rest[0]], headers=(("Cache-Control", "max-age=3600"),))


def charset(good: Good) -> str:
    """The charset a product page declares in its meta element."""
    return "gb2312" if good.access == "gbk" else "utf-8"  # gb2312 is what such shops say, GBK is what they send


def _svg(text: str) -> Answer:
    return Answer(body=text.encode("utf-8"), media_type="image/svg+xml")
