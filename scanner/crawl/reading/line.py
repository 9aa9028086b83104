"""What happens to one sealed page: recognised, read by its family, judged. The same for crawl, import and re-reading.

Owns: the order *outcome, read, judge* and the one place where a family's doubt is caught. Leaves to others: fetching
and sealing before it, keeping after it (``keep``). Pure: no clock, no network, no writing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from scanner.checks.facts import derive
from scanner.crawl.reading import parts
from scanner.errors import PageError
from scanner.judge import judge
from scanner.model import Listing, Outcome
from scanner.page.skeleton import signature

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from scanner.crawl.reading.parts import Part
    from scanner.model import Finding, Named, Seller
    from scanner.page import Page
    from scanner.registry import Register
    from scanner.rulebook import Rulebook


class Reader(Protocol):
    """A storefront family, as far as the line needs it."""

    def parts(self, page: Page) -> tuple[Part, ...]: ...

    def outcome(self, page: Page) -> Outcome | None: ...

    def read(self, page: Page) -> Listing | Seller | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one page came to. ``why`` says in Chinese why nothing was read, where there is something to say; ``parts`` is
    what it says of products whose own pages are elsewhere; ``named`` is what it lists, where it is a list; ``goods``: what
    kind of goods a listing offers (``device``, ``drug`` … or ``unknown``), once it was judged; ``template``: the signature of a
    seller's page (``page.skeleton``), "" where it has none."""

    outcome: Outcome
    subject: Listing | Seller | None = None
    findings: tuple[Finding, ...] = ()
    why: str = ""
    parts: tuple[Part, ...] = ()
    named: tuple[Named, ...] = ()
    goods: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The rulebook and register a crawl or import judges with."""

    rulebook: Rulebook
    register: Register

    def look(self, page: Page, family: Reader, on: date) -> Look:
        """Read ``page`` with ``family`` and judge what it says as of the day ``on`` (the capture's, Beijing time)."""
        seen = read(page, family)
        if seen.subject is None:
            return seen
        return self.again(seen, seen.subject, on)

    def again(self, look: Look, subject: Listing | Seller, on: date) -> Look:
        """``look`` at ``subject`` judged, for the first time or anew with more known of it (the text of its pictures)."""
        known = derive(subject, self.rulebook)
        findings = judge(subject, self.rulebook, self.register, on=on, known=known)
        return replace(look, subject=subject, findings=findings, goods=known.facts.goods)

    def joined(self, look: Look, found: Iterable[Part], on: date) -> Look:
        """``look`` with what its listing's parts say, judged anew; the same where they add nothing."""
        if not isinstance(look.subject, Listing):
            return look
        whole = parts.joined(look.subject, found)
        return look if whole is look.subject else self.again(look, whole, on)


def read(page: Page, family: Reader) -> Look:
    """What ``family`` reads of ``page``, not yet judged."""
    if found := family.parts(page):
        return Look(outcome=Outcome.NOT_A_PRODUCT, parts=found)
    seen = family.outcome(page)
    if seen is not None:
        return Look(outcome=seen)
    try:
        subject = family.read(page)
    except PageError as doubt:
        return Look(outcome=Outcome.ERROR, why=str(doubt))
    if subject is None:
        return Look(outcome=Outcome.NOT_A_PRODUCT)
    template = "" if isinstance(subject, Listing) else signature(page)
    return Look(outcome=Outcome.READ, subject=subject, template=template)
