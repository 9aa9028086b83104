"""A few months of an office in small; the whole year is ``python -m tests.leads.year``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.leads.year import compare, play


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_months_of_an_office_come_out_as_the_journal_says(tmp_path: Path) -> None:
    year = play(tmp_path, leads=150, seed=3, days=150)
    assert year.refused == []
    assert (
        min(
            year.told[act]
            for act in ("dismiss", "return", "grant", "refuse", "dispose", "report", "close", "tell same")
        )
        > 0
    )
    compared, wrong = compare(year, 150)
    assert wrong == []
    assert compared > 500
