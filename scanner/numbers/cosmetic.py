"""Numbers of cosmetics: filings of ordinary ones, registrations of special ones, and forms that have ended.

Owns: ``cosmetic_filing`` (沪G妆网备字2025001234, 国妆网备进字(沪)2026001234, before 2020 国妆备进字J20181234),
``cosmetic_special`` (国妆特字G20201234, 国妆特进字20221234) and ``cosmetic_license_old`` (卫妆准字29-XK-1234号).
Leaves to others: what cosmetics may not claim.

Sources: 化妆品注册备案管理办法 (2021) art. 57-59 and its forerunners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, NATION, PROVINCES, authority
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, marks, pieces, wrong_digits, year_checks

_HOME = re.compile(r"(?P<letter>G?)妆网备字")
_IMPORT = re.compile(r"国妆网备(?P<way>[进制])字(?P<open>\(?)(?P<name>[^0-9()A-Z]?)\)?(?=[0-9X*])")
_IMPORT_OLD = re.compile(r"国妆备进字(?P<letter>[A-Z]?)")
_SPECIAL = re.compile(r"国妆特(?P<way>[进制]?)字(?P<letter>[A-Z]?)")
_LICENCE = re.compile(r"(?:\([0-9]{4}\))?卫妆(?P<kind>准|特进|特|备进|进)字(?:\([0-9]{4}\))?第?(?=[0-9A-Z])")
_LICENCE_BODY = re.compile(r"[0-9A-Z](?:-?[0-9A-Z]){2,13}")


def find(folded: Folded) -> Iterator[Draft]:
    yield from _home(folded)
    yield from _imports(folded)
    for head in _SPECIAL.finditer(folded.text):
        yield from _plain(folded, head, f"国妆特{head['way']}字", "cosmetic_special", way=head["way"])
    for head in _IMPORT_OLD.finditer(folded.text):
        yield from _plain(folded, head, "国妆备进字", "cosmetic_filing", way="旧进")
    yield from _old_licences(folded)


def _old_licences(folded: Folded) -> Iterator[Draft]:
    for head in _LICENCE.finditer(folded.text):
        body = _LICENCE_BODY.match(folded.text, head.end(), folded.run_end(head.end()))
        if body is not None and any(c.isdigit() for c in body.group()):
            yield Draft(
                type="cosmetic_license_old", start=head.start(), end=close(folded, body.end()),
                number=head.group() + body.group(), parts=pieces(kind=head["kind"], serial=body.group()),
            )  # fmt: skip


def _home(folded: Folded) -> Iterator[Draft]:
    for head in _HOME.finditer(folded.text):
        run = read_digits(folded, head.end(), {10})
        if run is None:
            continue
        who = authority(folded, head.start(), city=0)
        yield Draft(
            type="cosmetic_filing", start=who.start, end=close(folded, run.end),
            number=f"{who.text}{head['letter']}妆网备字{run.digits}",
            parts=pieces(authority=who.text, letter=head["letter"], digits=run.digits, way="产",
                         variant=who.variant) | marks(run),
        )  # fmt: skip


def _imports(folded: Folded) -> Iterator[Draft]:
    for head in _IMPORT.finditer(folded.text):
        run = read_digits(folded, head.end(), {10})
        if run is None:
            continue
        name = head["name"]
        yield Draft(
            type="cosmetic_filing", start=head.start(), end=close(folded, run.end),
            number=f"国妆网备{head['way']}字{f'({name})' if name else ''}{run.digits}",
            parts=pieces(authority=name, way=head["way"], digits=run.digits,
                         variant="" if head["open"] or not name else "省份简称未加括号") | marks(run),
        )  # fmt: skip


def _plain(folded: Folded, head: re.Match[str], words: str, kind: str, *, way: str) -> Iterator[Draft]:
    run = read_digits(folded, head.end(), {8})
    if run is not None:
        yield Draft(
            type=kind, start=head.start(), end=close(folded, run.end), number=f"{words}{head['letter']}{run.digits}",
            parts=pieces(authority=NATION, way=way, letter=head["letter"], digits=run.digits) | marks(run),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if kind == "cosmetic_license_old":
        yield Check("strong", "旧的卫生许可批准文号，早已停用")
        return
    way, name, digits = parts.get("way", ""), parts.get("authority", ""), parts["digits"]
    size = 8 if kind == "cosmetic_special" or way == "旧进" else 10
    if size == 10 and name not in PROVINCES | {DEMO}:
        yield Check("hard", f"“{name}”不是省份的简称" if name else "缺少省份简称")
    if way == "产" and parts.get("letter") != "G":
        yield Check("hard", "国产普通化妆品备案编号应有字母G")
    if parts.get("letter", "") not in ("", "G", "J"):
        yield Check("hard", f"没有字母“{parts['letter']}”")
    if len(digits) != size or not digits.isdigit():
        yield wrong_digits(parts, f"应为{size}位数字")
    else:
        yield from year_checks(digits[:4], on, first=2000, began="2000年")


FAMILY = Family(
    name="cosmetic",
    types=("cosmetic_filing", "cosmetic_special", "cosmetic_license_old"),
    hints=("妆网备", "国妆", "卫妆"),
    find=find,
    check=check,
)
