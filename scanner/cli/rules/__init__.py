"""``qingwang rules``: an analyst's rules, looked at, tried, compared and drafted.

Owns: which verbs the noun has. ``look``: do they load, do their examples hold, what would they say; ``backtest``, ``stats``,
``draft``, ``tune``: the tuning loop.
"""

from __future__ import annotations

import typer

from scanner.cli.rules import backtest, draft, look, stats, tune


def register(app: typer.Typer) -> None:
    look.rules.command("backtest")(backtest.backtest)
    look.rules.command("stats")(stats.stats)
    look.rules.command("draft")(draft.draft)
    look.rules.command("tune")(tune.tune)
    app.add_typer(look.rules, name="rules")
