"""``qingwang quality stats``: precision, misses, and how units handle leads.

Owns: the command line and what it prints. Leaves to others: every figure (``tuning.quality``, ``leads.handling``).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.leads.handling import Handled
    from scanner.leads.interval import Share
    from scanner.store.samples import BlindSample
    from scanner.tuning.quality.estimate import Estimate, Rate
    from scanner.tuning.quality.precision import Judged

BY = {"all": "合计", "matter": "事项", "severity": "程度", "rule": "规则"}
SHOWN = 5  # samples told to people; --json has all
ITEMS = 20  # pages named
LARGE = 0.1  # share of the population looked at from which the interval is noticeably longer than it need be


def stats(
    ctx: typer.Context,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="从这一天（北京时间）起：复核的线索、交办的线索、抽的样")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="到这一天为止；期限也按这一天算")] = None,
    unit: Annotated[str, typer.Option("--unit", help="只看交办过给这个单位的线索")] = "",
    as_json: console.Json = False,
) -> None:  # fmt: skip
    """线索准不准、抽样看漏了多少、各单位办得怎样。"""
    from scanner import clock
    from scanner.cli.quality.told import period
    from scanner.home import shipped_rules
    from scanner.leads.handling import handled, of_unit, summed
    from scanner.leads.routing import units
    from scanner.tuning.quality.estimate import estimate
    from scanner.tuning.quality.precision import judged

    home, now = console.home_of(ctx), clock.now()
    first, end = period(since, until)
    on = clock.day(now) if until is None else min(clock.day(now), until.date())
    named = units.load(shipped_rules(), home.rules)
    only = named.get(unit).id if unit else ""
    with opening.book(ctx) as book:

        def steps() -> Iterator[Any]:
            every = book.steps(before=end)
            return of_unit(every, only) if only else every

        leads = judged(steps(), book.labels(), first)
        each = [one for one in handled(steps(), on, first) if only in ("", one.unit)]
        samples = [(one, estimate(one, book.reviews(one.number))) for one in book.samples(since=first, until=end)]
    names = {one.unit: _name(named, one.unit) for one in each}
    if as_json:
        console.emit({
            "since": first, "until": end, "on": on, "unit": only, "leads": leads,
            "units": [_plain(one, names[one.unit]) for one in each], "all_units": _plain(summed(each), ""),
            "samples": [_sample(*one) for one in samples],
        })  # fmt: skip
        return
    _tell_leads(leads)
    _tell_units([*each, summed(each)] if len(each) > 1 else each, names, on)
    for one in samples[:SHOWN]:
        _tell_sample(*one)
    if len(samples) > SHOWN:
        console.say(f"另有更早的抽样 {len(samples) - SHOWN} 次，用 --json 查看。")
    if not samples:
        console.say("没有抽样，不知道漏了多少：用 quality sample 抽取。")


def _name(named: Any, unit: str) -> str:
    from scanner.errors import UsageError

    try:
        return str(named.get(unit).name)
    except UsageError:  # of an earlier units.yaml
        return unit


def _part(hits: int, of: int) -> dict[str, Any]:
    """A share of all there are: no interval, for nothing was drawn."""
    return {"hits": hits, "of": of, "rate": hits / of if of else None}


def _shares(one: Handled) -> dict[str, dict[str, Any]]:
    """What of a unit's leads is reported on time (of those whose term is over or used), reported at all, confirmed."""
    return {
        "timely": _part(one.on_time, one.reported + one.overdue),
        "feedback": _part(one.reported, one.assigned - one.gone),
        "right": _part(one.confirmed, one.confirmed + one.dismissed),
    }


def _plain(one: Handled, name: str) -> dict[str, Any]:
    counts: dict[str, Any] = console.plain(one)
    return {"unit": counts.pop("unit"), "name": name, **counts, **_shares(one)}


def _sample(made: BlindSample, found: Estimate) -> dict[str, Any]:
    from scanner.cli.quality.told import head

    return {**head(made), "estimate": found}


# --- for people ------------------------------------------------------------------------------------------------


