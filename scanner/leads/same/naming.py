"""What the names of two sellers say of each other: companies' names first, shops' names after.

Owns: telling a company's name from a shop's, what a shop's name is without 旗舰店 and 官方, which pair of names decides.
Leaves to others: comparing two companies' names (``registry.company.compare``), what follows (``likeness``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from scanner.leads.same.traits import Common, Kind, Traits
from scanner.registry.company import compare as companies
from scanner.registry.company.parts import Company, form_of, provinces, take_apart
from scanner.registry.names import Match

MOST = 6  # names of one seller that are compared
REMEMBERED = 65_536  # names taken apart; a seller's is compared with many
SHARED = 5  # sellers of one shop's name, before it counts less

_SHOP = re.compile(
    r"(?:官方|品牌|医疗器械|医疗|器械|大药房|药房|健康|保健|个人护理|企业|海外|正品|自营)*(?:旗舰店|专营店|专卖店|企业店|直营店|体验店|总店|自营店|小店|小铺)$"
)
_NOTE = re.compile(r"\((?:以下|简称|下称|虚构|原名|曾用名)[^()]{0,40}\)$")
_FRONT = re.compile(r"^(?:官方|正品)+")
NOTHING = frozenset(("", "首页", "本店", "店铺", "商城", "网店", "官网"))

# ``company``: one company by its full name; ``shop``: one name of a shop; ``near``: perhaps one, written otherwise;
# ``branch``: a company and its branch, or two branches; ``other``: two companies; ``unclear``: names tell nothing.
Verdict = Literal["company", "shop", "near", "branch", "other", "unclear"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What names say. ``says`` is "" where they say nothing."""

    verdict: Verdict
    points: float = 0.0
    says: str = ""
    a: str = ""
    b: str = ""


_EQUAL = Match(1.0, "same", "名称一致（不计括号、空格和附注）")
_parts = lru_cache(maxsize=REMEMBERED)(take_apart)
_UNCLEAR = Naming(verdict="unclear")
_RANK: tuple[Verdict, ...] = ("company", "branch", "near", "other", "unclear")


def compare(a: Traits, b: Traits, common: Common) -> Naming:
    """Companies' names decide where both sellers show one, else the names of shops."""
    pairs = [_companies(x.quote, y.quote, x.value, y.value, common) for x in _full(a) for y in _full(b)]
    if pairs:
        best = min(pairs, key=lambda one: (_RANK.index(one.verdict), -one.points, one.a, one.b))
        if best.verdict != "unclear":
            return best
    return _shops(a, b, common)


@dataclass(frozen=True, slots=True)
class _Name:
    value: str
    quote: str


def _names(seller: Traits) -> list[_Name]:
    """Names with their quotes, a label before the name left in the quote."""
    return [_Name(value, one.quote) for value, one in list(seller.of(Kind.NAME).items())[:MOST]]


def _full(seller: Traits) -> list[_Name]:
    return [one for one in _names(seller) if full(one.value)]


@lru_cache(maxsize=REMEMBERED)
def full(name: str) -> bool:
    """Whether a name ends in a legal form, and so names a legal person or a sole trader."""
    return bool(form_of(_NOTE.sub("", name)))


def _companies(quote: str, other: str, a: str, b: str, common: Common) -> Naming:
    a, b = _NOTE.sub("", a), _NOTE.sub("", b)
    ours, theirs = _parts(a), _parts(b)
    match = _EQUAL if a == b else companies.compare(a, b)
    if match.verdict == "other" and _slip(ours, theirs):
        says = "企业名称只差字号里的一个字，可能是笔误，也可能是另一家"
        return Naming(verdict="near", points=0.35, says=says, a=quote, b=other)
    if match.verdict == "other":
        return Naming(verdict="other", says=f"企业名称不同：{match.because}", a=quote, b=other)
    if ours.branch != theirs.branch:
        says = "总公司和分支机构，或者两个分支机构：登记是分开的"
        return Naming(verdict="branch", says=says, a=quote, b=other)
    if match.verdict == "same":
        placed = bool(ours.places and theirs.places)
        held = max(common.get((Kind.NAME, value), 1) for value in (a, b))
        points = (1.3 if placed else 0.55) * (1.0 if held <= 50 else (50 / held) ** 2)
        says = f"企业名称一致：{match.because}" + ("" if placed else "；名称没有地名，别处可能有同名企业")
        return Naming(verdict="company", points=round(points, 3), says=says, a=quote, b=other)
    points = 0.35 if match.score >= 0.78 else 0.15
    return Naming(verdict="near", points=points, says=f"企业名称相近：{match.because}", a=quote, b=other)


def _slip(a: Company, b: Company) -> bool:
    """Whether two names differ in one character of the brand alone, however the place is put."""
    rest = (a.places, a.trade, a.branch) == (b.places, b.trade, b.branch)
    return rest and min(len(a.brand), len(b.brand)) >= 3 and OSA.distance(a.brand, b.brand, score_cutoff=1) <= 1


def _shops(a: Traits, b: Traits, common: Common) -> Naming:
    ours = {key: one for one in _names(a) if (key := shop(one.value)) not in NOTHING}
    theirs = {key: one for one in _names(b) if (key := shop(one.value)) not in NOTHING}
    for key in sorted(ours.keys() & theirs.keys(), key=lambda key: (-len(key), key)):
        held = max(common.get((Kind.NAME, one.value), 1) for one in (ours[key], theirs[key]))
        points = 0.45 * (1.0 if held <= SHARED else (SHARED / held) ** 2)
        says = "店铺名称相同（不计旗舰店、官方等字样）；同名店铺和加盟店可能是别家"
        return Naming(verdict="shop", points=round(points, 3), says=says, a=ours[key].quote, b=theirs[key].quote)
    for x in _names(a):
        for y in _names(b):
            brand, name = (shop(x.value), y) if not full(x.value) else (shop(y.value), x)
            if len(brand) >= 2 and brand not in NOTHING and _parts(name.value).brand == brand:
                return Naming(verdict="near", points=0.2, says="店铺名称就是对方企业的字号", a=x.quote, b=y.quote)
    return _UNCLEAR


def shop(name: str) -> str:
    """A shop's name without what many shops' names end in.

    >>> shop("演康医疗器械旗舰店"), shop("官方旗舰店")
    ('演康', '')
    """
    return _FRONT.sub("", _SHOP.sub("", name))


def cities(addresses: Iterable[str]) -> dict[str, str]:
    """City -> the address that names it first, of levelled addresses; a municipality (直辖市) is its own city."""
    found: dict[str, str] = {}
    for address in addresses:
        if city := _city(address[:12]):
            found.setdefault(city, address)
    return found


def _city(head: str) -> str:
    """The city that an address begins with, or the one before its first 市; "" for none."""
    before = head.partition("市")[0] if "市" in head else ""
    ends = [before[-n:] for n in (2, 3, 4, 5) if n <= len(before)]
    return next((text for text in (*ends, *(head[:n] for n in (2, 3, 4, 5))) if text in _cities()), "")


@cache
def _cities() -> frozenset[str]:
    wide = {province for province in provinces().values() if province not in ("北京", "天津", "上海", "重庆")}
    return frozenset(
        city for city, province in provinces().items() if province and (city not in wide or city == "吉林")
    )
