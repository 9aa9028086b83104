"""Real exchanges, sealed for real: what the tests of this room work on. Invented shop, invented company (演示)."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanner.evidence.archive.sealing import Archive
from scanner.evidence.checking import verify
from scanner.evidence.journal.file import Journal
from scanner.evidence.package.build import build
from scanner.evidence.package.environment import crawls_of, describe
from scanner.evidence.signing.keys import Keys
from scanner.model import (
    Attribute,
    Basis,
    Capture,
    CaseFile,
    Decision,
    Exchange,
    Field,
    FieldState,
    Finding,
    Lane,
    Lead,
    Listing,
    Matter,
    Number,
    NumberSeen,
    Outcome,
    Proof,
    Record,
    Resource,
    SecondLook,
    Severity,
    SourceStamp,
    Standing,
    StandingAnswer,
    Verdict,
    Visit,
    content_id,
)

WHEN = datetime(2026, 11, 22, 3, 4, 5, 678_000, UTC)
SHOP = "shop.demo.example"
TITLE = "演示牌颈椎治疗仪 治愈率高达９９％ 械注准20990000001"
PAGE = f"<html><head><meta charset=utf-8><title>{TITLE}</title></head><body><h1>{TITLE}</h1></body></html>".encode()
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SOFTWARE = {"software": "qingwang test", "python": "3"}
RULE = "claim-cure-rate"


def answer(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def exchange(url: str, received: bytes, *, method: str = "GET", body: bytes = b"", **more: object) -> Exchange:
    target = url.partition("://")[2].partition("/")[2]
    length = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body) if body else b""
    sent = b"%b /%b HTTP/1.1\r\nHost: %b\r\n%b\r\n%b" % (
        method.encode(), target.encode(), SHOP.encode(), length, body,
    )  # fmt: skip
    made = Exchange(
        url=url, method=method, started=WHEN, ended=WHEN + timedelta(milliseconds=80), sent=sent, received=received,
        ip="93.184.215.14", port=80,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def visit(*exchanges: Exchange, at: int = 0, lane: Lane = Lane.HTTP, resources: tuple[Resource, ...] = ()) -> Visit:
    url = exchanges[0].url if exchanges else f"http://{SHOP}/"
    return Visit(
        url=url, storefront=SHOP, lane=lane, time=WHEN + timedelta(seconds=at), exchanges=exchanges,
        resources=resources, note=(("crawl", "7"),),
    )  # fmt: skip


def visits() -> list[Visit]:
    """A product page (gzip), a JSON answer to a POST (chunked, with trailers), a browser's visit over TLS."""
    page = exchange(
        f"http://{SHOP}/goods/1?from=list&x=1",
        answer(gzip.compress(PAGE, mtime=0), b"Content-Type: text/html; charset=utf-8", b"Content-Encoding: gzip",
               b"Set-Cookie: a=1", b"Set-Cookie: b=2"),
    )  # fmt: skip
    data = json.dumps({"data": {"name": TITLE}}, ensure_ascii=False).encode()
    chunked = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        b"%x\r\n%b\r\n0\r\nX-Sum: 1\r\n\r\n" % (len(data), data)
    )
    api = exchange(f"http://{SHOP}/api/detail", chunked, method="POST", body=b'{"id":1}')
    tls = {"tls": "TLSv1.3 TLS_AES_256_GCM_SHA384", "port": 443, "chain": (b"leaf" * 50, b"root" * 50)}
    browser = (
        exchange(f"https://{SHOP}/goods/1", answer(PAGE, b"Content-Type: text/html"), **tls),
        exchange(f"https://{SHOP}/pic.png", answer(PNG, b"Content-Type: image/png"), **tls),
    )
    seen = (
        Resource(name="screenshot", media_type="image/png", body=PNG, made=WHEN),
        Resource(name="dom", media_type="text/html; charset=utf-8", body=PAGE, made=WHEN),
    )
    return [visit(page), visit(api, at=1), visit(*browser, at=2, lane=Lane.BROWSER, resources=seen)]


