"""The list of duties of a page, for the commands that show one.

Owns: with which rules and as of which day the list is made, and how it is printed. Leaves to others: the answers
(``judge.duties``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.model import DutyAnswer, Listing, Seller
    from scanner.store.book import Book
    from scanner.store.subjects import Known


def of(ctx: typer.Context, book: Book, one: Known[Listing] | Known[Seller]) -> tuple[DutyAnswer, ...]:
    """What the page does about its duties: by today's rules, as of the day it was last seen, its links as the book
    knows them."""
    from scanner import clock, rulebook
    from scanner.checks.display import became
    from scanner.home import shipped_rules
    from scanner.judge import duties
    from scanner.model import Seller

    rules = rulebook.load(shipped_rules(), console.home_of(ctx).rules)
    links = one.subject.links if isinstance(one.subject, Seller) else ()
    looks = ((url, book.last_look(one.subject.storefront, url)) for url, _ in links)
    followed = {
        url: state for url, look in looks if look is not None and (state := became(look.capture.status, look.outcome))
    }
    return duties(one.subject, rules, on=clock.day(one.last_seen), followed=followed)


def tell(answers: tuple[DutyAnswer, ...]) -> None:
    """A table of the answers, what is not shown as text first, with what keeps the answer from being certain."""
    ordered = sorted(answers, key=lambda x: x.state == "seen")
    rows = [(x.what, _state(x), _where(x), _basis(x)) for x in ordered]
    if rows:
        console.table("展示义务（按现在的规则）", ["义务", "状态", "哪里", "依据"], rows)
    else:
        console.say("这一页没有看到适用的展示义务。")


def _state(answer: DutyAnswer) -> str:
    from scanner.report.words import said

    return said(answer.state) + "".join(f"；{why}" for why in answer.unchecked)


def _where(answer: DutyAnswer) -> str:
    from scanner.report.words import field_name

    if not answer.quote:
        return "—"
    quote = answer.quote if len(answer.quote) <= 60 else answer.quote[:60] + "…"
    return f"{field_name(answer.field)}：{quote}" + (f"（{answer.link}）" if answer.link else "")


def _basis(answer: DutyAnswer) -> str:
    laws = (f"{b.law}{b.article}{b.point}{'' if b.verified else '（条文待核）'}" for b in answer.basis)
    return "；".join(laws)
