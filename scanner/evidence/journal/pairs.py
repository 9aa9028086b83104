"""The journal's ``revisit`` line, and a package's pairs held against it.

Owns: what the line says of a pair (ids, results, names of fields; no word of a page) with the digest that binds the rest.
Leaves to others: looking again (``crawl.again.revisit``), everything else a package must agree on (``bound``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scanner.evidence import digest
from scanner.evidence.journal.chain import Line
from scanner.model import Revisit

REVISIT = "revisit"


def line_of(pair: Revisit) -> dict[str, Any]:
    """The line's data. ``digest``: SHA-256 over the whole pair in canonical JSON, texts included."""
    plain = digest.plain(pair)
    return {
        **{name: value for name, value in plain.items() if name not in ("quotes", "fields", "alike", "time")},
        "looked": plain["time"],
        "quotes": [{"finding": q.finding, "rule": q.rule, "field": q.field, "change": q.change} for q in pair.quotes],
        "fields": [one.field for one in pair.fields],
        "alike": [one.listing for one in pair.alike],
        "digest": digest.sha256(digest.line(plain)),
    }


def faults(lines: Iterable[Line], pairs: Sequence[Revisit], lead: int, captures: Iterable[str]) -> list[str]:
    """Whether the pairs are exactly those that the journal knows of this lead, and their captures are at hand."""
    known = [line for line in lines if line.event == REVISIT and line.data.get("lead") == lead]
    told = {str(line.data.get("digest")): line for line in known}
    ids, found = set(captures), []
    for pair in pairs:
        wanted = line_of(pair)
        line = told.pop(wanted["digest"], None)
        if line is None or {name: line.data.get(name) for name in wanted} != wanted:
            found.append(f"复查 {pair.url[:200]}（{wanted['looked']}）与日志不符")
        if {one for one in (pair.before, *pair.through, pair.after) if one} - ids:
            found.append(f"复查 {pair.url[:200]}（{wanted['looked']}）的取证页不在证据包内")
    found += [f"日志第 {line.seq} 行的复查不在 lead.json 内" for line in told.values()]
    return found
