"""Votes: what each trace says by itself of where the seller is.

Owns: one answer a trace, with its quote, its source and how sure it is; the traces that say nothing, with the reason. Leaves to
others: weighing them against one another (``route``). No vote knows of another.

How sure: ``certain`` a licence number of sound form or a register's address; ``likely`` what a page or a code says (a company
keeps its USCC when it moves, a site its ICP number); ``weak`` a name, and what may be the maker's: a production licence, a
company code on a product's page. A number of wrong form has no vote.

Sources: GB 32100-2015 (USCC, characters 3 to 8 the registering authority's area), GB/T 2260, the number formats of
``scanner.numbers``; 非经营性互联网信息服务备案管理办法 (ICP filings lie with the province of the filer).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from scanner import numbers
from scanner.leads.routing.addresses import Addresses
from scanner.leads.routing.areas import Areas, Sure
from scanner.leads.routing.place import Place
from scanner.leads.routing.traces import GOODS, Trace, Traces
from scanner.model import Number, NumberSeen
from scanner.numbers.authority import DEMO

Kind = Literal["licence", "producer", "site_filing", "platform_filing", "uscc", "icp", "police_filing", "registered", "address", "name"]  # fmt: skip
WORDS: Mapping[Kind, str] = {
    "licence": "经营许可、备案编号", "producer": "生产许可、备案编号", "site_filing": "互联网信息服务编号", "platform_filing": "第三方平台备案编号",
    "uscc": "统一社会信用代码", "icp": "网站备案（ICP）编号", "police_filing": "公安机关备案号", "registered": "登记地址", "address": "页面地址",
    "name": "企业名称",
}  # fmt: skip
_KINDS: Mapping[str, Kind] = {
    "device_biz_license": "licence", "device_biz_filing": "licence", "drug_biz_license": "licence",
    "device_prod_license": "producer", "device_prod_filing": "producer",
    "net_drug_info": "site_filing", "net_info_filing": "site_filing", "net_drug_trade": "site_filing",
    "platform_filing": "platform_filing", "icp": "icp", "police_filing": "police_filing", "uscc": "uscc",
}  # fmt: skip
_SITES = frozenset(("site_filing", "icp", "police_filing"))  # of whoever runs the site


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One answer. ``about``: whether it speaks of the seller or of the platform the shop stands on. ``quote`` as it stood at
    ``where``; ``because`` in Chinese what the answer rests on."""

    kind: Kind
    quote: str
    where: str
    place: Place
    sure: Sure
    because: str
    about: Literal["seller", "platform"] = "seller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A trace that says nothing of a place, and why."""

    quote: str
    where: str
    because: str


@dataclass(frozen=True, slots=True)
class Votes:
    cast: tuple[Vote, ...]
    silent: tuple[Silent, ...]


def votes(traces: Traces, addresses: Addresses) -> Votes:
    """The votes of all traces, in the order of the traces, and those that cast none."""
    areas = addresses.areas
    found: list[Vote | Silent] = [one for seen in traces.numbers for one in _number(seen, traces, areas)]
    found += [_code(trace.text, trace.where, "likely", areas) for trace in traces.usccs]
    by_address = "登记资料里的住所或者经营场所"
    found += [_text(t, "registered", "certain", by_address, addresses.place) for t in traces.registered]
    found += [_text(t, "address", "likely", "页面自己写的地址", addresses.place) for t in traces.addresses]
    found += [_text(t, "name", "weak", "企业名称里的行政区划", addresses.of_name) for t in traces.names]
    return Votes(
        tuple(one for one in found if isinstance(one, Vote)), tuple(one for one in found if isinstance(one, Silent))
    )


