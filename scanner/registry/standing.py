"""How a number stands in the registers on a day, and how sure that is. Pure: values in, one answer out.

Owns: the rules of standing. Several may hold, gravest first. What a source cannot prove is not concluded from it:
a sample never shows that a number is missing, the UDI database never shows a term, and a register that is older than
an expiry date does not know whether the certificate was renewed. Leaves to others: fetching rows (``register``),
comparing names (``agreement``), and the verdict (``scanner.checks``), which needs ``hard``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from scanner.model import Number, Record, Standing, StandingAnswer
from scanner.registry import products
from scanner.registry.agreement import agreement
from scanner.registry.company import compare as companies
from scanner.registry.evidence import Evidence, Origin, Said, name_of
from scanner.store.register import Held

NO_SOURCE, SAMPLE, STALE = "no_source", "sample", "stale"

# A filing has no expiry date: as long as a register of filings lists it, it is in force.
_WITHOUT_TERM = frozenset({"device_filing", "device_biz_filing", "device_prod_filing"})
_ORDER = {standing: place for place, standing in enumerate(Standing)}


def answer(evidence: Evidence, *, product: str, holder: str, on: date) -> StandingAnswer:
    """The standing of a number on the day ``on``, compared with what a page says of product and holder."""
    number = evidence.number
    base = StandingAnswer(
        number=number.number, type=number.type, on=on, standing=(Standing.CANNOT_SAY,), why=NO_SOURCE,
        sources=tuple(origin.stamp for origin in evidence.origins),
    )  # fmt: skip
    if not evidence.held:
        said = _missing(evidence)
        return replace(base, standing=(said.standing,), why=said.why, hard=said.hard)
    compared, said_of_names = agreement(evidence, product, holder)
    said_all = sorted(
        (*_withdrawn(evidence, on), *said_of_names, _term(evidence, on)), key=lambda said: _ORDER[said.standing]
    )
    return replace(
        base,
        standing=tuple(said.standing for said in said_all),
        why="；".join(said.why for said in said_all),
        hard=said_all[0].hard,
        record=_record(evidence, holder, product),
        compared=compared,
        sources=tuple(dict.fromkeys(origin.stamp for _, origin in evidence.held)),
    )


def _missing(evidence: Evidence) -> Said:
    """No register holds the number: malformed, not listed, or nothing can be said."""
    number = evidence.number
    if number.valid is False:
        return Said(Standing.MALFORMED, number.why, False)
    complete = [origin for origin in evidence.origins if _is_complete(origin, number) and not origin.stamp.sample]
    for origin in complete:
        if origin.fresh:
            year, as_of = dict(number.parts).get("year", ""), origin.stamp.as_of
            late = as_of is not None and year >= str(as_of.year)
            why = f"{name_of(origin)}中没有此编号" + (
                "，但编号年份不早于来源日期的年份，可能是其后批准的" if late else ""
            )
            return Said(Standing.NOT_LISTED, why, origin.hard and not late)
    if complete:
        return Said(Standing.CANNOT_SAY, STALE, False)
    if any(origin.stamp.sample for origin in evidence.origins):
        return Said(Standing.CANNOT_SAY, SAMPLE, False)
    return Said(Standing.CANNOT_SAY, NO_SOURCE, False)


def _is_complete(origin: Origin, number: Number) -> bool:
    series = origin.source.covering(number)
    return series is not None and series.complete


def _withdrawn(evidence: Evidence, on: date) -> list[Said]:
    """Withdrawn only if every source that records withdrawals shows all of the number's devices as withdrawn."""
    able = [(held, origin) for held, origin in evidence.held if "withdrawal" in origin.source.proves]
    days = [held.record.withdrawn_on for held, _ in able]
    gone = [day for day in days if day is not None and day <= on]
    if not able or len(gone) < len(days):
        return []
    why = f"{name_of(able[0][1])}记载此编号下的产品已全部退市（{max(gone).isoformat()}）"
    return [Said(Standing.WITHDRAWN, why, any(origin.hard for _, origin in able))]


def _term(evidence: Evidence, on: date) -> Said:
    """In force, lapsed, or registered without a term that anybody here knows."""
    dated = [(h.record.valid_until, o) for h, o in evidence.held if h.record.valid_until and "term" in o.source.proves]
    if dated:
        until, origin = max(dated, key=lambda pair: pair[0])
        if until >= on:
            return Said(Standing.IN_FORCE, f"{name_of(origin)}记载有效期至{until.isoformat()}", origin.hard)
        return _past(origin, until)
    if evidence.number.type in _WITHOUT_TERM:
        for _, origin in evidence.held:
            if "term" in origin.source.proves:
                return Said(Standing.IN_FORCE, f"{name_of(origin)}有此备案，备案没有有效期", origin.hard)
    origin = evidence.held[0][1]
    return Said(Standing.REGISTERED_TERM_UNKNOWN, f"{name_of(origin)}有此编号，但不含有效期", origin.hard)


def _past(origin: Origin, until: date) -> Said:
    """A term that has ended: lapsed only if the register is younger than its end and so knows of no renewal."""
    as_of, ended = origin.stamp.as_of, f"{name_of(origin)}记载有效期至{until.isoformat()}"
    if as_of is not None and as_of > until:
        return Said(Standing.LAPSED, f"{ended}，已过期", origin.hard)
    if origin.youngest is not None and origin.youngest > until:
        return Said(Standing.LAPSED, f"{ended}，已过期；登记册的确切日期未知，是否延续须核实", False)
    return Said(Standing.REGISTERED_TERM_UNKNOWN, f"{ended}，但登记册的日期在此之前，是否延续未知", False)


def _record(evidence: Evidence, holder: str, product: str) -> Record:
    """The record to show: one with a term before one without, then the nearest by name."""

    def rank(held: Held) -> tuple[bool, float, float]:
        record = held.record
        return (
            record.valid_until is not None,
            companies.compare(holder, record.holder).score if holder and record.holder else 0.0,
            products.compare(product, record.product).score if product and record.product else 0.0,
        )

    return max((held for held, _ in evidence.held), key=rank).record
