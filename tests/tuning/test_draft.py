"""A rule drafted from sentences: the words that set them apart, files that load, and what the draft really finds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import yamlfile
from scanner.errors import UsageError
from scanner.rulebook import Rulebook, TextRule, from_files, load
from scanner.rulebook.tables import Strict
from scanner.text import Folded
from scanner.tuning.contrast import Chosen, choose, clauses
from scanner.tuning.draft import Drafted, background, draft, quoted
from scanner.tuning.examples import found
from tests.rulebook.making import shipped, write

HEIGHT = ("贴一贴就能长高五厘米", "三个月长高不是梦", "成年也能长高，骨骼再生", "增高鞋垫穿上就长高8cm")


def never(folded: Folded, start: int, end: int) -> bool:
    return False


def words(chosen: Chosen) -> list[str]:
    return [word.text for word in chosen.words]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("rules")
    contexts = "contexts:\n  negated: {place: before, within: clause, reach: 10, lists: [否]}\n"
    return load(write(folder, ("r", "  - seq: [效, {gap: 0-3}, 病]", "unless: [negated]"), contexts=contexts))


def drafted(rules: Rulebook, hits: Iterable[str], misses: Iterable[str] = (), innocent: Iterable[str] = ()) -> Drafted:
    return draft(rules, "claim-new", "试：一下 # 名称", list(hits), list(misses), innocent)


def loaded(rules: Rulebook, made: Drafted) -> Rulebook:
    """The rulebook with the draft's files as an analyst would add them."""
    return from_files({**rules.files(), **{f"rules-local/{n}": t.encode() for n, t in made.files.items()}})


def test_one_word_that_all_hold_is_enough() -> None:
    chosen = choose(HEIGHT, [], never)
    assert words(chosen) == ["长高"]
    assert (chosen.words[0].texts, chosen.words[0].background, chosen.uncovered) == (frozenset(range(4)), 0, ())


def test_a_word_of_the_background_is_not_chosen() -> None:
    chosen = choose(HEIGHT, ["长高的树苗"], never)
    assert "长高" not in words(chosen)
    assert chosen.uncovered == ()
    assert frozenset().union(*(w.texts for w in chosen.words)) == frozenset(range(4))


def test_what_a_context_excuses_does_not_count() -> None:
    chosen = choose(HEIGHT, ["不能长高", "也不长高"], lambda folded, start, end: "不" in folded.text[:start])
    assert words(chosen) == ["长高"]


def test_two_innocent_words_that_stand_together_in_no_innocent_text() -> None:
    texts = ["睡觉甲乙丙丁戊减肥", "睡觉己庚辛壬癸减肥"]
    innocent = [part for text in texts for part in _parts(text)]
    chosen = choose(texts, innocent, never)
    assert [(p.first, p.second, p.gap, p.texts) for p in chosen.pairs] == [("睡觉", "减肥", 5, frozenset({0, 1}))]
    assert (chosen.words, chosen.uncovered) == ((), ())
    assert choose(texts, [*innocent, *texts], never) == Chosen(words=(), pairs=(), uncovered=(0, 1))


def _parts(text: str) -> list[str]:
    """All the words of up to eight characters in it, each a text of its own."""
    return [text[i:j] for i in range(len(text)) for j in range(i + 2, min(len(text), i + 8) + 1)]


def test_what_cannot_be_told_apart_is_said() -> None:
    chosen = choose(["好用的产品", "长高八厘米"], ["好用的产品，很好"], never)
    assert chosen.uncovered == (0,)
    assert words(chosen)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("长高睡眠减肥，。1 ", max_size=12), min_size=1, max_size=6),
    st.lists(st.text("长高睡眠减肥，。1 ", max_size=12), max_size=6),
)
def test_no_chosen_word_stands_in_the_background_and_every_text_is_accounted_for(
    texts: list[str], innocent: list[str]
) -> None:
    chosen = choose(texts, innocent, never)
    held = frozenset().union(*(w.texts for w in chosen.words), *(p.texts for p in chosen.pairs))
    assert held | set(chosen.uncovered) == set(range(len(texts)))
    assert not held & set(chosen.uncovered)
    for word in chosen.words:
        assert all(word.text in texts[i].replace(" ", "") for i in word.texts)
        assert not any(word.text in clause for text in innocent for clause in clauses(text))


