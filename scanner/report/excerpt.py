"""A quote within its field, and page text made visible.

Owns: how much of a field stands around a quote, and showing characters that have no shape (zero-width, direction
overrides, controls, private use) by their code point, because sellers hide words with them and because such
characters could reorder what the report itself says. Leaves to others: where the quote lies (the finding says).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from scanner.model import Finding, Listing, Seller

MOST = 4_000  # code points of one text; a page can say a hundred thousand, and the package holds them all
AROUND = 80  # code points shown on either side of a quote

# Characters without a shape of their own: controls but tab and newline, soft hyphen, Arabic letter mark, fillers,
# zero-width and direction characters, variation selectors, lone surrogates, private use, tags.
_SHAPELESS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """``before`` + ``quote`` + ``after`` as they stand in the field. ``whole`` is False when the field's text is not
    at hand or does not hold the quote where the finding says; then only the quote is shown."""

    before: str
    quote: str
    after: str
    cut_before: bool
    cut_after: bool
    whole: bool


def shapeless(char: str) -> bool:
    """Whether a character has no shape of its own."""
    return _SHAPELESS.match(char) is not None


def plain(text: str) -> str:
    """``text`` for documents without markup: shapeless characters as ``[U+200B]``, too long a text cut with a note. What
    XML forbids is not in it.

    >>> plain("a\\u200bb")
    'a[U+200B]b'
    """
    shown, rest = text[:MOST], len(text) - MOST
    said = _SHAPELESS.sub(lambda match: f"[U+{ord(match.group()):04X}]", shown)
    return f"{said}……（另有 {rest} 字没有列出）" if rest > 0 else said


def visible(text: str) -> Markup:
    """``text`` escaped, with shapeless characters as ``<span class="code">U+200B</span>``, too long a text cut with a note.
    Linear in its length.

    >>> str(visible("a<\\u200bb"))
    'a&lt;<span class="code">U+200B</span>b'
    """
    rest = len(text) - MOST
    text = text[:MOST]
    parts: list[Markup] = []
    end = 0
    for match in _SHAPELESS.finditer(text):
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup('<span class="code">U+{:04X}</span>').format(ord(match.group())))
        end = match.end()
    parts.append(escape(text[end:]))
    if rest > 0:
        parts.append(Markup('<span class="soft">……（另有 {} 字没有列出）</span>').format(rest))
    return Markup("").join(parts)


def excerpt(finding: Finding, subject: Listing | Seller | None) -> Excerpt:
    """The finding's quote in its surroundings."""
    start, end = finding.start, finding.end
    for text in () if subject is None else field_texts(subject, finding.field):
        if 0 <= start <= end <= len(text) and text[start:end] == finding.quote:
            low, high = max(0, start - AROUND), min(len(text), end + AROUND)
            return Excerpt(
                before=text[low:start], quote=finding.quote, after=text[end:high], cut_before=low > 0,
                cut_after=high < len(text), whole=True,
            )  # fmt: skip
    return Excerpt(before="", quote=finding.quote, after="", cut_before=False, cut_after=False, whole=False)


def field_texts(subject: Listing | Seller, field: str) -> tuple[str, ...]:
    """The texts that a field named in a finding may mean; several where a page has two rows of one label."""
    if isinstance(subject, Listing):
        if field.startswith("attribute:"):
            return tuple(a.value for a in subject.attributes if a.name == field.removeprefix("attribute:"))
        if field.startswith("transcript:"):
            return tuple(said.text for said in subject.transcript if said.at == field.removeprefix("transcript:"))
        known = {"title": subject.title, "description": subject.description, "image_text": subject.image_text,
                 "seller": subject.seller, "price": subject.price, "buyable": subject.buyable}  # fmt: skip
    else:
        known = {"text": subject.text, "seller": subject.name, "image_text": subject.image_text}
    return (known[field].text,) if field in known else ()
