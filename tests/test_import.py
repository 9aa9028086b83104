"""Recordings of two real mini-program back ends: every product one listing, no credential kept, failures named."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from scanner.numbers import TITLES
from tests import warcs
from tests.running import Done, qingwang

SESSIONS = ("session_nideshop.har", "session_shopxo.har")


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], tuple[Home, Done]]:
    """Each recording imported once into a home of its own."""
    done: dict[Path, tuple[Home, Done]] = {}

    def imported(path: Path) -> tuple[Home, Done]:
        if path not in done:
            home = Home(tmp_path_factory.mktemp(path.stem))
            done[path] = home, qingwang(home.root, "import", str(path), "--json")
        return done[path]

    return imported


def listings_of(home: Home) -> dict[str, dict[str, Any]]:
    return {row["title"]["text"]: row for row in qingwang(home.root, "listings", "list", "--json").rows}


@pytest.mark.parametrize("session", SESSIONS)
def test_every_product_is_one_listing_with_its_number(
    session: str, shared: Callable[[str], Path], homes: Callable[[Path], tuple[Home, Done]]
) -> None:
    home, done = homes(shared(f"cases/captures/{session}"))
    assert (done.code, done.json["listings"]) == (0, 18)
    rows = listings_of(home)
    assert len(rows) == 18
    for truth in json.loads(shared("cases/listings_truth.json").read_text(encoding="utf-8")):
        row = rows[truth["title"]]
        seen = {n["number"]["number"]: n["number"]["type"] for n in row["numbers"]}
        if truth["expect"].get("number"):
            assert truth["expect"]["number"] in seen, truth["title"]
        if truth["expect"].get("type") in TITLES:  # others say that the number stands in a picture only
            assert truth["expect"]["type"] in seen.values(), truth["title"]
        assert float(row["price"]["text"]) == float(truth["price"])


def test_failed_answers_are_no_listings(
    shared: Callable[[str], Path], homes: Callable[[Path], tuple[Home, Done]]
) -> None:
    home, _ = homes(shared(f"cases/captures/{SESSIONS[0]}"))
    rows = qingwang(home.root, "captures", "list", "--json").rows
    by_url = {row["url"].split("/api/")[-1]: row["outcome"] for row in rows}
    assert by_url["goods/detail?id=99999999"] == "error"  # HTTP 500 with a page of HTML
    assert by_url["order/list"] == "login"  # HTTP 200, errno 401
    home, _ = homes(shared(f"cases/captures/{SESSIONS[1]}"))
    rows = qingwang(home.root, "captures", "list", "--json").rows
    assert {row["outcome"] for row in rows if "s=order/index" in row["url"]} == {"login"}  # code -400
    assert {row["outcome"] for row in rows if "id=99999&" in row["url"]} == {"error"}


def secrets(har: Path) -> Iterator[str]:
    """What a recording holds of sessions: cookies set and sent, long values under the names tokens go by."""
    for entry in json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]:
        for side in (entry["request"], entry["response"]):
            yield from (cookie["value"] for cookie in side["cookies"])
        said = [entry["request"].get("postData", {}).get("text", ""), entry["response"]["content"].get("text", "")]
        for text in said:
            try:
                body = json.loads(text)
            except ValueError:
                continue
            data = body.get("data") if isinstance(body, dict) else None
            for place in (body, data):
                if isinstance(place, dict):
                    yield from (str(place[k]) for k in ("token", "code", "openid", "session_key") if place.get(k))


@pytest.mark.parametrize("session", SESSIONS)
def test_no_credential_is_kept_and_the_journal_says_so(
    session: str, shared: Callable[[str], Path], homes: Callable[[Path], tuple[Home, Done]]
) -> None:
    har = shared(f"cases/captures/{session}")
    home, _ = homes(har)
    known = {value.encode() for value in secrets(har) if len(value) >= 6}
    assert known != set()
    kept = [gzip.decompress(path.read_bytes()) for path in home.archive.glob("*.warc.gz")]
    kept += [path.read_bytes() for path in (home.journal, home.book, *home.root.glob("book.db-wal"))]
    assert [value for value in known for whole in kept if value in whole] == []
    said = [line for line in warcs.lines(home) if line["event"] == "import"]
    assert len(said) == 1
    assert len(said[0]["sha256"]) == len(said[0]["sm3"]) == 64
    assert len(said[0]["places"]) > 0
    assert warcs.faults(home) == []


def test_damaged_and_empty_recordings(tmp_path: Path) -> None:
    broken, empty = tmp_path / "broken.har", tmp_path / "empty.har"
    broken.write_text('{"log": {"entries": [', encoding="utf-8")
    empty.write_text(
        '{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}', encoding="utf-8"
    )
    done = qingwang(tmp_path / "home", "import", str(broken), "--json")
    assert (done.code, done.json["error"]["kind"]) == (1, "input")
    assert qingwang(tmp_path / "home", "import", str(empty), "--json").code == 3
    both = qingwang(tmp_path / "home", "import", str(broken), str(empty), "--json")
    assert both.code == 1
    assert [("error" in row) for row in both.rows] == [True, False]
