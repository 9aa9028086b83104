"""The product's own numbers on a page, and whether a page shows none at all.

Owns: which of the numbers seen are the product's, which device a page names, and when a number's absence may be said. Leaves to others: what is wrong
with a number (``registration``), reading numbers (``numbers``).
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from scanner.checks.case import DESCRIPTION_UNREAD, NUMBER_UNREADABLE, Case
from scanner.checks.document import PICTURE_TEXT, Quote
from scanner.checks.facts import DRUG_NUMBERS, PRODUCT_NUMBERS
from scanner.checks.labels import called, under
from scanner.model import POSTS, Listing, NumberSeen, Verdict
from scanner.rulebook import DisplayRule
from scanner.rulebook.tables import LABEL_NUMBER, Category
from scanner.text import fold

_NOTHING = frozenset(("无", "暂无", "没有", "未填", "不详", "无需", "-", "--", "/", "n/a", "none"))
MISREAD = 2  # characters by which a number read in a picture may differ from the same number
SPELT_LIKE = ("械注", "械备", "药监械", "药管械")  # a device number, however badly it continues


def own(case: Case) -> dict[str, NumberSeen]:
    """The product's own numbers, each once, those under a label for them first."""
    found = [s for s in case.subject.numbers if s.number.type in PRODUCT_NUMBERS | DRUG_NUMBERS]
    found = [s for s in found if not misread(case, s)]
    found.sort(key=lambda s: not called(case.rulebook, LABEL_NUMBER, s.field.removeprefix("attribute:")))
    return {s.number.number: s for s in reversed(found)}


def misread(case: Case, seen: NumberSeen) -> bool:
    """Whether a number read in a picture is, but for a character or two, one that the page also writes as text."""
    if seen.field != PICTURE_TEXT:
        return False
    written = (s.number.number for s in case.subject.numbers if s.field != PICTURE_TEXT)
    own = seen.number.number
    return any(other != own and Levenshtein.distance(own, other, score_cutoff=MISREAD) <= MISREAD for other in written)


def device_of(case: Case) -> Category | None:
    """The device category the page itself names (in its title or product name), else None."""
    category = case.rulebook.categories.get(case.facts.category)
    if category is None or category.goods != "device" or not category.classes or not case.category_quote.field:
        return None
    return category


def filings(case: Case) -> tuple[NumberSeen, ...]:
    """The product's own numbers where all of them are filings of class I, else nothing."""
    found = tuple(own(case).values())
    sound = all(s.number.type == "device_filing" and s.number.valid is not False for s in found)
    return found if sound and not case.facts.fragment else ()


def quote_of(seen: NumberSeen) -> Quote:
    return Quote(field=seen.field, text=seen.number.raw, start=seen.number.start, end=seen.number.end)


def none_shown(case: Case) -> bool:
    """Whether a listing shows no number of the product, nor anything in the place of one."""
    listing = case.subject
    if case.facts.fragment or not isinstance(listing, Listing) or listing.family in POSTS or own(case):
        return False  # who speaks of goods in a post need not show their number there
    text = case.document.folded.text
    said = any(fold(row.value).text.strip() not in _NOTHING for row in under(case.rulebook, LABEL_NUMBER, listing))
    if said or any(w in text for w in SPELT_LIKE):
        return False  # there is something where a number belongs: another rule's matter
    # a page that says its number is in a picture is a matter of display
    as_text = (
        r.id for r in case.rulebook.rules.values()
        if isinstance(r, DisplayRule) and r.as_text and r.on == "product_page" and PRODUCT_NUMBERS & {*r.number_types}
    )  # fmt: skip
    return not any(case.hits.get(rule) for rule in as_text)


def unseen(case: Case) -> Verdict:
    """How far it may be said that a number is not there, given what of the page was not looked at."""
    unread = case.unread
    if DESCRIPTION_UNREAD in unread or NUMBER_UNREADABLE in unread:
        return Verdict.UNVERIFIED
    return Verdict.SUSPECT if unread else Verdict.VIOLATION
