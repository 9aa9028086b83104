"""What sellers call things, and how what they say becomes a listing or a seller.

Owns: the labels of ``rules/fields.yaml`` (the seller's own words -> our field ids); making the values: ids, versions,
the numbers in every field, characters no database takes. Leaves to others: finding the labels and texts (families),
what a number is worth (judge).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Setting

from scanner import numbers, yamlfile
from scanner.crawl.reading import tables
from scanner.crawl.reading.links import canonical
from scanner.model import Attribute, Field, FieldState, Listing, NumberSeen, Said, Seller, content_id

ABSENT = Field(state=FieldState.ABSENT)
NOT_SEEN = Field(state=FieldState.NOT_SEEN)
NOT_LOOKED_AT = Field(state=FieldState.NOT_LOOKED_AT)

MAX_TITLE = 500  # characters
MAX_TEXT = 200_000
MAX_ATTRIBUTES = 300
MAX_PICTURES = 200

_HOLD_NUMBERS = frozenset(("number", "approval", "production_licence", "operating_licence", "advert", "uscc"))
# Kinds of number that may stand bare (H20140344) where the label already says what they are.
_IMPORTED = ("drug_import", "drug_hmt")
_BARE = {"number": _IMPORTED, "approval": _IMPORTED, "operating_licence": ("drug_biz_license",), "uscc": ("uscc",)}
_NO_STORE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # controls and lone surrogates
_DECORATION = re.compile(r"[\s:：*•·【】\[\]「」]+")


# --- labels ------------------------------------------------------------------------------------------------------


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Setting(pattern=r"^[a-z_]+$")
    says: str
    of: Literal["product", "offer", "shop"]
    labels: tuple[str, ...] = Setting(min_length=1)


class _File(BaseModel):
    """``rules/fields.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: tuple[_Named, ...] = ()
    noise: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _each_label_once(self) -> _File:
        seen: dict[str, str] = {}
        for name, labels in [*((f.id, f.labels) for f in self.fields), ("noise", self.noise)]:
            for label in map(plain, labels):
                if seen.setdefault(label, name) != name:
                    raise ValueError(f"标签 {label} 同时属于 {seen[label]} 和 {name}")
        return self


@dataclass(frozen=True, slots=True)
class Fields:
    """Label -> field id, and field id -> what it describes (``product``, ``offer``, ``shop``)."""

    ids: dict[str, str]
    of: dict[str, str]
    noise: frozenset[str]

    def id(self, label: str) -> str:
        """Our field for the seller's label; empty when we do not know it.

        >>> fields().id("注册证号："), fields().id("京 东 价"), fields().id("随便")
        ('number', 'price', '')
        """
        return self.ids.get(plain(label), "")

    def describes(self, label: str) -> str:
        """``product``, ``offer`` or ``shop``; ``noise`` for a label that says nothing; empty when unknown."""
        key = plain(label)
        return "noise" if key in self.noise else self.of.get(self.ids.get(key, ""), "")


@lru_cache(maxsize=8192)
def plain(label: str) -> str:
    """A label as it is compared: half width, lower case, without spaces, colons and brackets around it."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", label[:80]).lower())


@tables.kept
def fields() -> Fields:
    """The labels, the shipped ones and those that the home adds or gives another field, read once. Raises ConfigError when
    a file is wrong."""
    ids: dict[str, str] = {}
    of: dict[str, str] = {}
    noise: set[str] = set()
    for file in yamlfile.load_all(tables.files("fields.yaml"), _File):
        said = {plain(label): f.id for f in file.fields for label in f.labels}
        no_field = set(map(plain, file.noise))
        noise = (noise - said.keys()) | no_field
        ids = {label: field for label, field in ids.items() if label not in no_field} | said
        of |= {f.id: f.of for f in file.fields}
    return Fields(ids=ids, of=of, noise=frozenset(noise))


# --- values ------------------------------------------------------------------------------------------------------


def seen(text: str, source: str, *, otherwise: Field = ABSENT) -> Field:
    """A field with a value; ``otherwise`` when the text is empty, ``unreadable`` when it is mostly debris (U+FFFD)."""
    text = clean(text)
    if not text.strip():
        return otherwise
    if text.count("\N{REPLACEMENT CHARACTER}") * 4 > len(text):
        return Field(state=FieldState.UNREADABLE, text=text, source=source)
    return Field(state=FieldState.SEEN, text=text, source=source)


def clean(text: str) -> str:
    """Text as it can be kept: characters that no database takes become U+FFFD, the rest stays as it was."""
    if text.isprintable():  # then it has none of them; a page has hundreds of addresses
        return text[:MAX_TEXT]
    return _NO_STORE.sub("\N{REPLACEMENT CHARACTER}", text[:MAX_TEXT])


def listing(
    *,
    storefront: str,
    family: str,
    url: str,
    title: Field,
    product_id: str = "",
    price: Field = ABSENT,
    description: Field = ABSENT,
    attributes: Iterable[Attribute] = (),
    pictures: Iterable[str] = (),
    seller: Field = ABSENT,
    seller_url: str = "",
    breadcrumbs: Iterable[str] = (),
    buyable: Field = ABSENT,
    image_text: Field = NOT_LOOKED_AT,
    transcript: Iterable[Said] = (),
) -> Listing:
    """A listing with its id (storefront and product id, else canonical address), version and numbers.

    Two rows with one label become one attribute, their values on two lines, so that ``attribute:<label>`` names one
    text; a row without a value is kept only where a number belongs (a 注册证号 left empty says something).
    """
    rows = _rows(attributes)
    images = tuple(dict.fromkeys(clean(p) for p in pictures))[:MAX_PICTURES]
    crumbs = tuple(clean(c) for c in breadcrumbs)
    title = Field(state=title.state, text=title.text[:MAX_TITLE], source=title.source)
    spoken = tuple(Said(at=said.at, text=clean(said.text), speaker=clean(said.speaker)) for said in transcript)
    return renewed(Listing(
        id=content_id(storefront, product_id or canonical(url)),
        version="",
        storefront=storefront,
        family=family,
        url=url,
        product_id=product_id,
        title=title,
        price=price,
        description=description,
        attributes=rows,
        pictures=images,
        seller=seller,
        seller_url=seller_url,
        breadcrumbs=crumbs,
        buyable=buyable,
        image_text=image_text,
        numbers=(),
        transcript=spoken,
    ))  # fmt: skip


def pictured(subject: Listing | Seller, image_text: Field) -> Listing | Seller:
    """The same listing or seller's page with what its pictures say; where they say something it is another version."""
    text = Field(state=image_text.state, text=clean(image_text.text), source=image_text.source)
    if isinstance(subject, Listing):
        return renewed(replace(subject, image_text=text))
    return _sold_by(replace(subject, image_text=text))


