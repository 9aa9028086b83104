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

from scanner.numbers.authority import AREAS, DEMO, NATION, PROVINCES
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family, close, marks, pieces, wrong_digits, year_checks
from scanner.numbers.segments import goes_on

_APPROVAL = re.compile(r"药准字?(?P<hao>号?):?(?P<letters>[A-Z]{0,3}?)(?=[0-9OQX*])")
_NUMBER = r"(?P<number>(?P<pack>B?)(?P<letters>[HZS]C?))(?=[0-9OQIL|])"
_REGISTRATION = re.compile(r"注册证(?:书)?(?:编?号码?|编码)?[:(]{0,2}" + _NUMBER)
_ANOTHER = re.compile(r"[、,;/和]?" + _NUMBER)
_SELLER = re.compile(
    r"药品经营许可证?(?:书)?(?:编?号码?|编码)?[:(]{0,2}(?P<number>(?P<name>.)(?P<way>[A-Z])(?P<body>[A-Z]))(?=[0-9OQIL|])"
)

# H chemical, Z traditional, S biological, J imported and repacked, B health drug, T in-vitro reagent, F excipient,
# C classic formula; since 2020 a second letter J imported, C from Hong Kong, Macao and Taiwan.
_LETTERS = frozenset(("H", "Z", "S", "J", "B", "T", "F", "C", *(f"{a}{b}" for a in "HZS" for b in "JC")))
_SOURCES = AREAS | {"10", "19", "20"}  # 10 the Ministry of Health, 19 and 20 the national drug authority


def find(folded: Folded) -> Iterator[Draft]:
    yield from _approvals(folded)
    for head in _REGISTRATION.finditer(folded.text):
        yield from _imports(folded, head)
    for head in _SELLER.finditer(folded.text):
        yield from _seller(folded, head)


def _imports(folded: Folded, head: re.Match[str]) -> Iterator[Draft]:
    """The numbers behind one label: H20149001、H20149002."""
    at: re.Match[str] | None = head
    while at is not None:
        run = read_digits(folded, at.end(), {8}, least=8)
        another = _ANOTHER.match(folded.text, run.end) if run is not None else None
        if run is None or run.masked or len(run.digits) != 8 or (another is None and goes_on(folded, run.end)):
            return
        yield Draft(
            type="drug_hmt" if at["letters"].endswith("C") else "drug_import",
            start=at.start("number"), end=run.end, number=at["number"] + run.digits,
            parts=pieces(pack=at["pack"], letters=at["letters"], digits=run.digits) | marks(run),
        )  # fmt: skip
        at = another


def _seller(folded: Folded, head: re.Match[str]) -> Iterator[Draft]:
    run = read_digits(folded, head.end(), (9, 8), least=5)
    if run is None or run.masked or goes_on(folded, run.end):
        return
    yield Draft(
        type="drug_biz_license", start=head.start("number"), end=run.end, number=head["number"] + run.digits,
        parts=pieces(authority=head["name"], way=head["way"], body=head["body"], digits=run.digits,
                     variant="2023年底前的八位写法" if len(run.digits) == 8 else "") | marks(run),
    )  # fmt: skip


def _approvals(folded: Folded) -> Iterator[Draft]:
    for head in _APPROVAL.finditer(folded.text):
        letters, at = head["letters"], head.end()
        if letters[1:] and not letters[1:].strip("IL"):  # H1…: the digit behind the letter, misread
            letters, at = letters[0], at - len(letters) + 1
        run = read_digits(folded, at, {8})
        if run is None:
            continue
        start, name = head.start(), ""
        if start > 0 and folded.gap(start) <= Gap.LINE and folded.text[start - 1] in PROVINCES | {NATION, DEMO, "卫"}:
            start, name = start - 1, folded.text[start - 1]
        yield Draft(
            type="drug_approval", start=start, end=close(folded, run.end),
            number=f"{name}药准字{letters}{run.digits}",
            parts=pieces(authority=name, letters=letters, digits=run.digits,
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
