"""Finding a company's name among a million, misspelt or written otherwise: from postings of bigrams, in milliseconds.

Owns: the index (what is put into it, when it is made anew) and the candidates for a name. Leaves to others: SQL
(``store.companies``), the key of a name (``parts``) and saying how near a candidate is (``search``).

A misspelt name still shares its rarest pairs of characters with the right one, so the rarest lists are read first,
until ``BUDGET`` ids are in hand; names that share most of what is rare are the candidates. A pair that no name holds
is the misspelling itself and is passed over.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from scanner.registry.company.parts import key_of
from scanner.store.companies import SEPARATOR, CompanyStore, KnownName
from scanner.store.register import RegisterStore

SEGMENT = 200_000  # names indexed at a time: some 100 MB of memory
BUDGET = 10_000  # ids read for one question
FEWEST = 3  # lists read whatever their length
CANDIDATES = 40  # names whose keys are compared whole
TWINS = 200  # names with the very same key that are looked at; pharmacies of one name may be thousands

_END = "\n"  # before and after each key, so that first and last characters make pairs too


def refresh(store: RegisterStore) -> int:
    """Bring the index up to what the register holds now; the number of names added. Within ``store.write()``.

    Names are added in segments; everything is indexed anew when half of the numbered names are gone or when small
    imports have left many segments.
    """
    companies = store.companies
    companies.gather()
    (names, segments), numbered = companies.size(), companies.numbered()
    if numbered > 2 * names or segments > 16 + 2 * names // SEGMENT:
        companies.forget_index()
        numbered = 0
    waiting, added = companies.waiting(), 0
    while batch := list(islice(waiting, SEGMENT)):
        found = [
            KnownName(numbered + added + place, name, uscc, tuple(sources.split(SEPARATOR)), key_of(name))
            for place, (name, uscc, sources) in enumerate(batch, 1)
        ]
        companies.add(found, _postings([name.key for name in found], numbered + added + 1))
        added += len(batch)
    if added:
        companies.count()
    return added


def candidates(companies: CompanyStore, key: str, nearest: int) -> list[KnownName]:
    """The ``nearest`` names with keys like ``key``, after up to ``TWINS`` that have exactly this key."""
    exact = companies.by_key(key, TWINS)
    pairs: list[int] = np.unique(_pairs(key)[0]).tolist()
    known = {name.id for name in exact}
    others = [(id, other) for id, other in companies.keys(_likely(companies, pairs)) if id not in known]
    if not others:
        return exact
    near = nearness(key, [other for _, other in others])
    return exact + companies.by_ids([others[place][0] for place in np.argsort(-near, kind="stable")[:nearest]])


def _likely(companies: CompanyStore, pairs: Sequence[int]) -> list[int]:
    """The ids of up to ``CANDIDATES`` names that share most of what is rare."""
    rarest = _rarest(companies, pairs)
    if not rarest:
        return []
    lists: dict[int, list[bytes]] = {pair: [] for pair, _ in rarest}
    for pair, piece in companies.postings(list(lists)):
        lists[pair].append(piece)
    # an id and the list it stands in, packed into one integer: sorting those is four times quicker than argsort
    ids_of = (np.frombuffer(b"".join(pieces), np.int32).astype(np.int64) for pieces in lists.values())
    packed = np.concatenate([ids << 8 | place for place, ids in enumerate(ids_of)])
    packed.sort()
    ids = packed >> 8
    starts = _starts(ids)
    score = np.add.reduceat(np.array([weight for _, weight in rarest]).take(packed & 255), starts)
    if score.size > CANDIDATES:
        starts = starts[np.argpartition(-score, CANDIDATES)[:CANDIDATES]]
    found: list[int] = ids[starts].tolist()
    return found


def _starts(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each run of equal values begins."""
    first = np.ones(values.size, dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return np.flatnonzero(first)


def nearness(key: str, keys: Sequence[str]) -> NDArray[np.float32]:
    """How like ``key`` each of ``keys`` is, 0 to 1 (Indel similarity); a key that holds all of it is never far."""
    near: NDArray[np.float32] = process.cdist([key], keys, scorer=Indel.normalized_similarity)[0]
    for place, other in enumerate(keys):
        if key in other:  # a brand alone is far from any whole name
            near[place] = max(near[place], 0.5 + 0.3 * len(key) / len(other))
    return near


def _rarest(companies: CompanyStore, pairs: Sequence[int]) -> list[tuple[int, float]]:
    """The rarest pairs, with the weight of each, within the budget; a name has fewer than 256 pairs."""
    numbered, found, total = companies.numbered(), list[tuple[int, float]](), 0
    for held, pair in companies.how_many(pairs):
        if total + held > BUDGET and len(found) >= FEWEST:
            break
        total += held
        found.append((pair, math.log(1 + numbered / held)))
    return found


def _pairs(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pair of neighbouring characters as one integer, and the line it stands in, ends of lines included."""
    points = np.frombuffer(f"{_END}{text}{_END}".encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    ends = points == ord(_END)
    line = np.cumsum(ends)[:-1] - 1
    inner = ~(ends[:-1] & ends[1:])
    return ((points[:-1] << 21) | points[1:])[inner], line[inner]


def _postings(keys: Sequence[str], first: int) -> Iterator[tuple[int, bytes]]:
    """For each pair in ``keys`` the ids of the names that hold it, rising; the first key's id is ``first``."""
    pairs, line = _pairs(_END.join(keys))
    ids = (line + first).astype(np.int32)
    order = np.argsort(pairs, kind="stable")
    pairs, ids = pairs[order], ids[order]
    fresh = np.ones(pairs.size, dtype=np.bool_)
    fresh[1:] = (pairs[1:] != pairs[:-1]) | (ids[1:] != ids[:-1])  # a pair twice in one name counts once
    pairs, ids = pairs[fresh], ids[fresh]
    for start, end in pairwise([*_starts(pairs).tolist(), pairs.size]):
        yield int(pairs[start]), ids[start:end].tobytes()
