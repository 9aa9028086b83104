"""A rule drafted from sentences: words found by contrast, written as YAML, tried by the real judge.

Owns: which texts are background, the files of the draft, trying it. Leaves to others: finding the words (``contrast``),
judging (``examples``, ``judge``), writing files and printing (``cli``). A draft is a proposal: its status is draft, what a
person must fill in is marked TODO, sentences it does not find stand under ``todo``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from scanner.checks import subject
from scanner.errors import UsageError
from scanner.judge import judge
from scanner.model import Facts, FieldState, Listing
from scanner.rulebook import Rulebook, from_files
from scanner.rulebook.matcher import Hit, Token
from scanner.rulebook.scan import NOTHING, Automaton, Scan
from scanner.store.book import Book
from scanner.text import Folded, fold
from scanner.tuning.contrast import Chosen, choose
from scanner.tuning.examples import DAY, found

FOLDER = "rules-local-draft"  # where the draft lies among a rulebook's files: after all others
LONGEST = 600  # characters of an example
MOST_HITS = 500
MOST_BACKGROUND = 20_000  # texts
MOST_TEXT = 4_000  # characters of one that are looked at
TURNS = 4  # times that words which hit a miss are left out and others looked for
SHOWN = 20  # examples written into the rule, of each kind

_RULE = """\
# 由 rules draft 从例句起草。TODO 的地方要人来写；改好后 status 改为 active，放进数据目录的 rules/。
id: {id}
title: {said} # TODO 一句话说清楚禁止什么
kind: claim
severity: medium # TODO low medium high critical
status: draft
strength: strong # TODO 词语本身就违规的写 hard，只是可疑的写 strong
owner: 待定 # TODO 谁负责
basis:
  - {{law: 待定, article: 待定, verified: false}} # TODO 哪部法、第几条、责任条款 liability、施行日期 since
applies_to: {{goods: [device, drug, unknown], categories: all, regions: all}} # TODO 管哪些商品
any_of:
{patterns}
within: clause
unless: [{unless}]
says: {says} # TODO 报告里怎么说
examples:
  hits:
{hits}
  misses: # TODO 多写几条看起来像、其实不违规的
{misses}
  todo:{todo}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """``files``: name below ``rules/`` -> text. ``chosen``: the words and pairs; ``missed``, ``wrongly_hit``: examples
    that do not behave; ``background_hit``: background texts that the draft hits, of ``background`` tried; ``already``:
    hits that rules in force find as it is."""

    rule: str
    files: Mapping[str, str]
    chosen: Chosen
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    missed: tuple[str, ...]
    wrongly_hit: tuple[str, ...]
    background: int
    background_hit: tuple[str, ...]
    already: int


def draft(
    rulebook: Rulebook, name: str, title: str, hits: Sequence[str], misses: Sequence[str], background: Iterable[str]
) -> Drafted:  # fmt: skip
    """A rule of kind claim called ``name`` that finds ``hits`` and neither ``misses`` nor, as far as may be, the ``background``.

    Raises UsageError for a name that is taken, too few or too long sentences, or where nothing sets them apart.
    """
    hits, misses = _sentences(hits, "要命中的"), _sentences(misses, "不该命中的")
    if name in rulebook.rules:
        raise UsageError(f"规则 {name} 已经有了", where="ID", hint="换一个名字")
    if len(hits) < 2:
        raise UsageError("至少要两句要命中的话", where="FILE", hint="一行一句")
    innocent = list(islice((text[:MOST_TEXT] for text in background), MOST_BACKGROUND))
    made = _Making(rulebook, name, title)
    against = list(innocent)
    for _ in range(TURNS):
        chosen = choose(hits, against, made.excused)
        if not chosen.words and not chosen.pairs:
            raise UsageError("这些句子没有背景文字里没有的词", where="FILE", hint="多给几句，或者给更短的句子")
        tried = made.book(made.files(chosen, hits[:2], ()))
        seen = [text for text in hits if found(tried, tried.rules[name], text)]
        wrong = [text for text in misses if found(tried, tried.rules[name], text)]
        if not wrong:
            break
        against += wrong  # their words are innocent here
    if len(seen) < 2:
        raise UsageError(
            "起草的规则命中不了例句：它们多是否定句、疑问句或者引用法条", where="FILE", hint="给直接的断言"
        )
    missed = tuple(text for text in hits if text not in seen)
    alike = made.alike(tried, chosen, [text for text in misses if text not in wrong])
    files = made.files(chosen, seen[:SHOWN], alike, missed[:SHOWN])
    final = made.book(files)
    return Drafted(
        rule=name, files=files, chosen=chosen, hits=tuple(hits), misses=tuple(misses), missed=missed,
        wrongly_hit=tuple(wrong), background=len(innocent), background_hit=_hit(final, name, innocent),
        already=sum(_found_now(rulebook, text) for text in hits),
    )  # fmt: skip


def background(rulebook: Rulebook, book: Book | None) -> Iterator[str]:
    """Innocent texts at hand: the misses of all rules, and stored pages without findings that stand."""
    for rule in rulebook.rules.values():
        for example in rule.examples.misses:
            if isinstance(example, str):
                yield example
    for stored in book.stored(Listing) if book is not None else ():
        page = stored.subject
        if book is not None and not book.standing(page.id, page.version):
            yield "\n".join(_texts(page))


def _texts(page: Listing) -> Iterator[str]:
    for field in (page.title, page.description, page.image_text):
        if field.state is FieldState.SEEN:
            yield field.text
    for row in page.attributes:
        yield row.value


