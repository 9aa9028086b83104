"""``qingwang leads``: what the findings come to, and what people do with it.

Owns: which verbs the noun has. ``shown``: reading; ``acts``: one step at a time; ``apply``: many; ``importing``: others' leads;
``route``: whose they are; ``reporter``: who told them. Leaves to others: everything they do (``leads``, ``casework``).
"""

from __future__ import annotations

import typer

from scanner.cli.leads import acts, apply, importing, reporter, route, shown


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="线索：一个经营者的一个事项，连同它的全部发现。")
    noun.command("list", help="列出线索。")(shown.list_)
    noun.command("show", help="一条线索的全部发现、办理过程和期限。")(shown.show)
    noun.command("overdue", help="到期没有反馈的，和快到期的。")(shown.overdue)
    acts.register(noun)
    apply.register(noun)
    route.register(noun)
    importing.register(noun)
    reporter.register(noun)
    app.add_typer(noun, name="leads")
