"""The proposal: to which unit a lead goes, and whom else to tell; or why no unit can be proposed.

Owns: weighing votes. Nothing is chosen silently: votes that contradict one another propose nobody (``conflict``), and where
there are none that is said (``unknown``). Leaves to others: the votes (``votes``), names (``offices``), deciding (a person).

Who is competent (domain: 管辖): platforms the province's drug authority, sellers the market bureau of the city they are in
(医疗器械网络销售监督管理办法; 江西省 2020 清网方案 一(三)、二(三)); a seller whose address cannot be told goes to the telecom authority
where its site is filed, a site without a filing on a server abroad is reported up for blocking (海安市 净网2018 方案 四(一)、四(四));
two that are both competent: who filed the case first, else their common superior (行政处罚法第二十五条).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.leads.routing import signs as finding
from scanner.leads.routing.areas import Sure
from scanner.leads.routing.place import Place, common
from scanner.leads.routing.proposals import Proposal, others
from scanner.leads.routing.tables import Sign
from scanner.leads.routing.traces import Traces
from scanner.leads.routing.units import Unit, Units
from scanner.leads.routing.votes import WORDS, Silent, Vote, votes

Outcome = Literal["unit", "telecom", "conflict", "unknown"]
OUTCOMES = {
    "unit": "建议交办",
    "telecom": "建议移交通信主管部门",
    "conflict": "依据互相矛盾，由人决定",
    "unknown": "管辖未知，由人决定",
}

_CONFLICT = "各项依据指向不同的地方，系统不作选择；两地都有管辖权的由最先立案的管辖，有争议的报共同的上级指定"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A proposal. ``unit`` and ``place`` are None unless the outcome is ``unit``; ``because`` says in Chinese what it rests on.
    ``against``: weak votes that say otherwise and do not count. ``choices``: in a conflict, what each side leads to.
    ``silent``: traces that said nothing, and why. ``proposals``: whom else to tell."""

    outcome: Outcome
    unit: Unit | None
    place: Place | None
    sure: Sure | None
    because: tuple[str, ...]
    votes: tuple[Vote, ...]
    against: tuple[Vote, ...] = ()
    choices: tuple[Unit, ...] = ()
    silent: tuple[Silent, ...] = ()
    proposals: tuple[Proposal, ...] = ()


