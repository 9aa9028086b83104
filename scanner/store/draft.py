"""What the book is asked to hold as a lead, before it has a number; and when two of them are the same.

Owns: the draft, the seller's key, and the states in which a lead takes no more findings. Leaves to others: making
drafts (``leads.gather``), which step may follow which (``leads.states``), writing (``store.leads``).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from scanner.model import Finding, Matter, Severity, Verdict

ENDED = frozenset({"dismissed", "closed", "merged"})  # 不属实, 已销号, 已并入: what comes later belongs to a new lead

SEVERITIES = tuple(Severity)  # low to critical
VERDICTS = (Verdict.UNVERIFIED, Verdict.SUSPECT, Verdict.VIOLATION)  # mild to grave


class Kin(NamedTuple):
    """Another seller, by key, that is recognised as the same one, and why, in Chinese."""

    key: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Findings of one seller in one matter. ``seller`` is the name as shown, "" where no page says it; severity and
    verdict are those of the gravest finding. ``kin``: sellers whose live lead in the matter takes the findings in."""

    key: str
    storefront: str
    seller: str
    matter: Matter
    severity: Severity
    verdict: Verdict
    findings: tuple[Finding, ...]
    kin: tuple[Kin, ...] = ()


def seller_key(storefront: str, name: str) -> str:
    """One key for all spellings of a seller on a storefront; the storefront alone where the seller is not known.

    Full width, case, white space and invisible characters do not make another seller; everything else does.

    >>> seller_key("a.example", "演示 医疗（Ａ）") == seller_key("a.example", "演示医疗(a)")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    kept = [c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Cs")]
    return f"{storefront.casefold()}\n{''.join(kept)}"


def gravest(findings: tuple[Finding, ...]) -> tuple[Severity, Verdict]:
    """Severity and verdict of the gravest finding: verdict first, then severity. ``findings`` is not empty."""
    first = min(findings, key=rank)
    return first.severity, first.verdict


def rank(finding: Finding) -> tuple[int, int, str]:
    """Sorts findings gravest first; equal ones by id, so that the order never changes between runs."""
    verdict, severity = weight(finding.verdict, finding.severity)
    return -verdict, -severity, finding.id


def weight(verdict: Verdict, severity: Severity) -> tuple[int, int]:
    """Grows with gravity. The verdict goes first: what is certain but small outweighs what is only feared."""
    return VERDICTS.index(verdict), SEVERITIES.index(severity)
