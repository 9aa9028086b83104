"""JSON back ends described in YAML: ``rules/storefronts/<id>.yaml``. A new mini-program back end needs no Python.

Owns: the shape of a profile; recognising whose answer a page is; finding values by simple paths (``data.goods.name``,
``data.list[].id``; nothing is evaluated); writing requests from templates; saying once which keys of an answer nobody
reads. Leaves to others: making listings of the values (``spiders.jsonapi``), what a request asked (``asked``), what an
answer's code means for the crawl (``outcome``).

A back end with one address for everything (GraphQL, an ``action`` in the body) is described by what its requests say:
``asks`` tells list and detail apart.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator
from pydantic import Field as Setting

from scanner import yamlfile
from scanner.crawl.reading import asked as asking
from scanner.crawl.reading import tables
from scanner.crawl.reading.dotted import first_text, found, texts, unread
from scanner.crawl.reading.links import Kind, Link
from scanner.errors import ConfigError, Problem

if TYPE_CHECKING:
    from scanner.page import Page

__all__ = ["Profile", "first_text", "found", "of_address", "of_page", "profiles", "texts"]

log = logging.getLogger(__name__)

Dotted = Annotated[str, Setting(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\[\])?(\.[A-Za-z_][A-Za-z0-9_]*(\[\])?)*$")]
Code = int | str


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(_Model):
    """How every answer says whether it is one. Either by ``code``: 1 may mean success, so success is always listed. Or,
    as GraphQL does, by having something at ``data`` and nothing at ``errors``; an answer with both is in doubt and no
    success. ``code`` then is an error's code, and may tell a wall from other errors."""

    code: Dotted | None = None
    success: tuple[Code, ...] = ()
    data: Dotted | None = None
    errors: Dotted | None = None
    login: tuple[Code, ...] = ()
    captcha: tuple[Code, ...] = ()
    message: Dotted | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_code, by_errors = bool(self.success), bool(self.data or self.errors)
        whole = self.code if by_code else self.data and self.errors
        if by_code == by_errors or not whole:
            raise ValueError("应答怎样算成功：要么写 code 和 success，要么写 data 和 errors")
        return self


class Request(_Model):
    """A request: ``url`` goes behind host and ``base``. ``{id}`` ``{page}`` ``{size}`` ``{category}`` ``{words}`` are
    filled in; a parameter left empty is dropped. A body is sent as JSON, nested as it stands; a hole is a whole value of
    it, and what holds nothing but empty holes is dropped with them."""

    url: str = ""
    method: Literal["GET", "POST"] = "GET"
    body: dict[str, JsonValue] = {}


class _Asked(_Model):
    """Something to ask for. ``at`` is a piece of its address (``?`` behind it: the path ends there). ``asks`` is for
    those that share an address: a value that the request sends (by name, or by path in the body) and what it says."""

    at: str
    asks: dict[str, str] = {}


class Listed(_Asked):
    """A list of products. ``page_in`` names the value that holds the page, or (``page_counts: items``) how many items
    come before it; ``first`` is its first value."""

    items: Dotted
    id: Dotted
    total: Dotted | None = None
    pages: Dotted | None = None
    page_in: str = "page"
    page_counts: Literal["pages", "items"] = "pages"
    size_in: str = "size"
    first: int = 1
    size: int = 10
    request: Request | None = None


class Categories(_Asked):
    """Where the category ids are, to begin with."""

    ids: tuple[Dotted, ...] = Setting(min_length=1)
    request: Request


class Rows(_Model):
    """Attributes as a list of objects with a name and a value each."""

    items: Dotted
    name: Dotted
    value: Dotted


class Detail(_Asked):
    """One product. ``titled`` gives labels to values that have a key of their own; several prices become a range."""

    request: Request
    id: Dotted
    title: Dotted
    price: Dotted
    unit: Literal["yuan", "fen"] = "yuan"
    currency: Dotted | None = None
    description: tuple[Dotted, ...] = ()
    rows: tuple[Rows, ...] = ()
    titled: dict[str, Dotted] = {}
    pictures: tuple[Dotted, ...] = ()
    seller: Dotted | None = None
    seller_id: Dotted | None = None
    breadcrumbs: Dotted | None = None
    buyable: Dotted | None = None
    unread: tuple[Dotted, ...] = ()  # keys known and not needed; every other unread key is reported once


class Shop(_Asked):
    """Who sells: the answer of a shop's own interface, where there is one."""

    request: Request
    name: Dotted
    rows: tuple[Rows, ...] = ()
    titled: dict[str, Dotted] = {}
    pictures: tuple[Dotted, ...] = ()


