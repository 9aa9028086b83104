"""What a package says of its lead, as files and back: lead, findings, decisions, register.

Owns: the shape of these four files and reading them strictly (foreign input: a package may have been tampered with).
Leaves to others: what they must agree with (``bound``), the rest of the package.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.errors import InputError
from scanner.evidence import digest, restore
from scanner.model import (
    Capture,
    CaseFile,
    Decision,
    Lead,
    Listing,
    Outcome,
    Proof,
    Revisit,
    Seller,
    SourceStamp,
    StandingAnswer,
)

LEAD, FINDINGS, DECISIONS, REGISTER = "lead.json", "findings.json", "decisions.json", "register.json"
MAX_JSON = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFile:
    """``lead.json``: the lead with ids of its findings, and what it rests on."""

    lead: Lead
    findings: tuple[str, ...]
    listings: tuple[Listing, ...]
    sellers: tuple[Seller, ...]
    captures: tuple[Capture, ...]
    outcomes: tuple[tuple[str, Outcome], ...]
    rulebook: str
    unit: str
    operator: str
    made: datetime
    mark: str
    revisits: tuple[Revisit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFile:
    """``register.json``: the register's answers as applied, and the sources they came from."""

    sources: tuple[SourceStamp, ...]
    answers: tuple[StandingAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The four files as values."""

    lead: LeadFile
    findings: tuple[Proof, ...]
    decisions: tuple[Decision, ...]
    register: RegisterFile


_TYPES: dict[str, Any] = {
    LEAD: LeadFile, FINDINGS: tuple[Proof, ...], DECISIONS: tuple[Decision, ...], REGISTER: RegisterFile,
}  # fmt: skip


def of(case: CaseFile) -> Contents:
    """The contents of a case file; every finding once, in ``findings.json``."""
    return Contents(
        lead=LeadFile(
            lead=dataclasses.replace(case.lead, findings=()),
            findings=tuple(proof.finding.id for proof in case.proofs),
            listings=case.listings, sellers=case.sellers, captures=case.captures, outcomes=case.outcomes,
            rulebook=case.rulebook, unit=case.unit, operator=case.operator, made=case.made, mark=case.mark,
            revisits=case.revisits,
        ),
        findings=case.proofs,
        decisions=case.decisions,
        register=RegisterFile(sources=case.sources, answers=answers(case.proofs)),
    )  # fmt: skip


def answers(proofs: tuple[Proof, ...]) -> tuple[StandingAnswer, ...]:
    """The register's answers that findings rest on, each once, in the findings' order."""
    return tuple(dict.fromkeys(p.finding.standing for p in proofs if p.finding.standing is not None))


def files(contents: Contents) -> dict[str, bytes]:
    """The four files' bytes."""
    return {
        LEAD: digest.pages(digest.plain(contents.lead)),
        FINDINGS: digest.pages(digest.plain(contents.findings)),
        DECISIONS: digest.pages(digest.plain(contents.decisions)),
        REGISTER: digest.pages(digest.plain(contents.register)),
    }


def read(given: Mapping[str, bytes]) -> Contents:
    """The inverse of :func:`files`; InputError naming the file that does not hold what it should."""
    values = {name: _read(name, given[name]) for name in _TYPES}
    return Contents(
        lead=values[LEAD], findings=values[FINDINGS], decisions=values[DECISIONS], register=values[REGISTER]
    )


def load(name: str, data: bytes) -> Any:
    """JSON in our own spelling; InputError for anything else (doubled keys and other spellings included)."""
    try:
        value = json.loads(data)
        again = digest.pages(value)
    except (ValueError, RecursionError) as error:
        raise InputError("不是有效的 JSON", where=name) from error
    if again != data:
        raise InputError("JSON 的写法不规范", where=name)  # not in canonical spelling
    return value


def _read(name: str, data: bytes) -> Any:
    plain = load(name, data)
    try:
        value = restore.value(_TYPES[name], plain)
        again = digest.line(digest.plain(value))
    except (InputError, RecursionError, OverflowError) as error:
        raise InputError("内容不符合规定的格式", where=name) from error  # does not fit the shape
    if again != digest.line(plain):
        raise InputError("含有写法不规范的内容", where=name)  # values spelled another way, times say
    return value
