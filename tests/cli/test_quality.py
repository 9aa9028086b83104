"""``quality``: blind samples from drawing to estimate, figures of units, and the journal first in all of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from scanner.casework import reviewing, unfinished
from scanner.casework.desk import opened
from scanner.errors import SealError
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.leads.gather import gather
from scanner.model import Matter, Outcome, Severity, Verdict
from scanner.store.book import Book
from scanner.store.samples import Review
from tests.cli.closing import closing
from tests.cli.filled import Ask
from tests.schemas import conform
from tests.store.making import capture, finding, hours, listing, said


def shop(root: Path, clean: int, *found: Verdict, fell: Iterable[int] = ()) -> Home:
    """``clean`` pages without findings, then one page with a finding of each verdict; those numbered in ``fell`` no longer
    stand."""
    home = Home(root)
    home.make()
    home.config_file.write_text("operator: 甲\n", encoding="utf-8")
    with Book.open(home.book) as book, book.write():
        for number in range(clean + len(found)):
            page = listing(f"品{number}", seller=said(f"店{number}"), shop=f"shop{number % 2}.example")
            book.save_capture(capture(number), Outcome.READ, "run")
            book.save_listing(page, capture(number).id, hours(number))
            if number >= clean:
                one = finding(page, verdict=found[number - clean], quote=f"治愈率{number}")
                book.save_findings([one], capture(number).id, hours(number))
                book.merge_leads(gather([(one, page)]), opened=hours(number))
                if number - clean in fell:
                    book.fell([one.id], "gone", hours(number), rulebook="")
        book.of_campaign("run", "spring")
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """30 clean pages; violation, suspicion, what could not be checked, and a violation that no longer stands."""
    return shop(
        tmp_path / "home", 30, Verdict.VIOLATION, Verdict.SUSPECT, Verdict.UNVERIFIED, Verdict.VIOLATION, fell=[3]
    )


def drawn(ask: Ask, *words: str) -> dict[str, int]:
    done = ask("quality", "sample", *words, "--json")
    assert done.code == 0, done.err
    conform("quality-sample", done.json)
    found: dict[str, int] = done.json
    return found


def kinds(home: Home, sample: int = 1) -> dict[int, bool]:
    with Book.open(home.book) as book:
        return {page.item: page.found for page in book.sample(sample).pages}


def test_what_is_clean_and_what_is_found(ask: Ask, home: Home) -> None:
    made = drawn(ask, "--pages", "10", "--known", "5", "--seed", "7")
    assert made["strata"] == [{"name": "", "clean": 32, "found": 2}]  # type: ignore[comparison-overlap]
    assert (made["pages"], made["known"]) == (12, 2)
    again = drawn(ask, "--pages", "10", "--known", "5", "--seed", "7")
    assert again == {**made, "sample": 2, "when": again["when"]}
    with Book.open(home.book) as book:
        assert book.sample(1).pages == book.sample(2).pages
    journal = [line for line in chain.read(home.journal) if line.event == "sample_drawn"]
    assert [(line.data["number"], line.data["seed"], line.data["population"]) for line in journal] == [
        (1, "7", made["population"]),
        (2, "7", made["population"]),
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_where_and_when_to_draw_from(ask: Ask) -> None:
    def sizes(*words: str) -> list[tuple[str, int, int]]:
        made = drawn(ask, "--pages", "4", *words)
        return [(one["name"], one["clean"], one["found"]) for one in made["strata"]]  # type: ignore[attr-defined,index]

    assert sizes("--storefront", "shop1.example") == [("", 16, 1)]
    assert sizes("--campaign", "spring") == [("", 32, 2)]
    assert sizes("--stratify", "storefront") == [("shop0.example", 16, 1), ("shop1.example", 16, 1)]
    assert sizes("--stratify", "category") == [("", 32, 2)]
    # The pages were seen an hour apart from 11:04 in Beijing on 22 November.
    assert sizes("--to", "2026-11-22") == [("", 13, 0)]
    assert sizes("--from", "2026-11-23", "--to", "2026-11-23") == [("", 19, 2)]
    for words, why in (
        (("--campaign", "autumn"), "没有可以抽取"),
        (("--stratify", "colour"), "不认识的分层"),
        (("--from", "2026-11-23", "--to", "2026-11-22"), "早于"),
        (("--stratify", "storefront", "--pages", "1"), "分层多于"),
    ):
        done = ask("quality", "sample", "--pages", "4", *words)
        assert (done.code, why in done.err) == (2, True), done.err


@pytest.mark.slow
def test_what_reviewers_see_is_the_same_whatever_was_found(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two books of the same pages, in one of which the rules found something on six: with all pages drawn, the lists, the sheets
    and the answers to reviews are the same bytes."""
    shown = []
    for name, clean, found in (("clean", 12, ()), ("found", 6, (Verdict.VIOLATION,) * 6)):
        home = shop(tmp_path / name, clean, *found)
        monkeypatch.setenv("QINGWANG_HOME", str(home.root))
        assert ask("quality", "sample", "--pages", "12", "--known", "6", "--seed", "1").code == 0
        assert sum(kinds(home).values()) == len(found)
        shown.append([
            done.out for words in (
                ("1",), ("1", "--json"), ("1", "4"), ("1", "4", "--verdict", "violation"), ("1", "4", "--verdict", "clean"),
                ("1", "--who", "乙"), ("1", "4", "--who", "乙", "--json"),
            ) if (done := ask("quality", "review", *words)).code == 0
        ])  # fmt: skip
    assert shown[0] == shown[1]
    assert len(shown[0]) == 7


