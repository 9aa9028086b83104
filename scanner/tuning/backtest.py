"""Rules tried on a corpus against a baseline: what they find now that was not found before, and what no more.

Owns: the report, kept while the corpus streams by (counts for every rule, a few sentences of each change). Leaves to
others: the corpus (``corpus``), bounds (``bounds``), printing (``cli``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from scanner.checks.case import Standings
from scanner.judge import judge
from scanner.leads.interval import Share, share
from scanner.model import Finding, Severity, Verdict
from scanner.report.excerpt import excerpt
from scanner.rulebook import Rulebook
from scanner.store.book import Book
from scanner.tuning.corpus import Item
from scanner.tuning.difference import Difference, difference

AROUND = 24  # characters of a sentence shown on either side of a quote
SHOWN = 5  # sentences kept of each change of each rule

Judged = Callable[[Item], Iterable[Finding]]
What = Literal["appeared", "disappeared", "changed", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Was:
    quote: str
    verdict: Verdict
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One finding that is new, gone, weighs otherwise or is the same: ``before`` + ``quote`` + ``after`` as they stand in the field.
    ``verdict`` and ``severity`` as judged now, of one that is gone as they were. ``was``: of one that changed, what was
    said before."""

    rule: str
    change: What
    item: str
    field: str
    quote: str
    before: str
    after: str
    verdict: Verdict
    severity: Severity
    was: Was | None = None


@dataclass(slots=True, kw_only=True)
class Counts:
    """Of one rule: findings ``before`` and ``now`` and how they differ; items with a finding now (``items``), those
    labelled ``ok`` and ``violation`` among them, and violations that no other rule found (``alone``)."""

    before: int = 0
    now: int = 0
    appeared: int = 0
    disappeared: int = 0
    kept: int = 0
    changed: int = 0
    items: int = 0
    ok: int = 0
    violation: int = 0
    alone: int = 0

    @property
    def moved(self) -> bool:
        return bool(self.appeared or self.disappeared or self.changed)

    @property
    def precision(self) -> Share:
        """Of the labelled items it found, those that are violations."""
        return share(self.violation, self.ok + self.violation)


@dataclass(slots=True, kw_only=True)
class Report:
    """What a backtest saw. ``labels`` counts labelled items, ``found`` those of them with any finding now."""

    items: int = 0
    total: Counts = field(default_factory=Counts)
    rules: dict[str, Counts] = field(default_factory=dict)
    told: dict[tuple[str, What], list[Change]] = field(default_factory=dict)
    labels: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def by_rule(self) -> dict[str, Counts]:
        """The counts of every rule with findings before or now, by id."""
        return dict(sorted(self.rules.items()))

    @property
    def changes(self) -> tuple[Change, ...]:
        """The sentences kept, by rule."""
        return tuple(one for name in sorted(self.told) for one in self.told[name])

    @property
    def recall(self) -> Share:
        """Of the items labelled ``violation``, those with a finding."""
        return share(self.found["violation"], self.labels["violation"])

    @property
    def precision(self) -> Share:
        """Of the labelled items with a finding, those that are violations."""
        return share(self.found["violation"], self.found["violation"] + self.found["ok"])

    @property
    def false_alarms(self) -> Share:
        """Of the items labelled ``ok``, those with a finding."""
        return share(self.found["ok"], self.labels["ok"])


def by_rules(rulebook: Rulebook, register: Standings | None) -> Judged:
    """What ``rulebook`` says of an item as of its day."""
    return lambda item: judge(item.subject, rulebook, register, on=item.on, facts=item.facts)


def by_book(book: Book) -> Judged:
    """What the book holds of an item: its findings that stand."""
    return lambda item: book.standing(item.subject.id, item.subject.version)


def run(
    items: Iterable[Item],
    now: Judged,
    before: Judged,
    *,
    only: Collection[str] = (),
    shown: int = SHOWN,
    tick: Callable[[], None] | None = None,
) -> Report:
    """Judge every item twice and say what differs; ``only`` these rules, of each change ``shown`` sentences a rule."""
    report = Report()
    for item in items:
        of_now, of_before = narrow(now(item), only), narrow(before(item), only)
        _label(report, item, {finding.rule for finding in of_now})
        note(report, item, difference(of_before, of_now), shown)
        if tick is not None:
            tick()
    return report


def narrow(found: Iterable[Finding], only: Collection[str]) -> tuple[Finding, ...]:
    """The findings of these rules; all where none is named."""
    return tuple(f for f in found if not only or f.rule in only)


def note(report: Report, item: Item, what: Difference, shown: int) -> None:
    """Add an item's difference to the report."""
    report.items += 1
    rules = {f.rule for f in (*what.appeared, *what.disappeared, *(pair.now for pair in what.kept))}
    _count(report.total, "", what)
    for rule in rules:
        _count(report.rules.setdefault(rule, Counts()), rule, what)
    for kind, finding, was in _kinds(what):
        told = report.told.setdefault((finding.rule, kind), [])
        if len(told) < shown:
            told.append(change(item, finding, kind, was))


def _kinds(what: Difference) -> Iterator[tuple[What, Finding, Finding | None]]:
    for finding in what.appeared:
        yield "appeared", finding, None
    for finding in what.disappeared:
        yield "disappeared", finding, None
    for pair in what.kept:
        yield ("changed", pair.now, pair.before) if pair.changed else ("kept", pair.now, None)


def _count(counts: Counts, rule: str, what: Difference) -> None:
    def many(found: Iterable[Finding]) -> int:
        return sum(not rule or finding.rule == rule for finding in found)

    appeared, disappeared = many(what.appeared), many(what.disappeared)
    kept = many(pair.now for pair in what.kept)
    counts.appeared += appeared
    counts.disappeared += disappeared
    counts.kept += kept
    counts.changed += many(pair.now for pair in what.changed)
    counts.before += kept + disappeared
    counts.now += kept + appeared


def _label(report: Report, item: Item, rules: set[str]) -> None:
    for rule in rules:
        counts = report.rules.setdefault(rule, Counts())
        counts.items += 1
        counts.ok += item.label == "ok"
        counts.violation += item.label == "violation"
        counts.alone += item.label == "violation" and len(rules) == 1
    report.total.items += bool(rules)
    if item.label:
        report.labels[item.label] += 1
        report.found[item.label] += bool(rules)


def change(item: Item, finding: Finding, kind: What, was: Finding | None = None) -> Change:
    """A finding with the sentence around it; ``was``: what it changed from."""
    # The whole text of a fragment is the description of the listing that was made of it.
    placed = replace(finding, field="description") if finding.subject == "text" else finding
    whole = excerpt(placed, item.subject)
    return Change(
        rule=finding.rule, change=kind, item=item.name, field=finding.field, quote=finding.quote,
        before=_line(whole.before[-AROUND:]), after=_line(whole.after[:AROUND]),
        verdict=finding.verdict, severity=finding.severity,
        was=Was(quote=was.quote, verdict=was.verdict, severity=was.severity) if was is not None else None,
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())