def _number(seen: NumberSeen, traces: Traces, areas: Areas) -> Iterator[Vote | Silent]:
    number, kind = seen.number, _KINDS.get(seen.number.type)
    if kind is None:
        return  # numbers of goods say where the goods come from, not who sells them
    title = numbers.TITLES[number.type]
    parts = dict(number.parts)
    if parts.get("authority") == DEMO:
        yield Silent(quote=number.raw, where=seen.field, because=f"{title}是演示编号，不属于任何地区")
    elif number.valid is False:
        yield Silent(quote=number.raw, where=seen.field, because=f"{title}不合规则，不作依据：{number.why}")
    elif kind == "uscc":
        makers = seen.field.startswith(GOODS)
        vote = _code(number.number, seen.field, "weak" if makers else "likely", areas, quote=number.raw)
        yield replace(vote, because=f"{vote.because}；商品页上的可能是生产企业的代码") if makers else vote
    elif kind == "police_filing":
        yield _placed(
            areas.of(parts.get("area", "")), seen, kind, "likely", f"{title}前六位是受理机关的地区代码", traces
        )
    else:
        yield _prefixed(seen, kind, parts, areas, traces)


def _prefixed(seen: NumberSeen, kind: Kind, parts: Mapping[str, str], areas: Areas, traces: Traces) -> Vote | Silent:
    title = numbers.TITLES[seen.number.type]
    issued = areas.issued(parts.get("authority", ""), parts.get("city", ""))
    if issued is None:
        why = f"{title}的前缀“{parts.get('authority', '')}”不是省份的简称"
        return Silent(quote=seen.number.raw, where=seen.field, because=why)
    place, sure, because = issued
    return _placed(place, seen, kind, _cap(sure, kind, seen.number), f"{title}的前缀{because}", traces)


def _cap(sure: Sure, kind: Kind, number: Number) -> Sure:
    """Only the seller's own licence and a platform's filing are certain, and only where their form leaves no doubt."""
    if kind == "producer":
        return "weak"
    return sure if kind in ("licence", "platform_filing") and number.valid is True else "likely"


def _placed(
    place: Place | None, seen: NumberSeen, kind: Kind, sure: Sure, because: str, traces: Traces
) -> Vote | Silent:
    if place is None:
        return Silent(quote=seen.number.raw, where=seen.field, because=f"{because}，但不认识这个代码")
    shared = kind == "platform_filing" or (kind in _SITES and traces.on_platform != "")
    about: Literal["seller", "platform"] = "platform" if shared and not traces.is_platform else "seller"
    more = "；" + place.note if place.note and place.note not in because else ""
    if kind == "producer":
        more += "；这是生产企业所在地，销售者不一定在那里"
    return Vote(
        kind=kind, quote=seen.number.raw, where=seen.field, place=place, sure=sure, because=because + more, about=about
    )


def _code(code: str, where: str, sure: Sure, areas: Areas, quote: str = "") -> Vote | Silent:
    quote = quote or code
    found = numbers.parse(code)
    if found is None or found.type != "uscc" or found.valid is not True:
        why = found.why if found is not None and found.why else "不是完整的统一社会信用代码"
        return Silent(quote=quote, where=where, because=f"不作依据：{why}")
    area = found.number[2:8]
    place = areas.of(area)
    if place is None:
        return Silent(quote=quote, where=where, because=f"统一社会信用代码第3至8位{area}不是地区代码")
    because = f"统一社会信用代码第3至8位{area}是登记机关所在地{place.full}；迁址后代码不变"
    return Vote(
        kind="uscc", quote=quote, where=where, place=place, sure=sure,
        because=because + ("；" + place.note if place.note else ""),
    )  # fmt: skip


def _text(
    trace: Trace, kind: Literal["registered", "address", "name"], sure: Sure, rests: str,
    read: Callable[[str], Place | None],
) -> Vote | Silent:  # fmt: skip
    place = read(trace.text)
    if place is None:
        why = "名称里没有能确定的地名" if kind == "name" else "读不出能确定的省、市、县"
        return Silent(quote=trace.text, where=trace.where, because=why)
    note = "；" + place.note if place.note else ""
    return Vote(
        kind=kind, quote=trace.text, where=trace.where, place=place, sure=sure, because=f"{rests}：{place.full}{note}"
    )
