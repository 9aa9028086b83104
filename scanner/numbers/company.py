"""Numbers of companies: the unified social credit code (USCC, 统一社会信用代码) with both its check characters.

Owns: ``uscc``. A run of 18 characters is taken for one only where both check characters fit, in pieces only where it
also names a kind of business and a province; behind its label a wrong one is found too. Leaves to others: who the
company is (register), its sites (``website``).

Sources: GB 32100-2015, GB 11714-1997.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from stdnum.cn import uscc as stdnum_uscc

from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family
from scanner.numbers.segments import goes_on, solid_end

_LENGTH = 18
# Without a label it must name an office and a kind of body (9 market regulation, 1 enterprise …) and a province (00 for
# the demo mall's companies, which are nowhere).
_CODE = re.compile(
    r"(?=(?P<code>[159ANY][1239](?:00|1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4}[0-9A-Z]{8}[0-9X][0-9A-Z]))[0-9A-Z]"
)
_BUSINESSES = ("91", "92", "93")  # only these are taken for a code when they stand in pieces
_LABEL = re.compile(r"(?:社会信用代码|信用代码|税号|纳税人识别号)(?:证号?)?[:(]{0,2}(?=[0-9A-Z])")
_VALUE = re.compile(r"[0-9A-Z]{15,18}")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def find(folded: Folded) -> Iterator[Draft]:
    for label in _LABEL.finditer(folded.text):
        if folded.gap(label.end()) is not Gap.FAR:
            yield from _labelled(folded, label.end())
    for match in _CODE.finditer(folded.text):
        start, code = match.start(), match["code"]
        if not _begins(folded, start) or not (_solid(folded, start) or code[:2] in _BUSINESSES):
            continue
        if not goes_on(folded, start + _LENGTH) and _check(code) is None:
            yield Draft(type="uscc", start=start, end=start + _LENGTH, number=code, parts={"code": code})


def _begins(folded: Folded, start: int) -> bool:
    before = folded.text[start - 1 : start]
    return not (before.isascii() and before.isalnum()) or folded.gap(start) > Gap.NONE


def _solid(folded: Folded, start: int) -> bool:
    """Whether nothing visible divides the code."""
    return solid_end(folded, start) >= start + _LENGTH


def _labelled(folded: Folded, at: int) -> Iterator[Draft]:
    value = _VALUE.match(folded.text, at)
    if value is None:
        return
    end = value.end()
    if _check(value.group()) is not None:  # inner spaces only where the whole is right; else the first piece
        end = min(folded.run_end(at), end)
    code = folded.text[at:end]
    if len(code) >= 15:
        yield Draft(type="uscc", start=at, end=end, number=code, parts={"code": code})


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    wrong = _check(parts["code"])
    if wrong is not None:
        yield wrong


def _check(code: str) -> Check | None:
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
    types=("uscc",),
    hints=("信用代码", "税号", "识别号"),
    bare=True,
    find=find,
    check=check,
    labels=("社会信用代码:",),
)
