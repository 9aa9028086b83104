"""Sellers recognised as the same one: reading, comparing, finding pairs, joining; and the bench that holds them."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.crawl.reading import fields
from scanner.leads.same.candidates import CAP, candidates
from scanner.leads.same.clusters import Groups, clusters
from scanner.leads.same.likeness import Likeness, compare
from scanner.leads.same.reading import LINES, MOST, traits_of
from scanner.leads.same.traits import Kind, Trait, Traits, common
from scanner.model import Seller
from scanner.registry.sellers import same_name
from scanner.store.identities import Said
from tests.leads.same_bench import MAKINGS, measure
from tests.registry.company.pairs import code
from tests.store.making import hours, said

A, B = code("甲"), code("乙")


def seller(text: str, *, name: str = "演示店", shop: str = "shop.jd.com") -> Seller:
    url = f"https://{shop}/licence"
    return fields.seller(storefront=shop, family="generic", url=url, page="licence", name=said(name), text=said(text))


def shown(text: str, **given: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in traits_of(seller(text, **given), "capture-1"):
        found.setdefault(one.kind, []).append(one.value)
    return found


def one(key: str, *pairs: tuple[Kind, str]) -> Traits:
    host, _, name = key.partition("|")
    traits = [Trait("storefront", host, host), *([Trait("name", name, name)] if name else [])]
    values = (same_name(value) if kind is Kind.NAME else value for kind, value in pairs)
    traits += [Trait(pair[0].value, value, f"{pair[1]}") for pair, value in zip(pairs, values, strict=True)]
    return Traits(f"{host}\n{name}", tuple(traits))


def likeness(a: Traits, b: Traits, *others: Traits) -> Likeness:
    return compare(a, b, common((a, b, *others)))


# --- the bench -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("making", MAKINGS)
def test_the_bench(making: str) -> None:
    """The figures of ``python -m tests.leads.same_bench``. Only ``report`` was not looked at while points were set."""
    measured = measure(MAKINGS[making])
    labels = [pair.label for pair, _ in measured.pairs]
    assert len(labels) >= 300
    assert min(labels.count("same"), labels.count("other")) >= 150
    assert measured.precision >= 0.98
    assert measured.recall >= 0.95
    assert measured.count("same", "different") + measured.count("open", "different") == 0
    assert measured.rightly >= 0.98 * measured.joined
    assert measured.found >= 0.95 * measured.due


def test_real_names_under_one_code(shared: Callable[[str], Path]) -> None:
    """Registrants whose code stands beside several names: one code alone never comes to less than ``perhaps``, and names that
    differ only in writing are one without any code."""
    told = json.loads(shared("data/registrant_aliases_same_uscc.json").read_text(encoding="utf-8"))
    pairs = [(row["uscc"], a, b) for row in told for a, b in itertools.combinations(row["names"], 2)]
    assert len(pairs) >= 10
    for number, a, b in pairs:
        both = [one(f"h{n}.example|", (Kind.NAME, name), (Kind.USCC, number)) for n, name in enumerate((a, b))]
        assert likeness(*both).verdict in ("same", "perhaps"), (a, b)
        assert likeness(*(Traits(x.key, tuple(t for t in x.shown if t.kind != "uscc")) for x in both)).verdict != "different", (a, b)  # fmt: skip


# --- reading -------------------------------------------------------------------------------------------------------


def test_reading_a_licence_page() -> None:
    text = (
        f"企业名称：演示甲醫療器械有限公司（虚构）\n统一社会信用代码：{A}\n法定代表人\n王小明\n住所：江苏省苏州市演示路1号 2幢301室\n"
        "联系电话：０５１２－６６８８０００１ 客服微信：Demo_Shop88\n邮箱 Demo@Mail.example\n"
        "第二类医疗器械经营备案编号：演城药监械经营备20230001号\n投诉举报电话 12315\n收货电话：13900139000"
    )
    found = shown(text)
    assert found["name"] == ["演示店", "演示甲医疗器械有限公司(虚构)"]
    assert found["uscc"] == [A]
    assert found["person"] == ["王小明"]
    assert found["address"] == ["苏州市演示路1号2幢301室"]
    assert found["phone"] == ["051266880001"]
    assert found["wechat"] == ["demo_shop88"]
    assert found["email"] == ["demo@mail.example"]
    assert found["licence"] == ["device_biz_filing:演城药监械经营备20230001"]
    assert "domain" not in found  # JD is nobody's own site
    own = shown("网站备案：演ICP备20000001号-3", shop="www.demo-shop.example")
    assert (own["domain"], own["icp"]) == (["demo-shop.example"], ["演ICP备20000001"])


def test_quotes_stand_as_on_the_page() -> None:
    page = seller("客服电话：４００－１２３－４５６７　地址：苏州市演示路８号")
    quotes = {one.kind: one.quote for one in traits_of(page, "c")}
    assert quotes["phone"] == "客服电话：４００－１２３－４５６７"
    assert quotes["address"] == "地址：苏州市演示路８号"


def test_a_listing_tells_its_seller_and_lures_only() -> None:
    listing = fields.listing(
        storefront="shop.jd.com", family="generic", url="https://shop.jd.com/1", title=said("演示口罩"), seller=said("演示店"),
        description=said(f"加微信：demo_shop88 咨询。生产企业电话 0512-66880001，{B}"),
    )  # fmt: skip
    assert {x.kind: x.value for x in traits_of(listing, "c")} == {
        "storefront": "shop.jd.com", "name": "演示店", "wechat": "demo_shop88",
    }  # fmt: skip


def test_hostile_text_is_bounded() -> None:
    many = "".join(f"电话：139{n:08d}\n" for n in range(LINES * 2))
    assert len(shown(many)["phone"]) == MOST
    for text in ("地址：" * 60_000, " 地址：a" * 40_000, "a@" * 100_000, "电话：" + "1" * 190_000):
        assert len(traits_of(seller(text), "c")) < 100


# --- comparing -----------------------------------------------------------------------------------------------------


def test_every_reason_has_both_quotes() -> None:
    a = one("a.example|甲店", (Kind.USCC, A), (Kind.PHONE, "13800138000"))
    b = one("b.example|乙店", (Kind.USCC, A), (Kind.PHONE, "13800138000"))
    found = likeness(a, b)
    assert found.verdict == "same"
    assert [(r.kind, r.speaks, r.a, r.b) for r in found.because] == [
        (Kind.USCC, "for", A, A), (Kind.PHONE, "for", "13800138000", "13800138000"),
    ]  # fmt: skip
    assert likeness(b, a) == found


def test_two_codes_are_two_whatever_else_agrees() -> None:
    rest = ((Kind.NAME, "苏州演示医疗器械有限公司"), (Kind.PHONE, "13800138000"), (Kind.PICTURE, "ab" * 32))
    found = likeness(one("a.example|甲店", (Kind.USCC, A), *rest), one("b.example|甲店", (Kind.USCC, B), *rest))
    assert found.verdict == "different"
    assert [r.kind for r in found.because if r.speaks == "suspicion"] == [Kind.PICTURE]


def test_what_many_show_counts_little() -> None:
    a, b = (one(f"{h}.example|{h}店", (Kind.PHONE, "13800138000"), (Kind.WECHAT, "demo88")) for h in "ab")
    assert likeness(a, b).verdict == "same"
    others = [one(f"o{n}.example|{n}号", (Kind.PHONE, "13800138000"), (Kind.WECHAT, "demo88")) for n in range(30)]
    found = likeness(a, b, *others)
    assert found.verdict == "cannot_say"
    assert "共有 32 个经营者显示" in found.because[0].says


def test_one_number_for_telephone_and_wechat_is_one_sign() -> None:
    a, b = (one(f"{h}.example|{h}店", (Kind.PHONE, "13800138000"), (Kind.WECHAT, "13800138000")) for h in "ab")
    assert likeness(a, b).verdict == "perhaps"


def test_nothing_in_common_is_not_different() -> None:
    found = likeness(one("a.example|甲店", (Kind.PHONE, "13800138000")), one("b.example|乙铺"))
    assert (found.verdict, found.because, found.score) == ("cannot_say", (), 0.5)


def test_templates_of_two_sites() -> None:
    a, b = (
        one("a.example|甲店", (Kind.TEMPLATE, "00000000000000ff")),
        one("b.example|乙铺", (Kind.TEMPLATE, "00000000000000fe")),
    )
    assert [(r.kind, r.points) for r in likeness(a, b).because] == [(Kind.TEMPLATE, 0.1)]
    assert likeness(a, one("b.example|乙铺", (Kind.TEMPLATE, "ff000000000000ff"))).because == ()


# --- finding pairs -------------------------------------------------------------------------------------------------


def test_names_in_brackets_and_with_a_slip_are_found() -> None:
    names = (
        "苏州演康医疗器械有限公司",
        "演康（苏州）医疗器械有限公司",
        "苏州演糠医疗器械有限公司",
        "武汉无关健康科技有限公司",
    )
    sellers = [one(f"h{n}.example|店{n}", (Kind.NAME, name)) for n, name in enumerate(names)]
    assert candidates(sellers).pairs == [(0, 1), (0, 2), (1, 2)]


def test_a_block_over_the_cap_says_what_it_cost() -> None:
    many = CAP + 1
    phones = [one(f"h{n}.example|店{n}甲", (Kind.PHONE, "13800138000")) for n in range(many)]
    found = candidates(phones)
    assert (found.pairs, found.cut) == ([], (("phone", "13800138000", many, 0),))
    codes = [one(f"h{n}.example|店{n}甲", (Kind.USCC, A)) for n in range(many)]
    found = candidates(codes)
    assert [(c.kind, c.sellers, c.pairs) for c in found.cut] == [("uscc", many, 2 * many - 3)]
    held = common(codes)
    groups = clusters((compare(codes[a], codes[b], held) for a, b in found.pairs), ()).groups
    assert [len(group.members) for group in groups] == [many]


def test_pairs_do_not_grow_with_the_square() -> None:
    dice = random.Random(3)
    sellers = [
        one(f"p{dice.randrange(9)}.example|店{n}号铺", (Kind.PHONE, f"139{n // 2:08d}"), (Kind.PHONE, "4001234567"))
        for n in range(4000)
    ]
    found = candidates(sellers)
    assert len(found.pairs) == 2000
    assert ("phone", "4001234567", 4000, 0) in found.cut


# --- joining -------------------------------------------------------------------------------------------------------


def pair(a: str, b: str, verdict: str = "same", score: float = 0.9) -> Likeness:
    return Likeness(a=a, b=b, score=score, verdict=verdict, because=())  # type: ignore[arg-type]


def told(a: str, b: str, verdict: str, at: float = 1) -> Said:
    return Said(a=a, b=b, verdict=verdict, who="甲", time=hours(at), note="实地核查")  # type: ignore[arg-type]


def members(groups: Groups) -> list[tuple[str, ...]]:
    return [group.members for group in groups.groups]


CHAIN = (pair("a", "b", score=0.95), pair("b", "c"), pair("c", "d", score=0.85), pair("x", "y", "perhaps", 0.7))


def test_same_joins_and_perhaps_does_not() -> None:
    assert members(clusters(CHAIN, ())) == [("a", "b", "c", "d")]


def test_a_person_splits_and_is_told_the_way() -> None:
    found = clusters(CHAIN, (told("a", "d", "different"),))
    assert members(found) == [("a", "b", "c")]
    (split,) = found.splits
    assert (split.a, split.b, split.path) == ("a", "d", ("a", "b", "c", "d"))
    assert split.why == "甲 认定不是同一经营者：实地核查"


def test_a_statement_taken_away_gives_the_former_result() -> None:
    before = clusters(CHAIN, ())
    for said_ in (told("a", "d", "different"), told("x", "y", "same"), told("b", "c", "different")):
        assert clusters(CHAIN, (said_,)) != before
        gone = Said(a=said_.a, b=said_.b, verdict="withdrawn", who="乙", time=hours(2))
        assert clusters(CHAIN, (said_, gone)) == before


def test_a_persons_same_is_over_the_comparison_and_under_another_persons_different() -> None:
    pairs = (pair("a", "b", "different", 0.1), pair("b", "c"))
    assert members(clusters(pairs, ())) == [("b", "c")]
    assert members(clusters(pairs, (told("a", "b", "same"),))) == [("a", "b", "c")]
    against = (told("a", "b", "same"), told("b", "c", "same"), told("a", "c", "different"))
    found = clusters(pairs, against)
    assert members(found) == [("a", "b")]
    assert [(split.a, split.b) for split in found.splits] == [("a", "c")]
    assert members(clusters(pairs, (told("a", "b", "same"), told("a", "b", "different", 2)))) == [("b", "c")]


def test_of_one_moment_what_was_said_later_counts() -> None:
    assert members(clusters((), (told("a", "b", "same"), told("a", "b", "different")))) == []
    assert members(clusters((), (told("a", "b", "different"), told("a", "b", "same")))) == [("a", "b")]
    against = told("a", "c", "different")  # whichever joined first keeps the other out
    assert members(clusters((), (told("b", "c", "same"), told("a", "b", "same"), against))) == [("b", "c")]
    assert members(clusters((), (told("a", "b", "same"), told("b", "c", "same"), against))) == [("a", "b")]


def test_two_codes_are_not_joined_by_a_third_that_shows_none() -> None:
    pairs = (pair("a", "m", score=0.95), pair("m", "z"))
    found = clusters(pairs, (), {"a": [A], "z": [B]})
    assert members(found) == [("a", "m")]
    assert found.splits[0].path == ("a", "m", "z")
    assert "统一社会信用代码不同" in found.splits[0].why
    assert members(clusters(pairs, (told("a", "z", "same"),), {"a": [A], "z": [B]})) == [("a", "m", "z")]


def test_the_order_of_pairs_does_not_matter() -> None:
    dice = random.Random(7)
    keys = [f"k{n}" for n in range(40)]
    verdicts = ("same", "same", "perhaps", "different")
    pairs = [
        pair(a, b, dice.choice(verdicts), round(dice.random(), 3))
        for a, b in itertools.combinations(keys, 2)
        if dice.random() < 0.1
    ]
    statements = [told(a, b, dice.choice(("same", "different")), n) for n, (a, b) in enumerate(zip(keys, keys[7:], strict=False)) if dice.random() < 0.3]  # fmt: skip
    expected = clusters(pairs, statements)
    apart = {(s.a, s.b) for s in statements if s.verdict == "different"}
    for group in expected.groups:
        assert not apart & set(itertools.combinations(group.members, 2))
    for _ in range(5):
        dice.shuffle(pairs)
        dice.shuffle(statements)
        assert clusters(pairs, statements) == expected
