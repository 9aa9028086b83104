"""Public posts of a social platform (Xiaohongshu): what a post says, who wrote it, which goods it links to.

Unverified: built from public descriptions of ``window.__INITIAL_STATE__`` (``note.noteDetailMap``) and of OpenGraph on
post pages; no page of today was seen. A post is read as a listing whose seller is the account that speaks; that it is
a post stands in its breadcrumbs, and it has no price of its own. Comments are others' words and are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scanner.crawl.reading.dotted import first_text, found, texts
from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Kind, Link, canonical, under
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Listing, Outcome
from scanner.page import Page

HOSTS = ("xiaohongshu.com",)
POST = "公开帖文"  # public post
_POST_PATH = re.compile(r"/(?:explore|discovery/item|user/profile/[0-9a-zA-Z]{1,40})/([0-9a-f]{16,32})/?$")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,80}(?:/[^\s，。；！）】\"'<>]{0,200})?")
_GOODS = ("goodsInfo", "goods", "shoppingGoods", "products")


class Post(Storefront):
    """Posts of Xiaohongshu."""

    name = "post"
    verified: ClassVar[bool] = False

    @staticmethod
    def at(url: str) -> bool:
        return under(url, HOSTS)

    @classmethod
    def recognises(cls, page: Page) -> bool:
        return cls.at(page.url)

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        """The address itself."""
        yield Link(url, Kind.PRODUCT if _POST_PATH.search(urlsplit(url).path) else Kind.LIST)

    def outcome(self, page: Page) -> Outcome | None:
        """Login stands at an address of its own; a page that carries a post is one, however empty it looks."""
        path = urlsplit(page.url).path
        if path.startswith(("/login", "/website-login")):
            return Outcome.CAPTCHA if "captcha" in path else Outcome.LOGIN
        if path.startswith("/404"):
            return Outcome.ERROR
        return None if page.status == 200 and _told(page) is not None else super().outcome(page)

    def products(self, page: Page) -> Iterator[Link]:
        """Of a post nothing is followed: its goods are other shops'. Of other pages the posts they link to."""
        if _told(page) is None:
            for anchor in page.links:
                if self.at(anchor.url) and _POST_PATH.search(urlsplit(anchor.url).path):
                    yield Link(anchor.url, Kind.PRODUCT)

    def read(self, page: Page) -> Listing | None:
        """The post; None for a page that has none."""
        note = _told(page)
        if note is None:
            return None
        text = first_text(note, "desc")
        title = first_text(note, "title") or text.split("\n")[0][:60]
        if not title:
            raise PageError("帖文里没有文字", where=page.url)
        author = first_text(note, "user.nickname") or first_text(note, "user.nickName")
        return listing(
            storefront=page.storefront,
            family=self.name,
            url=canonical(page.url),
            product_id=first_text(note, "noteId") or first_text(note, "id"),
            title=seen(title, "state:note.title"),
            price=ABSENT,
            description=seen(text, "state:note.desc"),
            attributes=_attributes(note, text),
            pictures=[a for path in ("imageList[].urlDefault", "imageList[].url") for p in texts(note, path)
                      if (a := page.absolute(p))],
            seller=seen(author, "state:note.user.nickname", otherwise=NOT_SEEN),
            seller_url=_profile(note, page),
            breadcrumbs=[POST],
            buyable=NOT_SEEN,
        )  # fmt: skip


def _told(page: Page) -> dict[str, Any] | None:
    """The post of the page's own address in the state, else the only one there."""
    match = _POST_PATH.search(urlsplit(page.url).path)
    state = page.state("__INITIAL_STATE__") if match else None
    for path in ("note.noteDetailMap", "noteData.data.noteData"):
        for held in found(state, path):
            if not isinstance(held, dict):
                continue
            if path.endswith("noteData"):
                return held if "desc" in held or "title" in held else None
            one = held.get(match[1]) if match else None
            note = one.get("note") if isinstance(one, dict) else None
            if isinstance(note, dict) and ("desc" in note or "title" in note):
                return note
    return None


def _attributes(note: dict[str, Any], text: str) -> Iterator[Attribute]:
    if tags := list(texts(note, "tagList[].name")):
        yield Attribute(name="话题", value=" ".join(tags), source="state:note.tagList")  # topics
    for key in _GOODS:
        for goods in [g for path in (f"{key}[]", key) for g in found(note, path) if isinstance(g, dict)][:20]:
            named = first_text(goods, "title") or first_text(goods, "name")
            link = first_text(goods, "link") or first_text(goods, "url")
            if named or link:
                yield Attribute(name="帖文里的商品", value=f"{named} {link}".strip(), source=f"state:note.{key}")
    for address in dict.fromkeys(m[0] for m in _ADDRESS.finditer(text[:20_000])):
        yield Attribute(name="帖文里的链接", value=address, source="state:note.desc")
    if place := first_text(note, "ipLocation"):
        yield Attribute(name="IP属地", value=place, source="state:note.ipLocation")


def _profile(note: dict[str, Any], page: Page) -> str:
    number = first_text(note, "user.userId") or first_text(note, "user.userid")
    return page.absolute(f"/user/profile/{number}") if number.isalnum() else ""
