"""Saved pages: where they say they are from and when, MHTML taken apart, damage named."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.intake import formats
from scanner.intake.recording import Failure
from scanner.model import Visit
from tests.intake.making import SHOP, mhtml

WHEN = datetime(2026, 11, 22, 2, 22, 5, tzinfo=UTC)
PAGE = "<html><head><title>演示</title></head><body><p>演示血压计</p></body></html>"


def items(folder: Path, data: bytes, name: str, url: str = "") -> list[Visit | Failure]:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (WHEN.timestamp(), WHEN.timestamp()))
    return list(formats.read(path, url=url))


def saved(folder: Path, text: str, url: str = "") -> Visit:
    (visit,) = items(folder, text.encode(), "页面.html", url)
    assert isinstance(visit, Visit)
    return visit


@pytest.mark.parametrize(
    ("head", "url", "who"),
    [
        ("<!-- saved from url=(0026)https://shop.example/p/1 -->", f"{SHOP}/p/1", "as the saving browser noted"),
        ("<!--\n Page saved with SingleFile \n url: https://shop.example/p/2 \n-->", f"{SHOP}/p/2", "as the saving browser noted"),
        (f'<link rel="canonical" href="{SHOP}/p/3">', f"{SHOP}/p/3", "as the page says of itself"),
        (f"<meta property='og:url' content='{SHOP}/p/4'>", f"{SHOP}/p/4", "as the page says of itself"),
    ],
)  # fmt: skip
def test_where_a_page_is_from(tmp_path: Path, head: str, url: str, who: str) -> None:
    visit = saved(tmp_path, head + PAGE)
    assert (visit.url, visit.storefront, dict(visit.note)["address"]) == (url, "shop.example", who)
    told = saved(tmp_path, head + PAGE, f"{SHOP}/told")
    assert (told.url, dict(told.note)["address"]) == (f"{SHOP}/told", "as said by who brought the file")


def test_a_page_from_nowhere_says_so(tmp_path: Path) -> None:
    visit = saved(tmp_path, PAGE)
    assert visit.url.startswith("urn:sha256:")
    assert (visit.storefront, dict(visit.note)["address"]) == ("address-unknown", "not known")


def test_nothing_is_made_up_that_is_not_said_to_be(tmp_path: Path) -> None:
    visit = saved(tmp_path, PAGE)
    (exchange,) = visit.exchanges
    assert exchange.sent == b""
    assert exchange.reconstructed
    assert exchange.received.endswith(b"\r\n\r\n" + PAGE.encode())
    assert dict(visit.note)["response"] == "status and head were written; the file holds none"


def test_when_it_was_saved(tmp_path: Path) -> None:
    date = "<!-- Page saved with SingleFile\n saved date: Fri Nov 20 2026 20:00:01 GMT+0800 (中国标准时间) -->"
    assert saved(tmp_path, date + PAGE).time == datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
    unknown = saved(tmp_path, PAGE)
    assert unknown.time == WHEN
    assert "last written" in dict(unknown.note)["time"]


def test_the_bytes_of_gbk_pages_are_kept(tmp_path: Path) -> None:
    (visit,) = items(tmp_path, PAGE.encode("gbk"), "x.html")
    assert isinstance(visit, Visit)
    assert visit.exchanges[0].received.endswith(PAGE.encode("gbk"))


def test_an_empty_page_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="文件是空的"):
        items(tmp_path, b" \n", "x.html")


# --- MHTML -------------------------------------------------------------------------------------------------------------


def test_an_mhtml_is_the_page_and_its_pictures(tmp_path: Path) -> None:
    page, picture = items(tmp_path, mhtml(PAGE), "x.mhtml")
    assert isinstance(page, Visit)
    assert isinstance(picture, Visit)
    assert (page.url, picture.url) == (f"{SHOP}/p/1", f"{SHOP}/1.png")
    assert page.time == picture.time == WHEN
    assert page.exchanges[0].received.partition(b"\r\n\r\n")[2].decode() == PAGE
    assert picture.exchanges[0].received.endswith(b"\r\n\r\n\x89PNG\r\n\x1a\n")


def test_an_alternative_inside(tmp_path: Path) -> None:
    text = (
        "MIME-Version: 1.0\r\nContent-Location: https://shop.example/p/1\r\nContent-Type: multipart/related; boundary=a\r\n\r\n"
        "--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>1</p>\r\n"
        "--b--\r\n--a--\r\n"
    )  # fmt: skip
    (page,) = items(tmp_path, text.encode(), "x.mht")
    assert isinstance(page, Visit)
    assert page.url == f"{SHOP}/p/1"
    assert page.exchanges[0].received.endswith(b"\r\n\r\n<p>1</p>")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (mhtml(PAGE)[:-60], "中断"),
        (mhtml(PAGE)[:700], "中断"),
        (b"nothing", "这不是 MHTML"),
        (b"Content-Type: text/html\r\n\r\n<p>", "这不是 MHTML"),
        (b"Content-Type: multipart/related\r\n\r\n--a", "没有分隔标记"),
        (b"Content-Type: multipart/related; boundary=a\r\n\r\n--a--", "没有网页"),
        (b"Content-Type: multipart/related; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: multipart/x; boundary=a\r\n\r\n" * 9
         + b"\n--a--", "MHTML"),
    ],
)  # fmt: skip
def test_damaged_files_are_refused_whole(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        items(tmp_path, data, "x.mhtml")
    assert said in caught.value.message
    assert caught.value.hint


def test_a_damaged_picture_stops_nothing(tmp_path: Path) -> None:
    bad = mhtml(PAGE).replace(b"iVBORw0KGgo=", b"iVBORw0KG")
    page, picture = items(tmp_path, bad, "x.mhtml")
    assert isinstance(page, Visit)
    assert isinstance(picture, Failure)
    assert "base64" in picture.why
