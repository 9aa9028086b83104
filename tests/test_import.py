"""``qingwang import`` on recorded sessions: listings with their numbers, failures as failures, no credential anywhere."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scanner.home import Home
from scanner.model import Listing, Outcome
from scanner.store.book import Book
from tests import warcs
from tests.running import Done, qingwang
from tests.schemas import conform
from tests.whole import snapshot

SESSIONS = ("nideshop", "shopxo")
HOSTS = {"nideshop": "miniapp.yanxuan-kh.example", "shopxo": "h5.kanghu.example"}
LOGIN_CODE = "0a3xYz"  # what the phone sent to log in
TOKEN = re.compile(r'"(?:token|openid|session_key)"\s*:\s*"([^"]{6,})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    done: Done
    home: Home
    hars: dict[str, Any]

    @property
    def rows(self) -> dict[str, Any]:
        return dict(zip(SESSIONS, self.done.rows, strict=True))


@pytest.fixture(scope="module")
def imported(shared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """Both sessions in one run of the command, into one home."""
    paths = [shared(f"cases/captures/session_{name}.har") for name in SESSIONS]
    home = Home(tmp_path_factory.mktemp("imported"))
    done = qingwang(home.root, "import", *map(str, paths), "--json")
    return Imported(
        done=done, home=home, hars={n: json.loads(p.read_bytes()) for n, p in zip(SESSIONS, paths, strict=True)}
    )


@pytest.fixture(scope="module")
def listings(imported: Imported) -> dict[tuple[str, str], Listing]:
    """(storefront, product id) -> the listing as the mini-program's answer says it."""
    with Book.open(imported.home.book) as book:
        found = [k.subject for k in book.listings()]
        said = [book.listing_version(x.id, v.version) for x in found for v in book.versions("listing", x.id)]
    return {(x.storefront, x.product_id): x for x in said if x is not None and x.family == "jsonapi"}


