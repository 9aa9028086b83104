"""Buyers' personal data (买家个人信息) covered in what people read, and a record of what was covered.

PIPL (个人信息保护法) arts. 6, 28: no more personal data than the purpose needs. Covered: mobile numbers, identity-card numbers
(GB 11643, by their check digit), numbers of orders and parcels, buyers' names, addresses and account names where a label
says that they are one. Not covered: what the seller publishes as its own contact, which is evidence.

Owns: finding and covering these in texts — character by character, so that offsets of quotes stay right — and saying how
often. Leaves to others: pictures (``marks`` paints over the boxes found here), the archive, which is never changed.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from scanner.model import (
    CaseFile,
    Field,
    FieldNow,
    Finding,
    Listing,
    QuoteNow,
    Revisit,
    Seller,
)
from scanner.report.excerpt import field_texts

BeforeAfter = TypeVar("BeforeAfter", QuoteNow, FieldNow)
FORMAT = "qingwang-masking/1"
COVER = "＊"
KINDS = {
    "phone": "手机号码", "id_card": "身份证号码", "order": "订单号、运单号", "name": "买家姓名、账号名", "address": "收货地址",
}  # fmt: skip
BESIDE = 24  # characters before a number that say whose it is

_ASCII = {0xFF10 + n: 0x30 + n for n in range(10)} | {0xFF0D: 0x2D, 0xFF1A: 0x3A}  # same length
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}(?![0-9])")
_ID = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_ORDER = re.compile(r"(?:订单(?:编?号)?|运单号|快递单号|物流单号)[: ]{0,3}([0-9A-Za-z-]{8,40})")
_BUYER = "收货人|收件人|买家|顾客|购买者|评价人|评论人|评论者|会员名?|用户名?|网友"
_NAME = re.compile(rf"(?:{_BUYER})(?:姓名|昵称|账号)?: {{0,3}}([^\s:,，。；;、|（(<]{{1,20}})")
_ADDRESS = re.compile(r"(?:收货|收件)地址: {0,3}([^\n]{2,80})")
_BUYERS = re.compile(rf"{_BUYER}|收货|收件|评价|评论|订单|晒单|追评")
_CONTACT = re.compile(
    r"电话|热线|手机|客服|联系|咨询|微信|加[vVwW薇我微]|致电|拨打|TEL|Tel|tel|QQ|售后|店主|经营者|负责人"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to cover: ``text[start:end]``; ``kept`` where it is the seller's own."""

    kind: str
    start: int
    end: int
    kept: bool = False


@dataclass(slots=True)
class Ledger:
    """What was covered and what was left as the seller's own: kind and place -> how often."""

    masked: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    published: set[str] = field(default_factory=set)  # numbers that the seller's own pages show, digits only

    def cover(self, text: str, where: str) -> str:
        """``text`` with buyers' data covered, of the same length; counted under ``where``."""
        chars: list[str] | None = None
        for hit in hits(text, self.published):
            (self.kept if hit.kept else self.masked)[hit.kind, where] += 1
            if not hit.kept:
                chars = chars if chars is not None else list(text)
                low, high = _hidden(hit, text)
                chars[low:high] = COVER * (high - low)
        return text if chars is None else "".join(chars)


def hits(text: str, published: Container[str] = ()) -> list[Hit]:
    """What personal data a text holds, in order, without overlaps. ``published``: numbers known to be the seller's own.

    >>> [(hit.kind, hit.kept) for hit in hits("客服电话：13800138000；买家：王小明，13900139000")]
    [('phone', True), ('name', False), ('phone', False)]
    """
    flat = text.translate(_ASCII)
    found = [Hit("id_card", *m.span()) for m in _ID.finditer(flat) if _checked(m.group())]
    for kind, pattern in (("order", _ORDER), ("address", _ADDRESS), ("name", _NAME)):
        found += [Hit(kind, *m.span(1)) for m in pattern.finditer(flat)]
    for m in _PHONE.finditer(flat):
        before = flat[max(0, m.start() - BESIDE) : m.start()]
        found.append(Hit("phone", *m.span(), kept=_digits(m.group()) in published or _sellers(before)))
    made: list[Hit] = []
    for hit in sorted(found, key=lambda one: (one.start, -one.end)):
        if not made or hit.start >= made[-1].end:
            made.append(hit)
    return made


def published(sellers: Iterable[Seller]) -> set[str]:
    """The numbers on the sellers' own pages that no word says are a buyer's."""
    found = set()
    for seller in sellers:
        for text in (seller.name.text, seller.text.text, seller.image_text.text):
            flat = text.translate(_ASCII)
            for m in _PHONE.finditer(flat):
                if not _BUYERS.search(flat[max(0, m.start() - BESIDE) : m.start()]):
                    found.add(_digits(m.group()))
    return found


def masked(case: CaseFile, ledger: Ledger) -> CaseFile:
    """The case as people read it; quotes stay where they were. The number of the seller's own pages are left."""
    ledger.published |= published(case.sellers)
    listings = tuple(_listing(one, ledger) for one in case.listings)
    sellers = tuple(_seller(one, ledger) for one in case.sellers)
    subjects = dataclasses.replace(case, listings=listings, sellers=sellers).subjects
    proofs = tuple(
        dataclasses.replace(proof, finding=_finding(proof.finding, subjects, ledger)) for proof in case.proofs
    )
    decisions = tuple(dataclasses.replace(one, note=ledger.cover(one.note, "decision")) for one in case.decisions)
    revisits = tuple(_revisit(one, ledger) for one in case.revisits)
    return dataclasses.replace(
        case, listings=listings, sellers=sellers, proofs=proofs, decisions=decisions, revisits=revisits
    )


