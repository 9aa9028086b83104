"""The rows of a letter: a finding, a comparison with the register, a sign for another authority, a capture, each as short texts.

Owns: their columns and wording. Leaves to others: which of them a letter has (``facts``), covering (``masking``, ``public``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scanner.leads.routing.proposals import Proposal
from scanner.leads.routing.traces import Trace, Traces
from scanner.model import Basis, Compared, FieldState, Listing, SourceStamp, StandingAnswer
from scanner.report import words
from scanner.report.view import Page, Shown, View

FOUND = (
    "number", "says", "verdict", "where", "before", "quote", "after", "subject", "url", "basis", "standing", "page", "time",
    "sha256", "second", "beside", "unchecked",
)  # fmt: skip
REGISTER = ("number", "stands", "why", "compared", "record", "sources")
SCREENING = ("because", "law", "quotes")
CONTACT = ("when", "how", "result")
PAGES = ("number", "time", "url", "sha256", "lane", "ip", "outcome")

MAX_QUOTE, MAX_URL, MAX_NAME = 400, 1000, 200  # characters; the package has them whole
MAX_ANSWERS = 40


def short(text: str, most: int) -> str:
    """``text``, cut with a note.

    >>> short("一二三", 2)
    '一二……（另有 1 字）'
    """
    return text if len(text) <= most else f"{text[:most]}……（另有 {len(text) - most} 字）"


def moment(time: datetime) -> str:
    """A time in a narrow column: Beijing's, and below it UTC."""
    return words.moment(time).replace("，", "\n")


def found(shown: Shown, view: View) -> dict[str, str]:
    """A finding: what was seen and where, on which basis, what proves it."""
    finding, part = shown.finding, shown.excerpt
    first = view.pages[shown.page - 1].capture if shown.page else None
    where = f"，第 {finding.start + 1} 至 {finding.end} 字" if finding.quote else ""
    return {
        "number": str(shown.number), "says": short(finding.says, MAX_QUOTE),
        "verdict": f"{words.said(finding.verdict)}，{words.said(finding.severity)}",
        "where": short(words.field_name(finding.field), MAX_NAME) + where,
        "before": ("……" if part.cut_before else "") + part.before if finding.quote else "",
        "quote": short(finding.quote, MAX_QUOTE) or "（页面上没有应当展示的内容）",
        "after": part.after + ("……" if part.cut_after else "") if finding.quote else "",
        "subject": _subject(shown), "url": short(shown.subject.url, MAX_URL) if shown.subject is not None else "—",
        "basis": "\n".join(basis(one) for one in finding.basis) or "规则没有写明",
        "standing": _standing(finding.standing),
        "page": f"取证页 {shown.page}" if shown.page else "取证页不在本案卷中",
        "time": moment(first.time) if first is not None else "—", "sha256": first.digest if first is not None else "—",
        "second": words.said(shown.second_look), "beside": "\n".join(finding.beside), "unchecked": "\n".join(finding.unchecked),
    }  # fmt: skip


def basis(one: Basis) -> str:
    """A legal basis in force on the day judged, as a short citation."""
    since = f"（{one.since}起施行{f'，{one.until}废止' if one.until else ''}）" if one.since else ""
    liability = f"；法律责任：{one.liability}" if one.liability else ""
    return f"《{one.law}》{one.article}{one.point}{liability}{since}{'' if one.verified else '【未核原文】'}"


def register(view: View) -> list[dict[str, str]]:
    """The register's answers that the findings rest on, each once."""
    asked = (shown.finding for shown in view.found)
    answers = dict.fromkeys(finding.standing for finding in asked if finding.standing is not None)
    return [_answer(one) for one in list(answers)[:MAX_ANSWERS]]


def source(one: SourceStamp) -> str:
    """A register source: whose word it is, and as of when."""
    sure = ("权威来源" if one.authoritative else "非权威来源") + ("，只是样本" if one.sample else "")
    return f"{one.id}（截至 {one.as_of or '日期不明'}，{sure}）"


