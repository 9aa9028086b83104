"""What a crawl or an import works with, opened together and closed together.

Owns: opening a home's archive, journal, book, register and rulebook in the right order (lock first), telling the
journal what runs and under which rules, gathering leads at the end, closing everything. Leaves to others: what is
done in between.
"""

from __future__ import annotations

import json
import logging
import platform
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from scanner import clock, rulebook
from scanner.crawl.around.record import Began, record
from scanner.crawl.browser import chromium
from scanner.crawl.browser.bound import Peak
from scanner.crawl.fetch.egress import Policy
from scanner.crawl.reading import tables
from scanner.crawl.reading.fields import fields
from scanner.crawl.reading.line import Line
from scanner.crawl.reading.pictures import Budget, Pictures
from scanner.crawl.reading.profile import profiles
from scanner.crawl.reading.workers import Books, Workers
from scanner.errors import InputError, QingwangError
from scanner.evidence import digest, rehearsal
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.checking.kept_check import rulebook_files
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import environment
from scanner.evidence.stamp import of_home
from scanner.evidence.stamp.meanwhile import Meanwhile
from scanner.evidence.stamp.services import Authority, authorities
from scanner.home import shipped_rules
from scanner.leads.gather import Owner, slim
from scanner.leads.same.book import drafts
from scanner.model import Named, content_id
from scanner.registry import Register
from scanner.store.book import Book

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scanner.crawl.tally import Tally
    from scanner.home import Home
    from scanner.model import Finding, Lead, Listing, Seller
    from scanner.rulebook import Rulebook


log = logging.getLogger(__name__)

Result = tuple[str, int, Named]  # a search engine's: the capture that shows it, its place there from 1, what it names

STAMP_SECONDS = 8.0  # at a run's end, for all authorities together: they are asked at the same time
LOST_IN_JOURNAL = 1000  # addresses that were not got, named in the run's last line


@dataclass(slots=True)
class Session:
    """One run's open things. ``crawl`` is the run's id; ``found`` collects findings with what they stand on, ``results``
    what search engines named."""

    home: Home
    journal: Journal
    archive: Archive
    book: Book
    line: Line
    policy: Policy
    crawl: str
    browser_ready: bool
    pictures: Pictures
    register: str  # the hash of the register's sources as they stand (``register_state``)
    workers: Workers | None = None  # only where opened apart
    found: list[tuple[Finding, Owner]] = field(default_factory=list)  # ``slim``
    results: list[Result] = field(default_factory=list)
    campaign: dict[str, Any] = field(default_factory=dict)
    browser: Peak = field(default_factory=Peak)  # what the browser held, for all runs of the process
    health: dict[str, Any] = field(default_factory=dict)  # what the run's last line says of it
    subjects: tuple[str, ...] = ()
    began: Began | None = None
    clock: str = ""  # in Chinese, that the machine's clock is off by more than is allowed

    def begin(
        self, kind: str, subjects: Sequence[str], *, campaign: Mapping[str, Any] | None = None, crawl: str = "",
        allow: Sequence[str] | None = None,
    ) -> Session:  # fmt: skip
        """A run of its own over the same open things: of ``kind`` (``scan``, ``import``, ``demo``, ``crawl``) over
        ``subjects``. ``campaign``: what it is a run of, with its settings (``id`` among them); ``crawl``: the id of a run
        that was killed and goes on; ``allow``: the hosts that it alone may reach beside public ones; as opened if not
        given."""
        run = replace(
            self, crawl=crawl or content_id(kind, clock.stamp(clock.now()), *subjects), found=[], results=[],
            subjects=tuple(subjects), campaign=dict(campaign or {}), policy=self.policy if allow is None else Policy(allow=frozenset(allow)),
        )  # fmt: skip
        _begin(run, kind, subjects, again=bool(crawl))
        run.around("before")
        run.began = Began.now()
        return run

    def around(self, when: str) -> None:
        """Measure what the run is surrounded by, ``before`` or ``after`` it, and journal that."""
        made = record(
            self.home, when=when, crawled=self.subjects, rulebook=self.line.rulebook.hash, browser=self.browser_ready,
            began=self.began,
        )  # fmt: skip
        self.journal.append("environment", {"crawl": self.crawl, **made}).result()
        self.clock = self.clock or environment.drift(made)

    def pause(self, tally: Tally) -> None:
        """Journal that the run stopped and will go on; the book holds it for one that has not ended."""
        self.around("after")
        line = {"crawl": self.crawl, "pages": tally.pages, "why": tally.lost[-1][1] if tally.lost else ""}
        self.journal.append("crawl_paused", line).result()

    def finish(self, tally: Tally) -> list[Lead]:
        """Journal and book how the run ended; gather its findings into leads and return those, gravest first."""
        self.around("after")
        state, now = tally.state(), clock.now()
        outcomes = {outcome.value: count for outcome, count in sorted(tally.outcomes.items())}
        leads = self.book.merge_leads(drafts(self.book, self.found), opened=now)
        ended: dict[str, Any] = {
            "crawl": self.crawl,
            "at": now,
            "state": state.value,
            "pages": tally.pages,
            "outcomes": outcomes,
            "lost": tally.lost[:LOST_IN_JOURNAL],
            "left": tally.left,
            "short": [one.said() for one in tally.short][:LOST_IN_JOURNAL],
            "leads": [lead.number for lead in leads],
        }
        if counts := self.pictures.counts():
            ended["pictures"] = counts
        if self.browser.megabytes is not None:
            ended["browser_mb"] = self.browser.megabytes
        if self.campaign:
            ended |= {"campaign": self.campaign["id"], "health": self.health}
        ended = json.loads(digest.line(digest.plain(ended)))  # the book has it as the journal does, spelling included
        self.journal.append("crawl_ended", ended).result()
        self.book.finish_crawl(self.crawl, state, now, ended)
        return leads


