"""Mended XML is XML, and mending changes nothing that was right."""

from __future__ import annotations

import doctest
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scanner.registry.readers import mending
from scanner.registry.readers.mending import mend

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_the_example() -> None:
    assert doctest.testmod(mending).failed == 0


def test_what_xml_forbids() -> None:
    assert mend(b"\x00a\x08\x0b\x0c\x0e\x1fb\t\n\r") == (b"ab\t\n\r", 6, 0)
    assert mend("\ufffea\uffff".encode()) == (b"a", 2, 0)
    assert mend(b"&#0;&#x1F;&#xD800;&#xFFFE;&#9;&#x4E2D;&#1114112;") == (b"&#9;&#x4E2D;", 5, 0)
    assert mend(b"&;&a&lt;&#;&#xG;&amp") == (b"&amp;;&amp;a&lt;&amp;#;&amp;#xG;&amp;amp", 0, 5)


@QUICK
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>")))
def test_any_text_without_tags_becomes_xml(text: str) -> None:
    mended, removed, _ = mend(text.encode())
    read = etree.fromstring(b"<a>" + mended + b"</a>").text or ""
    if "&" not in text:  # a reference reads as what it names
        lines = text.replace("\r\n", "\n").replace("\r", "\n")  # as XML reads line ends
        assert read == "".join(c for c in lines if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
        assert (removed > 0) == any((c < " " and c not in "\t\n\r") or c in "\ufffe\uffff" for c in text)


@QUICK
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_good_xml_stays_as_it_is(text: str) -> None:
    good = escape(text).encode()
    assert mend(good) == (good, 0, 0)
