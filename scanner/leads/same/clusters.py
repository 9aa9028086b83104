"""Sellers that are the same one, as groups: compared pairs joined, people's statements first.

Owns: which ``same`` joins and which must not, and saying why. Leaves to others: comparing (``likeness``), keeping statements
(``store.identities``).

Groups are a function of the pairs, the codes and what people said, and of nothing else: no order of arrival, no earlier
groups. A statement taken away gives the groups as they were before it. Sellers are joined by the strongest pair first, and a
pair that would bring two into one group who cannot be one is not followed but told, with the way by which it would have
joined them. Two cannot be one where a person said ``different``, or where they show different valid codes or were compared as
``different`` and no person said ``same``. Where people contradict each other, ``different`` stands: joining is the
graver error.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from scanner.leads.same.likeness import Likeness
from scanner.store.identities import Said

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A pair that was not followed: ``a`` and ``b`` cannot be one (``why``, in Chinese), and ``path`` leads from one to the
    other; the pair is a step of it."""

    a: str
    b: str
    why: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sellers by key that are one, two or more; ``joins``: the pairs that join them; ``said``: statements that do."""

    members: tuple[str, ...]
    joins: tuple[Likeness, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    groups: tuple[Group, ...]
    splits: tuple[Split, ...]


def counting(said: Iterable[Said]) -> dict[Edge, Said]:
    """The statement that counts for each pair, the latest made, unless it was withdrawn; oldest first."""
    latest: dict[Edge, Said] = {}
    for one in sorted(said, key=lambda one: (one.number, one.time)):
        latest.pop(edge := _edge(one.a, one.b), None)
        latest[edge] = one
    return {edge: one for edge, one in latest.items() if one.verdict != "withdrawn"}


def clusters(
    pairs: Iterable[Likeness], said: Iterable[Said], codes: Mapping[str, Collection[str]] | None = None
) -> Groups:
    """Join compared ``pairs``. ``codes``: the valid codes (统一社会信用代码) that sellers show, by key."""
    work = _Joining(list(pairs), counting(said), codes or {})
    return work.joined()


class _Joining:
    """Components on the way: union by size, each with what its members cannot stand beside."""

    def __init__(self, pairs: list[Likeness], said: Mapping[Edge, Said], codes: Mapping[str, Collection[str]]) -> None:
        self._pairs = {_edge(one.a, one.b): one for one in pairs}
        self._said = said
        self._root: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._foes: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
        self._codes: dict[str, dict[str, str]] = {}  # root -> code -> a member that shows it
        self._shown = codes
        self._steps: dict[str, list[str]] = defaultdict(list)  # joined pairs, both ways
        self._joins: list[Likeness] = []
        self._said_joins: list[Said] = []
        self._splits: list[Split] = []

    def joined(self) -> Groups:
        self._apart()
        for edge, one in self._said.items():
            if one.verdict == "same" and self._join(edge, said=True):
                self._said_joins.append(one)
        same = (one for edge, one in self._pairs.items() if one.verdict == "same" and edge not in self._said)
        for likeness in sorted(same, key=lambda one: (-one.score, one.a, one.b)):
            if self._join(_edge(likeness.a, likeness.b), said=False):
                self._joins.append(likeness)
        return Groups(groups=self._groups(), splits=tuple(self._splits))

    def _apart(self) -> None:
        """Note who cannot be one with whom; a person's ``same`` takes a machine's ``different`` back."""
        for edge, one in sorted(self._said.items()):
            if one.verdict == "different":
                self._foe(edge)
        for edge, likeness in sorted(self._pairs.items()):
            if likeness.verdict == "different" and edge not in self._said:
                self._foe(edge)

    def _foe(self, edge: Edge) -> None:
        for x, y in (edge, edge[::-1]):
            self._find(x)
            self._foes[x][y].append(edge)

    def _find(self, key: str) -> str:
        if key not in self._root:
            self._root[key], self._members[key] = key, [key]
            self._codes[key] = dict.fromkeys(self._shown.get(key, ()), key)
        return self._root[key]

    def _join(self, edge: Edge, *, said: bool) -> bool:
        """Join the groups of two sellers; False where they cannot be one, which is then told."""
        a, b = self._find(edge[0]), self._find(edge[1])
        if a != b:
            foe = self._conflict(a, b, said)
            if foe is not None:
                pair, why = foe
                self._splits.append(Split(a=pair[0], b=pair[1], why=why, path=self._path(pair, edge)))
                return False
            self._unite(a, b)
        self._steps[edge[0]].append(edge[1])
        self._steps[edge[1]].append(edge[0])
        return True

    def _conflict(self, a: str, b: str, said: bool) -> tuple[Edge, str] | None:
        """Two members that cannot be one, and why. A person's ``same`` gives way to a person's ``different`` only."""
        against = self._foes[a].get(b, ())
        spoken = sorted(pair for pair in against if pair in self._said)
        if spoken:
            one = self._said[spoken[0]]
            return spoken[0], f"{one.who} 认定不是同一经营者" + (f"：{one.note}" if one.note else "")
        if said:
            return None
        if against:
            return min(against), "比对结果为不是同一经营者"
        ours, theirs = self._codes[a], self._codes[b]
        if ours and theirs and not ours.keys() & theirs.keys():
            x, y = min(ours.items()), min(theirs.items())
            return _edge(x[1], y[1]), f"统一社会信用代码不同（{x[0]}、{y[0]}）"
        return None

    def _unite(self, a: str, b: str) -> None:
        if (len(self._members[a]), b) < (len(self._members[b]), a):
            a, b = b, a
        for key in self._members[b]:
            self._root[key] = a
        self._members[a] += self._members.pop(b)
        self._codes[a] |= self._codes.pop(b)
        for foe, edges in self._foes.pop(b, {}).items():
            self._foes[a][foe] += edges
            self._foes[foe][a] += self._foes[foe].pop(b)

    def _path(self, pair: Edge, edge: Edge) -> tuple[str, ...]:
        """From one of ``pair`` to the other, over joined pairs and ``edge``."""
        near, far = edge if self._find(pair[0]) == self._find(edge[0]) else edge[::-1]
        return (*self._way(pair[0], near), *self._way(far, pair[1]))

    def _way(self, start: str, end: str) -> tuple[str, ...]:
        """The shortest way within one group."""
        came: dict[str, str] = {start: ""}
        waiting = deque([start])
        while waiting and end not in came:
            here = waiting.popleft()
            for there in sorted(self._steps[here]):
                if there not in came:
                    came[there] = here
                    waiting.append(there)
        way, here = [], end
        while here:
            way.append(here)
            here = came[here]
        return tuple(reversed(way))

    def _groups(self) -> tuple[Group, ...]:
        joins: dict[str, list[Likeness]] = defaultdict(list)
        said: dict[str, list[Said]] = defaultdict(list)
        for likeness in self._joins:
            joins[self._find(likeness.a)].append(likeness)
        for one in self._said_joins:
            said[self._find(one.a)].append(one)
        return tuple(
            Group(members=tuple(sorted(members)), joins=tuple(joins[root]), said=tuple(said[root]))
            for root, members in sorted(self._members.items(), key=lambda item: min(item[1]))
            if len(members) > 1
        )


def _edge(a: str, b: str) -> Edge:
    return (a, b) if a < b else (b, a)
