"""A scripted year of a province's office: leads from three sources, over twenty units, from the first list to the last return.

``python -m tests.leads.year [--leads 5000] [--seed 1] [--keep FOLDER]`` plays it in a rehearsal home through the commands alone
(``import``, ``leads import``, ``leads apply``, ``sellers tell``, ``returns``), a process a day, and prints one JSON object. What each lead is to
go through is thrown beforehand; whatever the program refuses is counted, and a year in which it refuses something that the
script holds for allowed is a fault.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from scanner.home import Home
from tests.intake.making import SHOP, entry, written
from tests.leads.returns.recount import recount
from tests.running import Done, qingwang
from tests.tuning.shop import page

FIRST = date(2027, 1, 4)
DAYS = 360
CLAIM = "治愈率高达98%，三天见效，根治颈椎病"
CITIES = ("南昌", "景德镇", "萍乡", "九江", "新余", "鹰潭", "赣州", "吉安", "宜春", "抚州", "上饶")
UNITS = 20
SHARES = (("national", 0.4), ("complaint", 0.36), ("own", 0.24))
CATEGORIES = ("医用口罩", "隐形眼镜", "血糖仪", "避孕套", "治疗仪", "")
FORMS = ("qingwang-1", "qingwang-2", "zhengzhi-1", "zhengzhi-2")
MATTERS = {"national": ("未经注册", "虚假宣传", "无证经营"), "complaint": ("虚假宣传", "无证产品", "广告")}


@dataclass
class Year:
    """The office's year: its home, its dice, and what is to be done on which day."""

    home: Home
    dice: random.Random
    agenda: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    seen: set[int] = field(default_factory=set)
    pairs: list[list[str]] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def ask(self, day: int, *words: str, hour: int = 2) -> Done:
        """A command at an hour (UTC) of a day."""
        moment = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=day, hours=hour)
        return qingwang(self.home.root, *words, env={"QINGWANG_NOW": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}, timeout=900)

    def must(self, day: int, *words: str, hour: int = 2, codes: tuple[int, ...] = (0,)) -> Done:
        done = self.ask(day, *words, hour=hour)
        if done.code not in codes:
            raise RuntimeError(f"day {day}: {words} gave {done.code}: {done.err[-2000:]}")
        return done


