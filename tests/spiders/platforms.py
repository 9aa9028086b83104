"""Real pages of the platforms, at the addresses they came from, and what is true of them (``shared/cases``)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scanner.page import Page
from tests.spiders.saved import WHEN

Shared = Callable[[str], Path]

ADDRESSES = {
    "pages/jd_item_2018_songzi.html": "https://item.jd.com/1020565583.html",
    "pages/jd_m01.html": "https://item.jd.com/100990000000.html",
    "pages/jd_m04.html": "https://item.jd.com/100990000001.html",
    "pages/jd_m06.html": "https://item.jd.com/100990000002.html",
    "pages/tmall_item_609353516840_gbk.html": "https://detail.tmall.com/item.htm?id=609353516840",
    "pages/tmall_m02_gbk.html": "https://detail.tmall.com/item.htm?id=990000000000",
    "pages/tmall_m03_gbk.html": "https://detail.tmall.com/item.htm?id=990000000001",
    "pages/jd_search_2020_gaoxueya.html": "https://search.jd.com/Search?keyword=%E9%AB%98%E8%A1%80%E5%8E%8B&enc=utf-8",
    "pages/taobao_search_2018.html": "https://s.taobao.com/list?q=%E5%A4%8F%E4%B8%8A%E6%96%B0&cat=16",
    "api/jd_item.json": "http://data.example/product/jd?id=100000177760",
}
ITEMS = [name for name in ADDRESSES if "search" not in name]


def real(shared: Shared, name: str, *, url: str = "", body: bytes | None = None) -> Page:
    """The page as a server sent it; ``url`` and ``body`` put others in their place."""
    read = shared(f"cases/{name}").read_bytes() if body is None else body
    return Page(url or ADDRESSES[name], 200, [(b"Content-Type", b"text/html")], read, "0" * 20, WHEN)


def truth(shared: Shared, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared("cases/pages_truth.json").read_text(encoding="utf-8"))[name]
    return found
