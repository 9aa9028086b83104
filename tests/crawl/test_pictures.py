"""Text in pictures, from a page or a recording to findings with their boxes: read once, within a budget, and said so."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rapidocr", reason="text in pictures needs rapidocr")

from scanner.crawl.browser import chromium
from scanner.home import Home
from scanner.model import FieldState, Finding, Listing, SecondLook
from scanner.ocr import places
from scanner.store.book import Book
from tests import warcs
from tests.crawl.site import Answer, answer, serving
from tests.intake.making import SHOP, entry, written
from tests.ocr import drawing
from tests.running import qingwang

pytestmark = [pytest.mark.xdist_group("ocr"), pytest.mark.slow]

CLAIM = "根治颈椎病，治愈率99%"  # cures for good, cure rate 99 %
WARNING = "请仔细阅读产品说明书或者在医务人员的指导下购买和使用"


def page(number: int, pictures: list[str], words: str = "供缓解肌肉疲劳") -> str:
    shown = "".join(f'<img src="{url}">' for url in pictures)
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示理疗仪{number}</title></head><body>"
        f"<h1>演示低频理疗仪 {number}型</h1><p>价格：¥{number}9.90</p><table><tr><th>品牌</th><td>演示</td></tr>"
        f"<tr><th>型号</th><td>T{number}</td></tr><tr><th>注册证编号</th><td>演械注准2021209000{number}</td></tr>"
        f"<tr><th>注册人</th><td>演示低频器械有限公司</td></tr></table><p>{words}。</p>"
        f"<div class=detail>{shown}</div><button>加入购物车</button></body></html>"
    )


def html_entry(path: str, text: str) -> dict[str, Any]:
    return entry(f"{SHOP}{path}", text=text, mime="text/html; charset=utf-8")


def picture_entry(path: str, body: bytes, kind: str = "image/png") -> dict[str, Any]:
    text = base64.b64encode(body).decode("ascii")
    return entry(f"{SHOP}{path}", text=text, mime=kind, encoding="base64")


def listings(home: Home) -> list[Listing]:
    with Book.open(home.book) as book:
        return [known.subject for known in book.listings()]


def in_pictures(home: Home) -> list[Finding]:
    with Book.open(home.book) as book:
        return [proof.finding for proof in book.findings() if proof.finding.field == "image_text"]


def counts(home: Home) -> list[dict[str, Any]]:
    return [line.get("pictures", {}) for line in warcs.lines(home) if line["event"] == "crawl_ended"]


@pytest.fixture(scope="module")
def claim() -> bytes:
    return drawing.draw(("演示低频理疗仪", CLAIM, WARNING), size=24).body


def imported(folder: Path, *entries: Any, config: str = "", again: bool = False) -> Home:
    home = Home(folder / "home")
    home.make()
    home.config_file.write_text(config or "delay: 0.5\n", encoding="utf-8")
    path = written(folder, *entries)
    for _ in range(2 if again else 1):
        done = qingwang(home.root, "import", str(path), "--json")
        assert done.code == 0, done.err
    return home


class TestImported:
    def test_a_claim_in_a_picture_is_found_with_its_box(self, tmp_path: Path, claim: bytes) -> None:
        entries = (picture_entry("/d.png", claim), html_entry("/p/1", page(1, [f"{SHOP}/d.png"])))
        home = imported(tmp_path, *entries)
        (listing,) = listings(home)
        assert listing.image_text.state is FieldState.SEEN
        assert CLAIM in listing.image_text.text.replace(",", "，")
        found = [one for one in in_pictures(home) if one.rule == "claim-cure-rate"]
        assert len(found) == 1
        (one,) = found
        assert listing.image_text.text[one.start : one.end] == one.quote
        (place,) = places.places(listing.image_text.source, one.start, one.end)
        assert place.picture == f"{SHOP}/d.png"
        assert 20 + 41 <= place.y + place.h / 2 <= 20 + 2 * 41
        assert any(f"x={place.x} y={place.y}" in said and place.picture in said for said in one.beside)
        assert warcs.faults(home) == []

    @pytest.mark.long
    def test_a_warning_only_in_a_picture_is_said_so(self, tmp_path: Path, claim: bytes) -> None:
        home = imported(tmp_path, html_entry("/p/1", page(1, ["/d.png"])), picture_entry("/d.png", claim))
        (listing,) = listings(home)
        shown = qingwang(home.root, "listings", "show", listing.id[:12])
        assert "只在图片里" in "".join(shown.out.split()).replace("│", ""), shown.out

    @pytest.mark.long
    def test_the_same_bytes_are_read_once_ever(self, tmp_path: Path, claim: bytes) -> None:
        entries = [picture_entry(f"/{n}.png", claim) for n in range(2)]
        entries += [html_entry(f"/p/{n}", page(n, [f"{SHOP}/0.png", f"{SHOP}/1.png"])) for n in (1, 2)]
        home = imported(tmp_path, *entries, again=True)
        first, second = counts(home)
        assert (first["read"], first["known"]) == (1, 3)
        assert (second["known"], second.get("read", 0), second["seconds"]) == (4, 0, 0)

    @pytest.mark.long
    def test_what_was_not_looked_at_is_told(self, tmp_path: Path, claim: bytes) -> None:
        entries = (
            html_entry("/p/1", page(1, ["/d.png", "/gone.png", "/x.svg", "/bad.png"])),
            picture_entry("/d.png", claim),
            picture_entry("/x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            picture_entry("/bad.png", claim[: len(claim) // 2]),
        )
        home = imported(tmp_path, *entries)
        (listing,) = listings(home)
        head = listing.image_text.source.partition("\n")[0]
        assert head.endswith("read=1 of=4 broken=1 missing=1 unsupported=1")
        assert not places.whole(listing.image_text.source)

    def test_a_budget_of_nothing_reads_nothing(self, tmp_path: Path, claim: bytes) -> None:
        home = imported(
            tmp_path,
            html_entry("/p/1", page(1, ["/d.png"])),
            picture_entry("/d.png", claim),
            config="picture_seconds: 0\n",
        )
        (listing,) = listings(home)
        assert listing.image_text.state is FieldState.NOT_LOOKED_AT
        assert [one["budget"] for one in counts(home)] == [1]
        assert in_pictures(home) == []

    def test_pictures_without_text_make_absence_certain(self, tmp_path: Path) -> None:
        blank = drawing.draw(("",)).body
        home = imported(tmp_path, html_entry("/p/1", page(1, ["/d.png"])), picture_entry("/d.png", blank))
        assert [one.image_text.state for one in listings(home)] == [FieldState.ABSENT]

    def test_judging_again_says_the_same_with_the_box(self, tmp_path: Path, claim: bytes) -> None:
        home = imported(tmp_path, html_entry("/p/1", page(1, ["/d.png"])), picture_entry("/d.png", claim))
        again = qingwang(home.root, "recheck", "--json")
        assert again.code == 0, again.err
        assert (again.json["appeared"], again.json["disappeared"]) in ((0, 0), ([], []))

    def test_an_address_in_chinese_letters_is_found(self, tmp_path: Path, claim: bytes) -> None:
        home = imported(
            tmp_path, html_entry("/p/1", page(1, ["/图片.png"])), picture_entry("/%E5%9B%BE%E7%89%87.png", claim)
        )
        assert [one.image_text.state for one in listings(home)] == [FieldState.SEEN]

    @pytest.mark.parametrize("odd", ["//a／b.com/x.png", "http://[bad/x.png"])
    def test_an_address_that_is_none_ends_no_import(self, tmp_path: Path, claim: bytes, odd: str) -> None:
        moved = {**entry(f"{SHOP}/m.png", status=302, received={"Location": odd, "Content-Type": "image/png"}, text="")}
        shown = html_entry("/p/1", page(1, [odd, "/m.png", "/d.png"]))
        home = imported(tmp_path, shown, moved, picture_entry("/d.png", claim))
        assert CLAIM[:4] in listings(home)[0].image_text.text

    def test_a_page_is_judged_by_the_picture_of_its_own_day(self, tmp_path: Path, claim: bytes) -> None:
        """The address shows a harmless picture two days later: what it showed before was shown."""
        harmless = drawing.draw(("使用前请阅读说明书",), size=24).body
        days = []
        for day, body in (("20", claim), ("22", harmless)):
            for one in (html_entry("/p/1", page(1, ["/d.png"])), picture_entry("/d.png", body)):
                days.append({**one, "startedDateTime": f"2026-11-{day}T10:00:00+08:00"})
        home = imported(tmp_path, *days)
        with Book.open(home.book) as book:
            (known,) = book.listings()
            said = [
                book.listing_version(known.subject.id, v.version) for v in book.versions("listing", known.subject.id)
            ]
        texts = [one.image_text.text for one in said if one is not None]
        assert len(texts) == 2
        assert any("治愈率" in text for text in texts)
        assert any("说明书" in text and "治愈率" not in text for text in texts)
        assert any(one.rule == "claim-cure-rate" for one in in_pictures(home))

    def test_a_lead_names_the_words_of_the_page_once(self, tmp_path: Path, claim: bytes) -> None:
        entries = (html_entry("/p/1", page(1, ["/d.png"], CLAIM)), picture_entry("/d.png", claim))
        home = imported(tmp_path, *entries)
        with Book.open(home.book) as book:
            for lead in book.leads():
                words = [(one.rule, one.field, one.quote) for one in lead.findings]
                assert len(words) == len(set(words))
            assert {one.field for lead in book.leads() for one in lead.findings} >= {"description", "image_text"}


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.skipif(chromium.find() is None, reason=f"needs Chromium: {chromium.HINT}")
def test_the_evidence_lane_reads_the_pictures_it_loaded(tmp_path: Path, claim: bytes) -> None:
    answers: dict[str, bytes | Answer | Callable[[bytes], bytes]] = {
        "/goods/1.html": answer(page(1, ["/a.png", "/moved.png"], CLAIM).encode()),
        "/goods/2.html": answer(page(2, ["/a.png"]).encode()),
        "/a.png": answer(claim, type_="image/png"),
        "/moved.png": answer(b"", status="302 Found", extra=b"Location: /b.png\r\n"),
        "/b.png": answer(drawing.draw(("三天见效，无效退款",), size=28).body, type_="image/png"),
    }
    home = Home(tmp_path / "home")
    with serving(answers) as site:
        urls = [f"{site.url}{path}" for path in answers if path.endswith(".html")]
        done = qingwang(home.root, "scan", *urls, "--json", "--allow-private", "127.0.0.1")
    assert done.code == 0, done.err
    read = {one.url.rpartition("/")[2]: one for one in listings(home)}
    assert {one.image_text.state for one in read.values()} == {FieldState.SEEN}
    first = read["1.html"].image_text
    assert {place.picture.rpartition("/")[2] for place in places.places(first.source, 0, 9_999)} == {
        "a.png",
        "moved.png",
    }
    assert "三天见效" in first.text
    with Book.open(home.book) as book:
        lanes = {one.capture.id: one.capture.lane.value for one in book.captures()}
        found = [proof for proof in book.findings() if proof.finding.field == "image_text"]
    assert found
    # The first page has a finding in its text, so the browser was there; the second one's stands in a picture that the fast
    # lane fetched, and the browser confirmed it. Where the first page is slow, that picture is known before it is read.
    by_page = {name: {lanes[p.capture] for p in found if p.finding.subject_id == one.id} for name, one in read.items()}
    assert "browser" in by_page.pop("1.html")
    assert by_page == {"2.html": {"http"}}
    seconds = {p.second_look for p in found if p.finding.subject_id == read["2.html"].id}
    assert seconds == {SecondLook.CONFIRMED}
    assert counts(home)[0]["read"] == 2
    assert warcs.faults(home) == []
