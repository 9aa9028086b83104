"""Several rules at one place: the gravest speaks, the others stand beside it.

Owns: which findings about words say the same place once more. Leaves to others: finding them. A page that is full of
claims has many rules at each of them; an analyst needs the place once, with all that is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanner.model import Finding, Matter, Severity, Verdict

_WORDS = (Matter.CLAIM, Matter.SCOPE)
_GRAVEST = {verdict: i for i, verdict in enumerate(Verdict)}
_SEVEREST = {severity: -i for i, severity in enumerate(Severity)}


def together(findings: Iterable[Finding]) -> list[Finding]:
    """``findings``, without those that lie wholly inside a graver one (by verdict, then severity) of the same matter and
    field; what these say is put beside the one that holds them. Linear after sorting."""
    kept: list[Finding] = []
    groups: dict[tuple[Matter, str], list[Finding]] = {}
    for finding in findings:
        if finding.kind in _WORDS:
            groups.setdefault((finding.kind, finding.field), []).append(finding)
        else:
            kept.append(finding)
    for group in groups.values():
        kept += _of_one_field(group)
    return kept


def _of_one_field(group: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    also: dict[str, dict[str, None]] = {}
    for finding in sorted(group, key=lambda f: (f.start, -f.end, _GRAVEST[f.verdict], _SEVEREST[f.severity], f.rule)):
        holder = next((k for k in reversed(kept[-4:]) if _holds(k, finding)), None)
        if holder is None:
            kept.append(finding)
        else:
            also.setdefault(holder.id, {})[f"同一处还：{finding.says}"] = None
    return [replace(f, beside=(*f.beside, *also[f.id])) if f.id in also else f for f in kept]


def _holds(one: Finding, other: Finding) -> bool:
    inside = one.start <= other.start and other.end <= one.end
    return inside and (_GRAVEST[one.verdict], _SEVEREST[one.severity]) < (
        _GRAVEST[other.verdict],
        _SEVEREST[other.severity],
    )
