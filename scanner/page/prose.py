"""The main text of a page: what its owner says of its subject, without the parts named.

Owns: leaving out parts (furniture, specification rows, cards of other goods), form controls, and blocks that are
nothing but links to elsewhere. Leaves to others: which parts those are, and what to make of the text.
"""

from __future__ import annotations

import re
from collections.abc import Set

import lxml.html

from scanner.page.tree import BREAK, LINK, UNSEEN, stylesheet

_OUT = "qingwang-out"  # marks the parts left out, for the time of one transform
_MAIN = stylesheet(
    f"{UNSEEN}|select|option|button|input|textarea|*[@{_OUT}]",
    f"""<xsl:template match="a[@href and not(starts-with(@href, '#')) and not(starts-with(@href, 'javascript:'))]">
<xsl:text>{LINK}</xsl:text><xsl:apply-templates/><xsl:text>{LINK}</xsl:text></xsl:template>
<xsl:template match="a[@{_OUT}]" priority="2"/>""",
)
_WORD = re.compile(r"\w")


def prose(root: lxml.html.HtmlElement, without: Set[lxml.html.HtmlElement]) -> tuple[str, ...]:
    """The blocks of main text in order, the parts of ``without`` left out."""
    for part in without:
        part.set(_OUT, "")
    try:
        lines = str(_MAIN(root)).split(BREAK)
    finally:
        for part in without:
            del part.attrib[_OUT]
    return tuple(" ".join(words) for line in lines if (words := (_own(line) if LINK in line else line).split()))


def _own(line: str) -> str:
    """A block without its marks; empty when all it says is links."""
    pieces = line.split(LINK)
    return "".join(pieces) if any(_WORD.search(outside) for outside in pieces[::2]) else ""
