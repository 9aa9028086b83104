"""The nouns: what flows through the line, as frozen values without behaviour.

    page -> Capture (取证页) -> Listing (商品页) | Seller (经营者页) -> Finding (发现) -> Lead (线索) -> package (证据包)

Owns: the shapes and the words. Leaves to others: making them (families, judge, gather), keeping them (store,
evidence), saying them in Chinese (report, cli). All times are aware UTC; all offsets count Unicode code points,
end exclusive; all digests are lower-case hex unless said otherwise.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Literal


def content_id(*parts: str) -> str:
    """The id of a value made from what it holds: 80 bits of SHA-256 over the parts, 20 hex characters.

    >>> content_id("a", "b") == content_id("ab", "")
    False
    """
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:20]


@cache
def field_names(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass in their order, None for any other type; remembered, for it is asked of every value written."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None


# --- words -------------------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of a captured page (取证结果)."""

    READ = "read"
    NOT_A_PRODUCT = "not_a_product"
    BLOCKED = "blocked"
    LOGIN = "login"
    CAPTCHA = "captcha"
    EMPTY = "empty"
    ERROR = "error"
    TOO_LARGE = "too_large"
    NOT_HTML = "not_html"
    REFUSED = "refused"


class CrawlState(StrEnum):
    """How a crawl ended (巡查任务). Only a complete one may say "nothing found"."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    BLOCKED = "blocked"


class FieldState(StrEnum):
    """Whether a page says something (字段状态). ``SEEN`` carries a value; the others say why there is none."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"  # 未取到: loaded later, only in an API or a picture
    ABSENT = "absent"  # 页面没有
    UNREADABLE = "unreadable"  # 无法辨认
    NOT_LOOKED_AT = "not_looked_at"  # 未检查


class DutyState(StrEnum):
    """What became of a duty to show something (展示情况). The last four are those of a field: why nothing was found."""

    SEEN = "seen"  # 已展示, as text
    PICTURE = "picture"  # 只在图片里
    LINK = "link"  # 只有链接: it was not followed, or nothing can be said of what came back
    LINK_ALIVE = "link_alive"  # 只有链接, and it leads to a page
    LINK_DEAD = "link_dead"  # 只有链接, and it leads nowhere
    SIMILAR = "similar"  # 有相近的话: not the words prescribed
    NOT_SEEN = "not_seen"  # 未取到
    UNREADABLE = "unreadable"  # 无法辨认
    NOT_LOOKED_AT = "not_looked_at"  # 未检查
    ABSENT = "absent"  # 页面没有


class Lane(StrEnum):
    """How a capture came in: the fast lane (HTTP), the evidence lane (a real browser), or brought by a person."""

    HTTP = "http"
    BROWSER = "browser"
    IMPORT = "import"


class Matter(StrEnum):
    """What a rule and a lead are about (事项); also the kind of a rule and the name of its folder."""

    REGISTRATION = "registration"
    DISPLAY = "display"
    RESTRICTED = "restricted"
    CLAIM = "claim"
    SCOPE = "scope"
    ADVERT = "advert"


class Verdict(StrEnum):
    """Of a finding only (判断): 违规, 存疑, 未能核实."""

    VIOLATION = "violation"
    SUSPECT = "suspect"
    UNVERIFIED = "unverified"


class Severity(StrEnum):
    """严重程度, low to critical."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Standing(StrEnum):
    """How a number stands in the register on a day (状态); the order here is gravest first."""

    MALFORMED = "malformed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OTHER_HOLDER = "other_holder"
    OTHER_PRODUCT = "other_product"
    NOT_LISTED = "not_listed"
    REGISTERED_TERM_UNKNOWN = "registered_term_unknown"
    IN_FORCE = "in_force"
    CANNOT_SAY = "cannot_say"


class SecondLook(StrEnum):
    """What the evidence lane's visit adds to a finding. Imported captures have none."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    NOT_REACHED = "not_reached"
    NONE = "none"


class RevisitResult(StrEnum):
    """What looking again at a page of a lead came to (复查结果). Only the first five say something of the page; ``gone`` closes
    no lead."""

    SAME = "same"  # 没有变化
    CHANGED = "changed"  # 有变化
    GONE = "gone"  # 已下架 or deleted
    MOVED = "moved"  # 转到别处
    RELISTED = "relisted"  # 重新上架: was gone at the revisit before, is there again
    BLOCKED = "blocked"  # 被拦截
    LOGIN = "login"  # 要登录
    NOT_REACHED = "not_reached"  # 没有看到


