"""``qingwang demo``: the bundled mall, crawled with the real spiders and browser; one package written and verified."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.crawl.run import Report
    from scanner.home import Home
    from scanner.model import Lead

MARK = "演示数据"  # demo data: on everything the demo prints and writes
OWN_HOST = "127.0.0.1"


def register(app: typer.Typer) -> None:
    app.command("demo", help="演示：抓取自带的演示商城，列出线索，生成一个证据包并且验证。")(demo)


def demo(ctx: typer.Context, as_json: console.Json = False) -> None:
    """Crawl the mall, print its leads, write and verify one package. The demo's own home is made anew each time."""
    from scanner import clock
    from scanner.cli.scan import note_lane
    from scanner.evidence.checking.verify import verify
    from scanner.evidence.package.handover import hand_over

    home = _fresh(console.home_of(ctx))
    console.note(f"【{MARK}】演示商城只在本机运行，经营者、产品和编号都是虚构的。")
    report = _crawl(home)
    note_lane(report)
    lead = _most_telling(report)
    made = hand_over(home, lead.number, now=clock.now(), out=None, zip=False)
    faults = [check for check in verify(made.path) if not check.ok]
    if as_json:
        console.emit(
            {
                "listings": len(report.tally.listings), "findings": report.tally.findings,
                "leads": [one.number for one in report.leads], "package": str(made.path), "verified": not faults,
            }
        )  # fmt: skip
    else:
        _show(report)
        console.say(f"证据包（{lead.number} 号线索）：{made.path}")
        console.say("验证：" + ("通过（verified）" if not faults else "没有通过"))
        for fault in faults:
            console.say(f"　{fault.name}：{fault.detail}")
        console.say(f"用浏览器打开 {made.path / 'report.html'} 看报告；再验证一次：qingwang verify {made.path}")
    raise typer.Exit(4 if faults else 0)


def _fresh(home: Home) -> Home:
    """An empty home below the chosen one, so that invented data never mixes with real data."""
    from scanner.home import Home

    inner = Home(home.root / "demo")
    if inner.root.exists():
        shutil.rmtree(inner.root)
    inner.make()
    return inner


def _crawl(home: Home) -> Report:
    """The mall as a web shop and as a mini-program, judged with the demo's register."""
    from scanner import clock
    from scanner.cli.progress import bar
    from scanner.crawl.run import run
    from scanner.demo.goods import LICENCES, REGISTER
    from scanner.demo.mall import serve
    from scanner.registry import Register, import_source
    from spiders import walks

    with Register.open(home.register) as register:
        now = clock.now()
        import_source(register, "demo", [REGISTER, LICENCES], now=now, as_of=clock.day(now))
    with serve() as mall, bar(f"【{MARK}】抓取演示商城") as progress:
        return run(
            home, walks([f"{mall.base_url}/", mall.api_url]), kind="demo", pages=1000, allow=(OWN_HOST,), mark=MARK,
            progress=progress,
        )  # fmt: skip


def _most_telling(report: Report) -> Lead:
    """The lead to hand over: the gravest with the most findings."""
    from scanner.errors import CrawlError
    from scanner.store.draft import weight

    if not report.leads:
        raise CrawlError("演示商城里没有发现线索", hint="运行 qingwang doctor 检查环境")
    return max(report.leads, key=lambda lead: (weight(lead.verdict, lead.severity), len(lead.findings)))


def _show(report: Report) -> None:
    from scanner.cli.scan import show

    console.say(f"【{MARK}】")
    show(report)
