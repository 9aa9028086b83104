"""``qingwang leads route``: whose matter a lead is, and whom else to tell; a proposal, nothing is written.

Owns: what a person adds (options), the register rows of the seller's own licences, and printing. Leaves to others: votes and
weighing (``leads.routing``), handing a lead over (``leads assign``).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scanner.leads.routing.route import Route
    from scanner.leads.routing.traces import Trace, Traces
    from scanner.model import CaseFile, Listing, Record, Seller
    from scanner.registry import Register

_LICENCES = frozenset(("device_biz_license", "device_biz_filing", "device_prod_license", "device_prod_filing"))


def register(noun: typer.Typer) -> None:
    """The verb, for ``leads``."""
    noun.command("route", help="一条线索归谁管：逐项列出依据，建议交办单位和移送；只是建议，不写任何东西。")(route)


def route(
    ctx: typer.Context,
    lead: Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")],
    platform: Annotated[
        bool | None,
        typer.Option("--platform/--seller", help="经营者是第三方平台／是平台内或者自建网站的经营者（默认由页面判断）"),
    ] = None,
    server: Annotated[
        str, typer.Option("--server", help="服务器所在地，查实后写：mainland 境内、abroad 境外")
    ] = "unknown",
    unreachable: Annotated[bool, typer.Option("--unreachable", help="按登记的住所、经营场所联系不上")] = False,
    address: Annotated[
        list[str] | None, typer.Option("--address", help="登记资料里的住所或者经营场所（可以重复）")
    ] = None,
    said: Annotated[list[str] | None, typer.Option("--said", help="举报、投诉里说的话（可以重复）")] = None,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.errors import UsageError
    from scanner.home import shipped_rules
    from scanner.leads.routing import route as room
    from scanner.leads.routing import tables, units
    from scanner.leads.routing.traces import Known, Trace, of_case

    if server not in ("mainland", "abroad", "unknown"):
        raise UsageError(f"--server 不能是 {server}", where="--server", hint="可用：mainland、abroad、unknown")
    home = console.home_of(ctx)
    folders = (shipped_rules(), home.rules)
    known_units, signs = units.load(*folders), tables.signs(*folders)
    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        case = book.case(lead, made=clock.now())
        opened = opening.register(home, stack)
        rows, codes = list(rows_of(case, opened)), tuple(codes_of(case, opened))
    known = Known(
        is_platform=platform, server=cast(Literal["mainland", "abroad", "unknown"], server), unreachable=unreachable,
        registered=tuple(Trace(text=one, where="经办人查得的登记地址") for one in address or ()), usccs=codes,
        texts=tuple(Trace(text=one, where="举报、投诉") for one in said or ()),
    )  # fmt: skip
    traces = of_case(case, rows, known)
    proposal = room.route(traces, known_units, signs)
    if as_json:
        console.emit(plain(lead, traces, proposal))
    else:
        _tell(lead, traces, proposal)


def plain(lead: int, traces: Traces, proposal: Route) -> dict[str, Any]:
    """The proposal for machines, with the inputs that decide beside the votes."""
    told = {
        "is_platform": traces.is_platform, "on_platform": traces.on_platform, "icp": traces.icp,
        "server": traces.server, "unreachable": traces.unreachable,
    }  # fmt: skip
    shape = console.plain(proposal)
    return {"lead": lead, **shape, "known": told}


def rows_of(case: CaseFile, opened: Register) -> Iterator[Record]:
    """The register's rows for the licences that the seller's pages show."""
    on = case.made.date()
    subjects: tuple[Listing | Seller, ...] = (*case.sellers, *case.listings)
    for subject in subjects:
        for seen in subject.numbers:
            if seen.number.type in _LICENCES and seen.number.valid is not False:
                record = opened.standing(seen.number, on=on).record
                if record is not None:
                    yield record


def codes_of(case: CaseFile, opened: Register) -> Iterator[Trace]:
    """The code that registers print beside the very name of the seller; none where they print several."""
    from scanner.leads.routing.traces import Trace

    if not case.lead.seller:
        return
    same = {(m.uscc, m.sources) for m in opened.companies(case.lead.seller, shown=5) if m.score == 1 and m.uscc}
    if len({code for code, _ in same}) == 1:
        code, sources = next(iter(same))
        yield Trace(text=code, where=f"登记资料里同名企业的代码（{'、'.join(sources)}）")


def _tell(lead: int, traces: Traces, proposal: Route) -> None:
    from scanner.leads.routing.proposals import KINDS
    from scanner.leads.routing.route import OUTCOMES
    from scanner.leads.routing.votes import WORDS

    unit = f"：{proposal.unit.name}（{proposal.unit.id}）" if proposal.unit is not None else ""
    console.say(f"{lead} 号线索　{OUTCOMES[proposal.outcome]}{unit}")
    for reason in proposal.because:
        console.say(f"　{reason}")
    if proposal.choices:
        console.say("　可选：" + "、".join(f"{one.name}（{one.id}）" for one in proposal.choices))
    sure = {"certain": "确定", "likely": "较可靠", "weak": "弱"}
    about = {"seller": "经营者", "platform": "平台"}
    rows = [
        (WORDS[v.kind], v.quote, v.where, v.place.full, sure[v.sure], about[v.about], v.because) for v in proposal.votes
    ]
    if rows:
        console.table("依据", ["种类", "原文", "出处", "地区", "可靠", "说的是", "说明"], rows)
    if proposal.silent:
        console.table("不作依据的", ["原文", "出处", "原因"], [(s.quote, s.where, s.because) for s in proposal.silent])
    if proposal.proposals:
        told = [
            (KINDS[p.kind], p.authority or "（未定）", p.because, p.law + ("" if p.verified else "（条文未核）"), _quotes(p.quotes))
            for p in proposal.proposals
        ]  # fmt: skip
        console.table("移送和通报建议（由人决定）", ["事项", "机关", "说明", "依据", "原文"], told)
    if traces.icp == "not_seen":
        console.say("网站备案编号未取到（不等于没有）：页脚可能由脚本加载，用浏览器复查后才能说没有。")
    if traces.icp == "absent" and traces.server == "unknown":
        console.say("首页没有网站备案编号；服务器在境内还是境外未知，查实后加 --server。")


def _quotes(quotes: Iterable[Trace]) -> str:
    return "；".join(f"“{one.text}”（{one.where}）" for one in quotes) or "—"
