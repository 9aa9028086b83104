"""The matcher against a slow, plain one that says what the words of a rule mean, over random lists, patterns and texts.

The slow one knows no automaton, no order of evaluation and no bounds: it tries every word at every place, and every
combination of words.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from scanner.rulebook import tokens
from scanner.rulebook.matcher import Matcher
from scanner.rulebook.rule import Pattern, TextRule
from scanner.rulebook.tables import WordList
from scanner.text import fold

NAMES = ("甲", "乙", "丙")
TRIES = 4_000
SIGNS = "治疗病鼻炎"
PIECES = (*SIGNS, *SIGNS, *"好。，", "3天", "5-7天", "30%", "三成", "1,000", ":", ": ")
NUMBERS: tuple[Any, ...] = ("#时长", "#百分", {"number": "#时长", "min": 4}, {"number": "#百分", "max": 33})


class Made:
    """A rule, its lists and a text, by chance; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.lists = {name: self.words(4, 2) for name in NAMES}
        self.covers = {n: [w for w in self.words(1, 3) if w not in self.lists[n] and w[0] < "病"] for n in NAMES}
        kind = self.dice.choice((self.sequence, self.sequence, self.sequence, self.any, self.all, self.at_least))
        chance = self.dice.random
        self.rule = rule(
            kind(),
            within=self.dice.choice(("clause", "sentence")),
            neutral=self.words(1, 3) if chance() < 0.3 else [],
            none=[self.dice.choice(NAMES)] if chance() < 0.2 else [],
        )
        self.text = "".join(self.dice.choices(PIECES, k=self.dice.randint(0, 24)))

    def words(self, most: int, longest: int) -> list[str]:
        made = (
            "".join(self.dice.choices(SIGNS, k=self.dice.randint(1, longest)))
            for _ in range(self.dice.randint(1, most))
        )
        return list(dict.fromkeys(made))

    def sequence(self) -> dict[str, Any]:
        chance = self.dice.random
        steps: list[Any] = [self.dice.choice(NUMBERS) if chance() < 0.3 else self.dice.choice(NAMES)]
        for _ in range(self.dice.randint(1, 3)):
            low = self.dice.randint(0, 2)
            steps += [{"gap": f"{low}-{low + self.dice.randint(0, 6)}"}] if chance() < 0.7 else []
            steps.append(self.dice.choice(NUMBERS) if chance() < 0.2 else self.dice.choice(NAMES))
        if not any(step in NAMES for step in steps if isinstance(step, str)):
            steps[-1] = self.dice.choice(NAMES)
        return {"seq": steps}

    def any(self) -> dict[str, Any]:
        return {"any": self.dice.sample(NAMES, self.dice.randint(1, 3))}

    def all(self) -> dict[str, Any]:
        return {"all": self.dice.sample(NAMES, self.dice.randint(2, 3))}

    def at_least(self) -> dict[str, Any]:
        return {"at_least": {"list": self.dice.choice(NAMES), "n": self.dice.randint(2, 3)}}


def rule(pattern: dict[str, Any], within: str, neutral: list[str], none: list[str]) -> TextRule:
    return TextRule.model_validate(
        {
            "id": "r", "title": "试", "kind": "claim", "severity": "low", "owner": "规则组", "says": "试。",
            "basis": [{"law": "广告法", "article": "第十六条"}], "any_of": [pattern], "within": within, "unless": [],
            "neutral": neutral, "none": none, "examples": {"hits": ["a", "b"], "misses": ["a", "b"]},
        }
    )  # fmt: skip


Place = tuple[int, int]


