"""``bench rules``: reading a page against the rulebook, in millions of characters per second of one core.

What is measured is what the judge does with text: document, fold, match, context, quotes, by the code that judges. The
pages are invented: blameless shop talk of three to five thousand characters with a look-alike in it (ordinary), and the
same with claims pasted in (stuffed). The rulebook is the shipped one, filled up to ``WORDS`` words. The reference is the
automaton of the same words run over the same folded texts, and nothing else. The last rows ask what ten times the words
and rules cost: copies of every text rule over renamed lists; the first list of a sequence is shared, so that they wake up for nothing.
Processor time, the best of a few turns.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import ahocorasick_rs
import yaml

from scanner import rulebook
from scanner.bench import Row
from scanner.checks import claim, subject
from scanner.checks.case import Case
from scanner.demo.pages import SENTENCES
from scanner.demo.pages import WORDS as THINGS
from scanner.home import shipped_rules
from scanner.model import Facts, Listing
from scanner.rulebook import Rulebook, TextRule
from scanner.text import fold

WORDS = 5_000  # words written in lists, at least; the spellings made of them come on top
TIMES = 10
PAGES = 60
CLAIMS = 5  # pasted into a stuffed page
TURNS = 5
DAY = date(2026, 1, 1)

_TALK = (
    "亲，本店商品均为现货，下单后二十四小时内发出，节假日顺延。", "默认发申通或者圆通，偏远地区请先联系客服再拍。",
    "收到货请当着快递员的面检查外箱，有破损可以拒收。", "颜色因拍摄光线和显示器不同会有差异，以收到的实物为准。",
    "手工测量，尺寸误差在1至3厘米之间属于正常现象。", "本品为日常家居用品，适合客厅、卧室、办公室和旅行时使用。",
    "第一次使用之前请充满电，充电时间约4小时，续航约30天。", "机身小巧，重约180克，放进手提包里也不占地方。",
    "选用食品级硅胶，手感柔软，不易变形，可以用清水冲洗。", "屏幕大字显示，老人也看得清楚，一键开机，操作简单。",
    "请勿让儿童单独使用，长时间不用请取出电池。", "每次使用后请用干布擦净，存放在通风干燥的地方。",
    "会员满199元减20元，满399元减50元，优惠券在首页领取。", "好评晒图联系客服，返现两元，仅限前一百名。",
    "问：能开发票吗？答：可以，下单时备注抬头和税号。", "问：保修多久？答：整机一年，配件三个月，人为损坏不在其内。",
    "很多人久坐之后肩颈发紧，起来走走、喝杯热水会舒服一些。", "早晚各用一次，每次十五分钟，用完记得关掉开关。",
    "外出旅行、登山露营、开车上班，都可以带在身边。", "厂家直供，出厂前经过三道检验，每台都有独立的序列号。",
    "规格：大号40×60厘米，中号30×45厘米，小号20×30厘米。", "材质：聚酯纤维65%，棉35%，里衬为无纺布。",
    "使用中如有不适，请停止使用并咨询医生。", "本页面的说明仅供参考，具体以包装和说明书为准。",
    "春夏轻薄透气，秋冬柔软保暖，四季都用得上。", "双层包装，里外都有标签，生产日期见封口处。",
)  # fmt: skip


def rows() -> Iterator[Row]:
    """Ordinary and stuffed pages beside the bare scan, then what ten times the rulebook costs."""
    book = rulebook.from_files(grown(rulebook.load(shipped_rules()), 1))
    pages = {"普通": ordinary(book), "堆满宣称": stuffed(book)}
    gc.collect()
    gc.freeze()  # as a crawl does (crawl/run): rules live as long as the process
    once: dict[str, float] = {}
    scan = _bare(book.matcher.vocabulary)
    for name, listings in pages.items():
        once[name] = _speed(lambda page: read(book, page), listings)
        texts = [fold(_text(page)).text for page in listings]
        found = f"每页{sum(len(read(book, page)) for page in listings) / len(listings):.1f}个发现"
        yield Row(name=f"rules {name}", ours=once[name], reference=_speed(scan, texts), unit="百万字符/秒",
                  detail=found)  # fmt: skip
    del scan
    large = rulebook.from_files(grown(rulebook.load(shipped_rules()), TIMES))
    gc.freeze()
    for name, listings in pages.items():
        found = f"每页{sum(len(read(large, page)) for page in listings) / len(listings):.1f}个发现"
        yield Row(name=f"rules {name}，规则和词 × {TIMES}", ours=_speed(lambda page: read(large, page), listings),
                  reference=once[name], unit="百万字符/秒", detail=f"参照为一倍规则库；{found}")  # fmt: skip
    gc.unfreeze()


def read(book: Rulebook, page: Listing) -> list[Any]:
    """What the text rules of ``book`` find on a page of a device whose scope nobody knows."""
    case = Case(subject=page, rulebook=book, register=None, on=DAY, facts=Facts(goods="device"))
    return [found for kind in ("claim", "scope", "advert") for found in claim.check(case, book.of_kind(kind))]


def ordinary(book: Rulebook, seed: int = 1) -> list[Listing]:
    """Pages that say nothing wrong, each with one sentence that looks like it: a ``miss`` of a rule that no other finds."""
    dice = random.Random(seed)
    misses = [m for rule in _text_rules(book) for m in rule.examples.misses if isinstance(m, str)]
    looks = [miss for miss in misses if not read(book, subject.listing("miss", text=miss))]
    return [_page(n, [*_talk(dice), dice.choice(looks)], dice) for n in range(PAGES)]


def stuffed(book: Rulebook, seed: int = 2) -> list[Listing]:
    """The same kind of pages with CLAIMS claims (``hits`` of rules) each."""
    dice = random.Random(seed)
    claims = [h for rule in _text_rules(book) for h in rule.examples.hits if isinstance(h, str)]
    return [_page(n, [*_talk(dice), *dice.choices(claims, k=CLAIMS)], dice) for n in range(PAGES)]


def grown(book: Rulebook, times: int) -> dict[str, bytes]:
    """The files of ``book`` with its lists filled up to WORDS words, and with ``times`` - 1 copies of rules and lists."""
    dice, files = random.Random(3), book.files()
    signs = sorted({char for name in book.lists for word in book.words(name) for char in word if char > "\u4e00"})
    missing = max(100, WORDS - sum(len(words.words) for words in book.lists.values()))
    filling = sorted({_invented(dice, signs, dice.randint(3, 5)) for _ in range(missing + missing // 20)})
    rule = next(rule for rule in _text_rules(book) if rule.scope == "none")
    for copy in range(times):
        lists: dict[str, Any] = {f"填充{copy}": {"words": filling if not copy else _renamed(filling, signs, copy)}}
        rules = [_copied(rule, f"filling-{copy}", copy) | {"any_of": [{"any": [f"填充{copy}"]}], "none": []}]
        if copy:
            lists |= _lists(book, signs, copy)
            rules += [_copied(r, f"{r.id}-copy-{copy}", copy) for r in _text_rules(book)]
        for made in rules:
            made["examples"] = _examples(book, lists, made)
        files[f"rules/lists/copy-{copy}.yaml"] = _yaml({"lists": lists})
        files |= {f"rules/{r['kind']}/{r['id']}.yaml": _yaml(r) for r in rules}
    return files


def _text_rules(book: Rulebook) -> list[TextRule]:
    return [rule for rule in book.rules.values() if isinstance(rule, TextRule) and rule.status == "active"]


def _talk(dice: random.Random) -> Iterator[str]:
    left = dice.randint(3_000, 5_000)
    while left > 0:
        sentence = dice.choice((*SENTENCES, *_TALK)).format(**{name: dice.choice(THINGS) for name in "abc"})
        left -= len(sentence)
        yield sentence


def _page(number: int, sentences: list[str], dice: random.Random) -> Listing:
    dice.shuffle(sentences)
    lines = ["".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)]
    attributes = {label: dice.choice(THINGS) for label in ("品牌", "型号规格", "材质", "颜色", "产地")}
    return subject.listing(f"page {number}", title=f"演示{dice.choice(THINGS)}{number}", text="\n".join(lines),
                           attributes=attributes, image_text=dice.choice(_TALK))  # fmt: skip


def _text(page: Listing) -> str:
    return "\n".join(
        (page.title.text, *(row.value for row in page.attributes), page.description.text, page.image_text.text)
    )


def _invented(dice: random.Random, signs: Sequence[str], length: int) -> str:
    return "".join(dice.choices(signs, k=length))


def _renamed(words: Sequence[str], signs: Sequence[str], copy: int) -> list[str]:
    """Other words of the same making: each Chinese character becomes another, by a fixed exchange for each copy. One
    and two characters become four, or they would be words of the pages."""
    dice = random.Random(copy)
    other = dict(zip(signs, dice.sample(signs, len(signs)), strict=True))
    made = ("".join(other.get(c, c) for c in word) for word in words)
    return list(dict.fromkeys(w if len(w) > 2 else w + _invented(dice, signs, 4 - len(w)) for w in made))


def _lists(book: Rulebook, signs: Sequence[str], copy: int) -> dict[str, Any]:
    used = {
        name for rule in _text_rules(book) for pattern in rule.any_of for name in pattern.lists()
    } & book.lists.keys()
    lists = ((name, book.lists[name]) for name in sorted(used))
    return {
        f"{name}{copy}": {"words": _renamed(words.words, signs, copy), "evasion": words.evasion}
        for name, words in lists
    }


def _copied(rule: TextRule, name: str, copy: int) -> dict[str, Any]:
    content = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content | {"id": name, "any_of": [_copied_pattern(pattern, copy) for pattern in content["any_of"]]}


def _copied_pattern(pattern: Mapping[str, Any], copy: int) -> dict[str, Any]:
    """The pattern with renamed lists; the first of several stays, as lists are shared."""
    shared = _listed(pattern)[0] if ("seq" in pattern or "all" in pattern) and len(_listed(pattern)) > 1 else ""

    def other(step: Any) -> Any:
        return step if not isinstance(step, str) or step == shared or step[0] == "#" else f"{step}{copy}"

    if "at_least" in pattern:
        return {"at_least": pattern["at_least"] | {"list": other(pattern["at_least"]["list"])}}
    return {key: [other(step) for step in steps] for key, steps in pattern.items()}


def _examples(book: Rulebook, lists: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, list[str]]:
    """Enough to load: copies are measured, not tested. A miss has to hold a word of the rule."""
    name = next(n for pattern in rule["any_of"] for n in _listed(pattern))
    word = lists[name]["words"][0] if name in lists else book.lists[name].words[0]
    return {"hits": [word, f"{word}。"], "misses": [f"{word}？", f"{word}！"]}


def _listed(pattern: Mapping[str, Any]) -> list[str]:
    found = [n for key in ("seq", "any", "all") for n in pattern.get(key, ()) if isinstance(n, str) and n[0] != "#"]
    return found or [pattern["at_least"]["list"]]


def _yaml(content: Mapping[str, Any]) -> bytes:
    return yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False).encode()


def _bare(words: Sequence[str]) -> Callable[[str], object]:
    kind = ahocorasick_rs.Implementation.ContiguousNFA
    find = ahocorasick_rs.AhoCorasick(list(words), implementation=kind).find_matches_as_indexes
    return lambda text: find(text, overlapping=True)


def _speed(run: Callable[[Any], object], things: Sequence[Any]) -> float:
    """Millions of characters a second of processor time."""
    size = sum(len(thing if isinstance(thing, str) else _text(thing)) for thing in things)
    best = float("inf")
    for _ in range(TURNS):
        began = time.process_time()
        for thing in things:
            run(thing)
        best = min(best, time.process_time() - began)
    return round(size / best / 1e6, 2)
