"""``revisit``: a lead's pages looked at again; every pair is sealed, told truthfully, and closes nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scanner.crawl.browser import chromium
from scanner.evidence import digest
from scanner.evidence.checking.verify import verify
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store.book import Book
from tests.cli.test_rebuild import edit as amend
from tests.cli.test_rebuild import rows
from tests.crawl.site import Site, answer, serving
from tests.crawl.test_second_look import CLAIM, SPOTLESS, WALL, page
from tests.intake.making import entry, written
from tests.running import Done, qingwang
from tests.schemas import conform
from tests.tuning.shop import page as goods

PATHS = ("/goods/1.html", "/goods/2.html", "/goods/3.html", "/goods/4.html", "/goods/5.html", "/goods/6.html")
AS_SCANNED = {path: answer(page(number, CLAIM)) for number, path in enumerate(PATHS, 1)}
ON_SALE_NO_MORE = (
    "<html><head><meta charset=utf-8><title>演示商城</title></head><body><p>商品已下架</p></body></html>".encode()
)
HOME = "<html><head><meta charset=utf-8><title>演示商城</title></head><body><h1>演示商城</h1><p>欢迎光临演示商城首页，全场包邮。</p></body></html>".encode()
LOGIN = "<html><head><meta charset=utf-8><title>请登录</title></head><body><p>请先登录</p><input type=password></body></html>".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop whose six pages were scanned into one lead and more; what it answers can be changed."""

    home: Home
    site: Site

    def look(self, *words: str) -> Done:
        allowed = ("--allow-private", "127.0.0.1", "--json")
        return qingwang(self.home.root, "revisit", "1", *allowed, *(words or ("--render", "never")))

    def pages(self, done: Done) -> dict[str, dict[str, Any]]:
        """The pairs by the last part of their address."""
        conform("revisit", done.json)
        return {one["url"].rpartition("/")[2]: one for one in done.json["pages"]}

    def state(self) -> str:
        with Book.open(self.home.book) as book:
            return book.lead(1).state


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = Home(tmp_path_factory.mktemp("scanned") / "home")
    with serving(dict(AS_SCANNED)) as site:
        urls = [f"{site.url}{path}" for path in PATHS]
        done = qingwang(home.root, "scan", *urls, "--json", "--render", "never", "--allow-private", "127.0.0.1")
        assert (done.code, done.json["listings"]) == (0, 6), done.err
        yield Shop(home=home, site=site)


@pytest.fixture
def shop(scanned: Shop, tmp_path: Path) -> Shop:
    """A copy of the home as it was after the scan, and the shop as it was then."""
    shutil.copytree(scanned.home.root, tmp_path / "home")
    scanned.site.answers = dict(AS_SCANNED)
    return Shop(home=Home(tmp_path / "home"), site=scanned.site)


def redirect(to: str) -> bytes:
    return answer(b"", status="302 Found", extra=f"Location: {to}\r\n".encode())


def change(site: Site) -> None:
    """One page as it was, one with other words, one gone by status, one by its words, one moved, one behind a wall."""
    site.answers |= {
        "/goods/2.html": answer(page(2, "根治颈椎病，有效率95%")),
        "/goods/3.html": answer(b"gone", status="410 Gone"),
        "/goods/4.html": answer(ON_SALE_NO_MORE),
        "/goods/5.html": redirect("/index.html"),
        "/index.html": answer(HOME),
        "/goods/6.html": answer(WALL),
    }


@pytest.mark.long
def test_every_page_is_told_for_what_it_is_now(shop: Shop) -> None:
    before = shop.state()
    change(shop.site)
    done = shop.look()
    told = shop.pages(done)
    assert {name: one["result"] for name, one in told.items()} == {
        "1.html": "same", "2.html": "changed", "3.html": "gone", "4.html": "gone", "5.html": "moved", "6.html": "blocked",
    }  # fmt: skip
    assert done.code == 3  # of one page nothing can be said
    assert (told["3.html"]["why"], told["4.html"]["why"]) == ("HTTP 410", "页面写明商品已下架或者不存在")
    assert told["5.html"]["moved_to"] == f"{shop.site.url}/index.html"
    assert len(told["5.html"]["through"]) == 1  # the redirect itself is sealed
    changes = {one["change"] for one in told["2.html"]["quotes"]}
    assert changes & {"gone", "altered"}
    lost = next(one for one in told["2.html"]["quotes"] if one["change"] in ("gone", "altered"))
    assert "99%" in lost["before"]
    assert {one["change"] for one in told["1.html"]["quotes"]} == {"kept"}
    assert told["6.html"]["quotes"] == []  # behind a wall nothing is said of any of them
    assert (before, shop.state(), done.json["state"]) == ("open", "open", "open")
    _journalled_before_booked(shop, told)
    _packed(shop, told)


