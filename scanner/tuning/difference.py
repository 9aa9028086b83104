"""Two judgements of one text laid side by side: what appeared, what disappeared, what was kept, what changed.

Owns: when two findings are the same to an analyst. Leaves to others: who judged (``backtest``, ``recheck``).

They are the same when the same rule quotes the same words of the same field, or overlapping ones: a rule that was edited
has a new version, so its findings have new ids, and it may quote a little more or less; what the analyst asks is which
pages it says something of now that it did not before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scanner.model import Finding


class Pair(NamedTuple):
    before: Finding
    now: Finding

    @property
    def changed(self) -> bool:
        """Whether it quotes other words now, or weighs otherwise: another verdict, severity or standing."""
        return grounds(self.before) != grounds(self.now) or self.before.quote != self.now.quote


class Difference(NamedTuple):
    """``kept``: pairs, changed ones among them; ``doubled``: earlier ones that said the same as a kept one, made by
    another version of the rule."""

    appeared: tuple[Finding, ...]
    disappeared: tuple[Finding, ...]
    kept: tuple[Pair, ...]
    doubled: tuple[Finding, ...]

    @property
    def changed(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.kept if pair.changed)


def difference(before: Iterable[Finding], now: Iterable[Finding]) -> Difference:
    """What ``now`` says of a text against what was said ``before``. Each finding of now is paired with the very same
    one, else with one of the same words, else with one that overlaps; what else says the same words is doubled."""
    left: dict[tuple[str, str], list[Finding]] = {}
    for finding in before:
        left.setdefault((finding.rule, finding.field), []).append(finding)
    pairs: list[Pair] = []
    doubled: list[Finding] = []
    appeared = list(dict.fromkeys(now))
    for same in (_very_same, _same_words, _overlap):
        unpaired = []
        for finding in appeared:
            group = left.get((finding.rule, finding.field), [])
            found = next((old for old in reversed(group) if same(old, finding)), None)
            if found is None:
                unpaired.append(finding)
                continue
            pairs.append(Pair(found, finding))
            doubled += [old for old in group if old is not found and _same_words(old, finding)]
            group[:] = [old for old in group if old is not found and not _same_words(old, finding)]
        appeared = unpaired
    gone = tuple(finding for group in left.values() for finding in group)
    return Difference(appeared=tuple(appeared), disappeared=gone, kept=tuple(pairs), doubled=tuple(doubled))


def grounds(finding: Finding) -> tuple[str, ...]:
    """What a finding weighs: verdict, severity and, where a number was looked up, how it stands."""
    standing = finding.standing.standing if finding.standing is not None else ()
    return finding.verdict, finding.severity, *standing


def _very_same(old: Finding, new: Finding) -> bool:
    return old.id == new.id


def _same_words(old: Finding, new: Finding) -> bool:
    return old.quote == new.quote


def _overlap(old: Finding, new: Finding) -> bool:
    return old.start < new.end and new.start < old.end
