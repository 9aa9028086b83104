"""The book: what was crawled, read and found, and what people decided of it. The one door to ``book.db``.

Owns: the list of what the book can be asked and told. Leaves to others: the queries, one file per noun (``crawls``,
``subjects``, ``findings``, ``leads``, ``case``), and the truth, which is the journal and the archive: the book is an
index over them.

Every call that writes is a transaction of its own; ``with book.write():`` makes one of several. Saving is idempotent:
what was saved before changes nothing, what is seen again adds a sighting.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from scanner.model import (
    Act,
    Capture,
    CaseFile,
    CrawlState,
    Decision,
    Finding,
    Lead,
    LeadSource,
    Listing,
    Matter,
    Named,
    Outcome,
    Proof,
    Report,
    Revisit,
    RevisitResult,
    SecondLook,
    Seller,
    Severity,
    Verdict,
)
from scanner.ocr import Reading
from scanner.store import (
    case,
    crawls,
    decisions,
    dossiers,
    figures,
    findings,
    identities,
    leads,
    migrations,
    pictures,
    related,
    reports,
    retention,
    revisits,
    samples,
    sighted,
    subjects,
    visits,
    weights,
)
from scanner.store.crawls import Crawl, Sealed
from scanner.store.dossiers import Goods, Held, Host, PageThen, ShopSeen
from scanner.store.draft import Draft
from scanner.store.figures import Figures, Labels
from scanner.store.file import PATIENCE, File
from scanner.store.findings import Decided, Fall, Rejudged
from scanner.store.identities import Said, Trait
from scanner.store.leads import Counted, Joined
from scanner.store.related import Related
from scanner.store.reports import Fate, Went
from scanner.store.retention import Claim
from scanner.store.samples import BlindSample, Page, Review
from scanner.store.sighted import LookedAt
from scanner.store.subjects import Kind, Known, Left, Saved, Sighting, Stored, Subject, Version
from scanner.store.visits import Sale, SellerPage, Visit
from scanner.store.weights import Weight


class Book(File):
    """An open book. Times are aware; ids are those of the model; filters left out (None) let everything through."""

    @classmethod
    def open(cls, path: Path, *, patience: float = PATIENCE) -> Book:
        """Open or create the book; ``patience``: seconds to wait for another writer. Raises StoreError."""
        return cls(path, migrations.book, patience=patience)

    def __enter__(self) -> Book:
        return self

    # --- crawls and captures ---

    def start_crawl(
        self, crawl: str, kind: str, subjects: tuple[str, ...], time: datetime, *, rulebook: str = ""
    ) -> None:
        """Begin the crawl with id ``crawl`` (kind: scan, crawl, import, demo) over addresses or files."""
        crawls.start(self, crawl, kind, subjects, time, rulebook)

    def finish_crawl(self, crawl: str, state: CrawlState, time: datetime, ended: Mapping[str, Any]) -> None:
        """End a crawl with its state and what it says of itself (JSON values)."""
        crawls.finish(self, crawl, state, time, ended)

    def of_campaign(self, crawl: str, campaign: str) -> None:
        """Note that a crawl is a run of a campaign."""
        crawls.of_campaign(self, crawl, campaign)

    def runs(self, campaign: str, *, limit: int | None = None) -> Iterator[Crawl]:
        """The runs of a campaign, the newest first; one that was killed has no end."""
        return crawls.runs(self, campaign, limit)

    def crawls(self) -> Iterator[Crawl]:
        """All crawls, the newest first."""
        return crawls.all_of(self)

    def save_capture(self, capture: Capture, outcome: Outcome, crawl: str = "") -> None:
        crawls.save(self, capture, outcome, crawl)

    def captures(
        self, *, crawl: str | None = None, storefront: str | None = None, outcome: Outcome | None = None,
        limit: int | None = None,
    ) -> Iterator[Sealed]:  # fmt: skip
        """(capture, outcome, crawl), oldest first."""
        return crawls.sealed(self, crawl, storefront, outcome, limit)

    def capture(self, capture_id: str) -> Sealed | None:
        return crawls.one(self, capture_id)

    def save_named(self, capture_id: str, named: Sequence[Named]) -> None:
        """Keep what the list in a capture names, in its order."""
        crawls.save_named(self, capture_id, named)

    def named(self, capture_id: str) -> tuple[Named, ...]:
        """What the list in a capture names; nothing where it is none."""
        return crawls.named(self, capture_id)

    def shut(self, *, storefront: str | None = None, limit: int | None = None) -> Iterator[Sealed]:
        """The addresses where a door was shut and nothing was read since, by their last look, the newest first."""
        return crawls.shut(self, storefront, limit)

    def statuses(self, crawl: str) -> dict[int, int]:
        """How many captures of a crawl had which HTTP status."""
        return crawls.statuses(self, crawl)

    def listings_of(self, crawl: str) -> Iterator[Listing]:
        """The listings that a crawl saw, each as it saw it last."""
        return subjects.of_crawl(self, crawl)

    def last_look(self, storefront: str, url: str) -> Sealed | None:
        """The newest capture of an address of a storefront, spelt as it was asked for; None if it never was."""
        return crawls.last_look(self, storefront, url)

    # --- keeping and deleting ---

    def claims(self) -> Iterator[Claim]:
        """All leads, ended ones too, with the captures (ids) that each rests on."""
        return retention.claims(self)

    def mark_purged(self, captures: Iterable[str], line: int, time: datetime) -> int:
        """Note that the records of these captures were purged, as journal ``line`` logs; how many were not noted yet."""
        return retention.mark(self, captures, line, time)

    # --- listings and sellers ---

    def save_listing(self, listing: Listing, capture_id: str, time: datetime) -> Saved:
        """Keep a listing as seen in a capture: "new", a "version" it never had, or one more "sighting"."""
        return subjects.save(self, listing, capture_id, time)

    def save_pieces(self, subject: Listing | Seller, page: str, captures: Iterable[str]) -> None:
        """Keep the captures, beside that of its page, that this version was read from."""
        subjects.save_pieces(self, subject, page, captures)

    def pieces(self, subject: Listing | Seller, *, page: str | None = None) -> list[str]:
        """The captures, beside that of its page (each, or the one named), that this version was read from."""
        return subjects.pieces(self, subject, None if page is None else (page,))

    def save_seller(self, seller: Seller, capture_id: str, time: datetime, *, template: str = "") -> Saved:
        """As ``save_listing``; of a version that is new also the ``template`` of its page."""
        return subjects.save(self, seller, capture_id, time, template)

    def listings(
        self, *, storefront: str | None = None, key: str | None = None, limit: int | None = None
    ) -> Iterator[Known[Listing]]:
        """(listing, first seen, last seen, sightings) in the latest version; ``key``: of one seller (seller_key)."""
        return subjects.known(self, Listing, storefront=storefront, key=key, limit=limit)

    def sellers(
        self, *, storefront: str | None = None, key: str | None = None, limit: int | None = None
    ) -> Iterator[Known[Seller]]:
        return subjects.known(self, Seller, storefront=storefront, key=key, limit=limit)

    def listing(self, listing_id: str) -> Known[Listing] | None:
        return next(subjects.known(self, Listing, id=listing_id), None)

    def seller(self, seller_id: str) -> Known[Seller] | None:
        return next(subjects.known(self, Seller, id=seller_id), None)

    def stored(self, model: type[Subject], *, older: bool = False) -> Iterator[Stored[Subject]]:
        """Every listing or seller in its latest version, with the last capture that showed it so; with ``older`` also
        versions before it that have findings. The book may be written in between."""
        return subjects.stored(self, model, older=older)

    def count(self, kind: Kind) -> int:
        return subjects.count(self, kind)

    def listing_version(self, listing_id: str, version: str) -> Listing | None:
        """What a listing said in one version, which need not be the latest."""
        return subjects.version(self, Listing, listing_id, version)

    def seller_version(self, seller_id: str, version: str) -> Seller | None:
        return subjects.version(self, Seller, seller_id, version)

    def template(self, seller_id: str, version: str) -> str:
        """The template of the page that a version of a seller's page was first read from."""
        return subjects.template(self, seller_id, version)

    def still_shown(self, subject: Listing | Seller, *, but: str) -> bool:
        """Whether a capture that was not purged, other than ``but``, showed this version."""
        return subjects.still_shown(self, subject, but)

    def left(self, storefronts: Container[str]) -> Iterator[Left]:
        """Every version on these storefronts (as in a seller's key) that a capture shows which was not purged."""
        return subjects.left(self, storefronts)

    def versions(self, kind: Kind, subject_id: str) -> list[Version]:
        return subjects.versions(self, kind, subject_id)

    def sightings(self, kind: Kind, subject_id: str) -> list[Sighting]:
        return subjects.sightings(self, kind, subject_id)

    def ids(self, kind: Kind | Literal["capture"], beginning: str, *, limit: int = 5) -> list[str]:
        """The ids of this kind that begin so, for people who type only the first characters."""
        return subjects.ids(self, kind, beginning, limit)

    # --- text in pictures ---

    def save_picture(self, sha256: str, reading: Reading) -> None:
        """Keep what a picture says, by the hash of its bytes."""
        pictures.save(self, sha256, reading)

    def picture(self, sha256: str, engine: str) -> Reading | None:
        """What ``engine`` read of a picture before, or None."""
        return pictures.known(self, sha256, engine)

    def take_pictures(self, before: Path) -> None:
        """Take over what the book at ``before`` knows of pictures. Raises StoreError."""
        pictures.take(self, before)

    # --- findings ---

    def save_findings(self, found: Iterable[Finding], capture_id: str, time: datetime, *, rulebook: str = "") -> None:
        """Keep findings with the capture they rest on; found again they stay as they are (see ``findings.save``)."""
        findings.save(self, found, capture_id, time, rulebook)

    def set_second_look(self, finding_id: str, look: SecondLook, capture_id: str) -> None:
        """Note what the evidence lane saw of a finding; ``capture_id`` is "" when it did not get there."""
        findings.look_again(self, finding_id, look, capture_id)

    def second_captures(self) -> frozenset[str]:
        """The captures that second looks made: they confirm what another capture showed."""
        return findings.second_captures(self)

    def rules_found(self) -> frozenset[str]:
        """The rules that ever found something, also those that are no more."""
        return findings.rules(self)

    def findings(
        self, *, subject: str | None = None, version: str | None = None, rule: str | None = None
    ) -> Iterator[Proof]:
        """Findings with their captures and second looks, in the order they were first seen."""
        return findings.proofs(self, subject=subject, version=version, rule=rule)

    def found_in(self, crawl: str) -> Iterator[Finding]:
        """The findings that stand of what a crawl saw, whichever crawl made them first."""
        return findings.of_crawl(self, crawl)

    def finding(self, finding_id: str) -> Proof | None:
        return next(findings.proofs(self, id=finding_id), None)

    def standing(self, subject: str, version: str) -> list[Finding]:
        """The findings of one version that stand: not those which judging again no longer made."""
        return findings.standing(self, subject, version)

    def decided_findings(self, rule: str) -> Iterator[Decided]:
        """The findings of a rule that stand and are in a lead, with what was decided of it."""
        return findings.decided(self, rule)

    def fell(self, found: Iterable[str], outcome: Fall, time: datetime, *, rulebook: str) -> None:
        """Note that findings, by id, no longer stand under ``rulebook``; their live leads are weighed again."""
        ids = list(found)
        with self.write():
            findings.fell(self, ids, outcome, rulebook, time)
            leads.weigh(self, ids)

    def fallen(self, number: int) -> list[Rejudged]:
        """The findings of a lead that no longer stand."""
        return findings.fallen(self, number)

    def figures(self, *, recent: datetime, decided: datetime | None = None) -> Iterator[Figures]:
        """Of every rule with findings: how many, how many since ``recent``, and what people decided of their leads
        (since ``decided`` where given)."""
        return figures.of_rules(self, recent, decided)

    def pages_since(self, day: datetime) -> int:
        """How many listings and sellers' pages were seen since then."""
        return figures.pages_since(self, day)

    # --- who was visited ---

    def visits(self) -> Iterator[Visit]:
        """Every capture, without its records, in no order."""
        return visits.all_of(self)

    def seller_pages(self) -> Iterator[SellerPage]:
        """Who the sellers' pages say they are, in every version, with the captures that showed it so."""
        return visits.seller_pages(self)

    def sales(self, storefronts: Sequence[str]) -> Iterator[Sale]:
        """Whose the listings of these storefronts are, as their pages say."""
        return visits.sales(self, storefronts)

    def sellers_at(self) -> Iterator[tuple[str, int]]:
        """Storefronts with the number of different sellers that their listings name."""
        return visits.sellers_at(self)

    def seen_listings(self) -> Iterator[tuple[str, str]]:
        """(listing, capture) of every sighting, by id, in no order."""
        return visits.seen_listings(self)

    def live_leads(self) -> Iterator[tuple[str, str, int]]:
        """(storefront, seller key, how many) of the leads that are not ended."""
        return leads.live(self)

    # --- leads ---

    def merge_leads(self, drafts: Iterable[Draft], *, opened: datetime) -> list[Lead]:
        """Open or extend leads from what ``leads.gather`` made; returns those that hold the drafts' findings now,
        ended ones too, gravest first."""
        return leads.merge(self, drafts, opened)

    def attach_leads(self, drafts: Iterable[Draft], *, opened: datetime) -> set[int]:
        """As ``merge_leads``, but only the leads' numbers: for many drafts in turn."""
        return leads.attach(self, drafts, opened)

    def leads(
        self, *, state: str | None = None, matter: Matter | None = None, severity: Severity | None = None,
        verdict: Verdict | None = None, storefront: str | None = None, limit: int | None = None,
    ) -> Iterator[Lead]:  # fmt: skip
        """Leads by number, their findings gravest first."""
        return leads.leads(
            self, state=state, matter=matter, severity=severity, verdict=verdict, storefront=storefront, limit=limit
        )

    def counted_leads(
        self, *, state: str | None = None, matter: Matter | None = None, storefront: str | None = None,
        unit: str | None = None, source: LeadSource | None = None, due: date | None = None, after: int = 0,
        limit: int | None = None,
    ) -> Iterator[Counted]:  # fmt: skip
        """Leads without their findings, and how many they have: by number, or with ``due`` the live ones whose result is due
        on that day or before, the earliest first."""
        return leads.counted(
            self, state=state, matter=matter, storefront=storefront, unit=unit, source=source, due=due, after=after,
            limit=limit,
        )  # fmt: skip

    def lead(self, number: int) -> Lead:
        """One lead. Raises UsageError where there is none of that number."""
        lead = leads.one(self, number)
        if lead is None:
            raise leads.no_lead(number)
        return lead

    def joined(self, number: int) -> list[Joined]:
        """The sellers, recognised as a lead's own, that it has taken in, and why."""
        return leads.joined(self, number)

    def referenced(self, reference: str) -> int:
        """The number of the lead with a reference of whoever sent it. Raises UsageError where none or several have it."""
        return leads.referenced(self, reference)

    def decide(self, decision: Decision) -> None:
        """Add a step and set what follows of it; kept for good when this returns."""
        decisions.decide(self, decision)

    def decisions(self, number: int) -> list[Decision]:
        return decisions.of_lead(self, number)

    def steps(self, *, before: datetime | None = None, acts: Collection[Act] = ()) -> Iterator[Decision]:
        """Every step of every lead (before a time; of these acts), by lead, oldest first."""
        return decisions.until(self, before, acts)

    def next_lead(self) -> int:
        """The number that the next new lead will have."""
        return decisions.next_number(self)

    # --- what others tell ---

    def take_report(self, report: Report, *, at: datetime) -> tuple[Went, ...]:
        """Keep what somebody told and give it to its leads (see ``reports``); known as it is, it changes nothing."""
        return reports.take(self, report, at)

    def report(self, report: str) -> Report | None:
        """A report by id."""
        return reports.known(self, report)

    def reports(self, number: int) -> list[Report]:
        """What others told of a lead, and of the leads merged into it."""
        return reports.of_lead(self, number)

    def fates(self, report_id: str) -> list[Fate]:
        """What became of the leads of a report and of those that they were merged into."""
        return reports.fates(self, report_id)

    def went(self, report: str) -> tuple[Went, ...]:
        """The leads that a report went to."""
        return reports.went(self, report)

    def related(self, number: int) -> list[Related]:
        """Leads that may belong to a lead: the same seller's, similar ones, each with its reasons."""
        return related.of_lead(self, number)

    def weights(self, number: int | None = None) -> Iterator[Weight]:
        """What the priority of a lead, or of every lead, is made of."""
        return weights.of(self, number)

    # --- leads in themselves ---

    def emptied(self) -> list[int]:
        """The leads that wait for a decision and of which no finding stands any more."""
        return leads.emptied(self)

    def decided(self, found: Iterable[str]) -> frozenset[int]:
        """The leads that hold one of these findings, by id, and that a person has decided on."""
        return leads.decided(self, found)

    def save_revisit(self, pair: Revisit) -> None:
        """Keep what looking again at a page of a lead came to; the lead stays as it is."""
        revisits.save(self, pair)

    def revisits(self, number: int) -> list[Revisit]:
        """The sealed pairs of a lead, oldest first."""
        return revisits.of_lead(self, number)

    def last_revisit(self, subject: str) -> RevisitResult | None:
        """What the latest revisit that saw something of a listing or seller's page came to."""
        return revisits.last_result(self, subject)

    def case(self, number: int, *, made: datetime, unit: str = "", operator: str = "", mark: str = "") -> CaseFile:
        """Everything a package of the lead is made of. Raises UsageError where there is none of that number."""
        gathered = case.case(self, number, made=made, unit=unit, operator=operator, mark=mark)
        if gathered is None:
            raise leads.no_lead(number)
        return gathered

    # --- who is the same seller ---

    def save_traits(self, key: str, traits: Iterable[Trait]) -> None:
        """Add what the seller of this key (``draft.seller_key``) showed of itself."""
        identities.save(self, key, traits)

    def drop_traits(self) -> list[tuple[str, str, str]]:
        """Take out the traits whose capture was purged: (seller key, kind, value) of each. See ``leads.same.fading``."""
        return identities.drop(self)

    def traits(self, key: str) -> list[Trait]:
        """All that a seller showed of itself in captures that were not purged."""
        return identities.of(self, key)

    def all_traits(self) -> Iterator[tuple[str, Trait]]:
        """(seller key, trait) of all sellers, by key."""
        return identities.every(self)

    def sharing(self, kind: str, value: str, *, limit: int) -> list[str]:
        """The first sellers, by key, that show this value."""
        return identities.sharing(self, kind, value, limit)

    def bearers(self, kind: str, value: str) -> int:
        """How many sellers show this value."""
        return identities.bearers(self, kind, value)

    def say_same(self, said: Said) -> Said:
        """Add a person's statement on two sellers; kept for good when this returns."""
        return identities.say(self, said)

    def said_same(self, key: str | None = None) -> list[Said]:
        """What people said of two sellers (of this one and another), oldest first."""
        return identities.statements(self, key)

    # --- files of sellers ---

    def pages_then(self, key: str | None = None) -> Iterator[PageThen]:
        """Every version of sellers' pages (of the seller of this key), by seller, page and time."""
        return dossiers.pages(self, key)

    def pages_at(self, storefronts: Sequence[str]) -> Iterator[PageThen]:
        """Every version of the sellers' pages on these storefronts, by seller, page and time."""
        return dossiers.pages_at(self, storefronts)

    def hosts(self) -> Iterator[Host]:
        """Every storefront of which the book holds anything, by name."""
        return dossiers.hosts(self)

    def shops_at(self, storefronts: Sequence[str]) -> Iterator[ShopSeen]:
        """The sellers seen on these storefronts, by key."""
        return dossiers.shops_at(self, storefronts)

    def goods_of(self, key: str) -> Goods:
        """How many listings a seller has, and when they were seen."""
        return dossiers.goods(self, key)

    def leads_of(self, keys: Iterable[str]) -> list[int]:
        """The leads of these sellers by number, those that took them in included."""
        return dossiers.leads(self, keys)

    def held_listings(self) -> Iterator[Held]:
        """The listings that leads hold findings of, by lead."""
        return dossiers.held(self)

    def pictures_of(self, listing_id: str) -> frozenset[str]:
        """SHA-256 of the pictures that a listing was ever read with, as far as they were fetched for it."""
        return dossiers.pictures(self, listing_id)

    def all_revisits(self) -> Iterator[Revisit]:
        """The sealed pairs of all leads, by lead, oldest first."""
        return revisits.every(self)

    # --- what was seen in a stretch of time ---

    def seen_between(self, model: type[Subject], start: datetime, end: datetime) -> Iterator[Subject]:
        """Listings or sellers' pages seen from ``start`` on and before ``end``, each as it was seen last in that time."""
        return sighted.between(self, model, start, end)

    def sellers_looked_at(self, end: datetime) -> Iterator[LookedAt]:
        """Every seller with a page that says who it is, and its last look before ``end``."""
        return sighted.looked_at(self, end)

    def last_seen(self, listing_id: str, end: datetime) -> datetime | None:
        """When a listing was seen last before ``end``."""
        return sighted.last_seen(self, listing_id, end)

    # --- how right the rules are ---

    def population(
        self, *, storefront: str = "", campaign: str = "", since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Page]:  # fmt: skip
        """The listings seen in a time (``until`` not counted) and place, each as it was seen last, by id, and whether the
        rules found anything on them."""
        return samples.population(self, storefront=storefront, campaign=campaign, since=since, until=until)

    def save_sample(self, sample: BlindSample) -> None:
        """Keep a blind sample; kept for good when this returns."""
        samples.save(self, sample)

    def save_review(self, said: Review) -> None:
        """Keep what a reviewer said of a page; kept for good when this returns."""
        samples.review(self, said)

    def sample(self, number: int) -> BlindSample:
        """A blind sample. Raises UsageError where there is none of that number."""
        return samples.one(self, number)

    def samples(self, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[BlindSample]:
        """The blind samples drawn in a time, the newest first."""
        return samples.every(self, since, until)

    def reviews(self, sample: int) -> list[Review]:
        """Every answer on a blind sample, in the order they were given."""
        return samples.reviews(self, sample)

    def next_sample(self) -> int:
        """The number that the next blind sample will have."""
        return samples.next_number(self)

    def labels(self) -> Iterator[Labels]:
        """Of every lead, by number: its matter, severity, and the rules of its findings."""
        return figures.labels(self)
