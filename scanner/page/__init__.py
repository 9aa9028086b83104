"""A capture's bytes, decoded once, as everything a reader may ask of them; nothing is computed before it is asked.

Owns: text, tree, visible blocks, links, images, JSON, structured data, and what the HTML itself says of labels and
values (``specs``), repeated cards (``cards``) and the main text (``main``). Leaves to others: what any of it means
(families), and whether the page may be read at all (``crawl.reading.outcome``). Pure: no clock, network, files. Bytes stay
bytes until here; a page that lies about its encoding is read as it is.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.page import anchors, cards, decoding, jsonbody, names, prose, query, specs, state, structured, tree
from scanner.page.anchors import Anchor, Resolver
from scanner.page.cards import Card
from scanner.page.names import Names
from scanner.page.specs import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set
    from datetime import datetime

    import lxml.html

__all__ = ["Anchor", "Card", "Page", "Row", "fragment"]

_JSON_SCRIPTS = query.elements("//script[@type='application/json']")
_SCRIPTS = query.elements("//script[not(@src)]")
_HOLDERS = ("head", "body")  # a title elsewhere is a drawing's
MAX_EMBEDDED = 50
_TAIL = 2048  # characters; comments and counters may follow the end


class Page:
    """One answer of a server (or a rendered DOM). ``body`` has its content encodings undone; ``headers`` are as
    received; ``capture`` is the id under which it was sealed; ``storefront`` defaults to host[:port]."""

    def __init__(
        self,
        url: str,
        status: int,
        headers: Iterable[tuple[bytes, bytes]],
        body: bytes,
        capture: str,
        time: datetime,
        method: str = "GET",
        request_body: bytes = b"",
        storefront: str = "",
    ) -> None:
        self.url = url
        self.status = status
        self.headers = tuple(headers)
        self.body = body
        self.capture = capture
        self.time = time
        self.method = method
        self.request_body = request_body
        self.storefront = storefront or urlsplit(url).netloc.rpartition("@")[2].lower()
        self._states: dict[str, Any] = {}

    def __reduce__(self) -> tuple[type[Page], tuple[Any, ...]]:
        """A page travels to another process without what was computed of it."""
        return Page, (self.url, self.status, self.headers, self.body, self.capture, self.time, self.method,
                      self.request_body, self.storefront)  # fmt: skip

    def header(self, name: bytes) -> str:
        """The first header of that name (any case), decoded leniently; empty when there is none."""
        lower = name.lower()
        return next((v.decode("latin-1").strip() for k, v in self.headers if k.lower() == lower), "")

    # --- bytes and text ---

    @cached_property
    def _content_type(self) -> tuple[str, str]:
        media, _, rest = self.header(b"content-type").partition(";")
        charset = rest.lower().partition("charset=")[2].split(";")[0].strip(" \"'")
        return media.strip().lower(), charset

    @cached_property
    def media_type(self) -> str:
        """What the bytes are where they show it, else what the server said."""
        return decoding.media_type(self.body, self._content_type[0])

    @cached_property
    def _decoded(self) -> decoding.Decoded:
        return decoding.decode(self.body, self._content_type[1])

    @property
    def text(self) -> str:
        """The whole source as text."""
        return self._decoded.text

    @cached_property
    def closings(self) -> int:
        """How many closing tags the source has: about how much page there is, before it is parsed."""
        return self._source.count(b"</")

    @property
    def whole(self) -> bool:
        """Whether the HTML comes to its own end. A page cut short does not; some never say it, so only a family that
        knows its pages may conclude anything."""
        return "</html>" in self.text[-_TAIL:].lower()

    @property
    def encoding(self) -> str:
        return self._decoded.encoding

    @property
    def debris(self) -> int:
        """How many characters could not be read (U+FFFD), here or already at the server."""
        return self._decoded.debris

    # --- HTML ---

    @cached_property
    def tree(self) -> lxml.html.HtmlElement | None:
        """The parsed HTML; None for JSON, binary and empty bodies."""
        if self.json is not None or not self._looks_like_text or "<" not in self.text:
            return None
        return tree.parse(self.text, self._source)

    @cached_property
    def elements(self) -> list[lxml.html.HtmlElement]:
        """All elements in document order. While they are held, no other walk has to make them again, which takes lxml
        longer than the walk."""
        return [] if self.tree is None else list(self.tree.iter())

    @cached_property
    def tagged(self) -> dict[str, list[lxml.html.HtmlElement]]:
        """The elements by tag, each list in document order: one walk answers what a dozen questions would each walk for."""
        found: dict[str, list[lxml.html.HtmlElement]] = defaultdict(list)
        for element in self.elements:
            found[element.tag].append(element)
        return found

    @cached_property
    def _source(self) -> bytes:
        """The whole source in UTF-8; of most pages the bytes as they came."""
        return self.body if self._decoded.as_it_came else self.text.encode("utf-8", "replace")

    @cached_property
    def _small(self) -> bytes:
        """The source in small letters, as bytes: ten times quicker to make than a text in small letters."""
        return self._source.lower()

    def mentions(self, word: str) -> bool:
        """Whether the source may hold a word of ASCII (an attribute's name, say) in any case: asked before all elements
        are looked at for it."""
        return word.encode("ascii") in self._small

    @property
    def _looks_like_text(self) -> bool:
        kind = self.media_type
        return kind.startswith("text/") or kind in ("application/xhtml+xml", "application/xml")

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Visible text, block by block; what CSS hides is in it."""
        return () if self.tree is None else tree.blocks(self.tree)

    @cached_property
    def visible_text(self) -> str:
        """The blocks, one a line."""
        return "\n".join(self.blocks)

    @cached_property
    def title(self) -> str:
        """The text of ``<title>``."""
        titles = (e for e in self.tagged.get("title", ()) if (up := e.getparent()) is not None and up.tag in _HOLDERS)
        first = next(titles, None)
        return "" if first is None else " ".join("".join(first.itertext()).split())

    @cached_property
    def meta(self) -> dict[str, str]:
        """``<meta>`` by lower-case name or property (``description``, ``keywords``, ``og:title`` …), the first of
        each name."""
        found: dict[str, str] = {}
        for element in self.tagged.get("meta", ()):
            if (content := element.get("content")) is not None:
                name = element.get("name") or element.get("property") or element.get("itemprop") or ""
                found.setdefault(name.strip().lower(), content.strip())
        return found

    @cached_property
    def canonical(self) -> str:
        """The address in ``<link rel=canonical>``, absolute; empty when there is none."""
        said = (e.get("href") for e in self.tagged.get("link", ()) if e.get("rel") == "canonical")
        return self.absolute(next((href for href in said if href is not None), ""))

    @cached_property
    def absolute(self) -> Resolver:
        """Makes the addresses of this page absolute; empty for those that lead nowhere."""
        bases = (e.get("href") for e in self.tagged.get("base", ()))
        return anchors.resolver(next((href for href in bases if href is not None), ""), self.url)

    @cached_property
    def links(self) -> tuple[Anchor, ...]:
        return anchors.links(self._written, self.absolute)

    @property
    def links_cut(self) -> bool:
        """Whether the page has more links than ``links`` looks at."""
        return anchors.cut(self._written)

    @property
    def _written(self) -> Iterator[lxml.html.HtmlElement]:
        """What may be a link, in document order."""
        tags = [tag for tag in anchors.TAGS if tag in self.tagged]
        return iter(self.tagged[tags[0]] if len(tags) == 1 else [e for e in self.elements if e.tag in tags])

    @cached_property
    def images(self) -> tuple[tuple[str, str], ...]:
        """(address, alternative text)."""
        return anchors.images(self.tagged.get("img", ()), self.absolute)

    @cached_property
    def specs(self) -> tuple[Row, ...]:
        """Label and value pairs of definition lists, tables and lists, in order."""
        return specs.rows(self.elements)

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """Repeated blocks that each show one linked thing, with its price where it has one."""
        return cards.cards(self.links)

    @cached_property
    def names(self) -> Names:
        """Elements by what their tags, classes and ids say they are."""
        return Names(furniture=frozenset()) if self.tree is None else names.names(self)

    def prose(self, without: Set[lxml.html.HtmlElement] = frozenset()) -> tuple[str, ...]:
        """The main text: visible blocks without furniture, controls, blocks that are only links, and the parts named."""
        return prose.prose(self.elements, self.names.furniture | without)

    # --- data ---

    @cached_property
    def json(self) -> Any:
        """The body as JSON object or list, whatever type the server claims; None if it is none."""
        return jsonbody.load(self.text) if self._looks_like_json else None

    @property
    def _looks_like_json(self) -> bool:
        kind = self.media_type
        if "json" in kind or "javascript" in kind:
            return True
        return kind.startswith("text/") and self.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")

    @cached_property
    def structured(self) -> dict[str, list[Any]]:
        """JSON-LD, microdata and OpenGraph as extruct gives them: ``{"json-ld": [...], ...}``."""
        if self.tree is None:
            return {"json-ld": [], "microdata": [], "opengraph": []}
        return structured.structured(self)

    @cached_property
    def embedded_json(self) -> tuple[Any, ...]:
        """The values of ``<script type="application/json">``."""
        scripts = () if self.tree is None else _JSON_SCRIPTS(self.tree)[:MAX_EMBEDDED]
        return tuple(v for s in scripts if (v := jsonbody.load(s.text or "")) is not None)

    def state(self, name: str) -> Any:
        """The object or list that a script of the page assigns to ``name`` (``_global``, without ``window.``), passes to it
        (``TShop.Setup``), or holds under it as its id (``__NEXT_DATA__``); None if there is none. Read, never executed."""
        if name in self._assigned:
            return self._assigned[name]
        if name not in self._states:
            self._states[name] = state.named(self.text, name) if name in self.text else None
        return self._states[name]

    @cached_property
    def _assigned(self) -> dict[str, Any]:
        scripts = [] if self.tree is None else _SCRIPTS(self.tree)
        held = {i: v for s in scripts if (i := s.get("id")) and s.get("type") == "application/json"
                and (v := jsonbody.load(s.text or "")) is not None}  # fmt: skip
        return state.assigned(s.text or "" for s in scripts if "json" not in (s.get("type") or "")) | held


def fragment(html: str, url: str) -> tuple[str, tuple[str, ...]]:
    """The visible text of a piece of HTML (a description from an API), one block a line, and its pictures."""
    root = tree.parse(html) if "<" in html else None
    if root is None:
        return "\n".join(b for line in html.splitlines() if (b := " ".join(line.split()))), ()
    return "\n".join(tree.blocks(root)), tuple(
        address for address, _ in anchors.images(root.iter("img"), Resolver(url))
    )