class Slow:
    """The meaning of one rule, by trying everything."""

    def __init__(self, lists: dict[str, list[str]], covers: dict[str, list[str]], rule: TextRule, text: str) -> None:
        self.text, self.rule = text, rule
        neutral = self.places(rule.neutral)
        self.found = {
            name: [
                p for p in self.places(listed) if not inside(p, self.places(covers[name])) and not inside(p, neutral)
            ]
            for name, listed in lists.items()
        }
        self.unseen = {name: [p for p in self.places(listed) if not inside(p, self.places(covers[name]))]
                       for name, listed in lists.items()}  # fmt: skip
        self.neutral = neutral

    def places(self, listed: Any) -> list[Place]:
        spans = itertools.combinations(range(len(self.text) + 1), 2)
        return [(a, b) for a, b in spans if self.text[a:b] in set(listed)]

    def unit(self, place: int) -> Place:
        ends = "。;!?\n" + (",:" if self.rule.within == "clause" else "")
        digits = "0123456789"
        marks = [
            i for i, c in enumerate(self.text)
            if c in ends and not (c in ",:" and self.text[i - 1 : i] in digits and self.text[i + 1 : i + 2] in digits
                                  and 0 < i < len(self.text) - 1)
            and not (c == ":" and self.text[i + 1 : i + 3].removeprefix(" ")[:1] in tuple(digits))
        ]  # fmt: skip
        start = max((m + 1 for m in marks if m < place), default=0)
        return start, min((m for m in marks if m >= place), default=len(self.text))

    def steps(self, pattern: Pattern) -> list[tuple[list[Place], Place]]:
        made, reach = [], (0, 0)
        for step in pattern.seq:
            if isinstance(step, str):
                found = self.found[step] if step in self.found else self.numbers(step, None)
                made.append((found, reach))
            elif hasattr(step, "gap"):
                reach = step.bounds
                continue
            else:
                made.append((self.numbers(step.number, step), reach))
            reach = (0, 0)
        return made

    def numbers(self, name: str, amount: Any) -> list[Place]:
        found = []
        for a, b in tokens.find(self.text, name):
            worth = tokens.value(name, self.text[a:b])
            if not inside((a, b), self.neutral) and (amount is None or (worth is not None and amount.holds(*worth))):
                found.append((a, b))
        return found

    def raw(self, pattern: Pattern) -> set[Place]:
        if pattern.any:
            return {place for name in pattern.any for place in self.found[name]}
        if pattern.at_least:
            return self.at_least(pattern.at_least.list, pattern.at_least.n)
        if pattern.all:
            return self.all(pattern.all)
        best: dict[int, int] = {}  # end -> the latest start
        steps = self.steps(pattern)
        for combination in itertools.product(*(places for places, _ in steps)):
            near = all(
                low <= after[0] - before[1] <= high
                for before, after, (_, (low, high)) in zip(combination, combination[1:], steps[1:], strict=False)
            )
            limit = self.unit(combination[0][0])[1]
            if near and all(place[1] <= limit for place in combination[1:]):
                end = combination[-1][1]
                best[end] = max(best.get(end, 0), combination[0][0])
        return {(start, end) for end, start in best.items()}

    def all(self, names: tuple[str, ...]) -> set[Place]:
        hits = set()
        for a, b in self.found[names[0]]:
            start, end = self.unit(a)
            chosen = [(a, b)]
            for name in names[1:]:
                free = [(max(a - y, x - b), x > a, -x if x < a else x, y) for x, y in self.found[name]
                        if start <= x and y <= end and (y <= a or x >= b)]  # fmt: skip
                if free:
                    _, after, x, y = min(free)
                    chosen.append((x if after else -x, y))
            if len(chosen) == len(names):
                hits.add((min(p[0] for p in chosen), max(p[1] for p in chosen)))
        return hits

    def at_least(self, name: str, n: int) -> set[Place]:
        hits = set()
        for a, _ in self.found[name]:
            start, end = self.unit(a)
            # The same word twice counts once, at its first place; a word inside a longer one does not count.
            first: dict[str, Place] = {}
            places = [p for p in self.found[name] if start <= p[0] < end]
            for p in sorted(places):
                if not any(q != p and q[0] <= p[0] and p[1] <= q[1] for q in places):
                    first.setdefault(self.text[p[0] : p[1]], p)
            if len(first) >= n:
                hits.add((min(p[0] for p in first.values()), max(p[1] for p in first.values())))
        return hits

    def hits(self) -> list[Place]:
        kept: list[Place] = []
        for start, end in sorted(self.raw(self.rule.any_of[0]), key=lambda p: (p[0], -p[1])):
            if kept and start < kept[-1][1]:
                if end - start > kept[-1][1] - kept[-1][0]:
                    kept[-1] = (start, end)
                continue
            low, high = self.unit(start)
            if not any(low <= p[0] and p[1] <= high for name in self.rule.none for p in self.unseen[name]):
                kept.append((start, end))
        return kept


def inside(place: Place, covers: list[Place]) -> bool:
    return any(a <= place[0] and place[1] <= b for a, b in covers)


@pytest.mark.long
def test_the_matcher_says_what_trying_everything_says() -> None:
    hit = 0
    for seed in range(TRIES):
        made = Made(seed)
        tables = {n: WordList(words=tuple(w), covers=tuple(made.covers[n])) for n, w in made.lists.items()}
        matcher, folded = Matcher([made.rule], tables, (), None), fold(made.text)
        found = [(h.start, h.end) for h in matcher.hits(matcher.scan(folded)).get("r", [])]
        assert found == Slow(made.lists, made.covers, made.rule, folded.text).hits(), f"seed {seed}: {made.text}"
        hit += bool(found)
    assert hit > TRIES / 6  # texts in which nothing is found would show nothing
