"""Which platform people mean by an id, a name or an address.

Owns: finding it in the table or among the book's own sites, and near names where there is none. Leaves to others: the table
(``registry.sellers.platforms``), which storefronts are one platform (``platforms``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from scanner.errors import UsageError
from scanner.leads.dossier.platforms import platform_of
from scanner.registry.sellers.platforms import Platform, shipped

NEAR = 5  # suggestions
_FAR = 45  # of 100; of two characters of a name one is right at 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A platform of the table, or a site of its own: ``names`` and ``sites`` as the table has them; those of a site are its host
    and none."""

    id: str
    names: tuple[str, ...]
    sites: tuple[str, ...]


def platform_named(asked: str, storefronts: Iterable[str]) -> Named:
    """The platform of this id, name or address; of sites of their own only those among ``storefronts``, which are what the
    book holds. Raises UsageError that names the nearest."""
    word, table = asked.strip(), shipped()
    known = next((one for one in table.all if one.id == word.casefold()), None) or table.named(word)
    if known is not None:
        return _of_table(known)
    own = {found[0] for one in storefronts if (found := platform_of(one))}
    site = platform_of(word.casefold())[0]
    listed = next((one for one in table.all if one.id == site), None)
    if listed is not None:
        return _of_table(listed)
    if site in own:
        return Named(id=site, names=(site,), sites=())
    raise UsageError(f"没有平台“{word[:60]}”", where="ID|NAME", hint=_hint(word[:60], own))


def _of_table(one: Platform) -> Named:
    return Named(id=one.id, names=one.names, sites=one.sites)


def _hint(word: str, own: Iterable[str]) -> str:
    table = shipped().all
    words = {name: f"{one.names[0]}（{one.id}）" for one in table for name in (*one.names, one.id)}
    words |= {site: site for site in own if site not in words and all(one.id != site for one in table)}
    near = process.extract(word.casefold(), list(words), scorer=fuzz.ratio, limit=4 * NEAR, score_cutoff=_FAR)
    told = list(dict.fromkeys(words[name] for name, _, _ in near))[:NEAR]
    if told:
        return f"是不是：{'、'.join(told)}"
    return (
        f"写平台的名称或者编号，例如 {'、'.join(f'{one.names[0]}（{one.id}）' for one in table[:NEAR])}，或者见过的网址"
    )