@contextmanager
def opened(
    home: Home,
    *,
    kind: str = "",
    subjects: Sequence[str] = (),
    allow: Sequence[str] = (),
    render: str = "auto",
    mark: str = "",
    apart: bool = False,
) -> Iterator[Session]:
    """Open ``home`` and begin one run of ``kind`` over ``subjects``; without a kind none is begun yet (``begin``).
    ``apart``: pages are looked at by workers.

    Raises StoreError when another process holds the home, ConfigError when the rules do not load, SealError when
    the archive cannot be written. ``mark`` (演示数据, demo data) goes into every journal line; so does a rehearsal's.
    """
    tables.use(home.rules)
    profiles(), fields()  # what is wrong with the home's is said before anything is fetched
    rules = rulebook.load(shipped_rules(), home.rules)
    for warning in rules.warnings:
        log.warning("注意：%s：%s（%s）", warning.where, warning.message, warning.hint)
    among = authorities(home)
    home.make()
    with ExitStack() as stack:
        # First of all: a fork must not happen beside threads, nor hand on locks and open files.
        workers = stack.enter_context(closing(Workers.start(_books(home, rules), rules))) if apart else None
        stack.enter_context(home.lock())
        keep_rulebook(home.rulebooks, rules.hash, rules.files())
        journal = stack.enter_context(Journal.open(home.journal, mark=mark or rehearsal.mark_of(home)))
        stack.callback(_stamp, home, journal, among)  # when the archive is closed
        meanwhile = stack.enter_context(closing(Meanwhile(home, journal, among)))
        archive = stack.enter_context(Archive.open(home.archive, journal, software(), on_closed=meanwhile.wake))
        book = stack.enter_context(Book.open(home.book))
        line = Line(rulebook=rules, register=stack.enter_context(Register.open(home.register)))
        budget = Budget(run=home.config().picture_seconds)
        pictures = stack.enter_context(closing(Pictures(book=book, archive=home.archive, line=line, budget=budget)))
        session = Session(
            home=home,
            journal=journal,
            archive=archive,
            book=book,
            line=line,
            pictures=pictures,
            register=register_state(digest.plain(line.register.sources())),
            policy=Policy(allow=frozenset(allow)),
            crawl="",
            browser_ready=render != "never" and chromium.find(home.config().chromium) is not None,
            workers=workers,
        )
        yield session.begin(kind, subjects) if kind else session


