"""docs/schema: each file is a valid schema, says what the model says, and fits the values it is for."""

from __future__ import annotations

import dataclasses
import json
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from scanner import errors, model
from scanner.cli import console
from scanner.evidence.stamp.of_home import Stamped
from scanner.leads.clocks import Standing
from scanner.leads.priority import Priority
from scanner.leads.states import WORDS
from tests.schemas import conform, schemas, validator
from tests.store.making import any_of

COMMANDS = {
    "demo", "scan", "crawl", "crawl-dry-run", "import", "numbers", "judge", "rules-lint", "rules-test", "rules-try", "rules-list", "rules-show",
    "rules-backtest", "rules-stats", "rules-draft", "rules-tune", "rules-copy", "recheck", "rebuild",
    "registry-import", "registry-import-all", "registry-company", "registry-lookup", "registry-product", "registry-status", "listings-list", "listings-show", "captures-list",
    "captures-show", "sellers-list", "sellers-show", "sellers-same", "sellers-tell", "leads-list", "leads-show", "leads-act", "leads-apply", "leads-overdue", "leads-route", "package", "verify", "stamp",
    "documents", "documents-list", "documents-templates",
    "sellers-file", "sellers-expiring",
    "listings-relisted",
    "sellers-risk",
    "leads-import", "leads-reporter",
    "doctor", "bench", "coverage",
    "platforms-scorecard", "platforms-file",
    "returns-form", "returns-list", "returns-paper", "returns-base-register", "returns-calendar", "returns-filed",
    "sellers-credit",
    "retention-status", "retention-hold", "retention-purge", "revisit",
    "quality-sample", "quality-review", "quality-stats",
}  # fmt: skip
NOUNS = {
    "field": model.Field, "attribute": model.Attribute, "said": model.Said, "number": model.Number, "number_seen": model.NumberSeen,
    "record_ref": model.RecordRef, "capture": model.Capture, "listing": model.Listing, "seller": model.Seller,
    "record": model.Record, "compared": model.Compared, "source_stamp": model.SourceStamp,
    "standing_answer": model.StandingAnswer, "basis": model.Basis, "finding": model.Finding, "duty_answer": model.DutyAnswer, "proof": model.Proof,
    "decision": model.Decision, "disposition": model.Disposition, "sample": model.Sample, "clock": Standing, "quote_now": model.QuoteNow, "field_now": model.FieldNow, "alike": model.Alike,
    "revisit": model.Revisit, "report": model.Report, "reporter": model.Reporter, "priority": Priority, "stamped": Stamped,
}  # fmt: skip
WORDLISTS: dict[str, type[StrEnum]] = {
    "outcome": model.Outcome, "crawl_state": model.CrawlState, "field_state": model.FieldState, "lane": model.Lane,
    "duty_state": model.DutyState,
    "matter": model.Matter, "verdict": model.Verdict, "severity": model.Severity, "standing": model.Standing,
    "second_look": model.SecondLook, "revisit_result": model.RevisitResult, "lead_source": model.LeadSource, "act": model.Act,
    "measure": model.Measure, "transfer": model.Transfer, "stage": model.Stage,
}  # fmt: skip


def test_every_command_has_a_schema() -> None:
    assert set(schemas()) == COMMANDS | {"common", "error"}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_is_a_valid_schema(name: str) -> None:
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{name}.json"
    assert schema["title"]
    list(validator(name).iter_errors({}))  # every reference leads somewhere


@pytest.mark.parametrize("name", sorted(NOUNS))
def test_nouns_have_the_models_fields(name: str) -> None:
    shape = schemas()["common"]["$defs"][name]
    fields = [f.name for f in dataclasses.fields(NOUNS[name])]
    assert list(shape["properties"]) == fields
    assert shape["required"] == fields


@pytest.mark.parametrize("name", sorted(WORDLISTS))
def test_words_are_the_models(name: str) -> None:
    assert schemas()["common"]["$defs"][name]["enum"] == [word.value for word in WORDLISTS[name]]


def test_states_and_errors() -> None:
    assert schemas()["common"]["$defs"]["lead_state"]["enum"] == list(WORDS)

    def kinds(error: type[errors.QingwangError]) -> set[str]:
        return {error.kind}.union(*(kinds(child) for child in error.__subclasses__()))

    assert set(schemas()["error"]["properties"]["error"]["properties"]["kind"]["enum"]) == kinds(errors.QingwangError)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(any_of(model.StandingAnswer))
def test_any_answer_fits_its_schema(answer: model.StandingAnswer) -> None:
    if answer.standing:
        plain = json.loads(json.dumps(console.plain(answer)))
        faults = [e.message for e in _definition("standing_answer").iter_errors(plain)]
        assert faults == []


def _definition(name: str) -> Draft202012Validator:
    return validator("common").evolve(schema={"$ref": f"common.json#/$defs/{name}"})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("error", {"error": {"kind": "odd", "message": "", "where": "", "hint": ""}}),
        ("error", {"message": ""}),
        ("verify", {"ok": True, "checks": []}),
        ("doctor", {"checks": [{"name": "x", "ok": 1, "detail": "", "hint": ""}]}),
    ],
)
def test_wrong_output_is_told(name: str, wrong: Any) -> None:
    with pytest.raises(AssertionError, match=name):
        conform(name, wrong)
