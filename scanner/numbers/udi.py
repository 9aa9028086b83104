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

from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family, alone, pieces

_GS1 = re.compile(r"\(01\)(?P<code>[0-9]{14})")
_MA = re.compile(r"MA\.[0-9]{3}\.M[0-9]\.[0-9A-Z]{4,8}\.[0-9A-Z]{6,12}")
_LABEL = re.compile(
    r"(?:UDI-?DI|UDI|最小销售单元产品标识|医疗器械唯一标识|产品标识)(?:\(DI\)|码|编码|代码)?[:#]?(?:\(01\))?(?P<code>[0-9]{13,14})"
)


def find(folded: Folded) -> Iterator[Draft]:
    for pattern in (_LABEL, _GS1):
        for match in pattern.finditer(folded.text):
            start, end = match.span("code")
            if folded.gap(start) < Gap.FAR and (alone(folded, end) or pattern is _GS1):
                yield Draft(
                    type="udi_di",
                    start=start,
                    end=end,
                    number=match["code"],
                    parts={"issuer": "GS1", "code": match["code"]},
                )
    for match in _MA.finditer(folded.text):
        if alone(folded, match.start()) or match.start() == 0 or not folded.text[match.start() - 1].isalnum():
            yield Draft(
                type="udi_di", start=match.start(), end=match.end(), number=match.group(),
                parts=pieces(issuer="MA", variant="MA码的校验字符未核对"),
            )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if parts["issuer"] == "GS1" and not ean.is_valid(parts.get("code", "")):
        yield Check("hard", "GS1校验位不符")


FAMILY = Family(
    name="udi",
    types=("udi_di",),
    hints=("(01)", "MA.", "UDI", "标识"),
    find=find,
    check=check,
    labels=("UDI:",),
)
