"""``qingwang documents``: letters of a lead as Word files, which kinds there are, and their templates.

Owns: the commands, one a kind, and printing. Leaves to others: making a letter (``evidence.letters``), the kinds and their wording
(``report.letters``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from scanner.cli import console, opening

# The kinds, here once more so that the command line starts without the room that makes them (a test holds them).
NAMES = {
    "assignment": "线索交办单", "transfer-police": "移送函（公安机关）", "transfer-telecom": "移送函（网信、通信主管部门）",
    "transfer-health": "移送函（卫生健康主管部门）", "transfer-customs": "移送函（海关）", "transfer-discipline": "移送函（纪检监察机关）",
    "transfer-area": "移送函（有管辖权的监管部门）", "abnormal": "通报函（列入经营异常名录）", "assistance": "协查函", "rectify": "责令改正通知书（草稿）", "talk": "约谈记录", "publication": "案件公开稿",
}  # fmt: skip

documents = typer.Typer(
    help="文书：交办单、移送函、异常名录通报函、协查函、责令改正草稿、约谈记录、案件公开稿（Word 文件）。",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(documents, name="documents")


def _command(name: str) -> Callable[..., None]:
    def make(
        ctx: typer.Context,
        lead: Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")],
        out: Annotated[
            Path | None, typer.Option("--out", metavar="FILE", help="存成哪个文件（默认：数据目录的 documents/）")
        ] = None,
        to: Annotated[
            str, typer.Option("--to", metavar="NAME", help="受文单位：全称，或者单位的 id、行政区划代码")
        ] = "",
        who: Annotated[str, typer.Option("--who", help="谁制作（默认：config.yaml 的 operator）")] = "",
        as_json: console.Json = False,
    ) -> None:
        _make(ctx, name, lead, out, to, who, as_json)

    return make


for _name, _title in NAMES.items():
    documents.command(_name, help=f"{_title}。")(_command(_name))


@documents.command("list")
def listed(ctx: typer.Context, as_json: console.Json = False) -> None:
    """有哪些文书，各用哪个模板。"""
    from scanner.report import letters
    from scanner.report.letters.kinds import KINDS

    home = console.home_of(ctx)
    rows: list[dict[str, Any]] = []
    for kind in KINDS.values():
        rows.append(
            {"kind": kind.name, "title": kind.title, "template": str(letters.own(kind, home.templates) or ""),
             "needs_disposition": kind.needs_disposition, "covered": kind.covered}
        )  # fmt: skip
    if as_json:
        console.emit_lines(rows)
        return
    told = [
        (
            row["kind"],
            row["title"],
            row["template"] or "自带的",
            "有处置的线索；个人信息已遮盖" if row["covered"] else "",
        )
        for row in rows
    ]
    console.table("文书", ["种类", "名称", "模板", "说明"], told)


@documents.command("templates")
def templates(
    ctx: typer.Context,
    kinds: Annotated[
        list[str] | None, typer.Argument(metavar="KIND", help="哪几种（默认全部，月报 monthly、总结 summary 也在内）")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="把自带的模板放进数据目录的 templates/letters/，供修改")] = False,
    as_json: console.Json = False,
) -> None:
    """检查在用的模板，列出模板里可以用的名称；--copy 取一份来改，已有的不动。"""
    from scanner.errors import ConfigError
    from scanner.evidence.letters import copy_templates
    from scanner.report import filling
    from scanner.report.editable import EDITABLE

    home = console.home_of(ctx)
    chosen = [_named(name, EDITABLE) for name in kinds or EDITABLE]
    copied = copy_templates(home, chosen) if copy else {}
    own = (one for one in chosen if one.own(home.templates) is not None)
    if problems := [
        problem for one in own for problem in filling.faults(
            one.in_force(home.templates), {name: columns for name, (_, columns) in one.names.items()}
        )
    ]:  # fmt: skip
        raise ConfigError(problems)
    rows = [
        {"kind": one.name, "title": one.title, "template": str(one.own(home.templates) or ""), "copied": copied.get(one.name, False)}
        for one in chosen
    ]  # fmt: skip
    if as_json:
        console.emit_lines(rows)
        return
    told = [
        (row["kind"], row["title"], row["template"] or "自带的", "刚放进去" if row["copied"] else "") for row in rows
    ]
    console.table("模板", ["种类", "名称", "在用的模板", ""], told)
    for known in {id(one.names): one.names for one in chosen}.values():
        which = "、".join(one.name for one in chosen if one.names is known)
        names = [("{{ " + name + " }}", says, " ".join(columns)) for name, (says, columns) in known.items()]
        console.table(f"模板里可以用的名称（{which}）", ["名称", "是什么", "循环时的各列"], names)


def _named(name: str, known: Mapping[str, Any]) -> Any:
    from scanner.errors import UsageError
    from scanner.yamlfile import nearest

    if name in known:
        return known[name]
    raise UsageError(f"没有这种文书：{name[:40]}", where="KIND", hint=nearest(name, known))


def _make(ctx: typer.Context, name: str, lead: int, out: Path | None, to: str, who: str, as_json: bool) -> None:
    from scanner import clock
    from scanner.cli.leads.route import codes_of, rows_of
    from scanner.evidence import letters
    from scanner.leads.routing.traces import Known
    from scanner.report.letters.kinds import KINDS

    home, now, kind = console.home_of(ctx), clock.now(), KINDS[name]
    with ExitStack() as stack:
        case = stack.enter_context(opening.book(ctx)).case(lead, made=now)
        opened = opening.register(home, stack)
        records, codes = tuple(rows_of(case, opened)), tuple(codes_of(case, opened))
    asked = letters.Asked(
        lead=lead,
        kind=kind,
        who=who,
        to=to,
        out=out,
        records=records,
        # Who asks for the notice says that the seller could not be reached.
        known=Known(usccs=codes, unreachable="abnormal_list" in kind.proposed),
    )
    made = letters.write(home, asked, now=now)
    if as_json:
        console.emit({**console.plain(made), "path": str(made.path)})
        return
    if made.mark:
        console.say(f"【{made.mark}：不是证据】")
    console.say(f"{NAMES[name]}：{made.path}")
    console.say(f"受文单位：{made.to or '没有填，由经办人填写'}" if name != "publication" else "公开稿没有受文单位")
    if made.hint:
        console.say(made.hint)
    console.say(f"证据包：{made.package or '还没有制作；送出之前先运行 package，再重新做文书'}")
    console.say(f"SHA-256：{made.sha256}（已记入日志）。文号、日期、签名和印章空着，由人填写。")
