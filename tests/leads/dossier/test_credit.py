"""The credit record: each condition counted by hand, in its window, with the leads behind it; a proposal, never a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scanner.home import shipped_rules
from scanner.leads.dossier import credit
from scanner.leads.dossier.credit import Checked, Condition, Rules
from scanner.leads.dossier.history import History, history
from scanner.leads.dossier.relisted import Relisted
from scanner.model import Act, Decision, Disposition, Lead, Matter, Measure, Sample, Severity, Verdict
from tests.leads.dossier.making import at

NOW = at(2026, 11, 22)
RULES = credit.load(shipped_rules())


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def step(act: Act, days: float, **more: Any) -> Decision:
    return Decision(lead=1, state="confirmed", who="甲", when=ago(days), act=act, **more)


def fined(days: float, fine: str, *measures: Measure) -> Decision:
    return step(Act.DISPOSE, days, disposition=Disposition(measures=(Measure.FINE, *measures), fine=fine))


def lead(number: int, *steps: Decision, matter: Matter = Matter.CLAIM, state: str = "confirmed") -> History:
    one = Lead(
        number=number, storefront="a.example", seller="演示", matter=matter, severity=Severity.HIGH,
        verdict=Verdict.VIOLATION, state=state, opened=ago(3000),
    )  # fmt: skip
    return history(one, [replace(step, lead=number) for step in steps])


def confirmed(number: int, days: float, **more: Any) -> History:
    return lead(number, step(Act.CONFIRM, days), **more)


def checked(rule: str, *leads: History, back: tuple[Relisted, ...] = ()) -> Checked:
    found = credit.credit("a.example\n演示", leads, back, RULES, now=NOW)
    assert (bool(found.proposal), "拟提请" in found.proposal) == (bool(found.met), bool(found.met))
    return next(one for one in found.conditions if one.id == rule)


def again(days: float, kind: Any = "same") -> Relisted:
    return Relisted(
        lead=7, matter=Matter.CLAIM, seller="k", listing="l", url="u", title="t", ended="gone", at=ago(900), again=kind,
        again_listing=f"{days}", again_url="u", again_title="t", again_seller="k", seen=ago(days), capture="c", times=1, words=0,
        because=(),
    )  # fmt: skip


def test_three_confirmed_leads_within_two_years() -> None:
    two = [confirmed(1, 1), confirmed(2, 730)]
    assert (checked("repeat", *two).count, checked("repeat", *two).met) == (2, False)
    three = checked("repeat", *two, confirmed(3, 729))
    assert (three.count, three.met, three.leads) == (3, True, (1, 2, 3))
    assert not checked("repeat", *two, confirmed(3, 731)).met  # too long ago
    assert not checked("repeat", *two, lead(3, step(Act.CONFIRM, 9), step(Act.DISMISS, 8))).met
    merged = lead(3, step(Act.CONFIRM, 9), step(Act.MERGE, 8, other=1), state="merged")
    assert not checked("repeat", *two, merged).met  # counted where it went


def test_only_its_matter_counts() -> None:
    leads = [confirmed(1, 1), confirmed(2, 1, matter=Matter.REGISTRATION)]
    assert (checked("unregistered", *leads).leads, checked("unregistered", *leads).met) == ((2,), False)
    assert checked("unregistered", *leads, confirmed(3, 1, matter=Matter.REGISTRATION)).met


@pytest.mark.parametrize(
    ("fines", "count", "met"),
    [
        ([(1, "199999.99")], 199999, False),
        ([(1, "199999.99"), (2, "0.01")], 200000, True),
        ([(1, "150000.00"), (731, "60000.00")], 150000, False),  # the day of the fine counts, not that of the lead
    ],
)
def test_fines(fines: list[tuple[int, str]], count: int, met: bool) -> None:
    found = checked("fined", lead(4, *(fined(days, fine) for days, fine in reversed(fines))))
    assert (found.count, found.met, found.leads) == (count, met, (4,))


def test_measures_relistings_and_notes() -> None:
    heavy = lead(5, fined(9, "1.00", Measure.REVOCATION), fined(8, "1.00", Measure.REVOCATION))
    assert (checked("revoked", heavy).count, checked("revoked", heavy).met) == (1, True)
    assert not checked("suspended", heavy).met
    back = (again(1), again(2, "similar"), again(3, "still"), again(800))
    assert (checked("relisted", back=back).count, checked("relisted", back=back[2:]).met) == (2, False)
    assert checked("relisted", back=(again(1), replace(again(1), lead=9))).count == 1  # one listing in two leads
    noted = lead(6, step(Act.NOTE, 3, note="当事人拒不改正，已约谈"), step(Act.NOTE, 2, note="已改正"))
    found = checked("resisted", noted)
    assert (found.met, found.leads, [(q.word, q.who, q.when) for q in found.quotes]) == (
        True, (6,), [("拒不改正", "甲", ago(3))]
    )  # fmt: skip


def test_samples_that_failed() -> None:
    rules = Rules(
        law=RULES.law, conditions=(Condition(id="x", title="抽检", counts="unqualified", at_least=2, within_days=10),)
    )
    samples = [
        Sample(order="1", result="unqualified"),
        Sample(order="2", result="qualified"),
        Sample(order="3", result="unqualified"),
    ]
    one = lead(8, *(step(Act.SAMPLE, days, sample=sample) for days, sample in zip((5, 4, 3), samples, strict=True)))
    assert credit.credit("k", [one], (), rules, now=NOW).met == ("x",)
    assert credit.credit("k", [one], (), rules, now=NOW + timedelta(days=6)).met == ()


def test_nothing_recorded_proposes_nothing() -> None:
    found = credit.credit("k", [], (), RULES, now=NOW)
    assert (found.proposal, found.met, {one.count for one in found.conditions}) == ("", (), {0})
    assert not found.law.verified  # its articles were not read in a primary text


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": "noted"}, {"counts": "measures"}, {"counts": "fine", "words": ("拒绝",)},
        {"counts": "measures", "measures": ("unfounded",)},
    ],
)  # fmt: skip
def test_conditions_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"一起写|不是处罚"):
        Condition(**{"id": "x", "title": "情形", "at_least": 1, **wrong})
