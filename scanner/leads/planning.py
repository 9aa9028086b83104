"""From an order to the step that is taken: whether it may be, and everything that follows of it.

Owns: what each act asks for beyond the table of steps: a unit that exists, a second reviewer, an extension asked for in time and
granted once, what closing needs. Leaves to others: the table (``states``), counting days (``clocks``), carrying out (``casework``). Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scanner import clock
from scanner.errors import UsageError
from scanner.leads import clocks, states
from scanner.leads.clocks import Terms
from scanner.leads.order import Order
from scanner.model import Act, Decision, Disposition, Finding, Lead, Measure, Revisit, RevisitResult, Sample

_SEEN = frozenset(
    {RevisitResult.SAME, RevisitResult.CHANGED, RevisitResult.GONE, RevisitResult.MOVED, RevisitResult.RELISTED}
)
_STILL = frozenset({RevisitResult.SAME, RevisitResult.RELISTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What planning asks of a lead: the lead with its findings, its steps and revisits so far, oldest first."""

    lead: Lead
    steps: Sequence[Decision]
    pairs: Sequence[Revisit] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What planning asks of everything else. ``unit``: the id of the unit that a word names (UsageError: none);
    ``lead``: another lead by number; ``free``: the number that a new lead will have; ``double``: whether a unit, by id, takes
    only leads that two people reviewed ("": whether this office reviews all leads twice)."""

    terms: Terms
    unit: Callable[[str], str]
    lead: Callable[[int], Lead]
    free: Callable[[], int]
    double: Callable[[str], bool] = lambda unit: False


def plan(order: Order, known: Known, world: World, now: datetime) -> Decision:
    """The step. UsageError says why it may not be taken and what may."""
    lead = known.lead
    if not order.who.strip():
        raise UsageError("没有写明谁办理", where="who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    state = _state(order, known, world)
    base = Decision(
        lead=lead.number, state=state, who=order.who.strip(), when=now, note=order.note.strip(), act=order.act
    )
    special = _SPECIAL.get(order.act)
    return special(order, known, world, base) if special is not None else base


def _state(order: Order, known: Known, world: World) -> str:
    if order.act is Act.UNMERGE:
        return _before_merging(known)
    if order.act is Act.CONFIRM:
        return _confirmed(order, known, world)
    return states.after(known.lead.state, order.act)


def _confirmed(order: Order, known: Known, world: World) -> str:
    """The state after a review that finds the lead right. Of two reviews (双人复核) the first leaves it as it was, and a second
    person may always confirm what one has; nobody is two people."""
    state, before = known.lead.state, _reviewers(known)
    if order.who.strip() in before and state in (*states.BEFORE, "confirmed"):
        raise UsageError(f"{order.who.strip()} 已经复核过", where="who", hint="第二次复核要由另一个人办理")
    if state == "confirmed" and len(before) == 1:
        return state
    after = states.after(state, order.act)
    return state if world.double("") and not before else after


def _reviewers(known: Known) -> set[str]:
    """Who confirmed the lead since it was last opened again."""
    who = set[str]()
    for step in known.steps:
        if step.act is Act.REOPEN:
            who.clear()
        elif step.act is Act.CONFIRM:
            who.add(step.who)
    return who


def _assign(order: Order, known: Known, world: World, base: Decision) -> Decision:
    unit = world.unit(order.unit)
    if unit == known.lead.unit:
        raise UsageError(f"线索已经在 {unit}", where="--unit")
    if world.double(unit) and len(_reviewers(known)) < 2:
        raise UsageError(
            f"{unit} 只接收双人复核过的线索，还要另一个人复核", where="--unit",
            hint=f"由另一个人运行 leads decide {known.lead.number} 属实（已经交办的先退回）",
        )  # fmt: skip
    return replace(base, unit=unit)


def _receive(order: Order, known: Known, world: World, base: Decision) -> Decision:
    return replace(base, unit=known.lead.unit, due=clocks.due(world.terms, base.when))


def _ask(order: Order, known: Known, world: World, base: Decision) -> Decision:
    if _extensions(known, Act.GRANT):
        raise UsageError("已经延长过一次", where="leads extend")
    if (open_one := _asked(known)) is not None:
        raise UsageError(f"{open_one.days} 天的延期申请还没有答复", where="leads extend")
    assert known.lead.received is not None
    clocks.may_ask(world.terms, known.lead.received, clock.day(base.when), order.days)
    return replace(base, unit=known.lead.unit, days=order.days)


def _grant(order: Order, known: Known, world: World, base: Decision) -> Decision:
    asked = _asked(known)
    if asked is None:
        raise UsageError("没有等待答复的延期申请", where="leads extend", hint="先用 leads extend LEAD --days 天数 申请")
    if base.act is Act.REFUSE:
        return base
    days = order.days or asked.days
    if days > asked.days:
        raise UsageError(f"申请的是 {asked.days} 天，不能批 {days} 天", where="--days")
    assert known.lead.received is not None
    return replace(base, days=days, due=clocks.due(world.terms, known.lead.received, days))


def _dispose(order: Order, known: Known, world: World, base: Decision) -> Decision:
    if not order.measures and not order.to:
        raise UsageError(
            "没有写明处置措施", where="--measure", hint="例如 --measure 责令改正；核查不属实写 --measure 不属实"
        )
    if Measure.UNFOUNDED in order.measures and (set(order.measures) - {Measure.UNFOUNDED, Measure.CHECKED} or order.to):
        raise UsageError("“不属实”不能和别的措施一起写", where="--measure")
    return replace(base, unit=known.lead.unit, disposition=Disposition(
        measures=tuple(dict.fromkeys(order.measures)), transfers=tuple(dict.fromkeys(order.to)), fine=order.fine,
        income=order.income, licences=order.licences, persons=order.persons, category=order.category, stage=order.stage,
        case=order.case,
    ))  # fmt: skip


def _sample(order: Order, known: Known, world: World, base: Decision) -> Decision:
    if not order.order:
        raise UsageError("没有写明订单号", where="--order")
    return replace(base, sample=Sample(
        order=order.order, parcel=order.parcel, seal=order.seal, report=order.report, result=order.result
    ))  # fmt: skip


def _merge(order: Order, known: Known, world: World, base: Decision) -> Decision:
    lead = known.lead
    if order.into in (0, lead.number):
        raise UsageError("没有写明并入哪一条线索", where="--into")
    other = world.lead(order.into)
    if other.state not in states.LIVE:
        raise UsageError(f"{other.number} 号线索已经结束（{states.WORDS[other.state]}）", where="--into")
    if other.matter is not lead.matter:
        raise UsageError("两条线索的事项不同，不能并成一条", where="--into", hint="一条线索是一个经营者的一个事项")
    held = {finding.id for finding in other.findings}
    return replace(base, other=other.number, moved=tuple(f.id for f in lead.findings if f.id not in held))


def _unmerge(order: Order, known: Known, world: World, base: Decision) -> Decision:
    last = _last(known, Act.MERGE)
    assert last is not None  # _before_merging has found it
    return replace(base, other=last.other, moved=last.moved)


def _split(order: Order, known: Known, world: World, base: Decision) -> Decision:
    if not order.findings:
        raise UsageError("没有写明拆出哪些发现", where="--finding", hint="发现的编号见 leads show --json")
    chosen = tuple(dict.fromkeys(_finding(known.lead, name).id for name in order.findings))
    if len(chosen) == len(known.lead.findings):
        raise UsageError("拆出了全部发现，原线索就空了", where="--finding")
    return replace(base, other=world.free(), moved=chosen)


def _close(order: Order, known: Known, world: World, base: Decision) -> Decision:
    if lacking := missing(known):
        raise UsageError("还不能销号：" + "；".join(lacking), where="leads close", hint="不得一删了之、下架了之")
    if (still := _still(known)) and not (order.anyway and order.note.strip()):
        raise UsageError(
            f"复查时问题还在：{'、'.join(still)[:300]}", where="leads close",
            hint="退回核查（leads return）；确有理由时加 --anyway 和 --note 写明理由",
        )  # fmt: skip
    return base


def missing(known: Known) -> list[str]:
    """What closing still asks for: a disposition, and a look at every page since."""
    last = _last(known, Act.DISPOSE)
    if last is None:
        return ["没有处置"]
    reviewed = _last(known, Act.REVISIT)
    if reviewed is None or reviewed.when < last.when:
        return ["处置以后没有复查"]
    if reviewed.note:  # looked at otherwise, and said how
        return []
    pages = {f.subject_id for f in known.lead.findings}
    looked = {pair.subject_id for pair in known.pairs if pair.time > last.when and pair.result in _SEEN}
    return [f"{len(pages - looked)} 个页面处置以后没有看到"] if pages - looked else []


def _still(known: Known) -> list[str]:
    latest = {pair.subject_id: pair for pair in known.pairs}
    return [pair.url for pair in latest.values() if pair.result in _STILL]


def _revisit(order: Order, known: Known, world: World, base: Decision) -> Decision:
    last = _last(known, Act.DISPOSE)
    fresh = any(last is None or pair.time > last.when for pair in known.pairs)
    if not fresh and not base.note:
        raise UsageError(
            "处置以后没有再看过页面",
            where="leads decide",
            hint="运行 revisit；没有网址可看的，用 --note 写明怎样复查的",
        )
    return base


def _before_merging(known: Known) -> str:
    last = _last(known, Act.MERGE)
    if known.lead.state != "merged" or last is None:
        raise UsageError("这条线索没有并入别的线索", where="leads unmerge")
    at = known.steps.index(last)
    return next((step.state for step in reversed(known.steps[:at])), "open")


def _finding(lead: Lead, name: str) -> Finding:
    found = [finding for finding in lead.findings if finding.id.startswith(name)]
    if len(found) != 1:
        raise UsageError(f"{'没有' if not found else '有多条'}编号以 {name[:40]} 开头的发现", where="--finding")
    return found[0]


def _last(known: Known, act: Act) -> Decision | None:
    return next((step for step in reversed(known.steps) if step.act is act), None)


def _extensions(known: Known, act: Act) -> list[Decision]:
    """Extensions since the unit signed."""
    since = known.lead.received
    return [step for step in known.steps if step.act is act and since is not None and step.when >= since]


def _asked(known: Known) -> Decision | None:
    """The request that nobody has answered yet."""
    asked = _extensions(known, Act.ASK)
    answered = [*_extensions(known, Act.GRANT), *_extensions(known, Act.REFUSE)]
    return asked[-1] if len(asked) > len(answered) else None


_SPECIAL: dict[Act, Callable[[Order, Known, World, Decision], Decision]] = {
    Act.ASSIGN: _assign, Act.RECEIVE: _receive, Act.ASK: _ask, Act.GRANT: _grant, Act.REFUSE: _grant, Act.DISPOSE: _dispose,
    Act.SAMPLE: _sample, Act.MERGE: _merge, Act.UNMERGE: _unmerge, Act.SPLIT: _split, Act.CLOSE: _close, Act.REVISIT: _revisit,
}  # fmt: skip
