"""Labelled pairs of company names: is it one company? The bench that ``companies`` and ``codes`` are held to.

    python -m tests.registry.company.pairs            invented pairs only
    python -m tests.registry.company.pairs shared     and pairs of real names, made from shared/data and never kept

A pair has a *label*, what a careful reader may say, and a *truth*, whether it is one company. ``same`` and ``other``
are settled by names and codes; ``doubtful-ok`` is not: there both ``doubtful`` and the truth are right. Saying ``same``
of two companies, or ``other`` of one, is *wrong* whatever the label. Varied pairs are made of invented names by seeded
choice, one kind a function; what variation cannot make is written by hand in ``pairs.yaml``.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from stdnum.cn import uscc

from scanner.numbers.company import _organisation_digit
from scanner.registry.company.codes import compare_with_codes

Label = Literal["same", "other", "doubtful-ok"]
Truth = Literal["same", "other"]

_HAND = Path(__file__).with_name("pairs.yaml")
_CITIES = ("苏州", "常州", "郑州", "武汉", "青岛", "宁波", "厦门", "长沙", "成都", "沈阳", "佛山", "扬州")
_BRANDS = ("演康", "演健", "演海", "演禾", "演瑞", "演恒", "演博", "演安", "新演成", "演宝莱", "金演阳", "演一方")
_TRADES = (
    "医疗器械",
    "医疗科技",
    "生物科技",
    "医疗用品",
    "卫生材料",
    "光学科技",
    "医用材料",
    "健康科技",
    "大药房连锁",
    "防护用品",
)
_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
_SIMPLE = str.maketrans("医疗药业东华龙门长宁", "醫療藥業東華龍門長寧")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    kind: str
    label: Label
    truth: Truth
    page: str
    register: str
    page_code: str = ""
    register_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Of one kind: ``right`` as labelled, ``doubted`` though it was settled, ``cleared`` (``same`` of two companies),
    ``accused`` (``other`` of one)."""

    kind: str
    pairs: int
    right: int
    doubted: int
    cleared: int
    accused: int


# --- invented ----------------------------------------------------------------------------------------------------


def code(seed: str, region: str = "320500") -> str:
    """A valid unified social credit code of nobody: 91, a region, and an organisation drawn from ``seed``."""
    body = "".join(random.Random(seed).choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=8))
    start = f"91{region}{body}{_organisation_digit(body)}"
    return start + uscc.calc_check_digit(start)


def _names() -> list[str]:
    """Invented names, each (city, brand, trade) once, in both orders that names have."""
    dice = random.Random(3)
    made = []
    for place, (city, brand) in enumerate(zip(_CITIES * 2, itertools.chain(_BRANDS, reversed(_BRANDS)), strict=True)):
        trade, form = dice.choice(_TRADES), dice.choice(_FORMS)
        made.append(f"{brand}{trade}（{city}）{form}" if place % 4 == 3 else f"{city}{brand}{trade}{form}")
    return made


def _city_of(name: str) -> str:
    return next(city for city in _CITIES if city in name)


def _bare(name: str) -> str:
    """The name with its place in front and without legal form."""
    city = _city_of(name)
    return city + re.sub("股份有限公司|有限责任公司|有限公司", "", name.replace(f"（{city}）", "").replace(city, ""))


def _swap(name: str, dice: random.Random, old: str, others: Sequence[str]) -> str:
    return name.replace(old, dice.choice([other for other in others if other != old]))


def _one_wrong(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(_city_of(name)), len(name) - 4)
    return name[:at] + dice.choice([c for c in "鉴缄瞭帮佳" if c != name[at]]) + name[at + 1 :]


def _two_wrong(name: str, dice: random.Random) -> str:
    """The last character of the brand and one of the trade."""
    end = next(name.index(brand) + len(brand) for brand in _BRANDS if brand in name)
    at = end + dice.randrange(2)
    return f"{name[: end - 1]}鉴{name[end:at]}缄{name[at + 1 :]}"


def _one_less(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(_city_of(name)), len(name) - 4)
    return name[:at] + name[at + 1 :]


Vary = Callable[[str, random.Random], str]

