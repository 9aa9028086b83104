"""Structured data of a page: JSON-LD, microdata, OpenGraph, by extruct's extractors over the page's own tree.

Owns: asking each extractor only where the bytes hint at it (microdata costs more than parsing the page), bounds on
what a hostile page can make them do, and the repair of dirty JSON-LD (comments, CDATA, control characters, trailing
commas and semicolons, several objects in a row), which real shops publish. Leaves to others: choosing among what was found.
"""

from __future__ import annotations

import json
import logging
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import lxml.html
from extruct.jsonld import JsonLdExtractor  # type: ignore[import-untyped]  # extruct has no types
from extruct.opengraph import OpenGraphExtractor  # type: ignore[import-untyped]  # extruct has no types
from extruct.w3cmicrodata import MicrodataExtractor  # type: ignore[import-untyped]  # extruct has no types

from scanner.page import query
from scanner.page.jsonbody import MAX_DEPTH, depth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scanner.page import Page

log = logging.getLogger(__name__)

MAX_SCRIPTS = 50
MAX_SCRIPT = 512 * 1024  # characters
MAX_SCOPES = 200  # microdata items
MAX_PROPERTIES = 2000
MAX_NESTED = 12
MAX_OBJECTS = 200  # in one script

_SCOPES = query.number("count(//*[@itemscope])")
_PROPERTIES = query.number("count(//*[@itemprop])")
_TOO_NESTED = query.truth(f"boolean(//*[@itemscope][count(ancestor::*[@itemscope]) >= {MAX_NESTED}])")

_DECODER = json.JSONDecoder(strict=False)
_BETWEEN = re.compile(r"[\s,;]*")  # of several objects in one script
_WRAPPING = re.compile(r"<!--|-->|<!\[CDATA\[|\]\]>|/\*\s{0,20}\*/")
_STRING_OR_COMMENT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z))|,(?=\s{0,200}[\]}])', re.DOTALL)


def structured(page: Page) -> dict[str, list[Any]]:
    """``{"json-ld": [...], "microdata": [...], "opengraph": [...]}``; a kind the page does not hint at is empty."""
    root, text = page.tree, page.text
    return {
        "json-ld": json_ld(page.tagged.get("script", ())) if "ld+json" in text else [],
        "microdata": _microdata(root, page.url) if "itemscope" in text and "itemprop" in text else [],
        "opengraph": list(OpenGraphExtractor().extract_items(root)) if '"og:' in text or "'og:" in text else [],
    }


def json_ld(scripts: Iterable[lxml.html.HtmlElement]) -> list[Any]:
    """The objects of all JSON-LD scripts, ``@graph`` unfolded; a script beyond repair is logged and left out."""
    found: list[Any] = []
    spoken = (script for script in scripts if "ld+json" in (script.get("type") or "").lower())
    for script in islice(spoken, MAX_SCRIPTS):
        source = script.text or ""
        if not source.strip() or len(source) > MAX_SCRIPT:
            continue
        items = _items(script, source)
        if depth(items) > MAX_DEPTH:
            log.info("JSON-LD nested deeper than %d left out", MAX_DEPTH)
            continue
        for item in items:
            graph = item.get("@graph") if isinstance(item, dict) else None
            found += graph if isinstance(graph, list) else [item]
    return found


def _items(script: lxml.html.HtmlElement, source: str) -> list[Any]:
    try:
        value = _DECODER.decode(source)
        if isinstance(value, dict):  # as nearly all are; extruct would look for the script first
            return [value]
    except (ValueError, RecursionError):
        pass
    try:
        items: list[Any] = JsonLdExtractor().extract_items(script)
        if items:
            return items
    except (ValueError, RecursionError):
        pass
    found: list[Any] = []
    text, at = repaired(source), 0
    while at < len(text) and len(found) < MAX_OBJECTS:
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            log.info("JSON-LD beyond repair left out: %s", error)
            break  # what stood before it is whole
        found += value if isinstance(value, list) else [value]
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # matches anything
    return found


def repaired(source: str) -> str:
    """Dirty JSON as JSON, as far as can be told without guessing; strings are left alone.

    >>> repaired('<!-- {"name": "a//b", /* price */ "sku": 1,}; -->')
    '{"name": "a//b",  "sku": 1}'
    """
    bare = _WRAPPING.sub("", source)
    bare = _STRING_OR_COMMENT.sub(lambda m: m[0] if m[0].startswith('"') else "", bare)
    bare = _TRAILING_COMMA.sub(lambda m: m[1] or "", bare)
    return bare.strip().rstrip(";").strip()


def _microdata(root: lxml.html.HtmlElement, url: str) -> list[Any]:
    if _SCOPES(root) > MAX_SCOPES or _PROPERTIES(root) > MAX_PROPERTIES or _TOO_NESTED(root):
        log.info("microdata larger than the caps left out")
        return []
    try:
        return list(MicrodataExtractor().extract_items(root, base_url=url))
    except (ValueError, RecursionError) as error:  # ValueError: addresses that are none
        log.info("microdata left out: %s", error)
        return []