def renewed(listing: Listing) -> Listing:
    """The listing as it is after a field of it has changed: its numbers found anew, under the hash of all it says."""
    found = (
        *_numbers("title", listing.title.text),
        *(seen for row in listing.attributes for seen in _in_row(row)),
        *_numbers("description", listing.description.text),
        *_numbers("image_text", _text_of(listing.image_text)),
        *(seen for said in listing.transcript for seen in _numbers(f"transcript:{said.at}", said.text)),
    )
    return _versioned(replace(listing, numbers=found))


def _text_of(image_text: Field) -> str:
    return image_text.text if image_text.state is FieldState.SEEN else ""


def _versioned(listing: Listing) -> Listing:
    """A listing under the hash of what it is and all it says: two that say the same are two, with findings of their own."""
    says = (listing.title, listing.price, listing.description, listing.seller, listing.buyable, listing.image_text)
    return replace(listing, version=content_id(
        listing.id, *(part for field in says for part in (field.state, field.text)),
        *(part for row in listing.attributes for part in (row.name, row.value)),
        *listing.pictures, *listing.breadcrumbs, listing.seller_url,
        *(part for said in listing.transcript for part in (said.at, said.speaker, said.text)),
    ))  # fmt: skip


def seller(
    *,
    storefront: str,
    family: str,
    url: str,
    page: Literal["home", "licence"],
    name: Field,
    text: Field,
    uscc: Field = ABSENT,
    pictures: Iterable[tuple[str, str]] = (),
    links: Iterable[tuple[str, str]] = (),
) -> Seller:
    """A seller's page with its id (storefront, kind of page, canonical address), version and numbers. Without a USCC
    given, the first one in the text counts, else the first one read in a picture of a licence."""
    images = tuple((clean(url), clean(alt)) for url, alt in dict(pictures).items())[:MAX_PICTURES]
    ways = tuple((clean(url), clean(words)) for url, words in links)
    return _sold_by(Seller(
        id=content_id(storefront, "seller", page, canonical(url)),
        version="",
        storefront=storefront,
        family=family,
        url=url,
        page=page,
        name=name,
        uscc=uscc,
        text=text,
        pictures=images,
        links=ways,
        numbers=(),
    ))  # fmt: skip


def _sold_by(seller: Seller) -> Seller:
    """A seller's page with its numbers, under the hash of all it says."""
    read = _text_of(seller.image_text)
    found = (*_numbers("text", seller.text.text), *_numbers("image_text", read))
    codes = (one for one in found if one.number.type == "uscc")
    # Of two codes that the recognition may have confused a wrong check digit tells which is none.
    code = next((one for one in codes if one.field == "text" or one.number.valid is not False), None)
    uscc = seen(code.number.raw, code.field) if code and seller.uscc.state is not FieldState.SEEN else seller.uscc
    whole = replace(seller, uscc=uscc, numbers=found)
    return replace(whole, version=version_of(whole))


def version_of(subject: Listing | Seller) -> str:
    """The hash of what a listing or a seller's page is and all it says, which its version is named by."""
    if isinstance(subject, Listing):
        return _versioned(subject).version
    read = _text_of(subject.image_text)
    return content_id(
        subject.id,
        *(part for field in (subject.name, subject.uscc, subject.text) for part in astuple(field)[:2]),
        *(part for pair in subject.pictures + subject.links for part in pair),
        *(("image_text", read) if read else ()),
    )


def _rows(attributes: Iterable[Attribute]) -> tuple[Attribute, ...]:
    known, rows = fields(), dict[str, Attribute]()
    for row in attributes:
        name, value = clean(row.name).strip(), clean(row.value).strip()
        if not name or (not value and known.id(name) not in _HOLD_NUMBERS) or len(rows) >= MAX_ATTRIBUTES:
            continue
        before = rows.get(name)
        if before is None or not before.value:
            rows[name] = Attribute(name=name, value=value, source=row.source)
        elif value and value not in before.value.split("\n"):
            rows[name] = Attribute(name=name, value=f"{before.value}\n{value}", source=before.source)
    return tuple(rows.values())


def _in_row(row: Attribute) -> tuple[NumberSeen, ...]:
    name = f"attribute:{row.name}"
    found = _numbers(name, row.value)
    kinds = _BARE.get(fields().id(row.name), ()) if not found else ()
    if kinds and (bare := numbers.parse(row.value)) and bare.type in kinds and bare.valid is not False:
        return (NumberSeen(field=name, number=bare),)
    return found


def _numbers(name: str, text: str) -> tuple[NumberSeen, ...]:
    return tuple(NumberSeen(field=name, number=n) for n in numbers.find(text)) if text else ()
