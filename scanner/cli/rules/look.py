"""``qingwang rules``: an analyst's look at the rules — do they load, do their examples hold, what would they say.

Owns: the verbs on the rules themselves and their output. Leaves to others: the verbs of the tuning loop (``backtest``,
``stats``, ``draft``, ``tune``), loading and lint (``rulebook``), examples (``tuning``), judging.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console
from scanner.cli.rules import stats
from scanner.cli.rules.opened import load, rule_of

if TYPE_CHECKING:
    from scanner.errors import Problem
    from scanner.rulebook import Rulebook
    from scanner.rulebook.book import Overridden

_LEVEL = {"error": "错误", "warning": "提醒", "info": "说明"}
STRENGTHS = {"hard": "违规", "strong": "存疑", "weak": "旁证"}

rules = typer.Typer(no_args_is_help=True, help="规则：检查写法，运行例子，试改动，看好不好用，起草。")


def _change(one: Overridden) -> str:
    """A local change in words: 程度 严重 → 轻微；例外 甲、乙（说明）."""
    from scanner.report.words import SEVERITIES

    change, said = one.change, []
    if change.severity is not None:
        said.append(f"程度 {SEVERITIES[one.severity]} → {SEVERITIES[change.severity]}")
    if change.status is not None:
        said.append(f"状态 {stats.STATUS[one.status]} → {stats.STATUS[change.status]}")
    if change.except_:
        said.append(f"例外 {'、'.join(change.except_)}")
    return "；".join(said or ["没有改变什么"]) + (f"（{change.note}）" if change.note else "")


@rules.command("lint")
def lint(
    ctx: typer.Context,
    strict: Annotated[bool, typer.Option("--strict", help="提醒（warning）也算不合格")] = False,
    every: Annotated[bool, typer.Option("--all", help="说明（info）也列出来")] = False,
    as_json: console.Json = False,
) -> None:
    """检查规则、词表、品种表的写法：错误（error）、提醒（warning）、说明（info）都带文件和行号；有错误退出码为 2。"""
    from scanner import clock, rulebook
    from scanner.rulebook.lint import LEVELS

    book = _whole(ctx)
    found = rulebook.lint(book, on=clock.day(clock.now()))
    counts = {level: sum(opinion.level == level for opinion in found) for level in LEVELS}
    shown = [opinion for opinion in found if every or opinion.level != "info"]
    if as_json:
        console.emit({"rules": len(book.rules), "lists": len(book.lists), "categories": len(book.categories),
                      "levels": counts, "problems": shown})  # fmt: skip
    else:
        for o in shown:
            console.say(f"{o.where}：{_LEVEL[o.level]}：{o.message}" + (f"（{o.hint}）" if o.hint else ""))
        said = "、".join(f"{counts[level]} 处{_LEVEL[level]}" for level in LEVELS if counts[level]) or "没有问题"
        more = "（用 --all 列出说明）" if counts["info"] and not every else ""
        size = f"{len(book.rules)} 条规则、{len(book.lists)} 个词表、{len(book.categories)} 个品种"
        console.say(f"{size}：{said}{more}。")
    if counts["error"] or (strict and counts["warning"]):
        raise typer.Exit(2)


def _whole(ctx: typer.Context) -> Rulebook:
    """The rules, when what the crawler keeps in the same folders (profiles, labels, words for goods) can be read, too.
    Raises one ConfigError with the problems of all of it."""
    from scanner.crawl.reading import fields, offers, profile, tables
    from scanner.errors import ConfigError

    tables.use(console.home_of(ctx).rules)
    problems: list[Problem] = []
    for read in (profile.profiles, fields.fields, offers.table):
        try:
            read()
        except ConfigError as wrong:
            problems += wrong.problems
    try:
        book = load(ctx, quiet=True)
    except ConfigError as wrong:
        raise ConfigError([*problems, *wrong.problems]) from None
    if problems:
        raise ConfigError(problems)
    return book


@rules.command("test")
def run_examples(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(help="只运行这条规则的例子；不写则全部")] = "",
    as_json: console.Json = False,
) -> None:
    """运行规则自带的例子：hits 必须命中，misses 不能命中，todo 暂时不能命中。"""
    from scanner.tuning import examples

    book = load(ctx)
    if rule:
        rule_of(book, rule)
    outcome = examples.run(book, rule)
    if as_json:
        console.emit(outcome)
    else:
        for failure in outcome.failures:
            problem = failure.problem()
            console.say(f"{problem.where}：{problem.message}")
        console.say(f"{outcome.rules} 条规则、{outcome.examples} 个例子，{len(outcome.failures)} 个不对。")
    if outcome.failures:
        raise typer.Exit(2)


@rules.command("try")
def attempt(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="一句话或一段文字")],
    product: Annotated[str, typer.Option("--product", help="产品名称")] = "",
    scope: Annotated[str | None, typer.Option("--scope", help="登记的适用范围")] = None,
    device: Annotated[bool | None, typer.Option("--device/--not-device", help="是不是医疗器械；不写为不知道")] = None,
    as_json: console.Json = False,
) -> None:
    """试一句话：哪些规则会命中，依据是什么。"""
    from scanner import clock
    from scanner.cli.judge import facts_of, shape, tell
    from scanner.errors import UsageError
    from scanner.judge import judge

    if not text.strip():
        raise UsageError("没有文字可试", where="TEXT", hint='例如 rules try "三天见效，无效退款"')
    book = load(ctx)
    row: dict[str, Any] = {"text": text, "product": product, "registered_scope": scope, "is_device": device}
    listing, facts = facts_of(book, row)
    findings = judge(listing, book, None, on=clock.day(clock.now()), facts=facts)
    if as_json:
        console.emit({"text": text, "goods": facts.goods, "category": facts.category,
                      "findings": [shape(f) for f in findings]})  # fmt: skip
    else:
        tell("", findings)


@rules.command("schema")
def schema(
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="规则种类或文件种类（claim、lists……）；不写则全部")
    ] = "",
    as_json: console.Json = False,
) -> None:
    """规则文件的 JSON Schema，给编辑器补全和提示用；总是 JSON。"""
    import json

    from scanner import rulebook
    from scanner.errors import UsageError
    from scanner.rulebook.schema import KINDS
    from scanner.yamlfile import nearest

    if kind and kind not in KINDS:
        raise UsageError(f"没有 {kind} 这种文件", where="rules schema", hint=nearest(kind, KINDS))
    made = rulebook.schema(kind)
    if as_json:
        console.emit(made)
    else:
        console.say(json.dumps(made, ensure_ascii=False, indent=2))


@rules.command("list")
def listed(ctx: typer.Context, as_json: console.Json = False) -> None:
    """列出全部规则。"""
    from scanner.model import Matter
    from scanner.report.words import MATTERS, SEVERITIES

    book, own = load(ctx), str(console.home_of(ctx).rules)
    rows: list[dict[str, Any]] = [
        {
            "id": r.id, "title": r.title, "kind": r.kind, "severity": r.severity, "status": r.status,
            "strength": r.strength, "owner": r.owner, "version": book.versions[r.id],
            "examples": len(r.examples.hits) + len(r.examples.misses) + len(r.examples.todo),
            "from": "home" if book.lines[f"rule {r.id}"].name.startswith(f"{own}/") else "shipped",
            "overridden": r.id in book.overrides,
        }
        for r in book.rules.values()
    ]  # fmt: skip
    if as_json:
        console.emit_lines(rows)
        return
    shown = [
        (r["id"], r["title"], MATTERS[Matter(r["kind"])], SEVERITIES[r["severity"]], STRENGTHS[r["strength"]],
         stats.STATUS[r["status"]], r["owner"], r["examples"], _local(r["from"], r["overridden"]))
        for r in rows
    ]  # fmt: skip
    console.table("", ("规则", "名称", "事项", "程度", "命中即", "状态", "负责人", "例子", "本地"), shown)
    console.say(f"{len(rows)} 条规则，规则库 {book.hash[:12]}。")


def _local(origin: str, overridden: bool) -> str:
    """What the home has changed of a rule."""
    return "、".join(word for word, holds in (("自写", origin == "home"), ("有改动", overridden)) if holds)


@rules.command("show")
def show(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(help="规则编号")],
    as_json: console.Json = False,
) -> None:
    """查看一条规则：说什么、依据、用到的词表、例子，写在哪个文件。"""
    from scanner.model import Matter
    from scanner.report.words import MATTERS, SEVERITIES
    from scanner.tuning.examples import told

    book = load(ctx)
    found = rule_of(book, rule)
    where = book.lines[f"rule {rule}"].where("id")
    lists = {name: list(book.lists[name].words) for name in found.lists() if name in book.lists}
    changes = book.overrides.get(rule, ())
    if as_json:
        content = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        console.emit({
            "id": rule, "version": book.versions[rule], "where": where, "rule": content, "lists": lists,
            "overrides": [
                {
                    "where": one.where, "severity": one.change.severity, "status": one.change.status,
                    "except": one.change.except_, "note": one.change.note,
                    "was": {"severity": one.severity, "status": one.status},
                }
                for one in changes
            ],
        })  # fmt: skip
        return
    named = f"{MATTERS[Matter(found.kind)]}，{SEVERITIES[found.severity]}，{stats.STATUS[found.status]}"
    console.say(f"{found.id}  {found.title}  [{named}]  {where}")
    console.say(found.says)
    for one in changes:
        console.say(f"  本地改动 {one.where}：{_change(one)}")
    for law in found.basis:
        doubt = "" if law.verified else "（条文待核）"
        since = f"{law.since} 起" if law.since else "施行日期未写"
        until = f"，{law.until} 起失效" if law.until else ""
        console.say(
            f"  依据：{law.law}{law.article}{law.point}；责任：{law.liability or '未写'}；{since}{until}{doubt}"
        )
    for name, words in lists.items():
        console.say(f"  词表 {name}（{len(words)} 个）：{'、'.join(words[:12])}{'……' if len(words) > 12 else ''}")
    for key in ("hits", "misses", "todo"):
        for example in getattr(found.examples, key):
            console.say(f"  {key}：{told(example)}")


@rules.command("copy")
def copy(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(help="照着哪条规则")],
    name: Annotated[str, typer.Argument(help="新规则的编号：小写字母、数字和短横线")],
    as_json: console.Json = False,
) -> None:
    """把一条规则抄成自己的草稿，放进数据目录的 rules/，改好再启用；不改动别的文件。"""
    from scanner.tuning.copying import copied

    book = load(ctx)
    source = Path(book.lines[f"rule {rule_of(book, rule).id}"].where("id").rpartition(":")[0])
    path = copied(book, rule, source.read_text(encoding="utf-8-sig"), name, console.home_of(ctx).rules)
    if as_json:
        console.emit({"id": name, "from": rule, "path": str(path)})
        return
    console.say(f"抄好了：{path}")
    console.say("状态是 draft（试行，不出结果）。改好以后运行 rules lint、rules test，再把 status 改成 active。")
