"""JSON back ends of mini-programs and apps, each described by a profile in ``rules/storefronts/``.

Works on live answers and on recorded ones: what was asked is in the page (address, method, request body).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from scanner.crawl.reading import asked
from scanner.crawl.reading import profile as profiles
from scanner.crawl.reading.fields import ABSENT, NOT_SEEN, listing, seen, seller
from scanner.crawl.reading.links import Kind, Link, Stated, tracks, unpaged
from scanner.crawl.reading.profile import Detail, Listed, Profile, Rows, Shop, first_text, found, texts
from scanner.crawl.reading.workers import Recipe
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Listing, Outcome, Seller
from scanner.page import Page, fragment, money
from scanner.page.anchors import Resolver

MAX_PAGES = 500  # of one list


class JsonShop(Storefront):
    """One shop behind a JSON interface; ``profile`` is the id of its profile."""

    name = "jsonapi"

    def __init__(self, *, profile: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.profile: Profile = profiles.profiles()[profile]

    @property
    def recipe(self) -> Recipe:
        return Recipe(family=JsonShop, arguments=(("profile", self.profile.id),))

    def search(self, url: str, words: str = "") -> Iterator[Link]:
        """The address itself where it asks for one thing, else all categories and the list of everything."""
        profile, root = self.profile, self.profile.root(url)
        part = profile.part(url)
        if root is None:
            root = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        elif part is not None and part.request is not None and part.request.method == "GET":
            yield Link(url, _kind(part))
            return
        for listed in profile.lists:
            if listed.request is not None:
                yield profile.link(
                    listed.request, root, Kind.LIST, page=listed.first, size=listed.size, category="", words=words
                )
        if profile.categories is not None and not words:
            yield profile.link(profile.categories.request, root, Kind.LIST)

    def products(self, page: Page) -> Iterator[Link]:
        """Of a list its products and its next page, of the categories their lists, of a product who sells it."""
        profile, root, part = self.profile, self.profile.root(page.url), self.profile.part_of(page)
        if root is None or not profile.owns(page) or profile.verdict(page) != "success":
            return
        if isinstance(part, Listed):
            for item in found(page.json, part.items):
                if (key := _key(item, part.id)) is not None:
                    yield profile.link(profile.detail.request, root, Kind.PRODUCT, id=key)
            yield from _next(part, page)
        elif isinstance(part, profiles.Categories):
            yield from self._category_lists(part, page, root)
        elif isinstance(part, Detail):
            yield from self._to_seller(part, page, root)

    def _to_seller(self, part: Detail, page: Page, root: str) -> Iterator[Link]:
        shop, key = self.profile.shop, _key(page.json, part.seller_id) if part.seller_id else None
        if shop is not None and key is not None:
            yield self.profile.link(shop.request, root, Kind.SELLER, id=key)

    def _category_lists(self, part: profiles.Categories, page: Page, root: str) -> Iterator[Link]:
        for listed in self.profile.lists:
            if listed.request is None:
                continue
            for key in (k for path in part.ids for k in found(page.json, path) if isinstance(k, int | str)):
                yield self.profile.link(
                    listed.request, root, Kind.LIST, page=listed.first, size=listed.size, category=key, words=""
                )

    def outcome(self, page: Page) -> Outcome | None:
        """What an interface answers that is no answer of this back end (a page, other JSON) is an error: taken for a list
        without goods it would say that there is nothing."""
        became = super().outcome(page)
        return Outcome.ERROR if became is None and not self.profile.owns(page) else became

    def stated(self, page: Page) -> Stated | None:
        """The total of a list's answer."""
        part = self.profile.part_of(page)
        if not isinstance(part, Listed) or self.profile.verdict(page) != "success":
            return None
        total = first_text(page.json, part.total)
        if not _counts(total):
            return None
        given = asked.without(asked.of(page), (part.page_in, part.size_in)).items()
        kept = sorted((k, str(v)) for k, v in given if not tracks(k.lower()))
        return Stated(
            f"{page.method} {unpaged(page.url).partition('?')[0]}?{urlencode(kept, errors='replace')}", int(total)
        )

    def read(self, page: Page) -> Listing | Seller | None:
        """A product's answer as listing, a shop's as seller; None for every other interface."""
        part = self.profile.part_of(page)
        if not isinstance(part, Detail | Shop) or not self.profile.owns(page):
            return None
        if self.profile.verdict(page) != "success":
            raise PageError(_message(self.profile, page), where=page.url)
        return self._as_listing(part, page) if isinstance(part, Detail) else self._as_seller(part, page)

    def _as_listing(self, part: Detail, page: Page) -> Listing:
        answer, name = page.json, self.name
        title = first_text(answer, part.title)
        if not title:
            raise PageError("商品接口的应答里没有商品名称", where=page.url, hint=f"检查配置 {self.profile.id}")
        self.profile.audit(answer)
        html = "\n".join(texts_at(answer, part.description))
        text, inside = fragment(html, self.profile.image_base or page.url)
        currency = first_text(answer, part.currency)
        price = money.span(p for v in found(answer, part.price) if (p := money.amount(v, part.unit, currency)))
        return listing(
            storefront=page.storefront,
            family=name,
            url=page.url,
            product_id=first_text(answer, part.id),
            title=seen(title, f"path:{part.title}"),
            price=seen(price, f"path:{part.price}"),
            description=seen(
                text, f"path:{' '.join(part.description)}", otherwise=ABSENT if part.description else NOT_SEEN
            ),
            attributes=_attributes(answer, part.rows, part.titled),
            pictures=[*self._pictures(answer, part.pictures, page), *inside],
            seller=seen(first_text(answer, part.seller), f"path:{part.seller}") if part.seller else NOT_SEEN,
            seller_url=self._shop_url(part, page),
            breadcrumbs=texts(answer, part.breadcrumbs),
            buyable=seen("；".join(texts(answer, part.buyable)), f"path:{part.buyable}") if part.buyable else NOT_SEEN,
        )

    def _as_seller(self, part: Shop, page: Page) -> Seller:
        rows = list(_attributes(page.json, part.rows, part.titled))
        return seller(
            storefront=page.storefront,
            family=self.name,
            url=page.url,
            page="licence",
            name=seen(first_text(page.json, part.name), f"path:{part.name}"),
            text=seen("\n".join(f"{row.name}：{row.value}" for row in rows), "path"),
            pictures=[(p, "") for p in self._pictures(page.json, part.pictures, page)],
        )

    def _pictures(self, answer: Any, paths: Iterable[str], page: Page) -> list[str]:
        absolute = Resolver(self.profile.image_base or page.url)
        return [address for given in texts_at(answer, paths) if (address := absolute(given))]

    def _shop_url(self, part: Detail, page: Page) -> str:
        key, root, shop = first_text(page.json, part.seller_id), self.profile.root(page.url), self.profile.shop
        if not key or root is None or shop is None:
            return ""
        return self.profile.link(shop.request, root, Kind.SELLER, id=key).url