def _journalled_before_booked(shop: Shop, told: dict[str, dict[str, Any]]) -> None:
    lines = list(Journal.read(shop.home.journal))
    pairs = [line for line in lines if line.event == "revisit"]
    assert {(p.data["before"], p.data["after"], p.data["result"]) for p in pairs} == {
        (one["before"], one["after"], one["result"]) for one in told.values()
    }
    captured = {line.data["capture"]["id"]: line.seq for line in lines if line.event == "capture"}
    judged = {line.data.get("capture"): line.seq for line in lines if line.event == "judgement"}
    for line in pairs:
        assert captured[line.data["after"]] < line.seq < judged[line.data["after"]]
        assert CLAIM.encode() not in line.raw  # ids and names of fields; no word of the page
    assert qingwang(shop.home.root, "verify", "--home").code == 0


def _packed(shop: Shop, told: dict[str, dict[str, Any]]) -> None:
    shown = qingwang(shop.home.root, "leads", "show", "1", "--json").json
    conform("leads-show", shown)
    assert sorted(one["url"] for one in shown["revisits"]) == sorted(one["url"] for one in told.values())
    assert "前后对照" in qingwang(shop.home.root, "leads", "show", "1").out
    done = qingwang(shop.home.root, "package", "1", "--json")
    assert done.code == 0, done.err
    folder = Path(done.json["package"])
    lead = json.loads((folder / "lead.json").read_bytes())
    assert [one["result"] for one in lead["revisits"]].count("gone") == 2
    sealed = {one["id"] for one in lead["captures"]}
    assert {c for one in lead["revisits"] for c in (one["before"], *one["through"], one["after"])} <= sealed
    assert "复查" in (folder / "report.html").read_text(encoding="utf-8")
    assert all(check.ok for check in verify(folder, strict=False))
    whole = (folder / "lead.json").read_bytes()
    for edit in EDITS:
        edit(lead := json.loads(whole))
        (folder / "lead.json").write_bytes(digest.pages(lead))
        assert any("复查" in check.detail for check in verify(folder, strict=False) if not check.ok)

    with (
        Book.open(shop.home.book) as book,
        book.write() as db,
    ):  # as a kill between the journal's line and the book leaves it
        db.execute("DELETE FROM revisits WHERE result = 'moved'")
    again = qingwang(shop.home.root, "package", "1", "--out", str(folder.parent / "again"), "--json")
    assert again.code == 0, again.err
    lead = json.loads((Path(again.json["package"]) / "lead.json").read_bytes())
    assert len(lead["revisits"]) == 5


# What somebody might do to the pairs of a package; the journal's line of each knows better.
EDITS: tuple[Callable[[Any], object], ...] = (
    lambda lead: lead["revisits"][0].update(result="relisted"),
    lambda lead: lead["revisits"].pop(),
    lambda lead: next(one for one in lead["revisits"] if one["quotes"])["quotes"][0].update(before="别的话"),
    lambda lead: lead["revisits"][0].update(before="f" * 20),
)


@pytest.mark.slow
def test_a_page_gone_closes_nothing_and_back_again_is_relisted(shop: Shop) -> None:
    assert qingwang(shop.home.root, "leads", "decide", "1", "confirmed", "--who", "演示").code == 0
    for path in PATHS:
        shop.site.answers[path] = answer(b"gone", status="404 Not Found")
    gone = shop.look()
    assert (gone.code, {one["result"] for one in gone.json["pages"]}) == (0, {"gone"})
    assert (shop.state(), gone.json["state"], gone.json["kept"]) == ("confirmed", "confirmed", 0)
    assert "不等于办结" in qingwang(
        shop.home.root, "revisit", "1", "--allow-private", "127.0.0.1", "--render", "never"
    ).out  # fmt: skip
    shop.site.answers[PATHS[0]] = answer(page(1, SPOTLESS))
    again = shop.pages(shop.look())
    assert (again["1.html"]["result"], again["2.html"]["result"]) == ("relisted", "gone")
    assert {one["change"] for one in again["1.html"]["quotes"]} == {"gone"}
    assert shop.state() == "confirmed"
    with Book.open(shop.home.book) as book:
        assert [decision.state for decision in book.decisions(1)] == ["confirmed"]


@pytest.mark.long
def test_rebuild_makes_the_pairs_again(shop: Shop, tmp_path: Path) -> None:
    """Nearly every result there is, one of them relisted, one without any answer; and other goods that may be the same."""
    change(shop.site)
    shop.look()
    shop.site.answers |= {PATHS[2]: answer(page(3, SPOTLESS)), "/goods/91.html": answer(page(4, SPOTLESS))}
    words = ("--json", "--render", "never", "--allow-private", "127.0.0.1")
    assert qingwang(shop.home.root, "scan", f"{shop.site.url}/goods/91.html", *words).json["listings"] == 1
    shop.site.answers[PATHS[5]] = b""
    told = shop.pages(shop.look())
    assert {one["result"] for one in told.values()} == {"same", "gone", "moved", "relisted", "not_reached"}
    assert told["4.html"]["alike"]
    before = rows(shop.home.book)
    assert len(list(before["revisits"].elements())) == 12
    done = qingwang(shop.home.root, "rebuild", "--json", "--out", str(tmp_path / "again.db"))
    assert (done.code, done.json["troubles"], list(done.json["unknown"])) == (0, [], []), done.out[:3000]
    assert rows(tmp_path / "again.db") == before
    amend(shop.home.book, "UPDATE revisits SET result = 'same' WHERE result = 'gone'")
    again = qingwang(shop.home.root, "rebuild", "--json", "--out", str(tmp_path / "other.db"))
    assert [one["table"] for one in again.json["tables"] if not one["same"]] == ["revisits"]