def record(ledger: Ledger, pictures: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """``masking.json``: JSON values. ``pictures``: what was covered in each picture, or why it was not looked at."""

    def rows(counted: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
        return [{"kind": kind, "where": where, "count": n} for (kind, where), n in sorted(counted.items())]

    return {
        "format": FORMAT,
        "kinds": KINDS,
        "masked": rows(ledger.masked),
        "kept_as_published_by_the_seller": rows(ledger.kept),
        "pictures": list(pictures),
        "applies_to": ["report.html", "report.pdf", "report.docx", "record.docx", "evidence-list.docx"],
        "unchanged": ["findings.json", "journal.jsonl", "lead.json", "pages.wacz"],
        "not_recognised": "没有标明是买家的姓名、账号和地址，以及图片里的文字（没有文字位置的截图、商品图片）没有遮盖",
    }


def said(ledger: Ledger, pictures: int) -> list[str]:
    """The same for the report, in Chinese. ``pictures``: places covered in screenshots."""
    total: Counter[str] = Counter()
    for (kind, _), count in ledger.masked.items():
        total[kind] += count
    named = "、".join(f"{KINDS[kind]} {count} 处" for kind, count in sorted(total.items()))
    lines = [
        f"文字中遮盖了买家的个人信息：{named}，写作“{COVER}”。" if named else "文字中没有发现需要遮盖的买家个人信息。",
        f"截图的副本中遮盖了 {pictures} 处，涂成灰色。" if pictures else "截图中没有发现需要遮盖的文字。",
    ]
    if ledger.kept:
        lines.append(f"经营者自己公布的联系方式是证据，没有遮盖（{sum(ledger.kept.values())} 处）。")
    lines.append(
        "遮盖的种类和数量记在 masking.json。原始档案、pages.wacz、findings.json 和 lead.json 没有改动，含有未遮盖的内容，交接和公开时请注意。"
    )
    return lines


def _listing(one: Listing, ledger: Ledger) -> Listing:
    def field_of(given: Field, name: str) -> Field:
        return dataclasses.replace(given, text=ledger.cover(given.text, name))

    return dataclasses.replace(
        one, title=field_of(one.title, "title"), description=field_of(one.description, "description"),
        seller=field_of(one.seller, "seller"), image_text=field_of(one.image_text, "image_text"),
        attributes=tuple(
            dataclasses.replace(a, value=ledger.cover(a.value, "attributes")) for a in one.attributes
        ),
        transcript=tuple(
            dataclasses.replace(s, text=ledger.cover(s.text, "transcript")) for s in one.transcript
        ),
    )  # fmt: skip


def _seller(one: Seller, ledger: Ledger) -> Seller:
    return dataclasses.replace(
        one, text=dataclasses.replace(one.text, text=ledger.cover(one.text.text, "text")),
        image_text=dataclasses.replace(one.image_text, text=ledger.cover(one.image_text.text, "image_text")),
    )  # fmt: skip


def _revisit(one: Revisit, ledger: Ledger) -> Revisit:
    def both(given: BeforeAfter) -> BeforeAfter:
        return dataclasses.replace(
            given, before=ledger.cover(given.before, "revisit"), after=ledger.cover(given.after, "revisit")
        )

    return dataclasses.replace(
        one, quotes=tuple(both(quote) for quote in one.quotes), fields=tuple(both(field) for field in one.fields)
    )


def _finding(one: Finding, subjects: Mapping[tuple[str, str], Listing | Seller], ledger: Ledger) -> Finding:
    """A finding whose quote reads as the field does now; a quote without its field is covered by itself."""
    subject = subjects.get((one.subject_id, one.version))
    texts = field_texts(subject, one.field) if subject is not None else ()
    same = [text[one.start : one.end] for text in texts if _alike(text[one.start : one.end], one.quote)]
    quote = same[0] if same else ledger.cover(one.quote, "quote")
    return dataclasses.replace(one, quote=quote)


def _alike(covered: str, quote: str) -> bool:
    if covered == quote:
        return True
    return len(covered) == len(quote) and all(a in (b, COVER) for a, b in zip(covered, quote, strict=True))


def _sellers(before: str) -> bool:
    """Whether the words before a number say that it is the seller's; the nearest word counts."""
    contact = max((m.end() for m in _CONTACT.finditer(before)), default=-1)
    buyer = max((m.end() for m in _BUYERS.finditer(before)), default=-1)
    return contact > buyer


def _hidden(hit: Hit, text: str) -> tuple[int, int]:
    """Which part is covered: enough stays to tell one from another."""
    length = hit.end - hit.start
    if hit.kind == "phone":
        digits = [at for at in range(hit.start, hit.end) if text[at].isdigit()][-11:]
        return digits[3], digits[9]
    if hit.kind == "name":
        return hit.start + min(1, length - 1), hit.end
    if hit.kind == "address":
        return hit.start, hit.end
    return hit.start + 2, hit.end - 2


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)[-11:]


def _checked(number: str) -> bool:
    """GB 11643: ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11] == number[17].upper()
