"""Are two company names the same company? A score with its reason in words.

Owns: taking a name apart (place, brand, trade, legal form, branch, notes in brackets) and comparing the parts. Leaves
to others: companies by their code (USCC comes first wherever there is one) and what follows from an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict
from rapidfuzz.distance import Indel, Levenshtein

from scanner import yamlfile
from scanner.home import shipped_registry_data
from scanner.registry.names import BRACKETS, HAN, NOTHING, Match, level


class _Places(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    places: dict[str, tuple[str, ...]]


@cache
def _provinces() -> dict[str, str]:
    """City or province -> province; 中国 (China) belongs to none."""
    table = yamlfile.load(shipped_registry_data() / "places.yaml", _Places).places
    found = {city: province for province, cities in table.items() for city in cities}
    return found | {province: province for province in table} | {"中国": ""}


# Legal forms, the longest first; trades that many names share and that tell nobody apart.
_FORM = re.compile(
    r"(?:集团)?(?:股份有限公司|有限责任公司|有限总公司|股份两合公司|股份公司|株式会社|有限公司|有公司|总公司|公司|个体工商户|经营部|商行|厂)$"
)
_TRADES = (
    "医疗", "医用", "医药", "医学", "药业", "器械", "器材", "用品", "设备", "科技", "技术", "生物", "工程", "健康", "卫生",
    "材料", "卫材", "制品", "电子", "仪器", "实业", "工业", "贸易", "商贸", "工贸", "国际", "发展", "开发", "制造", "集团", "控股",
    "产业", "投资", "进出口", "防护", "服饰", "敷料", "乳胶", "塑料", "橡塑", "口腔", "光学", "眼镜", "康复", "诊断", "试剂", "大药房",
    "连锁", "科学", "仪表", "智能", "信息", "网络", "服务", "管理", "供应链", "日用品", "化妆品", "食品", "保健", "纺织", "非织造",
    "无纺", "包装", "精密", "高新", "新材料", "高分子",
)  # fmt: skip
_TRADE = re.compile(f"(?:{'|'.join(sorted(_TRADES, key=len, reverse=True))}){{1,12}}$")
_BRANCH = re.compile(r"^(.{2,}?公司)(.{2,40}(?:分公司|分厂|分店|营业部|门店|药店|店))$")
_NOTE = re.compile(r"\([^()]{0,60}\)?$")  # (简称), (虚构) behind the name: not a part of it
_LATIN = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ .,&'-]{3,}")
_SEPARATORS = re.compile(r"[\s,;、|/:]{1,8}")


@dataclass(frozen=True, slots=True)
class Company:
    """A name taken apart. ``plain`` is the whole without spaces, brackets' width and notes; ``brand`` tells it apart."""

    plain: str
    core: str
    places: frozenset[str]
    brand: str
    trade: str
    branch: str


def compare(page: str, register: str) -> Match:
    """Compare a company named on a page with one in a register.

    A page may name several (委托方, 受托方 …) or add an address: the best of its pieces counts.
    """
    theirs = take_apart(register)
    whole = level(page)
    pieces = [piece for piece in _SEPARATORS.split(whole) if len(piece) >= 2][:12]
    if not whole or not theirs.plain:
        return NOTHING
    found = [_compare(take_apart(piece), theirs) for piece in dict.fromkeys((whole, *pieces))]
    return max(found, key=lambda match: match.score)


def take_apart(name: str) -> Company:
    """The parts of a company's name.

    >>> take_apart("稳健医疗（黄冈）有限公司").brand
    '稳健'
    """
    text = re.sub(r"\s", "", level(name))
    branch = ""
    if (found := _BRANCH.match(text)) is not None:
        text, branch = found.groups()
    text = _NOTE.sub("", text)
    # what stands in brackets inside a name tells sister companies apart, whether or not it is a city we know
    places = {_place(inside) for inside in BRACKETS.findall(text) if HAN.search(inside)}
    kept = BRACKETS.sub("", text)
    if HAN.search(kept):
        kept = _LATIN.sub("", kept) if len(HAN.findall(kept)) >= 4 else kept
    kept = kept.strip("().,-·")
    core = _FORM.sub("", kept)
    rest = core
    for _ in range(2):  # 江苏苏州…: a province, then a city
        front = _leading_place(rest)
        if not front:
            break
        places.add(_place(front))
        rest = rest[len(front) :]
    trade = _TRADE.search(rest)
    brand = rest[: trade.start()] if trade is not None else rest
    return Company(kept, core, frozenset(places), brand or rest, trade.group() if trade is not None else "", branch)


def _place(text: str) -> str:
    return re.sub(r"(?:省|市|自治区)$", "", text)


def _leading_place(text: str) -> str:
    for length in range(min(6, len(text) - 2), 1, -1):
        if _place(text[:length]) in _provinces():
            return text[:length]
    return ""


def _compare(page: Company, register: Company) -> Match:
    clash = _clash(page.places, register.places)
    if clash:
        near = page.brand == register.brand
        return Match(0.5 if near else 0.2, "other", f"地名不同（{clash}）" + ("，只是字号相同" if near else ""))
    if page.places == register.places and page.core == register.core:
        if page.branch != register.branch:
            return Match(0.95, "same", "同一公司的分支机构")
        if page.plain == register.plain:
            return Match(1.0, "same", "名称一致（不计括号、空格和附注）")
        return Match(0.97, "same", "只差公司组织形式字样")
    if page.brand == register.brand:
        return _same_brand(page, register)
    return _other_brand(page, register)


def _clash(page: frozenset[str], register: frozenset[str]) -> str:
    """Places that cannot be one: two provinces, two cities of one province, or two that no list knows."""
    table = _provinces()
    for ours in sorted(page - register):
        for theirs in sorted(register - page):
            mine, other = table.get(ours), table.get(theirs)
            if "" in (mine, other):  # 中国 is everywhere
                continue
            if mine is None or mine != other or mine not in (ours, theirs):
                return f"{ours}、{theirs}"
    return ""


def _same_brand(page: Company, register: Company) -> Match:
    if page.trade == register.trade:
        if page.places == register.places:
            return Match(0.95, "same", "地名、字号、行业都一致，只是写法不同")
        return Match(0.85, "doubtful", "字号和行业一致，一方没有写地名")
    if not page.trade or not register.trade or page.core in register.core or register.core in page.core:
        return Match(0.8, "doubtful", "一方是简称")
    return Match(0.7, "doubtful", "字号相同，行业字样不同，可能更名或者是关联企业")


def _other_brand(page: Company, register: Company) -> Match:
    if len(register.plain) >= 8 and Levenshtein.distance(page.plain, register.plain, score_cutoff=1) <= 1:
        return Match(0.78, "doubtful", "只差一字，可能是笔误，也可能是另一家")
    short, long = sorted((page.brand, register.brand), key=len)
    if len(short) >= 2 and short in long:
        return Match(0.72, "doubtful", "一方的字号包含另一方的字号")
    if bool(HAN.search(page.plain)) != bool(HAN.search(register.plain)):
        return Match(0.6, "doubtful", "一方是中文名，一方是外文名，无法比对")
    near = Indel.normalized_similarity(page.core, register.core)
    if near >= 0.85 and not HAN.search(page.plain):
        return Match(near, "same" if near >= 0.95 else "doubtful", "外文名称相近")
    return Match(round(near * 0.55, 3), "other", f"字号不同（“{page.brand}”与“{register.brand}”）")