def _sentences(texts: Sequence[str], what: str) -> list[str]:
    """The sentences, each once. Raises UsageError for too many or too long ones."""
    kept = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(kept) > MOST_HITS:
        raise UsageError(f"{what}句子有 {len(kept)} 句，最多 {MOST_HITS} 句", where="FILE", hint="挑有代表性的")
    for number, text in enumerate(kept, 1):
        if len(text) > LONGEST:
            raise UsageError(
                f"{what}第 {number} 句有 {len(text)} 字，最多 {LONGEST} 字", where="FILE", hint="摘出要紧的那一句"
            )
    return kept


class _Making:
    """Turns what was chosen into the files of a rule."""

    def __init__(self, rulebook: Rulebook, name: str, title: str) -> None:
        self._rulebook, self._name = rulebook, name
        self._title = title or f"待定（{name}）"
        self._unless = [context for context in ("negated", "law_quoted", "question") if context in rulebook.contexts]

    def excused(self, folded: Folded, start: int, end: int) -> bool:
        """Whether the rule would let a word at this place pass."""
        hit = Hit(self._name, start, end, (Token("", start, end, False),))
        return bool(self._rulebook.around.holding(self._unless, Scan(folded, NOTHING), hit))

    def book(self, files: Mapping[str, str]) -> Rulebook:
        """The rulebook with the draft in it, in force so that it can be tried."""
        ours = {f"{FOLDER}/{name}": text.encode() for name, text in files.items()}
        book = from_files({**self._rulebook.files(), **ours})
        drafted = book.rules[self._name].model_copy(update={"status": "active"})
        return replace(book, rules={**book.rules, self._name: drafted})

    def files(
        self, chosen: Chosen, hits: Sequence[str], misses: Sequence[str], missed: Sequence[str] = ()
    ) -> dict[str, str]:
        """The rule and its word lists, by their names below ``rules/``."""
        lists: dict[str, list[str]] = {}
        patterns = []
        if chosen.words:
            lists[f"{self._name} 词"] = [word.text for word in chosen.words]
            patterns.append(f"  - any: [{self._name} 词]")
        for number, pair in enumerate(chosen.pairs, 1):
            first, second = f"{self._name} 前{number}", f"{self._name} 后{number}"
            lists[first], lists[second] = [pair.first], [pair.second]
            patterns.append(f'  - seq: [{first}, {{gap: "0-{pair.gap + 2}"}}, {second}]')
        rows = "\n".join(f"  {name}:\n    words: [{', '.join(map(quoted, words))}]" for name, words in lists.items())
        rule = _RULE.format(
            id=self._name, said=quoted(self._title), says=quoted(f"页面含有“{self._title}”的内容。"), patterns="\n".join(patterns),
            unless=", ".join(self._unless), hits=_items(hits), misses=_items([*misses, *self._plain(chosen, misses)]),
            todo=f"\n{_items(missed)}" if missed else " []",
        )  # fmt: skip
        head = "# 由 rules draft 起草的词表。TODO 删掉不是词的，改短或者改长。\n"
        return {f"claim/{self._name}.yaml": rule, f"lists/{self._name}.yaml": f"{head}lists:\n{rows}\n"}

    def alike(self, tried: Rulebook, chosen: Chosen, misses: Sequence[str]) -> list[str]:
        """Misses to stand in the rule: those given, and look-alikes made of its words where none of them is one."""
        made = [f"不能{word}" for word in _said(chosen)] + [f"广告中不得含有“{word}”等内容" for word in _said(chosen)]
        words = Automaton({"words": _words(chosen)}, {})
        if len(misses) > 1 and any(words.run(fold(text)).places for text in misses):
            return list(misses[:SHOWN])
        rule = tried.rules[self._name]
        return [*misses[:SHOWN], *[text for text in made if not found(tried, rule, text)][:2]]

    def _plain(self, chosen: Chosen, misses: Sequence[str]) -> list[str]:
        """Enough misses for a rule to load while it is being tried."""
        if misses:
            return [] if len(misses) > 1 else ["（待补）"]
        return [*[f"不能{word}" for word in _said(chosen)][:1], "（待补）"]


def _said(chosen: Chosen) -> list[str]:
    """Something the rule's words say, shortest way: a word, the two words of a pair."""
    return [word.text for word in chosen.words[:3]] + [f"{pair.first}的{pair.second}" for pair in chosen.pairs[:3]]


def _words(chosen: Chosen) -> list[str]:
    return [w.text for w in chosen.words] + [word for pair in chosen.pairs for word in (pair.first, pair.second)]


def _items(texts: Iterable[str]) -> str:
    return "\n".join(f"    - {quoted(text)}" for text in texts)


def quoted(text: str) -> str:
    """``text`` as a double-quoted YAML scalar that reads back as it was; what is no character becomes U+FFFD."""
    plain = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return "".join(c if c.isprintable() and c <= "\uffff" else f"\\U{ord(c):08x}" for c in plain)


def _hit(book: Rulebook, name: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in which the rule finds something; only this rule is asked."""
    alone = replace(book, rules={name: book.rules[name]})
    return tuple(text for text in texts if _found_now(alone, text))


def _found_now(book: Rulebook, text: str) -> bool:
    """Whether the rules in force find anything in a bare text, of goods the draft is about."""
    page = subject.listing("draft", text=text)
    return bool(judge(page, book, None, on=DAY, facts=Facts(goods="device", fragment=True)))
