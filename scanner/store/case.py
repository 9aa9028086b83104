"""A lead with everything that belongs to it, gathered from the book for a package.

Owns: which listings, seller pages and captures belong to a lead. Leaves to others: writing the package (``evidence``)
and the report (``report``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scanner.model import Capture, CaseFile, Finding, Lead, Listing, Proof, Revisit, Seller, SourceStamp
from scanner.store import crawls, decisions, leads, revisits, subjects
from scanner.store.draft import seller_key
from scanner.store.file import File

MANY = 20  # seller pages of a storefront whose seller nobody named: enough to find out who sells, no more


def case(file: File, number: int, *, made: datetime, unit: str, operator: str, mark: str) -> CaseFile | None:
    """The case file of a lead; None where there is no such lead."""
    rest = _rest(file, number)
    if rest is None:
        return None
    lead, proofs, listings, sellers, pairs, sealed = rest
    return CaseFile(
        lead=lead, proofs=proofs, listings=listings, sellers=sellers,
        captures=tuple(s.capture for s in sealed), outcomes=tuple((s.capture.id, s.outcome) for s in sealed),
        decisions=tuple(decisions.of_lead(file, number)), sources=_sources(proofs), rulebook=_rulebook(file, number),
        unit=unit, operator=operator, made=made, mark=mark, revisits=tuple(pairs),
    )  # fmt: skip


def captures(file: File, number: int) -> frozenset[str]:
    """The captures, by id, that a lead rests on: those of its case file."""
    rest = _rest(file, number)
    return frozenset() if rest is None else frozenset(one.capture.id for one in rest[-1])


def _rest(
    file: File, number: int
) -> tuple[Lead, tuple[Proof, ...], tuple[Listing, ...], tuple[Seller, ...], list[Revisit], list[crawls.Sealed]] | None:
    found = leads.with_proofs(file, number)
    if found is None:
        return None
    lead, proofs = found
    listings = _cited(file, Listing, (p.finding for p in proofs if p.finding.subject == "listing"))
    sellers = _cited(file, Seller, (p.finding for p in proofs if p.finding.subject == "seller"))
    sellers += tuple(s for s in _selling(file, lead) if s not in sellers)
    pairs = revisits.of_lead(file, number)
    return lead, proofs, listings, sellers, pairs, _sealed(file, proofs, listings, sellers, pairs)


def _cited(file: File, model: type[subjects.Subject], found: Iterable[Finding]) -> tuple[subjects.Subject, ...]:
    """The very versions that findings quote."""
    keys = dict.fromkeys((f.subject_id, f.version) for f in found)
    read = (subjects.version(file, model, subject, version) for subject, version in keys)
    return tuple(subject for subject in read if subject is not None)


def _selling(file: File, lead: Lead) -> list[Seller]:
    """The pages that say who the lead's seller is."""
    if lead.seller:
        keys = [seller_key(lead.storefront, lead.seller), *(one.key for one in leads.joined(file, lead.number))]
        return [k.subject for key in keys for k in subjects.known(file, Seller, key=key)]
    return [k.subject for k in subjects.known(file, Seller, storefront=lead.storefront, limit=MANY)]


def _sealed(
    file: File,
    proofs: Iterable[Proof],
    listings: Iterable[Listing],
    sellers: Iterable[Seller],
    pairs: Iterable[Revisit],
) -> list[crawls.Sealed]:
    """The captures of all that, with the pictures and parts they were read from, oldest first, each once. Purged ones only
    where findings or revisits rest on them: an older sighting that is gone is no part of the case any more."""
    resting = {capture for p in proofs for capture in (p.capture, p.second_capture)}
    resting |= {capture for pair in pairs for capture in (pair.before, *pair.through, pair.after)}
    wanted = set(resting)
    for seller in sellers:
        wanted |= {v.capture for v in subjects.versions(file, "seller", seller.id) if v.version == seller.version}
    cited: list[Listing | Seller] = [*listings, *sellers]
    wanted |= {piece for subject in cited for piece in subjects.pieces(file, subject, pages=wanted)}
    sealed = [s for s in (crawls.one(file, capture) for capture in wanted if capture) if s is not None]
    return sorted((s for s in sealed if s.purged is None or s.capture.id in resting), key=_place)


def _place(sealed: crawls.Sealed) -> tuple[datetime, str]:
    capture: Capture = sealed.capture
    return capture.time, capture.id


def _sources(proofs: Iterable[Proof]) -> tuple[SourceStamp, ...]:
    stamps = {s for p in proofs if p.finding.standing is not None for s in p.finding.standing.sources}
    return tuple(sorted(stamps, key=lambda s: (s.id, s.as_of.isoformat() if s.as_of else "", s.sha256)))


def _rulebook(file: File, number: int) -> str:
    """The rulebook of the lead's latest judgement; of the crawl that made its capture where the finding has none."""
    row = file.one(
        "SELECT coalesce(nullif(f.rulebook, ''), c.rulebook, '') FROM lead_findings g "
        "JOIN findings f ON f.id = g.finding LEFT JOIN captures k ON k.id = f.capture "
        "LEFT JOIN crawls c ON c.id = k.crawl WHERE g.lead = ? ORDER BY f.judged DESC, f.id LIMIT 1",
        (number,),
    )
    return "" if row is None else str(row[0])
