"""What a letter rests on, and the names that its template may use.

Owns: :class:`Given`, :data:`NAMES` (every name with what it is, and the columns of its rows) and :func:`names`, which fills them out
of a case as people read it (buyers' data covered). Leaves to others: whom it is to (``addressee``), the words of findings (``rows``),
what is covered for the public (``public``), filling (``filling``).

What is not known is a blank that says who fills it in, or the word for why it is not known (未取到, 页面没有, 未检查); never a guess.
Decisions' notes and where complaints and tips (投诉举报) came from are not in here: they could tell who reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from scanner import clock
from scanner.leads import clocks
from scanner.leads.clocks import Terms
from scanner.leads.order import MEASURES, TRANSFERS
from scanner.leads.routing.route import Route
from scanner.leads.routing.traces import Traces
from scanner.leads.routing.units import Units
from scanner.model import CaseFile, Disposition, LeadSource, Measure
from scanner.numbers import TITLES
from scanner.report import forms, words
from scanner.report.letters import addressee, rows
from scanner.report.letters.addressee import Addressee
from scanner.report.letters.kinds import Kind
from scanner.report.letters.rows import short
from scanner.report.view import View

BLANK = forms.BLANK
NUMBER_BLANK = "＿＿＿＿〔＿＿＿＿〕＿＿＿号（文号由制发单位编）"
DATE_BLANK = "＿＿＿＿年＿＿月＿＿日"
SEAL_BLANK = "（印章）"
CONFIDENTIAL = "来源依法保密，不在文书中写明"
MAX_FOUND, MAX_PAGES, MAX_ITEMS = 60, 100, 400  # told in a letter; the package has them all

_SECRET = frozenset((LeadSource.COMPLAINT, LeadSource.TIP))
_LICENCES = frozenset((
    "device_biz_license", "device_biz_filing", "device_prod_license", "device_prod_filing", "drug_biz_license", "net_sales",
    "platform_filing", "net_drug_info", "net_info_filing", "net_drug_trade", "icp", "police_filing",
))  # fmt: skip
_ICP = {
    "seen": "", "not_seen": "未取到（不等于没有）", "absent": "首页没有", "unreadable": "无法辨认", "not_looked_at": "未检查",
}  # fmt: skip
_COUNTS = {"calendar": "日", "working": "个工作日"}

# Every name -> what it is; the columns where it is rows.
NAMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mark_says": ("演示或者演练的标记，真实案件为空", ()),
    "title": ("文书名称", ()),
    "number_blank": ("文号空白", ()),
    "date_blank": ("日期空白", ()),
    "seal_blank": ("印章空白", ()),
    "blank": ("空白横线，由执法人员填写", ()),
    "to": ("受文单位，不知道时是空白横线", ()),
    "to_hint": ("受文单位还没有人确定时，给拟稿人的提示", ()),
    "unit": ("制发单位（config.yaml 的 unit）", ()),
    "operator": ("经办人", ()),
    "made": ("制作时间", ()),
    "lead": ("线索编号", ()),
    "matter": ("事项", ()),
    "verdict": ("最重判断和严重程度", ()),
    "opened": ("发现时间", ()),
    "source": ("线索来源；投诉举报不写", ()),
    "seller": ("经营者，页面所示", ()),
    "uscc": ("统一社会信用代码，页面所示", ()),
    "addresses": ("页面所示地址，写明出处", ()),
    "licences": ("页面所示的许可、备案编号", ()),
    "storefront": ("网站（主机名）", ()),
    "platform": ("平台名称，没有时是网站", ()),
    "site": ("网站情况（可以循环）", ("label", "text")),
    "findings": ("发现的数目", ()),
    "found": ("监测所见（可以循环）", rows.FOUND),
    "register": ("登记比对（可以循环）", rows.REGISTER),
    "sources": ("登记数据来源（可以循环）", ()),
    "screening": ("移送的理由：值得筛查的字样（可以循环）", rows.SCREENING),
    "jurisdiction": ("管辖的依据，逐条（可以循环）", ()),
    "contact": ("联系的经过：可以按哪里联系，时间和结果空着（可以循环）", rows.CONTACT),
    "elsewhere": ("依据指向的地方；在本单位名单的范围里，或者不知道时，为空", ()),
    "pages": ("取证页（可以循环）", rows.PAGES),
    "items": ("证据目录（可以循环）", ("number", "name", "source", "time", "format", "place", "sha256", "sm3")),
    "package": ("证据包的名称、校验和、公钥指纹；没有做过时写明", ()),
    "term": ("反馈期限和延期的规定（可以循环）", ()),
    "disposition": ("处置措施（可以循环）", ()),
    "unchecked": ("未检查、未核实的事项（可以循环）", ()),
    "limits": ("不能证明什么（可以循环）", ()),
    "left_out": ("篇幅所限没有列出的（可以循环）", ()),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The latest package made of the lead, as the journal has it. ``later``: captures of the lead sealed after it was made."""

    name: str
    sums: str
    fingerprint: str
    later: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a letter rests on. ``view`` and ``traces`` are of the case as people read it; ``to``: whom a person names, "" nobody;
    ``purged``: captures, by id, whose records are gone."""

    view: View
    route: Route
    traces: Traces
    units: Units
    terms: Terms
    package: Package | None = None
    to: str = ""
    purged: frozenset[str] = field(default_factory=frozenset)


def names(kind: Kind, given: Given) -> dict[str, Any]:
    """The values of all :data:`NAMES`: texts, lists of texts, rows of texts."""
    view, case, lead = given.view, given.view.case, given.view.case.lead
    to = addressed(kind, given)
    found = [rows.found(shown, view) for shown in view.found[:MAX_FOUND]]
    made = {
        "mark_says": f"【{case.mark}：不是证据，不得用于任何案件】" if case.mark else "",
        "title": kind.title, "number_blank": NUMBER_BLANK, "date_blank": DATE_BLANK, "seal_blank": SEAL_BLANK, "blank": BLANK,
        "to": short(to.name, 120) or BLANK, "to_hint": addressee.hint(to),
        "unit": case.unit or BLANK, "operator": case.operator or BLANK, "made": words.moment(case.made),
        "lead": str(lead.number), "matter": words.said(lead.matter), "opened": words.moment(lead.opened),
        "verdict": f"{words.said(lead.verdict)}；{words.said(lead.severity)}（自动判断，供参考）", "source": _source(case),
        "seller": short(seller_of(case), 120) or BLANK, "uscc": _uscc(case) or BLANK, "addresses": _addresses(given.traces),
        "licences": _licences(given.traces), "storefront": short(lead.storefront, 200),
        "platform": given.traces.on_platform or short(lead.storefront, 200), "site": _site(given),
        "findings": str(len(view.found)), "found": found, "register": rows.register(view),
        "sources": [rows.source(one) for one in case.sources],
        "screening": [rows.screening(one) for one in given.route.proposals if one.kind in kind.proposed],
        "contact": rows.contact(given.traces, BLANK, DATE_BLANK),
        "jurisdiction": _jurisdiction(given.route), "elsewhere": _elsewhere(given.route),
        "pages": [rows.page(one) for one in view.pages[:MAX_PAGES]], "items": [rows.item(one) for one in forms.items(view)[:MAX_ITEMS]],
        "package": _package(given.package), "term": _term(given), "disposition": _disposition(case),
        "unchecked": list(view.unchecked)[:100], "limits": [line.replace("本报告", "本文书") for line in view.limits], "left_out": _left_out(given),
    }  # fmt: skip
    assert made.keys() == NAMES.keys()
    return made


def addressed(kind: Kind, given: Given) -> Addressee:
    """Whom the letter is to: whom a person names, else what routing says."""
    if given.to:
        return Addressee(name=addressee.given(given.to, given.units), sure=True)
    return addressee.of(kind, given.view.case.lead, given.route, given.units)


def disposed(case: CaseFile) -> tuple[Disposition, ...]:
    """What units found and did, oldest first; nothing where the last word is that the lead is unfounded (不属实)."""
    said = tuple(step.disposition for step in case.decisions if step.disposition is not None)
    return () if said and Measure.UNFOUNDED in said[-1].measures else said


def seller_of(case: CaseFile) -> str:
    """Who sells, as the pages show it; "" where they do not."""
    return case.lead.seller or next((one.name.text for one in case.sellers if one.name.text), "")


def _uscc(case: CaseFile) -> str:
    return short(next((one.uscc.text for one in case.sellers if one.uscc.text), ""), 60)


def _source(case: CaseFile) -> str:
    lead = case.lead
    if lead.source in _SECRET:
        return CONFIDENTIAL
    return words.said(lead.source) + (f"，来文编号 {short(lead.reference, 80)}" if lead.reference else "")


def _addresses(traces: Traces) -> str:
    said = [f"{short(one.text, 120)}（{one.where}）" for one in (*traces.addresses, *traces.registered)]
    return "\n".join(said[:10]) or "没有取到写明是经营者的地址"


def _licences(traces: Traces) -> str:
    said = []
    for seen in traces.numbers:
        if seen.number.type in _LICENCES:
            wrong = f"；编号不合规则：{seen.number.why}" if seen.number.valid is False else ""
            said.append(f"{TITLES[seen.number.type]}　{short(seen.number.number, 80)}（{seen.field}{wrong}）")
    return "\n".join(said[:20]) or "没有取到许可、备案编号"


def _site(given: Given) -> list[dict[str, str]]:
    """What tells a site from others: domain, addresses of servers, filing (ICP). WHOIS is not asked by the program."""
    case, traces = given.view.case, given.traces
    servers = dict.fromkeys(capture.ip for capture in case.captures if capture.ip)
    filed = [seen.number.number for seen in traces.numbers if seen.number.type == "icp"]
    where = {"mainland": "境内（经办人查实）", "abroad": "境外（经办人查实）", "unknown": "没有查实"}
    pairs = {
        "域名": short(case.lead.storefront, 200), "所在平台": traces.on_platform or "没有认出平台",
        "服务器 IP 地址": "、".join(list(servers)[:20]) or "没有记录", "服务器所在地": where[traces.server],
        "网站备案（ICP）编号": "、".join(short(one, 60) for one in filed) or _ICP[traces.icp],
        "域名注册信息（WHOIS）": f"程序没有查询。{BLANK}",
    }  # fmt: skip
    return [{"label": label, "text": text} for label, text in pairs.items()]


def _elsewhere(route: Route) -> str:
    """Where a lead belongs that is another area's."""
    return route.place.full if route.place is not None and route.unit is not None and not route.unit.own else ""


