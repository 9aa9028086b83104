"""``qingwang recheck``: stored pages judged again after rules or register have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from scanner.home import Home
    from scanner.rulebook import Rulebook
    from scanner.tuning.recheck import Rechecked

LEADS = 20  # numbers of leads named


def register(app: typer.Typer) -> None:
    app.command("recheck", help="规则或者登记库改动后，把存下的页面按取证当日重新判断一遍。")(recheck)


def recheck(
    ctx: typer.Context,
    rule: Annotated[list[str] | None, typer.Option("--rule", metavar="ID", help="只重新判断这条规则；可以写多次")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会有什么变化，什么都不写")] = False,
    shown: Annotated[int, typer.Option("--shown", min=0, max=1000, help="每条规则的每种变化最多列几句")] = 5,
    as_json: console.Json = False,
) -> None:  # fmt: skip
    """Exit 0 whatever changed; the difference is what was asked for."""
    from scanner import clock
    from scanner.cli.progress import counted
    from scanner.cli.rules.opened import load
    from scanner.tuning.recheck import recheck as run

    home, only = console.home_of(ctx), frozenset(rule or ())
    rules = load(ctx)
    with opening.book(ctx) as book:
        _known(rules, only, book.rules_found())
        total = book.count("listing") + book.count("seller")
    with counted("重新判断", total) as tick:
        if dry_run:
            done = _dry(ctx, home, rules, only, shown, tick)
        else:
            done = run(home, rules, now=clock.now(), only=only, shown=shown, tick=tick)
    if as_json:
        console.emit(_shape(done, rules, dry_run))
    else:
        _tell(done, dry_run)


def _dry(ctx: typer.Context, home: Home, rules: Rulebook, only: frozenset[str], shown: int, tick: Any) -> Rechecked:
    from contextlib import ExitStack

    from scanner.tuning.recheck import dry

    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        return dry(book, rules, opening.register(home, stack), only=only, shown=shown, tick=tick)


def _known(rules: Rulebook, asked: frozenset[str], found: frozenset[str]) -> None:
    """Raise UsageError for a rule that neither the rulebook nor a finding knows: a retired one can be asked for."""
    from scanner.errors import UsageError
    from scanner.yamlfile import nearest

    for name in sorted(asked):
        if name not in rules.rules and name not in found:
            raise UsageError(
                f"没有规则 {name}", where="--rule", hint=nearest(name, rules.rules) or "用 rules list 查看"
            )


def _shape(done: Rechecked, rules: Rulebook, dry_run: bool) -> dict[str, Any]:
    total = done.report.total
    keys = ("appeared", "disappeared", "kept", "changed")
    return {
        "dry_run": dry_run, "listings": done.listings, "sellers": done.sellers, "rulebook": rules.hash,
        **{key: getattr(total, key) for key in keys},
        "by_rule": [{"rule": rule, **{key: getattr(c, key) for key in keys}} for rule, c in done.report.by_rule.items()],
        "examples": [change for change in done.report.changes if change.change != "kept"],
        "leads": sorted(done.leads), "decided": sorted(done.decided),
        "emptied": None if dry_run else sorted(done.emptied),
    }  # fmt: skip


def _tell(done: Rechecked, dry_run: bool) -> None:
    from scanner.cli.rules.backtest import sentences, table

    total = done.report.total
    would = "如果重新判断，会" if dry_run else "结果："
    console.say(f"商品页 {done.listings} 个、经营者页 {done.sellers} 个，按取证当日、现行规则。{would}"
                f"新增 {total.appeared} 条发现，不再成立 {total.disappeared} 条，"
                f"判断有变 {total.changed} 条，不变 {total.kept - total.changed} 条。")  # fmt: skip
    table(done.report)
    for what in ("appeared", "disappeared", "changed"):
        changes = [change for change in done.report.changes if change.change == what]
        sentences(what, changes, getattr(total, what))
    if done.decided:
        said = "已有处理的线索里有发现不再成立或者判断有变"
        console.say(f"{said}：{_numbers(done.decided)} 号。原来的发现和处理都保留，请复核。")
    if done.emptied:
        console.say(f"还没有复核的线索里，已没有成立的发现的有：{_numbers(done.emptied)} 号，请用 leads decide 处理。")
    if done.leads:
        console.say(f"新的发现在这些线索里：{_numbers(done.leads)} 号。")
    if dry_run:
        console.say("这是预演，什么都没有写。去掉 --dry-run 就会记下。")


def _numbers(leads: set[int]) -> str:
    return "、".join(map(str, sorted(leads)[:LEADS])) + ("……" if len(leads) > LEADS else "")
