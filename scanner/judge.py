"""The judge: a listing or a seller's page, held against the rulebook and the register as of a day.

Owns: which check answers for which kind of rule, the order of findings, and putting weak signs beside them. Leaves to
others: everything a check knows. Pure: the same subject, rulebook, register and day give the same findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from scanner.checks import advert, claim, display, registration, restricted
from scanner.checks.case import Case, Sign, Standings
from scanner.checks.facts import DRUG_NUMBERS, PRODUCT_NUMBERS, Known, derive
from scanner.model import DutyAnswer, DutyState, Facts, Finding, Listing, Matter, Seller
from scanner.rulebook import Rule, Rulebook

Check = Callable[[Case, Iterable[Rule]], Iterator[Finding | Sign]]

KINDS: dict[Matter, Check] = {
    Matter.REGISTRATION: registration.check,
    Matter.DISPLAY: display.check,
    Matter.RESTRICTED: restricted.check,
    Matter.CLAIM: claim.check,
    Matter.SCOPE: claim.check,
    Matter.ADVERT: advert.check,
}


def judge(
    subject: Listing | Seller,
    rulebook: Rulebook,
    register: Standings | None,
    *,
    on: date,
    facts: Facts | None = None,
    known: Known | None = None,
) -> tuple[Finding, ...]:
    """All findings, by kind, rule, field and place. ``facts`` replaces what would be derived from the page; ``known`` is
    what was derived already."""
    case = make_case(subject, rulebook, register, on=on, facts=facts, known=known)
    found: dict[str, Finding] = {}
    signs: dict[str, None] = {}
    for kind, check in KINDS.items():
        for item in check(case, rulebook.of_kind(kind)):
            if isinstance(item, Sign):
                signs[item.says] = None
            else:
                found.setdefault(item.id, item)
    order = list(KINDS)
    ranked = sorted(found.values(), key=lambda f: (order.index(f.kind), f.rule, f.field, f.start))
    return tuple(replace(f, beside=(*f.beside, *signs)) for f in ranked)


def duties(
    subject: Listing | Seller, rulebook: Rulebook, *, on: date, followed: Mapping[str, DutyState] | None = None
) -> tuple[DutyAnswer, ...]:
    """What the page does about each duty to show something that it has on the day, by rule: met ones too. ``followed``:
    what became of its links (address -> ``LINK_ALIVE`` or ``LINK_DEAD``), as far as known."""
    case = make_case(subject, rulebook, None, on=on)
    looked = display.answers(case, rulebook.of_kind(Matter.DISPLAY), followed)
    return tuple(one.answer for one in looked)


def make_case(
    subject: Listing | Seller, rulebook: Rulebook, register: Standings | None, *, on: date, facts: Facts | None = None,
    known: Known | None = None,
) -> Case:  # fmt: skip
    """What the checks are given: the subject with what is known of it."""
    known = known or derive(subject, rulebook)
    case = Case(
        subject=subject, rulebook=rulebook, register=register, on=on, facts=facts or known.facts,
        category_quote=known.category, product=known.product, holder=known.holder,
    )  # fmt: skip
    if facts is not None or not isinstance(subject, Listing):
        return case
    scope = _registered_scope(case)
    return replace(case, facts=replace(case.facts, registered_scope=scope)) if scope else case


def _registered_scope(case: Case) -> str | None:
    """The scope of the product's registration, where its one number stands in the register."""
    own = {s.number.number: s.number for s in case.subject.numbers if s.number.type in PRODUCT_NUMBERS | DRUG_NUMBERS}
    number = next(iter(own.values()), None)
    if len(own) != 1 or number is None or number.valid is False:
        return None
    answer = case.answer(number)
    return answer.record.scope or None if answer is not None and answer.record is not None else None
