from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from scanner import clock
from scanner.model import Act, Capture, CaseFile, Decision, Finding, Lead, Listing, Proof, Record, Seller
from scanner.store import codec
from tests.store.making import TEXT, any_of

NOUNS = (Capture, Listing, Seller, Finding, Lead, Decision, Proof, Record, CaseFile)


def written(value: Any) -> set[str]:
    """As the standard library writes it, lone surrogates escaped or as they are."""
    return {
        json.dumps(value, ensure_ascii=plain, separators=(",", ":"), default=codec._plain) for plain in (False, True)
    }


def test_what_every_page_has_is_written_quickly() -> None:
    assert [noun.__name__ for noun in NOUNS if codec._quick(noun)] == ["Listing", "Seller", "Record"]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_every_noun_comes_back_equal(noun: type) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(any_of(noun))
    def comes_back(value: Any) -> None:
        text = codec.dump(value)
        text.encode("utf-8")  # SQLite takes it
        assert text in written(value)  # by the quick writer or not: an older book has the same
        assert codec.load(noun, text) == value
        assert codec._reader(noun)(json.loads(text)) == value  # which reads what the quick one refuses

    comes_back()


def test_what_the_quick_reader_refuses_is_read_all_the_same() -> None:
    step = Decision(lead=1, state="open", who="甲\ud800", when=datetime(2026, 1, 1, tzinfo=UTC))
    text = codec.dump(step)
    with pytest.raises(msgspec.MsgspecError):
        codec._decoder(Decision).decode(text)
    assert codec.load(Decision, text) == step


def test_a_key_that_is_not_known_any_more_is_passed_over() -> None:
    step = Decision(lead=1, state="open", who="甲", when=datetime(2026, 1, 1, tzinfo=UTC))
    assert codec.load(Decision, codec.dump(step).replace("{", '{"gone":[1,{}],', 1)) == step


def test_what_is_no_value_of_the_noun_is_refused() -> None:
    text = codec.dump(Decision(lead=1, state="open", who="甲", when=datetime(2026, 1, 1, tzinfo=UTC), act=Act.NOTE))
    for wrong in (text.replace('"note"', '"no act"', 2), text.replace("2026-01-01T", "2026-13-01T"), text[:-1]):
        with pytest.raises(ValueError):
            codec.load(Decision, wrong)


def test_a_field_the_writer_did_not_know_takes_its_default() -> None:
    text = codec.dump(Decision(lead=1, state="open", who="甲", when=datetime(2026, 1, 1, tzinfo=UTC)))
    assert codec.load(Decision, text.replace(',"note":""', "")).note == ""


@given(any_of(datetime), any_of(datetime))
def test_times_sort_as_text(first: datetime, second: datetime) -> None:
    assert (codec.moment(first) <= codec.moment(second)) is (first <= second)
    assert clock.parse(codec.moment(first)) == first


def test_a_time_of_another_zone_is_the_same_instant() -> None:
    beijing = datetime(2026, 11, 22, 11, 4, 5, 6, timezone(timedelta(hours=8)))
    assert codec.moment(beijing) == "2026-11-22T03:04:05.000006Z"


@given(TEXT)
def test_columns_hold_any_text(text: str) -> None:
    kept = codec.column(text)
    kept.encode("utf-8")
    assert "\0" not in kept
    assert len(kept) == len(text)