def texts_at(answer: Any, paths: Iterable[str]) -> list[str]:
    return [text for path in paths for text in texts(answer, path)]


def _kind(part: object) -> Kind:
    return Kind.PRODUCT if isinstance(part, Detail) else Kind.SELLER if isinstance(part, Shop) else Kind.LIST


def _key(item: Any, path: str) -> int | str | None:
    """An id as the back end spells it: a number stays one, because its requests want one."""
    keys = [k for k in found(item, path) if isinstance(k, int | str) and not isinstance(k, bool) and k != ""]
    return keys[0] if keys else None


def _message(profile: Profile, page: Page) -> str:
    said = first_text(page.json, profile.answer.message)
    return f"接口应答不成功：{said}" if said else "接口应答不成功"


def _attributes(answer: Any, rows: Iterable[Rows], titled: dict[str, str]) -> Iterator[Attribute]:
    for row in rows:
        for item in found(answer, row.items):
            yield Attribute(
                name=first_text(item, row.name), value=first_text(item, row.value), source=f"path:{row.items}"
            )
    for label, path in titled.items():
        if value := first_text(answer, path):
            yield Attribute(name=label, value=value, source=f"path:{path}")


# --- paging ------------------------------------------------------------------------------------------------------


def _next(part: Listed, page: Page) -> Iterator[Link]:
    """The same request for the next page, while the stated total (else a full page) says that there is one."""
    question = asked.of(page)
    now = _number(asked.value(question, part.page_in), part.first)
    shown = len(found(page.json, part.items))
    size = _number(asked.value(question, part.size_in), shown) or shown
    total, pages = first_text(page.json, part.total), first_text(page.json, part.pages)
    if not shown:
        return
    if part.page_counts == "items":
        # What was shown counts, not what was asked for: a back end may give fewer at a time than one asks for.
        step, seen_items = shown, now - part.first + shown
        before = -(-seen_items // max(size, shown))
    else:
        step, before = 1, now - part.first + 1  # pages seen, this one included
        seen_items = before * size
    if before >= MAX_PAGES:
        return
    if _counts(pages):
        more = before < int(pages)
    elif _counts(total):
        more = seen_items < int(total)
    else:
        more = part.request is not None and shown >= part.size
    if more:
        yield asked.changed(page, part.page_in, now + step)


def _counts(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _number(value: Any, otherwise: int) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise
