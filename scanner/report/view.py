"""What the documents of a lead show, in which order, the same for HTML, PDF and DOCX.

Owns: the order (what changed since comes first, then the gravest), the numbers of findings and pages, which records of a
capture are shown, which pictures with which marks, and that all of it is masked. Leaves to others: looks (``html``,
``pdf``, ``docx``), words (``words``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import (
    Capture,
    CaseFile,
    Finding,
    Listing,
    Outcome,
    Proof,
    RecordRef,
    SecondLook,
    Seller,
    Verdict,
)
from scanner.report import limits, marks, masking
from scanner.report.excerpt import Excerpt, excerpt
from scanner.report.marking import Marked, Marking
from scanner.report.material import Facts, Material

OWN = 2  # records of the page's own exchange, which come first: request and response
PIECE = 1_700  # pixels of height of a picture's piece on paper; 1,280 wide it fills a page of A4
MAX_PIECES = 8  # of one page's picture on paper
MAX_ON_PAPER = 40  # of all pages' pictures on paper
MAX_FOUND = 200  # findings told in full on paper; the HTML tells all


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding as it is shown. ``page`` and ``second`` are the numbers of its captures, 0 where it has none."""

    number: int
    finding: Finding
    title: str
    subject: Listing | Seller | None
    excerpt: Excerpt
    second_look: SecondLook
    page: int
    second: int
    mark: Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A capture as it is shown. ``records`` are the page's own exchange and what was made by looking, ``more`` counts the
    rest (a browser's visit has hundreds); ``pictures``: of the page as seen, from the top, PNG or JPEG; ``note``: what is to
    be said of them."""

    number: int
    capture: Capture
    outcome: Outcome | None
    facts: Facts
    records: tuple[RecordRef, ...]
    more: int
    pictures: tuple[bytes, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a report shows. ``case`` is masked; ``left_out`` says what was cut from this form of the report."""

    case: CaseFile
    found: tuple[Shown, ...]
    pages: tuple[Page, ...]
    counts: tuple[tuple[Verdict, int], ...]
    changed: tuple[int, ...]
    unchecked: tuple[str, ...]
    limits: tuple[str, ...]
    masking: tuple[str, ...]
    masked: Mapping[str, Any]
    notes: tuple[str, ...]
    software: str
    left_out: tuple[str, ...] = ()


class Views:
    """The views of a case: one for the screen (``whole``), one for paper (``paper``). The marks are made once."""

    def __init__(self, case: CaseFile, material: Material) -> None:
        ledger = masking.Ledger()
        self._case, self._material = masking.masked(case, ledger), material
        order = sorted(range(len(case.proofs)), key=lambda n: case.proofs[n].second_look is not SecondLook.CHANGED)
        # Marks are found by the words as they stand on the page; what is shown is the covered case.
        self._marking = Marking(case, tuple(case.proofs[n] for n in order), material, ledger.published)
        self._proofs = tuple(self._case.proofs[n] for n in order)
        pictures = list(self._marking.covers())
        self._masked = masking.record(ledger, pictures)
        self._said = tuple(masking.said(ledger, sum(sum(row["masked"].values()) for row in pictures)))

    def whole(self) -> View:
        """Everything, each page's picture in one piece."""
        return self._view(tuple(self._page(n, capture, None)[0] for n, capture in enumerate(self._case.captures, 1)))

    def paper(self) -> View:
        """Tall pictures in pieces, and a bound on how many."""
        pages, left, cut = [], MAX_ON_PAPER, []
        for number, capture in enumerate(self._case.captures, 1):
            page, of = self._page(number, capture, min(left, MAX_PIECES))
            left -= len(page.pictures)
            if of > len(page.pictures):
                cut.append(f"取证页 {number} 的截图共 {of} 段，此处印出 {len(page.pictures)} 段")
            pages.append(page)
        if len(self._proofs) > MAX_FOUND:
            cut.append(f"发现共 {len(self._proofs)} 项，此处详列前 {MAX_FOUND} 项")
        if cut:
            cut.append("其余见 report.html 和 pages.wacz")
        return dataclasses.replace(self._view(tuple(pages)), left_out=tuple(cut))

    @property
    def masked(self) -> Mapping[str, Any]:
        """``masking.json``."""
        return self._masked

    def _view(self, pages: tuple[Page, ...]) -> View:
        case, material = self._case, self._material
        found = self._shown({page.capture.id: page.number for page in pages})
        return View(
            case=case, found=found, pages=pages, masking=self._said, masked=self._masked, notes=material.notes,
            counts=tuple((verdict, sum(s.finding.verdict is verdict for s in found)) for verdict in Verdict),
            changed=tuple(s.number for s in found if s.second_look is SecondLook.CHANGED),
            unchecked=tuple(limits.unchecked(case, [(s.number, s.finding) for s in found], material.not_measured)),
            limits=tuple(limits.limits(case)), software=material.software,
        )  # fmt: skip

    def _shown(self, numbers: Mapping[str, int]) -> tuple[Shown, ...]:
        subjects = self._case.subjects
        return tuple(
            self._one(n, proof, numbers, subjects.get((proof.finding.subject_id, proof.finding.version)))
            for n, proof in enumerate(self._proofs, 1)
        )

    def _one(self, number: int, proof: Proof, numbers: Mapping[str, int], subject: Listing | Seller | None) -> Shown:
        finding = proof.finding
        return Shown(
            number=number, finding=finding, title=self._material.titles.get(finding.rule, ""), subject=subject,
            excerpt=excerpt(finding, subject), second_look=proof.second_look, page=numbers.get(proof.capture, 0),
            second=numbers.get(proof.second_capture, 0), mark=self._marking.marked[number - 1],
        )  # fmt: skip

    def _page(self, number: int, capture: Capture, pieces: int | None) -> tuple[Page, int]:
        """A page with its picture in at most ``pieces`` (None: whole), and into how many it would be cut."""
        records = tuple(r for n, r in enumerate(capture.records) if n < OWN or r.type == "resource")
        pictures, of, note = self._pictures(capture.id, pieces)
        page = Page(
            number=number, capture=capture, outcome=dict(self._case.outcomes).get(capture.id), records=records,
            more=len(capture.records) - len(records), pictures=pictures, note=note,
            facts=self._material.facts.get(capture.id, Facts()),
        )  # fmt: skip
        return page, of

    def _pictures(self, capture: str, pieces: int | None) -> tuple[tuple[bytes, ...], int, str]:
        seen = self._material.seen.get(capture)
        if seen is None or not seen.picture.startswith(marks.PNG):
            return (), 0, ""
        touched = self._marking.touched(capture)
        note = "红框和灰块画在副本上，未改动的截图在 pages.wacz 中" if touched else ""
        if pieces is None and not touched:
            return (seen.picture,), 1, note
        image = self._marking.page(capture)
        if image is None:
            return (), 0, "截图打不开"
        cuts = [image] if pieces is None else marks.slices(image, PIECE)
        return tuple(marks.encoded(cut) for cut in cuts[:pieces]), len(cuts), note
