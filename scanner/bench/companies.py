"""``bench companies``: finding a misspelt company name among a million, beside a plain search through all of them.

Names are invented by seeded combination of city, brand, trade and legal form, denser than reality: many lie one
character apart. Questions are the names themselves with one error, or written otherwise. The reference is what one
would write in five minutes: ``rapidfuzz.process.extractOne`` over the same names in the same process. Questions are
timed in processor time: other work on the machine would else count against whichever side it happened to meet.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from scanner import clock
from scanner.bench import Row
from scanner.registry import importing
from scanner.registry.company.parts import provinces
from scanner.registry.company.search import CompanyMatch, search
from scanner.registry.names import level
from scanner.registry.sources import shipped
from scanner.store.register import RegisterStore

NAMES = 1_000_000
QUESTIONS = 400  # of each kind
REFERENCE = 12  # questions put to the reference, which takes a tenth of a second for each

_BRAND = "康健瑞华安泰恒达盛美佳宏远兴旺隆昌明德信诚同仁和顺祥福禄寿宁静雅致尚新创科智慧博通联众合力天地海山江河云星辰月阳光辉耀金玉宝珍龙凤麒鹏飞翔鸿图伟业永久长春秋实华夏东方正大吉利源丰润泽济民惠康乐颐养复元本草灵素芝兰桂松柏竹梅百千万亿"
_TRADES = (
    "医疗器械", "医疗科技", "生物科技", "医药科技", "医疗用品", "健康科技", "卫生用品", "医用材料", "生物工程", "医疗设备", "医疗仪器",
    "光学眼镜", "口腔器材", "康复器材", "医用敷料", "诊断试剂", "电子科技", "大药房连锁", "商贸", "贸易", "实业", "智能科技", "新材料科技", "防护用品",
)  # fmt: skip
_FORMS = ("有限公司",) * 8 + ("股份有限公司", "有限责任公司")
_LETTERS = "药械医疗用品科技生物材料安康华瑞达兴"


def invented(count: int, seed: int = 20) -> list[str]:
    """``count`` different names of companies that do not exist."""
    dice, cities = random.Random(seed), sorted(place for place, province in provinces().items() if province)
    brands = sorted(set(_BRAND))
    found: dict[str, None] = {}
    while len(found) < count:
        city, trade, form = dice.choice(cities), dice.choice(_TRADES), dice.choice(_FORMS)
        brand = "".join(dice.choices(brands, k=dice.choice((2, 2, 2, 3))))
        name = f"{brand}{trade}（{city}）{form}" if dice.random() < 0.1 else f"{city}{brand}{trade}{form}"
        found[name] = None
    return list(found)


def _one_wrong(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(name))
    return name[:at] + dice.choice(_LETTERS) + name[at + 1 :]


def _one_more(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(name) + 1)
    return name[:at] + dice.choice(_LETTERS) + name[at:]


def _one_less(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(name))
    return name[:at] + name[at + 1 :]


def _brackets(name: str, dice: random.Random) -> str:
    return name.replace("（", "(").replace("）", dice.choice((")", " )")))


def _branch(name: str, dice: random.Random) -> str:
    return f"{name}{dice.choice(('南京', '第一', '城东'))}{dice.choice(('分公司', '分店', '营业部'))}"


def _form(name: str, dice: random.Random) -> str:
    return name.removesuffix("有限公司").removesuffix("股份") + dice.choice(
        ("有限公司", "有公司", "股份有限公司", "公司")
    )


KINDS: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
    ("错一字", _one_wrong), ("多一字", _one_more), ("少一字", _one_less), ("括号", _brackets), ("分支机构", _branch),
    ("组织形式", _form),
)  # fmt: skip


def near_enough(question: str, wanted: str, found: Sequence[CompanyMatch]) -> bool:
    """Whether the wanted name is among the best answers, or the best is a name at least as near to the question."""
    if not found:
        return False
    best = [match.name for match in found if match.score == found[0].score]
    plain = level(question)
    return wanted in best or fuzz.ratio(plain, level(best[0])) >= fuzz.ratio(plain, level(wanted))


def rows(count: int = NAMES) -> Iterator[Row]:
    """How long building takes, the speed of questions, and for each kind how often the right name comes first."""
    names, dice = invented(count), random.Random(21)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.jsonl"
        path.write_text("".join(f'{{"name": "{name}"}}\n' for name in names), encoding="utf-8")
        store = RegisterStore.open(Path(folder) / "register.db")
        began = time.perf_counter()
        importing.bring(store, shipped().get("registrants"), [path], now=clock.now())
        built = time.perf_counter() - began
        yield Row(
            name=f"导入 {count} 个企业名称并建立索引", ours=round(built, 3), reference=60.0, unit="秒（参照是上限）"
        )
        asked = {kind: [(change(name, dice), name) for name in dice.sample(names, QUESTIONS)] for kind, change in KINDS}
        spent, hits = _ask(store, asked)
        plain = [question for pairs in asked.values() for question, _ in pairs]
        theirs = _reference(dice.sample(plain, REFERENCE), names)
        yield Row(
            name="企业名称查询", ours=round(len(plain) / spent, 1), reference=round(1 / theirs, 1), unit="次/处理器秒"
        )  # fmt: skip
        for kind, right in hits.items():
            yield Row(
                name=f"排在第一的是原名或者同样近的：{kind}",
                ours=round(right / QUESTIONS, 4),
                reference=0.99,
                unit="比例",
            )
        store.close()


def _ask(store: RegisterStore, asked: dict[str, list[tuple[str, str]]]) -> tuple[float, dict[str, int]]:
    spent, hits = 0.0, dict.fromkeys(asked, 0)
    for kind, pairs in asked.items():
        for question, wanted in pairs:
            began = time.process_time()
            found = search(store.companies, question)
            spent += time.process_time() - began
            hits[kind] += near_enough(question, wanted, found)
    return spent, hits


def _reference(questions: Sequence[str], names: Sequence[str]) -> float:
    """Seconds a question."""
    began = time.process_time()
    for question in questions:
        process.extractOne(question, names, scorer=fuzz.ratio, score_cutoff=80)
    return (time.process_time() - began) / len(questions)
