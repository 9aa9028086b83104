"""Numbers of disinfectants: licences of their makers, approvals of new products.

Owns: ``disinfectant_license`` (鲁卫消证字(2024)第9001号 of a maker; 卫消字(2010)第9001号, 卫消进字… of a product). Leaves to
others: what disinfectants may not claim.

Sources: 消毒管理办法.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, PROVINCES, bracketed
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, year_checks

_HEAD = re.compile(
    r"卫消(?P<kind>证|准|进|新)?字(?P<open>\(?)(?P<year>[0-9]{4})\)?年?-?(?P<di>第?)(?P<letter>[A-HJ-NP-Z]?)(?P<area>(?:[0-9]{2,4}-)?)(?P<di2>第?)"
)


def find(folded: Folded) -> Iterator[Draft]:
    for head in _HEAD.finditer(folded.text):
        run = read_digits(folded, head.end(), {4}, least=2)
        if run is None or (head["letter"] and folded.raw[folded.place(head.start("letter"))] == "l"):  # a misread 1
            continue
        kind, serial = head["kind"] or "", f"{head['letter']}{head['area']}{run.digits}"
        who = bracketed(folded, head.start())
        stray = who.flaw == "unknown" and kind != "证"  # words before 卫消字, which is the ministry's own
        name = "" if who.flaw == "missing" or stray else who.text
        variant = join("" if head["open"] and (head["di"] or head["di2"]) else "括号或“第”字缺失",
                       "流水号带地区号，属地方写法" if head["area"] else "")  # fmt: skip
        yield Draft(
            type="disinfectant_license", start=who.start if name else head.start(), end=close(folded, run.end),
            number=f"{name}卫消{kind}字({head['year']})第{serial}",
            parts=pieces(authority=name, kind=kind, year=head["year"], serial=serial, digits=run.digits,
                         letter=head["letter"], variant=variant) | marks(run),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    name = parts.get("authority", "")
    if parts.get("kind") == "证" and name not in PROVINCES | {DEMO}:
        yield Check("hard", "生产企业卫生许可证由省级机关核发，缺少省份简称" if not name else f"“{name}”不是省份的简称")
    if parts.get("kind") == "准":
        yield Check("hard", "没有“卫消准字”这种编号")
    size = len(parts["digits"]) + len(parts.get("letter", ""))
    if size not in (4, 5) or len(parts["digits"]) > 4:
        yield Check("hard", f"流水号应为4位，实为{len(parts['digits'])}位")
    yield from year_checks(parts["year"], on, first=1990, began="1990年")
    if parts.get("kind") == "证" and on is not None and parts["year"].isdigit() and int(parts["year"]) + 4 < on.year:
        yield Check("weak", "卫生许可证有效期四年，须核对是否延续")


FAMILY = Family(
    name="disinfectant",
    types=("disinfectant_license",),
    hints=("卫消",),
    find=find,
    check=check,
)
