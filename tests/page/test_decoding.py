"""Bytes are read as they are, whatever HTTP and meta say."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.page.decoding import decode, media_type

TEXT = "医疗器械注册证编号：演械注准20212140001，三层灭菌独立包装，适用范围见说明书。"
META_GBK = '<meta charset="gbk">'
META_UTF8 = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'


@pytest.mark.parametrize(
    ("body", "charset", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8", "utf-8"),
        (TEXT.encode("gbk"), "gbk", "gb18030"),
        (TEXT.encode("gbk"), "", "gb18030"),  # nothing declared
        (TEXT.encode("gbk"), "utf-8", "gb18030"),  # HTTP lies
        (TEXT.encode("gbk"), "iso-8859-1", "gb18030"),  # a server's default
        ((META_UTF8 + TEXT).encode("gbk"), "", "gb18030"),  # meta lies
        ((META_GBK + TEXT).encode("utf-8"), "", "utf-8"),  # meta lies the other way
        ((META_GBK + TEXT).encode("utf-8"), "gb2312", "utf-8"),  # both lie
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), "gbk", "utf-8"),
        (TEXT.encode("utf-16"), "", "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "", "utf-16-be"),
        ((TEXT + "𠮷䶮㙍").encode("gb18030"), "gb2312", "gb18030"),  # beyond GBK
        ("繁體中文的網頁說明".encode("big5"), "big5", "big5hkscs"),
        ("日本語のページです".encode("shift_jis"), "shift_jis", "cp932"),
        ("Café déjà vu".encode("latin-1"), "iso-8859-1", "cp1252"),
        (b"plain ascii", "gbk", "utf-8"),
        (b"", "", "utf-8"),
        (TEXT.encode("utf-8"), "utf-7", "utf-8"),  # a codec no page may choose
        (TEXT.encode("utf-8"), "zlib", "utf-8"),
        ("联通".encode("gbk"), "gbk", "gb18030"),  # valid UTF-8 by accident
    ],
)
def test_encoding(body: bytes, charset: str, encoding: str) -> None:
    read = decode(body, charset)
    assert (read.encoding, read.debris) == (encoding, 0)
    assert "�" not in read.text
    assert not read.text.startswith("\ufeff")


def test_text_is_whole() -> None:
    assert decode((META_UTF8 + TEXT).encode("gbk")).text == META_UTF8 + TEXT


def test_a_character_cut_in_two_is_debris_not_another_encoding() -> None:
    body = (TEXT * 20).encode("utf-8")[:-2]
    assert (decode(body).encoding, decode(body).debris) == ("utf-8", 1)
    gbk = (TEXT * 20).encode("gbk")[:-2] + b"\xff"
    assert (decode(gbk, "gbk").encoding, decode(gbk, "gbk").debris) == ("gb18030", 1)


def test_debris_made_at_the_server_is_counted() -> None:
    assert decode("注册证号：演械注准2021\ufffd\ufffd40001".encode()).debris == 2


def test_nul_bytes_do_not_end_the_text() -> None:
    assert decode(b"<p>a\x00b</p>").text == "<p>a\ufffdb</p>"


@given(st.binary(max_size=3000), st.sampled_from(["", "gbk", "utf-8", "big5", "x", "utf-16"]))
def test_any_bytes_are_read(body: bytes, charset: str) -> None:
    read = decode(body, charset)
    assert read.text.count("\ufffd") == read.debris
    assert "\x00" not in read.text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=8, max_size=300))
def test_chinese_survives_both_ways(text: str) -> None:
    assert decode(text.encode("utf-8"), "gbk").text == text
    assert decode(text.encode("gb18030"), "gb2312").text == text


@pytest.mark.parametrize(
    ("body", "declared", "kind"),
    [
        (b"%PDF-1.7 ...", "text/html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "image/png"),
        (b"PK\x03\x04", "", "application/zip"),
        (b"\n <!DOCTYPE html>", "", "text/html"),
        (b'\xef\xbb\xbf{"a":1}', "", "application/json"),
        (b"hello", "", "text/plain"),
        (b"<p>", "application/octet-stream", "text/html"),
        (b"<p>", "text/html", "text/html"),
    ],
)
def test_media_type_is_what_the_bytes_are(body: bytes, declared: str, kind: str) -> None:
    assert media_type(body, declared) == kind
