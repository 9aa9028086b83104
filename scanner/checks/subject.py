"""Subjects that come from no page: a fragment of text, an example of a rule.

Owns: making a Listing or Seller out of a few texts, with the numbers found in them. Leaves to others: reading real pages
(``crawl`` and ``spiders``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from scanner import numbers
from scanner.model import Attribute, Field, FieldState, Listing, NumberSeen, Seller, content_id

NOT_SEEN = Field(state=FieldState.NOT_SEEN)


def listing(
    name: str,
    *,
    title: str = "",
    text: str = "",
    attributes: Mapping[str, str] | None = None,
    image_text: str | None = None,
    pictures: Iterable[str] = (),
    breadcrumbs: Iterable[str] = (),
    buyable: str = "",
    seller: str = "",
) -> Listing:
    """A listing called ``name`` that says just this. ``image_text`` None: pictures were not looked at."""
    rows = tuple(Attribute(name=k, value=v) for k, v in (attributes or {}).items())
    texts = {"title": title, **{f"attribute:{r.name}": r.value for r in rows}, "description": text}
    if image_text is not None:
        texts["image_text"] = image_text
    return Listing(
        id=content_id(name), version=content_id(name, *(x for kv in texts.items() for x in kv)), storefront="", family="",
        url="", product_id=name, title=_field(title), price=NOT_SEEN, description=_field(text), attributes=rows,
        pictures=tuple(pictures), seller=_field(seller), seller_url="", breadcrumbs=tuple(breadcrumbs),
        buyable=_field(buyable) if buyable else NOT_SEEN, numbers=_numbers(texts),
        image_text=Field(state=FieldState.NOT_LOOKED_AT) if image_text is None else _field(image_text),
    )  # fmt: skip


def shop(
    name: str,
    *,
    text: str,
    seller: str = "",
    pictures: Iterable[str] = (),
    links: Mapping[str, str] | None = None,
    page: Literal["home", "licence"] = "licence",
    url: str = "",
) -> Seller:
    """A seller's page that says just this; ``pictures`` are their alternative texts, ``links`` address -> words."""
    return Seller(
        id=content_id(name), version=content_id(name, text), storefront="", family="", url=url, page=page,
        name=_field(seller), uscc=NOT_SEEN, text=_field(text), pictures=tuple(("", alt) for alt in pictures),
        links=tuple((links or {}).items()),
        numbers=tuple(NumberSeen(field="text", number=number) for number in numbers.find(text)),
    )  # fmt: skip


def _field(text: str) -> Field:
    return Field(state=FieldState.SEEN if text else FieldState.ABSENT, text=text)


def _numbers(texts: Mapping[str, str]) -> tuple[NumberSeen, ...]:
    return tuple(
        NumberSeen(field=field, number=number)
        for field, text in texts.items()
        for number in numbers.find(text)
        if number.type not in numbers.IDENTIFIERS
    )
