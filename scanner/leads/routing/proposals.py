"""Whom else to tell of a lead: proposals beside the unit, each with its reason; a person decides on every one.

Owns: when another area's authority, the telecom authority, blocking, the police, health, customs, discipline inspection, the list of abnormal operations
(经营异常名录) and help from the platform's province are proposed. Leaves to others: the unit (``route``), finding words (``signs``),
the letters (``report``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.leads.routing.offices import Kind as Office
from scanner.leads.routing.place import Place, common
from scanner.leads.routing.signs import Hit
from scanner.leads.routing.traces import Trace, Traces
from scanner.leads.routing.units import Unit, Units
from scanner.leads.routing.votes import Vote
from scanner.model import FieldState

Kind = Literal["area", "telecom", "block", "police", "health", "customs", "discipline", "abnormal_list", "assist"]
KINDS: dict[Kind, str] = {
    "area": "移送有管辖权的市场、药品监督管理部门", "telecom": "移交通信主管部门", "block": "上报屏蔽", "police": "移送公安机关（行刑衔接）", "health": "移送卫生健康部门", "customs": "移送海关",
    "discipline": "移送纪检监察机关", "abnormal_list": "通报列入经营异常名录", "assist": "请平台所在地协查",
}  # fmt: skip
# Chapter and duty (管辖、移送) are known, the article was not read in a primary text.
AREA_LAW = "市场监督管理行政处罚程序规定"
_NOWHERE = "所在地未定，受理机关由经办人填写"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One authority to tell. ``authority``: "" where it is not known which one. ``law`` names what makes it worth a look, and
    whether its article was read in a primary text (``verified``); "" where an order and no law says so. Never a verdict."""

    kind: Kind
    authority: str
    because: str
    law: str = ""
    verified: bool = True
    quotes: tuple[Trace, ...] = ()


def others(
    traces: Traces, cast: Sequence[Vote], place: Place | None, outcome: str, unit: Unit | None, hits: Sequence[Hit],
    units: Units,
) -> Iterator[Proposal]:  # fmt: skip
    """The proposals for a lead whose place is ``place`` and goes to ``unit`` (None: not agreed on)."""
    yield from _elsewhere(cast, place, unit, units)
    filed = [vote for vote in cast if vote.kind == "icp" and vote.about == "seller"]
    if outcome == "telecom" and filed:
        yield Proposal(
            kind="telecom", authority=units.offices.name(filed[0].place, "telecom"), quotes=_quotes(filed),
            because="不能确定销售地址，移交网站备案所在地的通信主管部门处理",
        )  # fmt: skip
    yield from _block(traces, place, units)
    for hit in hits:
        yield _sign(hit, place, units)
    yield from _unreachable(traces, cast, place, units)
    yield from _platform(cast, place, units)


def _elsewhere(cast: Sequence[Vote], place: Place | None, unit: Unit | None, units: Units) -> Iterator[Proposal]:
    """Only an office that has said which areas are its own can know that one is another's."""
    if place is None or unit is None or unit.own or not units.own:
        return
    there = [vote for vote in cast if vote.place.within(place) or place.within(vote.place)]
    yield Proposal(
        kind="area", authority=unit.name, law=AREA_LAW, verified=False, quotes=_quotes(there),
        because=f"{place.full}不在本单位名单的范围，由{unit.name}管辖",
    )  # fmt: skip


def _block(traces: Traces, place: Place | None, units: Units) -> Iterator[Proposal]:
    """Only where it was looked for and is not there: a number that was not seen may load later."""
    if traces.icp is not FieldState.ABSENT or traces.on_platform:
        return
    if traces.server == "abroad":
        telecom = units.offices.name(place, "telecom") if place is not None else ""
        yield Proposal(
            kind="block", authority=telecom,
            because="网站没有备案编号，服务器设在境外：逐级上报，统一移送有关部门屏蔽" + ("" if telecom else f"；{_NOWHERE}"),
        )  # fmt: skip


def _sign(hit: Hit, place: Place | None, units: Units) -> Proposal:
    office: Office = hit.sign.to
    authority = units.offices.name(place, office) if place is not None else ""
    said = "出现值得筛查的字样，是否构成由办案机关判断" if hit.sign.to == "police" else "出现相关字样，是否移送由人判断"
    return Proposal(
        kind=hit.sign.to, authority=authority, because=f"{hit.sign.title}：{said}" + ("" if authority else f"；{_NOWHERE}"),
        law=f"{hit.sign.law}{hit.sign.article}", verified=hit.sign.verified, quotes=hit.quotes,
    )  # fmt: skip


def _unreachable(traces: Traces, cast: Sequence[Vote], place: Place | None, units: Units) -> Iterator[Proposal]:
    """The list is kept by who registered the company: the area of its code, else where it is."""
    if not traces.unreachable:
        return
    codes = [vote for vote in cast if vote.kind == "uscc" and vote.about == "seller"]
    shared = common([vote.place for vote in codes]) if codes else None
    registrar = units.areas.of(shared[-1]) if shared else place
    authority = units.offices.name(registrar, "market") if registrar is not None else ""
    yield Proposal(
        kind="abnormal_list", authority=authority, quotes=_quotes(codes), law="企业信息公示暂行条例", verified=False,
        because="通过登记的住所或者经营场所无法联系：通报登记机关列入经营异常名录" + ("" if authority else f"；{_NOWHERE}"),
    )  # fmt: skip


def _platform(cast: Sequence[Vote], place: Place | None, units: Units) -> Iterator[Proposal]:
    """A platform must know who sells there, so where nothing else tells, its province can ask it."""
    about = [vote for vote in cast if vote.about == "platform"]
    if place is not None or not about:
        return
    for code in dict.fromkeys(vote.place.path[0] for vote in about):
        province = units.areas.of(code)
        if province is not None:
            of = [vote for vote in about if vote.place.path[0] == code]
            yield Proposal(
                kind="assist", authority=units.offices.name(province, "drug"), quotes=_quotes(of),
                because="经营者所在地未定；平台应当核验并登记入驻者，请平台所在地省级药品监督管理部门协查",
            )  # fmt: skip


def _quotes(found: Sequence[Vote]) -> tuple[Trace, ...]:
    return tuple(dict.fromkeys(Trace(text=vote.quote, where=vote.where) for vote in found))
