"""Numbers of companies and their sites: USCC, ICP filing and licence, police filing.

Owns: ``uscc`` (统一社会信用代码, both check digits), ``icp`` (京ICP备12345678号-1, ICP证, B2 telecom licences) and
``police_filing`` (京公网安备11010802012345号). Leaves to others: who the company is (register) and where the site stands.

A bare run of 18 characters is taken for a USCC only when both check digits fit; behind its label a wrong one is found
too. Sources: GB 32100-2015, GB 11714-1997.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from stdnum.cn import uscc as stdnum_uscc

from scanner.numbers.authority import DEMO, PROVINCES, authority
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family, alone, pieces

_USCC = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}(?![0-9A-Z])")
_USCC_LABEL = re.compile(r"(?:社会信用代码|信用代码|税号|纳税人识别号)(?:证号?)?:?(?=[0-9A-Z])")
_USCC_WORDS = ("信用代码", "税号", "识别号")
_USCC_VALUE = re.compile(r"[0-9A-Z]{15,18}")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_ICP = re.compile(r"ICP(?P<kind>备|证)(?:案号?|号)?:?(?=[0-9])")
_ICP_TAIL = re.compile(r"号(?:-[0-9]{1,3}[AX]?)?")
_TELECOM = re.compile(r"(?P<class>[AB][12](?:\.[AB][12])?)-(?P<year>20[0-9]{2})(?P<serial>[0-9]{4})")
_POLICE = re.compile(r"公网安备:?(?=[0-9])")
# ICP numbers know two more characters for provinces: 蜀 Sichuan, 陇 Gansu
_ICP_PROVINCES = PROVINCES | {"蜀", "陇", DEMO}


def find(folded: Folded) -> Iterator[Draft]:
    if any(word in folded.text for word in _USCC_WORDS):
        yield from _labelled_usccs(folded)
    for match in _USCC.finditer(folded.plain):
        code = match.group()
        if _check_uscc(code) is None:
            start = folded.index(match.start())
            yield Draft(type="uscc", start=start, end=start + 18, number=code, parts={"code": code})
    # What each pattern cannot do without: looking for a word is many times quicker than running a pattern.
    if "ICP" in folded.text:
        yield from _icps(folded)
    if "-20" in folded.text:
        yield from _telecoms(folded)
    if "公网安备" in folded.text:
        yield from _police(folded)


def _labelled_usccs(folded: Folded) -> Iterator[Draft]:
    for label in _USCC_LABEL.finditer(folded.text):
        if folded.gap(label.end()) is Gap.FAR:
            continue
        value = _USCC_VALUE.match(folded.text, label.end())
        if value is None:
            continue
        end = value.end()
        if _check_uscc(value.group()) is not None:  # inner spaces only where the whole is right; else the first piece
            end = min(folded.run_end(label.end()), end)
        code = folded.text[label.end() : end]
        if len(code) >= 15:
            yield Draft(type="uscc", start=label.end(), end=end, number=code, parts={"code": code})


def _icps(folded: Folded) -> Iterator[Draft]:
    for head in _ICP.finditer(folded.text):
        run = read_digits(folded, head.end(), range(6, 11))
        if run is None:
            continue
        who = authority(folded, head.start(), city=0)
        name, start = who.text, who.start
        if who.flaw and head.start() > 0 and folded.text[head.start() - 1] in _ICP_PROVINCES:
            name, start = folded.text[head.start() - 1], head.start() - 1
        tail = _ICP_TAIL.match(folded.text, run.end)
        suffix = tail.group() if tail is not None else ""
        yield Draft(
            type="icp", start=start, end=run.end + len(suffix),
            number=f"{name}ICP{head['kind']}{run.digits}{'' if suffix == '号' else suffix}",
            parts=pieces(authority=name, kind=head["kind"], digits=run.digits, tail=suffix),
        )  # fmt: skip


def _telecoms(folded: Folded) -> Iterator[Draft]:
    for match in _TELECOM.finditer(folded.text):
        before = folded.text[max(0, match.start() - 2) : match.start()]
        name = before if before == "合字" else before[-1:] if before[-1:] in _ICP_PROVINCES else ""
        if name and alone(folded, match.end()):
            yield Draft(
                type="icp", start=match.start() - len(name), end=match.end(), number=name + match.group(),
                parts=pieces(authority=name, kind=match["class"], digits=match["year"] + match["serial"]),
            )  # fmt: skip


def _police(folded: Folded) -> Iterator[Draft]:
    for head in _POLICE.finditer(folded.text):
        run = read_digits(folded, head.end(), {14})
        if run is None:
            continue
        who = authority(folded, head.start(), city=0)
        end = run.end + 1 if folded.text[run.end : run.end + 1] == "号" else run.end
        yield Draft(
            type="police_filing", start=who.start, end=end, number=f"{who.text}公网安备{run.digits}",
            parts=pieces(authority=who.name, area=run.digits[:6], digits=run.digits),
        )  # fmt: skip


# --- checks ------------------------------------------------------------------------------------------------------


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if kind == "uscc":
        wrong = _check_uscc(parts["code"])
        if wrong is not None:
            yield wrong
        return
    if parts.get("authority", "") not in _ICP_PROVINCES | {"合字"}:
        yield Check("hard", "缺少省份简称" if not parts.get("authority") else f"“{parts['authority']}”不是省份的简称")
    if kind == "police_filing" and len(parts["digits"]) != 14:
        yield Check("hard", f"应为14位数字，实为{len(parts['digits'])}位")
    if kind == "icp" and parts["kind"] in "备证" and not 6 <= len(parts["digits"]) <= 10:
        yield Check("hard", f"应为6至10位数字，实为{len(parts['digits'])}位")
    if kind == "icp" and parts["kind"] == "备" and not parts.get("tail"):
        yield Check("weak", "缺少“号”字")


def _check_uscc(code: str) -> Check | None:
    if len(code) != 18:
        return Check("hard", f"统一社会信用代码应为18位，实为{len(code)}位")
    strange = sorted(set(code) - set(_ALPHABET))
    if strange:
        return Check("hard", f"统一社会信用代码不含字母{'、'.join(strange)}")
    if not stdnum_uscc.is_valid(code):
        return Check("hard", "统一社会信用代码校验码不符")
    if code[0] in "159" and _organisation_digit(code[8:16]) != code[16]:
        return Check("hard", "组织机构代码校验码不符")
    return None


def _organisation_digit(body: str) -> str:
    """GB 11714: the check character of eight characters of an organisation code."""
    values = (int(c) if c.isdigit() else ord(c) - ord("A") + 10 for c in body)
    rest = 11 - sum(value * weight for value, weight in zip(values, _ORG_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


FAMILY = Family(
    name="company",
    types=("uscc", "icp", "police_filing"),
    hints=(),
    find=find,
    check=check,
    labels=("社会信用代码:",),
)
