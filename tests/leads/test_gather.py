from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.leads.gather import gather, seller_name, slim
from scanner.model import Field, FieldState, Finding, Listing, Matter, Severity, Verdict
from scanner.store.draft import Draft, seller_key
from tests.store.making import SHOP, finding, listing, said, seller

SHOPS = ["a.example", "b.example", "b.example:81"]
NAMES = ["", "演示甲店", "演示乙店"]


def found(
    name: str, shop: str, kind: Matter, verdict: Verdict, severity: Severity, goods: str
) -> tuple[Finding, Listing]:
    one, rule = listing(goods, seller=said(name), shop=shop), f"{kind}-{verdict}-{severity}"
    return finding(one, rule, kind=kind, verdict=verdict, severity=severity), one


FOUND = st.lists(
    st.builds(
        found,
        st.sampled_from(NAMES),
        st.sampled_from(SHOPS),
        st.sampled_from(list(Matter)),
        st.sampled_from(list(Verdict)),
        st.sampled_from(list(Severity)),
        st.sampled_from(["演示口罩", "演示血压计"]),
    ),
    max_size=20,
)


def test_one_lead_for_a_seller_and_matter() -> None:
    first, second = listing("演示血压计", seller=said("演示甲店")), listing("演示口罩", seller=said("演示 甲店"))
    licence = seller("演示甲店")
    weak = finding(first, verdict=Verdict.SUSPECT, severity=Severity.CRITICAL)
    grave = finding(second, verdict=Verdict.VIOLATION, severity=Severity.LOW)
    display = finding(licence, "display-licence", kind=Matter.DISPLAY)
    claim, shown = gather([(weak, first), (grave, second), (display, licence)])
    key = seller_key(SHOP, "演示甲店")
    assert claim == Draft(
        key=key, storefront=SHOP, seller="演示甲店", matter=Matter.CLAIM, severity=Severity.LOW,
        verdict=Verdict.VIOLATION, findings=(grave, weak),
    )  # fmt: skip
    assert (shown.key, shown.matter, shown.findings) == (key, Matter.DISPLAY, (display,))


@pytest.mark.parametrize("state", [s for s in FieldState if s is not FieldState.SEEN])
def test_a_seller_not_seen_is_the_storefront(state: FieldState) -> None:
    one = listing(seller=Field(state=state, text="不作数"))
    (draft,) = gather([(finding(one), one)])
    assert (draft.seller, draft.key) == ("", seller_key(SHOP, ""))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("演示医疗（北京）有限公司", "演示医疗(北京)有限公司", True),
        ("Demo Care", "ＤＥＭＯ　ｃａｒｅ", True),
        ("演示\u200b医疗 器械", "演示医疗器械", True),
        ("演示医疗", "演示医药", False),
        ("演示医疗1", "演示医疗2", False),
        ("", "演示", False),
    ],
)
def test_spellings_of_a_seller(one: str, other: str, same: bool) -> None:
    assert (seller_key(SHOP, one) == seller_key(SHOP, other)) is same
    assert seller_key("a.example", one) != seller_key("b.example", one)


def test_the_name_as_shown() -> None:
    assert seller_name(listing(seller=said("  演示\n  甲店 "))) == "演示 甲店"


@given(FOUND)
def test_nothing_is_lost_or_doubled(pairs: list[tuple[Finding, Listing]]) -> None:
    drafts = gather(pairs)
    assert len({(d.key, d.matter) for d in drafts}) == len(drafts)
    held = [f.id for d in drafts for f in d.findings]
    assert sorted(held) == sorted({f.id for f, _ in pairs})
    for draft in drafts:
        assert draft.findings[0].severity is draft.severity
        assert draft.findings[0].verdict is draft.verdict
        assert all(f.kind is draft.matter for f in draft.findings)
        assert draft.verdict is Verdict.VIOLATION or all(f.verdict is not Verdict.VIOLATION for f in draft.findings)


@given(FOUND)
def test_what_is_left_out_until_then_changes_no_draft(pairs: list[tuple[Finding, Listing]]) -> None:
    def plain(drafts: tuple[Draft, ...]) -> list[tuple[object, ...]]:
        return [
            (d.key, d.storefront, d.seller, d.matter, d.severity, d.verdict, [f.id for f in d.findings]) for d in drafts
        ]

    assert plain(gather(slim(*pair) for pair in pairs)) == plain(gather(pairs))


@given(FOUND)
def test_twice_the_same_is_the_same(pairs: list[tuple[Finding, Listing]]) -> None:
    once = gather(pairs)
    assert gather(pairs + pairs) == once
    assert {d.key: d.findings for d in gather(pairs[::-1]) if d.matter is Matter.CLAIM} == {
        d.key: d.findings for d in once if d.matter is Matter.CLAIM
    }
