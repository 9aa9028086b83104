"""Leads that may belong together (相似线索、以往线索), each with its reasons.

Owns: the queries. Leaves to others: what is made of them: a person merges (``leads merge``) or reads; nothing here changes
anything. Found are, of a lead: other leads of the same seller (by key), leads of a seller of the same name on another
storefront, leads whose reports name the same code or licence number, leads whose reports name the same address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from scanner import clock
from scanner.model import Matter
from scanner.store.file import File

LIMIT = 50  # of each kind

_NAME = "substr(seller_key, instr(seller_key, char(10)) + 1)"  # as it is indexed
# Kind -> the leads that are so related to lead ?1.
_FIND = {
    "同一经营者": "SELECT o.number FROM leads l JOIN leads o ON o.seller_key = l.seller_key WHERE l.number = ?1",
    "经营者名称相同": (
        f"SELECT o.number FROM (SELECT {_NAME} AS name FROM leads WHERE number = ?1) l JOIN leads o "  # noqa: S608 ours
        "ON substr(o.seller_key, instr(o.seller_key, char(10)) + 1) = l.name WHERE l.name <> '' AND l.name NOT LIKE char(10) || '%'"
    ),
    "统一社会信用代码相同（来件）": (
        "SELECT h.lead FROM report_leads g JOIN reports r ON r.id = g.report JOIN reports s ON s.uscc = r.uscc "
        "JOIN report_leads h ON h.report = s.id WHERE g.lead = ?1 AND r.uscc <> '' AND s.uscc <> ''"
    ),
    "许可证号相同（来件）": (
        "SELECT h.lead FROM report_leads g JOIN reports r ON r.id = g.report JOIN reports s ON s.licence = r.licence "
        "JOIN report_leads h ON h.report = s.id WHERE g.lead = ?1 AND r.licence <> '' AND s.licence <> ''"
    ),
    "网址相同（来件）": (
        "SELECT h.lead FROM report_leads g JOIN report_addresses a ON a.report = g.report JOIN report_addresses b "
        "ON b.address = a.address JOIN report_leads h ON h.report = b.report WHERE g.lead = ?1"
    ),
    "来件的网址在这条线索里": (
        "SELECT h.lead FROM report_leads g JOIN report_addresses a ON a.report = g.report JOIN captures k "
        "ON k.url IN ('https://' || a.address, 'http://' || a.address) JOIN findings f ON f.capture = k.id "
        "JOIN lead_findings h ON h.finding = f.id WHERE g.lead = ?1"
    ),
    "这条线索的网址有来件": (
        "SELECT h.lead FROM lead_findings g JOIN findings f ON f.id = g.finding JOIN captures k ON k.id = f.capture "
        "JOIN report_addresses a ON a.address = substr(k.url, instr(k.url, '://') + 3) "
        "JOIN report_leads h ON h.report = a.report WHERE g.lead = ?1"
    ),
}  # fmt: skip


class Related(NamedTuple):
    """Another lead, and in Chinese why it may belong to this one. ``earlier``: it was opened before and has ended."""

    lead: int
    seller: str
    storefront: str
    matter: Matter
    state: str
    opened: datetime
    earlier: bool
    because: tuple[str, ...]


_ALL = " UNION ALL ".join(
    f"SELECT {at} AS why, * FROM (SELECT DISTINCT * FROM ({sql}) LIMIT {LIMIT + 1})"  # noqa: S608 ours
    for at, sql in enumerate(_FIND.values())
)
_WHY = tuple(_FIND)


def of_lead(file: File, number: int) -> list[Related]:
    """The leads that may belong to a lead, those with the most reasons first."""
    because: dict[int, list[str]] = {}
    for why, other in sorted(file.all(_ALL, (number,))):
        if other != number:
            because.setdefault(other, []).append(_WHY[why])
    made = [_related(file, other, tuple(reasons)) for other, reasons in because.items()]
    return sorted(made, key=lambda one: (-len(one.because), one.lead))[:LIMIT]


def _related(file: File, number: int, because: tuple[str, ...]) -> Related:
    row: tuple[Any, ...] | None = file.one(
        "SELECT seller, storefront, matter, state, opened, live FROM leads WHERE number = ?", (number,)
    )
    assert row is not None  # a report goes to leads that are
    seller, storefront, matter, state, opened, live = row
    same = because[0] == "同一经营者"
    reasons = tuple(one for one in because if not (same and one == "经营者名称相同"))
    return Related(number, seller, storefront, Matter(matter), state, clock.parse(opened), not live, reasons)
