"""XPath questions with one kind of answer each; lxml's own type says that any may come back.

Owns: nothing but the types. Leaves to others: the questions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from lxml import etree
from lxml.html import HtmlElement


def elements(path: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    """A question for elements, in document order."""
    return cast("Callable[[HtmlElement], list[HtmlElement]]", etree.XPath(path))


def text(path: str) -> Callable[[HtmlElement], str]:
    """A question for one text: ``string(…)``."""
    ask = cast("Callable[[HtmlElement], str]", etree.XPath(path, smart_strings=False))
    return lambda root: str(ask(root))


def texts(path: str) -> Callable[[HtmlElement], list[str]]:
    """A question for texts or attribute values."""
    return cast("Callable[[HtmlElement], list[str]]", etree.XPath(path, smart_strings=False))


def number(path: str) -> Callable[[HtmlElement], float]:
    """A question for a number: ``count(…)``."""
    return cast("Callable[[HtmlElement], float]", etree.XPath(path))


def truth(path: str) -> Callable[[HtmlElement], bool]:
    """A question for yes or no: ``boolean(…)``."""
    return cast("Callable[[HtmlElement], bool]", etree.XPath(path))