@pytest.mark.slow
def test_nothing_that_answers_is_not_taken_for_gone(shop: Shop) -> None:
    shop.site.answers |= {
        PATHS[0]: answer(LOGIN), PATHS[1]: b"", PATHS[2]: answer(b"", status="500 Internal Server Error"),
        PATHS[3]: redirect(PATHS[3]), PATHS[4]: redirect("http://10.0.0.1/inside"),
    }  # fmt: skip
    done = shop.look()
    told = {name: one["result"] for name, one in shop.pages(done).items()}
    assert told == {
        "1.html": "login", "2.html": "not_reached", "3.html": "not_reached", "4.html": "not_reached",
        "5.html": "not_reached", "6.html": "same",
    }  # fmt: skip
    assert done.code == 3


@pytest.mark.slow
def test_the_same_goods_at_another_address_are_a_suggestion_with_reasons(shop: Shop) -> None:
    """The page is taken down; a new one with the same title and number is scanned; a revisit names it."""
    shop.site.answers |= {PATHS[0]: answer(b"", status="404 Not Found"), "/goods/91.html": answer(page(1, SPOTLESS))}
    url = f"{shop.site.url}/goods/91.html"
    done = qingwang(shop.home.root, "scan", url, "--json", "--render", "never", "--allow-private", "127.0.0.1")
    assert done.json["listings"] == 1
    told = shop.pages(shop.look())
    assert told["1.html"]["result"] == "gone"
    ((found),) = told["1.html"]["alike"]
    assert found["url"] == url
    assert any("标题和编号相同" in reason for reason in found["because"])
    assert told["2.html"]["alike"] == []


@pytest.mark.long
@pytest.mark.parametrize(("status", "then"), [("", ""), ("307 Temporary Redirect", "POST"), ("303 See Other", "GET")])
def test_a_page_that_was_asked_for_by_post_is_asked_for_again_so(tmp_path: Path, status: str, then: str) -> None:
    """With the same body; a redirect keeps method and body only where its status says so (RFC 9110 15.4)."""
    home, form = Home(tmp_path / "home"), {"mimeType": "application/x-www-form-urlencoded", "text": "goods=7&from=list"}
    html = goods(7, "治愈率高达98%，三天见效，根治颈椎病")
    with serving({"/detail": answer(html.encode()), "/moved": answer(html.encode())}) as site:
        brought = entry(f"{site.url}/detail", method="POST", post=form, text=html, mime="text/html; charset=utf-8")
        done = qingwang(home.root, "import", str(written(tmp_path, brought)), "--json")
        assert done.json["leads"] == [1], done.err
        if status:
            site.answers["/detail"] = answer(b"", status=status, extra=b"Location: /moved\r\n")
        looked = qingwang(home.root, "revisit", "1", "--allow-private", "127.0.0.1", "--json")
        asked = [
            (path, sent.split(b" ", 1)[0].decode(), sent.partition(b"\r\n\r\n")[2].decode())
            for path, sent, _ in site.wire
        ]
    assert [one["result"] for one in looked.json["pages"]] == ["same"], looked.err
    assert ("/detail", "POST", form["text"]) in asked
    assert [one for one in asked if one[0] == "/moved"] == [
        ("/moved", then, form["text"] if then == "POST" else "")
    ] * bool(then)
    assert qingwang(home.root, "verify", "--home").code == 0


def test_what_cannot_be_looked_at_is_said(shop: Shop, tmp_path: Path) -> None:
    assert qingwang(shop.home.root, "revisit", "99", "--json").code == 2
    refused = qingwang(shop.home.root, "revisit", "1", "--json")  # a private host, and nobody allowed it
    assert refused.code == 2
    assert qingwang(Home(tmp_path / "none").root, "revisit", "1", "--json").code == 2


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.skipif(chromium.find() is None, reason=f"needs Chromium: {chromium.HINT}")
def test_in_the_browser_the_pair_has_a_picture(shop: Shop) -> None:
    change(shop.site)
    done = shop.look("--render", "auto")
    told = {name: one["result"] for name, one in shop.pages(done).items()}
    assert told == {
        "1.html": "same", "2.html": "changed", "3.html": "gone", "4.html": "gone", "5.html": "moved", "6.html": "blocked",
    }  # fmt: skip
    after = shop.pages(done)["3.html"]["after"]
    capture = qingwang(shop.home.root, "captures", "show", after, "--json").json["capture"]
    assert capture["lane"] == "browser"
    assert any("fullPage" in ref["uri"] for ref in capture["records"])
