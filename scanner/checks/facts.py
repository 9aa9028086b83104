"""What kind of goods a listing offers, from its numbers, its product name, its title and the shop's own categories.

Owns: goods and category, and where the page says so. Leaves to others: the table of categories (``rulebook``), what
follows (the checks). A category is named, never guessed: no name of the table on the page, no category.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.checks.document import NOWHERE, Quote
from scanner.checks.labels import under
from scanner.model import Facts, Listing, Seller
from scanner.numbers.authority import NAMES
from scanner.rulebook import Rulebook
from scanner.rulebook.scan import Scan
from scanner.rulebook.tables import ACCESSORIES, FOR_USE_WITH, LABEL_HOLDER, LABEL_PRODUCT, NOT_FOR_PEOPLE, Goods
from scanner.text import fold

PRODUCT_NUMBERS = frozenset({"device_reg", "device_reg_old", "device_filing"})  # one device's own number
SELLER_NUMBERS = frozenset(
    {"device_biz_license", "device_biz_filing", "drug_biz_license"}
)  # issued where the seller is
DRUG_NUMBERS = frozenset({"drug_approval", "drug_import", "drug_hmt"})
_GOODS: tuple[tuple[frozenset[str], Goods], ...] = (
    (PRODUCT_NUMBERS, "device"),
    (DRUG_NUMBERS, "drug"),
    (frozenset({"health_food"}), "food"),
    (frozenset({"cosmetic_filing", "cosmetic_special", "cosmetic_license_old"}), "cosmetic"),
    (frozenset({"disinfectant_license"}), "disinfectant"),
)
_PROVINCES = {short: name for name, short in NAMES.items()} | {"蒙": "内蒙古", "黔": "贵州", "滇": "云南"}
# Ends of a generic name: tablets, capsules, granules, injections, pills, ointments, eye drops, suppositories …
_DRUG_FORMS = (
    "分散片", "缓释片", "控释片", "肠溶片", "咀嚼片", "泡腾片", "含片", "素片", "胶囊", "颗粒", "冲剂", "注射液", "注射用", "滴丸", "蜜丸", "水丸", "浓缩丸", "糖浆",
    "合剂", "酊", "乳膏", "软膏", "滴眼液", "眼膏", "滴耳液", "滴鼻液", "鼻喷雾剂", "栓", "搽剂", "贴膏", "吸入剂", "气雾剂", "口服溶液", "混悬液", "干混悬剂",
)  # fmt: skip

BRAND = 7  # characters of a maker's name or model between 适用 and the device
_WHO = frozenset("人者老童儿婴孕男女家体的")  # for whom or where, not with what
# 用 as a word of its own, not "for use with"
_USED = ("用于", "用户", "用法", "用药", "用途", "用心", "用起来", "用了", "用过", "用完", "用前", "用后", "用品", "用来", "用在")  # fmt: skip


class Known(NamedTuple):
    """The facts of a listing; where it names its category; what it calls the product and the registrant."""

    facts: Facts
    category: Quote
    product: Quote
    holder: str


class _Named(NamedTuple):
    rank: int  # 0 product name, 1 title, 2 breadcrumbs
    length: int  # of the name, longer is surer
    start: int
    category: str
    quote: Quote


def derive(subject: Listing | Seller, rulebook: Rulebook) -> Known:
    """Goods and category of a listing; of a seller nothing is derived."""
    if isinstance(subject, Seller):
        return Known(Facts(region=region_of(subject)), NOWHERE, NOWHERE, "")
    named = min(_named(subject, rulebook), key=lambda n: (n.rank, -n.length, n.start), default=None)
    category = rulebook.categories[named.category] if named else None
    product, holder = _product(subject, rulebook), next(under(rulebook, LABEL_HOLDER, subject), None)
    goods: Goods = goods_of(subject) or (category.goods if category else "unknown")
    return Known(
        Facts(goods=goods, category=category.id if category else "", product=product.text, region=region_of(subject)),
        named.quote if named else NOWHERE,
        product,
        holder.value.strip() if holder else "",
    )


def goods_of(listing: Listing) -> Goods | None:
    """The goods that the numbers on the page say, or None."""
    types = {seen.number.type for seen in listing.numbers}
    return next((goods for family, goods in _GOODS if types & family), None)


def region_of(subject: Listing | Seller) -> str:
    """The province that the seller's own licence and filing numbers on the page name, where they agree; else ""."""
    issued = {
        value for seen in subject.numbers if seen.number.type in SELLER_NUMBERS and seen.number.valid is not False
        for key, value in seen.number.parts if key == "authority"
    }  # fmt: skip
    return _PROVINCES.get(next(iter(issued)), "") if len(issued) == 1 else ""


