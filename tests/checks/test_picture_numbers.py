"""Numbers that were read in pictures: the product's own like any other, but never more than a suspicion."""

from __future__ import annotations

from scanner.checks.case import FROM_PICTURE
from scanner.judge import judge
from scanner.model import Finding, Listing, Verdict
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
