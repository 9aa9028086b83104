"""Whom a letter is to, and why: the unit that has the lead, the authority that routing proposes, or a blank.

Owns: choosing. Nothing is chosen silently: what is only an authority's name by place says so, and where nothing tells, the blank
says who fills it in. Leaves to others: proposals and names of authorities (``leads.routing``), deciding (a person).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.errors import UsageError
from scanner.leads.routing.place import Place
from scanner.leads.routing.proposals import Proposal
from scanner.leads.routing.route import OUTCOMES, Route
from scanner.leads.routing.units import Units
from scanner.model import Lead
from scanner.report.letters.kinds import Kind
from scanner.report.letters.rows import short

LONGEST = 60  # characters of a name that a person gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """``name``: "" where a person must fill it in. ``because`` in Chinese; ``also``: others that it may go to instead; ``sure``
    where a person has said so."""

    name: str
    sure: bool = False
    because: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def hint(to: Addressee) -> str:
    """What a drafter must know of an addressee that nobody has confirmed; "" otherwise."""
    if to.sure or not (to.because or to.also):
        return ""
    also = f"；也可以是：{'、'.join(to.also)}" if to.also else ""
    return f"拟稿提示（定稿时删去）　受文单位：{short('；'.join(to.because), 400)}{also}"


def given(word: str, units: Units) -> str:
    """The name that a person gives: of a unit by its id, area code or name, else as it is written. UsageError where it is none."""
    text = word.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise UsageError(f"受文单位写 1 到 {LONGEST} 个字", where="--to")
    try:
        return units.get(text).name
    except UsageError:
        if text.isascii() and text.isdigit():
            raise
        return text


def of(kind: Kind, lead: Lead, route: Route, units: Units) -> Addressee:
    """Whom it is to when no person says so."""
    if kind.to == "seller":
        return Addressee(name=lead.seller, because=("页面所示的经营者，送达前核实真实名称",) if lead.seller else ())
    if kind.to == "public":
        return Addressee(name="")
    if kind.to == "unit":
        return _unit(lead, route, units)
    proposed = [one for one in route.proposals if one.kind in kind.proposed]
    if named := [one for one in proposed if one.authority]:
        also = (*(one.authority for one in named[1:]), *_others(kind, route, units))
        others = dict.fromkeys(name for name in also if name != named[0].authority)
        return Addressee(name=named[0].authority, because=_because(named), also=tuple(others))
    if kind.to == "elsewhere":
        return _elsewhere(route)
    if route.place is None:
        said = _because(proposed) or ("系统没有提出这一移送，理由由经办人填写",)
        return Addressee(name="", because=(*said, f"{OUTCOMES[route.outcome]}；受文机关由经办人填写"))
    name = units.offices.name(route.place, kind.offices[0])
    return Addressee(
        name=name, also=_others(kind, route, units),
        because=(
            *(_because(proposed) or ("系统没有提出这一移送，理由由经办人填写",)),
            f"机关按经营者所在地（{route.place.full}）列出，由经办人确定" if name else "受文机关由经办人填写",
        ),
    )  # fmt: skip


def _unit(lead: Lead, route: Route, units: Units) -> Addressee:
    if lead.unit:
        try:
            return Addressee(name=units.get(lead.unit).name, because=("线索已交办该单位",), sure=True)
        except UsageError:
            return Addressee(name=lead.unit, because=("线索已交办该单位；单位名单里没有它的全称",))
    if route.unit is not None:
        return Addressee(name=route.unit.name, because=("系统建议，尚未交办，由人确定", *route.because))
    return Addressee(
        name="", because=(OUTCOMES[route.outcome], *route.because), also=tuple(one.name for one in route.choices)
    )


def _elsewhere(route: Route) -> Addressee:
    """An authority of another area: that where the seller is, unless it is our own."""
    if route.unit is not None and not route.unit.own:
        return Addressee(name=route.unit.name, because=("经营者所在地的监管机关", *route.because))
    ours = (f"系统建议交办{route.unit.name}，在本单位名单里",) if route.unit is not None else ()
    also = tuple(one.name for one in route.choices)
    return Addressee(name="", because=(*ours, "外地的机关由经办人填写"), also=also)


def _others(kind: Kind, route: Route, units: Units) -> tuple[str, ...]:
    place: Place | None = route.place
    if place is None:
        return ()
    return tuple(name for office in kind.offices[1:] if (name := units.offices.name(place, office)))


def _because(proposed: list[Proposal]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.because for one in proposed))
