"""The report of a lead: one HTML file, in Chinese, for those who take the case on.

Self-contained (style inside, pictures as data URIs), no script, no link to follow (an address of a suspect page is
text), a content security policy that allows nothing else; the same case gives the same bytes. All text from pages is
escaped and characters without a shape are shown by code point.

Owns: what the report says, in which order: what changed since is shown first, then the gravest. Leaves to others: the
words (``words``), quotes (``excerpt``), the layout (``templates/report.html``), packing (``evidence``).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scanner import clock
from scanner.model import (
    Capture,
    CaseFile,
    Field,
    FieldState,
    Finding,
    Listing,
    Outcome,
    Proof,
    RecordRef,
    SecondLook,
    Seller,
    Verdict,
)
from scanner.report import limits, words
from scanner.report.excerpt import Excerpt, excerpt, visible

PNG = b"\x89PNG\r\n\x1a\n"
OWN = 2  # records of the page's own exchange, which come first: request and response
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding as the report shows it. ``page`` and ``second`` are the numbers of its captures, 0 where it has none."""

    number: int
    finding: Finding
    title: str
    subject: Listing | Seller | None
    excerpt: Excerpt
    second_look: SecondLook
    page: int
    second: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A capture as the report shows it. ``records`` are the page's own exchange and what was made by looking, ``more``
    counts the rest (a browser's visit has hundreds); ``picture`` is a ``data:`` URI or empty."""

    number: int
    capture: Capture
    outcome: Outcome | None
    records: tuple[RecordRef, ...]
    more: int
    picture: str


def html(
    case: CaseFile, pictures: Mapping[str, bytes], *, titles: Mapping[str, str] = NOTHING,
    not_measured: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """The report of ``case``, UTF-8.

    ``pictures``: capture id -> PNG of the page as seen (anything that is not a PNG is left out); ``titles``: rule id ->
    the rule's title in Chinese; ``not_measured``: what was not measured of the machine that looked, in Chinese.
    """
    pages = _pages(case, pictures)
    found = _shown(case, titles, {page.capture.id: page.number for page in pages})
    environment = _environment()
    style = environment.get_template("report.css").render(mark=case.mark if case.mark.isalnum() else "")
    text = environment.get_template("report.html").render(
        case=case, lead=case.lead, found=found, pages=pages, sellers=case.sellers, style=Markup(style),  # noqa: S704 - ours
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        counts=[(verdict, sum(s.finding.verdict is verdict for s in found)) for verdict in Verdict],
        changed=[s.number for s in found if s.second_look is SecondLook.CHANGED],
        unchecked=limits.unchecked(case, [(s.number, s.finding) for s in found], not_measured),
        limits=limits.limits(case),
    )  # fmt: skip
    return text.encode("utf-8")


def _shown(case: CaseFile, titles: Mapping[str, str], numbers: Mapping[str, int]) -> list[Shown]:
    subjects: dict[tuple[str, str], Listing | Seller] = {(one.id, one.version): one for one in case.listings}
    subjects |= {(one.id, one.version): one for one in case.sellers}
    changed_first = sorted(case.proofs, key=lambda proof: proof.second_look is not SecondLook.CHANGED)
    return [_one(n, proof, titles, numbers, subjects) for n, proof in enumerate(changed_first, 1)]


def _one(
    number: int, proof: Proof, titles: Mapping[str, str], numbers: Mapping[str, int],
    subjects: Mapping[tuple[str, str], Listing | Seller],
) -> Shown:  # fmt: skip
    finding = proof.finding
    subject = subjects.get((finding.subject_id, finding.version))
    return Shown(
        number=number, finding=finding, title=titles.get(finding.rule, ""), subject=subject,
        excerpt=excerpt(finding, subject), second_look=proof.second_look, page=numbers.get(proof.capture, 0),
        second=numbers.get(proof.second_capture, 0),
    )  # fmt: skip


def _pages(case: CaseFile, pictures: Mapping[str, bytes]) -> list[Page]:
    outcomes = dict(case.outcomes)
    pages = []
    for number, capture in enumerate(case.captures, 1):
        records = tuple(r for n, r in enumerate(capture.records) if n < OWN or r.type == "resource")
        pages.append(
            Page(
                number=number, capture=capture, outcome=outcomes.get(capture.id), records=records,
                more=len(capture.records) - len(records), picture=_data_uri(pictures.get(capture.id, b"")),
            )
        )  # fmt: skip
    return pages


def _data_uri(picture: bytes) -> str:
    if not picture.startswith(PNG):
        return ""
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"


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
