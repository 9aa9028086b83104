"""Device identifiers: the UDI-DI on a label, by which the register knows a device without its number.

Owns: ``udi_di``, only behind a UDI label, as ``(01)`` + 14 digits (GS1) or as ``MA.156.M0.…`` (IDcode): a bare bar code
is none. Leaves to others: what the register knows of it.

Sources: GS1 General Specifications (GTIN check digit); YY/T 1630. The check character of MA codes and the
structure of Ali Health's codes were not verified, so they stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from stdnum import ean

from scanner.numbers.digits import Run, read_digits
from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family, marks, pieces
from scanner.numbers.segments import goes_on

_GS1 = re.compile(r"\(01\)(?P<code>[0-9]{14})")
_MA = re.compile(r"MA\.[0-9]{3}\.M[0-9]\.[0-9A-Z]{4,8}\.[0-9A-Z]{6,12}")
_LABEL = re.compile(
    r"(?:UDI-?DI|UDI|最小销售单元产品标识|医疗器械唯一标识|产品标识)(?:\(DI\)|码|编码|代码)?[:#(]{0,2}(?:\(01\))?(?=[0-9OQIL|])"
)
_SIZES = (14, 13)


def find(folded: Folded) -> Iterator[Draft]:
    for label in _LABEL.finditer(folded.text):
        run = read_digits(folded, label.end(), _SIZES)
        if run is not None and not run.masked and len(run.digits) in _SIZES and not goes_on(folded, run.end):
            yield _gs1(label.end(), run)
    for match in _GS1.finditer(folded.text):
        if folded.gap(match.start("code")) < Gap.FAR:
            yield _gs1(match.start("code"), Run(match["code"], match.end()))
    for match in _MA.finditer(folded.text):
        if match.start() == 0 or not folded.text[match.start() - 1].isalnum() or folded.gap(match.start()) > Gap.NONE:
            yield Draft(
                type="udi_di", start=match.start(), end=match.end(), number=match.group(),
                parts=pieces(issuer="MA", variant="MA码的校验字符未核对"),
            )  # fmt: skip


def _gs1(start: int, run: Run) -> Draft:
    return Draft(type="udi_di", start=start, end=run.end, number=run.digits,
                 parts={"issuer": "GS1", "code": run.digits} | marks(run))  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if parts["issuer"] == "GS1" and not ean.is_valid(parts.get("code", "")):
        yield Check("hard", "GS1校验位不符")


FAMILY = Family(
    name="udi",
    types=("udi_di",),
    hints=("(01)", "MA.", "UDI", "产品标识", "唯一标识"),
    find=find,
    check=check,
    labels=("UDI:",),
)
