"""A lead for letters, all invented (演示): a seller with an address, a filing and a phone, words worth screening, a disposition."""

from __future__ import annotations

import dataclasses
import io
from datetime import date, timedelta
from functools import cache
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from scanner import numbers
from scanner.home import shipped_rules
from scanner.leads import clocks
from scanner.leads.routing import route, tables, traces, units
from scanner.leads.routing.units import Units
from scanner.model import Act, CaseFile, Decision, Disposition, Measure, NumberSeen, Seller, Transfer
from scanner.report.letters.facts import Given, Package
from tests.report import making

WORDS = "颈椎病治愈率高达98%，印度版抗癌药片现货，海外代购药；美国原装进口，水货，医院同款。"
HOME = (
    "演示甲医疗器械店　经营场所：江西省南昌市东湖区演示路12号3栋502室　联系人：赵小虎　电话：0791-88123456　微信：yanshi_jia88\n"
    "赣ICP备19000001号　赣洪药监械经营备20230001号"
)
PACKAGE = Package(name="qingwang-12-20261122", sums="6" * 64, fingerprint="9" * 64, later=1)
FINED = Disposition(
    measures=(Measure.CASE, Measure.RECTIFY, Measure.FINE),
    fine="12000.50",
    transfers=(Transfer.POLICE,),
    case="洪市监案〔2026〕1号",
)


def seller(text: str = HOME) -> Seller:
    found = tuple(NumberSeen(field="text", number=number) for number in numbers.find(text))
    return dataclasses.replace(making.seller(), page="home", text=making.said(text), numbers=found)


def case(**changes: Any) -> CaseFile:
    """The lead, handed to a unit that signed for it on 1 November, and disposed of."""
    given = making.case(WORDS)
    lead = dataclasses.replace(
        given.lead, unit="360100", received=making.NOON - timedelta(days=21), due=date(2026, 12, 21), state="disposed"
    )
    step = Decision(
        lead=12,
        state="disposed",
        who="演示员",
        when=making.NOON,
        note="举报人钱某某来电13712345678",
        act=Act.DISPOSE,
        disposition=FINED,
    )
    made = dataclasses.replace(given, lead=lead, sellers=(seller(),), decisions=(*given.decisions, step))
    return dataclasses.replace(made, **changes)


@cache
def shipped() -> Units:
    return units.load(shipped_rules())


def given(
    one: CaseFile | None = None, known: Units | None = None, *, unreachable: bool = False, **changes: Any
) -> Given:
    """What a letter of a case rests on, routed with the shipped tables, or with the units of an office."""
    units_there = known or shipped()
    view = making.views(one or case()).paper()
    found = traces.of_case(view.case, (), traces.Known(unreachable=unreachable))
    made = Given(
        view=view, traces=found, units=units_there, route=route.route(found, units_there, tables.signs(shipped_rules())),
        terms=clocks.load(shipped_rules()), package=PACKAGE,
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def text(document: bytes) -> str:
    """All text of a document, heads and feet too, a paragraph a line."""
    read = Document(io.BytesIO(document))
    parts = [read.element.body, *(part._element for s in read.sections for part in (s.header, s.footer))]
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for part in parts for p in part.iter(qn("w:p")))
