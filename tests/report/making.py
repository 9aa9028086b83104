"""A case file with everything a report can show, all invented (演示)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from scanner.model import (
    Attribute,
    Basis,
    Capture,
    CaseFile,
    Compared,
    Decision,
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
    RecordRef,
    SecondLook,
    Seller,
    Severity,
    SourceStamp,
    Standing,
    StandingAnswer,
    Verdict,
)
from scanner.report import html as page
from scanner.report.material import Facts, Material, Seen
from scanner.report.view import Views

NOON = datetime(2026, 11, 22, 3, 4, 5, 678000, UTC)
SHOP = "shop.example"
NUMBER = "演械注准20162140003"
STAMP = SourceStamp(id="demo", as_of=date(2026, 11, 1), authoritative=True, sample=False, sha256="5" * 64)
RULES = {"registration-lapsed": "注册证已过有效期", "claim-cure-rate": "说明治愈率或者有效率"}
COUNTED = "登记来源没有注明型号，型号没有核对"


def said(text: str) -> Field:
    return Field(state=FieldState.SEEN, text=text, source="table")


def png(width: int = 640, height: int = 360) -> bytes:
    """A small true PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x * 255 // width + y) % 256 for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def capture(name: str, lane: Lane = Lane.HTTP, minutes: int = 0, status: int = 200) -> Capture:
    shot = (("resource", f"urn:view:http://{SHOP}/p/3"),) if lane is Lane.BROWSER else ()
    records = tuple(
        RecordRef(type=kind, uri=uri, file="qingwang-20261122-000001.warc.gz", offset=1024 * n, length=900 + n,
                  sha256=f"{n}a" * 32, sm3=f"{n}b" * 32)
        for n, (kind, uri) in enumerate(
            (("request", f"http://{SHOP}/p/3"), ("response", f"http://{SHOP}/p/3"), *shot), 1)
    )  # fmt: skip
    return Capture(
        id=name * 20, url=f"http://{SHOP}/p/3?utm_source=home", storefront=SHOP, lane=lane,
        time=NOON + timedelta(minutes=minutes), status=status, media_type="text/html", digest="c" * 64, size=23456,
        records=records, journal=40 + minutes, ip="192.0.2.7",
    )  # fmt: skip


def listing(description: str, title: str = "医用防护口罩 折叠头戴式 20只") -> Listing:
    return Listing(
        id="1" * 20, version="v1", storefront=SHOP, family="generic", url=f"http://{SHOP}/p/3", product_id="3",
        title=said(title), price=said("48.00"), description=said(description),
        attributes=(
            Attribute(name="注册证编号", value="见详情"), Attribute(name="注册证编号", value=f"{NUMBER}（演示）"),
        ),
        pictures=(), seller=said("演示甲医疗器械店"), seller_url="", breadcrumbs=(), buyable=said("加入购物车"),
        image_text=Field(state=FieldState.NOT_LOOKED_AT), numbers=(),
    )  # fmt: skip


def seller() -> Seller:
    number = Number(type="device_biz_filing", number="演城药监械经营备20230001", raw="演城药监械经营备20230001号",
                    start=0, end=18, valid=True)  # fmt: skip
    return Seller(
        id="2" * 20, version="v1", storefront=SHOP, family="generic", url=f"http://{SHOP}/shop/jia/licence",
        page="licence", name=said("演示甲医疗器械店"), uscc=said("91000000DEMAJAA186"), text=said("证照信息"),
        pictures=(("http://shop.example/l.png", "证照"),), links=(), numbers=(NumberSeen(field="text", number=number),),
    )  # fmt: skip


def standing() -> StandingAnswer:
    record = Record(
        number=NUMBER, type="device_reg", product="医用防护口罩", holder="演示云帆医疗用品有限公司",
        scope="适用于医疗工作环境。", model="折叠头戴式", device_class="II", code="14-14-01",
        approved_on=date(2016, 6, 15), valid_until=date(2021, 6, 14), source="demo", as_of=date(2026, 11, 1),
    )  # fmt: skip
    compared = (Compared(what="产品名称", page="医用防护口罩", register="医用防护口罩", score=1.0, because="完全相同"),)
    return StandingAnswer(
        number=NUMBER, type="device_reg", on=date(2026, 11, 22), standing=(Standing.LAPSED,),
        why="有效期至2021-06-14", hard=True, record=record, compared=compared, sources=(STAMP,),
    )  # fmt: skip


