"""What was sealed when a crawl died is read from the archive when it goes on, not asked for again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from scanner.crawl.browser import chromium
from scanner.home import Home
from scanner.model import Capture
from scanner.store.book import Book
from scanner.store.frontier import Frontier as Store
from tests import warcs
from tests.crawl.site import Site, answer, serving
from tests.crawl.test_pieces import CLAIM, Answers, picture, reads_pictures, registered
from tests.crawl.test_second_look import STAYS
from tests.running import ROOT, environment, qingwang


def campaign(folder: Path, site: Site, *, render: str = "never", pictures: int = 0) -> Home:
    home = Home(folder / "home")
    home.make()
    home.config_file.write_text(f"delay: 0\npicture_seconds: {pictures}\n", encoding="utf-8")
    (home.rules / "watch.yaml").write_text(
        f"campaigns:\n  - {{id: shop, title: 演示, storefronts: ['{site.url}/'], limits: {{pages: 100}}, render: {render}, "
        "allow_private: [127.0.0.1]}\n",
        encoding="utf-8",
    )
    return home


def die(home: Home, what: str, number: int) -> None:
    words = [sys.executable, "-m", "tests.crawl.deaths", what, str(number), "--home", str(home.root), "crawl", "shop"]
    done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, check=False, timeout=100)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def waiting(home: Home) -> dict[str, Capture]:
    """What the frontier of a dead crawl has as sealed, by the path that was asked for."""
    (file,) = home.frontiers.glob("*.db")
    with closing(Store(file)) as store:
        rows = store._rows("SELECT row, address FROM sealed")
        found = [one for row, address in list(rows) if (one := store.sealed(row, address)) is not None]
    return {f"/{one.url.split('/', 3)[3]}": one for one in found}


def go_on(home: Home) -> dict[str, int]:
    done = qingwang(home.root, "crawl", "shop", "--json")
    assert done.code == 0, done.err
    assert warcs.faults(home) == []
    said = json.loads(done.out)
    assert said["state"] == "complete", said
    return {"listings": said["listings"], "pages": said["pages"]}


def asked(site: Site) -> Counter[str]:
    return Counter(path for path, _, _ in site.wire)


def front(*numbers: int) -> bytes:
    links = "".join(f"<li><a href=/goods/{n}.html>演示低频治疗仪 {n}型</a> ¥{n}9.90</li>" for n in numbers)
    return answer(f"<html><body><ul>{links}</ul></body></html>".encode())


def captured_once(home: Home) -> bool:
    """Whether no capture is in the book beside another of the same answer."""
    with Book.open(home.book) as book:
        urls = Counter(
            (one.capture.url, one.capture.lane) for one in book.captures() if "robots" not in one.capture.url
        )
    return set(urls.values()) == {1}


@pytest.mark.slow
def test_pages_that_were_with_workers_are_not_asked_for_again(tmp_path: Path) -> None:
    pages: Answers = {f"/goods/{n}.html": registered(n, []) for n in range(1, 9)}
    with serving({"/": front(*range(1, 9)), **pages}) as site:
        home = campaign(tmp_path, site)
        die(home, "listing", 3)
        sealed = waiting(home)
        assert any(path.startswith("/goods/") for path in sealed)
        assert go_on(home) == {"listings": 8, "pages": 9}
        assert {path: asked(site)[path] for path in sealed} == dict.fromkeys(sealed, 1)
        assert asked(site).total() - asked(site)["/robots.txt"] <= 9 + 2  # at most two were on their way
    kept = {line["capture"] for line in warcs.lines(home) if line["event"] == "judgement"}
    assert {one.id for one in sealed.values()} <= kept


@pytest.mark.long
@pytest.mark.kill
@pytest.mark.timeout(400)  # a dozen crawls, each dying where the one before died
def test_a_page_that_kills_the_crawl_each_time_is_given_up_and_no_other(tmp_path: Path) -> None:
    pages: Answers = {f"/goods/{n}.html": registered(n, []) for n in range(1, 11)}
    with serving({"/": front(*range(1, 11)), **pages}) as site:
        home = campaign(tmp_path, site)
        words = [
            sys.executable,
            "-m",
            "tests.crawl.deaths",
            "trap",
            "1",
            "--home",
            str(home.root),
            "crawl",
            "shop",
            "--json",
        ]
        deaths, dead = 0, True
        while dead and deaths < 20:
            done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, check=False, timeout=100)
            dead = done.returncode == -signal.SIGKILL
            deaths += dead
        said = json.loads(done.stdout)
        assert (said["state"], said["listings"], said["outcomes"]["error"]) == ("incomplete", 9, 1), said
        assert asked(site)["/goods/3.html"] == 1  # its answer was there
        assert sum(asked(site)[path] for path in pages) <= 10 + 3 * deaths  # what was on its way at each death
    assert warcs.faults(home) == []


@pytest.mark.slow
def test_a_page_whose_records_are_damaged_is_asked_for_again(tmp_path: Path) -> None:
    with serving({"/": front(1, 2), "/goods/1.html": registered(1, []), "/goods/2.html": registered(2, [])}) as site:
        home = campaign(tmp_path, site)
        die(home, "listing", 1)
        (file,) = home.frontiers.glob("*.db")
        with closing(Store(file)) as store:
            store._db.execute('UPDATE sealed SET capture = replace(capture, \'"sha256":"\', \'"sha256":"0\')')
            touched = {path for _, path in store._rows("SELECT row, json_extract(capture, '$.url') FROM sealed")}
        assert touched
        assert go_on(home)["listings"] == 2
        paths = {f"/{url.split('/', 3)[3]}" for url in touched}
        assert {path: asked(site)[path] for path in paths} == dict.fromkeys(paths, 2)


@pytest.mark.long
@pytest.mark.xdist_group("ocr")
@reads_pictures
def test_pictures_that_had_come_are_not_asked_for_again(tmp_path: Path) -> None:
    answers: Answers = {"/": front(1), "/goods/1.html": registered(1, ["/a.png", "/b.png"])}
    with serving({**answers, "/a.png": picture(CLAIM), "/b.png": picture("演示低频治疗仪")}) as site:
        home = campaign(tmp_path, site, pictures=60)
        die(home, "picture", 2)
        assert set(waiting(home)) >= {"/goods/1.html", "/a.png", "/b.png"}
        assert go_on(home)["listings"] == 1
        assert {asked(site)[path] for path in ("/", "/goods/1.html", "/a.png", "/b.png")} == {1}
    assert captured_once(home)
    with Book.open(home.book) as book:
        assert [one.finding.field for one in book.findings() if one.finding.rule == "claim-cure-rate"] == ["image_text"]


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.skipif(chromium.find() is None, reason="the browser lane needs Chromium")
def test_a_second_look_that_was_sealed_is_not_made_again(tmp_path: Path) -> None:
    with serving({"/": front(1), "/goods/1.html": answer(STAYS)}) as site:
        home = campaign(tmp_path, site, render="auto")
        die(home, "second", 1)
        assert "/goods/1.html" in waiting(home)
        assert go_on(home)["listings"] == 1
        assert asked(site)["/goods/1.html"] == 2  # once in each lane
    assert captured_once(home)
    with Book.open(home.book) as book:
        assert {proof.second_look.value for proof in book.findings()} == {"confirmed"}
