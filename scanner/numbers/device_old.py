"""Device registrations of before October 2014, all of which have run out.

Owns: finding, printing and checking ``device_reg_old``: 国食药监械(准)字2013第3461234号 (2004-2014, class I by cities:
苏镇食药监械(准)字…) and 国药管械(准)字2002第3461234号 (before). Leaves to others: what a page of today means by showing one.

Sources: SFDA Order 16 (2004) and its forerunner of 2000; a certificate was valid for four years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import NATION, authority
from scanner.numbers.device import issuer_checks
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, wrong_digits

_HEAD = re.compile(
    r"食?药[监管]械(?P<open>\(?)(?P<mark>[准进许试])\)?(?P<zi>字?)第?\(?(?P<year>[0-9]{4})\)?年?(?P<di>第?)"
)
_SUFFIX = re.compile(r"\([0-9]{1,2}\)")  # 第240089(1)号: some provinces numbered the parts of one certificate


def find(folded: Folded) -> Iterator[Draft]:
    for head in _HEAD.finditer(folded.text):
        run = read_digits(folded, head.end(), {7}, least=3)
        if run is None:
            continue
        who = authority(folded, head.start(), city=2)
        found = _SUFFIX.match(folded.text, run.end)
        suffix = found.group() if found is not None else ""
        variant = join("" if head["open"] and head["zi"] else "括号或“字”缺失", who.variant, "带序号" if suffix else "")
        body = head.group()[: head.start("open") - head.start()]
        digits = run.digits if len(run.digits) == 7 and run.digits.isdigit() else ""
        yield Draft(
            type="device_reg_old", start=who.start, end=close(folded, run.end + len(suffix)),
            number=f"{who.text}{body}({head['mark']})字{head['year']}{head['di']}{run.digits}{suffix}",
            parts=pieces(authority=who.name, city=who.city, mark=head["mark"], variant=variant, year=head["year"],
                         ordinal=head["di"], suffix=suffix)
            | marks(run)
            | ({"class": digits[0], "code": digits[1:3], "serial": digits[3:]} if digits else {"digits": run.digits}),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    yield from issuer_checks(parts)
    if not parts.get("ordinal"):
        yield Check("hard", "缺少“第”字")
    if "digits" in parts:
        if "suffix" not in parts:  # with one, six digits were printed too
            yield wrong_digits(parts, "应为7位数字")
        return
    if int(parts["year"]) > 2014:
        yield Check("hard", "此格式2014年9月底已停用")
    if parts["class"] not in ("1", "2", "3"):
        yield Check("hard", f"管理类别位为{parts['class']}，只能是1、2、3")
    if parts.get("authority") == NATION and parts["mark"] == "准" and parts["class"] == "1":
        yield Check("hard", "境内第一类器械由设区的市注册，不会由国家局注册")
    yield Check("strong", "旧格式注册证有效期四年，均已到期，须核对生产日期或者延续后的编号")


FAMILY = Family(
    name="device_old",
    types=("device_reg_old",),
    hints=("药监械", "药管械"),
    find=find,
    check=check,
)
