"""A company's name taken apart: place, brand, trade, legal form, branch, and what only stands beside it.

Owns: the parts of a name and the key under which it is looked for. A Chinese name is built by rule (企业名称登记管理规定):
place 行政区划 + brand 字号 + trade 行业 + legal form 组织形式; the place may stand in brackets inside the name. Leaves to
others: whether two names are one company (``compare``) and finding a name among a million (``index``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pydantic import BaseModel, ConfigDict

from scanner import yamlfile
from scanner.home import shipped_registry_data
from scanner.registry.names import BRACKETS, HAN, LONGEST, level

# Legal forms. Those of a company may change their wording (a 有限公司 becomes a 股份有限公司, a page writes 有公司); a factory
# or a sole trader's shop of the same name is somebody else.
_FORM = re.compile(
    r"(?P<group>集团)?(?:(?P<company>股份有限公司|股份有公司|有限责任公司|有限总公司|有限公司|有公司|股份公司|总公司|公司)"
    r"|(?P<other>股份两合公司|两合公司|株式会社|合伙企业|个体工商户|经营部|经营店|商行|商店|工厂|厂))$"
)
LONGEST_FORM = len("集团股份有限公司")
_IN_BRACKETS = frozenset({"集团", "有限合伙", "普通合伙", "特殊普通合伙", "个体工商户", "股份"})
_TRADES = frozenset((
    "医疗", "医用", "医药", "医学", "药业", "器械", "器材", "用品", "设备", "科技", "技术", "生物", "工程", "健康", "卫生",
    "材料", "卫材", "制品", "电子", "仪器", "实业", "工业", "贸易", "商贸", "工贸", "国际", "发展", "开发", "制造", "集团", "控股",
    "产业", "投资", "进出口", "防护", "服饰", "敷料", "乳胶", "塑料", "橡塑", "口腔", "光学", "眼镜", "康复", "诊断", "试剂", "大药房",
    "连锁", "科学", "仪表", "智能", "信息", "网络", "服务", "管理", "供应链", "日用品", "化妆品", "食品", "保健", "纺织", "非织造",
    "无纺", "包装", "精密", "高新", "新材料", "高分子",
))  # fmt: skip
_LENGTHS = sorted({len(word) for word in _TRADES}, reverse=True)
_BRANCH = re.compile(r"^(.{2,}?公司)(.{2,40})$")
_BRANCHES = ("分公司", "分厂", "分店", "营业部", "门店", "药店", "店")
_NOTE = re.compile(r"\([^()]{0,60}\)?$")  # (简称), (虚构) behind the name: not a part of it
_LATIN = re.compile(r"[A-Z][A-Z .,&'-]{3}")
_INITIALS = re.compile(r"(?<![A-Z])([A-Z])\.(?=[A-Z](?![A-Z]))")
_LATIN_WORD = re.compile(r"[0-9A-Z]+")
_LATIN_FORMS = frozenset(
    [
        "CO",
        "COMPANY",
        "LTD",
        "LIMITED",
        "INC",
        "INCORPORATED",
        "CORP",
        "CORPORATION",
        "LLC",
        "PLC",
        "GMBH",
        "AG",
        "KG",
        "KGAA",
        "SE",
        "SA",
        "SAS",
        "SARL",
        "SRL",
        "SPA",
        "BV",
        "NV",
        "AB",
        "AS",
        "OY",
        "OYJ",
        "APS",
        "PTE",
        "PTY",
        "SDN",
        "BHD",
        "KK",
        "THE",
    ]
)
_NO_WORD = re.compile(r"[\W_]+")


class _Places(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    places: dict[str, tuple[str, ...]]


@cache
def provinces() -> dict[str, str]:
    """City or province -> province; 中国 (China) belongs to none."""
    table = yamlfile.load(shipped_registry_data() / "places.yaml", _Places).places
    found = {city: province for province, cities in table.items() for city in cities}
    return found | {province: province for province in table} | {"中国": ""}


@cache
def _fronts() -> dict[str, str]:
    """What a name may begin with -> the place: 江苏省 and 江苏 -> 江苏."""
    return {place + suffix: place for place in provinces() for suffix in ("", "省", "市", "自治区")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A name taken apart. ``plain`` is the whole without spaces, brackets and what stands beside it; ``brand`` tells it
    apart; ``group`` is how it calls itself a group (集团, in brackets or not); ``form`` is ``company``, another form's own word, or "" where the name ends without one; ``latin`` holds the
    words of a name in Latin letters, whether it is the whole name or stands beside a Chinese one."""

    plain: str
    core: str
    places: frozenset[str]
    brand: str
    trade: str
    form: str
    group: str
    branch: str
    latin: tuple[str, ...]


