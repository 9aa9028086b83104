"""Merging what is staged: the newest version wins in any order and any grouping, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.store.register import RegisterStore
from tests.registry.dumps import content
from tests.store.staged import NOW, Said, fill


@pytest.fixture
def store(tmp_path: Path) -> RegisterStore:
    return RegisterStore.open(tmp_path / "register.db")


def products(store: RegisterStore) -> list[str]:
    return [held.record.product for held in store.by_number("粤械注准20212149001")]


def test_an_older_version_never_replaces_a_newer_one(store: RegisterStore) -> None:
    fill(store, Said(key="1", version="2", product="新名"))
    fill(store, Said(key="1", version="1", product="旧名"))
    assert products(store) == ["新名"]
    fill(store, Said(key="1", version="3", product="最新名"))
    assert products(store) == ["最新名"]


def test_rows_of_one_version_that_contradict_each_other_both_stay(store: RegisterStore) -> None:
    assert fill(store, Said(key="1", product="甲"), Said(key="1", product="乙")).rows == 1
    assert products(store) == ["乙", "甲"]


def test_a_doubtful_withdrawal_is_none(store: RegisterStore) -> None:
    for rows in ((Said(key="1"), Said(key="1", withdrawn_on="2025-01-01")),) * 2:
        fill(store, *rows)
        fill(store, *reversed(rows))
    (held,) = store.by_number("粤械注准20212149001")
    assert (held.items, held.withdrawn) == (1, 0)


def test_replacing_one_source_leaves_the_others(store: RegisterStore) -> None:
    fill(store, Said(key="1"), source="nmpa-device")
    fill(store, Said(key="1", product="旧"))
    fill(store, Said(key="2", product="新"), replace=True)
    assert [(h.record.source, h.record.product) for h in store.by_number("粤械注准20212149001")] == [
        ("nmpa-device", "导管"), ("udi", "新")
    ]  # fmt: skip


def test_text_is_kept_as_it_is(store: RegisterStore) -> None:
    fill(store, Said(key="1", product="’; DROP TABLE items; --", model="\u202e"))
    assert products(store) == ["’; DROP TABLE items; --"]


def test_an_import_that_fails_leaves_nothing(store: RegisterStore) -> None:
    fill(store, Said(key="1"))
    before = content(store.path)
    with pytest.raises(ValueError, match="zone"):  # in the middle of the transaction, the rows being in already
        fill(store, Said(key="2"), now=NOW.replace(tzinfo=None))
    assert content(store.path) == before


ROWS = st.builds(
    Said, key=st.sampled_from("ab"), version=st.sampled_from("123"), product=st.sampled_from("xy"),
    model=st.sampled_from("pq"), withdrawn_on=st.sampled_from(["", "2025-01-01"]),
)  # fmt: skip
IMPORTS = st.lists(st.lists(ROWS, min_size=1, max_size=4), min_size=1, max_size=4)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(imports=IMPORTS, data=st.data())
def test_any_order_and_grouping_gives_the_same(
    imports: list[list[Said]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def made(groups: Sequence[Sequence[Said]]) -> object:
        store = RegisterStore.open(tmp_path_factory.mktemp("r") / "register.db")
        for group in groups:
            fill(store, *group)
        store.close()
        return {name: rows for name, rows in content(store.path).items() if name in ("registrations", "items")}

    everything = [row for group in imports for row in group]
    shuffled = data.draw(st.permutations(everything))
    assert made(imports) == made([everything]) == made([[row] for row in shuffled])
    assert made(imports) == made([*imports, everything])  # and again changes nothing
