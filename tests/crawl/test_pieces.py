"""The pieces of a page, asked for and waited for: pictures whose text matters, descriptions in answers of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from scanner.home import Home
from scanner.model import Capture, FieldState, Listing, Outcome, Seller, Verdict
from scanner.ocr import places, program
from scanner.store.book import Book
from scanner.store.frontier import Frontier as Store
from tests import warcs
from tests.crawl.partshop import PartShop
from tests.crawl.site import Answer, answer, serving
from tests.ocr import drawing
from tests.running import ROOT, command, environment, qingwang

CLAIM = "根治颈椎病，治愈率99%"  # cures for good, cure rate 99 %
NUMBER = "演械注准20212090001"
Answers = dict[str, bytes | Answer]

reads_pictures = pytest.mark.skipif(not program(), reason="text in pictures needs rapidocr")


def device(number: int, *, rows: str = "", below: str = "") -> bytes:
    return answer(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示低频治疗仪{number}</title></head><body>"
        f"<h1>演示低频治疗仪 {number}型</h1><p>价格：¥{number}9.90</p><table><tr><th>品牌</th><td>演示</td></tr>"
        f"<tr><th>型号</th><td>T{number}</td></tr>{rows}<tr><th>注册人</th><td>演示低频器械有限公司</td></tr></table>"
        f"<p>供缓解肌肉疲劳。</p>{below}<button>加入购物车</button></body></html>".encode()
    )


def registered(number: int, pictures: list[str]) -> bytes:
    shown = "".join(f'<img src="{url}">' for url in pictures)
    return device(number, rows=f"<tr><th>注册证编号</th><td>{NUMBER}</td></tr>", below=shown)


def picture(*lines: str) -> bytes:
    return answer(drawing.draw(lines, size=24).body, type_="image/png")


def scan(home: Home, answers: Answers, *paths: str, config: str = "") -> list[str]:
    """The pages of a shop looked at without a browser; which addresses the shop was asked for."""
    if config:
        home.make()
        home.config_file.write_text(config, encoding="utf-8")
    with serving(answers) as site:
        urls = [f"{site.url}{path}" for path in paths or answers if path.endswith(".html")]
        done = qingwang(
            home.root, "scan", *urls, "--json", "--render", "never", "--allow-private", "127.0.0.1", "--pages", "20"
        )
    assert done.code == 0, done.err
    assert warcs.faults(home) == []
    return [path for path, _, _ in site.wire if path != "/robots.txt"]


def listings(home: Home) -> dict[str, Listing]:
    with Book.open(home.book) as book:
        return {known.subject.url.rpartition("/")[2]: known.subject for known in book.listings()}


@pytest.mark.slow
@pytest.mark.xdist_group("ocr")
@reads_pictures
class TestPictures:
    def test_a_claim_in_a_picture_is_found_without_a_browser(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        asked = scan(home, {
            "/goods/1.html": registered(1, ["/d.png", "/moved.png", "/gone.png", "/x.svg"]),
            "/d.png": picture("演示低频治疗仪", CLAIM),
            "/moved.png": answer(b"", status="302 Found", extra=b"Location: /e.png\r\n"),
            "/e.png": picture("使用前请阅读说明书"),
        })  # fmt: skip
        assert sorted(asked) == ["/d.png", "/e.png", "/gone.png", "/goods/1.html", "/moved.png"]
        (listing,) = listings(home).values()
        assert CLAIM in listing.image_text.text.replace(",", "，")
        assert "使用前请阅读说明书" in listing.image_text.text
        assert listing.image_text.source.partition("\n")[0].endswith("read=2 of=4 missing=1 unsupported=1")
        with Book.open(home.book) as book:
            pictured = [proof for proof in book.findings() if proof.finding.field == "image_text"]
            assert {proof.finding.rule for proof in pictured} >= {"claim-cure-rate"}
            sealed = {one.capture.id: one.capture for one in book.captures()}
            pieces = {sealed[one].url.rpartition("/")[2] for one in book.pieces(listing)}
            assert pieces == {"d.png", "e.png"}
            assert len(book.versions("listing", listing.id)) == 1

    @pytest.mark.long
    def test_a_package_holds_the_pictures_that_were_read(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        scan(home, {"/goods/1.html": registered(1, ["/d.png"]), "/d.png": picture(CLAIM)})
        with Book.open(home.book) as book:
            lead = next(one.number for one in book.leads() if one.matter == "claim")
            case = book.case(lead, made=next(book.captures()).capture.time)
        assert {capture.url.rpartition("/")[2] for capture in case.captures} == {"1.html", "d.png"}
        out = tmp_path / "out"
        done = qingwang(home.root, "package", str(lead), "--out", str(out))
        assert done.code == 0, done.err
        (path,) = out.iterdir()
        checked = qingwang(home.root, "verify", str(path))
        assert checked.code == 0, checked.out + checked.err
        assert any(b"d.png" in one.read_bytes() for one in path.rglob("*.json"))

    def test_a_picture_is_asked_for_once_a_run(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        pages = {f"/goods/{n}.html": registered(n, ["/notice.png"]) for n in (1, 2, 3)}
        asked = scan(home, {**pages, "/notice.png": picture("使用前请阅读说明书")})
        assert asked.count("/notice.png") == 1
        assert {one.image_text.state for one in listings(home).values()} == {FieldState.SEEN}

    def test_goods_that_are_not_medical_are_not_looked_at(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        cup = answer("<html><head><title>杯</title></head><body><h1>演示保温杯</h1><p>价格：¥39.90</p><img src=/d.png>"
                     "<button>加入购物车</button></body></html>".encode())  # fmt: skip
        assert scan(home, {"/goods/1.html": cup, "/d.png": picture("保温")}) == ["/goods/1.html"]

    def test_a_budget_of_nothing_asks_for_nothing(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        answers: Answers = {"/goods/1.html": registered(1, ["/d.png"]), "/d.png": picture(CLAIM)}
        assert scan(home, answers, config="picture_seconds: 0\n") == ["/goods/1.html"]
        (listing,) = listings(home).values()
        assert listing.image_text.state is FieldState.NOT_LOOKED_AT

    def test_a_number_only_in_a_picture_is_there_but_not_as_text(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        shown = device(1, below="<img src=/d.png>")
        scan(home, {"/goods/1.html": shown, "/d.png": picture("产品名称：演示低频治疗仪", f"注册证编号：{NUMBER}")})
        (listing,) = listings(home).values()
        assert [(one.field, one.number.number) for one in listing.numbers] == [("image_text", NUMBER)]
        with Book.open(home.book) as book:
            rules = {proof.finding.rule: proof.finding for proof in book.findings()}
        assert "number-missing" not in rules
        assert rules["registration-number-as-text"].verdict is Verdict.SUSPECT
        assert any("识别可信度" in said for said in rules["registration-number-as-text"].beside)

    @pytest.mark.long
    @pytest.mark.parametrize(
        "odd", ["//a／b.com/x.png", "//shop.example:abc/x.png", "//shop.example:99999/x.png", "/a b c d e f.png"]
    )
    def test_an_odd_address_costs_itself_only(self, tmp_path: Path, odd: str) -> None:
        home = Home(tmp_path / "home")
        pages = {f"/goods/{n}.html": registered(n, [odd, "/d.png"]) for n in (1, 2)}
        asked = scan(home, {**pages, "/d.png": picture(CLAIM), "/a%20b%20c%20d%20e%20f.png": picture("演示低频治疗仪")})
        assert asked.count("/d.png") == 1
        for one in listings(home).values():
            (place,) = places.places(one.image_text.source, *_span(one.image_text.text, "治愈率"))
            assert place.picture.endswith("/d.png")
        with Book.open(home.book) as book:
            assert {p.finding.subject_id for p in book.findings() if p.finding.rule == "claim-cure-rate"} == {
                one.id for one in listings(home).values()
            }  # fmt: skip

    def test_the_picture_is_named_though_its_address_has_a_space(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        answers: Answers = {
            "/goods/1.html": registered(1, ["/first.png", "/my pic.png"]),
            "/first.png": picture("演示低频治疗仪"),
        }
        scan(home, {**answers, "/my%20pic.png": picture(CLAIM)})
        (one,) = listings(home).values()
        (place,) = places.places(one.image_text.source, *_span(one.image_text.text, "治愈率"))
        assert place.picture.endswith("/my%20pic.png")

    def test_what_changes_something_is_not_asked_for_as_a_picture(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        shown = registered(1, ["/cart/add?id=5", "/user/logout", "/d.png"])
        assert sorted(scan(home, {"/goods/1.html": shown, "/d.png": picture(CLAIM)})) == ["/d.png", "/goods/1.html"]

    def test_pictures_that_do_not_come_are_not_asked_for_again(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        gone = [f"/gone{n}.png" for n in range(9)]
        front = (
            "<html><body>" + "".join(f"<a href=/goods/{n}>演示 {n}型 ¥9</a>" for n in range(1, 9)) + "</body></html>"
        )
        pages = {f"/goods/{n}": registered(n, gone) for n in range(1, 9)}
        with serving({"/": answer(front.encode()), **pages}) as site:
            done = qingwang(
                home.root, "scan", f"{site.url}/", "--json", "--render", "never", "--allow-private", "127.0.0.1"
            )
        assert done.json["listings"] == 8
        asked = Counter(path for path, _, _ in site.wire)
        assert max(asked[path] for path in gone) == 1

    def test_the_look_is_kept_when_the_run_is_stopped_before_its_pictures_came(self, tmp_path: Path) -> None:
        home, held = Home(tmp_path / "home"), threading.Event()
        wanted = threading.Event()

        def slow(_: bytes) -> bytes:
            wanted.set()
            held.wait(30)
            return picture(CLAIM)

        with serving({"/goods/1.html": registered(1, ["/d.png"]), "/d.png": slow}) as site:
            words = ("scan", f"{site.url}/goods/1.html", "--render", "never", "--allow-private", "127.0.0.1")
            with subprocess.Popen(
                command(home.root, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd=ROOT
            ) as process:
                assert wanted.wait(60)
                process.send_signal(signal.SIGINT)
                time.sleep(0.5)
                held.set()
                process.communicate(timeout=60)
        (listing,) = listings(home).values()
        assert listing.title.text.startswith("演示低频治疗仪")
        assert warcs.faults(home) == []


def _span(text: str, words: str) -> tuple[int, int]:
    at = text.index(words)
    return at, at + len(words)


@pytest.mark.slow
@pytest.mark.xdist_group("ocr")
@reads_pictures
class TestLicences:
    CODE, LICENCE = "91350200MA2XNJ1205", "浙杭食药监械经营许20171029号"

    def shop(self, tmp_path: Path, page: str) -> tuple[Home, list[str], Seller]:
        home = Home(tmp_path / "home")
        answers: Answers = {
            "/licence.html": answer(page.encode()),
            "/static/a.png": picture("营业执照", f"统一社会信用代码 {self.CODE}", "名称 演示医疗器械有限公司"),
            "/static/b.png": picture(
                "医疗器械经营许可证", f"许可证编号：{self.LICENCE}", "企业名称：演示医疗器械有限公司"
            ),
            "/static/cup.png": picture("保温杯"),
        }
        asked = scan(home, answers, "/licence.html")
        with Book.open(home.book) as book:
            (known,) = book.sellers()
        return home, asked, known.subject

    def test_licences_shown_as_pictures_are_read(self, tmp_path: Path) -> None:
        page = (
            "<!DOCTYPE html><html><head><meta charset=utf-8><title>经营资质</title></head><body><h1>经营资质</h1>"
            "<p>演示医疗器械有限公司，经营医疗器械</p><img src=/static/a.png alt=营业执照><img src=/static/b.png></body></html>"
        )
        home, asked, seller = self.shop(tmp_path, page)
        assert sorted(asked) == ["/licence.html", "/static/a.png", "/static/b.png"]
        assert (seller.uscc.text, seller.uscc.source) == (self.CODE, "image_text")
        assert {(n.field, n.number.type) for n in seller.numbers} == {
            ("image_text", "uscc"), ("image_text", "device_biz_license"),
        }  # fmt: skip
        assert places.whole(seller.image_text.source)
        shown = qingwang(home.root, "sellers", "show", seller.id[:12], "--json").json
        duties = {one["duty"]: one for one in shown["duties"]}
        licence = duties["shop-licence-as-text"]
        assert (licence["state"], licence["field"]) == ("picture", "image_text")
        assert duties["shop-licence-shown"]["state"] == "picture"
        found = {one["finding"]["rule"]: one["finding"] for one in shown["findings"]}
        assert found["shop-licence-as-text"]["verdict"] == "suspect"
        assert any("b.png" in said for said in found["shop-licence-as-text"]["beside"])

    def test_the_captures_of_the_licences_belong_to_the_page(self, tmp_path: Path) -> None:
        page = (
            "<!DOCTYPE html><html><head><meta charset=utf-8><title>经营资质</title></head><body><h1>经营资质</h1>"
            "<p>演示医疗器械有限公司</p><img src=/static/a.png alt=营业执照></body></html>"
        )
        home, _, seller = self.shop(tmp_path, page)
        with Book.open(home.book) as book:
            sealed = {one.capture.id: one.capture for one in book.captures()}
            held: list[Capture] = [sealed[one] for one in book.pieces(seller)]
        assert [one.url.rpartition("/")[2] for one in held] == ["a.png"]


class TestParts:
    def walk(self, tmp_path: Path, answers: Answers, *paths: str) -> tuple[Home, list[str]]:
        home = Home(tmp_path / "home")
        with serving(answers) as site:
            done = subprocess.run(
                [sys.executable, "-m", "tests.crawl.partshop", str(home.root), *(p if p.startswith("--") else f"{site.url}{p}" for p in paths)],
                capture_output=True, text=True, check=False, env=environment(), cwd=ROOT, timeout=100,
            )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["pages"] == sum(path.startswith("/") for path in paths)
        return home, [path for path, _, _ in site.wire if path != "/robots.txt"]

    @pytest.mark.slow
    def test_walls_before_parts_are_known_to_a_crawl_that_goes_on(self, tmp_path: Path) -> None:
        title = "<html><head><title>演示低频治疗仪</title></head><body><p>演示</p></body></html>".encode()
        wall = answer(b'{"ret": ["FAIL_SYS_USER_VALIDATE::denied"]}', type_="application/json")
        home, _ = self.walk(
            tmp_path,
            {
                "/item/1": answer(title), "/description/1": wall,
                "/item/2": answer(title), "/description/2": self.described("演示说明"),
            },
            "--leave", "/item/1", "/item/2",
        )  # fmt: skip
        (file,) = home.frontiers.glob("*.db")
        spider = PartShop()
        with Store(file) as store:
            spider.recall(store)
        assert spider.tally.outcomes == {Outcome.READ: 2, Outcome.CAPTCHA: 1}
        assert spider.tally.pages == 2

    def described(self, words: str) -> bytes:
        return answer(json.dumps({"content": f"<p>{words}</p>"}).encode(), type_="application/json")

    @pytest.mark.slow
    def test_a_description_that_comes_later_is_judged_with_its_page(self, tmp_path: Path) -> None:
        title = "<html><head><title>演示低频治疗仪</title></head><body><p>演示</p></body></html>".encode()
        home, asked = self.walk(
            tmp_path,
            {
                "/item/1": answer(title), "/description/1": self.described(f"{CLAIM}，注册证编号：{NUMBER}"),
                "/item/2": answer(title),
                "/item/3": answer(title), "/description/3": answer(b"{}", status="500 Oops"),
            },
            "/item/1", "/item/2", "/item/3",
        )  # fmt: skip
        assert set(asked) >= {f"/{kind}/{n}" for kind in ("item", "description") for n in (1, 2, 3)}
        read = {one.product_id: one for one in listings(home).values()}
        assert read["1"].description.text.startswith(CLAIM)
        assert [(n.field, n.number.number) for n in read["1"].numbers] == [("description", NUMBER)]
        assert {read[n].description.state for n in ("2", "3")} == {FieldState.NOT_SEEN}
        with Book.open(home.book) as book:
            found = {(proof.finding.subject_id, proof.finding.rule): proof for proof in book.findings()}
            assert (read["1"].id, "claim-cure-rate") in found
            assert (read["1"].id, "number-missing") not in found  # said too early, it would have been taken back
            for same in "23":  # two pages that say the same are two, each with its finding
                assert found[read[same].id, "number-missing"].finding.verdict is Verdict.UNVERIFIED
            assert len(book.versions("listing", read["1"].id)) == 1
            sealed = {one.capture.id: one.capture for one in book.captures()}
            assert [sealed[one].url.rpartition("/description/")[2] for one in book.pieces(read["1"])] == ["1"]
        lines = [line for line in warcs.lines(home) if line["event"] == "judgement" and line.get("pieces")]
        assert len(lines) == 1
        assert warcs.faults(home) == []