def route(traces: Traces, units: Units, signs: Iterable[Sign]) -> Route:
    """The proposal for a lead with these traces. Pure; the same traces give the same proposal."""
    found = votes(traces, units.addresses)
    chosen = _platform(found.cast, units) if traces.is_platform else _seller(found.cast, units)
    hits = finding.find(traces.texts, traces.names, signs)
    told = others(traces, found.cast, chosen.place, chosen.outcome, chosen.unit, hits, units)
    return Route(
        outcome=chosen.outcome, unit=chosen.unit, place=chosen.place, sure=chosen.sure, because=chosen.because,
        votes=found.cast, against=chosen.against, choices=chosen.choices, silent=found.silent, proposals=tuple(told),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    outcome: Outcome
    because: tuple[str, ...]
    unit: Unit | None = None
    place: Place | None = None
    sure: Sure | None = None
    against: tuple[Vote, ...] = ()
    choices: tuple[Unit, ...] = ()


def _platform(cast: Sequence[Vote], units: Units) -> _Chosen:
    """A platform is the province's matter, whatever its address: only the province must be agreed on."""
    counting = [vote for vote in cast if vote.sure != "weak"] or list(cast)
    if not counting:
        return _unknown("平台所在地没有任何依据")
    provinces = dict.fromkeys(vote.place.path[0] for vote in counting)
    if len(provinces) > 1:
        return _conflict(counting, units, platform=True)
    place = units.areas.of(next(iter(provinces)))
    unit = units.of_province(counting[0].place)
    if place is None or unit is None:
        return _unknown(f"{counting[0].place.name}不在内地监管机关管辖范围")
    because = ("经营者是第三方平台，由平台所在地省级药品监督管理部门监管", *_reasons(counting))
    against = tuple(vote for vote in cast if vote.place.path[0] not in provinces)
    return _Chosen(outcome="unit", unit=unit, place=place, sure=_surest(counting), because=because, against=against)


def _seller(cast: Sequence[Vote], units: Units) -> _Chosen:
    about = [vote for vote in cast if vote.about == "seller"]
    strong = [vote for vote in about if vote.sure != "weak"]
    weak = [vote for vote in about if vote.sure == "weak"]
    counting = strong or weak
    if strong and all(vote.kind == "icp" for vote in strong):
        if not weak:
            return _telecom(strong, units)
        counting = about  # a filing names the province only, so the name decides, and must not contradict it
    if not counting:
        platform = "，只知道店铺所在的平台，可以请平台所在地协查" if cast else ""
        return _unknown(f"没有任何能说明经营者所在地的依据{platform}")
    if _split(counting, units):
        return _conflict(counting, units, platform=False)
    return _agreed(counting, weak, units)


def _agreed(counting: Sequence[Vote], weak: Sequence[Vote], units: Units) -> _Chosen:
    """All counting votes lie in one another, or in counties of one city whose bureau is the same."""
    narrowest = max(counting, key=lambda vote: len(vote.place.path)).place
    path = common([vote.place for vote in counting if len(vote.place.path) == len(narrowest.path)])
    place = units.areas.of(path[-1]) if path else None
    unit = units.by_area(place) if place is not None else None
    if place is None or unit is None:
        return _unknown(f"{narrowest.name}不在内地监管机关管辖范围", *_reasons(counting))
    place = place if place.code != narrowest.code else narrowest
    against = tuple(vote for vote in weak if vote not in counting and not _agree(vote.place, place))
    because = [_why(place, unit, units), *_reasons(counting)]
    because += [f"不一致：{_reason(vote)}（弱依据，不作为否定依据）" for vote in against]
    sure = _surest([vote for vote in counting if place.within(vote.place) and len(vote.place.path) > 1] or counting)
    return _Chosen(outcome="unit", unit=unit, place=place, sure=sure, because=tuple(because), against=against)


def _why(place: Place, unit: Unit, units: Units) -> str:
    if place.level == "province" and not unit.own:
        return f"依据只到{place.name}，由{unit.name}指定办理单位"
    if unit.own:
        return f"{place.full}在“{unit.name}”的管辖范围"
    if units.own:
        return f"{place.full}不在本单位名单的范围，由当地{unit.name}管辖，应通报移送"
    return f"网络销售者由所在地市场监督管理部门管辖：{place.full}"


def _split(counting: Sequence[Vote], units: Units) -> bool:
    """Whether the votes part. Counties of one city do only where they are different units' matters."""
    for depth in (1, 2):
        if len({vote.place.path[:depth] for vote in counting if len(vote.place.path) >= depth}) > 1:
            return True
    counties = {vote.place.path: vote.place for vote in counting if len(vote.place.path) == 3}
    return len({unit.id if unit is not None else "" for unit in map(units.by_area, counties.values())}) > 1


def _agree(one: Place, other: Place) -> bool:
    return one.within(other) or other.within(one) or (len(one.path) == 3 and one.path[:2] == other.path[:2])


def _conflict(counting: Sequence[Vote], units: Units, *, platform: bool) -> _Chosen:
    """Every narrowest place with the votes that lead to it; a vote for a whole province stands behind each of its cities."""
    places = {vote.place.path: vote.place for vote in counting}
    sides = [one for one in places.values() if not any(o is not one and o.within(one) for o in places.values())]
    because, choices = [_CONFLICT], list[Unit]()
    for place in sides:
        unit = units.of_province(place) if platform else units.by_area(place)
        choices += [] if unit is None or unit in choices else [unit]
        behind = (f"{WORDS[vote.kind]}“{vote.quote}”" for vote in counting if place.within(vote.place))
        because.append(f"{place.full}：" + "、".join(behind))
    return _Chosen(outcome="conflict", because=tuple(because), choices=tuple(choices))


def _telecom(strong: Sequence[Vote], units: Units) -> _Chosen:
    if len({vote.place.path[0] for vote in strong}) > 1:
        return _conflict(strong, units, platform=False)
    because = "不能确定经营者的地址，只知道网站备案地：移交备案所在地的通信主管部门"
    return _Chosen(outcome="telecom", because=(because, *_reasons(strong)))


def _unknown(*because: str) -> _Chosen:
    return _Chosen(outcome="unknown", because=because)


def _reasons(counting: Iterable[Vote]) -> Iterator[str]:
    return map(_reason, counting)


def _reason(vote: Vote) -> str:
    return f"{WORDS[vote.kind]}“{vote.quote}”（{vote.where}）：{vote.because}"


def _surest(found: Sequence[Vote]) -> Sure:
    order: tuple[Sure, ...] = ("certain", "likely", "weak")
    return next(sure for sure in order if any(vote.sure == sure for vote in found))
