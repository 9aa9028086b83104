"""One parsed tree a page, and the visible text of any part of it.

Owns: parsing hostile HTML within bounds, and what counts as a block of visible text: scripts, styles and templates are
left out, what CSS hides stays in (sellers hide words), buttons say their label. Leaves to others: which blocks matter.
"""

from __future__ import annotations

import logging
import re
from itertools import islice

import lxml.html
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree
from lxml.html import soupparser

log = logging.getLogger(__name__)

MAX_RESCUE = 4 * 1024 * 1024  # characters; BeautifulSoup is thirty times slower than lxml
_WRAPPERS = re.compile(r"</?(?:div|span|font|section|center|article|main|b|i|u|em|strong|small)\b[^<>]{0,2000}>", re.I)
# One class for all elements, found in C; lxml.html asks a Python function for every element that is touched.
_ELEMENTS = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)

# Block borders become U+2028, so that line breaks of the source are mere white space; U+2029 stands around links.
BREAK, LINK = "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"


# Elements that say nothing one could see, and those that stand in lines of their own.
UNSEEN = (
    "head",
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "math",
    "iframe",
    "object",
    "canvas",
    "audio",
    "video",
)
BLOCKS = (
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "td", "th", "table", "caption", "h1", "h2", "h3", "h4", "h5",
    "h6", "section", "article", "header", "footer", "nav", "aside", "main", "form", "fieldset", "legend", "select",
    "option", "button", "textarea", "pre", "blockquote", "figure", "figcaption", "address", "center", "details",
    "summary", "hr",
)  # fmt: skip


def _stylesheet() -> etree.XSLT:
    """A transform from a tree to its visible text. In C: it needs no element as an object, as a walk in Python does."""
    broken = f"<xsl:text>{BREAK}</xsl:text>"
    return etree.XSLT(
        etree.XML(
            f"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/>
<xsl:template match="{"|".join(UNSEEN)}" priority="1">{broken}</xsl:template>
<xsl:template match="{"|".join(BLOCKS)}">{broken}<xsl:apply-templates/>{broken}</xsl:template>
<xsl:template match="br">{broken}</xsl:template>
<xsl:template match="input"/><xsl:template match="input[@type='submit' or @type='button']">
{broken}<xsl:value-of select="@value"/>{broken}</xsl:template>
</xsl:stylesheet>"""
        )
    )


_VISIBLE = _stylesheet()


def parse(text: str, source: bytes | None = None) -> lxml.html.HtmlElement | None:
    """The tree of ``text``; None when there is no element in it. ``source``: the text in UTF-8, where one has it.

    Two kinds of page get a second try, so that nothing hides in them: nested deeper than the 2,048 elements after which
    libxml2 stops (read again without wrapping elements), and swallowed whole by an unclosed title, comment or text
    field (read again by BeautifulSoup).
    """
    if BREAK in text or LINK in text:
        text, source = text.replace(BREAK, "\n").replace(LINK, "\n"), None
    root, too_deep = _lxml(text.encode("utf-8", "replace") if source is None else source)
    if too_deep:
        log.warning("page nested too deep, read without its wrapping elements")
        root, _ = _lxml(_WRAPPERS.sub("\n", text).encode("utf-8", "replace"))
    elif len(text) <= MAX_RESCUE and (root is None or _few(root)) and text.count("</") >= 20:
        soup = _soup(_without_open_comment(text))
        root = root if soup is None else soup
    return root


def _few(root: lxml.html.HtmlElement) -> bool:
    """Whether there are fewer than ten elements."""
    return len(list(islice(root.iter("*"), 10))) < 10


def _lxml(source: bytes) -> tuple[lxml.html.HtmlElement | None, bool]:
    """The tree of UTF-8, and whether libxml2 gave up on its depth."""
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = lxml.html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but white space
        return None, False
    last = parser.error_log.last_error
    return root, last is not None and last.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT


def _without_open_comment(text: str) -> str:
    """The text without a comment's beginning that has no end: Python's own parsers differ in what they make of it."""
    at = text.rfind("<!--")
    return text if at < 0 or text.find("-->", at) >= 0 else text[:at] + text[at + 4 :]


def _soup(text: str) -> lxml.html.HtmlElement | None:
    try:
        return soupparser.fromstring(text, features="html.parser")
    except (ParserRejectedMarkup, RecursionError, ValueError):  # ValueError: characters XML does not allow
        return None


def blocks(root: lxml.html.HtmlElement) -> tuple[str, ...]:
    """The visible blocks of text under ``root``, white space collapsed, empty ones left out."""
    lines = str(_VISIBLE(root)).split(BREAK)
    return tuple(b for line in lines if (b := " ".join(line.split())))