def finding(name: str, subject: Listing, *, field: str, text: str, quote: str, rule: str, kind: Matter,
            verdict: Verdict = Verdict.VIOLATION, answer: StandingAnswer | None = None) -> Finding:  # fmt: skip
    start = text.index(quote)
    return Finding(
        id=name * 20, rule=rule, rule_version="3f9c2a", kind=kind, verdict=verdict, severity=Severity.HIGH,
        subject="listing", subject_id=subject.id, version=subject.version, field=field, quote=quote, start=start,
        end=start + len(quote), says="页面所示注册证已过有效期。" if answer else "页面说明治愈率或者有效率。",
        basis=(
            Basis(law="医疗器械监督管理条例", article="第五十五条", liability="第八十六条", since=date(2021, 6, 1)),
            Basis(law="医疗器械网络销售监督管理办法", article="第十条", point="第一款", liability="第四十条", verified=False),
        ),
        standing=answer, beside=("商品页没有写明生产日期",), unchecked=(COUNTED,),
    )  # fmt: skip


def case(description: str = "颈椎病治愈率高达98%，一个疗程见效。", mark: str = "演示数据") -> CaseFile:
    """A lead with two findings: one confirmed, one (the second) changed since."""
    subject = listing(description)
    text = f"{NUMBER}（演示）"
    lapsed = finding("a", subject, field="attribute:注册证编号", text=text, quote=NUMBER, rule="registration-lapsed",
                     kind=Matter.REGISTRATION, answer=standing())  # fmt: skip
    claim = finding("b", subject, field="description", text=description, quote=description[:9], rule="claim-cure-rate",
                    kind=Matter.CLAIM, verdict=Verdict.SUSPECT)  # fmt: skip
    first, second = capture("d"), capture("e", Lane.BROWSER, minutes=1)
    lead = Lead(
        number=12, storefront=SHOP, seller="演示甲医疗器械店", matter=Matter.REGISTRATION, severity=Severity.HIGH,
        verdict=Verdict.VIOLATION, state="open", opened=NOON, findings=(lapsed, claim),
    )  # fmt: skip
    return CaseFile(
        lead=lead,
        proofs=(
            Proof(finding=lapsed, capture=first.id, second_look=SecondLook.CONFIRMED, second_capture=second.id),
            Proof(finding=claim, capture=first.id, second_look=SecondLook.CHANGED, second_capture=second.id),
        ),
        listings=(subject,), sellers=(seller(),), captures=(first, second),
        outcomes=((first.id, Outcome.READ), (second.id, Outcome.CAPTCHA)),
        decisions=(Decision(lead=12, state="confirmed", who="演示员", when=NOON, note="已电话核对"),), sources=(STAMP,),
        rulebook="7" * 64, unit="演示市市场监督管理局", operator="演示员", made=NOON + timedelta(hours=1), mark=mark,
    )  # fmt: skip


def views(case: CaseFile, *, seen: Mapping[str, Seen] | None = None, facts: Mapping[str, Facts] | None = None,
          images: Mapping[str, bytes] | None = None, titles: Mapping[str, str] = RULES) -> Views:  # fmt: skip
    return Views(
        case,
        Material(seen=seen or {}, facts=facts or {}, images=images or {}, titles=titles, software="qingwang 0.1.0"),
    )


def html(
    case: CaseFile, pictures: Mapping[str, bytes], *, titles: Mapping[str, str] | None = None,
    not_measured: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """The report of a case whose captures have these pictures and no text positions."""
    seen = {capture: Seen(picture=picture, full=True) for capture, picture in pictures.items()}
    made = Views(case, Material(seen=seen, titles=titles or {}, not_measured=tuple(not_measured)))
    return page.html(made.whole())
