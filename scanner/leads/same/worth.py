"""What a shared value is worth between two sellers, and the two as they are compared.

Owns: the points of each kind of trait, how they fall with the number of sellers that show a value, and which values are not
the sellers' own but the site's. Leaves to others: which values agree (``evidence``), the verdict (``likeness``).

The points are judgements, in one table, where they can be argued with; they were set on one making of the bench
(tests/leads/same_bench.py) and measured on another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scanner.leads.same.naming import Naming
from scanner.leads.same.traits import Common, Kind, Trait, Traits

Speaks = Literal["for", "against", "suspicion"]
SAME, PERHAPS, DIFFERENT = 1.0, 0.45, -0.5  # points from which on two are one, perhaps one; to which they are two
ALONE = 2  # sellers that show a value, where only the two compared do

# Points of a shared value, and among how many sellers it may be shared before it counts less.
POINTS: Mapping[Kind, tuple[float, int]] = {
    Kind.USCC: (3.0, 200),
    Kind.LICENCE: (1.6, 50),
    Kind.PHONE: (0.7, 10),
    Kind.WECHAT: (0.7, 10),
    Kind.EMAIL: (0.7, 10),
    Kind.ADDRESS: (0.45, 5),
    Kind.PERSON: (0.3, 5),
    Kind.PICTURE: (0.7, 10),
    Kind.DOMAIN: (0.5, 4),
    Kind.ICP: (0.8, 5),
    Kind.TEMPLATE: (0.1, 5),
}
LANDLINE, HOTLINE = (0.6, 6), (0.2, 3)  # a number of one house; one that a chain or a platform has for all
UNHELD = 0.8  # at most, for a licence number where no page names the company that holds it
RENAMED = 1.2  # at most, for one code under two companies' names
BESIDE_OTHERS = 0.8  # at most, for one code where another stands beside it
SITES_OWN = 0.1  # of the points, for what most shops of a site show
BUILDING = 0.1
SHARED_HOST = 0.1  # two names on one host: it is a host that sellers share
OTHER_CODE, OTHER_CITY, OTHER_PERSON, OTHER_COMPANY = -3.0, -0.3, -0.25, -0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One trait that speaks: what it is worth, in Chinese, and the words of both pages ("" where one has none)."""

    kind: Kind
    speaks: Speaks
    points: float
    says: str
    a: str = ""
    b: str = ""


@dataclass(frozen=True, slots=True)
class Two:
    """Two sellers on the table, with what their names say and how common values are."""

    a: Traits
    b: Traits
    names: Naming
    common: Common

    @property
    def agree(self) -> bool:
        """Whether their names speak for one seller."""
        return self.names.verdict in ("company", "shop", "near")

    @property
    def bare(self) -> bool:
        """Whether one of them has no name: pages of a storefront that name no seller."""
        return self.a.nameless or self.b.nameless

    def shown(self, kind: Kind) -> tuple[dict[str, Trait], dict[str, Trait]]:
        return self.a.of(kind), self.b.of(kind)

    def shared(self, kind: Kind) -> list[str]:
        """The values that both show, the most telling first."""
        ours, theirs = self.shown(kind)
        if not ours or not theirs:
            return []
        return sorted(ours.keys() & theirs.keys(), key=lambda value: (-self.worth(kind, value), value))

    @property
    def two_persons(self) -> bool:
        """Whether codes, or where one shows none the names of companies, tell two legal persons."""
        ours, theirs = self.shown(Kind.USCC)
        if ours and theirs:
            return not ours.keys() & theirs.keys()
        return self.names.verdict in ("other", "branch")

    def held(self, kind: Kind, value: str) -> int:
        return max(ALONE, self.common.get((kind, value), ALONE))

    def worth(self, kind: Kind, value: str) -> float:
        """The points of a value that both show."""
        points, most = POINTS[kind]
        if kind is Kind.PHONE:
            points, most = HOTLINE if hotline(value) else LANDLINE if value.startswith("0") else (points, most)
        return points * rarity(self.held(kind, value), most) * (SITES_OWN if self.sites_own(kind, value) else 1.0)

    def sites_own(self, kind: Kind, value: str) -> bool:
        """Whether a value that two shops of one site show may be the site's, at the foot of its pages: most shops there
        show it, and the names of these two do not agree."""
        if self.a.storefront != self.b.storefront or self.agree or self.bare:
            return False
        return 2 * self.held(kind, value) > self.held(Kind.STOREFRONT, self.a.storefront)

    def reason(self, kind: Kind, points: float, says: str, a: Trait, b: Trait, *, value: str = "") -> Reason:
        """``value``: the one they share; how many show it is said beside."""
        if value and self.sites_own(kind, value):
            says += "（这个网站的多数店铺都显示，可能是网站自己的）"
        elif value and (held := self.held(kind, value)) > ALONE:
            says += f"（共有 {held} 个经营者显示）"
        speaks: Speaks = "for" if points >= 0 else "against"
        return Reason(kind=kind, speaks=speaks, points=round(points, 3), says=says, a=a.quote, b=b.quote)


def hotline(value: str) -> bool:
    """400 and 800 numbers: a chain, a platform or a call centre has one for all."""
    return len(value) == 10 and value.startswith(("400", "800"))


def rarity(held: int, most: int) -> float:
    """1 while no more than ``most`` sellers show a value, then falling with the square of their number.

    >>> rarity(3, 10), rarity(20, 10)
    (1.0, 0.25)
    """
    return 1.0 if held <= most else (most / held) ** 2
