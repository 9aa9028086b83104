"""PDF and DOCX: the same bytes each time, everything in them, nothing from a page acts."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import PdfFileReader

from scanner.errors import ConfigError
from scanner.model import FieldNow, QuoteNow, Revisit, RevisitResult
from scanner.report import forms, office
from scanner.report.docx import docx
from scanner.report.forms import LIST, RECORD, form
from scanner.report.material import Certificate, Facts, Seen
from scanner.report.pdf import pdf
from tests.report import making

FACTS = Facts(
    hops=((302, "http://shop.example/from", "/p/3"),), final_url="http://shop.example/p/3", protocol="http/1.1",
    tls="tls/1.3 TLS_AES_256_GCM_SHA384", agent="Mozilla/5.0 Qingwang", browser="Chrome/156.0",
    chain=(Certificate(subject="CN=shop.example", issuer="CN=演示CA", since=making.NOON, until=making.NOON, sha256="9" * 64),
           Certificate(subject="", issuer="", since=None, until=None, sha256="8" * 64)),
)  # fmt: skip
EVIL = "<script>x</script>\u202e\ud800\x00\x0b\ufffe{{ 7*7 }}{% for x in y %}]]>&amp;\u200b"


def text(document: bytes) -> str:
    body = Document(io.BytesIO(document)).element.body
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in body.iter(qn("w:p")))


@pytest.fixture(scope="module")
def views() -> Any:
    seen = {"e" * 20: Seen(picture=making.png(), full=True)}
    return making.views(making.case(), seen=seen, facts={"e" * 20: FACTS})


@pytest.mark.slow
def test_the_pdf_repeats_has_pages_fonts_and_a_title(views: Any) -> None:
    made = pdf(views.paper())
    assert made == pdf(views.paper())
    read = PdfFileReader(io.BytesIO(made))
    pages = int(read.root["/Pages"]["/Count"])
    assert pages >= 3
    assert "第12号" in str(read.trailer_view["/Info"]["/Title"])
    box = [
        float(number)
        for number in read.root["/Pages"]["/Kids"][0].get("/MediaBox", read.root["/Pages"].get("/MediaBox"))
    ]
    assert [round(side) for side in box[2:]] == [595, 842]  # A4
    plain = made + b"".join(_streams(read))
    assert re.search(rb"/FontFile[23]?\b", plain), "fonts are embedded"
    assert re.search(rb"/BaseFont\W+[A-Z]{6}\+", plain), "as subsets"
    for active in (b"/JavaScript", b"/JS ", b"/Launch", b"/URI", b"/EmbeddedFile", b"/OpenAction", b"/AcroForm"):
        assert active not in plain, active


def _streams(read: PdfFileReader) -> list[bytes]:
    """The objects as written in object streams, which the file itself holds compressed."""
    size = int(read.trailer_view["/Size"])
    return [repr(read.get_object(Reference(number, 0, read))).encode() for number in range(1, size)]


@pytest.mark.slow
def test_the_pdf_fetches_nothing(views: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a report goes to no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    from scanner.report.pdf import _fetcher

    hand = _fetcher([making.png()])
    assert hand.fetch("picture:0").headers["Content-Type"] == "image/png"
    for url in (
        "picture:1",
        "picture:-1",
        "file:///etc/passwd",
        "http://shop.example/a.png",
        "data:text/css,a",
        "picture:²",
    ):
        with pytest.raises(ValueError, match="fetches nothing"):
            hand.fetch(url)
    assert pdf(views.paper()).startswith(b"%PDF-")


def test_a_word_report_says_what_the_page_says(views: Any) -> None:
    made = docx(views.paper())
    assert made == docx(views.paper())
    said = text(made)
    for part in ("演示甲医疗器械店", "颈椎病治愈率高达98%", "《医疗器械监督管理条例》第五十五条；法律责任：第八十六条（2021-06-01起施行）",
                 "未核原文", "有效期至2021-06-14", "数据截至 2026-11-01", "HTTP 302　http://shop.example/from → /p/3",
                 "tls/1.3 TLS_AES_256_GCM_SHA384", "CN=演示CA", "1a" * 32, "1b" * 32, "192.0.2.7", "图片文字：未检查",
                 "发生过交易", "没有标出", "已电话核对", "qingwang 0.1.0", "第 12 号"):  # fmt: skip
        assert part in said, part
    with zipfile.ZipFile(io.BytesIO(made)) as inside:
        assert {info.date_time for info in inside.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert inside.namelist()[0] == "[Content_Types].xml"
        head = b"".join(inside.read(name) for name in inside.namelist() if "header" in name)
        assert "演示数据".encode() in head


@pytest.mark.parametrize("name", [RECORD, LIST])
def test_forms_leave_what_nobody_knows_blank(views: Any, name: str) -> None:
    made = form(name, views.paper())
    assert made == form(name, views.paper())
    said = text(made)
    assert "由执法人员填写" in said
    for part in ("演示市市场监督管理局", "演示甲医疗器械店", "第 12 号"):
        assert part in said, part
    assert said.count("（签名") == 4
    assert "{" not in said
    case = dataclasses.replace(making.case(mark=""), unit="", operator="", sellers=(), captures=(), proofs=())
    empty = text(form(name, making.views(case).paper()))
    assert forms.BLANK in empty
    assert "不是证据" not in empty


@pytest.mark.slow
def test_hostile_text_stays_text_in_all_of_them() -> None:
    case = making.case(f"颈椎病治愈率高达9{EVIL}")
    subject = dataclasses.replace(
        case.listings[0], url=f"javascript:{EVIL}", title=making.said(EVIL), seller=making.said(EVIL), product_id=EVIL
    )
    lead = dataclasses.replace(case.lead, seller=EVIL, storefront=EVIL)
    captures = tuple(dataclasses.replace(c, url=EVIL, media_type=EVIL, note=((EVIL, EVIL),)) for c in case.captures)
    case = dataclasses.replace(case, listings=(subject,), lead=lead, captures=captures)
    facts = dataclasses.replace(FACTS, hops=((302, EVIL, EVIL),), final_url=EVIL, agent=EVIL, browser=EVIL)
    paper = making.views(case, facts={"e" * 20: facts, "d" * 20: facts}).paper()
    for made in (docx(paper), form(RECORD, paper), form(LIST, paper)):
        office.checked(made, "made")  # no field, link, macro or object
        said = text(made)
        assert "<script>x</script>[U+202E][U+D800][U+0000]" in said
        assert "{{ 7*7 }}{% for x in y %}" in said  # a page's text is no template
        assert "\u202e" not in said
    assert pdf(paper).startswith(b"%PDF-")


@pytest.mark.slow
@given(st.text(st.characters(codec=None), min_size=1, max_size=200))
@settings(max_examples=8, deadline=None)
def test_any_text_fits_into_word(given_text: str) -> None:
    paper = making.views(making.case("颈椎病治愈率高达9" + given_text)).paper()
    assert "颈椎病治愈率高达9" in text(docx(paper))


def test_a_very_long_text_is_cut_with_a_note() -> None:
    case = making.case()
    subject = dataclasses.replace(case.listings[0], title=making.said("长" * 100_000))
    paper = making.views(dataclasses.replace(case, listings=(subject,))).paper()
    assert "另有 96000 字没有列出" in text(docx(paper))
    assert len(text(docx(paper))) < 30_000


def template(folder: Path, members: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(form(RECORD, making.views(making.case()).paper()))) as given:
        parts = {name: given.read(name) for name in given.namelist()} | members
    with zipfile.ZipFile(folder / RECORD, "w") as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return folder


LINK = b'<Relationships><Relationship TargetMode="External" Target="http://x"/></Relationships>'


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"word/vbaProject.bin": b"x"}, "宏"),
        ({"word/embeddings/o.bin": b"x"}, "嵌入的对象"),
        ({"word/_rels/footnotes.xml.rels": LINK}, "外部文件"),
        ({"word/document.xml": b"<w:instrText>DDEAUTO c:\\\\x</w:instrText>"}, "含有域 DDEAUTO"),
        ({"word/header9.xml": b'<w:fldSimple w:instr=" INCLUDEPICTURE &quot;http://x&quot;"/>'}, "INCLUDEPICTURE"),
    ],
)
def test_a_template_that_could_act_is_refused(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        form(RECORD, making.views(making.case()).paper(), template(tmp_path / "t", members))
    assert refused.value.exit_code == 2


def test_a_template_that_is_none_is_refused(tmp_path: Path) -> None:
    paper = making.views(making.case()).paper()
    for body in (b"", b"rubbish", b"PK\x03\x04"):
        (tmp_path / RECORD).write_bytes(body)
        with pytest.raises(ConfigError, match="不是 DOCX"):
            form(RECORD, paper, tmp_path)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", b"\0" * 60_000_000)
    (tmp_path / RECORD).write_bytes(bomb.getvalue())
    with pytest.raises(ConfigError, match="过大"):
        form(RECORD, paper, tmp_path)


def test_revisits_are_told_and_covered() -> None:
    case = making.case()
    quote = QuoteNow(finding="b" * 20, rule="claim-cure-rate", field="description", change="altered",
                     before="治愈率高达98%", after="买家：王小明 13900139000")  # fmt: skip
    pair = Revisit(
        lead=12, subject="listing", subject_id="1" * 20, url="http://shop.example/p/3", before="d" * 20, after="e" * 20,
        through=(), version="v1", version_after="v2", time=making.NOON, result=RevisitResult.CHANGED, quotes=(quote,),
        fields=(FieldNow(field="price", before="48.00", after="58.00"),),
    )  # fmt: skip
    views = making.views(dataclasses.replace(case, revisits=(pair,)))
    for said in (text(docx(views.paper())), making.page.html(views.whole()).decode()):
        assert "治愈率高达98%" in said
        assert "58.00" in said
        assert "13900139000" not in said
        assert "王小明" not in said
