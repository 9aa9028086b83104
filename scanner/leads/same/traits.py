"""What a seller shows of itself, as values that can be compared.

Owns: the kinds of trait and their names. Leaves to others: reading them (``reading``), what they are worth
(``likeness``), keeping them (``store.identities``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from operator import itemgetter

from scanner.store.identities import Trait

__all__ = ["TITLES", "Common", "Kind", "Trait", "Traits", "common", "gathered"]


class Kind(StrEnum):
    """What a trait is. ``licence``: type and number; ``picture``: SHA-256 of a licence picture's bytes; ``template``:
    ``page.skeleton``; ``domain``: a host that is no platform's; ``icp``: the operator's number without that of the site."""

    STOREFRONT = "storefront"
    NAME = "name"
    USCC = "uscc"
    LICENCE = "licence"
    PHONE = "phone"
    WECHAT = "wechat"
    EMAIL = "email"
    ADDRESS = "address"
    PERSON = "person"
    PICTURE = "picture"
    TEMPLATE = "template"
    DOMAIN = "domain"
    ICP = "icp"


TITLES: Mapping[Kind, str] = {
    Kind.STOREFRONT: "店铺网址",
    Kind.NAME: "名称",
    Kind.USCC: "统一社会信用代码",
    Kind.LICENCE: "许可或者备案编号",
    Kind.PHONE: "电话",
    Kind.WECHAT: "微信号",
    Kind.EMAIL: "电子邮箱",
    Kind.ADDRESS: "地址",
    Kind.PERSON: "法定代表人或者负责人",
    Kind.PICTURE: "证照图片",
    Kind.TEMPLATE: "页面模板",
    Kind.DOMAIN: "网站域名",
    Kind.ICP: "ICP备案主体",
}

Common = Mapping[tuple[str, str], int]  # (kind, value) -> how many sellers show it


@dataclass(frozen=True, slots=True)
class Traits:
    """All traits of one seller. ``key`` is its ``draft.seller_key``: storefront, line feed, folded name."""

    key: str
    shown: tuple[Trait, ...]
    _by: dict[str, dict[str, Trait]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by: dict[str, dict[str, Trait]] = {}
        for one in self.shown:  # asked for by kind some thirty times in every comparison
            by.setdefault(one.kind, {})[one.value] = one
        object.__setattr__(self, "_by", by)

    @property
    def storefront(self) -> str:
        return self.key.partition("\n")[0]

    @property
    def nameless(self) -> bool:
        """Whether its pages name no seller: all that is known is the storefront."""
        return not self.key.partition("\n")[2]

    def of(self, kind: Kind) -> dict[str, Trait]:
        """Its traits of one kind by value, in order."""
        return self._by.get(kind, {})


def gathered(rows: Iterable[tuple[str, Trait]]) -> Iterator[Traits]:
    """Sellers from rows (seller key, trait) that come by key."""
    for key, group in groupby(rows, key=itemgetter(0)):
        yield Traits(key, tuple(trait for _, trait in group))


def common(sellers: Iterable[Traits]) -> Common:
    """How many of these sellers show each value."""
    return Counter((one.kind, one.value) for seller in sellers for one in seller.shown)
