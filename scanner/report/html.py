"""The report of a lead: one HTML file, in Chinese, for those who take the case on; and the same page for paper.

Self-contained (style inside, pictures as data URIs), no script, no link to follow (an address of a suspect page is
text), a content security policy that allows nothing else; the same case gives the same bytes. All text from pages is
escaped and characters without a shape are shown by code point.

Owns: filling the template. Leaves to others: what is shown in which order (``view``), the words (``words``), quotes
(``excerpt``), the layout (``templates/report.html``), printing (``pdf``), packing (``evidence``).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scanner import clock
from scanner.model import Field, FieldState, Outcome
from scanner.report import marks, words
from scanner.report.excerpt import visible
from scanner.report.view import View


def html(view: View) -> bytes:
    """The report, UTF-8, whole in itself."""
    return filled(view, _data_uri).encode("utf-8")


def filled(view: View, source: Callable[[bytes], str], *, most: int = 0) -> str:
    """The template filled. ``source``: the address under which a picture is found; ``most``: findings told in full, 0: all."""
    environment = _environment()
    mark = view.case.mark if view.case.mark.isalnum() else ""
    style = environment.get_template("report.css").render(mark=mark)
    return environment.get_template("report.html").render(
        view=view, case=view.case, lead=view.case.lead, found=view.found, told=view.found[: most or None],
        pages=view.pages, sellers=view.case.sellers, counts=view.counts, changed=view.changed,
        unchecked=view.unchecked, limits=view.limits, source=source,
        style=Markup(style),  # noqa: S704 - ours
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )  # fmt: skip


def _data_uri(picture: bytes) -> str:
    return f"data:{marks.media_type(picture)};base64,{base64.b64encode(picture).decode('ascii')}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("scanner.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters.update(
        visible=visible,
        said=words.said,
        field_name=words.field_name,
        beijing=clock.beijing,
        utc=clock.stamp,
        state=_state,
    )
    environment.globals.update(words=words, SEEN=FieldState.SEEN, Outcome=Outcome)
    return environment


def _state(field: Field) -> Markup:
    """A field's text, or in its place why there is none."""
    if field.state is FieldState.SEEN:
        return visible(field.text)
    return Markup('<span class="none">{}</span>').format(words.said(field.state))
