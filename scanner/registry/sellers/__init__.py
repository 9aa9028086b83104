"""The register of network sellers (网络销售企业台账), asked: which sellers there are, each with all its rows.

    for seller in sellers(register.store): seller.names, seller.addresses

Owns: whose rows are one seller's. Rows with one code are; so is a row without a code whose name stands beside exactly one.
Leaves to others: reading and keeping the list (``readers.sellers``, ``keeping``), whose shop an address is
(``platforms``), what of them was visited (``scanner.coverage``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.registry.names import level
from scanner.store.net_sellers import NetRow
from scanner.store.register import RegisterStore

SOURCE = "net-sellers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSeller:
    """A seller of the register, with its rows in their order; ``uscc`` is "" where no row has a valid code."""

    uscc: str
    rows: tuple[NetRow, ...]

    @property
    def name(self) -> str:
        return self.rows[0].name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.name for row in self.rows))

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(address for row in self.rows for address in row.addresses))

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.area for row in self.rows if row.area))


def sellers(store: RegisterStore) -> tuple[ListedSeller, ...]:
    """All sellers of the register, in the order of its rows; none where none was imported."""
    return gathered(store.net_sellers(SOURCE))


def gathered(rows: Iterable[NetRow]) -> tuple[ListedSeller, ...]:
    """Rows put together by seller, in the order of each one's first row."""
    rows = list(rows)
    codes: dict[str, set[str]] = {}
    for row in rows:
        codes.setdefault(same_name(row.name), set()).update([row.uscc] if row.uscc else [])
    groups: dict[tuple[str, str], list[NetRow]] = {}
    for row in rows:
        name = same_name(row.name)
        beside = codes[name]
        code = row.uscc or (next(iter(beside)) if len(beside) == 1 else "")
        groups.setdefault((code, "" if code else name), []).append(row)
    return tuple(ListedSeller(uscc=code, rows=tuple(found)) for (code, _), found in groups.items())


def same_name(name: str) -> str:
    """What two spellings of one name have in common: width, brackets, case and traditional characters made one, no spaces.

    >>> same_name("演示甲 医疗（器械）") == same_name("演示甲醫療(器械)")
    True
    """
    return re.sub(r"\s+", "", level(name))