def test_the_list_and_a_page(ask: Ask, home: Home) -> None:
    drawn(ask, "--pages", "5", "--known", "1", "--seed", "3")
    listed = ask("quality", "review", "1", "--json")
    assert [row["item"] for row in listed.rows] == [1, 2, 3, 4, 5, 6]
    for row in listed.rows:
        conform("quality-review", row)
        assert row["answer"] is None
        assert "详情（未取到）" in row["text"]
    one = ask("quality", "review", "1", "2", "--verdict", "违规", "--rule", "claim-cure-rate", "--json")
    conform("quality-review", one.json)
    assert (one.json["review"]["matter"], one.json["review"]["who"]) == ("claim", "甲")
    assert ask("quality", "review", "1", "2", "--json").json["answer"]["verdict"] == "violation"
    assert ask("quality", "review", "1", "2", "--who", "乙", "--json").json["answer"] is None
    assert "甲已审 1 页，共 6 页" in ask("quality", "review", "1").out
    assert "甲的意见：违规" in ask("quality", "review", "1", "2").out


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("9",), "没有 9 号抽样"),
        (("1", "40"), "只有 6 页"),
        (("1", "40", "--verdict", "clean"), "只有 6 页"),
        (("1", "--verdict", "clean"), "哪一页"),
        (("1", "2", "--note", "x"), "没有写明意见"),
        (("1", "2", "--verdict", "fine"), "未见违规"),
        (("1", "2", "--verdict", "clean", "--matter", "claim"), "只有违规才写"),
        (("1", "2", "--verdict", "violation", "--matter", "theft"), "没有事项 theft"),
        (("1", "2", "--verdict", "violation", "--rule", "no-such"), "没有规则 no-such"),
        (("1", "0", "--verdict", "clean"), "太小"),
    ],
)
def test_what_cannot_be_reviewed_is_told(ask: Ask, words: tuple[str, ...], why: str) -> None:
    drawn(ask, "--pages", "5", "--known", "1", "--seed", "3")
    done = ask("quality", "review", *words)
    assert (done.code, why in done.err) == (2, True), done.err


def test_from_answers_to_an_estimate(ask: Ask, home: Home, tmp_path: Path) -> None:
    drawn(ask, "--pages", "20", "--known", "2", "--seed", "5")
    found = kinds(home)
    clean = [item for item, flag in found.items() if not flag]
    rows = [
        {"item": item, "verdict": "violation" if flag or item == clean[0] else "未见违规"}
        for item, flag in found.items()
    ]
    rows += [{"item": item, "verdict": "clean", "who": "乙"} for item in clean[1:5]]
    rows += [{"item": 99, "verdict": "clean"}, {"item": 1, "verdict": "maybe"}]
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = ask("quality", "review", "1", str(file))
    assert (done.code, "记下 26 个意见；没有记下 2 行" in done.out) == (2, True), done.out + done.err
    assert f"{file}:27：" in done.err
    stats = ask("quality", "stats", "--json").json
    conform("quality-stats", stats)
    (one,) = stats["samples"]
    estimate = one["estimate"]
    assert (estimate["clean"]["violation"], estimate["clean"]["clean"], estimate["missed"]) == (1, 19, [clean[0]])
    assert estimate["misses"]["rate"] == pytest.approx(500)
    assert (estimate["right"]["hits"], estimate["right"]["of"], estimate["recall"]) == (2, 2, None)
    assert (estimate["between"]["same"]["hits"], estimate["between"]["kappa"]) == (4, None)
    told = ask("quality", "stats").out
    assert "500.0 页（区间" in told
    assert f"漏报的页：{clean[0]}（" in told