Part = Listed | Categories | Detail | Shop


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

    def part(self, url: str, asked: Mapping[str, Any] | None = None) -> Part | None:
        """Which of the interfaces described here the address asks; of those that share it, the one whose question was
        ``asked``, or the first where nothing is known of that."""
        if self.root(url) is None:
            return None
        parts = urlsplit(url)
        address = unquote(f"{parts.path}?{parts.query}")
        places = [self.detail, *self.lists, *(p for p in (self.categories, self.shop) if p is not None)]
        return next((p for p in places if _stands(p.at, address) and _asks(p, asked)), None)

    def part_of(self, page: Page) -> Part | None:
        """Which of them brought this page."""
        return self.part(page.url, asking.of(page))

    def owns(self, page: Page) -> bool:
        """Whether the page is an answer of this back end: its address and what says how it went."""
        if self.root(page.url) is None or not isinstance(page.json, dict):
            return False
        answer = self.answer
        if answer.errors is None:
            return bool(found(page.json, answer.code or ""))
        # Every other back end says "data", too, so the address must be one that is described.
        said = (path for path in (answer.data, answer.errors) if path)
        return self.part(page.url) is not None and any(found(page.json, path) for path in said)

    def verdict(self, page: Page) -> Literal["success", "login", "captcha", "error"]:
        """What the answer says of itself."""
        answer = self.answer
        code = str(next(iter(found(page.json, answer.code or "")), ""))
        if answer.errors is None:
            good = code in map(str, answer.success)
        else:
            told = any(value is not None for value in found(page.json, answer.data or ""))
            good = told and not any(found(page.json, answer.errors))
        if good:
            return "success"
        if code in map(str, answer.login):
            return "login"
        return "captcha" if code in map(str, answer.captcha) else "error"

    # --- asking ---

    def link(self, request: Request, root: str, kind: Kind, text: str = "", **values: Code) -> Link:
        """The request with its values filled in."""
        path, _, query = request.url.partition("?")
        pairs = [p for p in (_filled(pair, values) for pair in query.split("&")) if p]
        url = f"{root}{self.base}{_filled(path, values)}" + (f"?{'&'.join(pairs)}" if pairs else "")
        if request.method == "GET":
            return Link(url, kind, text=text)
        return Link(url, kind, "POST", asking.written(_given(request.body, values)), asking.JSON, text)

    # --- reporting ---

    def audit(self, answer: Any) -> None:
        """Say once a process which keys of a product's answer are neither read nor known to be of no use."""
        detail = self.detail
        read = [detail.id, detail.title, detail.price, *detail.description, *detail.titled.values(), *detail.pictures]
        read += [
            p for p in (detail.seller, detail.seller_id, detail.breadcrumbs, detail.buyable, detail.currency,
                        self.answer.code) if p
        ]  # fmt: skip
        read += [f"{row.items}.{path}" for row in detail.rows for path in (row.name, row.value)]
        read += [self.answer.message] if self.answer.message else []
        fresh = unread(answer, [*read, *detail.unread]) - _REPORTED.setdefault(self.id, set())
        if fresh:
            _REPORTED[self.id] |= fresh
            log.info("profile %s: keys nobody reads: %s", self.id, ", ".join(sorted(fresh)))


_REPORTED: dict[str, set[str]] = {}
_BOUNDARY = frozenset("?&/.#=")


def _stands(piece: str, address: str) -> bool:
    at, behind = address.find(piece), address.partition(piece)[2][:1]
    return at >= 0 and (not behind or behind in _BOUNDARY or piece[-1:] in _BOUNDARY)


def _asks(part: Part, asked: Mapping[str, Any] | None) -> bool:
    return asked is None or all(_says(str(asking.value(asked, name) or ""), word) for name, word in part.asks.items())


def _says(text: str, word: str) -> bool:
    """Whether the word stands in the text whole: ``product(`` not in ``moreproduct(``, ``goods.get`` not in ``goods.getAll``."""
    ends = r"(?![\w.-])" if word[-1:].isalnum() else ""
    return re.search(rf"(?<![\w.-]){re.escape(word)}{ends}", text) is not None


_HOLE = re.compile(r"\{(id|page|size|category|words)\}")


def _filled(template: str, values: Mapping[str, Code]) -> str:
    """The template with its holes filled, escaped for an address; empty when a hole has no value."""
    if any(values.get(hole, "") == "" for hole in _HOLE.findall(template)):
        return ""
    return _HOLE.sub(lambda m: quote(str(values[m[1]]), safe="", errors="replace"), template)


def _given(raw: Mapping[str, JsonValue], values: Mapping[str, Code]) -> dict[str, JsonValue]:
    filled = ((key, inner, _value(inner, values)) for key, inner in raw.items())
    return {key: value for key, inner, value in filled if value != "" and (value != {} or inner == {})}


def _value(raw: JsonValue, values: Mapping[str, Code]) -> JsonValue:
    if isinstance(raw, dict):
        return _given(raw, values)
    if isinstance(raw, list):
        return [value for inner in raw if (value := _value(inner, values)) != ""]
    hole = _HOLE.fullmatch(raw) if isinstance(raw, str) else None
    return values.get(hole[1], "") if hole else raw


# --- all profiles ------------------------------------------------------------------------------------------------


@tables.kept
def profiles() -> dict[str, Profile]:
    """All profiles by id, the shipped ones and the home's, read once. Raises ConfigError with every fault of every file."""
    made: dict[str, Profile] = {}
    problems: list[Problem] = []
    for path in tables.folder(tables.PROFILES):
        one, lines, found = yamlfile.read(path, Profile)
        problems += found
        if one is not None and one.id != path.stem:
            said = f"id 是 {one.id}，文件名是 {path.name}"
            problems.append(
                Problem(where=lines.where("id"), message=said, hint=f"把文件改名为 {one.id}.yaml，或者改 id")
            )
        elif one is not None:
            made[one.id] = one
    if problems:
        raise ConfigError(problems)
    return made


def of_address(url: str) -> Profile | None:
    """The profile one of whose interfaces the address asks; also for the bare beginning of an interface (``/mp/``),
    where only one profile begins so."""
    asked = next((p for p in profiles().values() if p.part(url) is not None), None)
    path = urlsplit(url).path
    begun = [p for p in profiles().values() if path.endswith((p.base, f"{p.base}/"))]
    return asked or (begun[0] if len(begun) == 1 else None)


def of_page(page: Page) -> Profile | None:
    """The profile of the back end that gave this answer."""
    if not isinstance(page.json, dict):
        return None
    owners = [p for p in profiles().values() if p.owns(page)]
    return next((p for p in owners if p.part_of(page) is not None), owners[0] if owners else None)
