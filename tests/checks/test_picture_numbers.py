"""Numbers that were read in pictures: the product's own like any other, but never more than a suspicion."""

from __future__ import annotations

from scanner.checks.case import FROM_PICTURE
from scanner.crawl.reading import fields
from scanner.judge import judge
from scanner.model import Field, FieldState, Finding, Listing, Seller, Verdict
from tests.checks.making import DAY, page
from tests.rulebook.making import shipped

SOUND, WRONG = "粤械注准20232070101", "粤械注准20233070101"  # of class III, which no province registers


def found(listing: Listing) -> dict[str, Finding]:
    return {one.rule: one for one in judge(listing, shipped(), None, on=DAY)}


def test_a_malformed_number_in_a_picture_is_a_suspicion_that_says_why() -> None:
    written = found(page("电子体温计", "软头", attributes={"注册证编号": WRONG}))["number-malformed"]
    pictured = found(page("电子体温计", "软头", image_text=f"注册证编号 {WRONG}"))["number-malformed"]
    assert (written.verdict, pictured.verdict) == (Verdict.VIOLATION, Verdict.SUSPECT)
    assert (pictured.field, pictured.quote) == ("image_text", WRONG)
    assert FROM_PICTURE in pictured.unchecked
    assert FROM_PICTURE not in written.unchecked


def test_a_number_in_a_picture_that_is_the_written_one_badly_read_says_nothing() -> None:
    listing = page("电子体温计", "软头", attributes={"注册证编号": SOUND}, image_text=f"注册证编号 {WRONG}")
    assert "number-malformed" not in found(listing)


def test_another_number_in_a_picture_is_looked_at() -> None:
    listing = page("电子体温计", "软头", attributes={"注册证编号": SOUND}, image_text="国械注准20231120999")
    assert found(listing)["number-malformed"].quote == "国械注准20231120999"


def test_a_number_in_a_picture_is_a_number() -> None:
    assert "number-missing" in found(page("电子体温计", "软头", image_text="无编号"))
    assert "number-missing" not in found(page("电子体温计", "软头", image_text=SOUND))


def test_words_in_a_picture_are_not_said_to_be_a_number() -> None:
    findings = found(page("电子体温计", "软头", attributes={"注册证编号": SOUND}, image_text="根治颈椎病，治愈率99%"))
    missing = findings["approval-missing"]
    assert missing.field == "image_text"
    assert FROM_PICTURE not in missing.unchecked


def test_a_credit_code_misread_in_a_picture_is_nobodys() -> None:
    shop = fields.seller(
        storefront="shop.example", family="generic", url="https://shop.example/licence", page="licence",
        name=fields.seen("演示", "title"), text=fields.seen("演示", "text"),
    )  # fmt: skip
    for code, wanted in (("91350200MA2XNJ1205", "91350200MA2XNJ1205"), ("91350200MA2XNJ1234", "")):
        read = Field(state=FieldState.SEEN, text=f"统一社会信用代码 {code}", source="ocr")
        seller = fields.pictured(shop, read)
        assert isinstance(seller, Seller)
        assert seller.uscc.text == wanted
