"""``qingwang scan``: a one-off look at a shop, category or product address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, named

if TYPE_CHECKING:
    from scanner.crawl.run import Report
    from scanner.crawl.walk.complete import Counted


def register(app: typer.Typer) -> None:
    app.command("scan", help="看一看一个店铺、类目或者商品的网址：抓取、封存、核查，列出线索。")(scan)


def scan(
    ctx: typer.Context,
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="店铺、类目或者商品的网址")],
    pages: Annotated[int | None, typer.Option("--pages", min=1, help="最多抓多少页（默认见 config.yaml，200）")] = None,
    render: Annotated[
        str, typer.Option("--render", help="浏览器：auto 需要时用，never 不用，always 每页都用")
    ] = "auto",
    allow: Annotated[
        list[str] | None, typer.Option("--allow-private", metavar="HOST", help="允许访问的内网主机（可以重复）")
    ] = None,
    words: Annotated[str, typer.Option("--words", help="搜索词（店铺支持搜索时）")] = "",
    as_json: console.Json = False,
) -> None:
    from scanner.cli.progress import bar
    from scanner.crawl.reading import tables
    from scanner.crawl.run import run, vet
    from scanner.errors import UsageError
    from spiders import walks

    if render not in ("auto", "never", "always"):
        raise UsageError(f"--render 不能是 {render}", hint="可用：auto、never、always")
    vet(urls, tuple(allow or ()))  # before anything takes the addresses apart
    home = console.home_of(ctx)
    tables.use(home.rules)
    with bar("抓取") as progress:
        report = run(
            home, walks(urls), kind="scan", pages=pages or home.config().pages, render=render,
            allow=tuple(allow or ()), words=words, progress=progress,
        )  # fmt: skip
    if render != "never":
        note_lane(report)
    note_clock(report)
    if as_json:
        console.emit({**report.counts(), "named": named.results(home, report)})
    else:
        show(report)
        named.tell_results(home, report)
    raise typer.Exit(0 if report.state == "complete" else 3)


def note_lane(report: Report) -> None:
    """Say what a run without a browser could not do."""
    if not report.browser:
        console.note(
            "没有找到浏览器：发现没有用浏览器复看，要脚本才有内容的页面没有读。运行 qingwang doctor 看怎么办。"
        )


def note_clock(report: Report) -> None:
    """Say that the machine's clock is not to be relied on, where that was measured."""
    if report.clock:
        console.note(f"注意：{report.clock}。对准系统时钟后再取证；环境记录和证据包都写明了偏差。")


def show(report: Report) -> None:
    """A run's result for people: what was seen, what was not got, which leads."""
    from scanner.report.words import said

    tally = report.tally
    console.say(
        f"巡查{said(report.state)}：抓取 {tally.pages} 页，商品 {len(tally.listings)} 个，发现 {tally.findings} 条。"
    )
    console.say("取证结果：" + ("，".join(f"{said(o)} {n}" for o, n in sorted(tally.outcomes.items())) or "没有"))
    if tally.shut:
        console.say(
            f"有 {tally.shut} 页要人打开看（登录、验证、拦截）：用 captures list --waiting 列出，打开后录制、导入。"
        )
    if tally.confirmed:
        console.say("浏览器复看：" + "，".join(f"{said(o)} {n}" for o, n in sorted(tally.confirmed.items())))
    for url, reason in tally.lost[:20]:
        console.say(f"未取到：{url}　{reason}")
    if len(tally.lost) > 20:
        console.say(f"……另有 {len(tally.lost) - 20} 个网址未取到")
    if tally.walked:
        for one in tally.short[:20]:
            console.say(f"列表没有读全：{one.url}　标明共 {one.stated} 件，找到 {one.found} 件，读到 {one.read} 件")
    else:
        _recorded(tally.lists)
    if tally.left:
        console.say(f"页数上限已用完，还有 {tally.left} 个网址没有抓取；用 --pages 提高上限。")
    if report.leads:
        rows = (
            (lead.number, lead.seller or lead.storefront, said(lead.matter), said(lead.verdict), said(lead.severity),
             len(lead.findings)) for lead in report.leads
        )  # fmt: skip
        console.table("线索", ["编号", "经营者", "事项", "判断", "程度", "发现"], rows)
    elif report.state == "complete":
        console.say(
            "没有发现线索。" if not tally.shut else f"读到的页面里没有发现线索；有 {tally.shut} 页没有看到内容。"
        )
    else:
        console.say("没有发现线索；但是这次巡查不完整，不能说明没有问题。")


def _recorded(lists: list[Counted]) -> None:
    """What a recording holds of the lists in it; nobody promised that it is all of them."""
    for one in lists[:20]:
        console.say(
            f"录制里的列表：{one.url[:200]}　标明共 {one.stated} 件，录到的列表页列出 {one.found} 件，读到商品页 {one.read} 件"
        )
    if len(lists) > 20:
        console.say(f"……另有 {len(lists) - 20} 个列表")
    if any(one.short for one in lists):
        console.say("没有录到的商品没有核查；要查全，录制时把列表翻到底，逐个打开商品页。")
