"""What a reviewed blind sample says of all pages it was drawn from: how many violations the rules missed, what they find.

Owns: the formulas. Leaves to others: drawing (``drawing``), what a page came to (``answers``).

*Misses.* Of stratum h with N_h clean pages n_h were decided and x_h of these are violations. The rate is
p = Σ N_h x_h/n_h ÷ Σ N_h (Cochran 1977, Sampling Techniques, 5.1). Its interval is Clopper and Pearson's with p·n and n,
where n = (Σ N_h)² ÷ Σ N_h²/n_h is Kish's effective number of pages (Kish 1965, 11.2), as Korn and Graubard (1998) do for
weighted samples; in one stratum n is the number of pages. Where nothing was missed there is no rate, only what it can be at
most. The population is taken as endless, which makes the interval of a finite one too long, never too short; a population of
which every page was decided is counted, not estimated.

*Recall* over pages. With F found pages, of which the share q is right (from those mixed in), and C clean pages, of which the
share m is missed, it is F·q ÷ (F·q + C·m). It rises with q and falls with m, so the ends of two intervals of 97.5 % each give
one of at least 95 % (Bonferroni's inequality).

What could not be decided (``cannot_say``, ``disputed``) is left out and counted beside: both figures hold for pages that can
be judged from what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scanner.leads.interval import SURE, Bounds, Share, exact, share
from scanner.store.samples import BlindSample, Review
from scanner.tuning.quality import answers
from scanner.tuning.quality.agreement import Agreement, agreement
from scanner.tuning.quality.answers import State, Tally
from scanner.tuning.stats import FEW

TEN_THOUSAND = 10_000
_EACH = 1 - (1 - SURE) / 2  # how sure each of two intervals must be for both together to be SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate with its 95 % interval; ``rate`` None: nothing was seen of it (``high`` says what it can be at most), or of
    recall: nothing missed was seen."""

    rate: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a sample came to. ``clean`` and ``found``: the pages drawn of each kind, ``population_*``: how many there were.
    ``effective``: pages decided, after weighting; ``covered``: clean pages in strata of which some page was decided.
    ``misses``: of 10,000 clean pages; ``recall``: share of all violating pages that the rules found; both None under FEW
    decided pages. ``right``: how many of the found pages decided are violations to reviewers who did not know. ``missed`` and
    ``refuted``: the items where reviewers contradict the rules, told when every page was answered: before that they would
    tell who still reviews what the rules found."""

    clean: Tally
    found: Tally
    population_clean: int
    population_found: int
    covered: int
    effective: float
    misses: Rate | None
    recall: Rate | None
    right: Share
    between: Agreement
    missed: tuple[int, ...]
    refuted: tuple[int, ...]


class _Part(NamedTuple):
    """Of one stratum: clean pages, how many were decided, how many of these are violations."""

    size: int
    decided: int
    missed: int


class _Weighted(NamedTuple):
    """Over all strata: clean pages covered, the rate of misses, the effective number of pages, whether all were looked at."""

    covered: int
    rate: float
    effective: float
    whole: bool

    def bounds(self, sure: float) -> Bounds:
        if self.whole:
            return Bounds(self.rate, self.rate)
        return exact(self.rate * self.effective, self.effective, sure)


def estimate(sample: BlindSample, reviews: Iterable[Review]) -> Estimate:
    """What the answers say."""
    said = answers.latest(reviews)
    came = answers.states(sample, said)
    clean = answers.tally(came[page.item] for page in sample.pages if not page.found)
    found = answers.tally(came[page.item] for page in sample.pages if page.found)
    weighted = _weigh(_parts(sample, came))
    there = sum(one.found for one in sample.strata)
    enough = weighted is not None and clean.decided >= FEW
    done = not clean.unanswered and not found.unanswered

    def against(flag: bool, state: State) -> tuple[int, ...]:
        return tuple(page.item for page in sample.pages if done and page.found is flag and came[page.item] == state)

    return Estimate(
        clean=clean, found=found, population_clean=sum(one.clean for one in sample.strata), population_found=there,
        covered=weighted.covered if weighted else 0, effective=weighted.effective if weighted else 0.0,
        misses=_misses(weighted) if enough and weighted else None,
        recall=_recall(weighted, found, there) if enough and weighted and found.decided >= FEW else None,
        right=share(found.violation, found.decided), between=agreement(answers.pairs(said)),
        missed=against(False, "violation"), refuted=against(True, "clean"),
    )  # fmt: skip


def _parts(sample: BlindSample, came: Mapping[int, State]) -> list[_Part]:
    decided, missed = dict[str, int](), dict[str, int]()
    for page in sample.pages:
        if not page.found and came[page.item] in ("clean", "violation"):
            decided[page.stratum] = decided.get(page.stratum, 0) + 1
            missed[page.stratum] = missed.get(page.stratum, 0) + (came[page.item] == "violation")
    return [_Part(one.clean, decided[one.name], missed[one.name]) for one in sample.strata if decided.get(one.name)]


def _weigh(parts: list[_Part]) -> _Weighted | None:
    if not parts:
        return None
    covered = sum(one.size for one in parts)
    return _Weighted(
        covered, sum(one.size * one.missed / one.decided for one in parts) / covered,
        covered**2 / sum(one.size**2 / one.decided for one in parts), all(one.size == one.decided for one in parts),
    )  # fmt: skip


def _misses(weighted: _Weighted) -> Rate:
    low, high = (TEN_THOUSAND * one for one in weighted.bounds(SURE))
    seen = weighted.rate > 0 or weighted.whole
    return Rate(rate=TEN_THOUSAND * weighted.rate if seen else None, low=low, high=high)


def _recall(missed: _Weighted, found: Tally, there: int) -> Rate | None:
    q = found.violation / found.decided
    right = Bounds(q, q) if found.decided == there else exact(found.violation, found.decided, _EACH)
    wrong = missed.bounds(_EACH)

    def of(q: float, m: float) -> float | None:
        return there * q / whole if (whole := there * q + missed.covered * m) else None

    low, high = of(right.low, wrong.high), of(right.high, wrong.low)
    if low is None or high is None:
        return None  # every page was looked at, and none is a violation: there is nothing to find
    return Rate(rate=of(q, missed.rate) if missed.rate or missed.whole else None, low=low, high=high)