def screening(one: Proposal) -> dict[str, str]:
    """Why a transfer is proposed: words worth screening, never a verdict."""
    law = f"{one.law}{'' if one.verified else '【未核原文】'}" if one.law else "—"
    return {"because": one.because, "law": law, "quotes": traced(one.quotes) or "—"}


def contact(traces: Traces, blank: str, date_blank: str) -> list[dict[str, str]]:
    """How the seller may be reached, one line each to be filled in with what came of it; the last line is for other ways."""
    known = dict.fromkeys(f"{short(one.text, 120)}（{one.where}）" for one in (*traces.registered, *traces.addresses))
    ways = [
        f"登记的住所、经营场所：{blank}（按登记机关的资料填写）",
        *list(known)[:10],
        f"电话、平台站内消息、电子邮件等：{blank}",
    ]
    return [{"when": date_blank, "how": way, "result": blank} for way in ways]


def page(one: Page) -> dict[str, str]:
    """A capture."""
    capture = one.capture
    return {
        "number": str(one.number), "time": moment(capture.time), "url": short(capture.url, MAX_URL),
        "sha256": capture.digest, "lane": words.said(capture.lane), "ip": capture.ip or "没有记录",
        "outcome": words.said(one.outcome) if one.outcome else "—",
    }  # fmt: skip


def item(row: dict[str, str]) -> dict[str, str]:
    """A piece of evidence as the list of evidence (``forms``) has it, for a narrower column."""
    return row | {"time": row["time"].replace("，", "\n")}


def traced(quotes: Sequence[Trace]) -> str:
    """Quotes with where they stood."""
    return "\n".join(f"“{short(one.text, 120)}”（{one.where}）" for one in quotes)


def _subject(shown: Shown) -> str:
    one = shown.subject
    if one is None:
        return "页面的内容不在本案卷中"
    if isinstance(one, Listing):
        number = f"（商品编号 {short(one.product_id, 60)}）" if one.product_id else ""
        said = one.title.text if one.title.state is FieldState.SEEN else f"标题{words.said(one.title.state)}"
        return short(said, MAX_NAME) + number
    name = one.name.text if one.name.state is FieldState.SEEN else f"名称{words.said(one.name.state)}"
    return f"{'证照页' if one.page == 'licence' else '店铺首页'}　{short(name, MAX_NAME)}"


def _standing(answer: StandingAnswer | None) -> str:
    if answer is None:
        return ""
    stands = "、".join(words.said(one) for one in answer.standing)
    return f"{answer.number}：{stands}。{answer.why}（以 {answer.on} 为准；{_sure(answer)}）"


def _sure(answer: StandingAnswer) -> str:
    return "依据权威来源" if answer.hard else "不是权威来源的结论，须再核对"


def _answer(answer: StandingAnswer) -> dict[str, str]:
    row = answer.record
    record = "登记中没有取到这个编号的记录"
    if row is not None:
        until = row.valid_until or "来源没有写明"
        record = f"{row.product}\n注册人、备案人：{row.holder}\n型号规格：{short(row.model, MAX_NAME) or '—'}\n有效期至：{until}"
        record += f"\n{row.withdrawn_on} 注销" if row.withdrawn_on else ""
    return {
        "number": f"{answer.number}\n{words.NUMBERS.get(answer.type, '')}",
        "stands": "、".join(words.said(one) for one in answer.standing),
        "why": f"{answer.why}（以 {answer.on} 为准；{_sure(answer)}）",
        "compared": "\n".join(_compared(one) for one in answer.compared) or "没有比对其他内容",
        "record": record, "sources": "\n".join(source(one) for one in answer.sources) or "没有可查的来源",
    }  # fmt: skip


def _compared(one: Compared) -> str:
    because = f"（{one.because}）" if one.because else ""
    return f"{one.what}　页面：{short(one.page, MAX_NAME)}　登记：{short(one.register, MAX_NAME)}{because}"
