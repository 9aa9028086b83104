"""The pieces in which a page writes the digits of one number, and what lies between them.

Owns: cutting digits into segments at spaces, line breaks and joiners; invisible characters cut nothing. Leaves to
others: how many of the segments are the number (``digits``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.numbers.fold import Folded, Gap

LONGEST = 24  # digits looked at
_MOST = 16  # segments
_DIGITS = re.compile(r"[0-9]{1,24}")
_JOINERS = "-.·_"
# Words of measure and time: digits before them are a quantity, not the tail of a number.
_UNITS = frozenset("年月日时元片盒支粒袋瓶台件个人次天%℃度寸米克升M")
_GLUED_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:[年./-]|(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9]))")
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:年|[./-][0-9]{1,2}[./-])")


@dataclass(frozen=True, slots=True)
class Segment:
    """Digits in one piece. ``after`` joins it to the one before: "" nothing, "-" "." a joiner, " " or a line break."""

    start: int
    end: int
    after: str


_AFTER = {Gap.NONE: "", Gap.SPACE: " ", Gap.LINE: "\n"}


def segments(folded: Folded, at: int) -> list[Segment]:
    """Runs of digits from ``at`` on, as long as only one joiner or one gap lies between them and none begins a date."""
    text, found, after = folded.text, list[Segment](), ""
    while len(found) < _MOST:
        match = _DIGITS.match(text, at, min(solid_end(folded, at), at + LONGEST)) if at < len(text) else None
        if match is None or (after in (" ", "\n") and _DATE.match(text, at)):
            break
        found.append(Segment(at, match.end(), after))
        at = match.end()
        if at < len(text) and text[at] in _JOINERS and folded.gap(at) is Gap.NONE:
            at, after = at + 1, text[at]
            if folded.gap(at) > Gap.SPACE:
                break
        elif folded.gap(at) < Gap.FAR:
            after = _AFTER[folded.gap(at)]
        else:
            break
    return found


def solid_end(folded: Folded, at: int) -> int:
    """Where the text that begins at ``at`` has its next visible gap; not farther than matters for a number."""
    end = folded.run_end(at)
    while end < len(folded.text) and end - at < LONGEST and folded.gap(end) is Gap.NONE:
        end = folded.run_end(end)
    return end


def is_quantity(folded: Folded, end: int) -> bool:
    """Whether a word of measure follows right behind the digits that end there."""
    return folded.text[end : end + 1] in _UNITS and end < len(folded.text) and folded.gap(end) is Gap.NONE


def begins_date(folded: Folded, at: int) -> bool:
    """Whether a date was written right behind what ends at ``at``: …2023-05-01, …20230501."""
    return _GLUED_DATE.match(folded.text, at) is not None


def goes_on(folded: Folded, end: int) -> bool:
    """Whether a letter or digit follows right behind ``end``, so that the value is longer, and it is no date."""
    after = folded.text[end : end + 1]
    return after.isascii() and after.isalnum() and folded.gap(end) is Gap.NONE and not begins_date(folded, end)
