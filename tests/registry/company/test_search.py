"""Finding a company among many: misspelt, written otherwise, by its code; and the index that follows the register."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.bench.companies import KINDS, invented, near_enough, rows
from scanner.registry import Register, import_source, importing
from scanner.registry.company.index import CANDIDATES
from scanner.registry.company.search import MOST, search
from scanner.registry.sources import shipped
from scanner.store.register import RegisterStore
from tests.registry.company.pairs import code
from tests.registry.making import NOW, device, empty, nmpa_csv, udi_xml, write

A, B = code("A"), code("B")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RegisterStore]:
    opened = RegisterStore.open(tmp_path / "register.db")
    yield opened
    opened.close()


class Listed(NamedTuple):
    """A company as a line of a list says it."""

    name: str
    name_en: str = ""
    uscc: str = ""


def listed(store: RegisterStore, *companies: Listed, replace: bool = False) -> None:
    """Import a list of these companies."""
    path = store.path.with_name("list.jsonl")
    path.write_text("\n".join(json.dumps(company._asdict()) for company in companies), encoding="utf-8")
    importing.bring(store, shipped().get("registrants"), [path], now=NOW, replace=replace)


def found(store: RegisterStore, text: str) -> list[tuple[str, str]]:
    return [(match.name, match.verdict) for match in search(store.companies, text)]


def test_best_first_ties_together_each_with_its_reason(store: RegisterStore) -> None:
    listed(
        store, Listed(name="演健医疗（黄冈）有限公司", uscc=A), Listed(name="演健医疗(黄冈)有限公司", uscc=A),
        Listed(name="演健医疗（嘉鱼）有限公司", uscc=B), Listed(name="沈阳望岳光学有限公司"),
    )  # fmt: skip
    one, two, three = search(store.companies, "演健医疗【黄冈】有限公司")
    assert (one.name, two.name, one.score, two.score) == (
        "演健医疗(黄冈)有限公司",
        "演健医疗（黄冈）有限公司",
        1.0,
        1.0,
    )
    assert (one.uscc, one.sources, one.because) == (A, ("registrants",), "名称一致（不计括号、空格和附注）")
    assert (three.name, three.verdict) == ("演健医疗（嘉鱼）有限公司", "other")
    assert "地名不同" in three.because
    assert [match.name for match in search(store.companies, "演健医疗（黄冈）有限公司", shown=1)] == [
        one.name,
        two.name,
    ]


@pytest.mark.parametrize(
    "asked",
    ["苏州演康医疗器械有限公司", "苏州演康医疗器戒有限公司", "苏州演康疗器械有公司", "蘇州演康醫療器械有限公司", "苏州演康医疗器械有限公司无锡分公司", "演康医疗器械（苏州）有限公司",
     "苏州\n演康 医疗器械股份有限公司", "演康", "苏州演康", "Suzhou Yankang Medical", A, f"统一社会信用代码：{A}"],
)  # fmt: skip
def test_a_company_is_found(store: RegisterStore, asked: str) -> None:
    others = [
        Listed(name=f"{city}演{brand}医疗器械有限公司") for city in ("扬州", "杭州", "沈阳") for brand in "健海禾"
    ]
    listed(store, *others, Listed(name="苏州演康医疗器械有限公司", name_en="Suzhou Yankang Medical Co., Ltd.", uscc=A))
    best = search(store.companies, asked)[0]
    assert best.uscc == A
    assert best.because


@pytest.mark.parametrize("asked", ["", "（）", "\ud800", "\0", "\n", "漠河采薇", B, "9" * 18, "?*%'\"--"])
def test_nothing_near_is_no_answer(store: RegisterStore, asked: str) -> None:
    listed(store, Listed(name="苏州演康医疗器械有限公司", uscc=A))
    assert search(store.companies, asked) == ()


def test_hostile_names_are_kept_and_asked(store: RegisterStore) -> None:
    names = ["演" * 10**5, "\ud800演康", "（" * 999, "a", "演\n康\n公司", "'; DROP TABLE company_names; --"]
    listed(store, *(Listed(name=name) for name in names))
    assert store.companies.size() == (len(names), 1)
    assert len(search(store.companies, "演" * 10**5)) == 1
    assert search(store.companies, "演康公司")[0].score == 1.0


def test_thousands_of_one_name_are_answered_in_part(store: RegisterStore) -> None:
    listed(store, *(Listed(name="演民大药房", uscc=code(str(number))) for number in range(1000)))
    assert len(search(store.companies, "演民大药房")) == MOST


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.sampled_from("演康健医疗器械苏州有限公司（）() \n\ud800A"), max_size=30))
def test_any_text_may_be_asked(store: RegisterStore, text: str) -> None:
    if not store.companies.size()[0]:
        listed(store, *(Listed(name=name) for name in ("苏州演康医疗器械有限公司", "演健（苏州）有限公司", "A", "演")))
    scores = [match.score for match in search(store.companies, text)]
    assert scores == sorted(scores, reverse=True)
    assert all(0.5 <= score <= 1 for score in scores)


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12), max_size=12, unique=True))
def test_every_name_is_found_by_itself(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    store = RegisterStore.open(tmp_path_factory.mktemp("any") / "register.db")
    listed(store, *(Listed(name=name) for name in [*names, "演康"]))
    for known in store.companies.by_ids(list(range(1, len(names) + 1))):
        if known.key:
            assert any(match.name == known.name and match.score == 1.0 for match in search(store.companies, known.name))
    store.close()


# --- the index follows the register ------------------------------------------------------------------------------


def test_holders_of_all_sources_are_found_with_their_sources(tmp_path: Path) -> None:
    register = empty(tmp_path)
    number, holder = "粤械注准20212149001", "苏州演康医疗器械有限公司"
    header = ("注册证编号", "注册人名称", "产品名称", "统一社会信用代码")
    bring(register, "udi", write(tmp_path, "a.xml", udi_xml([device(number, ylqxzcrbarmc=holder, tyshxydm=A)])))
    bring(register, "nmpa-device", write(tmp_path, "a.csv", nmpa_csv([(number, holder, "导管", A)], header)))
    bring(register, "registrants", write(tmp_path, "a.jsonl", json.dumps({"name": holder, "uscc": A})))
    (match,) = register.companies("苏州演康医疗器械")
    assert (match.name, match.uscc, match.sources) == (holder, A, ("nmpa-device", "registrants", "udi"))
    bring(register, "registrants", write(tmp_path, "b.jsonl", json.dumps({"name": "沈阳望岳有限公司"})), replace=True)
    assert register.companies("苏州演康医疗器械")[0].sources == ("nmpa-device", "udi")
    assert [match.name for match in register.companies("沈阳望岳")] == ["沈阳望岳有限公司"]
    status = {source.id: source.rows for source in register.status(on=NOW.date())}
    assert status == {"udi": 1, "nmpa-device": 1, "registrants": 1}


def bring(register: Register, source: str, path: Path, *, replace: bool = False) -> None:
    import_source(register, source, [path], now=NOW, replace=replace)


def test_names_that_went_are_found_no_more_and_the_index_is_made_anew_in_time(store: RegisterStore) -> None:
    names = [Listed(name=name) for name in invented(300)]
    for start in range(0, 300, 10):
        listed(store, *names[start : start + 10])
        assert search(store.companies, names[start].name)[0].name == names[start].name
    assert store.companies.size()[0] == 300
    assert store.companies.size()[1] < 20  # thirty small imports, and still few segments
    listed(store, *names[:100], replace=True)  # two of three numbers are of names that are gone
    assert (store.companies.size(), store.companies.numbered()) == ((100, 1), 100)
    assert search(store.companies, names[0].name)[0].name == names[0].name
    assert names[150].name not in [match.name for match in search(store.companies, names[150].name)]
    listed(store, *names[:60], replace=True)
    assert (store.companies.size(), store.companies.numbered()) == ((60, 1), 100)
    assert names[80].name not in [match.name for match in search(store.companies, names[80].name)]


# --- how well ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_right_name_comes_first_whatever_the_slip(store: RegisterStore) -> None:
    names = invented(4000)
    listed(store, *(Listed(name=name) for name in names))
    assert len(names) > 50 * CANDIDATES
    for kind, change in KINDS:
        dice = random.Random(kind)
        asked = [(change(name, dice), name) for name in dice.sample(names, 100)]
        right = [near_enough(question, name, search(store.companies, question)) for question, name in asked]
        assert sum(right) >= 99, kind


@pytest.mark.slow
def test_the_bench_gives_its_rows() -> None:
    figures = {row.name: row for row in rows(2000)}
    assert [name for name in figures if "排在第一" in name and figures[name].ratio < 1] == []
    assert "企业名称查询" in figures
    assert all(row.ours > 0 for row in figures.values())
