"""The report as DOCX, for those who go on writing in it: the same content in the same order as the HTML, in Word's tables.

python-docx, not a template: the report is tables within loops within conditions, which nobody could keep in a Word template;
the two forms that an office words for itself are templates (``forms``).

Owns: that layout. Leaves to others: what is shown (``view``), its words (``words``), repeatable bytes (``office``). All text
is put in as text runs: XML escapes it, shapeless characters are written out, no field, link or object comes from a page.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from scanner import clock
from scanner.model import Field, FieldState, Finding, Listing, Revisit, StandingAnswer
from scanner.report import marks, office, words
from scanner.report.excerpt import plain
from scanner.report.view import MAX_FOUND, Page, Shown, View

FONT, WESTERN = "宋体", "Times New Roman"
RED, SOFT = RGBColor(0xB3, 0x26, 0x1E), RGBColor(0x66, 0x72, 0x7D)
WIDE = Cm(17)  # between the margins of A4
LABEL = Cm(3.2)
Rows = Iterable[tuple[str, str]]


def docx(view: View) -> bytes:
    """The report of a paper view as a Word document."""
    return _Report(view).made()


def blank(mark: str) -> Any:
    """An empty document: A4, a Chinese body font, page numbers; ``mark`` in the head of every page."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = WESTERN, RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for kind, font in (("ascii", WESTERN), ("hAnsi", WESTERN), ("eastAsia", FONT)):
            fonts.set(qn(f"w:{kind}"), font)
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")  # else punctuation takes the shapes of another region
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Heading 1"].font.size = Pt(14)
    document.styles["Heading 2"].font.size = Pt(12)
    if mark:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = head.add_run(mark)
        run.bold, run.font.size, run.font.color.rgb = True, Pt(16), RED
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"):
        if part.isupper():
            _page_field(foot, part)
        else:
            foot.add_run(part)
    return document


