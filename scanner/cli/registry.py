"""``qingwang registry``: bring registers in, ask how a number stands, see what is there.

Owns: the verbs ``lookup`` and ``status`` and what they print. Leaves to others: the other verbs (``registry_import``,
``registry_product``, ``registry_company``) and the register itself (``scanner.registry``).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console
from scanner.cli.registry_company import company
from scanner.cli.registry_import import bring
from scanner.cli.registry_product import product

if TYPE_CHECKING:
    from datetime import date

    from scanner.model import StandingAnswer
    from scanner.registry import SourceStatus

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
    verbs.command("import", help="导入登记册文件（来源：udi、nmpa-device、nmpa-filing 等），或者 --all 文件夹")(bring)
    verbs.command("lookup", help="查一个编号在登记册里的状态")(lookup)
    verbs.command("product", help="一个产品名称可能的分类编码和管理类别，以及依据的官方条目")(product)
    verbs.command("company", help="按名称或者统一社会信用代码查企业，名称可以有错字、缺字")(company)
    verbs.command("status", help="导入了哪些登记册，是否够新")(status)
    app.add_typer(verbs, name="registry")


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
            source.id, source.title, source.as_of or "不明", _fresh(source),
            "样本" if source.sample else "完整", source.numbers, source.rows, source.bad,
        )
        for source in found
    ]  # fmt: skip
    console.table("", ("来源", "名称", "登记日期", "够新", "范围", "编号数", "行数", "未导入"), rows)


def _fresh(source: SourceStatus) -> str:
    if source.as_of is None:
        return "不明"
    return "是" if source.fresh else f"否（限{source.max_age_days}天）"


def _day(given: datetime | None) -> date:
    from scanner import clock

    return given.date() if given is not None else clock.day(clock.now())
