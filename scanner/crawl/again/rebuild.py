"""The book made again from the journal, the archive and the rulebooks kept by hash (``qingwang rebuild``).

Owns: what each line of the journal does to a new, empty book, in the lines' order and with the same calls that a crawl, a
recheck and a decision make; what could not be made again. Leaves to others: one look (``replay``), SQL, comparing and
changing places (``store``), who asks (``cli``).

Not in the evidence, and so not made again: the register as it stood on an earlier day (judged is with the home's
register as it is; its state at every judgement is in the journal, and whatever comes out otherwise is told), and the
readings of pictures by hash, a store that only saves work: they are taken from the old book where there is one. So is what was
read from pages that were purged since (``kept``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from scanner import clock
from scanner.casework import blind, lines
from scanner.crawl.again.kept import Kept, kept
from scanner.crawl.again.pair_again import made_again
from scanner.crawl.again.replay import Again, Families, Replay, differs
from scanner.crawl.keep import leading, save
from scanner.crawl.reading.line import Look
from scanner.crawl.session import found_before, kept_rulebook, register_state
from scanner.errors import InputError, StoreError, UsageError
from scanner.evidence import digest
from scanner.evidence.journal import chain
from scanner.evidence.journal.pairs import REVISIT
from scanner.evidence.journal.places import capture_of
from scanner.evidence.keeping import holds
from scanner.home import Home
from scanner.leads.gather import Owner, slim
from scanner.leads.same.book import drafts, statement
from scanner.leads.same.fading import fade
from scanner.model import Capture, CrawlState, Finding, Lead, Listing, Outcome, SecondLook, Seller
from scanner.registry import Register
from scanner.store.book import Book

RULEBOOKS = 3  # held at a time; a line mostly asks for that of the line before
NAMED = 1000  # troubles that are named; of judgements that came out otherwise the number tells the rest

# Lines that change nothing in the book: evidence of other things, or the frame of lines that do.
SILENT = frozenset({
    "segment", "import", "not_readable", "crawl_paused", "recheck_began", "recheck_ended", "key", "pin", "package",
    "recovered", "rehearsal", "environment", "clock_set_back", "book_rebuilt", "stamp",
    "retention_hold", "retention_release", "reporter_seen", "reporter_forgotten",
    "document",
    "return_filed",
})  # fmt: skip

Found = list[tuple[Finding, Owner]]


@dataclass(slots=True, kw_only=True)
class Rebuilt:
    """What was made, and what was not. ``troubles``: (line, in Chinese); ``weighed``: judgements whose findings are the
    same and weigh otherwise; ``states``: how many judgements rest on another state of the register than today's;
    ``unknown``: events that this program does not know, with their number."""

    lines: int = 0
    captures: int = 0
    judgements: int = 0
    otherwise: int = 0
    weighed: int = 0
    states: int = 0
    troubles: list[tuple[int, str]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def whole(self) -> bool:
        """Whether everything that the journal tells of came out as it tells it."""
        return not (self.otherwise or self.weighed or self.troubles or self.unknown)

    def trouble(self, line: int, says: str) -> None:
        if len(self.troubles) < NAMED:
            self.troubles.append((line, says))


def rebuild(home: Home, path: Path, families: Families, *, tick: Callable[[], None] | None = None) -> Rebuilt:
    """Make the book of ``home`` anew at ``path``, where there is nothing yet. The home's lock is held. InputError where the
    journal is damaged or a rulebook it names is."""
    with Register.open(home.register) as register, Book.open(path) as book, kept(home) as purged:
        work = _Work(home, book, register, families, purged)
        for line in _chained(home.journal):
            work.line(line)
            if tick is not None:
                tick()
        work.end()
        return work.done


def _chained(journal: Path) -> Iterator[chain.Line]:
    """The journal's lines; InputError at the first that does not follow from the one before: what stands on a damaged
    journal would be worth nothing."""
    before = chain.ZERO
    for number, line in enumerate(chain.read(journal), 1):
        if line.prev != before or line.seq != number:
            raise InputError("日志在此断开，不能据此重建", where=f"{journal}:{number}", hint="运行 verify --home")
        before = line.hash
        yield line


class _Work:
    """A new book on the way."""

    def __init__(self, home: Home, book: Book, register: Register, families: Families, kept: Kept) -> None:
        self.done = Rebuilt()
        self._book = book
        self._kept = kept
        self._state = register_state(digest.plain(register.sources()))
        self._sealed: dict[str, Capture] = {}  # captures that nothing was said of yet
        self._found: dict[str, Found] = {}  # of runs that have not ended
        self._pairs: dict[str, chain.Line] = {}  # second capture ("": none) -> the line of a pair whose look is to come
        # Of a recheck: its findings wait for its end.
        self._batch: tuple[tuple[str, int], Found, datetime] | None = None
        self._fading = False  # captures were purged, and what sellers showed in them is still to go
        self._replay = Replay(
            archive=home.archive, register=register, families=families, captures=self._capture,
            rulebooks=lru_cache(maxsize=RULEBOOKS)(partial(kept_rulebook, home.rulebooks)),
        )  # fmt: skip
        self._steps: dict[str, Callable[[chain.Line, Mapping[str, Any]], None]] = {
            "crawl_began": self._began, "crawl_resumed": self._resumed, "crawl_ended": self._ended,
            "capture": self._seal, "judgement": self._judge, "decision": self._decide, "purge": self._purged,
            lines.SAME_SELLER: self._same,
            REVISIT: self._revisited,
            "report": self._report,
            "sample_drawn": self._blind, "sample_reviewed": self._blind,
        }  # fmt: skip

    def line(self, line: chain.Line) -> None:
        """What one line does to the book."""
        self.done.lines += 1
        data = line.data
        if self._batch is not None and (line.event != "judgement" or _batch(data) != self._batch[0]):
            self._gather()
        if self._fading and line.event != "purge":
            self._fade()
        try:
            step = self._steps.get(line.event)
            if step is not None:
                step(line, data)
            elif line.event not in SILENT:
                self.done.unknown[line.event] += 1
        except (KeyError, TypeError, ValueError) as error:
            self.done.trouble(line.seq, f"{line.event}：内容不符合规定的格式（{type(error).__name__}）")

    def end(self) -> None:
        """The journal has ended."""
        if self._batch is not None:
            self._gather()
        if self._fading:
            self._fade()

    def _fade(self) -> None:
        fade(self._book)
        self._fading = False

    def _purged(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        one = holds.purge_of(line)
        self._book.mark_purged(one.captures, one.line, clock.parse(one.when))
        self._fading = True  # once a run of purge, which has a line a segment

    # --- runs --------------------------------------------------------------------------------------------------

    def _began(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        crawl = str(data["crawl"])
        subjects, at = tuple(str(one) for one in data["subjects"]), _at(line)
        self._book.start_crawl(crawl, str(data["kind"]), subjects, at, rulebook=str(data["rulebook"]))
        if "campaign" in data:
            self._book.of_campaign(crawl, str(data["campaign"]["id"]))
        self._found[crawl] = []

    def _resumed(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        self._found[str(data["crawl"])] = found_before(self._book, str(data["crawl"]))

    def _ended(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        crawl, at = str(data["crawl"]), _at(line)
        self._book.merge_leads(drafts(self._book, self._found.pop(crawl, [])), opened=at)
        ended = {key: value for key, value in data.items() if key != "mark"}
        self._book.finish_crawl(crawl, CrawlState(data["state"]), at, ended)

    # --- captures and what they came to ------------------------------------------------------------------------

    def _capture(self, capture: str) -> Capture | None:
        if capture in self._sealed:
            return self._sealed[capture]
        kept = self._book.capture(capture)
        return None if kept is None else kept.capture

    def _seal(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        capture = capture_of(data["capture"], data["records"], line.seq)
        self._sealed[capture.id] = capture
        self.done.captures += 1

    def _judge(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        with self._book.write():
            self._judgement(line, data)

    def _judgement(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        self.done.judgements += 1
        if "subject" in data:
            self._replay.rulebooks(str(data["rulebook"]))  # a damaged one ends all, not one look after the other
        self.done.states += "findings" in data and data.get("register", self._state) != self._state
        if "recheck" in data:
            self._rejudged(line, data)
            return
        capture = self._capture(str(data["capture"])) if "capture" in data else None
        if capture is not None:
            crawl = str(data.get("crawl") or dict(capture.note).get("crawl", ""))
            self._book.save_capture(capture, Outcome(data["outcome"]), crawl)
        elif "capture" in data:
            self.done.trouble(line.seq, "没有判断所依据的取证页")
            return
        pair = self._pairs.pop("" if capture is None else capture.id, None)
        if "second_look" in data:
            if capture is not None and "named" in data and "subject" not in data:
                self._book.save_named(capture.id, self._again(line, data, capture).named)
            look = SecondLook(data["second_look"])
            for finding in data["of"]:
                self._book.set_second_look(str(finding), look, "" if capture is None else capture.id)
        elif capture is not None and ("subject" in data or "named" in data):
            again = self._again(line, data, capture)
            if pair is not None:
                self._pair(pair, data, again)
            self._keep(data, capture, again, crawl)
        elif pair is not None:
            self._pair(pair, data, Again())
        if capture is not None:
            self._sealed.pop(capture.id, None)

    def _again(self, line: chain.Line, data: Mapping[str, Any], capture: Capture) -> Again:
        past = self._kept.has(data, capture)
        again = self._kept.look(data, self._book) if past else self._replay.look(data, capture)
        self._note(line, again.otherwise, again.weighed, capture.url)
        return again

    def _note(self, line: chain.Line, otherwise: str, weighed: bool, what: str) -> None:
        if otherwise:
            self.done.weighed += weighed
            self.done.otherwise += not weighed
            self.done.trouble(line.seq, f"{otherwise}　{what[:200]}")

    def _keep(self, data: Mapping[str, Any], capture: Capture, again: Again, crawl: str) -> None:
        """As ``keep`` books a look."""
        book, subject = self._book, again.subject
        if again.named:
            book.save_named(capture.id, again.named)
        if subject is None:
            return
        pieces = [str(piece) for piece in data.get("pieces", ())]
        rules = str(data["rulebook"])
        save(book, subject, capture, pieces, again.findings, rulebook=rules, template=again.template)
        if again.findings:
            told = [proof.finding for name in data.get("told", ()) if (proof := book.finding(str(name))) is not None]
            self._found.setdefault(crawl, []).extend(leading(again.findings, subject, told))

    # --- pages looked at again ---------------------------------------------------------------------------------

    def _revisited(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        """A pair, whose look is the next line but captures; after a kill between the two the book has neither."""
        self._pairs[str(data["after"])] = line

    def _pair(self, line: chain.Line, judgement: Mapping[str, Any], again: Again) -> None:
        """As ``revisit`` keeps a pair: before its look is."""
        look = Look(outcome=Outcome(judgement["outcome"]), why=str(judgement.get("why", "")), subject=again.subject,
                    findings=again.findings)  # fmt: skip
        for name in line.data["through"]:
            hop = self._capture(str(name))
            if hop is not None:
                self._book.save_capture(hop, Outcome.EMPTY, str(line.data["crawl"]))
                self._sealed.pop(hop.id, None)
        try:
            self._book.save_revisit(made_again(line.data, look, self._book, self._capture))
        except (InputError, UsageError) as error:
            self.done.trouble(line.seq, f"{error.message}　{str(line.data['url'])[:200]}")

    # --- judged again ------------------------------------------------------------------------------------------

    def _rejudged(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        """As ``recheck`` keeps what it found."""
        book, at = self._book, _at(line)
        read = book.listing_version if data["subject"] == "listing" else book.seller_version
        subject: Listing | Seller | None = read(str(data["id"]), str(data["version"]))
        capture = self._capture(str(data["capture"]))
        if subject is None or capture is None:
            self._note(line, "重新判断过的网页没有重建出来", False, str(data["id"]))
            return
        wanted = [str(name) for name in data["findings"]]
        made = {finding.id: finding for finding in self._replay.judge(data, subject, capture)} if wanted else {}
        fresh = tuple(made[name] for name in wanted if name in made)
        self._note(line, *differs(data, fresh), capture.url)
        rules = str(data["rulebook"])
        book.save_findings(fresh, capture.id, at, rulebook=rules)
        book.fell([str(name) for name in data["gone"]], "gone", at, rulebook=rules)
        book.fell([str(name) for name in data["replaced"]], "replaced", at, rulebook=rules)
        if self._batch is None:
            self._batch = (_batch(data), [], at)
        self._batch[1].extend(slim(finding, subject) for finding in fresh)

    def _gather(self) -> None:
        """The leads of one batch of a recheck."""
        assert self._batch is not None
        (_, found, at), self._batch = self._batch, None
        self._book.attach_leads(drafts(self._book, found), opened=at)

    # --- what people said --------------------------------------------------------------------------------------

    def _decide(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        said = lines.decision_of(data)
        number = self._lead(data)
        if number is None:
            self.done.trouble(line.seq, f"{said.who} 对 {said.lead} 号线索的处理没有放回：没有重建出这条线索")
            return
        if number != said.lead:
            self.done.trouble(line.seq, f"{said.lead} 号线索重建后是 {number} 号")
        try:
            self._book.decide(replace(said, lead=number))
        except StoreError as error:  # it was said when it was decided, too
            self.done.trouble(line.seq, error.message)

    def _same(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        self._book.say_same(statement(data))

    def _report(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        try:
            report, at = lines.report_of(data)
        except InputError as error:
            self.done.trouble(line.seq, f"report：{error.message}")
            return
        went = {one.matter.value: one.lead for one in self._book.take_report(report, at=at)}
        then = {str(one["matter"]): int(one["lead"]) for one in data["leads"]}
        if went != then:
            self.done.trouble(line.seq, f"来件 {report.reference or report.id} 当时归入 {then}，重建后归入 {went}")

    def _blind(self, line: chain.Line, data: Mapping[str, Any]) -> None:
        blind.book(self._book, line)

    def _lead(self, data: Mapping[str, Any]) -> int | None:
        """The lead that a decision is about: that of the same number where it is of the same seller and matter, else the
        latest that is."""
        about = (data["storefront"], data["seller"], data["matter"])
        try:
            if _about(self._book.lead(int(data["lead"]))) == about:
                return int(data["lead"])
        except UsageError:
            pass
        same = [lead.number for lead in self._book.leads(storefront=str(about[0])) if _about(lead) == about]
        return max(same, default=None)


def _about(lead: Lead) -> tuple[str, str, str]:
    return lead.storefront, lead.seller, lead.matter.value


def _at(line: chain.Line) -> datetime:
    """When it was done, as the book has it; of an older line, when it was written."""
    return clock.parse(line.data["at"]) if "at" in line.data else line.time


def _batch(data: Mapping[str, Any]) -> tuple[str, int]:
    return str(data.get("recheck", "")), int(data.get("batch", 0))
