"""Advertisement approvals of drugs, devices, health food and food for special medical purposes.

Owns: ``ad_approval`` (new: 粤械广审(文)第270917-90001号, whose six digits are the last day it may run; old:
苏医械广审(文)第2012129001号, year and month of approval, valid one year) and ``ad_approval_decision``, the reference number of
the decision that grants it, which some advertisers print instead (no national form: bracketed year after 广审).
Leaves to others: whether the advertisement is the approved one.

Sources: SAMR Order 21 (2020) on advertisement review; the order of 2009 on device advertisements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, PROVINCES, Authority, authority
from scanner.numbers.digits import read_digits
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, year_checks

_HEAD = re.compile(
    r"(?P<organ>市监|药监)?(?P<goods>医械|械|药|食健|食特|健食)广审(?:\((?P<medium>[^0-9()])\))?(?P<di>第?)"
)
_DECISION = re.compile(
    r"(?P<organ>食药监|市监|药监)?(?P<goods>医械|械|药|食健|食特|健食)?广审(?P<word>许准|准许|准|许|批|决)?(?P<goods2>械|药|食健|食特)?字?"
    r"(?:\((?P<y1>20[0-9]{2})\)|(?<=字)(?P<y2>20[0-9]{2})(?=第))(?P<di>第?)"
)
_NEW = re.compile(r"(?P<expires>[0-9]{6})-(?=[0-9OQIL|])")


def find(folded: Folded) -> Iterator[Draft]:
    for head in _HEAD.finditer(folded.text):
        draft = _approval(folded, head)
        if draft is not None:
            yield draft
    for match in _DECISION.finditer(folded.text):
        goods, year = match["goods"] or match["goods2"], match["y1"] or match["y2"]
        run = read_digits(folded, match.end(), range(1, 9), least=1)
        who = authority(folded, match.start(), city=1)
        if goods is None or run is None or who.flaw in ("missing", "unknown"):
            continue  # 皖医广审字…: medical services, not our matter
        words = folded.text[match.start() : match.start("y1" if match["y1"] else "y2")].rstrip("(")
        yield Draft(
            type="ad_approval_decision", start=who.start, end=close(folded, run.end),
            number=f"{who.text}{words}({year})第{run.digits}",
            parts=pieces(authority=who.name, goods=goods, year=year, serial=run.digits,
                         variant="决定书文号，无全国统一格式"),
        )  # fmt: skip


def _approval(folded: Folded, head: re.Match[str]) -> Draft | None:
    new = _NEW.match(folded.text, head.end())
    serial = read_digits(folded, new.end(), (5, 4, 6), least=1) if new is not None else None
    run = read_digits(folded, head.end(), {10}, least=6) if new is None or serial is None else serial
    if run is None:
        return None
    digits = f"{new['expires']}-{run.digits}" if new is not None and serial is not None else run.digits
    who = authority(folded, head.start(), city=0)
    if who.flaw == "missing" or who.text[-1:] in ("农", "兽"):  # 农药 pesticides, 兽药 veterinary drugs: other laws
        return None
    medium, goods = head["medium"] or "", head["goods"]
    return Draft(
        type="ad_approval", start=who.start, end=close(folded, run.end),
        number=f"{who.text}{goods}广审{f'({medium})' if medium else ''}{head['di']}{digits}",
        parts=_authority(who) | pieces(goods=goods, medium=medium, ordinal=head["di"], digits=digits) | marks(run)
        | (pieces(expires=new["expires"], serial=run.digits) if new is not None and serial is not None else {}),
    )  # fmt: skip


def _authority(who: Authority) -> dict[str, str]:
    return pieces(authority=who.name, city=who.city, variant=join(who.variant))


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if parts.get("authority", "") not in PROVINCES | {DEMO}:
        yield Check("hard", f"广告由省级机关审查，“{parts.get('authority', '')}”不是省份的简称")
    if kind == "ad_approval_decision":
        yield from year_checks(parts["year"], on, first=2004, began="2004年")
        return
    if parts.get("medium", "") not in ("视", "声", "文") or not parts.get("ordinal"):
        yield Check("hard", "缺少“(视)”“(声)”“(文)”或者“第”字")
    if "expires" in parts:
        yield from _check_new(parts, on)
    else:
        yield from _check_old(parts)


def _check_new(parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    if parts["goods"] not in ("药", "械", "食健", "食特"):
        yield Check("hard", f"新格式没有“{parts['goods']}”类")
    last = expiry(parts["expires"])
    if last is None:
        yield Check("hard", f"前六位{parts['expires']}应为有效期截止日（年月日），但不是一个日期")
    elif on is not None and last < on:
        yield Check("strong", f"广告批准文号已于{last.isoformat()}到期")
    if len(parts["serial"]) != 5:
        yield Check("weak", f"流水号通常为5位，实为{len(parts['serial'])}位")


def _check_old(parts: Mapping[str, str]) -> Iterator[Check]:
    digits = parts["digits"]
    if len(digits) != 10 or not digits.isdigit() or parts["goods"] == "械":
        yield Check("hard", "既不是“六位截止日-五位流水号”，也不是旧格式（医械、十位数字）")
    elif not ("01" <= digits[4:6] <= "12" and "1995" <= digits[:4] <= "2020"):
        yield Check("hard", f"旧格式前六位{digits[:6]}应为2020年前的年月")
    else:
        yield Check("strong", "旧格式批准文号有效期一年，均已到期")


def expiry(yymmdd: str) -> date | None:
    """The last day of a new-format approval; None if the six digits are no date.

    >>> expiry("270917")
    datetime.date(2027, 9, 17)
    """
    try:
        return date(2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6]))
    except ValueError:
        return None


FAMILY = Family(
    name="advert",
    types=("ad_approval", "ad_approval_decision"),
    hints=("广审",),
    find=find,
    check=check,
)
