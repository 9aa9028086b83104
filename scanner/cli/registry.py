"""``qingwang registry``: bring registers in, ask how a number stands, see what is there.

Owns: the verbs ``import``, ``lookup``, ``company`` and ``status`` and what they print. Leaves to others: the register itself
(``scanner.registry``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from datetime import date

    from scanner.model import StandingAnswer
    from scanner.registry import ImportReport

_DAY = ["%Y-%m-%d"]
Day = Annotated[
    datetime | None, typer.Option("--as-of", formats=_DAY, metavar="日期", help="以哪一天为准（2026-11-22）")
]

# What the standings are called (状态)
WORDS = {
    "malformed": "写法不对",
    "withdrawn": "已退市",
    "lapsed": "已过期",
    "other_holder": "属于其他注册人",
    "other_product": "属于其他产品",
    "not_listed": "登记册中没有",
    "registered_term_unknown": "有登记，有效期未知",
    "in_force": "有效",
    "cannot_say": "不能判断",
}
REASONS = {
    "no_source": "没有导入能回答的登记册",
    "sample": "导入的只是样本，查不到不说明没有",
    "stale": "登记册太旧",
}


def register(app: typer.Typer) -> None:
    verbs = typer.Typer(no_args_is_help=True, help="登记册：导入官方数据，查询编号的状态")
    verbs.command("import", help="导入登记册文件（来源：udi、nmpa-device、nmpa-filing 等）")(bring)
    verbs.command("lookup", help="查一个编号在登记册里的状态")(lookup)
    verbs.command("company", help="按名称或者统一社会信用代码查企业，名称可以有错字、缺字")(company)
    verbs.command("status", help="导入了哪些登记册，是否够新")(status)
    app.add_typer(verbs, name="registry")


def bring(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="来源编号，见 registry_data/sources.yaml")],
    files: Annotated[list[Path], typer.Argument(help="一个或者多个文件")],
    as_of: Day = None,
    sample: Annotated[bool, typer.Option("--sample", help="只是样本：查不到不说明没有")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="是完整的登记册（不再按行数判断）")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="先清空这个来源原有的内容")] = False,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.errors import UsageError
    from scanner.registry import Register, import_source

    if sample and complete:
        raise UsageError("--sample 和 --complete 只能选一个", where="registry import")
    home = console.home_of(ctx)
    home.make()
    with home.lock(), Register.open(home.register) as opened, _Progress(source) as progress:
        report = import_source(
            opened, source, files, now=clock.now(), as_of=as_of.date() if as_of is not None else None,
            extent="sample" if sample else "complete" if complete else "", replace=replace, tick=progress.tick,
        )  # fmt: skip
    if as_json:
        console.emit(report)
    else:
        _say_report(report)


def _say_report(report: ImportReport) -> None:
    day = report.as_of.isoformat() if report.as_of is not None else "不明"
    console.say(
        f"{report.source}：导入 {report.files} 个文件，{report.rows} 行，登记日期 {day}"
        + ("，样本" if report.sample else "")
    )
    if report.unknown:
        console.say(f"其中 {report.unknown} 行的编号不是已知形式，按原样保存。")
    if report.bad or report.flawed:
        console.say(f"没有导入 {report.bad} 行，部分内容读不出 {report.flawed} 处：")
        console.table(
            "",
            ("位置", "原因", "这一行"),
            [(b.place, b.why, "已导入" if b.kept else "未导入") for b in report.problems],
        )


class _Progress:
    """A counter on stderr where somebody watches, else silence."""

    def __init__(self, source: str) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        target = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=target, transient=True,
            disable=not target.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(f"导入 {source}", total=None)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tick(self, file: str, rows: int) -> None:
        self._bar.update(self._task, description=f"{console.clean(file)}：{rows} 行")


def lookup(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help="编号，例如 国械注准20213149001")],
    product: Annotated[str, typer.Option("--product", help="页面上的产品名称，用来比对")] = "",
    holder: Annotated[
        str, typer.Option("--holder", help="页面上的注册人（备案人、企业）名称，可以带统一社会信用代码，用来比对")
    ] = "",
    as_of: Day = None,
    as_json: console.Json = False,
) -> None:
    from scanner.registry import Register

    home = console.home_of(ctx)
    home.make()
    with Register.open(home.register) as opened:
        answer = opened.lookup(number, product=product, holder=holder, on=_day(as_of))
    if as_json:
        console.emit(
            {
                "number": answer.number, "type": answer.type, "standing": answer.standing, "why": answer.why,
                "hard": answer.hard, "on": answer.on, "record": answer.record, "compared": answer.compared,
                "sources": answer.sources,
            }
        )  # fmt: skip
    else:
        _say_answer(answer)


def _say_answer(answer: StandingAnswer) -> None:
    words = "、".join(WORDS[standing] for standing in answer.standing)
    console.say(f"{answer.number}：{words}（{answer.on.isoformat()}）")
    console.say(REASONS.get(answer.why, answer.why))
    if (record := answer.record) is not None:
        rows = (
            ("产品名称", record.product), ("注册人或者备案人", record.holder), ("统一社会信用代码", record.uscc),
            ("代理人", record.agent), ("型号规格", record.model), ("适用范围", record.scope), ("管理类别", record.device_class),
            ("分类编码", record.code), ("批准日期", record.approved_on), ("有效期至", record.valid_until),
            ("产品标识", "、".join(record.identifiers)), ("来源", f"{record.source} {record.as_of or ''}"),
        )  # fmt: skip
        console.table("登记内容", ("项目", "内容"), [row for row in rows if row[1]])
    if answer.compared:
        what = {"holder": "注册人", "product": "产品名称"}
        rows_of = [(what.get(c.what, c.what), c.page, c.register, f"{c.score:.2f}", c.because) for c in answer.compared]
        console.table("比对", ("项目", "页面", "登记册", "相近", "说明"), rows_of)


# How sure it is that a name found is the company asked for (是否同一家)
SAME = {"same": "是", "doubtful": "存疑", "other": "否"}


def company(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="企业名称，或者18位统一社会信用代码")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="最多列出多少个，并列的一起列出")] = 10,
    as_json: console.Json = False,
) -> None:
    from scanner.errors import UsageError
    from scanner.registry import Register
    from scanner.registry.company_codes import wrong_code

    if not any(char.isalnum() for char in name):
        raise UsageError("没有可查的名称", where="registry company", hint="写企业名称或者18位统一社会信用代码")
    home = console.home_of(ctx)
    home.make()
    with Register.open(home.register) as opened:
        found = opened.companies(name, shown=limit)
        imported = bool(opened.status(on=_day(None)))
    if as_json:
        console.emit({"matches": found})
    elif found:
        rows = [(m.name, m.uscc, f"{m.score:.2f}", SAME[m.verdict], m.because, "、".join(m.sources)) for m in found]
        console.table("", ("名称", "统一社会信用代码", "相近", "同一家", "说明", "来源"), rows)
    elif wrong := wrong_code(name):
        console.say(f"{wrong}：检查是否写错")
    elif imported:
        console.say("已导入的登记册里没有相近的名称。这只说明登记册里没有，不说明没有这家企业。")
    else:
        console.say("还没有导入任何登记册。用 qingwang registry import 导入。")


def status(ctx: typer.Context, as_of: Day = None, as_json: console.Json = False) -> None:
    from scanner.registry import Register

    home = console.home_of(ctx)
    home.make()
    day = _day(as_of)
    with Register.open(home.register) as opened:
        found = opened.status(on=day)
    if as_json:
        console.emit({"on": day, "sources": found})
        return
    if not found:
        console.say("还没有导入任何登记册。用 qingwang registry import 导入。")
        return
    rows = [
        (
            source.id, source.title, source.as_of or "不明", "是" if source.fresh else f"否（限{source.max_age_days}天）",
            "样本" if source.sample else "完整", source.numbers, source.rows, source.bad,
        )
        for source in found
    ]  # fmt: skip
    console.table("", ("来源", "名称", "登记日期", "够新", "范围", "编号数", "行数", "未导入"), rows)


def _day(given: datetime | None) -> date:
    from scanner import clock
    from scanner.registry.importing import clock_day

    return given.date() if given is not None else clock_day(clock.now())
