"""``qingwang judge``: fragments of text in, findings out.

Owns: the JSON Lines of the command-line contract and what a fragment is to the judge. Leaves to others: judging.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.model import Facts, Finding, Listing
    from scanner.rulebook import Rulebook


def register(app: typer.Typer) -> None:
    app.command("judge", help="判断一段段文字（JSON Lines 或纯文本，一行一条），说出违反哪条规则。")(run)


def run(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="输入文件；不写或写 - 时读标准输入")] = None,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.cli.rules.opened import load
    from scanner.judge import judge

    rules = load(ctx)
    on = clock.day(clock.now())
    for row, _ in rows(file):
        listing, facts = facts_of(rules, row)
        findings = judge(listing, rules, None, on=on, facts=facts)
        if as_json:
            console.emit({"id": row.get("id", ""), "findings": [shape(f) for f in findings]})
        else:
            tell(str(row.get("id", "")), findings)


def facts_of(rulebook: Rulebook, row: dict[str, Any]) -> tuple[Listing, Facts]:
    """The fragment of one row, and what is known of its goods; null means unknown."""
    from scanner.checks import subject
    from scanner.checks.facts import category_of, drug_named, goods_of
    from scanner.model import Facts

    text, title, product = (str(row.get(k) or "") for k in ("text", "title", "product"))
    # The product stands where a page would name it, so that a rule about goods finds what the text says of them.
    named_as = {"产品名称": product} if product else {}
    listing = subject.listing(str(row.get("id") or ""), text=text, title=title, attributes=named_as)
    given = str(row.get("category") or "")
    named = given if given in rulebook.categories else ""
    category = named or category_of(product, rulebook) or category_of(title, rulebook)
    goods = rulebook.categories[category].goods if category else goods_of(listing) or drug_named(product) or "unknown"
    scope = row.get("registered_scope")
    if row.get("is_device") is True:
        goods = "device"
    elif row.get("is_device") is False and goods in ("device", "unknown"):
        goods = "goods" if scope is None else "drug"  # what is no device and yet has a registered use is a drug
    return listing, Facts(goods=goods, category=category, product=product, fragment=True,
                          registered_scope=None if scope is None else str(scope))  # fmt: skip


def rows(file: Path | None) -> Iterator[tuple[dict[str, Any], str]]:
    """The rows of the input with their places (``file:line``), as they come: JSON objects, or any other line as
    ``{"text": line}``. Raises InputError with the line."""
    import json

    from scanner.errors import InputError

    name = "-" if file is None else str(file)
    for number, raw in enumerate(_lines(name), 1):
        where = f"{name}:{number}"
        try:
            line = raw.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise InputError("不是 UTF-8 编码", where=where, hint="用 UTF-8 另存") from None
        if not line:
            continue
        if not line.startswith("{"):
            yield {"id": str(number), "text": line}, where
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError("这一行不是完整的 JSON", where=where, hint="一行一个 JSON 对象") from None
        _check(row, where)
        yield row, where


def _lines(name: str) -> Iterator[bytes]:
    import sys

    from scanner.errors import InputError, reason

    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as opened:
            yield from opened
    except OSError as error:
        raise InputError(f"文件读不了：{reason(error)}", where=name, hint="检查文件名和权限") from None


_TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str, "title": str, "product": str, "registered_scope": str, "category": str, "is_device": bool,
    "id": (str, int),
}  # fmt: skip


def _check(row: Any, where: str) -> None:
    from scanner.errors import InputError

    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError("缺少 text", where=where, hint='至少要有 {"id": …, "text": …}')
    for key, kind in _TYPES.items():
        if row.get(key) is not None and not isinstance(row[key], kind):
            raise InputError(f"{key} 的类型不对", where=where, hint="文字加引号；is_device 写 true、false 或 null")


def shape(finding: Finding) -> dict[str, Any]:
    """A finding as the contract prints it."""
    keys = (
        "rule",
        "kind",
        "verdict",
        "severity",
        "field",
        "quote",
        "start",
        "end",
        "says",
        "basis",
        "beside",
        "unchecked",
    )
    return {key: getattr(finding, key) for key in keys}


def tell(name: str, findings: tuple[Finding, ...]) -> None:
    """Findings for people, a line each; a text without a name has none before its findings."""
    words = {"violation": "违规", "suspect": "存疑", "unverified": "未能核实"}
    name = f"{name}\t" if name else ""
    if not findings:
        console.say(f"{name}没有发现")
    for f in findings:
        laws = "；".join(f"{b.law}{b.article}{b.point}" + ("" if b.verified else "（条文待核）") for b in f.basis)
        beside = "".join(f"\t{note}" for note in f.beside)
        console.say(f"{name}{words[f.verdict.value]}\t“{f.quote}”\t{f.says}\t{f.rule}\t{laws}{beside}")
