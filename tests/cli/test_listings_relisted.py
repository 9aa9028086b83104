"""``qingwang listings relisted``: what people read, what scripts get."""

from __future__ import annotations

from scanner.home import Home
from scanner.model import RevisitResult
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.leads.dossier.making import at, keep, revisited
from tests.schemas import conform


def test_relisted(ask: Ask, filled: Home) -> None:
    assert "没有见到重新上架的" in ask("listings", "relisted").out
    with Book.open(filled.book) as book:
        mask = next(one.subject for one in book.listings() if "口罩" in one.subject.title.text)
        revisited(book, 1, mask, RevisitResult.GONE, at(2026, 11, 23))
        keep(book, mask, at(2026, 11, 24))
    done = ask("listings", "relisted", "--json")
    assert done.code == 0
    conform("listings-relisted", done.json)
    assert (done.json["lead"], done.json["again"], done.json["times"]) == (1, "same", 1)
    said = ask("listings", "relisted").out
    assert ("同一页面又见到" in said, "\x1b" in said) == (True, False)
    assert ask("listings", "relisted", "--since", "2026-11-25", "--json").rows == []
