"""What was said, as a listing: the account sells, each finding has its time, the audience accuses nobody."""

from __future__ import annotations

import pytest

from scanner.crawl.reading import line
from scanner.errors import PageError
from scanner.model import FieldState, Listing, Outcome
from scanner.page import Page
from spiders import family_for, transcript
from spiders.transcript import Transcripts
from tests.intake.making import SRT
from tests.spiders.saved import WHEN


def page(text: str, *headers: tuple[bytes, bytes], kind: bytes = b"application/x-subrip") -> Page:
    sent = [(b"Content-Type", kind), *headers]
    return Page("https://live.example/room/1", 200, sent, text.encode(), "0" * 20, WHEN)


def read(text: str, *headers: tuple[bytes, bytes]) -> Listing:
    one = page(text, *headers, kind=b"text/x-transcript")
    seen = line.read(one, family_for(one))
    assert isinstance(seen.subject, Listing), seen
    return seen.subject


def test_a_broadcast_is_a_listing_of_its_account() -> None:
    said = read(SRT)
    assert (said.family, said.storefront, said.title.text, said.seller.text) == (
        "transcript", "live.example", "颈椎治疗仪专场", "演示养生堂",
    )  # fmt: skip
    assert [(s.at, s.text) for s in said.transcript] == [
        ("00:12:03", "这款治疗仪治愈率高达百分之九十八"), ("00:12:09", "想要的家人加V咨询，由演示医院提供服务"),
    ]  # fmt: skip
    assert said.description.state is said.price.state is FieldState.NOT_SEEN
    assert said.buyable.text == "00:12:09 想要的家人加V咨询，由演示医院提供服务"
    assert [(a.name, a.value, a.source) for a in said.attributes] == [("服务提供者", "演示医院", "transcript:00:12:09")]


def test_who_brought_the_file_may_name_the_account() -> None:
    named = read(SRT, (b"X-Account", b"%E5%8F%A6%E4%B8%80"))
    assert named.seller.text == "另一"
    assert read("00:01 三天见效").seller.state is FieldState.NOT_SEEN


def test_numbers_stand_at_their_time() -> None:
    said = read("00:01 我们有证，\n00:05 注册证号粤械注准20202070001")
    assert [(n.field, n.number.number) for n in said.numbers] == [("transcript:00:00:05", "粤械注准20202070001")]


def test_the_audience_is_left_out() -> None:
    said = read("00:01 主播：欢迎\n00:02 观众：三天就治愈了\n00:03 主播：谢谢")
    assert [s.text for s in said.transcript] == ["欢迎", "谢谢"]


def test_times_that_go_back_are_put_in_order_and_apart() -> None:
    said = read("00:05 五\n00:01 一\n00:05 又五")
    assert [(s.at, s.text) for s in said.transcript] == [("00:00:01", "一"), ("00:00:05", "五\n又五")]


def test_too_much_is_named_and_not_half_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript, "MAX_TEXT", 3)
    with pytest.raises(PageError, match="分成几个文件"):
        Transcripts.read(page("00:01 四个字了"))


def test_without_a_time_it_is_no_broadcast() -> None:
    one = page("没有时间的文字", kind=b"text/vtt")
    assert line.read(one, family_for(one)).outcome is Outcome.NOT_A_PRODUCT
    empty = page("  ")
    assert line.read(empty, family_for(empty)).outcome is Outcome.EMPTY
