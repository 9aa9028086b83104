"""JSON back ends described in YAML: ``rules/storefronts/<id>.yaml``. A new mini-program back end needs no Python.

Owns: the shape of a profile; recognising whose answer a page is; finding values by simple paths (``data.goods.name``,
``data.list[].id``; nothing is evaluated); writing requests from templates; saying once which keys of an answer nobody
reads. Leaves to others: making listings of the values (``spiders.jsonapi``), what an answer's code means for the crawl
(``outcome``).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from scanner import yamlfile
from scanner.crawl.dotted import first_text, found, texts, unread
from scanner.crawl.links import Kind, Link
from scanner.home import shipped_rules

if TYPE_CHECKING:
    from scanner.page import Page

__all__ = ["Profile", "first_text", "found", "of_address", "of_page", "profiles", "texts"]

log = logging.getLogger(__name__)

Dotted = Annotated[str, Setting(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\[\])?(\.[A-Za-z_][A-Za-z0-9_]*(\[\])?)*$")]
Code = int | str


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(_Model):
    """How every answer says whether it is one. ``code: 1`` may mean success, so success is always listed."""

    code: Dotted
    success: tuple[Code, ...] = Setting(min_length=1)
    login: tuple[Code, ...] = ()
    captcha: tuple[Code, ...] = ()
    message: Dotted | None = None


class Request(_Model):
    """A request: ``url`` goes behind host and ``base``. ``{id}`` ``{page}`` ``{size}`` ``{category}`` ``{words}`` are
    filled in; a parameter left empty is dropped. A body is sent as JSON."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    body: dict[str, Code] = {}


class Listed(_Model):
    """A list of products. ``at`` is a piece of its address; ``page_in`` names the parameter that holds the page."""

    at: str
    items: Dotted
    id: Dotted
    total: Dotted | None = None
    pages: Dotted | None = None
    page_in: str = "page"
    size_in: str = "size"
    first: int = 1
    size: int = 10
    request: Request | None = None


class Categories(_Model):
    """Where the category ids are, to begin with."""

    at: str
    ids: tuple[Dotted, ...] = Setting(min_length=1)
    request: Request


class Rows(_Model):
    """Attributes as a list of objects with a name and a value each."""

    items: Dotted
    name: Dotted
    value: Dotted


class Detail(_Model):
    """One product. ``titled`` gives labels to values that have a key of their own."""

    at: str
    request: Request
    id: Dotted
    title: Dotted
    price: Dotted
    unit: Literal["yuan", "fen"] = "yuan"
    description: tuple[Dotted, ...] = ()
    rows: tuple[Rows, ...] = ()
    titled: dict[str, Dotted] = {}
    pictures: tuple[Dotted, ...] = ()
    seller: Dotted | None = None
    seller_id: Dotted | None = None
    breadcrumbs: Dotted | None = None
    buyable: Dotted | None = None
    unread: tuple[Dotted, ...] = ()  # keys known and not needed; every other unread key is reported once


class Shop(_Model):
    """Who sells: the answer of a shop's own interface, where there is one."""

    at: str
    request: Request
    name: Dotted
    rows: tuple[Rows, ...] = ()
    titled: dict[str, Dotted] = {}
    pictures: tuple[Dotted, ...] = ()


