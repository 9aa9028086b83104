"""What ``scan`` says and returns for addresses that are not a plain shop (exit codes of the command-line contract)."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest

from scanner.evidence.checking.home_check import verify_home
from scanner.home import Home
from scanner.store.book import Book
from tests import warcs
from tests.cli.filled import Ask
from tests.crawl.site import Answer, answer, serving
from tests.running import Done, qingwang
from tests.schemas import conform

ARTICLE = "<html><head><title>本地新闻</title></head><body><h1>今天天气</h1><p>晴，微风。</p></body></html>"
PRODUCT = """<html><head><meta charset="gbk"><title>演示体温计</title></head><body><h1>演示电子体温计</h1>
<p>价格：¥39.90</p><table><tr><th>品牌</th><td>演示</td></tr><tr><th>注册证编号</th><td>演械注准20212070001</td></tr>
<tr><th>型号</th><td>T1</td></tr></table><button>加入购物车</button></body></html>"""


OWN = ("--allow-private", "127.0.0.1")


def scan(home: Path, *words: str) -> Done:
    done = qingwang(home, "scan", *words, "--json", "--render", "never")
    conform("scan" if done.code in (0, 3) else "error", done.json)
    return done


def nothing_half_read(home: Path) -> bool:
    """The evidence is whole, and the book has neither listing nor seller."""
    with Book.open(Home(home).book) as book:
        nothing = not list(book.listings()) and not list(book.sellers())
    return nothing and all(check.ok for check in verify_home(Home(home)))


@pytest.mark.slow
def test_a_dead_host_is_incomplete(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = scan(tmp_path, f"http://127.0.0.1:{port}/", *OWN)
    assert (done.code, done.json["state"], done.json["pages"]) == (3, "incomplete", 0)
    assert done.json["outcomes"] == {"error": 1}
    assert nothing_half_read(tmp_path)


@pytest.mark.slow
def test_no_shop_a_pdf_and_a_gbk_page_are_done_and_say_what_they_are(tmp_path: Path) -> None:
    answers: dict[str, bytes | Answer] = {
        "/": answer(ARTICLE.encode()),
        "/a.pdf": answer(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", type_="application/pdf"),
        "/goods/1.html": answer(PRODUCT.encode("gb18030"), type_="text/html"),
    }
    with serving(answers) as site:
        done = scan(tmp_path, site.url + "/", site.url + "/a.pdf", site.url + "/goods/1.html", *OWN)
    assert (done.code, done.json["state"], done.json["listings"]) == (0, "complete", 1)
    assert done.json["outcomes"] == {"not_a_product": 1, "not_html": 1, "read": 1}
    captures = qingwang(tmp_path, "captures", "list", "--json").rows
    assert {row["url"].removeprefix(site.url): row["outcome"] for row in captures} == {
        "/": "not_a_product", "/a.pdf": "not_html", "/goods/1.html": "read",
    }  # fmt: skip
    (listing,) = qingwang(tmp_path, "listings", "list", "--json").rows
    assert (listing["title"]["text"], listing["price"]["text"]) == ("演示电子体温计", "39.90")
    assert [seen["number"]["number"] for seen in listing["numbers"]] == ["演械注准20212070001"]


@pytest.mark.slow
def test_a_pdf_alone_is_done(tmp_path: Path) -> None:
    with serving({"/a.pdf": answer(b"%PDF-1.7\n1 0 obj", type_="application/pdf")}) as site:
        done = scan(tmp_path, site.url + "/a.pdf", *OWN)
    assert (done.code, done.json["listings"], done.json["outcomes"]) == (0, 0, {"not_html": 1})


@pytest.mark.slow
def test_too_large_pages_and_a_redirect_loop_are_each_not_got(tmp_path: Path) -> None:
    """50 MB, 50 MB of which no length was said, 50 MB packed in 50 kB, and a page that leads to itself."""
    huge = b"<html>" + b"a" * 50_000_000
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + huge
    answers: dict[str, bytes | Answer] = {
        "/told": answer(huge),
        "/untold": endless,
        "/bomb": answer(gzip.compress(huge), extra=b"Content-Encoding: gzip\r\n"),
        "/loop": answer(b"", status="302 Found", extra=b"Location: /loop\r\n"),
    }
    with serving(answers) as site:
        done = scan(tmp_path, *(site.url + path for path in answers), *OWN)
    assert (done.code, done.json["state"], done.json["listings"]) == (3, "incomplete", 0)
    assert done.json["outcomes"] == {"error": 1, "too_large": 3}
    (ended,) = [line for line in warcs.lines(Home(tmp_path)) if line["event"] == "crawl_ended"]
    assert {url.removeprefix(site.url): why for url, why in ended["lost"]} == {
        "/told": "页面超过大小上限，已中止", "/untold": "页面超过大小上限，已中止",
        "/bomb": "解压后超过大小上限，已中止", "/loop": "重定向次数过多（循环）",
    }  # fmt: skip
    assert nothing_half_read(tmp_path)


def test_a_private_address_is_refused_before_anything(tmp_path: Path) -> None:
    with serving({"/": answer(ARTICLE.encode())}) as site:
        done = scan(tmp_path / "home", site.url + "/")
        assert site.wire == []
    assert (done.code, done.json["error"]["kind"]) == (2, "refused")
    assert "--allow-private" in done.json["error"]["hint"]
    assert not (tmp_path / "home").exists()


BAD = ("not a url", "", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1",
       "http://user:pass@example.com/", "http://a..b/", "http://x:99999/", "http://example.com:22/", "http://127.1/",
       "http://0x7f000001/", "http://169.254.169.254/latest/", "http://[::ffff:10.0.0.1]/", "http://localhost/")  # fmt: skip


@pytest.mark.parametrize("url", BAD)
def test_a_bad_url_is_refused_with_the_reason(url: str, ask: Ask, tmp_path: Path) -> None:
    done = ask("scan", url, "--json")
    assert (done.code, done.json["error"]["kind"]) == (2, "refused")
    conform("error", done.json)
    assert done.json["error"]["hint"]
    assert not (tmp_path / "home").exists()


def test_bad_urls_are_refused_together(ask: Ask) -> None:
    done = ask("scan", "http://10.0.0.1/", "https://shop.example/", "ftp://other.example/", "--json")
    assert done.code == 2
    message = done.json["error"]["message"].splitlines()
    assert [line.partition("：")[0] for line in message] == ["10.0.0.1", "ftp://other.example/"]


@pytest.mark.slow
def test_a_login_wall_alone_is_blocked(tmp_path: Path) -> None:
    wall = "<html><title>登录</title><body><h1>请先登录</h1><form><input name=user><input type=password></form></body></html>"
    with serving({"/": answer(wall.encode())}) as site:
        done = scan(tmp_path, site.url + "/", *OWN)
    assert (done.code, done.json["state"], done.json["outcomes"]) == (3, "blocked", {"login": 1})