def settle(root: Path) -> Home:
    """A rehearsal home with twenty units: eleven cities, and nine counties of the first."""
    home = Home(root)
    done = qingwang(root, "doctor", "--init", "--rehearsal", env={"QINGWANG_NOW": f"{FIRST}T00:00:00Z"})
    assert done.code in (0, 1), done.err
    home.config_file.write_text("unit: 演示省药品监督管理局\noperator: 演示员\n", encoding="utf-8")
    counties = ("102", "103", "104", "111", "112", "113", "121", "123", "124")
    rows = [
        f"  - {{id: city-{n}, name: {name}演示监管局, level: city, scope: ['36{n:02}00']}}" for n, name in enumerate(CITIES, 1)
    ] + [f"  - {{id: county-{code}, name: 演示{code}县监管局, level: county, scope: ['360{code}']}}" for code in counties]  # fmt: skip
    (home.rules / "units.yaml").write_text("units:\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return home


def unit_ids() -> list[str]:
    return [f"city-{n}" for n in range(1, 12)] + [
        f"county-{code}" for code in (102, 103, 104, 111, 112, 113, 121, 123, 124)
    ]


def bring(year: Year, day: int, counts: dict[str, int], first: dict[str, int], folder: Path) -> None:
    """The lists and recordings of a day."""
    for source, name in (("national", "national-platform"), ("complaint", "complaints-12315")):
        if not counts[source]:
            continue
        file = folder / f"{source}-{day}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            write = csv.writer(out)
            write.writerow(
                [
                    "编号",
                    "企业名称",
                    "网址",
                    "产品名称",
                    "违法情形" if source == "national" else "问题类别",
                    "备注",
                    "投诉人",
                ]
            )
            for n in range(first[source], first[source] + counts[source]):
                seller = year.dice.randrange(max(20, first[source] + counts[source]))  # some come back
                write.writerow([
                    f"{source}-{n}", f"演示{source}{seller}医疗器械有限公司", f"https://{source}{seller % 40}.example/goods/{n}",
                    f"演示治疗仪{n}型", year.dice.choice(MATTERS[source]), "演示的来件", "",
                ])  # fmt: skip
        year.must(day, "leads", "import", str(file), "--map", name)
    if counts["own"]:
        pages = [
            entry(f"{SHOP}/product/{n}.html", text=page(n, CLAIM), mime="text/html; charset=utf-8")
            for n in range(first["own"], first["own"] + counts["own"])
        ]
        year.must(day, "import", str(written(folder, *pages, name=f"own-{day}.har")))


def plan(year: Year, lead: int, day: int) -> None:
    """Throw what becomes of a lead, from the day on which it came."""
    dice, agenda = year.dice, year.agenda

    def on(later: int, **order: Any) -> None:
        agenda[later].append({"lead": lead, "who": "演示员", **order})

    at = day + dice.randint(0, 3)
    if dice.random() < 0.15:
        on(at, act="dismiss", note="演示：不属实")
        return
    on(at, act="confirm")
    unit = dice.choice(unit_ids())
    at += dice.randint(0, 2)
    on(at, act="assign", unit=unit)
    if dice.random() < 0.06:
        at += 1
        on(at, act="return", note="演示：不归本单位管")
        unit = dice.choice([one for one in unit_ids() if one != unit])
        at += 1
        on(at, act="assign", unit=unit)
    at += dice.randint(0, 4)
    on(at, act="receive")
    received = at
    if dice.random() < 0.1:
        return  # nothing more is heard of it
    at += dice.randint(1, 10)
    on(at, act="check")
    if dice.random() < 0.2:
        asked = received + dice.randint(20, 49)
        if asked > at:
            on(asked, act="ask", days=dice.randint(1, 20), note="演示：情况复杂")
            on(asked + 1, act=dice.choice(["grant", "refuse"]))
            at = asked + 1
    at += dice.randint(1, 30)
    on(at, **disposition(dice))
    if dice.random() < 0.15:
        at += dice.randint(1, 20)
        on(at, **disposition(dice, more=True))
    if dice.random() < 0.1:
        return
    at += dice.randint(0, 10)
    on(at, act="report")
    if dice.random() < 0.08:
        at += 1
        on(at, act="return", note="演示：材料不全")
        at += 5
        on(at, **disposition(dice, more=True))
        at += 1
        on(at, act="report")
    at += dice.randint(1, 8)
    on(at, act="approve")
    at += dice.randint(1, 20)
    on(at, act="revisit", note="演示：现场复查")
    on(at + 1, act="close")


def disposition(dice: random.Random, *, more: bool = False) -> dict[str, Any]:
    """One disposition; ``more``: after another, so never that nothing was found."""
    if not more and dice.random() < 0.2:
        return {"act": "dispose", "measures": ["checked", "unfounded"]}
    measures = {"checked", dice.choice(["rectify", "talk", "case", "warning"])}
    order: dict[str, Any] = {
        "act": "dispose",
        "category": dice.choice(CATEGORIES),
        "stage": dice.choice(["online", "online", "platform", "distribution"]),
    }
    if dice.random() < 0.3:
        measures |= {"case", "fine"}
        order["fine"] = f"{dice.randint(1, 5_000_000) / 100:.2f}"
    if dice.random() < 0.1:
        measures.add("income")
        order["income"] = f"{dice.randint(1, 500_000) / 100:.2f}"
    for measure, share in (("goods", 0.05), ("suspension", 0.03), ("exposure", 0.05), ("dishonest", 0.01)):
        if dice.random() < share:
            measures.add(measure)
    if dice.random() < 0.02:
        measures.add("revocation")
        order["licences"] = dice.randint(1, 2)
    if dice.random() < 0.02:
        measures.add("person")
        order["persons"] = 1
    if dice.random() < 0.1:
        order["to"] = dice.sample(["police", "telecom", "health", "customs", "discipline", "area"], dice.randint(1, 2))
    return order | {"measures": sorted(measures)}


def work(year: Year, day: int, folder: Path) -> None:
    """The orders of a day, in the order in which they were thrown."""
    orders = year.agenda.pop(day, [])
    if not orders:
        return
    file = folder / f"day-{day}.jsonl"
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in orders), encoding="utf-8")
    done = year.must(day, "leads", "apply", str(file), "--json", hour=8, codes=(0, 2))
    for row in done.rows:
        if row["decision"] is not None:
            year.told[row["decision"]["act"]] += 1
        else:
            year.refused.append(f"day {day}, {orders[row['line'] - 1]}: {row['error']['message']}")


