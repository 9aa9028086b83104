"""Do product and holder on the page agree with the registers' records of the number?

Owns: the standings ``other_holder`` and ``other_product``. Leaves to others: whose names may stand for the holder
(``holders``), comparing two names (``company``, ``products``).
"""

from __future__ import annotations

from scanner.model import Compared, Standing
from scanner.registry import products
from scanner.registry.evidence import Evidence, Said, name_of
from scanner.registry.holders import best_holder
from scanner.registry.names import Match


def agreement(evidence: Evidence, product: str, holder: str) -> tuple[tuple[Compared, ...], list[Said]]:
    """What the page says of holder and product, laid beside the nearest record."""
    compared, said = list[Compared](), list[Said]()
    hard = any(origin.hard for _, origin in evidence.held)
    name = name_of(evidence.held[0][1])
    if holder.strip() and (best := best_holder(evidence, holder)) is not None:
        match, theirs = best
        compared.append(_compared("holder", holder, theirs, match))
        if match.verdict == "other":
            why = f"{name}中此编号属于“{theirs}”，页面写的是“{_short(holder)}”：{match.because}"
            said.append(Said(Standing.OTHER_HOLDER, why, hard))
    registered = sorted({held.record.product for held, _ in evidence.held if held.record.product})
    if product.strip() and registered:
        match, theirs = max(((products.compare(product, theirs), theirs) for theirs in registered), key=_score)
        compared.append(_compared("product", product, theirs, match))
        if match.verdict == "other":
            why = f"{name}中此编号的产品是“{theirs}”，页面写的是“{_short(product)}”"
            said.append(Said(Standing.OTHER_PRODUCT, why, hard))
    return tuple(compared), said


def _score(pair: tuple[Match, str]) -> float:
    return pair[0].score


def _compared(what: str, page: str, register: str, match: Match) -> Compared:
    return Compared(what=what, page=page, register=register, score=match.score, because=match.because)


def _short(text: str) -> str:
    return text.strip() if len(text.strip()) <= 60 else f"{text.strip()[:60]}…"
