"""An open book asked which sellers are the same one: all groups, or one seller's likenesses.

Owns: what of the book is asked and in which order; a statement as the journal has it. Leaves to others: SQL (``store.identities``), comparing
(``likeness``), joining (``clusters``). The book is only read.

All groups: the traits of every seller are held in memory, some kilobytes each. One seller: only those are read that share a
value with it, so names one character apart are found by the first question alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from scanner import clock
from scanner.leads.gather import Owner, gather
from scanner.leads.same.candidates import CAP, Candidates, Cut, blocks_of, candidates, shared_blocks
from scanner.leads.same.clusters import Groups, clusters
from scanner.leads.same.enterprises import Enterprises, Shop, named
from scanner.leads.same.likeness import Likeness, compare
from scanner.leads.same.traits import Common, Kind, Traits, common, gathered
from scanner.model import Finding, Listing, Seller
from scanner.store.book import Book
from scanner.store.draft import Draft, Kin
from scanner.store.identities import Said, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """All sellers asked: how many, how many pairs were compared, the groups, and the values whose pairs were not all made."""

    sellers: int
    compared: int
    groups: Groups
    cut: tuple[Cut, ...]


def recognise(book: Book) -> Recognised:
    """The groups of all sellers in the book, under what people said."""
    sellers = list(gathered(book.all_traits()))
    found = candidates(sellers)
    groups = clusters(_compared(sellers, found), book.said_same(), _codes(sellers))
    return Recognised(sellers=len(sellers), compared=len(found.pairs), groups=groups, cut=found.cut)


def enterprises(book: Book, shops: Iterable[Shop]) -> Enterprises:
    """Which of these shops are one enterprise: those recognised as one seller's, and those that go by one company's full name."""
    sellers = list(gathered(book.all_traits()))
    compared = list(_compared(sellers, candidates(sellers)))
    return Enterprises(clusters([*compared, *named(shops, compared)], book.said_same(), _codes(sellers)))


def _compared(sellers: list[Traits], found: Candidates) -> Iterator[Likeness]:
    held = common(sellers)
    return (compare(sellers[a], sellers[b], held) for a, b in found.pairs)


def _codes(sellers: Iterable[Traits]) -> dict[str, tuple[str, ...]]:
    return {one.key: tuple(one.of(Kind.USCC)) for one in sellers}


def likenesses(book: Book, key: str) -> list[Likeness]:
    """The sellers that share something with one, the likest first; those of whom nothing can be said are left out."""
    asked = Traits(key, tuple(book.traits(key)))
    keys: dict[str, None] = {}
    for kind, value in shared_blocks(blocks_of(asked)):
        keys |= dict.fromkeys(book.sharing(kind.value, value, limit=CAP))
    for value in asked.of(Kind.NAME):
        keys |= dict.fromkeys(book.sharing(Kind.NAME.value, value, limit=CAP))
    if asked.nameless:
        keys |= dict.fromkeys(book.sharing(Kind.STOREFRONT.value, asked.storefront, limit=CAP))
    for said in book.said_same(key):
        keys |= {said.a: None, said.b: None}
    keys.pop(key, None)
    others = [Traits(other, tuple(book.traits(other))) for other in keys]
    held = _held(book, [asked, *others])
    found = [compare(asked, other, held) for other in others]
    found = [one for one in found if one.verdict != "cannot_say" or one.because]
    return sorted(found, key=lambda one: (-one.score, one.a, one.b))


def kin(book: Book, key: str) -> tuple[Kin, ...]:
    """The sellers that are the same one as this, the likest first, with the reasons. What people said wins."""
    said: dict[str, Verdict] = {}
    for one in book.said_same(key):
        said[one.b if one.a == key else one.a] = one.verdict
    found = [
        Kin(one.b if one.a == key else one.a, "；".join(reason.says for reason in one.because if reason.speaks == "for"))
        for one in likenesses(book, key) if one.verdict == "same"
    ]  # fmt: skip
    told = [Kin(other, "经核实是同一经营者") for other, verdict in said.items() if verdict == "same"]
    known = {one.key for one in told}
    return (*told, *(one for one in found if one.key not in known and said.get(one.key) != "different"))


def drafts(book: Book, found: Iterable[tuple[Finding, Listing | Seller | Owner]]) -> tuple[Draft, ...]:
    """Drafts of what was found, each with the sellers that are the same one as its own."""
    return tuple(replace(one, kin=kin(book, one.key)) for one in gather(found))


def _held(book: Book, sellers: Iterable[Traits]) -> Common:
    """How common the values are that several of these show, and their storefronts; a value of one alone is not asked for."""
    sellers = list(sellers)
    wanted = {value for value, count in common(sellers).items() if count > 1 or value[0] == Kind.STOREFRONT}
    return {(kind, value): book.bearers(kind, value) for kind, value in sorted(wanted)}


def statement(data: Mapping[str, Any]) -> Said:
    """What a line ``same_seller`` of the journal says. KeyError, TypeError or ValueError where it is none."""
    verdict: Verdict = data["verdict"]
    if verdict not in get_args(Verdict):
        raise ValueError(verdict)
    a, b = sorted((str(data["a"]), str(data["b"])))
    return Said(a=a, b=b, verdict=verdict, who=str(data["who"]), time=clock.parse(data["when"]), note=str(data["note"]))


def line(said: Said) -> dict[str, Any]:
    """A statement as the journal has it."""
    return {
        "a": said.a, "b": said.b, "verdict": said.verdict, "who": said.who, "when": said.time, "note": said.note,
    }  # fmt: skip
