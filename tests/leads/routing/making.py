"""Traces of invented sellers, and the shipped tables read once."""

from __future__ import annotations

from functools import cache

from scanner import numbers
from scanner.home import shipped_rules
from scanner.leads.routing import tables, units
from scanner.leads.routing.addresses import Addresses
from scanner.leads.routing.route import Route, route
from scanner.leads.routing.traces import Trace, Traces
from scanner.leads.routing.units import Units
from scanner.model import FieldState, NumberSeen


@cache
def shipped() -> Units:
    return units.load(shipped_rules())


def addresses() -> Addresses:
    return shipped().addresses


@cache
def signs() -> tuple[tables.Sign, ...]:
    return tables.signs(shipped_rules())


def seen(text: str) -> tuple[NumberSeen, ...]:
    return tuple(NumberSeen(field="首页·文字", number=number) for number in numbers.find(text))


def said(*texts: str) -> tuple[Trace, ...]:
    return tuple(Trace(text=text, where="测试") for text in texts)


def traces(
    shown: str = "", *, registered: tuple[str, ...] = (), address: tuple[str, ...] = (), name: tuple[str, ...] = (),
    texts: tuple[str, ...] = (), is_platform: bool = False, on_platform: str = "", unreachable: bool = False,
    icp: FieldState = FieldState.NOT_LOOKED_AT, server: str = "unknown",
) -> Traces:  # fmt: skip
    """``shown``: what the page prints; its numbers are found as on any page."""
    return Traces(
        numbers=seen(shown), registered=said(*registered), addresses=said(*address), names=said(*name),
        texts=said(*texts), is_platform=is_platform, on_platform=on_platform, unreachable=unreachable, icp=icp,
        server=server,  # type: ignore[arg-type]
    )  # fmt: skip


def routed(given: Traces, known: Units | None = None) -> Route:
    return route(given, known or shipped(), signs())


def code(area: str, body: str = "MA0000WX") -> str:
    """A company code with right check characters whose area is ``area``; the organisation is invented."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    rest = 11 - sum(v * w for v, w in zip(values, weights, strict=True)) % 11
    whole = f"91{area}{body}" + {10: "X", 11: "0"}.get(rest, str(rest))
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(whole))
    return whole + alphabet[(31 - total % 31) % 31]
