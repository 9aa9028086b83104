"""One text of many fields, and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.checks import subject
from scanner.checks.document import document

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXT, TEXT, st.dictionaries(st.text(min_size=1, max_size=6), TEXT, max_size=4))
def test_every_folded_character_leads_back_to_its_field(title: str, text: str, rows: dict[str, str]) -> None:
    made = document(subject.listing("x", title=title, text=text, attributes=rows))
    fields = {"title": title, "description": text, **{f"attribute:{k}": v for k, v in rows.items()}}
    for i in range(len(made.folded.text)):
        span = made.span(i, i + 1)
        if span is not None:
            quote = made.quote(span, i, i + 1)
            assert fields[quote.field][quote.start : quote.end] == quote.text != ""


def test_a_span_over_two_fields_belongs_to_none() -> None:
    made = document(subject.listing("x", title="甲", text="乙"))
    assert made.folded.text == "甲\n乙"
    assert made.span(0, 3) is None
