"""How often the judge is right, on texts nobody wrote rules from: ``python -m tests.rulebook.measured ../shared``.

Three measures. ``claims``: the labelled texts of ``cases/claims_dev.jsonl``, as ``qingwang judge`` is given them.
``official``: 2,000 intended uses and descriptions of devices from the official catalogues, each judged three times: with
itself as the registered scope, without one, and with that of another product of the same code. The first two must be
silent: an official description is no claim. The third cannot be: a scope of another product is another scope.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from scanner.cli.judge import facts_of
from scanner.home import shipped_rules
from scanner.judge import judge
from scanner.model import Finding
from scanner.rulebook import Rulebook, load

DAY = date(2026, 11, 1)
OFFICIAL = 2_000  # texts judged, the first by SHA-256 of the text

Row = dict[str, Any]


def found(rules: Rulebook, row: Row) -> tuple[Finding, ...]:
    """What the judge says of one row, a dict as ``qingwang judge`` reads it."""
    listing, facts = facts_of(rules, row)
    return judge(listing, rules, None, on=DAY, facts=facts)


def claims(file: Path) -> list[Row]:
    """The labelled rows, as they stand in the file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def group(row: Row) -> str:
    """What a labelled row measures: ``ok``, ``decidable``, ``evasive`` (nothing plain left), or another kind."""
    if row["label"] == "ok":
        return "ok"
    if row["derived"]:
        return "evasive" if not row["plain_left"] else "evasive, plain words left"
    return "decidable" if row["decidable"] in ("text", "with_product") else str(row["decidable"])


def asked(row: Row) -> Row:
    """The columns that the judge is given: the text and its context, never the label."""
    return {key: row[key] for key in ("id", "text", "product", "is_device", "registered_scope")}


def official(data: Path) -> list[Row]:
    """The official texts: ``{text, other}``, ``other`` being the text of another product of the same code, or ""."""
    texts: dict[str, str] = {}  # text -> code
    for name, code, keys in (
        ("class1_catalogue_2021.jsonl", "code", ("intended_use", "description")),
        ("classification_determinations_2018_2022.jsonl", "code", ("description",)),
        ("clinical_exemption_2025.jsonl", "classification_code", ("product_description",)),
    ):
        for line in (data / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            for key in keys:
                if row[key].strip():
                    texts.setdefault(row[key], row[code])
    order = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).hexdigest())
    of_code: dict[str, list[str]] = {}
    for text in order:
        of_code.setdefault(texts[text], []).append(text)
    return [
        {"text": text, "other": next((t for t in of_code[texts[text]] if texts[text] and t != text), "")}
        for text in order[:OFFICIAL]
    ]


def alarms(rules: Rulebook, rows: Iterable[Row], scope: str) -> Iterator[tuple[Row, tuple[Finding, ...]]]:
    """The official rows with a finding; ``scope`` is ``own``, ``none`` or ``other`` (rows without another are left out)."""
    for row in rows:
        known = {"own": row["text"], "none": None, "other": row["other"]}[scope]
        if known == "":
            continue
        said = found(rules, {"id": "", "text": row["text"], "is_device": True, "registered_scope": known})
        if said:
            yield row, said


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="the folder with cases/ and data/")
    parser.add_argument("--claims", type=Path, help="another file of labelled texts")
    parser.add_argument("-v", "--verbose", action="store_true", help="name every text that was judged wrongly")
    options = parser.parse_args()
    rules = load(shipped_rules())
    _say_claims(rules, options.claims or options.shared / "cases/claims_dev.jsonl", options.verbose)
    rows = official(options.shared / "data")
    for scope in ("own", "none", "other"):
        wrong = list(alarms(rules, rows, scope))
        asked_of = sum(1 for r in rows if scope != "other" or r["other"])
        print(f"official, scope {scope}: {len(wrong)} of {asked_of} with a finding ({len(wrong) / asked_of:.2%})")
        print("  ", Counter(f.rule for _, said in wrong for f in said).most_common(12))
        if options.verbose and scope != "other":
            for row, said in wrong:
                print("   ", [(f.rule, f.quote) for f in said], row["text"][:160].replace("\n", " "))


def _say_claims(rules: Rulebook, file: Path, verbose: bool) -> None:
    hits, count = Counter[str](), Counter[str]()
    for row in claims(file):
        kind, said = group(row), found(rules, asked(row))
        count[kind] += 1
        hits[kind] += bool(said)
        if verbose and bool(said) is (kind == "ok"):
            print("   ", kind, row["id"], row["product"], "|", row["text"], "|", [(f.rule, f.quote) for f in said])
    for kind in sorted(count):
        print(f"{file.name} {kind}: {hits[kind]} of {count[kind]} with a finding ({hits[kind] / count[kind]:.3f})")


if __name__ == "__main__":
    _main()
