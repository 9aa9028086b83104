"""``qingwang revisit``: the pages of a lead looked at again now, each sealed and laid beside what was sealed before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.home import Home
    from scanner.model import Revisit

SHOWN = 20  # quotes and fields of a page named


def register(app: typer.Typer) -> None:
    app.command("revisit", help="复查一条线索：现在再看一遍它的每个页面，封存，并与当时的取证页对照。")(revisit)


def revisit(
    ctx: typer.Context,
    lead: Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")],
    render: Annotated[str, typer.Option("--render", help="浏览器：auto 有就用，never 不用")] = "auto",
    allow: Annotated[
        list[str] | None, typer.Option("--allow-private", metavar="HOST", help="允许访问的内网主机（可以重复）")
    ] = None,
    as_json: console.Json = False,
) -> None:
    """Exit 3 when of some page nothing could be said. Whatever came out, no lead is ended by it."""
    from scanner import clock
    from scanner.crawl.again import revisit as room
    from scanner.crawl.reading import tables
    from scanner.errors import UsageError
    from scanner.evidence.archive.shelf import Shelf
    from scanner.store.revisits import TOLD
    from spiders import recipe_of

    if render not in ("auto", "never"):
        raise UsageError(f"--render 不能是 {render}", hint="可用：auto、never")
    home = console.home_of(ctx)
    tables.use(home.rules)
    with opening.book(ctx) as book:
        again = room.pages(book, book.case(lead, made=clock.now()), Shelf(home.archive), recipe_of)
    report, pairs = room.revisit(home, lead, again, render=render, allow=tuple(allow or ()))
    told = [quote.change for pair in pairs for quote in pair.quotes]
    state = _noted(home, lead, pairs)
    missed = len(again) - sum(pair.result in TOLD for pair in pairs)
    if as_json:
        console.emit({
            "lead": lead, "state": state, "crawl": report.crawl, "appeared": told.count("new") + told.count("altered"),
            "disappeared": told.count("gone") + told.count("altered"), "kept": told.count("kept"),
            "not_looked_at": told.count("not_looked_at"), "pages": pairs,
            "leads": [one.number for one in report.leads],
        })  # fmt: skip
    else:
        show(pairs)
        if len(pairs) < len(again):
            console.say("复查被中止，有的页面没有看。")
        if any(pair.result == "gone" for pair in pairs):
            console.say("页面下架不等于办结：线索的状态没有变，请照常核查处置。")
    raise typer.Exit(3 if missed else 0)


def _noted(home: Home, lead: int, pairs: Sequence[Revisit]) -> str:
    """Take the step 已复查 where the lead waits for it and somebody is named who works here; the lead's state then."""
    from scanner.casework.desk import opened
    from scanner.leads.order import Order
    from scanner.leads.states import STEPS
    from scanner.model import Act
    from scanner.store.revisits import TOLD

    with opened(home) as desk:
        state = desk.book.lead(lead).state
        if state in STEPS[Act.REVISIT] and home.config().operator and any(pair.result in TOLD for pair in pairs):
            state = desk.take(Order(lead=lead, act=Act.REVISIT)).state
        return state


def show(pairs: Sequence[Revisit]) -> None:
    """The pairs for people."""
    from scanner.report.words import CHANGES, REVISITS, field_name

    for pair in pairs:
        said = f"：{pair.why}" if pair.why else ""
        console.say(f"{REVISITS[pair.result]}　{pair.url}（{opening.day(pair.time)}）{said}")
        console.say(f"  当时 {pair.before}　现在 {pair.after or '没有得到应答'}")
        if pair.moved_to:
            console.say(f"  现在转到：{pair.moved_to}")
        differing = [q for q in pair.quotes if q.change != "kept"]
        for one in differing[:SHOWN]:
            texts = "　→　".join(_short(text) for text in (one.before, one.after) if text)
            console.say(f"  {CHANGES[one.change]}　{field_name(one.field)}（{one.rule}）：{texts}")
        for field in pair.fields[:SHOWN]:
            console.say(
                f"  {field_name(field.field)}：{_short(field.before) or '（无）'}　→　{_short(field.after) or '（无）'}"
            )
        for other in pair.alike:
            console.say(f"  可能是同一商品（供核对）：{other.url}　{'；'.join(other.because)}")


def rows(pairs: Sequence[Revisit]) -> list[tuple[Any, ...]]:
    """The pairs as rows of a table, for ``leads show``."""
    from scanner.report.words import REVISITS

    return [
        (opening.day(p.time), p.url, REVISITS[p.result], p.why or _counted(p), p.before, p.after or "—") for p in pairs
    ]


def _counted(pair: Revisit) -> str:
    from scanner.report.words import CHANGES

    told = [quote.change for quote in pair.quotes]
    return "，".join(f"{word} {told.count(change)} 处" for change, word in CHANGES.items() if change in told) or "—"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 100 else f"{words[:100]}……"
