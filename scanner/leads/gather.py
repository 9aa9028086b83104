"""Findings gathered into lead drafts: one lead = one seller in one matter, with all the pages it concerns.

Owns: whose findings they are (the seller's key), what a draft's seller, severity and verdict are. Leaves to others:
which findings are already in the book, and whether a draft opens, extends or does not make a lead (``store.leads``;
``unverified`` findings open none: they say that something could not be checked, which is no reason to call on a
seller). Pure.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from scanner.model import FieldState, Finding, Listing, Matter, Seller
from scanner.store.draft import Draft, gravest, rank, seller_key


class Owner(NamedTuple):
    """Whose page it is: the storefront, and who sells there as the page shows it ("": it does not say)."""

    storefront: str
    name: str


def gather(found: Iterable[tuple[Finding, Listing | Seller | Owner]]) -> tuple[Draft, ...]:
    """Drafts of ``found``, the order of the first finding of each kept; the same finding counts once.

    The seller is what the page names; pages of a storefront that name none belong to the storefront alone. A draft's
    findings stand gravest first; its severity and verdict are those of the first.
    """
    groups: dict[tuple[str, Matter], dict[str, Finding]] = {}
    shown: dict[str, Owner] = {}
    for finding, subject in found:
        owner = subject if isinstance(subject, Owner) else owner_of(subject)
        key = _key(owner)
        shown.setdefault(key, owner)
        groups.setdefault((key, finding.kind), {})[finding.id] = finding
    return tuple(_draft(key, *shown[key], matter, group) for (key, matter), group in groups.items())


def slim(finding: Finding, subject: Listing | Seller) -> tuple[Finding, Owner]:
    """A pair to be gathered later, without what gathering does not ask for: a crawl holds one for every finding, and all
    they say is in the book. What the findings of a crawl have in common is held once."""
    one = replace(
        finding, says="", basis=(), standing=None, beside=(), unchecked=(), rule=sys.intern(finding.rule),
        rule_version=sys.intern(finding.rule_version), field=sys.intern(finding.field),
    )  # fmt: skip
    return one, owner_of(subject)


def owner_of(subject: Listing | Seller) -> Owner:
    return _owner(subject.storefront, seller_name(subject))


_owner = lru_cache(maxsize=4096)(Owner)


@lru_cache(maxsize=4096)  # folding a name takes longer than all else that gathering does
def _key(owner: Owner) -> str:
    return seller_key(owner.storefront, owner.name)


def seller_name(subject: Listing | Seller) -> str:
    """Who sells, as the page shows it; "" where the page was not seen to say."""
    field = subject.seller if isinstance(subject, Listing) else subject.name
    return " ".join(field.text.split()) if field.state is FieldState.SEEN else ""


def _draft(key: str, storefront: str, seller: str, matter: Matter, group: dict[str, Finding]) -> Draft:
    findings = tuple(sorted(group.values(), key=rank))
    severity, verdict = gravest(findings)
    return Draft(
        key=key, storefront=storefront, seller=seller, matter=matter,
        severity=severity, verdict=verdict, findings=findings,
    )  # fmt: skip
