"""The mini-program's side of the mall: the same goods through a JSON API.

``GET  /mp/goods/list?page=1&size=10[&category=ID]``  -> ``{"errno": 0, "errmsg": "", "data": {"total", "page", "size", "list": [...]}}``
``POST /mp/goods/detail`` body ``{"id": 12}``          -> ``{"errno": 0, "errmsg": "", "data": {"goods": {...}, "shop": {...}}}``
``GET  /mp/category/list`` · ``GET /mp/shop/detail?id=jia`` · ``GET /mp/order/list`` -> HTTP 200 with errno 401

Prices are in yuan, as text. Unknown goods are errno 404 with HTTP 200, as such back ends do; a body that is no JSON is
HTTP 400. Owns: these answers. Leaves to others: the site (``shop``), reading them (``spiders``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from scanner.demo.answers import Answer, Asked, as_json
from scanner.demo.goods import Good, Shop, Stock

Html = Callable[..., str]
MAX_SIZE = 20


def answer(stock: Stock, html: Html, asked: Asked, rest: Sequence[str]) -> Answer:
    """The answer to ``/mp/<rest>``."""
    match (asked.method, *rest):
        case ("GET", "goods", "list"):
            return _list(stock, asked)
        case ("POST", "goods", "detail"):
            return _detail(stock, html, asked.body)
        case ("GET", "category", "list"):
            return _good([_category(stock, category.id) for category in stock.top])
        case ("GET", "shop", "detail"):
            seller = stock.sellers.get(asked.query.get("id", ""))
            return _bad(404, "店铺不存在") if seller is None else _good(_shop(seller))  # no such shop
        case (_, "order", "list"):
            return _bad(401, "请先登录")  # log in first
        case _:
            return as_json({"errno": 404, "errmsg": "接口不存在"}, 404)  # no such interface


def _good(data: Any) -> Answer:
    return as_json({"errno": 0, "errmsg": "", "data": data})


def _bad(errno: int, message: str) -> Answer:
    return as_json({"errno": errno, "errmsg": message})


def _list(stock: Stock, asked: Asked) -> Answer:
    text = asked.query.get("size", "10")
    size = min(max(int(text), 1), MAX_SIZE) if text.isascii() and text.isdigit() and len(text) < 6 else 10
    category = stock.categories.get(asked.query.get("category", ""))
    goods = tuple(stock.goods.values()) if category is None else stock.within(category)
    shown = goods[(asked.page - 1) * size : asked.page * size]
    return _good(
        {
            "total": len(goods), "page": asked.page, "size": size,
            "list": [
                {"id": good.id, "name": good.title, "price": good.price, "cover": f"/picture/{good.id}.svg"}
                for good in shown
            ],
        }
    )  # fmt: skip


def _detail(stock: Stock, html: Html, body: bytes) -> Answer:
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        return as_json({"errno": 400, "errmsg": "请求格式有误"}, 400)  # malformed request
    number = wanted.get("id") if isinstance(wanted, dict) else None
    good = stock.goods.get(number) if isinstance(number, int) else None
    if good is None:
        return _bad(404, "商品不存在或者已下架")  # no such product, or taken off sale
    return _good({"goods": _goods(good, html), "shop": _shop(stock.sellers[good.seller])})


def _goods(good: Good, html: Html) -> dict[str, Any]:
    return {
        "id": good.id,
        "name": good.title,
        "price": good.price,
        "brand": good.brand,
        "category": good.category,
        "params": [{"name": name, "value": value} for name, value in good.attributes.items()],
        "detail": html("detail.html", good=good),
        "pictures": [f"/picture/{good.id}.svg"],
        "button": "加入购物车",  # add to cart
    }


def _shop(seller: Shop) -> dict[str, Any]:
    return {
        "id": seller.id, "name": seller.name, "company": seller.company, "phone": seller.phone,
        "address": seller.place, "papers": [{"name": name, "value": value} for name, value in seller.papers],
    }  # fmt: skip


def _category(stock: Stock, name: str) -> dict[str, Any]:
    category = stock.categories[name]
    return {"id": name, "name": category.name, "children": [_category(stock, child) for child in category.children]}
