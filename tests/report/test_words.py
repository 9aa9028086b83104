"""Every word of the model has a Chinese name, and no two words of one table share one."""

from __future__ import annotations

from typing import get_args

import pytest

from scanner import model
from scanner.crawl.reading.offers import Group
from scanner.leads.states import WORDS
from scanner.page.lures import Kind
from scanner.report import words
from spiders import FAMILIES

TABLES = {
    model.Outcome: words.OUTCOMES, model.CrawlState: words.CRAWL_STATES, model.FieldState: words.FIELD_STATES,
    model.Lane: words.LANES, model.Matter: words.MATTERS, model.Verdict: words.VERDICTS,
    model.DutyState: words.DUTY_STATES, model.Severity: words.SEVERITIES, model.Standing: words.STANDINGS, model.SecondLook: words.SECOND_LOOKS, model.RevisitResult: words.REVISITS,
    model.LeadSource: words.SOURCES, model.Act: words.ACTS, model.Measure: words.MEASURES, model.Transfer: words.TRANSFERS,
    model.Stage: words.STAGES,
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.__name__)
def test_complete_and_distinct(table: type[model.StrEnum]) -> None:
    names = TABLES[table]
    assert set(names) == set(table)
    assert len(set(names.values())) == len(names)
    assert [words.said(word) for word in table] == [names[word] for word in table]


def test_no_enumeration_is_left_out() -> None:
    found = {v for v in vars(model).values() if isinstance(v, type) and issubclass(v, model.StrEnum)} - {model.StrEnum}
    assert found == set(TABLES)


def test_families_and_kinds_of_goods_are_named() -> None:
    assert set(words.FAMILIES) == set(FAMILIES)
    assert set(words.GOODS) == set(get_args(Group))


def test_kinds_of_contacts_are_named() -> None:
    assert set(words.CONTACTS) == set(get_args(Kind))


def test_states_of_leads_are_named() -> None:
    assert set(words.LEADS) == set(WORDS)


@pytest.mark.parametrize(
    ("field", "name"),
    [("title", "商品标题"), ("attribute:注册证号", "规格参数“注册证号”"), ("", "整页"), ("something", "something")],
)
def test_fields(field: str, name: str) -> None:
    assert words.field_name(field) == name
