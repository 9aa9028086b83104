"""Numbers that a website shows at its foot: ICP filing and licence, telecom licence, police filing.

Owns: ``icp`` (京ICP备12345678号-1, 京ICP证123456号, 京B2-20181234) and ``police_filing`` (京公网安备11010802012345号). Leaves to
others: who runs the site (``company``), what it may sell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, PROVINCES, authority
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded, Gap
from scanner.numbers.grammar import Check, Draft, Family, close, marks, pieces
from scanner.numbers.segments import goes_on

_ICP = re.compile(r"ICP(?P<kind>备|证)(?:案号?|号)?:?(?=[0-9OQIL|])")
_ICP_SIZES = (8, 7, 6, 9, 10)
_TELECOM = re.compile(r"(?P<class>[AB][12](?:\.[AB][12])?)-(?=2[0O][0-9OQIL|])")
_POLICE = re.compile(r"公网安备:?(?=[0-9OQIL|])")
# ICP numbers know two more characters for provinces: 蜀 Sichuan, 陇 Gansu
_ICP_PROVINCES = PROVINCES | {"蜀", "陇", DEMO}


def find(folded: Folded) -> Iterator[Draft]:
    yield from _icps(folded)
    yield from _telecoms(folded)
    yield from _police(folded)


def _icps(folded: Folded) -> Iterator[Draft]:
    for head in _ICP.finditer(folded.text):
        run = read_digits(folded, head.end(), _ICP_SIZES)
        if run is None:
            continue
        who = authority(folded, head.start(), city=0)
        name, start = who.text, who.start
        if who.flaw and head.start() > 0 and folded.text[head.start() - 1] in _ICP_PROVINCES:
            name, start = folded.text[head.start() - 1], head.start() - 1
        end = close(folded, run.end)
        site, end = _site(folded, end) if end > run.end else ("", end)
        yield Draft(
            type="icp", start=start, end=end, number=f"{name}ICP{head['kind']}{run.digits}{site and f'号-{site}'}",
            parts=pieces(authority=name, kind=head["kind"], digits=run.digits, site=site,
                         closed="是" if end > run.end else "") | marks(run),
        )  # fmt: skip


def _site(folded: Folded, at: int) -> tuple[str, int]:
    """The number of the site among those of one filing (…号-2), and where it ends."""
    if folded.text[at : at + 1] != "-" or folded.gap(at) > Gap.SPACE:
        return "", at
    run = read_digits(folded, at + 1, (1, 2, 3), least=1)
    if run is None or run.masked or len(run.digits) > 3:
        return "", at
    letter = folded.text[run.end : run.end + 1]
    if letter in ("A", "X") and folded.gap(run.end) is Gap.NONE:
        return run.digits + letter, run.end + 1
    return run.digits, run.end


def _telecoms(folded: Folded) -> Iterator[Draft]:
    for match in _TELECOM.finditer(folded.text):
        run = read_digits(folded, match.end(), (8,), least=8)
        before = folded.text[max(0, match.start() - 2) : match.start()]
        name = before if before == "合字" else before[-1:] if before[-1:] in _ICP_PROVINCES else ""
        if name and run is not None and len(run.digits) == 8 and not run.masked and not goes_on(folded, run.end):
            yield Draft(
                type="icp", start=match.start() - len(name), end=run.end, number=name + match.group() + run.digits,
                parts=pieces(authority=name, kind=match["class"], digits=run.digits) | marks(run),
            )  # fmt: skip


def _police(folded: Folded) -> Iterator[Draft]:
    for head in _POLICE.finditer(folded.text):
        run = read_digits(folded, head.end(), {14})
        if run is None:
            continue
        who = authority(folded, head.start(), city=0)
        yield Draft(
            type="police_filing", start=who.start, end=close(folded, run.end),
            number=f"{who.text}公网安备{run.digits}",
            parts=pieces(authority=who.name, area=run.digits[:6], digits=run.digits) | marks(run),
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if parts.get("authority", "") not in _ICP_PROVINCES | {"合字"}:
        yield Check("hard", "缺少省份简称" if not parts.get("authority") else f"“{parts['authority']}”不是省份的简称")
    if kind == "police_filing" and len(parts["digits"]) != 14:
        yield Check("hard", f"应为14位数字，实为{len(parts['digits'])}位")
    if kind == "icp" and parts["kind"] in "备证" and not 6 <= len(parts["digits"]) <= 10:
        yield Check("hard", f"应为6至10位数字，实为{len(parts['digits'])}位")
    if kind == "icp" and parts["kind"] == "备" and not parts.get("closed"):
        yield Check("weak", "缺少“号”字")


FAMILY = Family(
    name="website",
    types=("icp", "police_filing"),
    hints=("ICP备", "ICP证", "A1-2", "A2-2", "B1-2", "B2-2", "公网安备"),
    find=find,
    check=check,
)