# --- capture -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP exchange as it went over the wire, both directions (after TLS).

    ``sent``/``received`` are raw bytes: request line, headers, body; status line, headers, body with its transfer
    and content encodings. ``received`` may be empty (no answer) or cut (``truncated`` says why: ``disconnect``,
    ``time``, ``length``). ``reconstructed`` marks exchanges rebuilt from a recording (HAR), whose bytes are not
    those of the wire. ``chain`` is the server's certificate chain as sent, DER, leaf first.
    """

    url: str
    method: str
    started: datetime
    ended: datetime
    sent: bytes
    received: bytes
    ip: str = ""
    port: int = 0
    tls: str = ""  # "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: plain HTTP
    chain: tuple[bytes, ...] = ()
    truncated: str = ""
    reconstructed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something made by looking, not received: a screenshot, the page on paper, the rendered DOM, its text, a script's answer.

    ``name`` is one of ``screenshot`` ``screenshot-full`` ``boxes`` ``print`` ``dom`` ``text`` ``environment`` ``cdp``.
    """

    name: str
    media_type: str
    body: bytes
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the sealing takes: one look at one address, not yet on disk."""

    url: str  # as asked for
    storefront: str  # host[:port], or the name of an import's back end
    lane: Lane
    time: datetime  # when the look began
    exchanges: tuple[Exchange, ...]  # fast lane and import: one; browser: the page's own first
    resources: tuple[Resource, ...] = ()
    note: tuple[tuple[str, str], ...] = ()  # facts of how it came about: crawl, origin file, what could not be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRef:
    """Where one WARC record lies: ``file`` inside the archive folder, compressed offset and length in bytes,
    SHA-256 and SM3 of the record's block (uncompressed)."""

    type: str  # request | response | resource | metadata | warcinfo
    uri: str
    file: str
    offset: int
    length: int
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A sealed visit (取证页): records in the archive plus one journal line.

    ``status`` is 0 when nothing came back. ``digest`` is the SHA-256 of the main exchange's entity bytes (as sent,
    before content decoding); ``id`` hashes (time, url, digest, storefront). ``journal`` is the line's sequence number.
    """

    id: str
    url: str
    storefront: str
    lane: Lane
    time: datetime
    status: int
    media_type: str
    digest: str
    size: int
    records: tuple[RecordRef, ...]
    journal: int
    ip: str = ""
    note: tuple[tuple[str, str], ...] = ()


# --- what a page says --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a page says or does not. ``source`` tells where: ``json-ld:name``, ``table``, ``path:data.name``."""

    state: FieldState
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One row of a specification table: the seller's own label and value, and where it stood."""

    name: str
    value: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something said in a live stream or video: when it begins (``00:12:03``), the words, by whom if that is known."""

    at: str
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One thing that a list names, as it stands there: a product's card on a platform's list, or a search engine's result.

    Texts are "" where the list shows none. ``goods``: what kind the title names (``drug`` ``food`` ``device`` ``other``
    ``unclear``). ``forwards``: the address is the engine's own and only leads on to one that is not known.
    """

    kind: Literal["product", "result"]
    url: str
    title: str
    text: str = ""  # a result's snippet
    price: str = ""
    seller: str = ""
    goods: str = ""
    sponsored: bool = False
    forwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A registration, filing or licence number found in a text (编号).

    ``number`` is canonical (NFKC, no spaces, half-width brackets, no trailing 号); ``raw == text[start:end]``.
    ``valid`` is ``False`` when a hard check failed, ``"unknown"`` after a repair or for a local variant. ``why``
    says it in Chinese, empty when there is nothing to say. ``parts`` are the pieces of the number by name.
    """

    type: str
    number: str
    raw: str
    start: int
    end: int
    valid: Literal[True, False, "unknown"]
    why: str = ""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSeen:
    """A number and the field it stood in (``title``, ``description``, ``attribute:注册证号``, ``image_text``,
    ``transcript:00:12:03``, ``text``)."""

    field: str
    number: Number


# Families whose listings are what an account says of goods, not a page that sells them.
POSTS = frozenset(("post",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a product page says (商品页). ``id`` = hash of (storefront, product id or canonical URL);
    ``version`` = hash of the id and everything it says. Numbers are those found in title, attributes, description, the text
    of pictures and transcript. ``transcript`` is what was said in a live stream or video, empty for pages; each piece begins at another second."""

    id: str
    version: str
    storefront: str
    family: str
    url: str
    product_id: str
    title: Field
    price: Field
    description: Field
    attributes: tuple[Attribute, ...]
    pictures: tuple[str, ...]
    seller: Field
    seller_url: str
    breadcrumbs: tuple[str, ...]
    buyable: Field  # text: what the buy button or stock line says
    image_text: Field
    numbers: tuple[NumberSeen, ...]
    transcript: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """What a shop's home or licence page says of who sells (经营者). ``pictures`` are (url, alt) pairs, ``image_text`` what
    those of licences say; ``numbers`` are all numbers in the page's text and in these pictures, licences and USCC
    included."""

    id: str
    version: str
    storefront: str
    family: str
    url: str
    page: Literal["home", "licence"]
    name: Field
    uscc: Field
    text: Field
    pictures: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]  # (url, text) of links that speak of licences or qualification
    numbers: tuple[NumberSeen, ...]
    image_text: Field = Field(state=FieldState.NOT_LOOKED_AT)