def _tell_leads(leads: Judged) -> None:
    from scanner.cli.rules.backtest import percent
    from scanner.report.words import MATTERS, SEVERITIES
    from scanner.tuning.stats import FEW

    chinese = {word.value: name for words in (MATTERS, SEVERITIES) for word, name in words.items()}
    few = f"样本不足（不到 {FEW} 条）"
    rows = [
        (BY[one.by], chinese.get(one.name, one.name) or "—", one.confirmed, one.dismissed,
         few if one.precision is None else percent(one.precision)) for one in leads.headings
    ]  # fmt: skip
    console.table("线索准不准", ["按", "名称", "属实", "不属实", "精确率"], rows)
    console.say(
        f"办过的线索 {leads.leads} 条，其中没有定论（或者不在这段时间）的 {leads.open} 条，并入别的线索的 {leads.merged} 条，"
        f"等第二个人复核的 {leads.waiting} 条。"
    )
    console.say(f"复核以后又经核查的，结论相反：{_counted(leads.contradicted)}。")
    console.say(f"经两个人复核的，第二个人不同意：{_counted(leads.disagreed)}。")


def _counted(share: Share) -> str:
    from scanner.cli.rules.backtest import percent
    from scanner.tuning.stats import FEW

    if share.of < FEW:
        return f"{share.hits}/{share.of}" + ("（太少，不算比例）" if share.of else "")
    return percent(share)


def _tell_units(units: list[Handled], names: dict[str, str], on: Any) -> None:
    if not units:
        console.say("没有交办过线索。")
        return
    columns = (
        "单位", "交办", "已转走", "未签收", "签收", "反馈", "退回重办", "未到期", "超期未反馈", "按期反馈率", "反馈率", "属实率",
    )  # fmt: skip
    rows = []
    for one in units:
        shares = _shares(one)
        rows.append(
            (names.get(one.unit, "合计"), one.assigned, one.gone, one.unsigned, one.received, one.reported, one.sent_back,
             one.running, one.overdue, *(_told(shares[name]) for name in ("timely", "feedback", "right")))
        )  # fmt: skip
    console.table(f"各单位（{on}）", columns, rows)


def _told(part: dict[str, Any]) -> str:
    return "—" if part["rate"] is None else f"{part['rate']:.1%}（{part['hits']}/{part['of']}）"


def _tell_sample(made: BlindSample, found: Estimate) -> None:
    from scanner.tuning.stats import FEW

    console.say(
        f"\n{made.number} 号抽样（{opening.day(made.when)}，种子 {made.seed}）：没有发现的 {found.population_clean} 页抽 {found.clean.drawn} 页，"
        f"审了 {found.clean.decided} 页，违规 {found.clean.violation} 页；无法判断 {found.clean.cannot_say}，意见不一 {found.clean.disputed}，"
        f"没有审 {found.clean.unanswered}。"
    )
    few = f"有定论的不到 {FEW} 页，不能估计"
    console.say("漏报，每 1 万页没有发现的页面：" + (few if found.misses is None else _misses(found.misses)))
    looked = found.clean.decided / found.population_clean if found.population_clean else 0
    if found.misses is not None and LARGE < looked < 1:
        console.say(f"审了总体的 {looked:.0%}；区间按无限总体算，实际只会更窄。")
    if found.covered < found.population_clean:
        console.say(f"只说明 {found.covered} 页：别的层一页也没有定论。")
    console.say("检出率（页）：" + ("不能估计" if found.recall is None else _recall(found.recall)))
    console.say(f"混入的有发现的 {found.found.drawn} 页，盲审也说违规：{_counted(found.right)}。")
    kappa = "" if found.between.kappa is None else f"，kappa {found.between.kappa:.2f}"
    console.say(f"两个人都审过的，意见相同：{_counted(found.between.same)}{kappa}。")
    for words, items in (("漏报的页", found.missed), ("有发现而盲审说没有违规的页", found.refuted)):
        if items:
            more = "……" if len(items) > ITEMS else ""
            console.say(f"{words}：{'、'.join(map(str, items[:ITEMS]))}{more}（quality review {made.number} 页号）")


def _misses(rate: Rate) -> str:
    if rate.rate is None:
        return f"没有看到，至多 {rate.high:.1f} 页"
    return f"{rate.rate:.1f} 页（区间 {rate.low:.1f}–{rate.high:.1f}）"


def _recall(rate: Rate) -> str:
    said = "没有看到漏报" if rate.rate is None else f"{rate.rate:.1%}"
    return f"{said}（区间 {rate.low:.1%}–{rate.high:.1%}）"
