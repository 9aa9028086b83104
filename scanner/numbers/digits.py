"""Reading the digits of a number: across spaces, line breaks and hyphens, with placeholders and misread characters.

Owns: deciding where a run of digits ends. Pages put the next field right behind a number ("…9001 3L"), break it over
lines ("2021-314-9001") or mask it ("2026****"); here the decision is made once for all families, by how many digits
the number should have. Leaves to others: where the pieces lie (``segments``), what the digits mean.

Every decision looks at a bounded piece of text, so that searching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from scanner.numbers.fold import Folded, Gap
from scanner.numbers.segments import LONGEST, Segment, begins_date, goes_on, is_quantity, segments, solid_end

_MASKED = re.compile(r"[0-9X*#?×□●■]{2,24}")  # a writer's "fill in here"
_BLOTS = str.maketrans("*#?×□●■", "       ")
_READ = re.compile(r"[0-9OQDILSBZ|!]{2,24}")
_MEANT = str.maketrans("OQDILSBZ|!", "0001158211")  # what recognition of characters makes of 0 1 5 8 2
_BEGINS = frozenset("0123456789X*#?×□●■OQDILSBZ|!")
_YEAR_IN_BRACKETS = re.compile(r"\(((?:19|20)[0-9]{2})\)第?")


@dataclass(frozen=True, slots=True)
class Run:
    """``digits`` as the number shows them (placeholder letters kept, blots dropped); ``end`` in the folded text."""

    digits: str
    end: int
    masked: bool = False
    repaired: bool = False


def read_digits(folded: Folded, at: int, want: Collection[int], *, least: int = 4) -> Run | None:
    """The digits from ``text[at]`` on; ``want``: the right numbers of digits, the likeliest first.

    None when there are fewer than ``least``.
    """
    if folded.text[at : at + 1] not in _BEGINS or folded.gap(at) is Gap.FAR:
        return None
    found = segments(folded, at)
    first = found[0].end - at if found else 0
    run = _before_glued(folded, at, first, want) or _whole(folded, found, want)
    if run is None and first not in want:
        run = _unclear(folded, at, first, want)
    if run is None:
        end = found[0].end if first in want or first > max(want) else _loose(folded, found, want)
        run = Run("".join(folded.text[s.start : s.end] for s in found if s.end <= end), end)
    return run if len(run.digits) >= least else None


def read_dated(folded: Folded, at: int, want: Collection[int], *, least: int = 4) -> tuple[Run, str] | None:
    """Digits that begin with a year, which some writers put in brackets: ``(2021)9001`` is read as ``20219001``.

    Returns the run and, in Chinese, what is unusual about the spelling ("" if nothing).
    """
    year = _YEAR_IN_BRACKETS.match(folded.text, at)
    if year is None:
        run = read_digits(folded, at, want, least=least)
        return None if run is None else (run, "")
    rest = read_digits(folded, year.end(), [n - 4 for n in want if n > 4], least=1)
    if rest is None:
        return None
    return Run(year.group(1) + rest.digits, rest.end, rest.masked, rest.repaired), "年份带括号"


def _before_glued(folded: Folded, at: int, first: int, want: Collection[int]) -> Run | None:
    """The number in front of a date, or of a quantity, that was written right behind it."""
    text = folded.text
    for length in want:
        end, rest = at + length, first - length
        if (rest in (4, 8) and begins_date(folded, end)) or (
            0 < rest <= 3 and first > max(want) and is_quantity(folded, at + first)
        ):
            return Run(text[at:end], end)
    return None


def _whole(folded: Folded, found: list[Segment], want: Collection[int]) -> Run | None:
    """Segments that together have just the right number of digits."""
    fits, size = list[int](), 0
    for k, segment in enumerate(found):
        size += segment.end - segment.start
        if size > max(want) or (k > 0 and _is_other(folded, segment, sure=not fits)):
            break
        if size in want:
            fits.append(k)
    if not fits:
        return None
    last = _likeliest(folded, found, fits, want)
    return Run("".join(folded.text[s.start : s.end] for s in found[: last + 1]), found[last].end)


def _is_other(folded: Folded, segment: Segment, *, sure: bool) -> bool:
    """Whether digits behind a space are a thing of their own: 12片; 3L, where the number may end before (not ``sure``)."""
    if segment.after not in (" ", "\n") or segment.end - segment.start > 4:
        return False
    return is_quantity(folded, segment.end) or (not sure and goes_on(folded, segment.end))


def _likeliest(folded: Folded, found: list[Segment], fits: list[int], want: Collection[int]) -> int:
    """Which of several ends: in front of 号; where every digit stands alone, the last; else by the order of ``want``."""
    closed = [k for k in fits if folded.text[found[k].end : found[k].end + 1] == "号"]
    if closed:
        return closed[-1]
    if all(segment.end - segment.start == 1 for segment in found[: fits[-1] + 1]):
        return fits[-1]
    sizes = {sum(s.end - s.start for s in found[: k + 1]): k for k in fits}
    return next(sizes[size] for size in want if size in sizes)


def _unclear(folded: Folded, at: int, first: int, want: Collection[int]) -> Run | None:
    """Placeholders or misread characters that make the run longer than its plain digits."""
    text, stop = folded.text, min(solid_end(folded, at), at + LONGEST)
    masked = _MASKED.match(text, at, stop)
    read = _READ.match(text, at, stop)
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


def _loose(folded: Folded, found: list[Segment], want: Collection[int]) -> int:
    """Where a number with a wrong count of digits ends: hyphens bind, spaces only behind a bare year or before 号."""
    if not found:
        return -1
    end, total = found[0].end, found[0].end - found[0].start
    for segment in found[1:]:
        total += segment.end - segment.start
        closes = folded.text[segment.end : segment.end + 1] == "号"
        bare_year = found[0].end - found[0].start == 4
        binds = segment.after in ("", "-") or (segment.after == " " and (bare_year or closes))
        if not binds or total > max(want) + 3 or is_quantity(folded, segment.end):
            break
        end = segment.end
    return end