class Profile(_Model):
    """One back end. ``base`` is where in an address the interface begins (``/api/``, ``/api.php``)."""

    id: str = Setting(pattern=r"^[a-z][a-z0-9-]*$")
    title: str
    verified: bool  # False: built from a public description, never seen at work
    base: str = Setting(pattern=r"^/")
    image_base: str = ""
    answer: Answer
    lists: tuple[Listed, ...] = ()
    categories: Categories | None = None
    detail: Detail
    shop: Shop | None = None

    # --- recognising ---

    def root(self, url: str) -> str | None:
        """Everything before ``base`` in the address; None where it is not one of this back end's.

        ``http://h/sub/api/goods/list`` with base ``/api/`` -> ``http://h/sub``.
        """
        parts = urlsplit(url)
        place = parts.path.find(self.base)
        return f"{parts.scheme}://{parts.netloc}{parts.path[:place]}" if place >= 0 else None

    def part(self, url: str) -> Listed | Categories | Detail | Shop | None:
        """Which of the interfaces described here the address asks."""
        if self.root(url) is None:
            return None
        parts = urlsplit(url)
        asked = unquote(f"{parts.path}?{parts.query}")
        places = [self.detail, *self.lists, *(p for p in (self.categories, self.shop) if p is not None)]
        return next((p for p in places if _stands(p.at, asked)), None)

    def owns(self, page: Page) -> bool:
        """Whether the page is an answer of this back end: its address and its code."""
        return (
            self.root(page.url) is not None and isinstance(page.json, dict) and bool(found(page.json, self.answer.code))
        )

    def verdict(self, page: Page) -> Literal["success", "login", "captcha", "error"]:
        """What the answer's code says."""
        code = str(next(iter(found(page.json, self.answer.code)), ""))
        for word, codes in (("success", self.answer.success), ("login", self.answer.login)):
            if code in map(str, codes):
                return word  # type: ignore[return-value]
        return "captcha" if code in map(str, self.answer.captcha) else "error"

    # --- asking ---

    def link(self, request: Request, root: str, kind: Kind, text: str = "", **values: Code) -> Link:
        """The request with its values filled in."""
        path, _, query = request.url.partition("?")
        pairs = [p for p in (_filled(pair, values) for pair in query.split("&")) if p]
        url = f"{root}{self.base}{_filled(path, values)}" + (f"?{'&'.join(pairs)}" if pairs else "")
        if request.method == "GET":
            return Link(url, kind, text=text)
        body = {k: v for k, raw in request.body.items() if (v := _value(raw, values)) != ""}
        headers = (("Content-Type", "application/json"),)
        return Link(url, kind, "POST", json.dumps(body, ensure_ascii=False).encode(), headers, text)

    # --- reporting ---

    def audit(self, answer: Any) -> None:
        """Say once a process which keys of a product's answer are neither read nor known to be of no use."""
        detail = self.detail
        read = [detail.id, detail.title, detail.price, *detail.description, *detail.titled.values(), *detail.pictures]
        read += [
            p for p in (detail.seller, detail.seller_id, detail.breadcrumbs, detail.buyable, self.answer.code) if p
        ]
        read += [f"{row.items}.{path}" for row in detail.rows for path in (row.name, row.value)]
        read += [self.answer.message] if self.answer.message else []
        fresh = unread(answer, [*read, *detail.unread]) - _REPORTED.setdefault(self.id, set())
        if fresh:
            _REPORTED[self.id] |= fresh
            log.info("profile %s: keys nobody reads: %s", self.id, ", ".join(sorted(fresh)))


_REPORTED: dict[str, set[str]] = {}
_BOUNDARY = frozenset("?&/.#=")


def _stands(piece: str, address: str) -> bool:
    at = address.find(piece)
    return at >= 0 and (at + len(piece) == len(address) or address[at + len(piece)] in _BOUNDARY)


_HOLE = re.compile(r"\{(id|page|size|category|words)\}")


def _filled(template: str, values: Mapping[str, Code]) -> str:
    """The template with its holes filled, escaped for an address; empty when a hole has no value."""
    if any(values.get(hole, "") == "" for hole in _HOLE.findall(template)):
        return ""
    return _HOLE.sub(lambda m: quote(str(values[m[1]]), safe=""), template)


def _value(raw: Code, values: Mapping[str, Code]) -> Code:
    hole = _HOLE.fullmatch(raw) if isinstance(raw, str) else None
    return values.get(hole[1], "") if hole else raw


# --- the shipped profiles ----------------------------------------------------------------------------------------


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by id, read once. Raises ConfigError with every fault of every file."""
    files = sorted((shipped_rules() / "storefronts").glob("*.yaml"))
    return {p.id: p for p in yamlfile.load_all(files, Profile)}


def of_address(url: str) -> Profile | None:
    """The profile one of whose interfaces the address asks; also for the bare beginning of an interface (``/mp/``),
    where only one profile begins so."""
    asked = next((p for p in profiles().values() if p.part(url) is not None), None)
    begun = [p for p in profiles().values() if urlsplit(url).path.endswith(p.base)]
    return asked or (begun[0] if len(begun) == 1 else None)


def of_page(page: Page) -> Profile | None:
    """The profile of the back end that gave this answer."""
    if not isinstance(page.json, dict):
        return None
    owners = [p for p in profiles().values() if p.owns(page)]
    return next((p for p in owners if p.part(page.url) is not None), owners[0] if owners else None)
