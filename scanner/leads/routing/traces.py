"""Traces: everything in the hands of an office that says where a seller is, as plain values with their sources.

    Traces(numbers=..., usccs=..., registered=..., addresses=..., names=...)
    of_case(case, records, known)      those that the book and the register hold for a lead

Owns: the values, and taking them out of a case file and register rows. Leaves to others: what each of them says (``votes``).
A platform's own numbers, which stand at the foot of every shop's page there, are marked as such: they say nothing of the seller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from scanner.leads.gather import seller_name
from scanner.model import CaseFile, Field, FieldState, Lane, Listing, NumberSeen, Record, Seller
from scanner.registry.company.parts import key_of
from scanner.registry.sellers.platforms import shipped

GOODS = "商品页"  # how the place of a trace begins that stood on a product's page
_FIELDS = {
    "title": "标题", "product_name": "产品名称", "description": "描述", "image_text": "图片文字", "text": "文字", "transcript": "口播文字",
    "seller": "店铺名称",
}  # fmt: skip
Server = Literal["mainland", "abroad", "unknown"]

# A label of an address of the seller; what stands before it may make it another's (生产地址, 退货地址).
# What stands behind an address on the same line: white space, then the next label up to its colon, which ends the address.
_NEXT = re.compile(r"\s+[^\s\d]{2,10}$")
_ADDRESS = re.compile(
    r"(?P<before>[㐀-鿿]{0,4}?)(?P<label>经营场所|住所|(?:公司|企业|经营|注册|联系|办公|单位|店铺)?地址)[:：]\s{0,4}(?P<value>[^\s:：;；。|][^\n:：;；。|]{3,79})"
)
_OTHERS = re.compile(r"生产|注册人|备案人|厂家|厂址|制造|委托|退货|收货|发货|仓库|库房|代理人|受托|邮箱|网站|网络|平台")
_ROWS = frozenset(
    ("经营场所", "住所", "公司地址", "企业地址", "经营地址", "注册地址", "联系地址", "商家地址", "店铺地址", "卖家地址")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Something said, and in Chinese where it stood."""

    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What is known of a lead's seller. ``numbers``: as ``scanner.numbers`` gives them, with the field they stood in.
    ``usccs`` and ``registered`` (addresses) come from registers, ``addresses`` and ``names`` from pages. ``texts`` are what
    signs for other authorities are looked for in. ``icp``: whether an ICP number was seen on the site; only ``absent`` says
    that there is none. ``on_platform``: the name of the platform on which the shop stands."""

    numbers: tuple[NumberSeen, ...] = ()
    usccs: tuple[Trace, ...] = ()
    registered: tuple[Trace, ...] = ()
    addresses: tuple[Trace, ...] = ()
    names: tuple[Trace, ...] = ()
    texts: tuple[Trace, ...] = ()
    is_platform: bool = False
    on_platform: str = ""
    icp: FieldState = FieldState.NOT_LOOKED_AT
    server: Server = "unknown"
    unreachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a person knows beside the book: None and "unknown": nothing. ``texts``: what a complaint or a tip says."""

    is_platform: bool | None = None
    server: Server = "unknown"
    unreachable: bool = False
    registered: tuple[Trace, ...] = ()
    usccs: tuple[Trace, ...] = ()
    texts: tuple[Trace, ...] = ()


def of_case(case: CaseFile, records: Iterable[Record] = (), known: Known | None = None) -> Traces:
    """The traces of a lead's seller. ``records``: rows of registers for the licences that its pages show; those of holders
    who are called otherwise than the seller are another's and left out."""
    given = known or Known()
    subjects: tuple[Listing | Seller, ...] = (*case.sellers, *case.listings)
    numbers = tuple(_numbers(subjects))
    platform = _platform(case, subjects)
    filed = any(seen.number.type == "platform_filing" and seen.number.valid is not False for seen in numbers)
    own = given.is_platform if given.is_platform is not None else filed and not case.lead.seller and not platform
    shop = "" if own else platform or ("本网站（展示第三方平台备案编号）" if filed else "")
    names = _once(_names(case, subjects))
    rows = _own(records, names)
    return Traces(
        numbers=numbers,
        usccs=_once((*(Trace(text=row.uscc, where=_row(row)) for row in rows if row.uscc), *given.usccs)),
        registered=given.registered,
        addresses=_once(_addresses(subjects)),
        names=_once(
            (*_names(case, subjects), *(Trace(text=row.holder, where=_row(row)) for row in rows if row.holder))
        ),
        texts=(*_texts(subjects), *given.texts),
        is_platform=bool(own),
        on_platform=shop,
        icp=_icp(case, numbers),
        server=given.server,
        unreachable=given.unreachable,
    )


