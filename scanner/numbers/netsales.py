"""Notifications of network sales (医疗器械网络销售备案): known by their label alone.

Owns: ``net_sales``. No national form exists, cities print what they like, so the value behind the label is taken as it
stands and never fails on form. Leaves to others: whether the authority has it (only its register can say).

Sources: 条例 (2021) art. 46, CFDA Order 38 art. 8 for the duty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from scanner.numbers.fold import Folded
from scanner.numbers.grammar import Check, Draft, Family

_LABEL = re.compile(r"网络销售(?:信息)?备案(?:信息表|凭证|信息|证)?(?:编?号码?|编码)?(?P<colon>[:为是]?)")
_VALUE = re.compile(r"[㐀-鿿0-9A-Z()-]{4,40}")
_END = re.compile(r"号(?!码)")
_DIGITS = re.compile(r"[0-9]")


def find(folded: Folded) -> Iterator[Draft]:
    for label in _LABEL.finditer(folded.text):
        value = _VALUE.match(folded.text, label.end(), folded.run_end(label.end()))
        if value is None:
            continue
        end = _END.search(value.group())
        text = value.group()[: end.start()] if end is not None else value.group()
        if len(_DIGITS.findall(text)) < 5:  # words about the notification with a year, no number
            continue
        stop = label.end() + (end.end() if end is not None else len(text))
        yield Draft(
            type="net_sales", start=label.end(), end=stop, number=text,
            parts={"variant": "网络销售备案无全国统一格式，须向备案部门核实"},
        )  # fmt: skip


def check(kind: str, parts: Mapping[str, str], on: date | None) -> Iterator[Check]:
    return iter(())


FAMILY = Family(
    name="netsales",
    types=("net_sales",),
    hints=("网络销售",),
    find=find,
    check=check,
    yields=True,
)
