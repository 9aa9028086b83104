"""What the mall sells, who sells it and what each listing should yield, read from ``goods.yaml`` and ``mall.yaml``.

Owns: the shape of the two tables and their cross-checks. Leaves to others: drawing pages (``shop``), answering
requests (``mall``), judging.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scanner.errors import ConfigError, Problem
from scanner.model import Matter, Outcome, Verdict
from scanner.yamlfile import load

HERE = Path(__file__).parent
REGISTER = HERE / "register.csv"  # the mall's register, in the columns of NMPA's public query
LICENCES = HERE / "licences.csv"  # and of those who sell and make

Text = Annotated[str, Field(min_length=1)]
Markup = Literal["jsonld", "microdata", "og_dl", "table", "li", "text"]
Access = Literal["open", "script", "gbk", "slider", "login", "broken"]

# What a plain HTTP visit to a product page becomes, by what stands before it.
OUTCOMES: dict[str, Outcome] = {
    "open": Outcome.READ,
    "gbk": Outcome.READ,
    "script": Outcome.EMPTY,
    "slider": Outcome.CAPTCHA,
    "login": Outcome.LOGIN,
    "broken": Outcome.ERROR,
}


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Yield(Row):
    """One thing that must be found: the matter, the weakest verdict allowed, and why, in Chinese."""

    matter: Matter
    verdict: Verdict
    why: Text


class Good(Row):
    """One listing. ``price`` is in yuan, ``attributes`` keep the seller's own labels and order."""

    id: int
    seller: Text
    category: Text
    title: Text
    price: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$")]
    brand: Text
    picture: Text
    markup: Markup
    access: Access = "open"
    device: bool = True
    notice: bool = True
    certificate: str = ""
    attributes: dict[str, str]
    text: tuple[Text, ...]
    yields: tuple[Yield, ...]

    @property
    def outcome(self) -> Outcome:
        return OUTCOMES[self.access]

    @property
    def warning(self) -> str:
        """The reading notice that 广告法第十六条 wants beside devices for personal use; empty where the seller left it out."""
        if not (self.device and self.notice):
            return ""
        return (
            "购买和使用前请仔细阅读产品说明书或者在医务人员的指导下购买和使用。"  # read the IFU or ask medical staff
            "禁忌内容或者注意事项详见说明书。"  # contraindications and precautions: see the IFU
        )


class Shop(Row):
    """A seller: ``papers`` are the rows of its licence page; ``licence`` says whether they stand there as text;
    ``yields`` are what the licence page must yield."""

    id: Text
    name: Text
    company: Text
    place: Text
    phone: Text
    licence: Literal["text", "picture"]
    uscc: Text
    papers: tuple[tuple[str, str], ...]
    yields: tuple[Yield, ...]


class Category(Row):
    id: Text
    name: Text
    past_end: Literal["first", "last", "empty"]
    children: tuple[str, ...] = ()


class Deals(Row):
    name: Text
    goods: tuple[int, ...]


class _MallFile(Row):
    name: Text
    company: Text
    uscc: Text
    footer: tuple[Text, ...]
    sellers: tuple[Shop, ...]
    categories: tuple[Category, ...]
    deals: Deals


class _GoodsFile(Row):
    goods: tuple[Good, ...]


class Stock:
    """The mall's content, cross-checked: every seller, category and child named exists, every id is used once."""

    def __init__(self, mall: _MallFile, goods: tuple[Good, ...]) -> None:
        self.mall = mall
        self.goods = {good.id: good for good in goods}
        self.sellers = {shop.id: shop for shop in mall.sellers}
        self.categories = {category.id: category for category in mall.categories}

    @property
    def top(self) -> tuple[Category, ...]:
        """The first level of the category tree."""
        below = {child for category in self.mall.categories for child in category.children}
        return tuple(category for category in self.mall.categories if category.id not in below)

    def within(self, category: Category) -> tuple[Good, ...]:
        """The goods of a category and of those below it, in the order of the table."""
        names = {category.id, *category.children}
        return tuple(good for good in self.goods.values() if good.category in names)

    def of(self, seller: str) -> tuple[Good, ...]:
        return tuple(good for good in self.goods.values() if good.seller == seller)

    def search(self, words: str) -> tuple[Good, ...]:
        return tuple(good for good in self.goods.values() if words and words in good.title)

    def value(self) -> Decimal:
        """The sum of all prices in yuan: a figure that tells whether all prices were read."""
        return sum((Decimal(good.price) for good in self.goods.values()), Decimal(0))


def stock() -> Stock:
    """The mall's content. Raises ConfigError when the two tables do not fit together."""
    mall, goods = load(HERE / "mall.yaml", _MallFile), load(HERE / "goods.yaml", _GoodsFile).goods
    made = Stock(mall, goods)
    problems = [f"商品编号重复：{good.id}" for i, good in enumerate(goods) if good.id in {g.id for g in goods[:i]}]
    problems += [f"没有这个卖家：{good.seller}" for good in goods if good.seller not in made.sellers]
    problems += [f"没有这个分类：{good.category}" for good in goods if good.category not in made.categories]
    problems += [
        f"没有这个下级分类：{child}"
        for category in mall.categories
        for child in category.children
        if child not in made.categories
    ]
    problems += [f"特价里没有这个商品：{number}" for number in mall.deals.goods if number not in made.goods]
    if problems:
        raise ConfigError([Problem(where=str(HERE), message=problem) for problem in problems])
    return made
