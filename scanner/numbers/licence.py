"""Licences of those who sell and make devices: operating licence and filing, production licence and filing.

Owns: finding, printing and checking ``device_biz_license`` (粤穗食药监械经营许20171234号, class III),
``device_biz_filing`` (…经营备…, class II), ``device_prod_license`` (粤食药监械生产许20131234号) and ``device_prod_filing``
(class I). Leaves to others: whether the shop's goods lie in its scope.

Sources: the formats of the rules of 2014; the rules of 2022 (SAMR 53, 54) print none, so cities differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.authority import DEMO, MUNICIPALITIES, NATION, PROVINCES, authority
from scanner.numbers.digits import Run, read_dated
from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family, close, join, marks, pieces, wrong_digits, year_checks

_HEAD = re.compile(
    r"(?P<organ>食药监|药监|市监|药管)?械(?P<trade>经营|生产)(?P<kind>许可|许|备案|备)(?P<extra>证?字?第?)"
)
_LETTERED = re.compile(r"20[0-9]{2}[A-HJ-NP-Z][0-9]{3,5}")  # 2018H001: a district's letter before its serial
_TYPES = {
    ("经营", "许"): "device_biz_license", ("经营", "备"): "device_biz_filing",
    ("生产", "许"): "device_prod_license", ("生产", "备"): "device_prod_filing",
}  # fmt: skip


def find(folded: Folded) -> Iterator[Draft]:
    for head in _HEAD.finditer(folded.text):
        run, variant = _serial(folded, head.end())
        if run is None:
            continue
        who = authority(folded, head.start(), city=2)
        if who.flaw == "missing":  # 医疗器械经营许可证 2019…: words, no authority before them
            continue
        kind, organ = head["kind"][0], head["organ"] or ""
        if head["kind"] != kind or head["extra"]:
            variant = join(variant, "写法与规定格式不同")
        if who.flaw == "unknown":
            variant = join(variant, "缺少省份简称")
        if not organ:
            variant = join(variant, "缺少机关名称")
        good = run.digits[:4].isdigit() and len(run.digits) >= 8 and not run.masked
        yield Draft(
            type=_TYPES[head["trade"], kind], start=who.start, end=close(folded, run.end),
            number=f"{who.text}{organ}械{head['trade']}{kind}{run.digits}",
            parts=pieces(authority=who.name, city=who.city, organ=organ, trade=head["trade"], mark=kind,
                         variant=join(variant, who.variant)) | marks(run)
            | ({"year": run.digits[:4], "serial": run.digits[4:]} if good else {"digits": run.digits}),
        )  # fmt: skip


def _serial(folded: Folded, at: int) -> tuple[Run | None, str]:
    lettered = _LETTERED.match(folded.text, at)
    if lettered is not None and folded.raw[folded.place(at + 4)] != "l":  # l is a misread 1
        return Run(lettered.group(), lettered.end()), "流水号带字母，属地方写法"
    read = read_dated(folded, at, (8, 9, 10))
    return (None, "") if read is None else read


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    name, city = parts.get("authority", ""), parts.get("city", "")
    if name == NATION:
        yield Check("hard", "经营和生产许可、备案由地方办理，不会由国家局发证")
    elif name not in PROVINCES | {DEMO} and len(name) == 1:
        yield Check("hard", f"“{name}”不是省份的简称")
    if kind == "device_prod_license" and city:
        yield Check("hard", "生产许可证由省局核发，编号不带城市简称")
    if "digits" in parts:
        yield wrong_digits(parts, "应为4位年份加4位流水号")
        return
    if kind.startswith("device_biz"):
        yield from year_checks(parts["year"], on, first=2014, began="2014年")
    else:
        yield from year_checks(parts["year"], on, first=2000, began="2000年")
    if kind.startswith("device_prod") and len(parts["serial"]) != 4:
        yield Check("hard", f"流水号应为4位，实为{len(parts['serial'])}位")
    if kind.endswith("filing") and name in PROVINCES - MUNICIPALITIES and not city:
        yield Check("weak", "备案由设区的市办理，编号中通常有城市简称")


FAMILY = Family(
    name="licence",
    types=tuple(_TYPES.values()),
    hints=("械经营", "械生产"),
    find=find,
    check=check,
)