def _own(records: Iterable[Record], names: Iterable[Trace]) -> list[Record]:
    called = {key_of(trace.text) for trace in names}
    return [row for row in records if not called or key_of(row.holder) in called]


def _row(row: Record) -> str:
    day = f"，{row.as_of.isoformat()}" if row.as_of is not None else ""
    return f"登记资料{row.number}（{row.source or '来源未写'}{day}）"


def _platform(case: CaseFile, subjects: Iterable[Listing | Seller]) -> str:
    hosts = dict.fromkeys((case.lead.storefront, *(one.storefront for one in subjects)))
    found = next((one for host in hosts if (one := shipped().at(host)) is not None), None)
    return found.names[0] if found is not None else ""


def _numbers(subjects: Iterable[Listing | Seller]) -> Iterator[NumberSeen]:
    """Each number once. A number that was recognised in a picture keeps that in its field."""
    seen = set[tuple[str, str]]()
    for subject in subjects:
        for one in subject.numbers:
            key = (one.number.type, one.number.number)
            if key not in seen:
                seen.add(key)
                yield replace(one, field=f"{_page(subject)}·{_place(one.field)}")


def _place(field: str) -> str:
    """Where on a page a field stands, in Chinese; a row of a table by its own name."""
    head, _, label = field.partition(":")
    return label if head == "attribute" and label else _FIELDS.get(head, head)


def _page(subject: Listing | Seller) -> str:
    return GOODS if isinstance(subject, Listing) else "首页" if subject.page == "home" else "证照页"


def _addresses(subjects: Iterable[Listing | Seller]) -> Iterator[Trace]:
    """Of product pages only rows that say whose address it is: in their text stands the maker's."""
    for subject in subjects:
        if isinstance(subject, Listing):
            for row in subject.attributes:
                if row.name.strip() in _ROWS:
                    yield Trace(text=row.value.strip()[:80], where=f"{GOODS}·{row.name.strip()}")
            continue
        for said, kind in ((subject.text, ""), (subject.image_text, "图片文字")):
            for label, value in labelled(said.text if said.state is FieldState.SEEN else ""):
                yield Trace(text=value, where=f"{_page(subject)}{kind}·{label}")


def labelled(text: str) -> Iterator[tuple[str, str]]:
    """The addresses of a text that stand behind a seller's label: (label, address)."""
    for found in _ADDRESS.finditer(text):
        if not _OTHERS.search(found["before"]):
            cut = text[found.end() : found.end() + 1] in (":", "：")
            yield found["label"], (_NEXT.sub("", found["value"]) if cut else found["value"]).strip()


def _names(case: CaseFile, subjects: Iterable[Listing | Seller]) -> Iterator[Trace]:
    if case.lead.seller:
        yield Trace(text=case.lead.seller, where="线索的经营者")
    for subject in subjects:
        if name := seller_name(subject):
            yield Trace(text=name, where=f"{_page(subject)}·经营者")


def _texts(subjects: Iterable[Listing | Seller]) -> Iterator[Trace]:
    for subject in subjects:
        page = _page(subject)
        if isinstance(subject, Listing):
            fields: tuple[tuple[str, Field], ...] = (
                ("标题", subject.title), ("描述", subject.description), ("图片文字", subject.image_text),
            )  # fmt: skip
            yield from (Trace(text=f"{row.name}：{row.value}", where=f"{page}·参数") for row in subject.attributes)
            yield from (Trace(text=said.text, where=f"{page}·{said.at}") for said in subject.transcript)
        else:
            fields = (("文字", subject.text), ("图片文字", subject.image_text))
        yield from (Trace(text=one.text, where=f"{page}·{word}") for word, one in fields if one.text)


def _icp(case: CaseFile, numbers: Iterable[NumberSeen]) -> FieldState:
    """Absent only where a browser has looked at the home page: other lanes do not see what scripts put at its foot."""
    if any(seen.number.type == "icp" for seen in numbers):
        return FieldState.SEEN
    homes = [one for one in case.sellers if one.page == "home" and one.text.state is FieldState.SEEN]
    if not homes:
        return FieldState.NOT_LOOKED_AT
    looked = {capture.url for capture in case.captures if capture.lane is Lane.BROWSER}
    return FieldState.ABSENT if any(one.url in looked for one in homes) else FieldState.NOT_SEEN


def _once(traces: Iterable[Trace]) -> tuple[Trace, ...]:
    found: dict[str, Trace] = {}
    for trace in traces:
        found.setdefault(trace.text, trace)
    return tuple(found.values())