# The same company, written otherwise on the page.
SAME: dict[str, Vary] = {
    "bracket width": lambda n, d: n.replace("（", "(").replace("）", d.choice((")", "）"))),
    "other brackets": lambda n, d: n.replace("（", "【").replace("）", "】"),
    "spaces": lambda n, d: " ".join((n[:4], n[4:7], n[7:])),
    "line break": lambda n, d: f"{n[:6]}\n{n[6:]}\n",
    "invisible characters": lambda n, d: f"{n[:3]}\u200b{n[3:]}\ufeff",
    "traditional characters": lambda n, d: n.translate(_SIMPLE),
    "missing 限": lambda n, d: n.replace("有限公司", "有公司").replace("有限责任公司", "有公司"),
    "another form of company": lambda n, d: (
        n.replace("股份", "") if "股份" in n else re.sub("有限(责任)?公司", "股份有限公司", n)
    ),
    "without form": lambda n, d: re.sub("(股份)?有限(责任)?公司", "", n),
    "place moved": lambda n, d: (
        re.sub("(股份有限公司|有限责任公司|有限公司)$", rf"（{_city_of(n)}）\1", n[2:])
        if n.startswith(_city_of(n))
        else _city_of(n) + n.replace(f"（{_city_of(n)}）", "")
    ),
    "市 behind the place": lambda n, d: n.replace(_city_of(n), _city_of(n) + "市", 1),
    "branch": lambda n, d: f"{n}{d.choice(('南京', '第一', '光谷'))}{d.choice(('分公司', '营业部', '分店'))}",
    "note behind": lambda n, d: f"{n}{d.choice(('（简称演示）', '(虚构)', '（以下简称“甲方”）'))}",
    "bracket left open": lambda n, d: f"{n}）",
    "label and address": lambda n, d: f"注册人名称：{n} 住所：某市某路1号",
    "foreign name beside": lambda n, d: f"{n} Yan Medical Technology Co., Ltd.",
}  # fmt: skip

# The same company, but the page does not show enough to be sure.
UNSURE: dict[str, Vary] = {
    "one wrong character": _one_wrong,
    "one character less": _one_less,
    "wrong in brand and trade": lambda n, d: _two_wrong(n, d),
    "place misspelt": lambda n, d: n.replace(_city_of(n), d.choice(("南", "新", "海")) + _city_of(n)),
    "without place": lambda n, d: n.replace(f"（{_city_of(n)}）", "").replace(_city_of(n), ""),
    "short name": lambda n, d: n.replace(f"（{_city_of(n)}）", "").replace(_city_of(n), "")[:4],
    "province for city": lambda n, d: f"江苏{n}" if n.startswith("苏州") else f"中国{n}",
}

# Another company.
OTHER: dict[str, Vary] = {
    "other city": lambda n, d: _swap(n, d, _city_of(n), _CITIES),
    "other brand": lambda n, d: n.replace(next(b for b in _BRANDS if b in n), "丙丁" if d.random() < 0.5 else "望岳"),
    "other brand and trade": lambda n, d: f"{_city_of(n)}{d.choice(('听涛', '望岳', '采薇'))}仪器有限公司",
    "nothing in common": lambda n, d: f"哈尔滨{d.choice(('听涛', '望岳', '采薇'))}服饰有限公司",
}

# Another company that the name alone does not tell apart for sure.
NEAR: dict[str, Vary] = {
    "other trade": lambda n, d: f"{_bare(n).replace('医疗', '').replace('科技', '')}电子商务有限公司",
    "brand one character longer": lambda n, d: n.replace(next(b for b in _BRANDS if b in n), "新演康", 1),
    "sole trader": lambda n, d: _bare(n) + d.choice(("经营部", "商行", "厂")),
    "group": lambda n, d: _bare(n) + "集团有限公司",
}


def varied(names: Iterable[str], kinds: dict[str, Vary], label: Label, truth: Truth) -> Iterator[Pair]:
    for kind, vary in kinds.items():
        dice = random.Random(kind)
        for name in names:
            page = vary(name, dice)
            if page != name:
                yield Pair(kind=kind, label=label, truth=truth, page=page, register=name)


def written() -> Iterator[Pair]:
    """The pairs of ``pairs.yaml``."""
    codes = {"": "", **{letter: code(letter) for letter in "ABC"}}
    for kind, rows in yaml.safe_load(_HAND.read_text("utf-8"))["pairs"].items():
        for label, truth, page, register, ours, theirs in rows:
            yield Pair(
                kind=kind, label=label, truth=truth, page=page, register=register, page_code=codes[ours],
                register_code=codes[theirs],
            )  # fmt: skip


def invented() -> list[Pair]:
    names = _names()
    made = (
        varied(names, SAME, "same", "same"), varied(names, UNSURE, "doubtful-ok", "same"),
        varied(names, OTHER, "other", "other"), varied(names, NEAR, "doubtful-ok", "other"),
    )  # fmt: skip
    return [*written(), *itertools.chain.from_iterable(made)]


# --- real --------------------------------------------------------------------------------------------------------


def real(registrants: Path, aliases: Path) -> list[Pair]:
    """Pairs of real registrants: each written otherwise, names under one code, and all pairs that are near each other."""
    rows = [json.loads(line) for line in registrants.read_text("utf-8").splitlines()]
    groups = json.loads(aliases.read_text("utf-8"))
    return [*_rewritten(rows), *_aliases(groups), *_strangers(rows)]


