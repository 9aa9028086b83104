"""Listings, shops and a register for the checks, judged with the shipped rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from scanner.checks import subject
from scanner.checks.case import Catalogues
from scanner.judge import judge
from scanner.model import Field, FieldState, Finding, Listing, Number, Seller, Standing, StandingAnswer
from tests.rulebook.making import shipped

DAY = date(2026, 1, 5)
NUMBER = "粤械注准20202140001"
MAKER = {"生产企业": "示例医疗科技有限公司"}  # without one, a page with a number lacks who answers for it
NOTICE = "请仔细阅读产品说明书或者在医务人员的指导下购买和使用。"


def page(title: str = "", text: str = "", **more: Any) -> Listing:
    """A product page whose pictures have no text, so that all of it was looked at."""
    return subject.listing("p1", title=title, text=text, **{"image_text": "", **more})


def with_state(listing: Listing, **states: FieldState) -> Listing:
    return replace(listing, **{name: Field(state=state) for name, state in states.items()})


@dataclass
class Register:
    """Answers what it is told, and remembers what it was asked."""

    said: dict[str, tuple[Standing, ...]] = field(default_factory=dict)
    hard: bool = True
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    names: Catalogues | None = None

    def standing(self, number: Number, *, product: str = "", holder: str = "", on: date) -> StandingAnswer:
        self.asked.append((number.number, product, holder))
        said = self.said.get(number.number, (Standing.CANNOT_SAY,))
        return StandingAnswer(
            number=number.number, type=number.type, on=on, standing=said, why="登记册所言", hard=self.hard
        )


def found(thing: Listing | Seller, register: Register | None = None, **more: Any) -> dict[str, Finding]:
    """Rule -> its first finding."""
    findings = judge(thing, shipped(), register, on=more.pop("on", DAY), **more)
    return {f.rule: f for f in reversed(findings)}


def verdicts(thing: Listing | Seller, register: Register | None = None, **more: Any) -> dict[str, str]:
    return {rule: f.verdict.value for rule, f in sorted(found(thing, register, **more).items())}
