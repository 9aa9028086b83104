"""``qingwang leads decide · assign · receive · …``: one step with one lead.

Owns: the command line of every act. Leaves to others: what an order may hold (``leads.order``), whether it may be taken
(``leads.planning``), taking it (``casework``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.model import Decision

Number = Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")]
Who = Annotated[str, typer.Option("--who", help="办理人（默认 config.yaml 的 operator）")]
Note = Annotated[str, typer.Option("--note", help="说明")]


# Acts that take nothing but whose, who and a note: name of the command -> (act, help).
SIMPLE: Mapping[str, tuple[str, str]] = {
    "receive": ("receive", "单位签收，期限从此起算。"),
    "check": ("check", "单位开始核查。"),
    "feedback": ("report", "单位反馈处理结果。"),
    "approve": ("approve", "省局（上级）审核通过反馈。"),
    "return": ("return", "退回：单位退回交办，审核退回反馈。"),
    "revisited": ("revisit", "记下已经复查（页面用 revisit 复查；没有网址的写明怎样复查的）。"),
    "unmerge": ("unmerge", "撤销并入。"),
    "supervise": ("supervise", "挂牌督办。"),
}


def register(noun: typer.Typer) -> None:
    for name, (act, told) in SIMPLE.items():
        noun.command(name, help=told)(_simple(act))
    noun.command("decide", help="初筛、固证、复核：已初筛、已固证、属实、不属实，或者退回待初筛。")(decide)
    noun.command("assign", help="交办给一个单位；已交办的改交另一个单位。")(assign)
    noun.command("extend", help="申请延期（--days），或者答复申请（--grant、--refuse）。")(extend)
    noun.command("dispose", help="记下处置：检查、责令改正、约谈、立案、处罚、移送，或者核查不属实。")(dispose)
    noun.command("close", help="销号：要有处置，并且处置以后复查过。")(close)
    noun.command("merge", help="并入同一经营者同一事项的另一条线索（可以撤销）。")(merge)
    noun.command("split", help="把几条发现拆成另一条线索。")(split)
    noun.command("sample", help="记下购样、抽检：订单、运单、封签、报告和结果。")(sample)
    noun.command("note", help="记一笔，不改变状态。")(note)


def _simple(act: str) -> Callable[..., None]:
    """The command of an act that takes nothing of its own."""

    def command(
        ctx: typer.Context, lead: Number, who: Who = "", note: Note = "", as_json: console.Json = False
    ) -> None:
        _take(ctx, as_json, lead=lead, act=act, who=who, note=note)

    return command


def _take(ctx: typer.Context, as_json: bool, **given: Any) -> None:
    """Take the step and say what it came to."""
    from scanner.casework.desk import opened
    from scanner.cli.leads import told
    from scanner.leads import states
    from scanner.leads.order import order

    wanted = order(**given)
    with opened(console.home_of(ctx)) as desk:
        step: Decision = desk.take(wanted)
        lead = desk.book.lead(step.lead)
    if as_json:
        console.emit({"lead": told.summary(lead), "decision": step})
        return
    words = told.step(step)
    said = f"：{words}" if words != "—" else ""
    console.say(f"{step.lead} 号线索：{states.ACTS[step.act]}{said}。现在{states.WORDS[step.state]}（{step.who}）")
    if step.act == "confirm" and step.state != "confirmed":
        console.say("要双人复核：等另一个人复核。")


def decide(
    ctx: typer.Context,
    lead: Number,
    state: Annotated[
        str,
        typer.Argument(
            metavar="STATE", help="已初筛 screened、已固证 secured、属实 confirmed、不属实 dismissed、待初筛 open"
        ),
    ],
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    from scanner.leads import states

    _take(ctx, as_json, lead=lead, act=states.wanted(state), who=who, note=note)


def assign(
    ctx: typer.Context,
    lead: Number,
    unit: Annotated[str, typer.Option("--unit", help="单位的代号或者名称")],
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    _take(ctx, as_json, lead=lead, act="assign", unit=unit, who=who, note=note)


def extend(
    ctx: typer.Context,
    lead: Number,
    days: Annotated[int | None, typer.Option("--days", min=1, help="申请延长几天；批准时可以写少于申请的天数")] = None,
    grant: Annotated[bool, typer.Option("--grant", help="批准")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="不批准")] = False,
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    from scanner.errors import UsageError

    if grant and refuse:
        raise UsageError("--grant 和 --refuse 不能一起写", where="leads extend")
    if not (grant or refuse) and days is None:
        raise UsageError("没有写明申请延长几天", where="--days")
    _take(
        ctx, as_json, lead=lead, act="grant" if grant else "refuse" if refuse else "ask", days=days, who=who, note=note
    )


def dispose(
    ctx: typer.Context,
    lead: Number,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", help="措施（可以重复）：责令改正、约谈、立案查处、警告、罚款、不属实……"),
    ] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help="移送（可以重复）：公安机关、海关……")] = None,
    fine: Annotated[str, typer.Option("--fine", metavar="YUAN", help="罚款，元")] = "",
    income: Annotated[str, typer.Option("--income", metavar="YUAN", help="没收违法所得，元")] = "",
    licences: Annotated[int, typer.Option("--licences", min=0, help="吊销许可证几张")] = 0,
    persons: Annotated[int, typer.Option("--persons", min=0, help="处罚主要责任人几人")] = 0,
    category: Annotated[str, typer.Option("--category", help="重点产品，统计表用")] = "",
    stage: Annotated[str, typer.Option("--stage", help="环节：网络销售（默认）、生产、经营、使用、配送、平台")] = "",
    case: Annotated[str, typer.Option("--case", help="案号")] = "",
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    _take(
        ctx, as_json, lead=lead, act="dispose", measures=measure or [], to=to or [], fine=fine, income=income,
        licences=licences, persons=persons, category=category, stage=stage, case=case, who=who, note=note,
    )  # fmt: skip


def close(
    ctx: typer.Context,
    lead: Number,
    anyway: Annotated[bool, typer.Option("--anyway", help="复查时问题还在也销号；要用 --note 写明理由")] = False,
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    _take(ctx, as_json, lead=lead, act="close", anyway=anyway, who=who, note=note)


def merge(
    ctx: typer.Context,
    lead: Number,
    into: Annotated[int, typer.Option("--into", metavar="LEAD", min=1, help="并入哪一条线索")],
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    _take(ctx, as_json, lead=lead, act="merge", into=into, who=who, note=note)


def split(
    ctx: typer.Context,
    lead: Number,
    finding: Annotated[list[str], typer.Option("--finding", metavar="ID", help="发现的编号，开头几位即可（可以重复）")],
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    _take(ctx, as_json, lead=lead, act="split", findings=finding, who=who, note=note)


def sample(
    ctx: typer.Context,
    lead: Number,
    order: Annotated[str, typer.Option("--order", help="订单号")],
    parcel: Annotated[str, typer.Option("--parcel", help="运单号")] = "",
    seal: Annotated[str, typer.Option("--seal", help="封签号")] = "",
    report: Annotated[str, typer.Option("--report", help="检验报告编号")] = "",
    result: Annotated[
        str, typer.Option("--result", help="pending 未出结果、qualified 合格、unqualified 不合格")
    ] = "pending",
    who: Who = "",
    note: Note = "",
    as_json: console.Json = False,
) -> None:
    _take(
        ctx, as_json, lead=lead, act="sample", order=order, parcel=parcel, seal=seal, report=report, result=result, who=who,
        note=note,
    )  # fmt: skip


def note(
    ctx: typer.Context,
    lead: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="要记的话")],
    who: Who = "",
    as_json: console.Json = False,
) -> None:
    _take(ctx, as_json, lead=lead, act="note", who=who, note=text)