def take_apart(name: str) -> Company:
    """The parts of a company's name; of a long text, of its beginning.

    >>> take_apart("稳健医疗（黄冈）有限公司").brand
    '稳健'
    """
    return _take_apart(name[:LONGEST])


@lru_cache(maxsize=4096)
def _take_apart(name: str) -> Company:
    levelled = level(name)
    text, branch = _without_branch(_spaceless(_without_latin(levelled)))
    text = _without_note(text)
    # what stands in brackets inside a name tells sister companies apart, whether or not it is a city we know
    inside, kept = set[str](), text
    if "(" in text:
        inside = {_place(word) for word in BRACKETS.findall(text) if HAN.search(word)}
        kept = BRACKETS.sub("", text)
    kept = kept.strip("().,-·")
    core, form, group = _without_form(kept)
    places, rest = _leading_places(core)
    start = _trade_start(rest)
    return Company(
        plain=kept, core=core, places=frozenset(places | inside - _IN_BRACKETS), brand=rest[:start] or rest,
        trade=rest[start:], form=form, group="(集团)" if "集团" in inside else group, branch=branch, latin=_latin_words(levelled),
    )  # fmt: skip


def form_of(name: str) -> str:
    """The legal form that a name ends in, before its branch, as ``Company.form`` has it: far quicker than all parts.

    >>> form_of("稳健医疗（黄冈）有限公司南京分公司"), form_of("稳健旗舰店")
    ('company', '')
    """
    return _without_form(_without_note(_without_branch(_spaceless(level(name)))[0]))[1]


def key_of(name: str) -> str:
    """What is left of a name to look for: letters, digits and Han characters, without branch and legal form.

    What stands in brackets inside the name is kept in its place: it tells sister companies apart.

    >>> key_of("稳健医疗（黄冈）有限公司南京分公司")
    '稳健医疗黄冈'
    """
    text = _without_note(_without_branch(_spaceless(_without_latin(level(name))))[0])
    if not text.isalnum():
        text = _NO_WORD.sub("", text)
    return _without_form(text)[0] or text


def _spaceless(text: str) -> str:
    return "".join(text.split())


def _without_branch(text: str) -> tuple[str, str]:
    if text.endswith(_BRANCHES) and (found := _BRANCH.match(text)) is not None:
        return found[1], found[2]
    return text, ""


def _without_latin(text: str) -> str:
    """A Chinese name without the foreign one behind or before it. Latin letters inside it, or glued to its front, are
    its brand and stay; so do those without which nothing but a trade would be left."""
    han = [found.start() for found in HAN.finditer(text)] if _LATIN.search(text) is not None else []
    if len(han) < 4:
        return text
    before, name, behind = text[: han[0]], text[han[0] : han[-1] + 1], text[han[-1] + 1 :]
    if _letters(behind) < 4 or not _FORM.search(name):
        name += behind
    if _letters(before) >= 4 and before[-1].isspace() and _trade_start(_without_form(name)[0]) > 0:
        return name
    return before + name


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _without_note(text: str) -> str:
    """Without brackets at the end, unless a place stands in them or nothing is left."""
    found = _NOTE.search(text) if "(" in text else None
    if found is None or found.group().strip("()") in _fronts():
        return text
    return text[: found.start()] or text


def _without_form(text: str) -> tuple[str, str, str]:
    """The text without its legal form, which kind of form it is, and whether it calls itself a group."""
    found = _FORM.search(text, max(0, len(text) - LONGEST_FORM))
    if found is None:
        return text, "", ""
    return text[: found.start()], "company" if found["company"] else found["other"], found["group"] or ""


def _place(text: str) -> str:
    return text.removesuffix("省").removesuffix("市").removesuffix("自治区")


def _leading_places(core: str) -> tuple[set[str], str]:
    """Up to two places in front (a province, then a city), and what follows."""
    places, rest, fronts = set[str](), core, _fronts()
    for _ in range(2):
        front = next((rest[:n] for n in range(min(6, len(rest) - 2), 1, -1) if rest[:n] in fronts), "")
        if not front:
            break
        places.add(fronts[front])
        rest = rest[len(front) :]
    return places, rest


def _trade_start(text: str) -> int:
    """Where the words of trade at the end of ``text`` begin."""
    end = len(text)
    while end > 0:
        length = next((n for n in _LENGTHS if n <= end and text[end - n : end] in _TRADES), 0)
        if not length:
            break
        end -= length
    return end


def _latin_words(text: str) -> tuple[str, ...]:
    """The words of the Latin part, legal forms aside; () where there is hardly one."""
    if _LATIN_WORD.search(text) is None:
        return ()
    words = _LATIN_WORD.findall(_INITIALS.sub(r"\1", text))
    told = tuple(word for word in words if word not in _LATIN_FORMS)
    return told if sum(len(word) for word in told if not word.isdigit()) >= 4 else ()
