"""Reading the digits of a number: across spaces, line breaks and hyphens, with placeholders and misread characters.

Owns: deciding where a run of digits ends. Pages put the next field right behind a number ("…9001 3L"), break it over
lines ("2021-314-9001") or mask it ("2026****"); here the decision is made once for all families, by how many digits
the number should have. Leaves to others: what the digits mean.

Every decision looks at a bounded piece of text, so that searching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from scanner.numbers.fold import Folded, Gap

_LONGEST = 24
_DIGITS = re.compile(r"[0-9]{1,24}")
_JOINERS = "-.·_"
_MASKED = re.compile(r"[0-9X*#?×□●■]{2,24}")  # a writer's "fill in here"
_BLOTS = str.maketrans("*#?×□●■", "       ")
_READ = re.compile(r"[0-9OQDILSBZ|!]{2,24}")
_MEANT = str.maketrans("OQDILSBZ|!", "0001158211")  # what recognition of characters makes of 0 1 5 8 2
# Words of measure and time: digits before them are a quantity, not the tail of a number.
_UNITS = frozenset("年月日时元片盒支粒袋台件个人次天%℃度寸米克升M")
_SECOND_YEAR = re.compile(r"(?:19|20)[0-9]{2}[年./-]")


@dataclass(frozen=True, slots=True)
class Run:
    """``digits`` as the number shows them (placeholder letters kept, blots dropped); ``end`` in the folded text."""

    digits: str
    end: int
    masked: bool = False
    repaired: bool = False


_YEAR_IN_BRACKETS = re.compile(r"\(((?:19|20)[0-9]{2})\)第?")


@dataclass(frozen=True, slots=True)
class _Segment:
    start: int
    end: int
    after: (
        str  # what joins it to the segment before: "" nothing visible, "-" "." a joiner, " " a space, "\n" a line break
    )


def read_digits(folded: Folded, at: int, want: Collection[int], *, least: int = 4) -> Run | None:
    """The digits from ``text[at]`` on; ``want``: the right numbers of digits. None when there are fewer than ``least``."""
    if folded.gap(at) is Gap.FAR:
        return None
    segments = _segments(folded, at)
    first = segments[0].end - at if segments else 0
    if first not in want:
        run = _joined(folded, segments, want) or _unclear(folded, at, first, want)
        if run is not None:
            return run
        if first > max(want):
            return _overlong(folded, at, first, want)
    end = segments[0].end if first in want else _loose(folded, segments, want)
    digits = "".join(folded.text[s.start : s.end] for s in segments if s.end <= end)
    return Run(digits, end) if len(digits) >= least else None


def read_dated(folded: Folded, at: int, want: Collection[int], *, least: int = 4) -> tuple[Run, str] | None:
    """Digits that begin with a year, which some writers put in brackets: ``(2021)9001`` is read as ``20219001``.

    Returns the run and, in Chinese, what is unusual about the spelling ("" if nothing).
    """
    year = _YEAR_IN_BRACKETS.match(folded.text, at)
    if year is None:
        run = read_digits(folded, at, want, least=least)
        return None if run is None else (run, "")
    rest = read_digits(folded, year.end(), {n - 4 for n in want if n > 4}, least=1)
    if rest is None:
        return None
    return Run(year.group(1) + rest.digits, rest.end, rest.masked, rest.repaired), "年份带括号"


def _segments(folded: Folded, at: int) -> list[_Segment]:
    """Runs of digits from ``at`` on, as long as only one joiner or one gap lies between them."""
    text, found, after = folded.text, list[_Segment](), ""
    while len(found) < 16:
        match = _DIGITS.match(text, at, min(folded.run_end(at), at + _LONGEST)) if at < len(text) else None
        if match is None:
            break
        found.append(_Segment(at, match.end(), after))
        at = match.end()
        if at < len(text) and text[at] in _JOINERS and folded.gap(at) is Gap.NONE:
            at, after = at + 1, text[at]
            if folded.gap(at) > Gap.SPACE:
                break
        elif at < len(text) and folded.gap(at) < Gap.FAR:
            after = {Gap.NONE: "", Gap.SPACE: " ", Gap.LINE: "\n"}[folded.gap(at)]
        else:
            break
    return found


def _joined(folded: Folded, segments: list[_Segment], want: Collection[int]) -> Run | None:
    """Segments that together have just the right number of digits."""
    digits = ""
    for segment in segments:
        digits += folded.text[segment.start : segment.end]
        if len(digits) in want and segment is not segments[0]:
            if segment.after in (" ", "\n") and _is_quantity(folded, segment.end):
                return None
            return Run(digits, segment.end)
        if len(digits) > max(want):
            return None
    return None


def _is_quantity(folded: Folded, end: int) -> bool:
    return folded.gap(end) is Gap.NONE and folded.text[end : end + 1] in _UNITS and end < len(folded.text)


def _unclear(folded: Folded, at: int, first: int, want: Collection[int]) -> Run | None:
    """Placeholders or misread characters that make the run longer than its plain digits."""
    text, stop = folded.text, folded.run_end(at) if at < len(folded.text) else at
    masked = _MASKED.match(text, at, min(stop, at + _LONGEST))
    read = _READ.match(text, at, min(stop, at + _LONGEST))
    if masked is not None and masked.end() > at + first and first < max(want):
        after = text[masked.end() : masked.end() + 1]
        written = folded.as_written(at, masked.end()).translate(_BLOTS).replace(" ", "")
        if sum(c.isdigit() for c in written) >= 2 and not (after.isascii() and after.isalpha()):
            return Run(written, masked.end(), masked=True)
    if read is not None and read.end() > at + first:
        for length in sorted(want, reverse=True):
            piece, after = read.group()[:length], read.group()[length : length + 1]
            plain = sum(c.isdigit() for c in piece)
            if len(piece) == length and not after.isdigit() and plain < length and plain * 5 >= length * 3:
                return Run(piece.translate(_MEANT), at + length, repaired=True)
    return None


def _overlong(folded: Folded, at: int, first: int, want: Collection[int]) -> Run:
    """Too many digits: all of them, unless the surplus plainly begins a date that was glued on."""
    for length in want:
        if length < first and _SECOND_YEAR.match(folded.text, at + length) and first == length + 4:
            return Run(folded.text[at : at + length], at + length)
    return Run(folded.text[at : at + first], at + first)


def _loose(folded: Folded, segments: list[_Segment], want: Collection[int]) -> int:
    """Where a number with a wrong count of digits ends: hyphens bind, spaces only behind a bare year or before 号."""
    if not segments:
        return -1
    end, total = segments[0].end, segments[0].end - segments[0].start
    if total > max(want):
        return end
    for segment in segments[1:]:
        total += segment.end - segment.start
        closes = folded.text[segment.end : segment.end + 1] == "号"
        bare_year = segments[0].end - segments[0].start == 4
        binds = segment.after in ("", "-") or (segment.after == " " and (bare_year or closes))
        if not binds or total > max(want) + 3 or _is_quantity(folded, segment.end):
            break
        end = segment.end
    return end