@pytest.mark.slow
def test_units_and_leads(ask: Ask, home: Home, tmp_path: Path) -> None:
    assert ask("leads", "apply", closing(tmp_path / "closing.jsonl", 1)).code == 0
    for words in (("decide", "2", "属实"), ("assign", "2", "--unit", "360100")):
        assert ask("leads", *words).code == 0
    stats = ask("quality", "stats", "--json").json
    conform("quality-stats", stats)
    (unit,) = stats["units"]
    assert (unit["unit"], unit["assigned"], unit["unsigned"], unit["on_time"], unit["confirmed"]) == (
        "360100",
        2,
        1,
        1,
        1,
    )
    assert unit["timely"] == {"hits": 1, "of": 1, "rate": 1.0}
    assert unit["feedback"] == {"hits": 1, "of": 2, "rate": 0.5}
    assert stats["all_units"]["assigned"] == 2
    assert (stats["leads"]["leads"], stats["leads"]["contradicted"]["of"]) == (2, 1)
    told = ask("quality", "stats", "--unit", "360100").out
    assert "样本不足" in told
    assert "南昌" in told
    assert "没有抽样" in told
    assert ask("quality", "stats", "--unit", "330100", "--json").json["leads"]["leads"] == 0
    before = ask("quality", "stats", "--to", "2020-01-01", "--json").json
    assert (before["units"], before["leads"]["leads"], before["on"]) == ([], 0, "2020-01-01")


def test_a_kill_between_journal_and_book_is_mended(ask: Ask, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(ask, "--pages", "3", "--seed", "1")

    def died(home: Home) -> None:
        raise SealError("断电")

    with monkeypatch.context() as patched:
        patched.setattr(unfinished, "end", died)
        assert ask("quality", "review", "1", "1", "--verdict", "clean").code == 1
    with Book.open(home.book) as book:
        book.db.execute("DROP TRIGGER reviews_stand_delete")
        book.db.execute("DELETE FROM reviews")  # as if the book had lost what the journal has
    assert ask("quality", "review", "1", "2", "--verdict", "violation").code == 0
    with Book.open(home.book) as book:
        assert [(one.item, one.verdict) for one in book.reviews(1)] == [(1, "clean"), (2, "violation")]
    assert chain.check(home.journal) == []


def test_answers_that_the_disk_refuses_leave_nothing(home: Home, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(ask, "--pages", "3", "--seed", "1")
    said_ = [Review(sample=1, item=n, verdict="clean", who="甲", when=hours(n)) for n in (1, 2)]

    def full(self: Journal, *given: object) -> None:
        raise SealError("磁盘满了")

    monkeypatch.setattr(Journal, "append", full)
    with pytest.raises(SealError), opened(home) as desk:
        reviewing.keep(home, desk.book, desk.journal, said_)
    with Book.open(home.book) as book:
        assert book.reviews(1) == []


def test_matters_and_severities_have_their_words(ask: Ask, filled: Home) -> None:
    assert ask("leads", "decide", "1", "属实", "--who", "甲").code == 0
    rows = {(one["by"], one["name"]): one for one in ask("quality", "stats", "--json").json["leads"]["headings"]}
    assert set(rows) >= {("all", ""), ("matter", Matter.CLAIM.value), ("severity", Severity.HIGH.value)}
    assert rows["rule", "claim-cure-rate"] == {
        "by": "rule", "name": "claim-cure-rate", "confirmed": 1, "dismissed": 0, "precision": None,
    }  # fmt: skip
    assert "宣传内容" in ask("quality", "stats").out
