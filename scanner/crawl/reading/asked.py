"""What a request asks of a JSON back end: the parameters of its address and the values of its body, as one.

Owns: reading both, whatever the body's form (JSON, form); a value by its name or, inside a body, by its path
(``variables.options.skip``); the same request with one value changed. Leaves to others: which value means what
(``profile``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from scanner.crawl.reading.links import Kind, Link

if TYPE_CHECKING:
    from scanner.page import Page

MAX_DEPTH = 8  # of values in a body
JSON = (("Content-Type", "application/json"),)
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def of(page: Page) -> dict[str, Any]:
    """The parameters of the request that brought the page: those of the address, then those of the body."""
    return said(page.url, page.request_body)


def said(url: str, sent: bytes) -> dict[str, Any]:
    """What a request with this address and body asks for.

    >>> said("http://shop.example/api?s=goods", b'{"id": 5}')
    {'s': 'goods', 'id': 5}
    """
    asked: dict[str, Any] = dict(parse_qsl(urlsplit(url).query))
    body = _json(sent) if sent else {}
    if body is None:
        body = dict(parse_qsl(sent.decode("utf-8", "replace")))
    return asked | (body if isinstance(body, dict) else {})


def flat(asked: Mapping[str, Any], depth: int = MAX_DEPTH) -> dict[str, str]:
    """Every value under its name or path, as text; what lies deeper than ``depth`` is left out.

    >>> flat({"id": 5, "variables": {"skip": 20}})
    {'id': '5', 'variables.skip': '20'}
    """
    found: dict[str, str] = {}
    for name, value in asked.items():
        if isinstance(value, dict) and depth:
            found |= {f"{name}.{inner}": text for inner, text in flat(value, depth - 1).items()}
        elif not isinstance(value, dict):
            found[str(name)] = str(value)
    return found


def value(asked: Mapping[str, Any], name: str) -> Any:
    """The value of that name, else the one that the name leads to; None when there is none.

    >>> value({"variables": {"skip": 20}, "a.b": 1}, "variables.skip"), value({"a.b": 1}, "a.b")
    (20, 1)
    """
    if name in asked:
        return asked[name]
    head, _, rest = name.partition(".")
    inner = asked.get(head)
    return value(inner, rest) if rest and isinstance(inner, dict) else None


def without(asked: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """All but the values of these names."""
    kept = dict(asked)
    for name in names:
        if name in kept:
            del kept[name]
            continue
        head, _, rest = name.partition(".")
        if rest and isinstance(kept.get(head), dict):
            kept[head] = without(kept[head], (rest,))
    return kept


def changed(page: Page, name: str, to: int) -> Link:
    """The request that brought this page of a list, with one value changed where it stood."""
    parts = urlsplit(page.url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if page.method != "POST" or any(key == name for key, _ in pairs):
        kept = [(k, v) for k, v in pairs if k != name]
        url = parts._replace(query=urlencode([*kept, (name, to)], safe="/")).geturl()
        return Link(url, Kind.LIST, page.method, page.request_body if page.method == "POST" else b"")
    body = _json(page.request_body)
    if body is None:
        form = [(k, v) for k, v in parse_qsl(page.request_body.decode("utf-8", "replace")) if k != name]
        return Link(page.url, Kind.LIST, "POST", urlencode([*form, (name, to)]).encode(), FORM)
    return Link(page.url, Kind.LIST, "POST", written(_put(body if isinstance(body, dict) else {}, name, to)), JSON)


def written(body: Mapping[str, Any]) -> bytes:
    """The body as JSON. Half a surrogate pair, which an answer's id may be, becomes the escape that JSON has for it."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _put(body: Mapping[str, Any], name: str, to: int) -> dict[str, Any]:
    head, _, rest = name.partition(".")
    if name in body or not rest:
        return {**body, name: to}
    inner = body.get(head)
    return {**body, head: _put(inner if isinstance(inner, dict) else {}, rest, to)}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