# --- register ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of a register, as its source printed it. Dates are None where the source has none."""

    number: str
    type: str
    product: str
    holder: str
    uscc: str = ""
    agent: str = ""
    scope: str = ""
    model: str = ""
    device_class: str = ""  # I II III
    code: str = ""  # NN-NN-NN of the 2017 catalogue, or 68xx
    approved_on: date | None = None
    valid_until: date | None = None
    withdrawn_on: date | None = None
    identifiers: tuple[str, ...] = ()  # UDI-DI
    source: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two values laid side by side: what the page says, what the register says, how near (0..1), and in words."""

    what: str
    page: str
    register: str
    score: float
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStamp:
    """A register source as it stood: id, as-of date, whether authoritative, whether a sample."""

    id: str
    as_of: date | None
    authoritative: bool
    sample: bool
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAnswer:
    """The register's answer for one number on one day. ``standing`` is gravest first and never empty.
    ``hard`` is True only when a source marked authoritative, covering the series and fresh enough says so."""

    number: str
    type: str
    on: date
    standing: tuple[Standing, ...]
    why: str
    hard: bool = False
    record: Record | None = None
    compared: tuple[Compared, ...] = ()
    sources: tuple[SourceStamp, ...] = ()


# --- judgement ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A legal basis in force on the day judged: law, article, point, the article of liability."""

    law: str
    article: str
    point: str = ""
    liability: str = ""
    since: date | None = None
    until: date | None = None
    verified: bool = True  # False: the article was not read in a primary text, and the report says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the goods beside the text judged; None and "" mean not known.

    ``region``: the seller's province (广东), as the licence numbers on the page name it. ``fragment``: only a piece of text was given, so display duties and "no number shown" are not looked at.
    """

    goods: Literal["device", "drug", "cosmetic", "food", "disinfectant", "goods", "unknown"] = "unknown"
    category: str = ""
    product: str = ""
    registered_scope: str | None = None
    region: str = ""
    fragment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule, one quote, one listing version or seller page (发现). ``id`` = hash of (version, rule,
    rule version, field, quote). ``quote == text of field [start:end]``; empty for something that is not there."""

    id: str
    rule: str
    rule_version: str
    kind: Matter
    verdict: Verdict
    severity: Severity
    subject: Literal["listing", "seller", "text"]
    subject_id: str
    version: str
    field: str
    quote: str
    start: int
    end: int
    says: str
    basis: tuple[Basis, ...] = ()
    standing: StandingAnswer | None = None
    beside: tuple[str, ...] = ()  # weak signs recorded beside it, in Chinese
    unchecked: tuple[str, ...] = ()  # what could not be checked, in Chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAnswer:
    """What one page does about one duty to show something (展示义务): a fact, whether or not a finding rests on it.

    ``what`` names in Chinese what must be shown, ``rule`` the display rule that asks for it. ``quote == text of field
    [start:end]``, empty where there is none; of a picture the quote is its alternative text or address and the field
    ``pictures``, of a link its words and the field ``links``, both from 0. ``link`` is the link's address.
    ``unchecked`` says in Chinese what keeps the answer from being certain.
    """

    duty: str
    rule: str
    what: str
    state: DutyState
    field: str = ""
    quote: str = ""
    start: int = 0
    end: int = 0
    link: str = ""
    unchecked: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()


