"""What stands around a hit and changes its meaning: a negation, a quoted law, a question, a warning, a registered scope.

Owns: looking for the words of ``rules/contexts.yaml`` near a hit, and holding a clause against a registered scope.
Leaves to others: finding hits (``matcher``) and what follows from a context (``checks``). Context words are common, so
they are searched only around hits, in a window, never over a whole page.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from scanner.rulebook.matcher import Hit
from scanner.rulebook.scan import Automaton, Event, Scan, between
from scanner.rulebook.tables import Context, WordList
from scanner.text import fold

_ADDRESS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_%&=")  # after a question mark: a query, not a new sentence
_NUMERALS = "一二三四五六七八九十0123456789"
WINDOW = 200  # characters of a sentence looked at on each side of a hit; a sentence can be a megabyte
COVER = 0.8  # share of a clause's pairs of characters that a scope must hold: keeps 97.5 % of quotes, lets 0.3 % by


class Contexts:
    """All contexts of a rulebook, compiled. One is made for a rulebook and used for every text."""

    def __init__(self, contexts: Mapping[str, Context], lists: Mapping[str, WordList]) -> None:
        self._contexts = dict(contexts)
        near = [c for c in contexts.values() if c.within != "page"]
        names = sorted({n for c in near for n in (*c.lists, *c.touching, *c.across, *c.broken_by)})
        plain: dict[str, Iterable[str]] = {name: lists[name].words for name in names}
        plain |= {f"covers/{name}": lists[name].covers for name in names if lists[name].covers}
        self._automaton = Automaton(plain, {})
        self._lowering = tuple(name for name, c in contexts.items() if c.lowers)
        self._asked = {name: frozenset((*c.lists, *c.touching, *c.across)) for name, c in contexts.items()}
        self._labels = {
            name: tuple(fold(w).text for label in c.labels for w in lists[label].words) for name, c in contexts.items()
        }

    def holding(self, names: Iterable[str], scan: Scan, hit: Hit, label: str = "") -> str:
        """The first of ``names`` that holds for ``hit``, or "". ``label`` is the attribute's label, folded."""
        near: Scan | None = None
        start, end = scan.unit(hit.start, "sentence")
        for name in names:
            context = self._contexts[name]
            if label and any(word in label for word in self._labels[name]):
                return name
            if context.within == "page":
                if any(scan.events(listed) for listed in context.lists):
                    return name
                continue
            if context.asked and end - hit.end <= WINDOW and _asks(scan.folded.text[end - 1 : end + 2]):
                return name
            if context.item and _item(scan, hit):
                return name
            if near is None:
                near = self._around(scan, max(start, hit.start - WINDOW), min(end, hit.end + WINDOW))
            if not near.named.isdisjoint(self._asked[name]) and self._near(context, scan, near, hit):
                return name
        return ""

    def lowering(self, scan: Scan, hit: Hit, label: str = "") -> str:
        """What to say of the context that makes ``hit`` no more than a suspicion, or "" where none does."""
        name = self.holding(self._lowering, scan, hit, label)
        return self._contexts[name].note or name if name else ""

    def _around(self, scan: Scan, start: int, end: int) -> Scan:
        """The context words in ``[start, end)``; hits in the same sentence mostly share one window."""
        if (start, end) not in scan.windows:
            scan.windows[start, end] = Scan(scan.folded, self._automaton.run(scan.folded, start, end))
        return scan.windows[start, end]

    def _near(self, context: Context, scan: Scan, near: Scan, hit: Hit) -> bool:
        start, end = scan.unit(hit.start, context.within)
        if hit.end > end:  # over several clauses: each of them is around it
            end = scan.unit(hit.end - 1, context.within)[1]
        starts = {token.start for token in hit.tokens}  # 腰疼没缓解 too: the word may stand right before any part
        if any(
            event.end in starts and not _owned(event, hit)
            for listed in context.touching
            for event in near.events(listed)
        ):
            return True
        whole = scan.unit(hit.start, "sentence") if context.across else (start, end)
        for listed in (*context.lists, *context.across):
            low, high = whole if listed in context.across else (start, end)
            for event in near.events(listed):
                if event.start < low or event.end > high or not _placed(context, event, hit):
                    continue
                before = event.start < hit.tokens[-1].start
                after, until = (event.end, hit.tokens[-1].start) if before else (hit.end, event.start)
                if not any(after <= x.start < until for b in context.broken_by for x in near.events(b)):
                    return True
        return False


def _placed(context: Context, event: Event, hit: Hit) -> bool:
    if context.place == "before":
        # Also between its words (近视不能治愈), but never one of them (不复发, 不打针).
        return not _owned(event, hit) and event.start < hit.tokens[-1].start and hit.start - event.end <= context.reach
    if context.place == "after":
        return event.start >= hit.end and event.start - hit.end <= context.reach
    return event.start - hit.end <= context.reach and hit.start - event.end <= context.reach


def _owned(event: Event, hit: Hit) -> bool:
    return any(token.start <= event.start and event.end <= token.end for token in hit.tokens)


def _asks(end: str) -> bool:
    """Whether a sentence asks, by its last character, its end mark and what follows: 能断根不, 管用吗, 能治好？ The mark in
    an address (x.cn/a?b=1) asks nothing."""
    return (end[1:2] == "?" and end[2:3] not in _ADDRESS) or end[:1] in ("吗", "不")


def _item(scan: Scan, hit: Hit) -> bool:
    """Whether the hit stands in an item of a law: （三）说明治愈率或者有效率的. Without its number only with the semicolon
    that parts such items."""
    text = scan.folded.text
    start, end = scan.unit(hit.end - 1, "clause")
    if text[max(start, end - 1) : end + 1] == "的;":
        return True
    start, end = scan.unit(hit.start, "sentence")
    for sentence in text[start : min(end, start + 2 * WINDOW)].split(";"):
        number, closed, rest = sentence.strip().removeprefix("(").partition(")")
        listed = (
            sentence.strip().startswith("(") and closed and 0 < len(number) <= 3 and all(c in _NUMERALS for c in number)
        )
        if listed and rest.strip().endswith(("的", "内容")):
            return True
    return False


def cover(clause: str, scope: str) -> float:
    """The share of the clause's pairs of neighbouring Han characters that also stand in ``scope`` (both folded)."""
    pairs = [a + b for a, b in itertools.pairwise(clause) if "\u3400" <= a <= "\u9fff" and "\u3400" <= b <= "\u9fff"]
    return sum(pair in scope for pair in pairs) / len(pairs) if pairs else 0.0


def in_scope(scan: Scan, hit: Hit, terms: Iterable[str], scope: str) -> bool:
    """Whether the hit only says what the registered ``scope`` (folded) says: its clause is covered by the scope, and
    every word of the ``terms`` lists in the clause stands in it."""
    start, end = scan.unit(hit.start, "clause")
    start, end = max(start, hit.start - WINDOW), min(max(end, hit.end), hit.end + WINDOW)
    text = scan.folded.text
    near = (event for name in terms for event in between(scan.events(name), start, end))
    words = [text[e.start : e.end] for e in near if e.end <= end]
    return cover(text[start:end], scope) >= COVER and all(word in scope for word in words)


def beyond_scope(scan: Scan, hit: Hit, terms: Iterable[str], scope: str) -> tuple[str, ...]:
    """The words of the ``terms`` lists in the hit that the registered ``scope`` (folded) does not hold."""
    text, wanted = scan.folded.text, set(terms)
    found = (text[t.start : t.end] for t in hit.tokens if t.list in wanted)
    return tuple(dict.fromkeys(word for word in found if word not in scope))
