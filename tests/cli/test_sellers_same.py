"""sellers same and tell: groups with reasons, statements in the journal first; rebuild makes them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scanner.crawl.keep import save
from scanner.crawl.reading import fields
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.model import Outcome, Seller
from scanner.store.book import Book
from tests.cli.filled import Ask
from tests.registry.company.pairs import code
from tests.schemas import conform
from tests.store.making import capture, said

A = "shop-a.example|演示甲店"
B = "shop-b.example|演示乙铺"


def page(host: str, name: str, *rows: str) -> Seller:
    url = f"https://{host}/licence"
    text = said("\n".join(rows))
    return fields.seller(storefront=host, family="generic", url=url, page="licence", name=said(name), text=text)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two shops of one code, one with a telephone number that a third has too, and a stranger."""
    home = Home(tmp_path / "home")
    home.make()
    own = f"统一社会信用代码：{code('甲')}"
    pages = (
        page("shop-a.example", "演示甲店", own, "电话：13800138000"), page("shop-b.example", "演示乙铺", own, "电话：0512-66880001"),
        page("shop-c.example", "演示丙屋", "手机 13800138000"), page("shop-d.example", "演示丁坊", "手机 13900139000"),
    )  # fmt: skip
    with Book.open(home.book) as book:
        for number, one in enumerate(pages):
            save(book, one, capture(number, shop=one.storefront), (), (), rulebook="")
    return home


@pytest.mark.usefixtures("home")
def test_groups(ask: Ask) -> None:
    done = ask("sellers", "same", "--json")
    conform("sellers-same", done.json)
    assert (done.code, done.json["sellers"]) == (0, 4)
    (group,) = done.json["groups"]
    assert [member.replace("\n", "|") for member in group["members"]] == [A, B]
    assert group["joins"][0]["because"][0]["kind"] == "uscc"
    told = ask("sellers", "same").out
    assert f"{A}、{B}" in told
    assert "统一社会信用代码一致" in told


@pytest.mark.usefixtures("home")
def test_one_seller(ask: Ask) -> None:
    done = ask("sellers", "same", A, "--json")
    conform("sellers-same", done.json)
    assert [(one["b"].split("\n")[0], one["verdict"]) for one in done.json["likenesses"]] == [
        ("shop-b.example", "same"), ("shop-c.example", "perhaps"),
    ]  # fmt: skip
    assert {one["kind"] for one in done.json["traits"]} == {"storefront", "name", "uscc", "phone", "domain"}
    people = ask("sellers", "same", A).out
    assert "可能是同一经营者" in people
    assert "“手机 13800138000”" in people or "13800138000" in people
    shown = ask("sellers", "list", "--json").rows[0]["id"]
    assert ask("sellers", "same", shown[:8], "--json").json["seller"].split("\n")[0] == "shop-a.example"
    missing = ask("sellers", "same", "nowhere.example|无店", "--json")
    assert (missing.code, missing.json["error"]["kind"]) == (2, "usage")
    assert ask("sellers", "same", "zzzz").code == 2


def test_what_a_person_says_is_journaled_counts_and_can_be_withdrawn(ask: Ask, home: Home) -> None:
    before = ask("sellers", "same", "--json").json
    done = ask("sellers", "tell", B, A, "different", "--who", "甲", "--note", "实地核查", "--json")
    conform("sellers-tell", done.json)
    assert (done.code, done.json["said"]["verdict"], done.json["said"]["who"]) == (0, "different", "甲")
    (line,) = [line for line in Journal.read(home.journal) if line.event == "same_seller"]
    assert (line.data["a"], line.data["b"]) == (A.replace("|", "\n"), B.replace("|", "\n"))
    assert (line.data["verdict"], line.data["who"], line.data["note"]) == ("different", "甲", "实地核查")
    after = ask("sellers", "same", "--json").json
    conform("sellers-same", after)
    assert after["groups"] == []
    told = ask("sellers", "same").out
    assert ask("sellers", "tell", A, B, "撤回", "--who", "乙").code == 0
    assert ask("sellers", "same", "--json").json == before
    assert "甲" in ask("sellers", "same", A).out
    assert told


def test_licence_pictures_and_templates_are_kept(home: Home) -> None:
    """The hash of a picture's bytes is that of its capture; a page of a version known before adds nothing."""
    shop = page("shop-e.example", "演示戊店", "亮照")
    picture = replace(capture(20), media_type="image/png", digest="cd" * 32)
    with Book.open(home.book) as book:
        for one in (picture, capture(21)):
            book.save_capture(one, Outcome.READ)
        for number, template in ((21, "00ff00ff00ff00ff"), (22, "ffffffffffffffff")):
            pieces = (picture.id, capture(21).id)
            save(book, shop, capture(number), pieces, (), rulebook="", template=template)
        found = [(one.kind, one.value, one.capture) for one in book.traits("shop-e.example\n演示戊店")]
    assert [one for one in found if one[0] in ("picture", "template")] == [
        ("picture", "cd" * 32, capture(21).id), ("template", "00ff00ff00ff00ff", capture(21).id),
    ]  # fmt: skip


@pytest.mark.usefixtures("home")
def test_a_person_joins_what_shares_nothing(ask: Ask) -> None:
    stranger = "shop-d.example|演示丁坊"
    assert ask("sellers", "tell", A, stranger, "same", "--who", "甲").code == 0
    (group,) = ask("sellers", "same", "--json").json["groups"]
    assert [member.split("\n")[0] for member in group["members"]] == [
        "shop-a.example",
        "shop-b.example",
        "shop-d.example",
    ]
    assert [one["who"] for one in group["said"]] == ["甲"]


@pytest.mark.usefixtures("home")
def test_what_is_refused(ask: Ask) -> None:
    assert ask("sellers", "tell", A, B, "vielleicht", "--who", "甲").code == 2
    assert ask("sellers", "tell", A, A, "same", "--who", "甲").code == 2
    assert ask("sellers", "tell", A, B, "same").code == 2  # nobody says so
    assert ask("sellers", "same", "--json").json["splits"] == []
