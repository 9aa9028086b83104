"""A recount of a return from ``journal.jsonl`` alone, by another hand: json, the forms' YAML and dates, none of our code.

What the journal does not say is handed in: of each lead its source and the day it was opened, of each seller what enterprise it
is by its name. What people said of two sellers is read from the journal, whenever they said it. Words of a form are understood
as docs/guide.zh-CN.md tells them.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).resolve().parents[3] / "rules"


def _categories() -> dict[str, set[str]]:
    words: dict[str, set[str]] = {}
    for one in yaml.safe_load((RULES / "categories.yaml").read_text(encoding="utf-8"))["categories"]:
        for word in [one["id"], one["name"], *one["names"]]:
            words.setdefault(word, {word}).update([one["id"], one["name"], *one.get("groups", [])])
    return words


CATEGORIES = _categories()


def beijing_day(stamp: str) -> str:
    when = datetime.fromisoformat(stamp.replace("Z", "+00:00")).astimezone(UTC) + timedelta(hours=8)
    return when.strftime("%Y-%m-%d")


def recount(
    journal: Path,
    form: str,
    since: str,
    until: str,
    *,
    leads: Mapping[int, tuple[str, str]],
    enterprise: Mapping[tuple[str, str], str],
    unit: str | None = None,
) -> dict[tuple[str, str], Any]:
    """(row, column) -> value, money as a number of yuan's hundredths; ``leads``: number -> (source, day opened);
    ``unit``: what this unit did, reported and had at the end, "" nobody."""
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    steps = [line for line in lines if line["event"] == "decision" and beijing_day(line["when"]) <= until]
    steps.sort(key=lambda line: line["seq"])
    seller = {line["lead"]: (line["storefront"], line["seller"]) for line in lines if line["event"] == "decision"}
    enterprise = _told(lines, seller.values(), enterprise)
    into: dict[int, int] = {}
    for line in steps:
        if line["act"] == "merge":
            into[line["lead"]] = line["other"]
        if line["act"] == "unmerge":
            del into[line["lead"]]

    def top(lead: int) -> int:
        return top(into[lead]) if lead in into else lead

    shape = yaml.safe_load((RULES / "returns" / f"{form}.yaml").read_text(encoding="utf-8"))
    disposed = [line for line in steps if line["act"] == "dispose" and beijing_day(line["when"]) >= since]
    if unit is not None:
        disposed = [line for line in disposed if line["unit"] == unit]
    mine: dict[int, list[Any]] = {}
    for line in steps:
        mine.setdefault(line["lead"], []).append(line)
    found: dict[tuple[str, str], Any] = {}
    for row in shape["rows"]:
        taken = [line for line in disposed if _asked(row, line["disposition"], leads[top(line["lead"])][0])]
        for column in shape["columns"]:
            if column["count"] in ("received", "reported"):
                value: Any = _came(row, column, mine, leads, top, since, until, unit)
            else:
                value = _of(column, taken, top, seller, enterprise)
            found[row["id"], column["id"]] = value
    return found


def _told(lines: Any, sellers: Any, named: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """What enterprise each seller is when people have been heard: whom they said to be one is, whom they told apart never is."""
    said: dict[tuple[str, str], Any] = {}
    for line in sorted((one for one in lines if one["event"] == "same_seller"), key=lambda one: one["seq"]):
        said.pop((line["a"], line["b"]), None)  # what is said anew takes its place in time
        said[line["a"], line["b"]] = line
    keys = {pair: f"{pair[0].casefold()}\n{_folded(pair[1])}" for pair in set(sellers)}
    circle = {key: {key} for key in (*keys.values(), *(key for pair in said for key in pair))}
    apart = [pair for pair, line in said.items() if line["verdict"] == "different"]

    def join(a: str, b: str) -> None:
        whole = circle[a] | circle[b]
        if not any(x in whole and y in whole for x, y in apart):
            for key in whole:
                circle[key] = whole

    for (a, b), line in said.items():
        if line["verdict"] == "same":
            join(a, b)
    ordered = sorted(keys, key=lambda pair: keys[pair])
    for at, one in enumerate(ordered):
        for other in ordered[at + 1 :]:
            if named[one] == named[other]:
                join(keys[one], keys[other])
    return {pair: min(circle[key]) for pair, key in keys.items()}


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _asked(row: Mapping[str, Any], done: Mapping[str, Any], source: str) -> bool:
    tags = CATEGORIES.get(done["category"], {done["category"]})
    if "sources" in row and source not in row["sources"]:
        return False
    if "stages" in row and done["stage"] not in row["stages"]:
        return False
    if "categories" in row and not tags & set(row["categories"]):
        return False
    return not tags & set(row.get("without", ()))


def _holder(steps: Any) -> str:
    """The unit that has a lead after these steps."""
    last = [
        line for line in steps if line["act"] == "assign" or (line["act"], line["state"]) == ("return", "confirmed")
    ]
    return last[-1]["unit"] if last and last[-1]["act"] == "assign" else ""


def _came(row: Any, column: Any, steps: Any, leads: Any, top: Any, since: str, until: str, unit: str | None) -> Any:
    if "stages" in row or "categories" in row:
        return 0
    matters = set()
    for lead, (source, opened) in leads.items():
        mine = steps.get(lead, [])
        if "sources" in row and leads[top(lead)][0] not in row["sources"]:
            continue
        if column["count"] == "reported":
            last = [line for line in mine if line["act"] in ("report", "return")][-1:]
            if (
                last
                and last[0]["act"] == "report"
                and beijing_day(last[0]["when"]) >= since
                and unit in (None, _holder(mine[: mine.index(last[0])]))
            ):
                matters.add(top(lead))
        elif top(lead) == lead:
            day = opened
            if source == "own":
                said = [line for line in mine if line["act"] in ("confirm", "dismiss", "reopen")]
                while said and said[-1]["act"] == "confirm" and len(said) > 1 and said[-2]["act"] == "confirm":
                    said.pop()
                day = beijing_day(said[-1]["when"]) if said and said[-1]["act"] == "confirm" else ""
            if day and since <= day <= until and unit in (None, _holder(mine)):
                matters.add(lead)
    return len(matters)


def _of(column: Any, taken: Any, top: Any, seller: Any, enterprise: Any) -> Any:
    count = column["count"]
    if count in ("hand", "text"):
        return None
    if count == "money":
        return sum(_cents(line["disposition"][name]) for line in taken for name in column["fields"])
    if count in ("licences", "persons"):
        return sum(line["disposition"][count] for line in taken)
    hit = [
        line
        for line in taken
        if set(line["disposition"]["measures"]) & set(column.get("measures", ()))
        or set(line["disposition"]["transfers"]) & set(column.get("transfers", ()))
    ]
    if count == "times":
        return len(hit)
    if count == "matters":
        return len({top(line["lead"]) for line in hit})
    if count == "sellers":
        return len({enterprise[seller[top(line["lead"])]] for line in hit})
    if count == "sites":
        return len({seller[top(line["lead"])][0] for line in hit})
    assert count == "cases"
    numbered = {(line["unit"], line["disposition"]["case"]) for line in hit if line["disposition"]["case"]}
    with_number = {top(line["lead"]) for line in hit if line["disposition"]["case"]}
    return len(numbered) + len({top(line["lead"]) for line in hit} - with_number)


def _cents(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(rest or "0")
