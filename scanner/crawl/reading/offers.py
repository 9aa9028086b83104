"""What a result list shows of one product: enough to go and look, and to know what there is to look at.

Owns: the value (``Offer``), which goods a title names (``group``), the words for it (``rules/groups.yaml`` beside the
names of ``rules/categories.yaml``), and counting a product once that a list shows twice. Leaves to others: finding the
cards (families); judging: a card is no listing, and what a group says decides nothing about the goods.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from scanner import numbers, yamlfile
from scanner.crawl.reading import tables
from scanner.crawl.reading.links import Kind, Link
from scanner.home import shipped_rules
from scanner.model import Field, FieldState, Named
from scanner.rulebook.tables import CategoryFile
from scanner.text import fold

Group = Literal["drug", "food", "device", "other", "unclear"]

_OF_GOODS: dict[str, Group] = {"device": "device", "drug": "drug", "food": "food"}
_OF_NUMBERS: tuple[tuple[str, Group], ...] = (("device_", "device"), ("drug_", "drug"), ("health_food", "food"))
MAX_URL, MAX_TITLE, MAX_PRICE, MAX_SELLER = 2000, 500, 60, 200  # characters that are kept of a card
_COVERED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One product of a list. ``url`` is its canonical address, ``id`` the platform's; ``sponsored``: an advertisement."""

    id: str
    url: str
    title: Field
    price: Field
    seller: Field
    seller_url: str = ""
    sponsored: bool = False

    @property
    def group(self) -> Group:
        """What kind of goods the title names; ``unclear`` when it names none or could not be read."""
        if self.title.state is not FieldState.SEEN:
            return "unclear"
        return group(self.title.text, self.seller.text)

    @property
    def link(self) -> Link:
        """The request for the product's own page."""
        return Link(self.url, Kind.PRODUCT, text=self.title.text[:80])

    @property
    def named(self) -> Named:
        """The card as it is kept with the capture of its list."""
        return Named(
            kind="product", url=self.url[:MAX_URL], title=self.title.text[:MAX_TITLE], price=self.price.text[:MAX_PRICE],
            seller=self.seller.text[:MAX_SELLER], goods=self.group, sponsored=self.sponsored,
        )  # fmt: skip


def distinct(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Each product once, in order: an advertisement repeats what the list shows, or the other way round. The first
    one counts; it is sponsored only if all of them are."""
    found: dict[str, Offer] = {}
    for one in offers:
        before = found.setdefault(one.id, one)
        if before.sponsored and not one.sponsored:
            found[one.id] = replace(before, sponsored=False)
    return tuple(found.values())


# --- which goods -------------------------------------------------------------------------------------------------


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Literal["drug", "food", "device", "other"]
    names: tuple[str, ...] = Setting(min_length=1)
    sellers: tuple[str, ...] = ()


class _File(BaseModel):
    """``rules/groups.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: tuple[_Words, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    names: tuple[tuple[str, Group], ...]
    sellers: tuple[tuple[str, Group], ...]
    covers: tuple[str, ...]


@tables.follows
@lru_cache(maxsize=4096)
def group(title: str, seller: str = "") -> Group:
    """The goods that a title names first, a number in it before all words; else what such sellers only sell.

    Titles are stuffed with what the goods are for and go with, but what they are usually comes first, and of two names
    that begin together the longer one counts.

    >>> group("演示牌 上臂式电子血压计 降压药伴侣"), group("演示牌 高血压降压茶 30包"), group("旗舰机皇 语音充电背光")
    ('device', 'food', 'unclear')
    """
    words = table()
    said = fold(title[:500]).text
    for found in numbers.find(title[:500]):
        for start, which in _OF_NUMBERS:
            if found.type.startswith(start):
                return which
    for cover in words.covers:
        said = said.replace(cover, _COVERED * len(cover))
    best: tuple[int, int, Group] | None = None
    for word, which in words.names:
        at = said.find(word)
        if at >= 0 and (best is None or (at, -len(word)) < best[:2]):
            best = (at, -len(word), which)
    if best is not None:
        return best[2]
    return next((which for word, which in words.sellers if word in seller), "unclear")


@tables.kept
def table() -> _Table:
    """The words, the home's before the shipped ones, read once. Raises ConfigError when a file is wrong."""
    files = yamlfile.load_all(reversed(tables.files("groups.yaml")), _File)
    groups = [words for file in files for words in file.groups]
    categories = yamlfile.load(shipped_rules() / "categories.yaml", CategoryFile).categories
    names: dict[str, Group] = {}
    for words in groups:
        for name in words.names:
            names.setdefault(fold(name).text, words.id)
    covers = [cover for file in files for cover in file.covers]
    for category in categories:
        for name in category.names:
            names.setdefault(fold(name).text, _OF_GOODS.get(category.goods, "other"))
        covers += category.covers
    return _Table(
        names=tuple(names.items()),
        sellers=tuple((name, words.id) for words in groups for name in words.sellers),
        # 手机支架 is no device; a cover that is itself a name (非医用口罩) takes the device's name away with it
        covers=tuple(sorted({fold(c).text for c in covers} - names.keys(), key=len, reverse=True)),
    )
