"""``qingwang crawl``: campaigns of the home's ``rules/watch.yaml``, run now, when they are due, or for as long as one lets it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.crawl.campaign import Plan
    from scanner.crawl.run import Report
    from scanner.crawl.watch import Campaign, Watch
    from scanner.home import Home
    from scanner.store.book import Book

LOOK = 60  # seconds between two looks at what is due


def register(app: typer.Typer) -> None:
    app.command("crawl", help="按 watch.yaml 运行巡查任务：立即运行、运行到期的、长期值守，或者只看会做什么。")(crawl)


def crawl(
    ctx: typer.Context,
    campaigns: Annotated[list[str] | None, typer.Argument(metavar="CAMPAIGN…", help="任务的 id")] = None,
    due: Annotated[bool, typer.Option("--due", help="运行到期的任务（给 cron、systemd 用）")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="一直运行，到期就巡查，按 Ctrl-C 停止")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会抓什么、要多久，不抓取")] = False,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.crawl import campaign
    from scanner.crawl import watch as room
    from scanner.crawl.reading import tables
    from scanner.errors import UsageError

    home = console.home_of(ctx)
    tables.use(home.rules)
    known = room.load()
    if watch:
        if campaigns or due or dry_run:
            raise UsageError("--watch 不和任务名、--due、--dry-run 一起用", where="crawl", hint="只写 crawl --watch")
        _stay(home, as_json)
        return
    if bool(campaigns) == due and not dry_run:  # both, or neither
        raise UsageError("写出任务的 id，或者用 --due 运行到期的任务", where="crawl", hint=_known(known))
    with _book(home) as book:
        if campaigns:
            wanted = campaign.chosen(known, campaigns)
        else:
            wanted = campaign.due(known, book, clock.now()) if due else list(known.campaigns.values())
        if dry_run:
            _tell_plans(home, known, wanted, book, as_json)
            return
    if not wanted:
        if not as_json:
            console.say("没有到期的任务。")
        return
    raise typer.Exit(_run(home, known, wanted, as_json, quietly=due))


def _known(watch: Watch) -> str:
    return "已有的任务：" + ("、".join(watch.campaigns) or "没有；在数据目录的 rules/watch.yaml 里写 campaigns")


@contextmanager
def _book(home: Home) -> Iterator[Book | None]:
    """The book, where there is one yet."""
    from scanner.store.book import Book

    if not home.book.exists():
        yield None
        return
    with Book.open(home.book) as book:
        yield book


def _run(home: Home, watch: Watch, wanted: Sequence[Campaign], as_json: bool, *, quietly: bool) -> int:
    """Run the campaigns; ``quietly``: not in their quiet hours, for nobody asked for them by name."""
    from scanner.cli.progress import bars
    from scanner.cli.scan import note_clock
    from scanner.crawl import campaign
    from scanner.crawl.run import run_all
    from spiders import walks

    with _book(home) as book:
        tasks = [campaign.task(one, watch, walks, book, quietly=quietly) for one in wanted]
    for one, task in zip(wanted, tasks, strict=True):
        if task.crawl:
            console.note(f"{one.title}：接着上次中断的巡查（{task.crawl}）")
        if not one.robots.obey:
            console.note(f"{one.title}：不遵守 robots.txt，依据：{one.robots.authority}")
    with bars([one.title for one in wanted]) as progress:
        reports = run_all(home, tasks, pace=campaign.pace(wanted), progress=progress)
    for one, report in zip(wanted, reports, strict=True):
        note_clock(report)
        told = campaign.said(report)
        if as_json:
            console.emit(told)
        else:
            _show(one, report)
        if not report.paused and (wrong := campaign.notify(one, told)):
            console.note(f"{one.title}：{wrong}")
    return 0 if all(report.state == "complete" for report in reports) else 3


def _show(one: Campaign, report: Report) -> None:
    from scanner.cli.scan import note_lane, show
    from scanner.crawl.health import NAMES

    console.say(f"\n任务：{one.title}（{one.id}）")
    if one.render != "never":
        note_lane(report)
    show(report)
    if report.paused:
        console.say(f"先停在这里，下次运行 crawl {one.id} 或者 crawl --due 时接着。")
    fields = report.health.get("fields", {})
    if fields:
        shares = "，".join(f"{NAMES.get(name, name)} {share:.0%}" for name, share in fields.items())
        console.say(f"字段读到的比例：{shares}")
    recognised = report.health.get("products")
    if recognised is not None:
        console.say(f"商品的网址读成商品的比例：{recognised:.0%}")
    statuses = report.health.get("statuses", {})
    if statuses:
        console.say("状态码：" + "，".join(f"{status} × {number}" for status, number in statuses.items()))
    browser = report.health.get("browser_mb")
    if browser is not None:
        console.say(f"浏览器最多占用内存：{browser} MB")


def _tell_plans(home: Home, watch: Watch, wanted: Sequence[Campaign], book: Book | None, as_json: bool) -> None:
    from scanner import clock
    from scanner.crawl import campaign
    from spiders import walks

    now, delay = clock.now(), home.config().delay
    plans = [campaign.plan(one, watch, walks, book, delay=delay, now=now) for one in wanted]
    if as_json:
        console.emit_lines(_row(one) for one in plans)
        return
    if not plans:
        console.say(_known(watch))
    for one in plans:
        _tell(one)


def _row(plan: Plan) -> dict[str, Any]:
    x = plan.campaign
    return {
        "campaign": x.id, "title": x.title, "begins": plan.begins, "words": plan.words, "pages": x.limits.pages,
        "minutes": round(plan.minutes, 1), "last_minutes": None if plan.last is None else round(plan.last, 1),
        "goes_on": plan.goes_on, "next": plan.next, "obeys_robots": x.robots.obey,
    }  # fmt: skip


def _tell(plan: Plan) -> None:
    from scanner.cli import opening

    x = plan.campaign
    rows = [
        ("从哪里开始", f"{len(plan.begins)} 个网址"), ("搜索词", "、".join(plan.words) or "—"),
        ("最多", f"每种店铺 {x.limits.pages} 页，{x.limits.minutes} 分钟，{x.limits.megabytes} MB"),
        ("按速度和页数上限最多", f"约 {plan.minutes:.0f} 分钟"),
        ("上次用时", "—" if plan.last is None else f"{plan.last:.0f} 分钟"),
        ("下次到期", opening.day(plan.next) if plan.next is not None else "没有写时间"),
        ("robots.txt", "遵守" if x.robots.obey else f"不遵守，依据：{x.robots.authority}"),
    ]  # fmt: skip
    if plan.goes_on:
        rows.insert(0, ("接着", f"上次中断的巡查 {plan.goes_on}"))
    console.table(f"{x.title}（{x.id}）", ["项目", "内容"], rows)
    for url in plan.begins[:10]:
        console.say(f"  {url}")
    if len(plan.begins) > 10:
        console.say(f"  ……另有 {len(plan.begins) - 10} 个")


def _stay(home: Home, as_json: bool) -> None:
    """Look what is due, run it in a process of its own (Scrapy's reactor starts once in a process), and look again."""
    from apscheduler.schedulers.blocking import BlockingScheduler  # type: ignore[import-untyped]

    from scanner import clock

    program = [sys.executable, "-m", "scanner.cli.main", "--home", str(home.root)]
    words = [*program, "crawl", "--due"]

    def look() -> None:
        subprocess.run(
            [*words, "--json"] if as_json else words, check=False, env={**os.environ, **clock.inherited()}
        )  # fmt: skip

    def stamp() -> None:
        """What was written on a day without a crawl, and what an authority did not give before."""
        if home.journal.exists() and home.config().stamp_authorities:
            subprocess.run(
                [*program, "stamp", "--pending"], check=False, stdout=subprocess.DEVNULL, env={**os.environ, **clock.inherited()}
            )  # fmt: skip

    scheduler = BlockingScheduler()
    scheduler.add_job(stamp, "interval", days=1, max_instances=1, coalesce=True, misfire_grace_time=None)
    # One at a time; what was missed while another ran is looked at once.
    scheduler.add_job(look, "interval", seconds=LOOK, max_instances=1, coalesce=True, misfire_grace_time=None,
                      next_run_time=clock.machine())  # fmt: skip
    console.note(f"值守中：每 {LOOK} 秒看一次有没有到期的任务，按 Ctrl-C 停止。")
    try:
        scheduler.start()
    except (KeyboardInterrupt, SystemExit):
        console.note("已停止值守。")