def _stamp(home: Home, journal: Journal, among: Sequence[Authority]) -> None:
    """Have what was sealed stamped, within a few seconds; what cannot be is pending and never a failure of the run."""
    try:
        stamped = of_home.stamp(home, journal, among, patience=STAMP_SECONDS)
    except QingwangError as error:  # the disk, say: the run's own error tells
        log.warning("没有加盖时间戳：%s", error)
        return
    for one in stamped:
        if one.why:
            log.warning("时间戳待办：%s %s，%s：%s", one.kind, one.what, one.authority, one.why)


def _books(home: Home, rules: Rulebook) -> Books:
    return Books(shipped=shipped_rules(), own=home.rules, hash=rules.hash, register=home.register, log=home.crawl_log)


def _begin(session: Session, kind: str, subjects: Sequence[str], *, again: bool) -> None:
    config, now = session.home.config(), clock.now()
    line: dict[str, Any] = {
        "crawl": session.crawl,
        "at": now,
        "kind": kind,
        "subjects": list(subjects),
        "rulebook": session.line.rulebook.hash,
        "tables": tables.digests(),
        "sources": [digest.plain(source) for source in session.line.register.sources()],
        "unit": config.unit,
        "operator": config.operator,
        "browser": session.browser_ready,
        "software": software(),
    }
    if session.campaign:
        line["campaign"] = session.campaign
    session.journal.append("crawl_resumed" if again else "crawl_began", line).result()
    if again:
        session.found += found_before(session.book, session.crawl)
        return
    rules = session.line.rulebook.hash
    with session.book.write():
        session.book.start_crawl(session.crawl, kind, tuple(subjects), now, rulebook=rules)
        if session.campaign:
            session.book.of_campaign(session.crawl, session.campaign["id"])


def register_state(sources: Sequence[Mapping[str, Any]]) -> str:
    """The hash that a judgement's line bears of the register's sources (JSON values), which the run's first line lists."""
    return content_id(digest.line(list(sources)).decode("utf-8"))


def found_before(book: Book, crawl: str) -> list[tuple[Finding, Owner]]:
    """What a run that goes on had found before."""
    found: list[tuple[Finding, Owner]] = []
    told = set()
    for finding in book.found_in(crawl):
        words = (finding.subject_id, finding.rule, finding.field, finding.quote)
        if words in told:
            continue  # a second version says it again
        told.add(words)
        read = book.listing_version if finding.subject == "listing" else book.seller_version
        subject: Listing | Seller | None = read(finding.subject_id, finding.version)
        if subject is not None:
            found.append(slim(finding, subject))
    return found


def software() -> dict[str, str]:
    """Names and versions of what sees, for ``warcinfo`` and the journal."""
    return {
        "software": f"qingwang/{version('qingwang')}",
        "python": platform.python_version(),
        "scrapy": version("scrapy"),
        "twisted": version("twisted"),
        "platform": platform.platform(),
    }


def keep_rulebook(folder: Path, own: str, files: dict[str, bytes]) -> None:
    """Keep a rulebook under its ``own`` hash, once, so that a judgement can be made again with the rules of its day."""
    path = folder / f"{own}.json"
    if path.exists():
        return
    whole = {name: content.decode("utf-8") for name, content in sorted(files.items())}
    text = json.dumps({"sha256": {n: digest.sha256(files[n]) for n in whole}, "files": whole},
                      ensure_ascii=False, sort_keys=True)  # fmt: skip
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def kept_rulebook(folder: Path, own: str) -> Rulebook:
    """The rulebook kept under its ``own`` hash. Raises InputError where it is damaged, ConfigError where this version of the
    program no longer reads it."""
    path = folder / f"{own}.json"
    files = rulebook_files(path)
    if files is None:
        raise InputError("保存的规则库已损坏", where=str(path), hint="运行 verify --home")
    kept = rulebook.from_files(files)
    if kept.hash != own:  # whole, and another one
        raise InputError("保存的规则库与它的哈希不符", where=str(path), hint="运行 verify --home")
    return kept