def answers(har: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(product id, answer) of every product's answer in a recording, as the shop gave it."""
    for one in har["log"]["entries"]:
        content = one["response"]["content"]
        text = content.get("text") or ""
        if content.get("encoding") == "base64":
            text = base64.b64decode(text).decode("utf-8", "replace")
        if one["response"]["status"] != 200 or not text.startswith("{"):
            continue
        data = json.loads(text).get("data")
        goods = (data.get("info") or data.get("goods")) if isinstance(data, dict) else None
        if isinstance(goods, dict) and "id" in goods:
            yield str(goods["id"]), goods


# --- what was read -----------------------------------------------------------------------------------------------------


def test_both_files_are_done(imported: Imported) -> None:
    assert imported.done.code == 0, imported.done.err
    for row in imported.rows.values():
        conform("import", row)
        assert (row["state"], row["listings"]) == ("complete", 18)


@pytest.mark.parametrize("name", SESSIONS)
def test_every_product_is_one_listing(name: str, imported: Imported, listings: dict[tuple[str, str], Listing]) -> None:
    titles = {id: goods.get("name") or goods["title"] for id, goods in answers(imported.hars[name])}
    assert len(titles) == 18
    assert {id: x.title.text for (host, id), x in listings.items() if host == HOSTS[name]} == titles
    with Book.open(imported.home.book) as book:
        held = [known.subject.product_id for known in book.listings(storefront=HOSTS[name])]
    assert sorted(held) == sorted(titles)  # the page of product 9004 is the same listing as its answer


def test_each_listing_has_the_number_its_answer_holds(
    shared: Callable[[str], Path], listings: dict[tuple[str, str], Listing]
) -> None:
    truth = json.loads(shared("cases/listings_truth.json").read_text(encoding="utf-8"))
    assert len(truth) == 11
    for row in truth:
        for name in SESSIONS:
            read = listings[HOSTS[name], str(row["ids"][name])]
            shown = {(seen.number.type, seen.number.number) for seen in read.numbers}
            wanted = row["expect"]["number"]
            assert (read.title.text, read.price.text) == (row["title"], row["price"])
            if wanted is not None:
                assert (row["expect"]["type"], wanted) in shown, row["key"]
            else:  # none in text, or one that is no registration
                assert {kind for kind, _ in shown} == {row["expect"]["type"]} - {None, "image-only"}, row["key"]


def test_the_same_product_says_the_same_through_both_programs(listings: dict[tuple[str, str], Listing]) -> None:
    for n in range(1, 19):
        one, other = listings[HOSTS["nideshop"], f"19001{n:02}"], listings[HOSTS["shopxo"], f"90{n:02}"]
        assert (one.title.text, one.price.text) == (other.title.text, other.price.text)
        assert {s.number.number for s in one.numbers} == {s.number.number for s in other.numbers}


# --- what failed -------------------------------------------------------------------------------------------------------

FAILED = {
    "/api/auth/loginByWeixin": Outcome.ERROR,  # errno 400
    "/api/order/list": Outcome.LOGIN,  # errno 401 with HTTP 200
    "/api/goods/detail?id=99999999": Outcome.ERROR,  # HTTP 500 with HTML
    "/static/user/avatar/1.jpg": Outcome.ERROR,  # HTTP 404
    "s=goods/detail&id=99999": Outcome.ERROR,  # code -1: no such product
    "s=order/index": Outcome.LOGIN,  # code -400: log in again
}


def test_failed_answers_are_failures_and_no_listings(imported: Imported) -> None:
    with Book.open(imported.home.book) as book:
        sealed = [s for s in book.captures() if s.outcome not in (Outcome.READ, Outcome.NOT_A_PRODUCT)]
        first = {v.capture for k in book.listings() for v in book.versions("listing", k.subject.id)}
    told = {next(part for part in FAILED if part in s.capture.url): s.outcome for s in sealed}
    assert told == FAILED
    assert len(sealed) == len(FAILED)
    assert first & {s.capture.id for s in sealed} == set()
    assert imported.rows["nideshop"]["outcomes"] == {"error": 3, "login": 1, "not_a_product": 10, "read": 18}
    assert imported.rows["shopxo"]["outcomes"] == {"error": 1, "login": 1, "not_a_product": 4, "read": 19}


# --- credentials -------------------------------------------------------------------------------------------------------


def secrets(har: Any) -> set[str]:
    """Every credential of a recording, found without our scrubber: cookies, tokens, the code of a login."""
    found = {LOGIN_CODE}
    for one in har["log"]["entries"]:
        for side in ("request", "response"):
            found |= {cookie["value"] for cookie in one[side]["cookies"]}
            found |= {h["value"] for h in one[side]["headers"] if "token" in h["name"].lower()}
        for text in (one["request"].get("postData", {}).get("text", ""), one["response"]["content"].get("text", "")):
            found |= set(TOKEN.findall(text or ""))
    return {value for value in found if value not in ("", "null")}


def stored(home: Home) -> dict[str, bytes]:
    """Everything the home holds, compressed things unpacked, by name."""
    files = {str(p.relative_to(home.root)): p.read_bytes() for p in home.root.rglob("*") if p.is_file()}
    blocks = {f"{r.file}@{r.offset} {r.type} {r.uri}": r.block for r in warcs.records(home)}
    return files | blocks


def test_credentials_are_gone_from_everything_stored(imported: Imported) -> None:
    known = set().union(*(secrets(har) for har in imported.hars.values()))
    assert len(known) > 40
    held = stored(imported.home)
    assert len(held) > 110
    left = [(secret, name) for name, data in held.items() for secret in known if secret.encode() in data]
    assert left == []


def test_the_journal_says_what_was_taken_out(imported: Imported) -> None:
    lines = {line["name"]: line for line in warcs.lines(imported.home) if line["event"] == "import"}
    mini, shop = (lines[f"session_{name}.har"] for name in SESSIONS)
    assert mini["places"] == [
        *([n, "request header X-Nideshop-Token"] for n in range(10, 28)),
        [29, "request body $.code"],
    ]
    assert shop["places"] == [[n, "response header Set-Cookie"] for n in [*range(1, 24), 25]]
    for line in (mini, shop):
        assert {"sha256", "sm3", "size"} <= set(line)


def test_what_was_imported_says_that_it_was_rebuilt(imported: Imported) -> None:
    with Book.open(imported.home.book) as book:
        captures = [sealed.capture for sealed in book.captures()]
    assert Counter(c.lane.value for c in captures) == {"import": 57}
    notes = Counter(dict(capture.note)["file"] for capture in captures)
    assert notes == {"session_nideshop.har": 32, "session_shopxo.har": 25}
    assert warcs.faults(imported.home) == []


def test_an_import_has_no_second_look_and_says_so(imported: Imported) -> None:
    number = imported.rows["nideshop"]["leads"][0]
    shown = qingwang(imported.home.root, "leads", "show", str(number), "--json").json
    assert {proof["second_look"] for proof in shown["proofs"]} == {"none"}


def test_importing_again_adds_sightings_only(imported: Imported, shared: Callable[[str], Path]) -> None:
    before = snapshot(imported.home)
    done = qingwang(imported.home.root, "import", str(shared("cases/captures/session_nideshop.har")), "--json")
    after = snapshot(imported.home)
    assert (done.code, done.json["listings"]) == (0, 18)
    assert (after.said, after.numbers) == (before.said, before.numbers)