# --- leads -------------------------------------------------------------------------------------------------------


class LeadSource(StrEnum):
    """Where a lead came from (线索来源)."""

    OWN = "own"
    NATIONAL = "national"
    PROVINCE = "province"
    OTHER_PROVINCE = "other_province"
    OTHER_AREA = "other_area"
    COMPLAINT = "complaint"
    TIP = "tip"
    OPINION = "opinion"
    INSPECTION = "inspection"
    OTHER = "other"


class Act(StrEnum):
    """What a person does with a lead (办理步骤); which may follow which: ``leads.states``."""

    SCREEN = "screen"
    SECURE = "secure"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    ASSIGN = "assign"
    RECEIVE = "receive"
    CHECK = "check"
    ASK = "ask"
    GRANT = "grant"
    REFUSE = "refuse"
    DISPOSE = "dispose"
    REPORT = "report"
    APPROVE = "approve"
    RETURN = "return"
    REVISIT = "revisit"
    CLOSE = "close"
    MERGE = "merge"
    UNMERGE = "unmerge"
    SPLIT = "split"
    SAMPLE = "sample"
    SUPERVISE = "supervise"
    NOTE = "note"


class Measure(StrEnum):
    """What was done about a seller (处置措施). ``unfounded``: the check on the spot found nothing (不属实)."""

    CHECKED = "checked"
    UNFOUNDED = "unfounded"
    RECTIFY = "rectify"
    TALK = "talk"
    CASE = "case"
    WARNING = "warning"
    FINE = "fine"
    INCOME = "income"
    GOODS = "goods"
    SUSPENSION = "suspension"
    REVOCATION = "revocation"
    PERSON = "person"
    EXPOSURE = "exposure"
    DISHONEST = "dishonest"
    ABNORMAL = "abnormal"


class Transfer(StrEnum):
    """To whom a matter was passed on (移送)."""

    POLICE = "police"
    TELECOM = "telecom"
    HEALTH = "health"
    CUSTOMS = "customs"
    DISCIPLINE = "discipline"
    AREA = "area"


