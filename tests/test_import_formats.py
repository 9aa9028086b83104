"""``qingwang import`` with each format: the same line as a crawl, to leads and to a package that verifies."""

from __future__ import annotations

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scanner.crawl.again.bring import bring
from scanner.crawl.reading.pictures import WHY
from scanner.crawl.reading.workers import Recipe, Workers
from scanner.crawl.session import opened
from scanner.home import Home
from scanner.intake import formats
from scanner.model import Listing, Outcome
from scanner.ocr import PictureState
from scanner.page import Page
from scanner.store.book import Book
from spiders import AnyFamily
from tests import warcs
from tests.intake.making import META, SHOP, SRT, answer, entry, flow, har, mhtml, request, saz, tnet, warc
from tests.running import qingwang
from tests.schemas import conform
from tests.tuning.shop import page

URL = f"{SHOP}/product/1.html"
TEXT = "本品治愈率高达98%，三天见效。"
PAGE = page(1, TEXT)
PAIR = (request(URL), answer(PAGE.encode()))
SAME = {
    "a.har": har(entry(URL, text=PAGE, mime="text/html; charset=utf-8")).encode(),
    "a.mitm": tnet(flow("/product/1.html", PAGE.encode(), response={"headers": [[b"content-type", b"text/html"]]})),
    "a.saz": saz(PAIR, meta=META.replace("T10:22", "T10:23")),  # seen again a minute later
    "a.warc.gz": warc((URL, *PAIR)),
    "a.html": f"<!-- saved from url=(0034){URL} -->{PAGE}".encode(),
    "a.mhtml": mhtml(PAGE, url=URL),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All formats and a transcript, imported into one home by one command."""
    folder = tmp_path_factory.mktemp("formats")
    for name, data in {**SAME, "live.srt": SRT.encode()}.items():
        (folder / name).write_bytes(data)
    done = qingwang(
        folder / "home", "import", *(str(folder / name) for name in [*SAME, "live.srt"]), "--json", timeout=300
    )
    assert done.code == 0, done.err
    for row in done.rows:
        conform("import", row)
        assert (row["state"], row["listings"]) == ("complete", 1), row
    return Home(folder / "home")


def test_every_format_gives_the_same_listing(home: Home) -> None:
    with Book.open(home.book) as book:
        known = {k.subject.family: k for k in book.listings()}
        assert known["generic"].sightings == len(SAME)
        shop = known["generic"].subject
        assert len(book.versions("listing", shop.id)) == 1
    assert (shop.title.text, shop.seller.text, shop.url) == ("演示理疗贴1号", "演示1店", URL)


def test_what_was_rebuilt_says_so_and_what_was_not_does_not(home: Home) -> None:
    with Book.open(home.book) as book:
        files = {dict(s.capture.note)["file"]: s.capture for s in book.captures() if s.outcome is Outcome.READ}
    assert set(files) == {*SAME, "live.srt"}
    rebuilt = []
    for path in sorted(home.archive.glob("*.warc.gz")):
        with path.open("rb") as file:
            heads = [r.rec_headers for r in ArchiveIterator(file, no_record_parse=True) if r.rec_type == "response"]
            rebuilt += [(head.get_header("WARC-Date"), head.get_header("X-Reconstructed")) for head in heads]
    assert [date for date, said in rebuilt if said is None] == ["2026-11-22T02:22:05.000Z"]  # the WARC's
    assert warcs.faults(home) == []


@pytest.mark.slow
def test_a_broadcast_becomes_a_lead_that_quotes_the_time_and_a_package(home: Home, tmp_path: Path) -> None:
    rows = qingwang(home.root, "leads", "list", "--json").rows
    number = next(row["number"] for row in rows if row["seller"] == "演示养生堂" and row["matter"] == "claim")
    shown = qingwang(home.root, "leads", "show", str(number), "--json").json
    conform("leads-show", shown)
    found = {(p["finding"]["field"], p["finding"]["quote"]) for p in shown["proofs"]}
    assert ("transcript:00:12:03", "治愈率高达百分之九十八") in found
    assert "口播文字 00:12:03" in qingwang(home.root, "leads", "show", str(number)).out
    made = qingwang(home.root, "package", str(number), "--out", str(tmp_path), "--json", timeout=300)
    assert made.code == 0, made.err
    (package,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert qingwang(tmp_path / "other", "verify", str(package), "--json", timeout=300).json["ok"] is True
    assert "00:12:03" in (package / "report.html").read_text(encoding="utf-8")
    again = qingwang(tmp_path / "other", "import", str(package / "pages.wacz"), "--json", timeout=300)
    assert (again.code, again.json["listings"], len(again.json["leads"])) == (0, 1, 1)


@pytest.mark.long
@pytest.mark.xdist_group("ocr")
def test_a_screenshot_is_read_and_judged_and_quoted_with_its_place(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="text in pictures needs rapidocr")
    from tests.ocr import drawing

    path = tmp_path / "截图.png"
    path.write_bytes(drawing.draw(("演示养生贴", TEXT, "加微信领取优惠"), size=24).body)
    home = Home(tmp_path / "home")
    done = qingwang(home.root, "import", str(path), "--json")
    assert (done.code, done.json["outcomes"], done.json["listings"]) == (0, {"read": 1}, 1), done.err
    conform("import", done.json)
    assert len(done.json["leads"]) >= 1
    with Book.open(home.book) as book:
        (known,) = book.listings()
        found = [proof.finding for proof in book.findings()]
    listing = known.subject
    assert (listing.family, listing.title.state) == ("picture", "not_seen")
    assert found
    for one in found:
        assert one.field == "image_text"
        assert listing.image_text.text[one.start : one.end] == one.quote
        assert any("位置 x=" in said for said in one.beside)
    assert {one.rule for one in found} & {"claim-cure-rate", "unknown-goods-medical-claim", "claim-quick-effect"}
    assert warcs.faults(home) == []
    shown = qingwang(home.root, "leads", "show", str(done.json["leads"][0])).out
    assert "图片文字" in shown
    made = qingwang(
        home.root, "package", str(done.json["leads"][0]), "--out", str(tmp_path / "out"), "--json", timeout=300
    )
    assert made.code == 0, made.err
    (package,) = [one for one in (tmp_path / "out").iterdir() if one.is_dir()]
    assert qingwang(tmp_path / "other", "verify", str(package), "--json", timeout=300).json["ok"] is True
    assert "位置 x=" in (package / "report.html").read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_read_is_sealed_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "屏幕截图.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    done = qingwang(tmp_path / "home", "import", str(path), "--url", URL, "--json")
    assert (done.code, done.json["state"], done.json["outcomes"]) == (3, "incomplete", {"error": 1})
    lines = warcs.lines(Home(tmp_path / "home"))
    assert [line["why"] for line in lines if line["event"] == "judgement"] == [WHY[PictureState.BROKEN]]
    with Book.open(Home(tmp_path / "home").book) as book:
        (sealed,) = book.captures()
    assert (sealed.capture.url, sealed.capture.media_type) == (URL, "image/png")


def test_the_address_given_must_be_one(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    done = qingwang(tmp_path / "home", "import", str(path), "--url", "shop.example", "--json")
    assert (done.code, done.json["error"]["kind"]) == (2, "usage")
    assert not (tmp_path / "home" / "journal.jsonl").exists()


class Hanging(AnyFamily):
    """A family whose second page never ends."""

    @staticmethod
    def read(page: Page) -> Listing | None:
        while page.url.endswith("/hang"):
            pass
        found = AnyFamily.read(page)
        return found if isinstance(found, Listing) else None


@pytest.mark.slow
def test_a_page_that_hangs_costs_that_page_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.har"
    entries = [
        entry(url, text=PAGE, mime="text/html; charset=utf-8")
        for url in (URL, f"{SHOP}/hang", f"{SHOP}/product/2.html")
    ]
    path.write_text(har(*entries), encoding="utf-8")
    start = Workers.start
    monkeypatch.setattr(Workers, "start", lambda books, rules: start(books, rules, count=1, patience=1.0))
    home = Home(tmp_path / "home")
    with opened(home, kind="import", subjects=["a.har"], render="never", apart=True) as session:
        tally = bring(session, formats.read(path), Recipe(family=Hanging))
        session.finish(tally)
    assert dict(tally.outcomes) == {Outcome.READ: 2, Outcome.ERROR: 1}
    assert [(url, "已中止" in why) for url, why in tally.lost] == [(f"{SHOP}/hang", True)]
    assert tally.state() == "incomplete"
    (ended,) = (one for one in warcs.lines(home) if one["event"] == "crawl_ended")
    assert ended["state"] == "incomplete"
