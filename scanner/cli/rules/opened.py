"""The rules as a command opens them: the shipped ones with the home's over them.

Owns: saying what in them does nothing, and that there is no such rule. Leaves to others: loading (``rulebook``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.cli import console

if TYPE_CHECKING:
    import typer

    from scanner.rulebook import Rule, Rulebook


def load(ctx: typer.Context, *, quiet: bool = False) -> Rulebook:
    """The shipped rules with the home's over them; what does nothing in them is said on stderr unless ``quiet``."""
    from scanner import rulebook
    from scanner.home import shipped_rules

    book = rulebook.load(shipped_rules(), console.home_of(ctx).rules)
    for warning in () if quiet else book.warnings:
        console.note(f"注意：{warning.where}：{warning.message}（{warning.hint}）")
    return book


def rule_of(book: Rulebook, name: str) -> Rule:
    from scanner.errors import UsageError
    from scanner.yamlfile import nearest

    if name not in book.rules:
        raise UsageError(f"没有规则 {name}", where="rules", hint=nearest(name, book.rules) or "用 rules list 查看")
    return book.rules[name]