def _page_field(paragraph: Any, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


class _Report:
    def __init__(self, view: View) -> None:
        self._view, self._case = view, view.case
        self._document = blank(view.case.mark)

    def made(self) -> bytes:
        view, case, lead = self._view, self._case, self._case.lead
        title = self._document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = title.add_run("网络销售监测线索报告")
        run.bold, run.font.size = True, Pt(20)
        if case.mark:
            self._line(f"本报告标有“{case.mark}”，不是证据。", red=True)
        self._facts(
            (
                ("线索编号", f"第 {lead.number} 号"),
                ("经营者（页面所示）", lead.seller or "页面没有写明"),
                ("所在网站", lead.storefront),
                ("事项、状态", f"{words.said(lead.matter)}；{words.LEADS.get(lead.state, lead.state)}"),
                ("最重判断", f"{words.said(lead.verdict)}；严重程度：{words.said(lead.severity)}"),
                ("制作单位、经办人", f"{case.unit or '（未填写）'}；{case.operator or '（未填写）'}"),
                ("发现时间", f"{clock.beijing(lead.opened)}（北京时间）"),
                ("制作时间", words.moment(case.made)),
                ("制作软件", view.software or "（未写明）"),
            )
        )
        self._summary()
        self._sellers()
        self._head("三、发现")
        for shown in view.found[:MAX_FOUND]:
            self._finding(shown)
        if not view.found:
            self._line("没有发现。")
        self._head("四、取证页")
        for page in view.pages:
            self._page(page)
        if not view.pages:
            self._line("没有取证页。")
        self._sources()
        self._decisions()
        self._list("七、未检查事项", view.unchecked, "规则要求检查的内容都已检查。")
        if view.notes:
            self._line("取证环境须注意：")
            self._items(view.notes)
        if view.left_out:
            self._line("篇幅所限，没有印出：" + "；".join(view.left_out) + "。")
        self._list("八、本报告不能证明什么", view.limits, "")
        self._list("九、个人信息的遮盖", view.masking, "")
        self._head("十、怎样核验")
        self._line(
            "本报告随证据包交付。证据包可以不用制作软件核验：在文件夹中运行 sha256sum -c --strict SHA256SUMS，其余步骤见"
            " VERIFY.txt。各取证页的收发内容在 pages.wacz 中，可以用任何 WACZ 浏览工具打开。形如 [U+200B] 的标记代表页面中"
            "看不见的字符，原文以 findings.json 和 pages.wacz 为准。本文件可以编辑：定稿以 report.pdf 和 report.html 为准。"
        )
        return office.settled(self._document, title=f"网络销售监测线索报告 第{lead.number}号", when=case.made)

    # --- parts ---------------------------------------------------------------------------------------------------

    def _summary(self) -> None:
        view = self._view
        self._head("一、摘要")
        counts = "，".join(f"{words.said(verdict)} {n} 项" for verdict, n in view.counts if n)
        self._line(
            f"本线索共有 {len(view.found)} 项发现{'：' + counts if counts else ''}；涉及商品页 {len(self._case.listings)} 个，"
            f"取证页 {len(view.pages)} 个。"
        )
        if view.changed:
            which = "、".join(map(str, view.changed))
            self._line(
                f"第 {which} 项发现在浏览器复核时，页面已经与首次取证不同，列在最前。首次取证的记录不受影响。", red=True
            )
        if view.found:
            self._table(
                ("序号", "所见", "判断", "严重程度", "复核", "取证页"),
                [
                    (str(s.number), s.title or s.finding.says, words.said(s.finding.verdict),
                     words.said(s.finding.severity), words.said(s.second_look), str(s.page or "—"))
                    for s in view.found
                ],
                (1.2, 7.0, 2.0, 2.0, 3.0, 1.8),
            )  # fmt: skip

    def _sellers(self) -> None:
        self._head("二、经营者")
        for seller in self._case.sellers:
            rows = [
                ("名称", _state(seller.name)), ("统一社会信用代码", _state(seller.uscc)),
                ("页面", f"{'证照页' if seller.page == 'licence' else '店铺首页'}　{seller.url}"),
            ]  # fmt: skip
            for seen in seller.numbers:
                wrong = f"（编号不合规则：{seen.number.why}）" if seen.number.valid is False else ""
                rows.append((words.NUMBERS.get(seen.number.type, "编号"), f"{seen.number.number}{wrong}"))
            self._facts(rows)
        if not self._case.sellers:
            self._line("没有取得经营者的店铺首页或者证照页。名称以商品页所示为准。")

    def _finding(self, shown: Shown) -> None:
        finding = shown.finding
        tags = "　".join((words.said(finding.verdict), words.said(finding.severity), words.said(shown.second_look)))
        self._document.add_heading(plain(f"发现 {shown.number}　{shown.title or finding.says}（{tags}）"), 2)
        rows: list[tuple[str, str]] = []
        if isinstance(shown.subject, Listing):
            one = shown.subject
            number = f"　商品编号 {one.product_id}" if one.product_id else ""
            rows += [("商品", _state(one.title)), ("价格", _state(one.price) + number), ("店铺", _state(one.seller)),
                     ("网址", one.url)]  # fmt: skip
        elif shown.subject is not None:
            rows.append(("页面", f"{_state(shown.subject.name)}　{shown.subject.url}"))
        table = self._facts(rows)
        self._quoted(table, shown)
        self._picture(table, shown)
        for label, text in self._basis(finding):
            self._row(table, label, text)
        for label, text in _standing(finding.standing):
            self._row(table, label, text)
        for label, items in (("旁证", finding.beside), ("未能核实", finding.unchecked)):
            if items:
                self._row(table, label, "\n".join(items))
        first = self._view.pages[shown.page - 1].capture if shown.page else None
        self._row(
            table, "取证",
            f"取证页 {shown.page}　{words.moment(first.time)}\nSHA-256 {first.digest}" if first else "取证页不在本案卷中",
        )  # fmt: skip
        second = self._view.pages[shown.second - 1].capture if shown.second else None
        again = f"　取证页 {shown.second}　{words.moment(second.time)}" if second else ""
        self._row(table, "复核", words.said(shown.second_look) + again)

    def _basis(self, finding: Finding) -> Iterable[tuple[str, str]]:
        yield "说明", finding.says
        yield "规则", f"{finding.rule}　版本 {finding.rule_version}"
        lines = []
        for one in finding.basis:
            since = f"（{one.since}起施行{f'，{one.until}废止' if one.until else ''}）" if one.since else ""
            liability = f"；法律责任：{one.liability}" if one.liability else ""
            lines.append(
                f"《{one.law}》{one.article}{one.point}{liability}{since}{'' if one.verified else '【未核原文】'}"
            )
        yield "法律依据", "\n".join(lines) or "规则没有写明"

    def _quoted(self, table: Any, shown: Shown) -> None:
        finding, part = shown.finding, shown.excerpt
        cell = self._row(table, "所见", "")
        paragraph = cell.paragraphs[0]
        where = f"　第 {finding.start + 1} 至 {finding.end} 字" if finding.quote else ""
        self._run(paragraph, f"{words.field_name(finding.field)}{where}", soft=True)
        paragraph = cell.add_paragraph()
        if not finding.quote:
            self._run(paragraph, "页面上没有应当展示的内容")
            return
        self._run(paragraph, ("……" if part.cut_before else "") + part.before)
        quote = self._run(paragraph, part.quote)
        quote.bold, quote.font.highlight_color = True, 7  # yellow
        self._run(paragraph, part.after + ("……" if part.cut_after else ""))

    def _picture(self, table: Any, shown: Shown) -> None:
        mark = shown.mark
        cell = self._row(table, "截图位置", f"没有标出：{mark.why}" if not mark.picture else mark.caption)
        if mark.picture:
            run = cell.paragraphs[0].insert_paragraph_before().add_run()
            run.add_picture(io.BytesIO(mark.picture), **_fitting(mark.picture, WIDE - LABEL - Cm(0.6), Cm(9)))

    def _page(self, page: Page) -> None:
        capture, facts = page.capture, page.facts
        outcome = f"　{words.said(page.outcome)}" if page.outcome else ""
        self._document.add_heading(plain(f"取证页 {page.number}　{words.said(capture.lane)}{outcome}"), 2)
        rows = [("网址", capture.url), ("时间", words.moment(capture.time))]
        rows += [
            ("跳转", f"HTTP {status}　{url} → {to}" if status else f"自 {url} 跳转而来")
            for status, url, to in facts.hops
        ]
        if facts.final_url and facts.final_url != capture.url:
            rows.append(("最终网址", facts.final_url))
        answered = f"HTTP {capture.status}　{capture.media_type}　{capture.size} 字节" if capture.status else "没有应答"
        rows.append(("应答", answered + (f"　服务器 {capture.ip}" if capture.ip else "")))
        if facts.protocol:
            rebuilt = "（由录制文件重建，不是线上的原始字节）" if facts.reconstructed else ""
            rows.append(("连接", f"{facts.protocol}　{facts.tls or '明文 HTTP，没有 TLS'}{rebuilt}"))
        for one in facts.chain:
            life = f"；有效期 {clock.stamp(one.since)} 至 {clock.stamp(one.until)}" if one.since and one.until else ""
            name = f"{one.subject}（签发者 {one.issuer}{life}）" if one.subject else "读不出来"
            rows.append(("证书", f"{name}\nSHA-256 {one.sha256}"))
        if facts.agent:
            rows.append(("访问程序", facts.agent + (f"\n{facts.browser}" if facts.browser else "")))
        rows += [("正文 SHA-256", capture.digest), ("取证编号", f"{capture.id}　日志第 {capture.journal} 行")]
        rows += [(name, value) for name, value in capture.note]
        self._facts(rows)
        self._table(
            ("记录", "存档文件与位置", "SHA-256 与 SM3（记录内容）"),
            [
                (words.record_name(r), f"{r.file}\n第 {r.offset} 字节起，{r.length} 字节", f"{r.sha256}\n{r.sm3}")
                for r in page.records
            ],
            (2.2, 4.8, 10.0), small=True,
        )  # fmt: skip
        if page.more:
            self._line(f"另有 {page.more} 条记录（页面引用的图片、样式和脚本等），都在 pages.wacz 中。", soft=True)
        for number, picture in enumerate(page.pictures, 1):
            self._document.add_picture(io.BytesIO(picture), **_fitting(picture, WIDE, Cm(23)))
            piece = f"，第 {number} 段，共 {len(page.pictures)} 段" if len(page.pictures) > 1 else ""
            note = f"。{page.note}" if page.note else ""
            self._line(f"取证页 {page.number} 的屏幕截图{piece}，{words.moment(capture.time)}{note}", soft=True)

    def _sources(self) -> None:
        case = self._case
        self._head("五、登记数据来源")
        if case.sources:
            self._table(
                ("来源", "数据截至", "性质", "文件 SHA-256"),
                [
                    (s.id, str(s.as_of or "日期不明"),
                     ("权威来源" if s.authoritative else "非权威来源") + ("，只是样本" if s.sample else ""), s.sha256 or "—")
                    for s in case.sources
                ],
                (3.0, 2.6, 3.4, 8.0),
            )  # fmt: skip
        else:
            self._line("本线索没有用到登记数据。")
        self._line(f"规则库版本（SHA-256）：{case.rulebook or '—'}", soft=True)

    def _decisions(self) -> None:
        self._head("六、处理记录")
        rows = [(clock.beijing(d.when), words.LEADS.get(d.state, d.state), d.who, d.note) for d in self._case.decisions]
        if rows:
            self._table(("时间（北京时间）", "处理", "处理人", "说明"), rows, (4.0, 2.6, 2.6, 7.8))
        else:
            self._line("尚无处理。")
        if self._case.revisits:
            self._line(
                "复查（前后对照）：每次复查重新访问页面并封存。页面下架、删除、转到别处，不表示事项已经办结。“没有看到”的，对页面"
                "现在的内容什么也不能说。"
            )
            self._table(
                ("时间（北京时间）", "网址", "结果", "对照", "取证页"), [_revisit(one) for one in self._case.revisits],
                (2.6, 3.6, 2.4, 5.4, 3.0),
            )  # fmt: skip

    # --- pieces --------------------------------------------------------------------------------------------------

    def _head(self, text: str) -> None:
        self._document.add_heading(text, 1)

    def _line(self, text: str, *, soft: bool = False, red: bool = False) -> None:
        run = self._run(self._document.add_paragraph(), text, soft=soft)
        if red:
            run.font.color.rgb = RED

    def _list(self, head: str, items: Sequence[str], none: str) -> None:
        self._head(head)
        if items:
            self._items(items)
        else:
            self._line(none)

    def _items(self, items: Iterable[str]) -> None:
        for item in items:
            self._run(self._document.add_paragraph(style="List Bullet"), item)

    def _run(self, paragraph: Any, text: str, *, soft: bool = False) -> Any:
        run = paragraph.add_run(plain(text))
        if soft:
            run.font.size, run.font.color.rgb = Pt(9), SOFT
        return run

    def _facts(self, rows: Rows) -> Any:
        table = self._document.add_table(rows=0, cols=2)
        table.style, table.autofit = "Table Grid", False
        table.columns[0].width, table.columns[1].width = LABEL, WIDE - LABEL
        for label, text in rows:
            self._row(table, label, text)
        return table

    def _row(self, table: Any, label: str, text: str) -> Any:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = LABEL, WIDE - LABEL
        self._run(cells[0].paragraphs[0], label, soft=True)
        if text:
            self._run(cells[1].paragraphs[0], text)
        return cells[1]

    def _table(
        self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], *, small: bool = False
    ) -> None:
        table = self._document.add_table(rows=1, cols=len(head))
        table.style, table.autofit = "Table Grid", False
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Cm(wide)
        for texts in (head, *rows):
            cells = table.rows[0].cells if texts is head else table.add_row().cells
            for cell, text, wide in zip(cells, texts, widths, strict=True):
                cell.width = Cm(wide)
                run = self._run(cell.paragraphs[0], text)
                run.bold = texts is head
                if small:
                    run.font.size = Pt(8)
        self._document.add_paragraph()


