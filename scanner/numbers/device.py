"""Numbers of medical devices themselves: registrations since October 2014 and class-I filings.

Owns: finding, printing and checking ``device_reg`` (国械注准20213140001) and ``device_filing`` (粤穗械备20210001). Leaves to
others: registrations of before (``device_old``), licences of those who make and sell (``licence``), and whether a number
is in force (``scanner.registry``): an old year says nothing, renewal keeps year and serial.

Sources: SAMR Order 47 (2021) art. 115, 116; CFDA Order 4 (2014); NMPA notice 2022 no. 62; the catalogues of 2002 and 2017.
The demo mall's numbers carry the authority 演 (see ``authority``): 演械注准20213140001, 演城械备20230001. For it the rules
that tie classes to authorities are not applied; all others are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import AUTHORITIES, MUNICIPALITIES, NATION, PROVINCES, Authority, authority
from scanner.numbers.digits import Run, read_dated
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, wrong_digits, year_checks

# Category digits: 01-22 are the sub-catalogues of 2017, 40 the IVD reagents of both catalogues, the rest 68xx of 2002.
NEW_CATEGORIES = frozenset(f"{n:02d}" for n in range(1, 23))
OLD_ONLY = frozenset(
    f"{n:02d}" for n in (*range(23, 29), *range(30, 35), 41, 45, 46, *range(54, 59), 63, 64, 65, 66, 70, 77)
)
CATEGORIES = NEW_CATEGORIES | OLD_ONLY | {"40"}

_REG = re.compile(r"械注\(?(?P<mark>[准进许]?)\)?字?第?")
_FILING = re.compile(r"械(?P<word>备准|备注|注备|备)字?第?")


def find(folded: Folded) -> Iterator[Draft]:
    yield from _registrations(folded)
    yield from _filings(folded)


def _registrations(folded: Folded) -> Iterator[Draft]:
    for head in _REG.finditer(folded.text):
        plain = head.group() == f"械注{head['mark']}"
        read = read_dated(folded, head.end(), {11})
        # without 准: 国药监械注〔2019〕23号 is a document of the authority, not a registration
        if read is None or (not head["mark"] and (read[1] or len(read[0].digits) < 9)):
            continue
        who = authority(folded, head.start(), city=0)
        run, bracket = read
        variant = join("" if plain else "写法与规定格式不同", bracket, who.variant)
        yield Draft(
            type="device_reg", start=who.start, end=close(folded, run.end),
            number=f"{who.text}械注{head['mark']}{run.digits}",
            parts=_common(who, run, variant, mark=head["mark"]) | _registration_digits(run.digits),
        )  # fmt: skip


def _registration_digits(digits: str) -> dict[str, str]:
    if len(digits) != 11 or not digits.isdigit():
        return {"digits": digits}
    return {"year": digits[:4], "class": digits[4], "code": digits[5:7], "serial": digits[7:]}


def _filings(folded: Folded) -> Iterator[Draft]:
    for head in _FILING.finditer(folded.text):
        read = read_dated(folded, head.end(), (8, 9, 10))
        who = authority(folded, head.start(), city=2) if read is not None else None
        if (
            read is None or who is None or who.flaw == "missing"
        ):  # 医疗器械备… : the word "device", no authority before it
            continue
        run, bracket = read
        word = head["word"]
        variant = join("" if head.group() == f"械{word}" else "写法与规定格式不同", bracket, who.variant)
        if who.flaw == "unknown" and len(who.name) > 1:
            variant = join(variant, "缺少省份简称")
        good = len(run.digits) in (8, 9, 10) and run.digits.isdigit()
        yield Draft(
            type="device_filing", start=who.start, end=close(folded, run.end),
            number=f"{who.text}械{word}{run.digits}",
            parts=_common(who, run, variant, mark=word)
            | ({"year": run.digits[:4], "class": "1", "serial": run.digits[4:]} if good else {"digits": run.digits}),
        )  # fmt: skip


def _common(who: Authority, run: Run, variant: str, *, mark: str) -> dict[str, str]:
    return pieces(authority=who.name, city=who.city, mark=mark, variant=variant) | marks(run)


# --- checks ------------------------------------------------------------------------------------------------------


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if kind == "device_filing":
        yield from _check_filing(parts, on)
        return
    yield from issuer_checks(parts)
    if parts.get("city"):
        yield Check("hard", f"注册证编号不带城市简称（“{parts['city']}”）")
    if "digits" in parts:
        yield wrong_digits(parts, "应为11位数字")
        return
    yield from year_checks(parts["year"], on, first=2014, began="2014年10月")
    yield from _check_classes(parts)
    yield from _check_category(parts)


def issuer_checks(parts: Mapping[str, str]) -> Iterator[Check]:
    """Authority and mark are there and known, and a province gives no number to imports (进) or class III goods."""
    name, mark = parts.get("authority", ""), parts.get("mark", "")
    if not name:
        yield Check("hard", "缺少发证机关简称")
    elif name not in AUTHORITIES:
        yield Check("hard", f"“{name}”不是国家或者省份的简称")
    if not mark:
        yield Check("hard", "缺少“准”“进”或者“许”")
    if name in PROVINCES and mark in ("进", "许"):
        yield Check("hard", "进口和港澳台器械由国家局注册，省份简称不能与“进”“许”同用")
    if name in PROVINCES and parts.get("class") == "3":
        yield Check("hard", "第三类器械由国家局注册，省份简称不能与类别3同用")


def _check_classes(parts: Mapping[str, str]) -> Iterator[Check]:
    name, mark, cls = parts.get("authority", ""), parts.get("mark", ""), parts["class"]
    if cls == "1":
        yield Check("hard", "第一类器械实行备案，没有注册证编号")
    elif cls not in ("2", "3"):
        yield Check("hard", f"管理类别位为{cls}，只能是2或者3")
    if name == NATION and mark == "准" and cls == "2":
        yield Check("hard", "境内第二类器械由省局注册，“国械注准”的类别位应为3")


def _check_category(parts: Mapping[str, str]) -> Iterator[Check]:
    code, year = parts["code"], int(parts["year"])
    if code not in CATEGORIES:
        # real certificates of the years before the catalogue of 2017 carry a few codes that no catalogue prints
        yield Check("hard" if year > 2018 else "strong", f"分类代码{code}在新旧分类目录中都不存在")
    elif code in OLD_ONLY and year >= 2021:
        yield Check("strong", f"分类代码{code}只见于2018年前的旧目录，而首次注册年份为{year}")
    elif code in OLD_ONLY and year >= 2018:
        yield Check("weak", f"分类代码{code}只见于旧目录，首次注册年份为{year}")
    if code in ("12", "13") and parts["class"] == "2" and year >= 2019:
        yield Check("weak", f"新目录{code}（植入器械）几乎都是第三类")


def _check_filing(parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    name, city = parts.get("authority", ""), parts.get("city", "")
    if parts["mark"] != "备":
        yield Check("hard", "备案编号中没有“准”“注”字")
    if name not in AUTHORITIES and len(name) == 1:
        yield Check("hard", f"“{name}”不是国家或者省份的简称")
    if name == NATION and city:
        yield Check("hard", "进口备案编号不带城市简称")
    if "digits" in parts:
        yield wrong_digits(parts, "应为4位年份加4至6位流水号")
        return
    yield from year_checks(parts["year"], on, first=2014, began="2014年")
    if name in PROVINCES - MUNICIPALITIES and not city:
        yield Check("weak", "设区的市备案，编号中通常有城市简称")


FAMILY = Family(
    name="device",
    types=("device_reg", "device_filing"),
    hints=("械注", "械备"),
    find=find,
    check=check,
)
