"""Numbers of drugs: approvals, import registrations, and licences of those who sell them.

Owns: ``drug_approval`` (国药准字H20049001), ``drug_import`` (H20149001 behind 注册证号), ``drug_hmt`` (HC20159001, from Hong
Kong, Macao, Taiwan), ``drug_biz_license`` (琼AA898900001 behind its label). Leaves to others: what a drug's number on a
device or a cosmetic means (registration rules).

Sources: 药品注册管理办法 (2020) art. 123 and its forerunners; SAMR Order 84 (2024) art. 76.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, NATION, PROVINCES
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family, alone, close, marks, pieces, wrong_digits, year_checks

_APPROVAL = re.compile(r"药准字?(?P<hao>号?):?(?P<letters>[A-Z]{0,3}?)(?=[0-9OQX*])")
_REGISTRATION = re.compile(
    r"注册证(?:书)?(?:编?号码?|编码)?:?(?P<number>(?P<pack>B?)(?P<letters>[HZS]C?)(?P<digits>[0-9]{8}))"
)
_SELLER = re.compile(
    r"药品经营许可证?(?:书)?(?:编?号码?|编码)?[:(]{0,2}(?P<number>(?P<name>.)(?P<way>[A-Z])(?P<body>[A-Z])(?P<digits>[0-9]{8,9}))"
)

# H chemical, Z traditional, S biological, J imported and repacked, B health drug, T in-vitro reagent, F excipient,
# C classic formula; since 2020 a second letter J imported, C from Hong Kong, Macao and Taiwan.
_LETTERS = frozenset(("H", "Z", "S", "J", "B", "T", "F", "C", *(f"{a}{b}" for a in "HZS" for b in "JC")))
_PROVINCE_CODES = frozenset(
    f"{n}" for n in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))
)
_SOURCES = _PROVINCE_CODES | {"10", "19", "20"}  # 10 the Ministry of Health, 19 and 20 the national drug authority


def find(folded: Folded) -> Iterator[Draft]:
    yield from _approvals(folded)
    for match in _REGISTRATION.finditer(folded.text):
        if not alone(folded, match.end()):
            continue
        yield Draft(
            type="drug_hmt" if match["letters"].endswith("C") else "drug_import",
            start=match.start("number"), end=match.end("number"), number=match["number"],
            parts=pieces(pack=match["pack"], letters=match["letters"], digits=match["digits"]),
        )  # fmt: skip
    for match in _SELLER.finditer(folded.text):
        if not alone(folded, match.end()):
            continue
        yield Draft(
            type="drug_biz_license", start=match.start("number"), end=match.end("number"), number=match["number"],
            parts=pieces(authority=match["name"], way=match["way"], body=match["body"], digits=match["digits"]),
        )  # fmt: skip


def _approvals(folded: Folded) -> Iterator[Draft]:
    for head in _APPROVAL.finditer(folded.text):
        run = read_digits(folded, head.end(), {8})
        if run is None:
            continue
        start, name = head.start(), ""
        if start > 0 and folded.gap(start) <= Gap.SPACE and folded.text[start - 1] in PROVINCES | {NATION, DEMO, "卫"}:
            start, name = start - 1, folded.text[start - 1]
        yield Draft(
            type="drug_approval", start=start, end=close(folded, run.end),
            number=f"{name}药准字{head['letters']}{run.digits}",
            parts=pieces(authority=name, letters=head["letters"], digits=run.digits,
                         variant="多出“号”字" if head["hao"] else "") | marks(run),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if kind == "drug_biz_license":
        yield from _check_seller(parts)
        return
    digits, letters = parts["digits"], parts.get("letters", "")
    if kind == "drug_approval":
        if parts.get("authority") not in (NATION, DEMO):
            yield Check("hard", "药品批准文号以“国药准字”开头")
        if letters not in _LETTERS:
            yield Check("hard", f"“国药准字”后没有字母“{letters}”" if letters else "“国药准字”后缺少字母")
    if len(digits) != 8 or not digits.isdigit():
        yield wrong_digits(parts, "应为8位数字")
    elif len(letters) == 2 or kind != "drug_approval" or digits[:2] == "20":
        yield from year_checks(digits[:4], on, first=1985, began="1985年")
    elif digits[:2] not in _SOURCES:
        yield Check("hard", f"第1、2位{digits[:2]}不是批准来源代码")


def _check_seller(parts: Mapping[str, str]) -> Iterator[Check]:
    """A wholesale, B head of a chain, C shop of a chain, D single shop; then A legal person, B not one."""
    if parts["authority"] not in PROVINCES | {DEMO}:
        yield Check("hard", f"“{parts['authority']}”不是省份的简称")
    if parts["way"] not in "ABCD" or parts["body"] not in "AB":
        yield Check("hard", f"字母“{parts['way']}{parts['body']}”不是经营方式和主体代码")
    if len(parts["digits"]) not in (8, 9):
        yield Check("hard", f"应为8位或者9位数字，实为{len(parts['digits'])}位")


FAMILY = Family(
    name="drug",
    types=("drug_approval", "drug_import", "drug_hmt", "drug_biz_license"),
    hints=("药准", "注册证", "药品经营许可证"),
    find=find,
    check=check,
    labels=("注册证号:", "药品经营许可证:"),
)