def case_of(captures: list[Capture], *, mark: str = "") -> CaseFile:
    """A lead with two findings on one listing, as the book would gather it."""
    url = captures[0].url
    seen = Field(state=FieldState.SEEN, text=TITLE, source="json-ld:name")
    nothing = Field(state=FieldState.ABSENT)
    start = TITLE.index("治愈率")
    number = Number(type="device_reg", number="械注准20990000001", raw="械注准20990000001", start=22, end=36, valid=False,
                    why="演示编号")  # fmt: skip
    listing = Listing(
        id=content_id(SHOP, "1"), version=content_id("v", TITLE), storefront=SHOP, family="generic", url=url,
        product_id="1", title=seen, price=Field(state=FieldState.SEEN, text="199.00", source="json-ld:price"),
        description=nothing, attributes=(Attribute(name="品牌", value="演示牌", source="table"),), pictures=(),
        seller=Field(state=FieldState.SEEN, text="演示医疗器械有限公司"), seller_url="", breadcrumbs=("演示", "理疗"),
        buyable=nothing, image_text=Field(state=FieldState.NOT_LOOKED_AT), numbers=(NumberSeen(field="title", number=number),),
    )  # fmt: skip
    stamp = SourceStamp(id="udi", as_of=WHEN.date(), authoritative=False, sample=True)
    standing = StandingAnswer(
        number=number.number, type=number.type, on=WHEN.date(), standing=(Standing.CANNOT_SAY,), why="sample",
        record=Record(number=number.number, type=number.type, product="演示治疗仪", holder="演示医疗器械有限公司"),
        sources=(stamp,),
    )  # fmt: skip

    def finding(rule: str, quote: str, kind: Matter, **more: object) -> Finding:
        at = TITLE.index(quote)
        made = Finding(
            id=content_id(listing.version, rule, "1", "title", quote), rule=rule, rule_version="1", kind=kind,
            verdict=Verdict.VIOLATION, severity=Severity.HIGH, subject="listing", subject_id=listing.id,
            version=listing.version, field="title", quote=quote, start=at, end=at + len(quote), says="页面说明治愈率。",
            basis=(Basis(law="广告法", article="第十六条", since=datetime(2015, 9, 1, tzinfo=UTC).date()),),
        )  # fmt: skip
        return replace(made, **more)  # type: ignore[arg-type]

    found = (
        finding(RULE, TITLE[start : start + 8], Matter.CLAIM),
        finding("number-malformed", "械注准20990000001", Matter.REGISTRATION, standing=standing),
    )
    last = captures[-1].id
    return CaseFile(
        lead=Lead(
            number=12, storefront=SHOP, seller="演示医疗器械有限公司", matter=Matter.CLAIM, severity=Severity.HIGH,
            verdict=Verdict.VIOLATION, state="open", opened=WHEN, findings=found,
        ),
        proofs=tuple(
            Proof(finding=f, capture=captures[0].id, second_look=SecondLook.CONFIRMED, second_capture=last) for f in found
        ),
        listings=(listing,), sellers=(), captures=tuple(captures),
        outcomes=tuple((c.id, Outcome.READ) for c in captures),
        decisions=(Decision(lead=12, state="checked", who="演示员", when=WHEN, note="属实"),), sources=(stamp,),
        rulebook="ab" * 32, unit="演示市场监督管理局", operator="演示员", made=WHEN + timedelta(hours=1), mark=mark,
    )  # fmt: skip


RULES = {
    f"claim/{RULE}.yaml": b"id: claim-cure-rate\n",
    "registration/number-malformed.yaml": b"id: number-malformed\n",
    "lists/率词.yaml": "words: [治愈率]\n".encode(),
}

# Papers that say nothing: their contents are the business of the report's own tests and of test_handover.
DOCUMENTS = {name: f"演示文书 {name}".encode() for name in verify.DOCUMENTS}


@dataclass(frozen=True)
class Site:
    """A home with sealed captures, closed again."""

    root: Path
    captures: list[Capture]

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def environment(self) -> dict[str, Any]:
        return describe(self.journal, crawls_of(self.captures))

    def package(self, out: Path, *, zip: bool = False, mark: str = "") -> Path:
        """Build a package of everything sealed here."""
        case = case_of(self.captures, mark=mark)
        report = f"<!doctype html><meta charset=utf-8><title>演示报告</title><p>{mark}</p>".encode()
        with Journal.open(self.journal) as journal, Archive.open(self.archive, journal, SOFTWARE) as archive:
            return build(
                case, report=report, documents=DOCUMENTS, archive=archive, journal=journal,
                keys=Keys.open(self.root / "keys"), rules=RULES, environment=self.environment, out=out, zip=zip,
            )  # fmt: skip


def seal_all(root: Path, *, mark: str = "", more: list[Visit] | None = None) -> Site:
    """Seal :func:`visits` (and more) in ``root``, with judgements between them."""
    with (
        Journal.open(root / "journal.jsonl", mark=mark) as journal,
        Archive.open(root / "archive", journal, SOFTWARE) as archive,
    ):
        journal.append("crawl_began", {"crawl": 7, "subjects": [f"http://{SHOP}/"]}).result()
        captures = [archive.seal(one).result() for one in visits()]
        others = [archive.seal(one).result() for one in more or ()]
        finding = case_of(captures).proofs[0].finding
        journal.append("judgement", {"capture": captures[0].id, "findings": [finding.id]})
        for other in others:
            journal.append("judgement", {"capture": other.id, "findings": []})
    return Site(root=root, captures=captures)
