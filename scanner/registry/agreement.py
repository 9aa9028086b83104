"""Do product and holder on the page agree with the registers' records of the number?

Owns: whose names may stand for the holder (the holder, an agent, a name under the same company code), and the standings
``other_holder`` and ``other_product``. Leaves to others: comparing two names (``companies``, ``products``).
"""

from __future__ import annotations

from dataclasses import replace

from scanner.model import Compared, Standing
from scanner.registry import companies, products
from scanner.registry.evidence import Evidence, Said, name_of
from scanner.registry.names import Match


def agreement(evidence: Evidence, product: str, holder: str) -> tuple[tuple[Compared, ...], list[Said]]:
    """What the page says of holder and product, laid beside the nearest record."""
    compared, said = list[Compared](), list[Said]()
    hard = any(origin.hard for _, origin in evidence.held)
    name = name_of(evidence.held[0][1])
    if holder.strip() and (best := _best_holder(evidence, holder)) is not None:
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


def _best_holder(evidence: Evidence, holder: str) -> tuple[Match, str] | None:
    """The nearest of all names that may stand for the holder: holders, agents, and names under the same code."""
    candidates = {held.record.holder: "" for held, _ in evidence.held if held.record.holder}
    for other in evidence.renamed:
        candidates.setdefault(other, "，与注册人用同一个统一社会信用代码")
    for held, _ in evidence.held:
        if held.record.agent:
            candidates.setdefault(held.record.agent, "，是代理人")
    if not candidates:
        return None
    found = []
    for theirs, note in candidates.items():
        match = companies.compare(holder, theirs)
        found.append((replace(match, because=match.because + note) if match.verdict != "other" else match, theirs))
    # an accusation names the registered holder, not an agent who is a little nearer
    if all(match.verdict == "other" for match, _ in found):
        return found[0]
    return max(found, key=_score)


def _score(pair: tuple[Match, str]) -> float:
    return pair[0].score


def _compared(what: str, page: str, register: str, match: Match) -> Compared:
    return Compared(what=what, page=page, register=register, score=match.score, because=match.because)


def _short(text: str) -> str:
    return text.strip() if len(text.strip()) <= 60 else f"{text.strip()[:60]}…"
