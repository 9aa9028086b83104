"""``qingwang registry product``: which codes and class a product of this name probably has, and which official rows say so.

Owns: the verb and what it prints. Leaves to others: the catalogue (``scanner.registry.catalogue``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.registry.catalogue.product import ProductAnswer, Products
    from scanner.registry.register import Register

FIRST, WORTH_A_LINE = 3, 0.01  # rows shown to people whatever their chance, and the chance from which others are
# What the classes are called (管理类别)
_CLASSES = {
    "I": "第一类", "II": "第二类", "III": "第三类", "not_device": "不作为医疗器械", "combination": "药械组合",
    "depends": "分情形",
}  # fmt: skip


def product(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="产品名称或者商品标题，例如 医用退热贴")],
    description: Annotated[str, typer.Option("--description", help="结构组成和预期用途；写了更准")] = "",
    as_json: console.Json = False,
) -> None:
    from scanner.errors import UsageError
    from scanner.registry import Register

    if not name.strip():
        raise UsageError("没有写产品名称", where="registry product")
    home = console.home_of(ctx)
    home.make()
    with Register.open(home.register) as opened:
        products = _products(opened)
    if products is None:
        raise UsageError(
            "还没有导入产品目录",
            where="registry product",
            hint="先运行 qingwang registry import class1 文件（还有 determinations、exemption、codes）",
        )
    answer = products.ask(name, description)
    if as_json:
        console.emit(_product_shape(answer))
        return
    if not answer.matches:
        console.say("目录里没有一个名称和它有共同的字。")
        return
    rows = [
        (m.code or "—", _CLASSES[m.device_class], m.name, f"{m.score:.2f}", m.source, m.year or "不明", "是" if m.exact else "")
        for place, m in enumerate(answer.matches)
        if place < FIRST or m.score >= WORTH_A_LINE
    ]  # fmt: skip
    console.table("", ("分类编码", "管理类别", "官方名称", "把握", "来源", "年份", "名称一致"), rows)
    console.say(
        f"第一行的管理类别，像这样有把握的回答里约有 {answer.confidence:.0%} 是对的。"
        + ("把握太小，只能当作线索去查。" if answer.abstains else "")
    )
    console.say("按名称推断，只是查找的线索；以注册证、备案信息和界定文件为准。")


def _products(register: Register) -> Products | None:
    """The catalogues; while they are learnt anew, which takes seconds, that is said where somebody watches."""
    from rich.console import Console

    target = Console(stderr=True)
    status = target.status("学习官方目录（约十几秒）")
    try:
        return register.products(status.start if target.is_terminal else None)
    finally:
        status.stop()


def _product_shape(answer: ProductAnswer) -> dict[str, object]:
    """The answer as the contract prints it: ``class`` is a keyword of Python, so the field has another name inside."""
    matches = [
        {"code": m.code, "class": m.device_class, "name": m.name, "score": m.score, "source": m.source, "year": m.year,
         "exact": m.exact}
        for m in answer.matches
    ]  # fmt: skip
    return {"matches": matches, "confidence": answer.confidence, "abstains": answer.abstains}
