"""Numbers of platforms and of information services on the Internet.

Owns: ``platform_filing`` ((京)网械平台备字(2018)第90001号), ``net_info_filing`` ((京)网药械信息备字(2021)第90001号, which
replaces the licence from 2025-12-22), ``net_drug_info`` ((京)-非经营性-2024-9001, the licence) and ``net_drug_trade``
(粤C20149001, abolished in 2017, found behind its label only: alone it looks like a car's plate).
Leaves to others: which of them a page must show (display rules).

Sources: CFDA Order 38 (2018); 互联网药品信息服务管理办法 art. 8; NMPA 2025 no. 123.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, NATION, PROVINCES, Authority, bracketed
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, year_checks
from scanner.numbers.segments import goes_on

_FILING = re.compile(r"(?P<word>网械平台备|网药械信息备)字?(?P<open>\(?)(?P<year>20[0-9]{2})\)?年?(?P<di>第?)")
_FILING_TYPES = {"网械平台备": "platform_filing", "网药械信息备": "net_info_filing"}

# 浙-(经营性)-2024-9001 is how Zhejiang prints it; both bracketings are kept as written.
_INFO = re.compile(
    r"(?P<sep>-{0,2})(?P<kind>\(?非?经营性?\)?)(?P<s1>-{0,2})(?P<year>20[0-9]{2})(?P<s2>-{0,2})(?=[0-9OQIL|])"
)
_INFO_HINTS = ("-经营", "(经营", ")经营", "-非经营", "(非经营", ")非经营")
# A label, then the authority and a number without its kind: (浙)-2024-9001
_INFO_SHORT = re.compile(
    r"信息服务资格证书?(?:编?号|编码)?:?(?P<number>\((?P<name>.)\)-{1,2}(?P<year>20[0-9]{2})-{1,2}(?P<serial>[0-9]{4}))"
)
_TRADE_LABEL = "互联网药品交易服务资格证"
_TRADE = re.compile(
    r"互联网药品交易服务(?:机构)?资格证书?(?:编?号|编码)?[:(]{0,2}(?P<number>(?P<name>[㐀-鿿])(?P<scope>[ABC])-?(?P<year>20[0-9]{2})(?P<serial>[0-9]{4}))"
)


def find(folded: Folded) -> Iterator[Draft]:
    yield from _filings(folded)
    yield from _info(folded)
    yield from _short_info(folded)
    yield from _trade(folded)


def _filings(folded: Folded) -> Iterator[Draft]:
    for head in _FILING.finditer(folded.text):
        run = read_digits(folded, head.end(), {5}, least=1)
        if run is None:
            continue
        who = bracketed(folded, head.start())
        variant = join("" if who.brackets and head["open"] and head["di"] else "括号或“第”字缺失", who.variant)
        yield Draft(
            type=_FILING_TYPES[head["word"]], start=who.start, end=close(folded, run.end),
            number=f"{_in_brackets(who)}{head['word']}字({head['year']})第{run.digits}",
            parts=pieces(authority=who.name, year=head["year"], serial=run.digits, variant=variant) | marks(run),
        )  # fmt: skip


def _in_brackets(who: Authority) -> str:
    return f"({who.text})" if who.text else ""


def _info(folded: Folded) -> Iterator[Draft]:
    for match in _INFO.finditer(folded.text):
        run = read_digits(folded, match.end(), {4}, least=3)
        who = bracketed(folded, match.start())
        if run is None or (who.flaw in ("missing", "long") and not (match["s1"] and match["s2"])):
            continue  # 经营性2014…: words
        if not (who.brackets or match["sep"] or "(" in match["kind"]):
            continue
        name = f"({who.name})" if who.brackets else who.text
        hyphens = match["sep"] and match["s1"] and match["s2"]
        yield Draft(
            type="net_drug_info", start=who.start if name else match.start("kind"), end=run.end,
            number=f"{name}{'-' if name else ''}{match['kind']}-{match['year']}-{run.digits}",
            parts=pieces(authority=who.name, kind=match["kind"].strip("()"), year=match["year"], serial=run.digits,
                         variant=join("" if hyphens or not name else "缺少连字符", who.variant)) | marks(run),
        )  # fmt: skip


def _short_info(folded: Folded) -> Iterator[Draft]:
    for match in _INFO_SHORT.finditer(folded.text):
        yield Draft(
            type="net_drug_info", start=match.start("number"), end=match.end("number"),
            number=f"({match['name']})-{match['year']}-{match['serial']}",
            parts=pieces(authority=match["name"], kind="-", year=match["year"], serial=match["serial"],
                         variant="未写明经营性或者非经营性"),
        )  # fmt: skip


def _trade(folded: Folded) -> Iterator[Draft]:
    for match in _TRADE.finditer(folded.text):
        if goes_on(folded, match.end()):
            continue
        yield Draft(
            type="net_drug_trade", start=match.start("number"), end=match.end("number"),
            number=match["number"].replace("-", ""),
            parts=pieces(authority=match["name"], scope=match["scope"], year=match["year"], serial=match["serial"]),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    name = parts.get("authority", "")
    if kind == "net_drug_trade":
        if name not in PROVINCES | {NATION, DEMO}:
            yield Check("hard", f"“{name}”不是国家或者省份的简称")
        yield Check("strong", "此资格证2017年起已取消")
        return
    if name not in PROVINCES | {DEMO}:
        yield Check("hard", f"“{name}”不是省份的简称，应由省局办理" if name else "缺少省份简称")
    if kind == "net_drug_info":
        yield from _check_info(parts, on)
        return
    if len(parts["serial"]) != 5:
        yield Check("hard", f"流水号应为5位，实为{len(parts['serial'])}位")
    if kind == "platform_filing":
        yield from year_checks(parts["year"], on, first=2018, began="2018年3月")
    else:
        yield from year_checks(parts["year"], on, first=2020, began="2020年")


def _check_info(parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if parts["kind"] not in ("经营性", "非经营性", "-"):
        yield Check("hard", f"“{parts['kind']}”应为“经营性”或者“非经营性”")
    if len(parts["serial"]) != 4:
        yield Check("hard", f"流水号应为4位，实为{len(parts['serial'])}位")
    yield from year_checks(parts["year"], on, first=2004, began="2004年")
    if on is not None and parts["year"].isdigit() and int(parts["year"]) + 5 < on.year:
        yield Check("weak", "资格证有效期五年，2025年12月22日起改为备案，须核对是否延续或者已备案")


FAMILY = Family(
    name="platform",
    types=("platform_filing", "net_drug_info", "net_info_filing", "net_drug_trade"),
    hints=("网械平台备", "网药械信息备", "信息服务资格证", "药品交易服务", *_INFO_HINTS),
    find=find,
    check=check,
    labels=(_TRADE_LABEL, "信息服务资格证"),
)
