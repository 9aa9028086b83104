"""From a lead's number to its package: gathers from book, archive and kept rulebooks, has the report made, builds.

Owns: that gathering, in the right order, under the home's lock. Leaves to others: what a package is (``package``), the
report's looks (``report``), printing (``cli``).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner import rulebook
from scanner.errors import ConfigError, StoreError
from scanner.evidence import digest
from scanner.evidence.archive.shelf import Shelf
from scanner.evidence.checking.verify import DOCX, MASKING, PDF
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import build, environment, extract, manifest, material
from scanner.evidence.package.source import opened
from scanner.evidence.signing import pdfsign
from scanner.evidence.signing.keys import Keys
from scanner.evidence.stamp.in_seals import KEY, expected_of
from scanner.evidence.stamp.of_home import Stamped
from scanner.evidence.stamp.of_package import Stamping
from scanner.evidence.stamp.services import authorities
from scanner.home import Home
from scanner.model import CaseFile
from scanner.report.docx import docx
from scanner.report.forms import LIST, RECORD, form
from scanner.report.html import html
from scanner.report.pdf import pdf
from scanner.report.view import Views
from scanner.rulebook import Rulebook
from scanner.store.book import Book

_TABLES = frozenset({"categories.yaml", "contexts.yaml", "folding.yaml", "overrides.yaml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished package: where it lies, what it is of, the digest of its ``SHA256SUMS``, the key that signed it, what came
    of the time stamps it is to bear."""

    lead: int
    path: Path
    files: int
    sums: str
    fingerprint: str
    mark: str
    stamps: tuple[Stamped, ...] = ()


def hand_over(home: Home, number: int, *, now: datetime, out: Path | None = None, zip: bool = False) -> Made:
    """Make the package of lead ``number`` in ``out`` (the home's ``packages/`` when None).

    UsageError where there is no such lead; InputError, StoreError or VerifyError when it cannot be made, and then
    nothing is left behind.
    """
    config = home.config()
    with home.lock():
        with Book.open(home.book) as book:
            case = book.case(number, made=now, unit=config.unit, operator=config.operator)
            gone = [one.id for one in case.captures if (kept := book.capture(one.id)) is not None and kept.purged]
        if not case.captures:
            raise StoreError("这条线索没有取证页，不能制作证据包", where=str(home.book))
        if gone:
            raise StoreError("取证页已按保存期限清除，不能再制作证据包", where=gone[0], hint="以前制作的证据包仍然有效")
        mark = extract.mark_of(home.journal, (capture.journal for capture in case.captures))
        case = build.true_case(dataclasses.replace(case, mark=mark), home.journal)
        stamping = Stamping(authorities(home))
        shelf, around = Shelf(home.archive), environment.describe(home.journal, environment.crawls_of(case.captures))
        around |= {KEY: expected_of(stamping.among)}
        rules, titles = _rules(home, case)
        report, documents = _documents(home, case, shelf, titles, around)
        by = pdfsign.signer(home.keys, config.pdf_signer, unit=config.unit, now=now)
        signed = pdfsign.sign_pdf(documents[PDF], by, among=stamping.among)
        around |= {pdfsign.KEY: pdfsign.expected_of(by, signed)}
        keys = Keys.open(home.keys)
        build.sweep(home.packages)
        with Journal.open(home.journal, mark=mark) as journal:
            path = build.build(
                case, report=report, documents=documents, archive=shelf, journal=journal, keys=keys, rules=rules,
                environment=around, out=out or home.packages, zip=zip, stamping=stamping,
                signed=signed.pdf,
            )  # fmt: skip
            stamped = stamping.record(home, journal, path.name.removesuffix(".zip"))
    with opened(path) as source:
        files = len(source.names)
    return Made(
        lead=number, path=path, files=files, sums=digest.sha256(build.sums_of(path)), fingerprint=keys.fingerprint,
        mark=mark, stamps=tuple(stamped),
    )  # fmt: skip


def _documents(
    home: Home, case: CaseFile, shelf: Shelf, titles: Mapping[str, str], around: Mapping[str, Any]
) -> tuple[bytes, dict[str, bytes]]:  # fmt: skip
    """``report.html``, and by name the other papers of the package. The same case gives the same bytes."""
    made_by = " ".join(manifest.software(around).values())
    views = Views(case, material.gather(shelf, case, titles=titles, environment=around, software=made_by))
    paper = views.paper()
    documents = {
        name: form(name, paper, home.templates) for name in (RECORD, LIST)
    }  # an office's template may be wrong
    documents |= {PDF: pdf(paper), DOCX: docx(paper)}
    documents[MASKING] = digest.pages(digest.plain(views.masked))
    return html(views.whole()), documents


def _rules(home: Home, case: CaseFile) -> tuple[dict[str, bytes], dict[str, str]]:
    """(files of the rules that findings cite, with the lists and tables these use; rule id -> title).

    From the rulebook they were judged with; a rule that it does not have is looked for in the others kept.
    """
    files: dict[str, bytes] = {}
    titles: dict[str, str] = {}
    missing = {proof.finding.rule for proof in case.proofs}
    kept = sorted(home.rulebooks.glob("*.json"), key=lambda path: (path.stem != case.rulebook, path.name))
    for path in kept:
        if not missing:
            break
        book = _kept(path)
        here = sorted(missing & set(book.rules))
        titles |= {rule: book.rules[rule].title for rule in here}
        files = {**_cited(book, here), **files}
        missing -= set(here)
    if missing:
        raise StoreError("找不到判断时所用的规则：" + "、".join(sorted(missing)), where=str(home.rulebooks))
    return files, titles


def _kept(path: Path) -> Rulebook:
    """A rulebook as a crawl kept it."""
    try:
        files: Mapping[str, str] = json.loads(path.read_bytes())["files"]
        return rulebook.from_files({name: text.encode() for name, text in files.items()})
    except (ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise StoreError("保存的规则读不出来", where=str(path)) from error


def _cited(book: Rulebook, rules: Iterable[str]) -> dict[str, bytes]:
    """The files of these rules, of the lists they and their contexts use, and the shared tables; the name that a file
    has in the package is its name below ``rules/``, or ``local/…`` for an analyst's own."""
    things = set()
    for rule in (book.rules[name] for name in rules):
        contexts = [book.contexts[name] for name in getattr(rule, "unless", ())]
        lists = {*rule.lists(), *(name for c in contexts for name in (*c.lists, *c.labels, *c.broken_by))}
        things |= {f"rule {rule.id}", *(f"list {name}" for name in lists)}
    wanted = {book.lines[thing].name for thing in things if thing in book.lines}  # number tokens are no lists
    found = {}
    for name, data in book.files().items():
        top, _, rest = name.partition("/")
        if name in wanted or rest in _TABLES:
            found[rest if top == "rules" else f"{top.removeprefix('rules-')}/{rest}"] = data
    return found