def test_the_draft_loads_and_finds_its_hits_only(rules: Rulebook) -> None:
    made = drafted(rules, HEIGHT, ["不能长高", "今天发货"], ["保温杯", "长城"])
    assert (made.missed, made.wrongly_hit, made.background, made.background_hit, made.already) == ((), (), 2, (), 0)
    book = loaded(rules, made)
    rule = book.rules["claim-new"]
    assert isinstance(rule, TextRule)
    assert (rule.status, rule.owner, rule.title, rule.unless) == ("draft", "待定", "试：一下 # 名称", ("negated",))
    assert rule.examples.hits == HEIGHT
    assert rule.examples.misses == ("不能长高", "今天发货")
    assert all(found(book, rule, text) for text in HEIGHT)
    assert "TODO" in made.files["claim/claim-new.yaml"]
    assert "claim-new" not in [r.id for r in book.of_kind("claim")]  # a draft judges nothing


def test_words_of_a_miss_are_not_used(rules: Rulebook) -> None:
    made = drafted(rules, ["长高五厘米神贴", "天天长高神贴"], ["长高的树苗好看"])
    assert made.wrongly_hit == ()
    assert made.missed == ()
    assert "长高" not in words(made.chosen)
    assert "神贴" in words(made.chosen)


def test_a_denial_among_the_hits_goes_to_todo(rules: Rulebook) -> None:
    made = drafted(rules, [*HEIGHT, "不能不长高"])
    assert made.missed == ("不能不长高",)
    assert loaded(rules, made).rules["claim-new"].examples.todo == ("不能不长高",)


def test_misses_are_made_where_none_are_given(rules: Rulebook) -> None:
    examples = loaded(rules, drafted(rules, HEIGHT)).rules["claim-new"].examples
    assert len(examples.misses) >= 2
    assert "不能长高" in examples.misses


def test_what_rules_find_already_is_counted(rules: Rulebook) -> None:
    assert drafted(rules, ["治疗鼻炎快速好", "治愈鼻炎快速好"]).already == 2


@pytest.mark.parametrize(
    ("hits", "innocent", "said"),
    [(["长高"], [], "至少要两句"), (["长高", "长高 "], [], "至少要两句"), (["好用", "好看"], ["好用又好看，好用", "好看"], "没有背景文字里没有的词"),
     (["x" * 601, "长高"], [], "最多 600 字"), ([f"长高{i}" for i in range(501)], [], "最多 500 句"),
     (["123", "!!!"], [], "没有背景文字里没有的词"), (["不能长高", "不得长高"], [], "命中不了例句")],
)  # fmt: skip
def test_what_cannot_be_drafted_is_said(rules: Rulebook, hits: list[str], innocent: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        drafted(rules, hits, innocent=innocent)


def test_a_taken_name_is_refused(rules: Rulebook) -> None:
    with pytest.raises(UsageError, match="已经有了"):
        draft(rules, "r", "", list(HEIGHT), [], [])


class One(Strict):
    text: str


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_quoted_reads_back_as_it_was(text: str) -> None:
    value, _, problems = yamlfile.parse(f"text: {quoted(text)}\n".encode(), "x", One)
    said = text.encode("utf-8", "replace").decode()
    assert problems == [] or any(not c.isprintable() for c in said)
    assert value is None or value == One(text=said)


@pytest.mark.slow
def test_the_shipped_background_hits_nothing_with_a_fair_draft() -> None:
    made = draft(shipped(), "claim-taller", "宣称增高", list(HEIGHT), [], background(shipped(), None))
    assert made.background > 50
    assert (made.background_hit, made.missed) == ((), ())
    assert words(made.chosen) == ["长高"]


def test_many_long_sentences_take_bounded_time(rules: Rulebook) -> None:
    texts = [f"{chr(0x4E00 + i)}{'长高睡眠减肥增强体质' * 50}{chr(0x5E00 + i)}" for i in range(60)]
    made = drafted(rules, texts, innocent=["保温杯"] * 300)
    assert made.missed == ()


def test_files_are_written_below_no_folder_of_ours(rules: Rulebook, tmp_path: Path) -> None:
    made = drafted(rules, HEIGHT)
    assert sorted(made.files) == ["claim/claim-new.yaml", "lists/claim-new.yaml"]
    assert list(tmp_path.iterdir()) == []