def spread(total: int, dice: random.Random, last: int) -> Iterator[tuple[int, dict[str, int], dict[str, int]]]:
    """(day, how many come of each source, the number of the first of them), twice a month."""
    days = list(range(2, last, 15))
    first = {source: 1 for source, _ in SHARES}
    for i, day in enumerate(days):
        counts = {}
        for source, share in SHARES:
            wanted = round(total * share)
            counts[source] = wanted * (i + 1) // len(days) - wanted * i // len(days)
        yield day, counts, dict(first)
        for source in counts:
            first[source] += counts[source]


def play(root: Path, *, leads: int, seed: int, days: int = DAYS) -> Year:
    """The whole year; its home lies under ``root``."""
    year = Year(home=settle(root / "home"), dice=random.Random(seed))
    folder = root / "files"
    folder.mkdir()
    coming = {day: (counts, first) for day, counts, first in spread(leads, year.dice, days - 60)}
    for day in range(days):
        if day in coming:
            bring(year, day, *coming[day], folder)
            for row in year.must(day, "leads", "list", "--state", "open", "--json", hour=6).rows:
                if row["number"] not in year.seen:
                    year.seen.add(row["number"])
                    plan(year, row["number"], day)
        work(year, day, folder)
        if day % 20 == 19:
            tell(year, day)
    return year


def tell(year: Year, day: int) -> None:
    """What people say of sellers: two are one, or not, or no longer."""
    rows = year.must(day, "leads", "list", "--json", hour=9).rows
    keys = sorted({f"{row['storefront']}|{row['seller']}" for row in rows})
    for verdict in ("same", "same", "same", "different", "withdrawn"):
        pair = year.dice.sample(keys, 2) if verdict == "same" or not year.pairs else year.dice.choice(year.pairs)
        year.pairs.append(list(pair))
        year.must(day, "sellers", "tell", *pair, verdict, hour=10)
        year.told[f"tell {verdict}"] += 1


def compare(year: Year, day: int, forms: tuple[str, ...] = FORMS) -> tuple[int, list[str]]:
    """Every figure of every return to a day against the recount from the journal: how many were compared, and which differ."""
    until = FIRST + timedelta(days=day - 1)
    leads, enterprise = {}, {}
    for row in year.must(day, "leads", "list", "--json").rows:
        opened = (datetime.fromisoformat(row["opened"]) + timedelta(hours=8)).date().isoformat()  # Beijing's day
        leads[row["number"]] = (row["source"], opened)
        name = " ".join(row["seller"].split())
        enterprise[row["storefront"], name] = name if name.endswith("有限公司") else f"{row['storefront']} {name}"
    compared, wrong = 0, []
    for form, unit in [*((form, None) for form in forms), ("qingwang-2", "city-1"), ("qingwang-1", "county-102")]:
        words = (
            "returns",
            form,
            "--from",
            FIRST.isoformat(),
            "--to",
            until.isoformat(),
            "--out",
            str(year.home.root.parent / f"{form}-{day}.xlsx"),
            *(("--unit", unit) if unit is not None else ()),
        )
        found = {(c["row"], c["column"]): c["value"] for c in year.must(day, *words, "--json").json["cells"]}
        wanted = recount(
            year.home.journal, form, FIRST.isoformat(), until.isoformat(), leads=leads, enterprise=enterprise, unit=unit
        )
        for place, value in wanted.items():
            ours = found.get(place)
            # Money is given in ten thousand yuan with two digits; the recount has hundredths of a yuan.
            wanted_money = (Decimal(value or 0) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
            same = ours == value or (isinstance(ours, float) and Decimal(str(ours)) == wanted_money)
            compared += 1
            if not same:
                wrong.append(f"{form} {unit or ''} {until} {place}: {ours} instead of {value}")
    return compared, wrong


def main(words: list[str]) -> int:
    """Play a year and print what it came to."""
    parse = argparse.ArgumentParser()
    parse.add_argument("--leads", type=int, default=5000)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--keep", type=Path)
    parse.add_argument("--only-compare", action="store_true", help="a year that was kept")
    given = parse.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        root = given.keep or Path(name)
        root.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        year = Year(home=Home(root / "home"), dice=random.Random(0)) if given.only_compare else play(
            root, leads=given.leads, seed=given.seed
        )  # fmt: skip
        compared, wrong = zip(*(compare(year, day) for day in (120, 240, DAYS)), strict=True)
        print(json.dumps({
            "figures": sum(compared), "wrong": [one for some in wrong for one in some][:20],
            "leads": len(year.seen), "steps": sum(year.told.values()), "acts": dict(year.told), "refused": len(year.refused),
            "first_refused": year.refused[:5], "seconds": round(time.monotonic() - began),
        }, ensure_ascii=False))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