def _revisit(one: Revisit) -> tuple[str, ...]:
    moved = f"\n现在转到：{one.moved_to}" if one.moved_to else ""
    why = f"：{one.why}" if one.why else ""
    changed = [
        f"{words.CHANGES[q.change]}：{words.field_name(q.field)}　{q.before}{f'　→　{q.after}' if q.after else ''}"
        for q in one.quotes
        if q.change != "kept"
    ]
    changed += [f"{words.field_name(f.field)}：{f.before}　→　{f.after}" for f in one.fields]
    changed += [f"可能是同一商品（供核对）：{other.url}　{'；'.join(other.because)}" for other in one.alike]
    pages = f"当时 {one.before}\n现在 {one.after or '没有得到应答'}"
    return clock.beijing(one.time), one.url + moved, words.said(one.result) + why, "\n".join(changed) or "—", pages


def _standing(answer: StandingAnswer | None) -> Iterable[tuple[str, str]]:
    """The register's answer, line by line."""
    if answer is None:
        return
    stands = "、".join(words.said(one) for one in answer.standing)
    hard = "依据权威来源" if answer.hard else "不是权威来源的结论，须再核对"
    yield (
        "编号核对",
        f"{answer.number}（{words.NUMBERS.get(answer.type, '')}）：{stands}\n{answer.why}（以 {answer.on} 为准；{hard}）",
    )
    for pair in answer.compared:
        because = f"；{pair.because}" if pair.because else ""
        yield f"比对：{pair.what}", f"页面：{pair.page}\n登记：{pair.register}\n相似度 {pair.score:.2f}{because}"
    if (row := answer.record) is not None:
        unsaid = "来源没有写明"
        withdrawn = f"；{row.withdrawn_on} 注销" if row.withdrawn_on else ""
        yield (
            "登记内容",
            (
                f"{row.number}　{row.product}\n注册人、备案人：{row.holder}\n型号规格：{row.model or '—'}\n"
                f"批准日期：{row.approved_on or unsaid}；有效期至：{row.valid_until or unsaid}{withdrawn}\n"
                f"适用范围：{row.scope or unsaid}\n登记来源：{row.source or '—'}，数据截至 {row.as_of or '日期不明'}"
            ),
        )
    if answer.sources:
        yield (
            "查过的来源",
            "；".join(
                f"{s.id}（截至 {s.as_of or '日期不明'}，{'权威来源' if s.authoritative else '非权威来源'}{'，只是样本' if s.sample else ''}）"
                for s in answer.sources
            ),
        )


def _state(field: Field) -> str:
    return field.text if field.state is FieldState.SEEN else f"（{words.said(field.state)}）"


def _fitting(picture: bytes, width: int, height: int) -> dict[str, int]:
    """The side by which a picture fits into ``width`` x ``height`` (EMU)."""
    image = marks.opened(picture)
    if image is not None and image.height * width > image.width * height:
        return {"height": height}
    return {"width": width}