def _jurisdiction(route: Route) -> list[str]:
    """What the place rests on; whose list of units it is not in is said to the drafter alone."""
    return [short(line, 400) for line in (route.because[1:] if _elsewhere(route) else route.because)]


def _package(package: Package | None) -> str:
    if package is None:
        return "尚未制作证据包。送出之前请先制作（qingwang package），并重新做本文书。"
    later = f"该证据包制作以后又封存了 {package.later} 个取证页，不在其中。" if package.later else ""
    return f"证据包 {package.name}；SHA256SUMS 的 SHA-256：{package.sums}；签名公钥指纹：{package.fingerprint}。{later}"


def _term(given: Given) -> list[str]:
    """The day the result is due where the unit has signed, else the term; both with what may be asked for."""
    lead, terms = given.view.case.lead, given.terms
    count, basis = _COUNTS[terms.result.count], f"（{terms.result.basis}）" if terms.result.basis else ""
    said = [f"自签收之日起 {terms.result.days} {count}内反馈结果，签收当日不计，末日 24 时止{basis}。"]
    if lead.received is not None and lead.due is not None:
        stands = clocks.stand(terms, lead.received, lead.due, clock.day(given.view.case.made))
        left = f"还有 {stands.left} {count}" if not stands.overdue else f"已超期 {-stands.left} {count}"
        said.append(
            f"{_day(stands.received)}签收，反馈期限到 {_day(lead.due)} 24 时（北京时间）；制作本文书时是第 {stands.day} {count}，{left}。"
        )
        said += [f"{year} 年的节假日安排没有录入，只扣除了周末。" for year in stands.guessed]
    else:
        said.append("尚未签收，期限自签收起算。")
    said.append(
        f"确需延期的，在第 {terms.extension.ask_before} {count}之前申请，一般不超过 {terms.extension.days} {count}。"
    )
    return said


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _disposition(case: CaseFile) -> list[str]:
    said = disposed(case)
    measures = dict.fromkeys(MEASURES[one] for each in said for one in each.measures)
    lines = [f"处置措施：{'、'.join(measures)}。"] if measures else []
    for label, total in (
        ("罚款", sum(Decimal(one.fine) for one in said)),
        ("没收违法所得", sum(Decimal(one.income) for one in said)),
    ):
        lines += [f"{label}合计 {total:.2f} 元。"] if total else []
    transfers = dict.fromkeys(TRANSFERS[to] for each in said for to in each.transfers)
    return lines + ([f"移送：{'、'.join(transfers)}。"] if transfers else [])


def _left_out(given: Given) -> list[str]:
    view = given.view
    said = [
        f"{what}共 {many} 项，此处列出前 {most} 项"
        for what, many, most in (
            ("监测所见", len(view.found), MAX_FOUND), ("取证页", len(view.pages), MAX_PAGES),
            ("证据目录", len(forms.items(view)), MAX_ITEMS),
        )
        if many > most
    ]  # fmt: skip
    said += [
        f"取证页 {page.number} 的原始记录已按保存期限清除，以当时的证据包为准"
        for page in view.pages
        if page.capture.id in given.purged
    ]
    return said
