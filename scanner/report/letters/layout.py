"""Our Word templates of the letters, laid out from their kinds: what an office sees when it copies one to word it for itself.

The templates are made here and not kept as files: the wording stands once, in ``kinds``, where it can be read and compared.

Owns: which part stands where, and where the names of ``facts`` stand. Leaves to others: the words (``kinds``), looks (``sheet``), what is
filled in (``facts``, ``filling``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from docx.enum.text import WD_ALIGN_PARAGRAPH

from scanner.report import office
from scanner.report.letters.kinds import Kind, Part
from scanner.report.sheet import HEAD, LABEL, TITLE, WIDE, Sheet

_DATED = datetime(2026, 1, 1, tzinfo=UTC)  # of the template's own properties; a letter has its own


@cache
def template(kind: Kind) -> bytes:
    """Our template of a kind, as DOCX."""
    sheet = Sheet()
    sheet.line("{{ title }}", size=22, font=TITLE, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    if kind.note:
        sheet.line(f"（{kind.note}）", size=12, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, red=True)
    if kind.numbered:
        sheet.line("{{ number_blank }}", size=12, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
        sheet.gap()
        sheet.line("{{ to }}：", indent=False)
        sheet.when("to_hint", lambda: sheet.line("{{ to_hint }}", size=10.5, indent=False, soft=True))
    for text in kind.opening:
        sheet.line(text)
    for part in kind.parts:
        _PARTS[part](sheet, kind)
    for text in kind.closing:
        sheet.line(text)
    _signed(sheet, kind)
    _index(sheet, kind)
    return office.settled(sheet.document, title=kind.title, when=_DATED)


# --- parts -------------------------------------------------------------------------------------------------------


def _case(sheet: Sheet, kind: Kind) -> None:
    sheet.head("线索基本情况")
    source = (("线索来源", "{{ source }}"),) if kind.to == "unit" else ()
    verdict = () if kind.to == "seller" else (("最重判断", "{{ verdict }}"),)
    sheet.pairs((
        ("线索编号、事项", "第 {{ lead }} 号；{{ matter }}"), *source,
        ("经营者（页面所示）", "{{ seller }}"), ("统一社会信用代码", "{{ uscc }}"), ("页面所示地址", "{{ addresses }}"),
        ("页面所示证照编号", "{{ licences }}"), ("平台、网站", "{% if platform != storefront %}{{ platform }}　{% endif %}{{ storefront }}"),
        *verdict, ("发现时间", "{{ opened }}"), ("监测单位、经办人", "{{ unit }}；{{ operator }}"),
    ))  # fmt: skip


def _screening(sheet: Sheet, kind: Kind) -> None:
    sheet.head("移送的理由（建议筛查，不是认定）")
    sheet.each("s", "screening", lambda: sheet.pairs((
        ("理由", "{{ s.because }}"), ("可供参照的条文", "{{ s.law }}"), ("原话和出处", "{{ s.quotes }}"),
    )))  # fmt: skip
    sheet.when("not screening", lambda: sheet.line("系统没有提出移送建议，理由由经办人填写：{{ blank }}"))


def _jurisdiction(sheet: Sheet, kind: Kind) -> None:
    sheet.head("管辖的依据（由经办人核实）")
    sheet.lines("jurisdiction")
    sheet.line(
        "可供参照的规定：《市场监督管理行政处罚程序规定》关于管辖和移送的规定【未核原文】，条款由经办人核对填写：{{ blank }}"
    )


def _contact(sheet: Sheet, kind: Kind) -> None:
    sheet.head("联系的经过（由经办人填写）")
    sheet.grid(
        (("时间", "{{ c.when }}", 3.0), ("方式、地址或者号码", "{{ c.how }}", 7.2), ("联系的结果、经办人", "{{ c.result }}", 5.4)),
        "c", "contact",
    )  # fmt: skip
    sheet.line(
        "可供参照的规定：《企业信息公示暂行条例》关于经营异常名录的规定【未核原文】，条款由经办人核对填写：{{ blank }}"
    )


def _site(sheet: Sheet, kind: Kind) -> None:
    sheet.head("网站情况")
    sheet.grid((("项目", "{{ s.label }}", LABEL + 1), ("内容", "{{ s.text }}", WIDE - LABEL - 1)), "s", "site")


def _found(sheet: Sheet, kind: Kind) -> None:
    sheet.head("监测所见（{{ findings }} 项）")

    def one() -> None:
        sheet.line("（{{ f.number }}）{{ f.says }}", keep=True, indent=False)
        rows = [
            ("原话", "{{ f.before }}「{{ f.quote }}」{{ f.after }}"),
            ("位置", "{{ f.where }}"),
            ("商品、页面", "{{ f.subject }}"),
        ]
        more = [("f.standing", "登记核对", "{{ f.standing }}")]
        if kind.covered:
            sheet.pairs([*rows, ("法律依据", "{{ f.basis }}")])
            return
        rows += [("网址", "{{ f.url }}"), ("当日有效的依据", "{{ f.basis }}"),
                 ("取证", "{{ f.page }}　{{ f.time }}\nSHA-256 {{ f.sha256 }}")]  # fmt: skip
        if kind.to != "seller":  # what a machine thinks of it is no seller's business
            rows.insert(3, ("自动判断", "{{ f.verdict }}（供参考）；{{ f.second }}"))
            more += [("f.beside", "旁证", "{{ f.beside }}"), ("f.unchecked", "未核实", "{{ f.unchecked }}")]
        sheet.pairs(rows, more)

    sheet.each("f", "found", one)
    sheet.when("not found", lambda: sheet.line("系统里没有这条线索的发现，事由由经办人填写：{{ blank }}"))


def _register(sheet: Sheet, kind: Kind) -> None:
    sheet.head("登记比对")
    sheet.when("register", lambda: sheet.grid((
        ("编号", "{{ r.number }}", 3.2), ("状态和说明", "{{ r.stands }}\n{{ r.why }}", 3.8),
        ("登记内容", "{{ r.record }}", 4.2), ("页面和登记的比对、来源", "{{ r.compared }}\n来源：{{ r.sources }}", 4.4),
    ), "r", "register"))  # fmt: skip
    sheet.when("not register", lambda: sheet.line("本线索没有和登记数据比对，页面所示的注册、备案和许可没有核对。"))


def _asks(sheet: Sheet, kind: Kind) -> None:
    sheet.head(kind.asks_head)
    for number, ask in enumerate(kind.asks, 1):
        sheet.line(f"{number}．{ask}")


def _term(sheet: Sheet, kind: Kind) -> None:
    sheet.head("办理期限")
    sheet.lines("term")


def _disposition(sheet: Sheet, kind: Kind) -> None:
    sheet.head("处置")
    sheet.lines("disposition")
    sheet.line("处罚决定书文号、日期（由办案单位填写）：{{ blank }}")


def _talk(sheet: Sheet, kind: Kind) -> None:
    sheet.pairs((
        ("时间", "{{ date_blank }}＿＿时＿＿分至＿＿时＿＿分"), ("地点", "{{ blank }}"), ("约谈人", "{{ blank }}"),
        ("记录人", "{{ blank }}"), ("被约谈人（姓名、职务、证件）", "{{ blank }}"),
    ))  # fmt: skip


def _receipt(sheet: Sheet, kind: Kind) -> None:
    sheet.head("签收回执")
    sheet.pairs((
        ("签收单位", "{{ blank }}{{ seal_blank }}"), ("签收人（签名）", "{{ blank }}"), ("签收时间", "{{ date_blank }}＿＿时＿＿分"),
        ("是否属于本单位管辖", "□ 是　　□ 否，退回理由：{{ blank }}"),
    ))  # fmt: skip


def _unchecked(sheet: Sheet, kind: Kind) -> None:
    outside = kind.to == "seller"
    sheet.head("未检查、未核实的事项" + ("（定稿前核实）" if outside else ""))
    sheet.lines("unchecked")
    sheet.when("not unchecked", lambda: sheet.line("规则要求检查的内容都已检查。"))


def _limits(sheet: Sheet, kind: Kind) -> None:
    sheet.head("监测结果不能证明什么")
    sheet.lines("limits")


def _nothing(sheet: Sheet, kind: Kind) -> None:
    """Captures stand in the annex."""


_PARTS: Mapping[Part, Callable[[Sheet, Kind], None]] = {
    "case": _case, "jurisdiction": _jurisdiction, "contact": _contact, "screening": _screening, "site": _site, "found": _found, "register": _register, "pages": _nothing,
    "asks": _asks, "term": _term, "disposition": _disposition, "talk": _talk, "receipt": _receipt, "unchecked": _unchecked,
    "limits": _limits,
}  # fmt: skip


def _signed(sheet: Sheet, kind: Kind) -> None:
    sheet.gap()
    if kind.signs:
        sheet.pairs((label, "{{ blank }}") for label in kind.signs)
    if kind.numbered:
        sheet.line("（附件：证据目录）", indent=False)
        sheet.line("{{ unit }}{{ seal_blank }}", align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False, keep=True)
        sheet.line("{{ date_blank }}", align=WD_ALIGN_PARAGRAPH.RIGHT, indent=False, keep=True)
        sheet.line("联系人：{{ operator }}　联系电话：{{ blank }}", size=12, indent=False)


def _index(sheet: Sheet, kind: Kind) -> None:
    sheet.page()
    sheet.line("附件", font=HEAD, indent=False)
    sheet.line("证据目录", size=22, font=TITLE, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
    sheet.line("第 {{ lead }} 号线索。{{ package }}", size=10.5)
    sheet.line(
        "目录制作时间：{{ made }}。各项的 SM3 值和逐条记录见证据包的 evidence-list.docx 和 journal.jsonl。", size=10.5
    )
    if "pages" in kind.parts:
        sheet.line("取证页", size=12, font=HEAD, indent=False, keep=True)
        sheet.grid((
            ("编号", "{{ p.number }}", 1.1), ("时间", "{{ p.time }}", 4.5), ("网址", "{{ p.url }}", 4.1),
            ("方式、结果", "{{ p.lane }}\n{{ p.outcome }}", 2.3), ("正文 SHA-256", "{{ p.sha256 }}", 3.6),
        ), "p", "pages", small=True)  # fmt: skip
    sheet.line("电子数据", size=12, font=HEAD, indent=False, keep=True)
    sheet.grid((
        ("编号", "{{ i.number }}", 1.1), ("名称", "{{ i.name }}", 2.4), ("时间", "{{ i.time }}", 4.5),
        ("SHA-256（记录内容）", "{{ i.sha256 }}", 3.6), ("在证据包中的位置", "{{ i.place }}", 4.0),
    ), "i", "items", small=True)  # fmt: skip
    sheet.when("not items", lambda: sheet.line("没有取证页。", size=12))
    sheet.lines("left_out", size=12)
