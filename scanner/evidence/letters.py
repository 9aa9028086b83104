"""From a lead's number to a letter (文书): gathers from book and journal, has it made, journals it, puts it on the disk.

Owns: that order, and the journal's line ``document`` (whose lead, which kind, the file's name and SHA-256, who had it made), which
is on the disk before the file has its name: a letter that somebody holds can be told from one that was altered. A kill in between
leaves a line without a file and a draft (``.part``). Leaves to others: what a letter says (``report.letters``), printing (``cli``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanner.errors import QingwangError, UsageError
from scanner.evidence import digest, disk, rehearsal
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import build, extract
from scanner.home import Home, shipped_rules
from scanner.leads import clocks
from scanner.leads.routing import route, tables, traces, units
from scanner.model import CaseFile, Record
from scanner.report import letters
from scanner.report.editable import Editable
from scanner.report.letters import addressee, facts
from scanner.report.letters.facts import Given, Package
from scanner.report.letters.kinds import Kind
from scanner.report.material import Material
from scanner.report.view import Views
from scanner.store.book import Book

DOCUMENT = "document"  # the journal's event


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A letter on the disk. ``to``: whom it is to, "" where that is left blank; ``hint``: what the drafter must look at."""

    lead: int
    kind: str
    path: Path
    sha256: str
    to: str
    hint: str
    template: str  # the home's file, "" for ours
    package: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for. ``out``: the file, None: one in the home's ``documents/``; ``records`` and ``known``: what registers and
    people know of the seller, as for ``leads route``."""

    lead: int
    kind: Kind
    who: str
    to: str = ""
    out: Path | None = None
    records: tuple[Record, ...] = ()
    known: traces.Known | None = None


def write(home: Home, asked: Asked, *, now: datetime) -> Made:
    """Make a letter. UsageError where there is no such lead, it is in no state for it, nobody is named who makes it, or the file is
    there; ConfigError where the home's template cannot be filled. Then nothing is left behind."""
    config = home.config()
    who = asked.who.strip() or config.operator
    if not who:
        raise UsageError("没有写明谁制作", where="--who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    with home.lock():
        with Book.open(home.book) as book:
            case = book.case(asked.lead, made=now, unit=config.unit, operator=who)
            purged = frozenset(
                one.id for one in case.captures if (kept := book.capture(one.id)) is not None and kept.purged
            )
        case = _true(home, case)
        given = _given(home, case, asked, purged)
        data = letters.letter(asked.kind, given, home.templates)
        path = _place(home, asked, now)
        with Journal.open(home.journal, mark=case.mark) as journal:
            made = _made(home, asked, given, path, data)
            part = disk.draft(path, data)
            line = {"lead": made.lead, "kind": made.kind, "sha256": made.sha256, "who": who, "file": path.name}
            try:
                journal.append(DOCUMENT, line).result()
            except QingwangError:
                part.unlink(missing_ok=True)
                raise
            disk.name(part, path)
    return made


def copy_templates(home: Home, wanted: Iterable[Editable]) -> dict[str, bool]:
    """Put our templates into the home's ``templates/letters/`` for editing: by name, whether it was; what is there stays."""
    folder = home.templates / letters.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    done = {}
    for one in wanted:
        path = folder / f"{one.name}.docx"
        done[one.name] = not path.exists()
        if done[one.name]:
            disk.put(path, one.ours())
    return done


def package_of(journal: Path, case: CaseFile) -> Package | None:
    """The latest package of the case's lead that the journal tells of."""
    if not journal.exists():
        return None
    with journal.open("rb") as file:
        for _, raw in chain.backwards(file, file.seek(0, 2)):
            if b'"event":"package"' not in raw or (line := chain.sound(raw)) is None:
                continue
            if line.event == "package" and line.data.get("lead") == case.lead.number:
                later = sum(capture.journal > line.seq for capture in case.captures)
                name, sums, key = (str(line.data.get(field, "")) for field in ("name", "sums", "fingerprint"))
                return Package(name=name, sums=sums, fingerprint=key, later=later)
    return None


def _true(home: Home, case: CaseFile) -> CaseFile:
    """The case with its captures as the journal has them, and the mark that it bears: its captures', else the home's."""
    mark = rehearsal.mark_of(home) or (chain.first_mark(home.journal) if home.journal.exists() else "")
    if case.captures:
        mark = extract.mark_of(home.journal, (capture.journal for capture in case.captures)) or mark
        case = build.true_case(case, home.journal)
    return dataclasses.replace(case, mark=mark)


def _given(home: Home, case: CaseFile, asked: Asked, purged: frozenset[str]) -> Given:
    folders = (shipped_rules(), home.rules)
    known_units = units.load(*folders)
    view = Views(case, Material()).paper()  # letters show no pictures
    found = traces.of_case(view.case, asked.records, asked.known)
    return Given(
        view=view, traces=found, units=known_units, route=route.route(found, known_units, tables.signs(*folders)),
        terms=clocks.load(*folders), package=package_of(home.journal, case), to=asked.to, purged=purged,
    )  # fmt: skip


def _place(home: Home, asked: Asked, now: datetime) -> Path:
    """Where the letter goes: never over another file, never named after what a page says."""
    if asked.out is None:
        home.documents.mkdir(exist_ok=True)
        path = home.documents / f"lead-{asked.lead}-{asked.kind.name}-{now.astimezone(UTC):%Y%m%dT%H%M%S}Z.docx"
    else:
        path = asked.out
        if not path.parent.is_dir():
            raise UsageError("没有这个文件夹", where=str(path.parent), hint="先建好文件夹")
        if path.suffix.lower() != ".docx":
            raise UsageError("文书是 Word 文件", where=str(path), hint="文件名写成 .docx")
    if path.exists() or path.is_symlink():
        raise UsageError("已经有这个文件", where=str(path), hint="换一个名字，或者先移走原有的")
    return path


def _made(home: Home, asked: Asked, given: Given, path: Path, data: bytes) -> Made:
    to, template = facts.addressed(asked.kind, given), letters.template(asked.kind, home.templates)
    return Made(
        lead=asked.lead, kind=asked.kind.name, path=path, sha256=digest.sha256(data), to=to.name, hint=addressee.hint(to),
        template=template.where if template.own else "", package=given.package.name if given.package else "",
        mark=given.view.case.mark,
    )  # fmt: skip
