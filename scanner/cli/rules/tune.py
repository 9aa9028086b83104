"""``qingwang rules tune``: exceptions proposed from dismissed findings. Nothing is changed: the lines are for pasting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from scanner.tuning.tune import Tuned


def tune(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="规则编号")],
    by_examples: Annotated[bool, typer.Option("--by-examples", help="没有属实的发现时，只用规则自带的例子证明")] = False,
    as_json: console.Json = False,
) -> None:  # fmt: skip
    """从不属实的发现里提出例外，并证明属实的发现一条也不会少；不改任何文件。"""
    from contextlib import ExitStack

    from scanner.cli.progress import counted
    from scanner.cli.rules.opened import load, rule_of
    from scanner.tuning import tune as tuning

    rules, home = load(ctx), console.home_of(ctx)
    rule_of(rules, rule)
    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        register = opening.register(home, stack)
        tick = stack.enter_context(counted("试", None))
        made = tuning.tune(book, rules, register, rule, by_examples=by_examples, tick=tick)
    if as_json:
        console.emit({
            "rule": made.rule, "confirmed": made.confirmed, "dismissed": made.dismissed, "open": made.open,
            "by_examples": made.by_examples, "except": made.exceptions, "silenced": made.silenced, "left": made.left,
            "open_silenced": made.open_silenced, "overrides": made.overrides,
        })  # fmt: skip
    else:
        _tell(made, str(home.rules / "overrides.yaml"))


def _tell(made: Tuned, path: str) -> None:
    console.say(
        f"规则 {made.rule} 现在的发现：属实 {made.confirmed} 条，不属实 {made.dismissed} 条，未处理 {made.open} 条。"
    )
    if not made.exceptions:
        console.say("提不出例外：不属实的句子没有共同的、属实的句子里没有的长词。可以改规则的 neutral、none 或者写法。")
        return
    for one in made.exceptions:
        console.say(f"例外“{one.word}”：{one.exemplars} 个商品的不属实发现里有，例如：")
        for text in one.texts:
            console.say(f"  {text.replace(one.word, f'【{one.word}】')}".replace("\n", " "))
    proof = (
        "规则自带的 hits（没有属实的发现可用，证明力有限）"
        if made.by_examples
        else f"{made.confirmed} 条属实的发现和规则自带的 hits"
    )
    console.say(f"已用真正的判断试过：{proof}一条不少；不属实的少 {made.silenced} 条，还剩 {made.left} 条。")
    if made.open_silenced:
        console.say(f"注意：未处理的发现也会少 {made.open_silenced} 条，先看看它们。")
    console.say(f"同意的话，把下面几行写进 {path}（已有 overrides: 的，只加后两行），再运行 recheck --dry-run：\n")
    console.say(made.overrides.rstrip("\n"))
