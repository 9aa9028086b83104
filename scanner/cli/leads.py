"""``qingwang leads``: what the findings come to, and what people decide of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening, revisit

if TYPE_CHECKING:
    from scanner.home import Home
    from scanner.model import Decision, Lead
    from scanner.store.book import Book

Number = Annotated[int, typer.Argument(metavar="LEAD", min=1, help="线索编号")]


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="线索：一个经营者的一个事项，连同它的全部发现。")
    noun.command("list", help="列出线索。")(list_)
    noun.command("show", help="一条线索的全部发现和处理。")(show)
    noun.command("decide", help="记下对线索的处理：属实、不属实、销号或者退回复核。")(decide)
    app.add_typer(noun, name="leads")


def list_(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option("--state", help="只看这种状态，例如 open、confirmed")] = None,
    matter: Annotated[str | None, typer.Option("--matter", help="只看这种事项，例如 registration、claim")] = None,
    storefront: opening.Storefront = None,
    limit: opening.Limit = None,
    as_json: console.Json = False,
) -> None:
    from scanner.leads import states
    from scanner.report.words import MATTERS, SEVERITIES, VERDICTS

    with opening.book(ctx) as book:
        leads = book.leads(
            state=None if state is None else states.parse(state), matter=None if matter is None else _matter(matter),
            storefront=storefront, limit=limit,
        )  # fmt: skip
        if as_json:
            console.emit_lines(summary(lead) for lead in leads)
            return
        rows = (
            (
                x.number, x.seller or "（未取到）", x.storefront, MATTERS[x.matter], VERDICTS[x.verdict],
                SEVERITIES[x.severity], len(x.findings), states.WORDS[x.state], opening.day(x.opened),
            )
            for x in leads
        )  # fmt: skip
        console.table("线索", ["编号", "经营者", "网址", "事项", "判断", "程度", "发现", "状态", "发现时间"], rows)


def _matter(word: str) -> Any:
    from scanner.errors import UsageError
    from scanner.report.words import MATTERS

    for known, chinese in MATTERS.items():
        if word in (known.value, chinese):
            return known
    raise UsageError(f"不认识的事项：{word}", where="--matter", hint="可用：" + "、".join(m.value for m in MATTERS))


def summary(lead: Lead) -> dict[str, Any]:
    """A lead as one row for machines; ``findings`` is a count."""
    return {
        "number": lead.number, "storefront": lead.storefront, "seller": lead.seller, "matter": lead.matter,
        "severity": lead.severity, "verdict": lead.verdict, "state": lead.state, "opened": lead.opened,
        "findings": len(lead.findings),
    }  # fmt: skip


def show(ctx: typer.Context, lead: Number, as_json: console.Json = False) -> None:
    from scanner import clock
    from scanner.leads import states
    from scanner.report.words import MATTERS, SEVERITIES, VERDICTS

    with opening.book(ctx) as book:
        case = book.case(lead, made=clock.now())
        x = case.lead
        if as_json:
            fallen = [one._asdict() for one in book.fallen(lead)]
            console.emit({
                "lead": summary(x), "proofs": case.proofs, "decisions": case.decisions, "fallen": fallen,
                "revisits": case.revisits,
            })  # fmt: skip
            return
        console.say(f"{x.number} 号线索：{x.seller or '（经营者未取到）'}　{x.storefront}")
        words = (MATTERS[x.matter], VERDICTS[x.verdict], SEVERITIES[x.severity], states.WORDS[x.state])
        console.say("　".join((*words, f"发现于 {opening.day(x.opened)}")))
        opening.findings(list(case.proofs))
        quotes = {proof.finding.id: proof.finding for proof in case.proofs}
        for one in book.fallen(lead):
            found, word = quotes[one.finding], "不再成立" if one.outcome == "gone" else "已由新的判断代替"
            console.say(f"重新判断（{opening.day(one.time)}）：{found.rule}“{found.quote or '—'}”{word}。")
        if case.revisits:
            heads = ["时间", "网址", "结果", "说明", "当时的取证页", "复查的取证页"]
            console.table("复查（前后对照）", heads, revisit.rows(case.revisits))
        rows = [(opening.day(d.when), d.who, states.WORDS[d.state], d.note or "—") for d in case.decisions]
        if rows:
            console.table("处理", ["时间", "处理人", "结果", "说明"], rows)


def decide(
    ctx: typer.Context,
    lead: Number,
    state: Annotated[
        str, typer.Argument(metavar="STATE", help="属实 confirmed、不属实 dismissed、销号 closed、待复核 open")
    ],
    who: Annotated[str, typer.Option("--who", help="处理人（默认 config.yaml 的 operator）")] = "",
    note: Annotated[str, typer.Option("--note", help="说明")] = "",
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.errors import UsageError
    from scanner.leads import states
    from scanner.model import Decision

    new = states.parse(state)
    home = console.home_of(ctx)
    name = (who or home.config().operator).strip()
    if not name:
        raise UsageError("没有写明谁处理", where="--who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    opening.book(ctx).close()  # says what is wrong before anything is made or locked
    with home.lock(), opening.book(ctx) as book:
        states.check(book.lead(lead).state, new)
        decision = Decision(lead=lead, state=new, who=name, when=clock.now(), note=note)
        journal(home, book, decision)
        book.decide(decision)
        if as_json:
            console.emit({"lead": summary(book.lead(lead)), "decision": decision})
        else:
            console.say(f"{lead} 号线索：{states.WORDS[new]}（{name}，{opening.day(decision.when)}）")


def journal(home: Home, book: Book, decision: Decision) -> None:
    """Write a decision into the journal; it is on disk when this returns. The book follows, being an index."""
    from scanner.evidence import rehearsal
    from scanner.evidence.journal.file import Journal

    case = book.case(decision.lead, made=decision.when)
    line = {
        "lead": decision.lead, "storefront": case.lead.storefront, "seller": case.lead.seller,
        "matter": case.lead.matter, "state": decision.state, "who": decision.who, "when": decision.when,
        "note": decision.note, "findings": [finding.id for finding in case.lead.findings],
    }  # fmt: skip
    with Journal.open(home.journal, mark=rehearsal.mark_of(home)) as opened:
        opened.append("decision", line).result()
