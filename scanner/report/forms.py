"""The two papers that officers sign: 电子数据提取笔录 (draft record of the extraction) and 证据清单 (list of evidence).

Filled from Word templates (docxtpl) that an office words for itself: ``templates/record.docx`` and
``templates/evidence-list.docx`` of the home take the place of ours. Elements: 市场监管总局《行政执法电子数据取证暂行规定》 (2024),
两高一部 2016 rules arts. 5, 14. What a program cannot know — who was there, where, badge numbers, signatures — stays a blank
line that says 由执法人员填写.

Owns: the names that a template may use (:func:`names`), blank lines. Leaves to others: what is shown (``view``), filling and
faults of templates (``filling``), refusing dangerous ones and repeatable bytes (``office``).
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from scanner.report import filling, words
from scanner.report.view import Page, View

RECORD, LIST = "record.docx", "evidence-list.docx"
TITLES = {RECORD: "电子数据提取笔录（草稿）", LIST: "证据清单"}
BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿（由执法人员填写）"
MAX_ROWS = 2_000  # rows of the list; a visit of a browser has a handful of its own, a lead some dozens of visits


def form(name: str, view: View, folder: Path | None = None) -> bytes:
    """One of the two, filled. ``folder``: the home's ``templates/``. ConfigError where a template of the home cannot be
    read, could act when opened, or uses a name that there is not."""
    ours = files("scanner.report").joinpath("templates", name).read_bytes()
    template = filling.in_force(name, folder, ours)
    return filling.filled(template, names(view), title=TITLES[name], when=view.case.made)


def names(view: View) -> dict[str, Any]:
    """What a template may use; all values are text, lists of texts or rows of texts."""
    case, lead = view.case, view.case.lead
    times = sorted(capture.time for capture in case.captures)
    sellers = [seller.name.text for seller in case.sellers if seller.name.text]
    codes = [seller.uscc.text for seller in case.sellers if seller.uscc.text]
    browsers = dict.fromkeys(page.facts.browser for page in view.pages if page.facts.browser)
    return {
        "mark": case.mark,
        "mark_says": f"【{case.mark}：不是证据】" if case.mark else "",
        "blank": BLANK,
        "lead": str(lead.number),
        "matter": words.said(lead.matter),
        "says": list(dict.fromkeys(shown.title or shown.finding.says for shown in view.found))[:50],
        "findings": str(len(view.found)),
        "unit": case.unit or BLANK,
        "operator": case.operator or BLANK,
        "made": words.moment(case.made),
        "seller": lead.seller or (sellers[0] if sellers else BLANK),
        "uscc": codes[0] if codes else BLANK,
        "storefront": lead.storefront,
        "began": words.moment(times[0]) if times else BLANK,
        "ended": words.moment(times[-1]) if times else BLANK,
        "software": view.software or BLANK,
        "browser": "、".join(browsers) or "没有使用浏览器",
        "lanes": "、".join(dict.fromkeys(words.said(capture.lane) for capture in case.captures)),
        "environment": list(view.notes) or ["环境记录见证据包的 environment.json"],
        "steps": [_step(page) for page in view.pages[:200]],
        "items": items(view),
        "captures": str(len(view.pages)),
        "unchecked": list(view.unchecked)[:100],
        "limits": list(view.limits),
        "masking": list(view.masking),
        "rulebook": case.rulebook or "—",
    }


def _step(page: Page) -> dict[str, str]:
    """One visit: what was asked, what came, what was kept."""
    capture, facts = page.capture, page.facts
    hops = "；".join(f"HTTP {status} 跳转至 {to}" for status, _, to in facts.hops if status)
    answered = f"HTTP {capture.status}，{capture.media_type}，{capture.size} 字节" if capture.status else "没有应答"
    return {
        "number": str(page.number),
        "time": words.moment(capture.time),
        "url": capture.url,
        "final_url": facts.final_url or capture.url,
        "lane": words.said(capture.lane),
        "answer": answered + (f"；{hops}" if hops else ""),
        "ip": capture.ip or "没有记录",
        "tls": facts.tls or ("没有 TLS（明文 HTTP）" if facts.protocol else "没有记录"),
        "outcome": words.said(page.outcome) if page.outcome else "—",
        "sha256": capture.digest,
        "journal": str(capture.journal),
    }


def items(view: View) -> list[dict[str, str]]:
    """The pieces of evidence, numbered: of each visit its own exchange and what was made by looking."""
    rows: list[dict[str, str]] = []
    count = 0
    for page in view.pages:
        for record in page.records:
            count += 1
            rows.append(
                {
                    "number": str(count),
                    "name": f"取证页 {page.number} {words.record_name(record)}",
                    "source": page.capture.url,
                    "time": words.moment(page.capture.time),
                    "format": "WARC 1.1 记录（" + record.type + "）",
                    "place": f"pages.wacz；原始档案 {record.file} 第 {record.offset} 字节起 {record.length} 字节",
                    "sha256": record.sha256,
                    "sm3": record.sm3,
                }
            )
        if page.more:
            rows.append(
                _note(f"取证页 {page.number} 另有 {page.more} 条记录（图片、样式和脚本等），逐条列在 journal.jsonl")
            )
    if len(rows) > MAX_ROWS:
        rest = len(rows) - MAX_ROWS
        rows = rows[:MAX_ROWS]
        rows.append(
            dict.fromkeys(rows[0], "") | {"name": f"另有 {rest} 条记录没有列出，见 pages.wacz 和 journal.jsonl"}
        )
    return rows


def _note(text: str) -> dict[str, str]:
    """A row of the list that is no piece of evidence."""
    return dict.fromkeys(("number", "source", "time", "format", "place", "sha256", "sm3"), "—") | {"name": text}
