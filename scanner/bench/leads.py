"""``bench leads``: what ``leads`` asks of a large book, beside the same SQL without us.

A made-up book of a million listings and 50,000 leads. Each question of a command is asked many times, at random leads; the
reference is every statement that our call sent to SQLite, sent again through ``sqlite3`` alone and fetched whole. Which lead
is asked for is drawn before the clock runs. Figures are 95th percentiles in milliseconds; the ratio may be 3 at most.
"""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial, reduce
from pathlib import Path
from typing import Any

from scanner.bench import Row, run
from scanner.leads.states import LIVE
from scanner.model import (
    Act,
    Decision,
    Disposition,
    Field,
    FieldState,
    Finding,
    LeadSource,
    Listing,
    Matter,
    Measure,
    Severity,
    Verdict,
)
from scanner.store import codec
from scanner.store.book import Book
from scanner.store.draft import seller_key
from scanner.store.leads import Counted

LISTINGS, LEADS, SELLERS = 1_000_000, 50_000, 40_000
FOUND = 3  # findings a lead
STEPS = 4  # decisions a lead
ASKED = 200  # times each question is asked
_T0 = datetime(2026, 1, 1, tzinfo=UTC)
_CHUNK = 5_000


def rows(listings: int = LISTINGS, leads: int = LEADS) -> Iterator[Row]:
    """p95 of every question, ours and bare."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "book.db"
        make(path, listings, leads)
        found = run("scanner.bench.leads", str(path), str(leads))
    for question, (ours, bare) in found.items():
        yield Row(
            name=f"leads {question}",
            ours=round(ours, 3),
            reference=round(bare, 3),
            unit="毫秒 p95（越小越好，比值不超过 3）",
        )


def make(path: Path, listings: int = LISTINGS, leads: int = LEADS) -> None:
    """Write the book; straight into its tables, for that is what is read."""
    with Book.open(path) as book:
        book.db.execute("PRAGMA synchronous=OFF")
        with book.write() as db:
            for table, made in (
                ("listings", _listings(listings)), ("versions", _versions(listings)), ("sightings", _sightings(listings)),
                ("findings", _findings(leads)), ("lead_findings", _held(leads)), ("leads", _leads(leads)),
                ("decisions", _decisions(leads)),
            ):  # fmt: skip
                columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
                marks = ", ".join(f":{name}" for name in columns)
                db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", made)  # noqa: S608 - our own names
        book.db.execute("ANALYZE")


def _shop(seller: int) -> str:
    return f"shop{seller % 300}.example"


@cache
def _key(seller: int) -> str:
    return seller_key(_shop(seller), f"演示{seller}医疗器械有限公司")


def _at(number: int) -> str:
    return (_T0 + timedelta(seconds=number * 20)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _id(kind: str, number: int) -> str:
    return f"{kind}{number:019x}"


def _listings(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        seller = n % SELLERS
        yield {
            "id": _id("1", n), "storefront": _shop(seller), "name": f"演示治疗仪{n}型", "seller_key": _key(seller),
            "version": _id("2", n), "first_seen": _at(n), "last_seen": _at(n), "sightings": 1,
        }  # fmt: skip


def _said(text: str) -> Field:
    return Field(state=FieldState.SEEN, text=text)


def _versions(count: int) -> Iterator[dict[str, Any]]:
    page = Listing(
        id="", storefront="shop.example", url="https://shop.example/goods/1", family="generic", version="",
        title=_said("演示治疗仪"), price=_said("199.00"), seller=_said("演示医疗器械有限公司"),
        description=_said("缓解肩颈疲劳，三天见效，治愈率高达98%。" * 20), product_id="1", attributes=(), pictures=(),
        seller_url="", breadcrumbs=(), buyable=_said("加入购物车"), image_text=_said(""), numbers=(),
    )  # fmt: skip
    data = codec.dump(page)
    for n in range(count):
        yield {
            "subject": _id("1", n), "kind": "listing", "version": _id("2", n), "capture": _id("3", n), "first_seen": _at(n),
            "last_seen": _at(n), "data": data, "template": "",
        }  # fmt: skip


def _sightings(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        yield {
            "subject": _id("1", n),
            "kind": "listing",
            "version": _id("2", n),
            "capture": _id("3", n),
            "time": _at(n),
        }


def _findings(leads: int) -> Iterator[dict[str, Any]]:
    one = Finding(
        id="@id", rule="claim-cure-rate", rule_version="1", kind=Matter.CLAIM, verdict=Verdict.VIOLATION,
        severity=Severity.HIGH, subject="listing", subject_id="@subject", version="@version", field="description", quote="治愈率高达98%",
        start=12, end=20, says="页面说明治愈率或者有效率。",
    )  # fmt: skip
    data = codec.dump(one)
    for n in range(leads * FOUND):
        names = {"@id": _id("4", n), "@subject": _id("1", n), "@version": _id("2", n)}
        yield {
            "id": names["@id"], "rule": one.rule, "kind": one.kind.value, "verdict": one.verdict.value,
            "severity": one.severity.value, "subject": "listing", "subject_id": names["@subject"], "version": names["@version"],
            "field": one.field, "quote": one.quote, "grounds": "", "capture": _id("3", n), "rulebook": "r", "first_seen": _at(n),
            "judged": _at(n), "data": reduce(lambda text, pair: text.replace(*pair), names.items(), data),
        }  # fmt: skip


def _held(leads: int) -> Iterator[dict[str, Any]]:
    for n in range(leads * FOUND):
        yield {"lead": n // FOUND + 1, "finding": _id("4", n), "verdict": "violation", "added": _at(n)}


def _leads(leads: int) -> Iterator[dict[str, Any]]:
    states, sources, matters = [*LIVE, "closed", "dismissed"], list(LeadSource), list(Matter)
    dice = random.Random(1)
    for n in range(1, leads + 1):
        state = dice.choice(states)
        at_unit = state not in ("open", "screened", "secured", "confirmed", "dismissed")
        due = (_T0 + timedelta(days=dice.randrange(600))).date() if at_unit and state != "assigned" else None
        yield {
            "number": n, "seller_key": f"{_key(n % SELLERS)}{n // SELLERS}", "storefront": _shop(n % SELLERS),
            "seller": f"演示{n % SELLERS}医疗器械有限公司", "matter": matters[n % len(matters)].value, "severity": "high",
            "verdict": "violation", "state": state, "live": int(state in LIVE), "opened": _at(n),
            "source": sources[n % len(sources)].value, "reference": f"演-{n:06}", "unit": f"{360100 + n % 20 * 100}" if at_unit else "",
            "received": _at(n) if due else "", "due": due.isoformat() if due else "", "judged": "", "judged_at": "", "merged": 0,
        }  # fmt: skip


def _decisions(leads: int) -> Iterator[dict[str, Any]]:
    done = Disposition(measures=(Measure.RECTIFY, Measure.FINE), fine="1000.00")
    acts = (Act.CONFIRM, Act.ASSIGN, Act.RECEIVE, Act.DISPOSE)
    number = 0
    for lead in range(1, leads + 1):
        for i, act in enumerate(acts[:STEPS]):
            number += 1
            step = Decision(
                lead=lead, state="confirmed", who="甲", when=_T0 + timedelta(seconds=lead * 20 + i), act=act,
                disposition=done if act is Act.DISPOSE else None,
            )  # fmt: skip
            yield {
                "number": number, "lead": lead, "state": step.state, "who": "甲", "time": codec.moment(step.when), "note": "",
                "act": act.value, "data": codec.dump(step),
            }  # fmt: skip


def _listed(book: Book, **wanted: Any) -> list[Counted]:
    return list(book.counted_leads(**wanted))


Question = Callable[[Book, random.Random, int], Callable[[], Any]]
QUESTIONS: dict[str, Question] = {
    "按状态列 50 条": lambda b, dice, n: partial(_listed, b, state=dice.choice(LIVE), limit=50),
    "按单位和状态列 50 条": lambda b, dice, n: partial(
        _listed, b, unit=f"{360100 + dice.randrange(20) * 100}", state="checking", limit=50
    ),
    "按店铺列": lambda b, dice, n: partial(_listed, b, storefront=_shop(dice.randrange(300))),
    "从某一条起列 50 条": lambda b, dice, n: partial(_listed, b, after=dice.randrange(n), limit=50),
    "到期的": lambda b, dice, n: partial(_listed, b, due=date(2026, 1, 1) + timedelta(days=dice.randrange(30))),
    "来文编号": lambda b, dice, n: partial(b.referenced, f"演-{dice.randrange(1, n):06}"),
    "一条线索和它的发现": lambda b, dice, n: partial(b.lead, dice.randrange(1, n)),
    "一条线索的办理": lambda b, dice, n: partial(b.decisions, dice.randrange(1, n)),
    "一条线索的案卷": lambda b, dice, n: partial(b.case, dice.randrange(1, n), made=_T0),
}


def measure(path: Path, leads: int) -> dict[str, tuple[float, float]]:
    """(ours, bare) of every question: 95th percentiles in milliseconds."""
    found = {}
    with Book.open(path) as book, sqlite3.connect(path) as bare:
        for name, question in QUESTIONS.items():
            dice, ours, alone = random.Random(2), [], []
            for _ in range(ASKED):
                ask = question(book, dice, leads)
                sent: list[str] = []
                book.db.conn.set_trace_callback(sent.append)
                ask()  # warms the pages for both, and tells what is sent
                book.db.conn.set_trace_callback(None)
                again = partial(_fetched, bare, sent)
                again()
                ours.append(_timed(ask))
                alone.append(_timed(again))
            found[name] = (_p95(ours), _p95(alone))
    bare.close()
    return found


def _fetched(bare: sqlite3.Connection, sent: list[str]) -> list[list[Any]]:
    return [bare.execute(sql).fetchall() for sql in sent]


def _timed(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _p95(figures: list[float]) -> float:
    return sorted(figures)[int(len(figures) * 0.95)]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))) + "\n")