class Stage(StrEnum):
    """Where in a device's life the checked enterprise stands (环节), as the returns' rows ask for it."""

    PRODUCTION = "production"
    DELIVERY = "delivery"
    DISTRIBUTION = "distribution"
    USE = "use"
    ONLINE = "online"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One seller × one matter (线索). ``number`` runs within the book; ``state`` is that of the last step.

    ``unit``: who has it ("" nobody yet); ``received``: when that unit signed for it; ``due``: the last day for its result
    (Beijing). ``reference``: the number it has with whoever sent it.
    """

    number: int
    storefront: str
    seller: str
    matter: Matter
    severity: Severity
    verdict: Verdict
    state: str
    opened: datetime
    findings: tuple[Finding, ...] = field(default_factory=tuple)
    source: LeadSource = LeadSource.OWN
    reference: str = ""
    unit: str = ""
    received: datetime | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody else tells of a seller (来件): a push of the national platform, a complaint, a tip, an article.

    ``id`` = hash of (source, reference), or of all it says where the sender gave no reference. ``received``: the day it
    came in, as told; ``deadline``: until when the sender wants an answer. ``seller``, ``uscc``, ``licence``: who it is about, as
    told; ``urls`` as told, ``addresses`` the same without scheme and tracking (for comparing), ``storefront`` that of the
    first. ``number``: a registration number. ``text`` has no word of who told it: ``protected`` says that the home keeps
    that apart; ``real_name`` 实名 and ``reward`` 申请奖励 may be known to all. ``file``: where it stood when it was taken.
    """

    id: str
    source: LeadSource
    matters: tuple[Matter, ...]
    reference: str = ""
    received: date | None = None
    deadline: date | None = None
    seller: str = ""
    uscc: str = ""
    licence: str = ""
    storefront: str = ""
    urls: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    platform: str = ""
    product: str = ""
    product_id: str = ""
    number: str = ""
    text: str = ""
    region: str = ""
    real_name: bool = False
    reward: bool = False
    protected: bool = False
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who told it (举报人). Kept in a file of its own and shown on the record only; ``text``: the report's own words, where
    those in the book had to be covered."""

    name: str = ""
    phone: str = ""
    address: str = ""
    other: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What a unit found and did (处置); of several, each says what was added.

    Money in yuan, two digits after the point. ``licences``: revoked ones; ``persons``: people punished; ``category``: a key
    category of the returns, ``stage`` where the enterprise stands; ``case``: the case's number in the office's own files.
    """

    measures: tuple[Measure, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    fine: str = "0.00"
    income: str = "0.00"
    licences: int = 0
    persons: int = 0
    category: str = ""
    stage: Stage = Stage.ONLINE
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A product bought for testing (购样、抽检): the order, the parcel, the seal on it, the laboratory's report and result."""

    order: str
    parcel: str = ""
    seal: str = ""
    report: str = ""
    result: Literal["pending", "qualified", "unqualified"] = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person did with a lead, when (处理). Never changed, never deleted; the next one counts.

    ``state``: the lead's state after it. ``unit``: to whom it was assigned, or who acted. ``days`` of an extension: asked for
    or granted; ``due``: the last day for a result, as it follows. ``other``: the lead merged into, or split off;
    ``moved``: the findings that went to it, by id.
    """

    lead: int
    state: str
    who: str
    when: datetime
    note: str = ""
    act: Act = Act.NOTE
    unit: str = ""
    days: int = 0
    due: date | None = None
    disposition: Disposition | None = None
    sample: Sample | None = None
    other: int = 0
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A finding with what proves it: the capture it was read from, and what the second look saw (captures by id)."""

    finding: Finding
    capture: str
    second_look: SecondLook = SecondLook.NONE
    second_capture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteNow:
    """What became of one quote. ``finding``: the one before, or of ``new`` ones the one now. ``before`` and ``after``: the
    words with what stands around them; "" where there are none."""

    finding: str
    rule: str
    field: str
    change: Literal["kept", "gone", "altered", "new", "not_looked_at"]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNow:
    """A field that says something else now; long texts are cut, whole they stand in the two versions."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A listing of the same seller at another address that may be the same goods: a suggestion, with its reasons in Chinese."""

    listing: str
    url: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """A sealed pair (前后对照): one page of a lead when its findings were made, and looked at again.

    ``before`` and ``after`` are captures by id (``after`` "" where nothing came back), ``through`` those of the redirects
    between; ``version`` and ``version_after`` what the page said then and now ("" where it was not read). ``why`` says in
    Chinese what the result rests on, ``moved_to`` where the address leads now.
    """

    lead: int
    subject: Literal["listing", "seller"]
    subject_id: str
    url: str
    before: str
    after: str
    through: tuple[str, ...]
    version: str
    version_after: str
    time: datetime
    result: RevisitResult
    why: str = ""
    moved_to: str = ""
    quotes: tuple[QuoteNow, ...] = ()
    fields: tuple[FieldNow, ...] = ()
    alike: tuple[Alike, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything a package is made of, gathered from the book, before anything is written."""

    lead: Lead
    proofs: tuple[Proof, ...]
    listings: tuple[Listing, ...]
    sellers: tuple[Seller, ...]
    captures: tuple[Capture, ...]
    outcomes: tuple[tuple[str, Outcome], ...]  # capture id -> outcome
    decisions: tuple[Decision, ...]
    sources: tuple[SourceStamp, ...]
    rulebook: str  # hash of the rulebook applied
    unit: str
    operator: str
    made: datetime
    mark: str = ""  # 演示数据 (demo data) or 演练 (rehearsal): printed on every page, and never called evidence
    revisits: tuple[Revisit, ...] = ()  # oldest first

    @property
    def subjects(self) -> dict[tuple[str, str], Listing | Seller]:
        """Listings and sellers by (id, version), as findings name them."""
        found: dict[tuple[str, str], Listing | Seller] = {(one.id, one.version): one for one in self.listings}
        return found | {(one.id, one.version): one for one in self.sellers}
