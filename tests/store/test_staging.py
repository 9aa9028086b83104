"""The stage: parts whole or not at all, remembered over a restart, sums and problems with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest

from scanner.errors import InputError, StoreError
from scanner.store.staging import PROBLEMS_KEPT, Stage, Tally

TABLES: Mapping[str, Sequence[str]] = {"rows": ("a", "b")}


def opened(folder: Path, recipe: str = "r") -> AbstractContextManager[Stage]:
    return Stage.open(folder / "register.db", "udi", tables=TABLES, recipe=recipe)


def stage_two(folder: Path) -> None:
    with opened(folder) as stage:
        for place in range(2):
            with stage.part("f", place) as tally:
                stage.put({"rows": [(place, "x"), (place, "y")]})
                stage.note((f"place {place}", "why", True))
                tally.rows, tally.flawed, tally.newest = 2, 1, date(2026, 1, 1 + place)


def held(stage: Stage) -> list[tuple[object, ...]]:
    return list(stage._file.rows("SELECT a, b FROM rows ORDER BY part, b"))


def test_parts_are_remembered(tmp_path: Path) -> None:
    stage_two(tmp_path)
    with opened(tmp_path) as stage:
        assert [stage.has("f", place) for place in range(3)] == [True, True, False]
        assert not stage.has("g", 0)
        assert held(stage) == [(0, "x"), (0, "y"), (1, "x"), (1, "y")]
        assert stage.tally() == stage.tally("f") == Tally(rows=4, flawed=2, newest=date(2026, 1, 2))
        assert stage.tally("g") == Tally()
        assert list(stage.problems()) == [("place 0", "why", True), ("place 1", "why", True)]


def test_a_part_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(stage: Stage) -> None:
        with stage.part("f", 0):
            stage.put({"rows": [(1, "x")]})
            raise RuntimeError

    with opened(tmp_path) as stage:
        with pytest.raises(RuntimeError):
            fail(stage)
        assert (held(stage), stage.has("f", 0), list(stage.problems())) == ([], False, [])


def test_another_recipe_begins_anew(tmp_path: Path) -> None:
    stage_two(tmp_path)
    with opened(tmp_path, "other") as stage:
        assert (held(stage), stage.has("f", 0)) == ([], False)


def test_an_input_error_removes_the_stage_and_others_do_not(tmp_path: Path) -> None:
    for error, left in ((StoreError("x"), True), (InputError("x"), False)):
        with pytest.raises(type(error)), opened(tmp_path):
            raise error
        assert (tmp_path / "register-udi.stage").exists() is left


def test_only_the_first_problems_are_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        with stage.part("f", 0):
            for number in range(PROBLEMS_KEPT + 9):
                stage.note((str(number), "why", False))
        assert [place for place, _, _ in stage.problems()] == [str(n) for n in range(PROBLEMS_KEPT)]


def test_a_day_after_today_proves_nothing() -> None:
    tally = Tally()
    for day in (None, date(2026, 1, 3), date(2026, 1, 1), date(2026, 1, 2)):
        tally.see(day, date(2026, 1, 2))
    assert tally.newest == date(2026, 1, 2)