def _product(listing: Listing, rulebook: Rulebook) -> Quote:
    """The product's name in its own field, else the title."""
    row = next(under(rulebook, LABEL_PRODUCT, listing), None)
    field, text = (f"attribute:{row.name}", row.value) if row else ("title", listing.title.text)
    return Quote(field=field, text=text, start=0, end=len(text))


def category_of(text: str, rulebook: Rulebook) -> str:
    """The category a product's name names, or ""."""
    named = min(_names_in(rulebook, 0, "product", text), key=lambda n: (-n.length, n.start), default=None)
    return named.category if named else ""


def not_for_people(rulebook: Rulebook, folded: str) -> bool:
    """Whether a folded name says that it is no medical thing for people: a toy, a model, for pets."""
    return any(word in folded for word in rulebook.words(NOT_FOR_PEOPLE))


def goes_with(rulebook: Rulebook, folded: str, start: int, end: int) -> bool:
    """Whether what stands around a name at ``[start, end)`` says that the thing only goes with it: 血压计电池, 口罩专用收纳盒,
    麻醉机用管路, 骨水泥枪; 适用欧姆龙血压计 (but 适用老人血压计). A name before 用 is what the thing is for, unless 用 goes on as
    a word of its own (用于, 用户)."""
    before = folded[max(0, start - BRAND - 2) : start]
    for word in rulebook.words(FOR_USE_WITH):
        _, fits, brand = before.rpartition(word)
        if fits and len(brand) <= BRAND and not any(who in brand for who in _WHO):
            return True
    after = folded[end : end + 10]
    if after.startswith("专用") or (after.startswith("用") and not after.startswith(_USED)):
        return True
    return after.removeprefix("专").removeprefix("的").startswith(rulebook.words(ACCESSORIES))


def drug_named(product: str) -> Goods | None:
    """``drug`` when a product's name ends in a form only drugs come in, else None."""
    return "drug" if fold(product).text.rstrip(")】 ").endswith(_DRUG_FORMS) else None


def _named(listing: Listing, rulebook: Rulebook) -> Iterator[_Named]:
    places = [(0, f"attribute:{row.name}", row.value) for row in under(rulebook, LABEL_PRODUCT, listing)]
    places.append((1, "title", listing.title.text))
    places += [(2, "", crumb) for crumb in listing.breadcrumbs]
    for rank, field, text in places:
        yield from _names_in(rulebook, rank, field, text)


def _names_in(rulebook: Rulebook, rank: int, field: str, text: str) -> Iterator[_Named]:
    folded = fold(text)
    if not folded.text or not_for_people(rulebook, folded.text):
        return
    scan = Scan(folded, rulebook.names.run(folded))
    for category in (name for name in scan.lists if name in rulebook.categories):
        for event in scan.events(category):
            if goes_with(rulebook, folded.text, event.start, event.end):
                continue
            start, end = folded.quote(event.start, event.end)
            quote = Quote(field=field, text=text[start:end], start=start, end=end) if field else NOWHERE
            yield _Named(rank, event.end - event.start, event.start, category, quote)