def _rewritten(rows: Sequence[dict[str, str]]) -> Iterator[Pair]:
    dice = random.Random(11)
    companies = [row["name"] for row in rows if row["name"].endswith("有限公司")]
    for kind, label in (("spaces", "same"), ("missing 限", "same"), ("branch", "same"), ("note behind", "same")):
        for name in dice.sample(companies, 100):
            yield Pair(kind=f"real: {kind}", label=label, truth="same", page=SAME[kind](name, dice), register=name)  # type: ignore[arg-type]
    for name in (name for name in companies if "（" in name):
        yield Pair(
            kind="real: bracket width",
            label="same",
            truth="same",
            page=SAME["bracket width"](name, dice),
            register=name,
        )
    for name in dice.sample(companies, 200):
        at = dice.randrange(2, len(name) - 4)
        page = name[:at] + dice.choice(("", "鉴", name[at] + "佳")) + name[at + 1 :]
        yield Pair(kind="real: one character", label="doubtful-ok", truth="same", page=page, register=name)


def _aliases(groups: Iterable[dict[str, object]]) -> Iterator[Pair]:
    """Names that registers print beside one code; with and without the code. A row whose name is a product's is left
    out; a maker that shares the code of its agent is known by the foreign name that stands beside it elsewhere."""
    for group in groups:
        names = [name for name in group["names"] if "公司" in name or "Sdn" in name]  # type: ignore[attr-defined]
        foreign = {_han(name) for name in names if re.search("[A-Za-z]{3}", name)}
        for one, two in itertools.permutations(names, 2):
            apart = (_han(one) in foreign) != (_han(two) in foreign) and bool(re.search("[（(]", one + two))
            label: Label = "same" if _han(one) == _han(two) else "doubtful-ok"
            for kind, shown in (("real: names under one code", ""), ("real: names with one code", str(group["uscc"]))):
                yield Pair(kind=kind, label=label, truth="other" if apart else "same", page=one, register=two,
                           page_code=shown, register_code=shown)  # fmt: skip


def _han(name: str) -> str:
    return "".join(re.findall("[㐀-鿿]", name))


def _strangers(rows: Sequence[dict[str, str]]) -> Iterator[Pair]:
    """Names under two codes: all that share three characters in front or a brand-like piece, and some that do not."""
    dice = random.Random(12)
    for one, two in itertools.combinations(rows, 2):
        ours, theirs = _han(one["name"]), _han(two["name"])
        if one["uscc"] == two["uscc"] or ours == theirs or len(ours) < 4 or len(theirs) < 4:
            continue
        near = ours[2:4] in theirs or theirs[2:4] in ours or ours[:2] == theirs[:2]
        if near or dice.random() < 0.02:
            kind = "real: near strangers" if near else "real: strangers"
            yield Pair(kind=kind, label="doubtful-ok" if near else "other", truth="other", page=one["name"],
                       register=two["name"])  # fmt: skip


# --- counted -----------------------------------------------------------------------------------------------------


def verdict(pair: Pair) -> str:
    return compare_with_codes(
        pair.page, pair.register, page_code=pair.page_code, register_code=pair.register_code
    ).verdict  # fmt: skip


def is_right(pair: Pair, said: str) -> bool:
    return said == pair.truth or (pair.label == "doubtful-ok" and said == "doubtful")


def tally(pairs: Iterable[Pair]) -> list[Tally]:
    """One row a kind, in the order they come."""
    kinds: dict[str, list[tuple[Pair, str]]] = {}
    for pair in pairs:
        kinds.setdefault(pair.kind, []).append((pair, verdict(pair)))
    return [
        Tally(
            kind=kind, pairs=len(found), right=sum(is_right(pair, said) for pair, said in found),
            doubted=sum(said == "doubtful" and pair.label != "doubtful-ok" for pair, said in found),
            cleared=sum(said == "same" and pair.truth == "other" for pair, said in found),
            accused=sum(said == "other" and pair.truth == "same" for pair, said in found),
        )
        for kind, found in kinds.items()
    ]  # fmt: skip


def precision_and_recall(pairs: Iterable[Pair], what: Truth) -> tuple[float, float]:
    """Of the verdict ``what`` over all pairs: how often it is true, and how many of those settled so are found."""
    judged = [(pair, verdict(pair)) for pair in pairs]
    claimed = [pair for pair, said in judged if said == what]
    settled = [said for pair, said in judged if pair.label == what]
    return sum(pair.truth == what for pair in claimed) / len(claimed), settled.count(what) / len(settled)


def main(shared: str = "") -> None:
    pairs = invented()
    if shared:
        data = Path(shared) / "data"
        pairs += real(data / "device_registrants_uscc.jsonl", data / "registrant_aliases_same_uscc.json")
    print(f"{'kind':45}{'pairs':>7}{'right':>7}{'doubted':>9}{'cleared':>9}{'accused':>9}")
    for row in tally(pairs):
        print(f"{row.kind:45}{row.pairs:7}{row.right:7}{row.doubted:9}{row.cleared:9}{row.accused:9}")
    for what in ("same", "other"):
        precision, recall = precision_and_recall(pairs, what)  # type: ignore[arg-type]
        print(f"{what}: precision {precision:.4f}, recall {recall:.4f} of {len(pairs)} pairs")
    for pair in pairs:
        if not is_right(pair, said := verdict(pair)):
            print(said, pair)


if __name__ == "__main__":
    main(*sys.argv[1:])
