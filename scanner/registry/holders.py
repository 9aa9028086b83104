"""Is the company a page names the holder of the number? All names that may stand for the holder are tried.

Owns: who may stand for a holder: the holder itself, names under the same company code (a renamed holder), and the agent
of a foreign one. Leaves to others: comparing two companies (``company.codes``) and what follows (``agreement``).

Registers print the agent's code beside a foreign holder, so for an imported device a name under the same code is not
the holder: it is another holder with the same agent, or the agent itself. That clears nobody and accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.model import Number
from scanner.registry.company.codes import code_in, compare_with_codes, without_code
from scanner.registry.evidence import Evidence
from scanner.registry.names import Match

_WITH_MARK = frozenset({"device_reg", "device_reg_old"})
_FILED = "device_filing"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    name: str
    code: str
    note: str = ""
    surely: bool = True  # whether this name can clear a page; else the most it gives is doubt


def best_holder(evidence: Evidence, holder: str) -> tuple[Match, str] | None:
    """The nearest of all names that may stand for the holder; None where the registers name nobody.

    ``holder`` is what the page says; a company code that stands in it comes before the name.
    """
    code, name, domestic = code_in(holder), without_code(holder), is_domestic(evidence.number)
    found = [
        (_compare(candidate, name, code, domestic), candidate.name) for candidate in _candidates(evidence, domestic)
    ]
    if not found:
        return None
    # an accusation names the registered holder, not an agent who is a little nearer
    if all(match.verdict == "other" for match, _ in found):
        return found[0]
    return max(found, key=lambda pair: (pair[0].verdict != "other", pair[0].score))


def is_domestic(number: Number) -> bool | None:
    """Whether the number is of a device made in the mainland; None where its form does not say."""
    parts = dict(number.parts)
    if number.type in _WITH_MARK:
        return {"准": True, "进": False, "许": False}.get(parts.get("mark", ""))
    if number.type == _FILED:
        return parts.get("authority") != "国"
    return None


def _candidates(evidence: Evidence, domestic: bool | None) -> Iterator[_Candidate]:
    """Each name once, the registered holders first."""
    seen: set[str] = set()
    for candidate in (*_holders(evidence), *_under_one_code(evidence, domestic), *_agents(evidence)):
        if candidate.name not in seen:
            seen.add(candidate.name)
            yield candidate


def _holders(evidence: Evidence) -> Iterator[_Candidate]:
    for held, _ in evidence.held:
        if held.record.holder:
            yield _Candidate(name=held.record.holder, code=held.record.uscc)


def _under_one_code(evidence: Evidence, domestic: bool | None) -> Iterator[_Candidate]:
    note = "，与注册人用同一个统一社会信用代码"
    if domestic is False:
        note = "，与注册人登记的代码相同：是同一代理人名下的另一家，或者代理人本身"
    for name in evidence.renamed:
        yield _Candidate(name=name, code="", note=note, surely=domestic is not False)


def _agents(evidence: Evidence) -> Iterator[_Candidate]:
    for held, _ in evidence.held:
        if held.record.agent:
            yield _Candidate(name=held.record.agent, code="", note="，是代理人")


def _compare(candidate: _Candidate, name: str, code: str, domestic: bool | None) -> Match:
    match = compare_with_codes(
        name, candidate.name, page_code=code, register_code=candidate.code, domestic=domestic
    )  # fmt: skip
    if match.verdict == "other":
        return match
    match = replace(match, because=match.because + candidate.note)
    if match.verdict == "same" and not candidate.surely:
        return replace(match, verdict="doubtful", score=min(match.score, 0.8))
    return match
