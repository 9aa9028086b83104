"""Numbers of health food (保健食品): registrations and filings.

Owns: ``health_food`` (国食健字G20110001 to 2016, 国食健注G20190001, 食健备G202144000001, before 2003 卫食健字(1998)第001号).
Leaves to others: ordinary food, and what health food may not claim (rules).

Sources: 保健食品注册与备案管理办法 (2016).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import AREAS
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, wrong_digits, year_checks

_HEAD = re.compile(r"(?P<scheme>国食健字|国食健注|国食健备字?|食健备字?):?(?P<letter>[A-Z]?)")
_OLD = re.compile(r"卫(?P<in1>进?)食健(?P<in2>进?)字\(?(?P<year>[0-9]{4})\)?年?(?P<di>第?)")
_SIZES = {"国食健字": 8, "国食健注": 8, "食健备": 12}
# 食健备: the two digits behind the year are the province by its area code, 00 for imports
_PLACES = AREAS | {"00"}


def find(folded: Folded) -> Iterator[Draft]:
    for head in _HEAD.finditer(folded.text):
        scheme = head["scheme"]
        run = read_digits(folded, head.end(), {_SIZES.get(scheme, 12)})
        if run is None:
            continue
        yield Draft(
            type="health_food", start=head.start(), end=close(folded, run.end),
            number=f"{scheme}{head['letter']}{run.digits}",
            parts=pieces(scheme=scheme, letter=head["letter"], digits=run.digits) | marks(run),
        )  # fmt: skip
    for head in _OLD.finditer(folded.text):
        run = read_digits(folded, head.end(), (4, 3), least=2)
        if run is None:
            continue
        scheme = f"卫{head['in1']}食健{head['in2']}字"
        yield Draft(
            type="health_food", start=head.start(), end=close(folded, run.end),
            number=f"{scheme}({head['year']})第{run.digits}",
            parts=pieces(scheme=scheme, year=head["year"], serial=run.digits,
                         variant=join("" if head["di"] else "缺少“第”字")),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    scheme = parts["scheme"]
    if "digits" not in parts:
        if not "1996" <= parts["year"] <= "2003":
            yield Check("hard", f"“{scheme}”只用于1996至2003年")
        return
    digits, size = parts["digits"], _SIZES.get(scheme)
    if size is None:
        yield Check("hard", f"没有“{scheme}”这种编号，备案编号以“食健备”开头")
    if parts.get("letter") not in ("G", "J"):
        yield Check("hard", "应有字母G（国产）或者J（进口）")
    if not digits.isdigit() or (size is not None and len(digits) != size):
        yield wrong_digits(parts, f"应为{size or 12}位数字")
    else:
        yield from year_checks(digits[:4], on, first=2003, began="2003年")
        if scheme == "国食健字" and digits[:4] > "2016":
            yield Check("hard", "“国食健字”2016年起改为“国食健注”")
        if size == 12 and digits[4:6] not in _PLACES:
            yield Check("hard", f"第5、6位{digits[4:6]}不是省份代码")


FAMILY = Family(
    name="food",
    types=("health_food",),
    hints=("国食健", "食健备", "食健字", "食健进字"),
    find=find,
    check=check,
)
