"""What a listing or a seller's page shows of who sells, taken off it.

Owns: the labels (企业名称, 法定代表人, 住所, 电话 …), levelling each kind of value so that two spellings of one are equal, and
what is nobody's own: authorities' hotlines, a platform's domain and filing. Leaves to others: numbers and codes
(``numbers``, ``registry.company.codes``), contacts in sales talk (``page.lures``), which host is a platform's
(``registry.sellers.platforms``).

A product page is asked only for the seller's name and for contacts it lures with: its pictures and numbers are the
maker's as often as the seller's. Hostile text costs no more than ``LINES`` short lines; of each kind ``MOST`` values count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from scanner.leads.same.traits import Kind, Trait
from scanner.model import Listing, Seller
from scanner.page.lures import lures
from scanner.registry.company.codes import code_shown
from scanner.registry.names import level
from scanner.registry.sellers import addresses, same_name
from scanner.registry.sellers.platforms import shipped
from scanner.store.draft import seller_key
from scanner.store.subjects import seen

LINES = 4_000  # of a page's text
LINE = 400  # characters of a line
QUOTE = 160  # characters of a quote
MOST = 20  # values of one kind from one page
LURED = 20_000  # characters of a description in which contacts are looked for

_LABELS: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: (
        "企业名称", "公司名称", "单位名称", "主体名称", "经营主体", "经营者名称", "商家名称", "商户名称", "店铺主体", "经营企业", "字号名称", "名称",
    ),
    Kind.PERSON: ("法定代表人", "法人代表", "企业负责人", "负责人", "法人", "经营者姓名", "经营者"),
    Kind.ADDRESS: ("住所", "经营场所", "经营地址", "公司地址", "企业地址", "注册地址", "联系地址", "地址"),
    Kind.PHONE: ("客服电话", "联系电话", "服务热线", "咨询电话", "热线", "电话", "手机号码", "手机号", "手机", "TEL", "Tel"),
    Kind.WECHAT: ("微信号", "客服微信", "微信"),
}  # fmt: skip
_KIND_OF = {label: kind for kind, labels in _LABELS.items() for label in labels}
_ANY = "|".join(sorted(map(re.escape, _KIND_OF), key=len, reverse=True))
# A label at the start of a line or behind a gap, a colon (or, at the start, a gap), and its value up to the next label, known
# or not.
_ROW = re.compile(
    rf"(?:(?<=^)|(?<=[\s,;|｜]))(?P<label>{_ANY})(?:\s?:\s?|(?<=^\w\w)\s|(?<=^\w\w\w\w)\s)"
    r"(?P<value>.{1,100}?)(?=\s+[^\s:]{2,20}\s?:|[;|｜]|$)"
)
_WIDTHS = {0xFF01 + n: 0x21 + n for n in range(94)} | {
    0x3000: 0x20
}  # one character for one: quotes stay in their place
_ALONE = re.compile(rf"(?:{_ANY})\s?[:：]?")
_MOBILE = r"1[3-9][0-9](?:[- ]?[0-9]{4}){2}"
_PHONE = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:\+|00)?86[- ]?)?(?:{_MOBILE}|\(?0[1-9][0-9]{{1,2}}\)?[- ]?[2-9][0-9]{{6,7}}|[48]00[- ]?[0-9]{{3,4}}[- ]?[0-9]{{3,4}})(?![0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,3}(?![A-Za-z0-9-])"
)
_MAYBE = re.compile(
    "[微薇威卫徽vVｖＶwWｗＷ私🛰]"
)  # a text without any of these lures nobody to a number: not worth folding
_BUYERS = re.compile(r"收货|收件|买家|顾客|评价|评论|订单|晒单|追评|投诉举报")
_WECHAT = re.compile(r"[A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9][0-9]{9}")
_PERSON = re.compile(r"[㐀-鿿]{1,3}[㐀-鿿](?<![行店厂部司铺坊馆社院所房站])|[㐀-鿿]{1,8}·[㐀-鿿]{1,8}")
_NOBODYS = frozenset(("4000000000", "12315", "12331"))
_LICENCES = frozenset((
    "device_biz_license", "device_biz_filing", "device_prod_license", "device_prod_filing", "net_sales", "drug_biz_license",
    "net_drug_info", "net_info_filing",
))  # fmt: skip
_SITE = re.compile(r"号-\d{1,3}[AX]?$")
_NO_WORD = re.compile(r"[\W_]+")
_PROVINCE = re.compile(r"^(?:中国)?[㐀-鿿]{2,3}省|^(?:中国)?(?:内蒙古|广西壮族|西藏|宁夏回族|新疆维吾尔)自治区")


def key_of(subject: Listing | Seller) -> str:
    """The seller's key, as the book has it for this listing or page."""
    field = subject.seller if isinstance(subject, Listing) else subject.name
    return seller_key(subject.storefront, seen(field))


def traits_of(
    subject: Listing | Seller, capture: str, *, pictures: Iterable[str] = (), template: str = ""
) -> tuple[Trait, ...]:
    """What ``subject`` shows, sealed in ``capture``. ``pictures``: SHA-256 of the bytes of the licence pictures on a seller's
    page; ``template``: the page's ``page.skeleton.signature``."""
    kept: dict[tuple[Kind, str], str] = {}
    count: dict[Kind, int] = {}
    found = _of_listing(subject) if isinstance(subject, Listing) else _of_seller(subject, pictures, template)
    for kind, value, quote in found:
        if value and (kind, value) not in kept and count.get(kind, 0) < MOST:
            kept[kind, value] = " ".join(quote.split())[:QUOTE]
            count[kind] = count.get(kind, 0) + 1
    return tuple(Trait(kind.value, value, quote, capture) for (kind, value), quote in kept.items())


Found = Iterator[tuple[Kind, str, str]]


def _of_listing(listing: Listing) -> Found:
    yield Kind.STOREFRONT, listing.storefront.casefold(), listing.storefront
    name = seen(listing.seller)
    yield Kind.NAME, same_name(name), name
    texts = [("description", seen(listing.description)[:LURED])]
    texts += [(row.name, row.value[:LINE]) for row in listing.attributes if row.name in _KIND_OF]
    for one in lures((field, text) for field, text in texts if _MAYBE.search(text)):
        if one.kind == "wechat":
            yield Kind.WECHAT, _wechat(one.contact), one.quote
        if one.kind == "phone":
            yield Kind.PHONE, phone(one.contact), one.quote


def _of_seller(seller: Seller, pictures: Iterable[str], template: str) -> Found:
    yield Kind.STOREFRONT, seller.storefront.casefold(), seller.storefront
    name = seen(seller.name)
    yield Kind.NAME, same_name(name), name
    if code := code_shown(seller.uscc, seller.numbers):
        yield Kind.USCC, code, seen(seller.uscc) or code
    place = addresses.place(seller.storefront)
    own = place is not None and shipped().at(place.site) is None
    if own and place is not None:
        yield Kind.DOMAIN, place.site, seller.storefront
    for one in seller.numbers:
        if one.number.valid is not False and one.number.type in _LICENCES:
            yield Kind.LICENCE, f"{one.number.type}:{one.number.number}", one.number.raw
        if own and one.number.valid is True and one.number.type == "icp":
            yield Kind.ICP, _SITE.sub("号", one.number.number).removesuffix("号"), one.number.raw
    for text in (seen(seller.text), seen(seller.image_text)):
        yield from _said(text)
    for sha256 in pictures:
        yield Kind.PICTURE, sha256, f"SHA-256 {sha256}"
    yield Kind.TEMPLATE, template, template


def _said(text: str) -> Found:
    """What stands behind labels, and numbers and addresses that need none."""
    for whole in islice(_lines(text), LINES):
        line = whole.translate(_WIDTHS)
        for row in _ROW.finditer(line):
            kind = _KIND_OF[row["label"]]
            value = _LEVELS[kind](row["value"]) if kind in _LEVELS else ""
            if kind is Kind.PERSON and not value:  # 经营者：某某商行
                kind, value = Kind.NAME, _company(row["value"])
            yield kind, value, whole[row.start() : row.end()]
        for match in _PHONE.finditer(line):
            if not _BUYERS.search(line, max(0, match.start() - 24), match.start()):
                yield Kind.PHONE, phone(match.group()), whole[max(0, match.start() - 12) : match.end()]
        if "@" in line:
            for match in _EMAIL.finditer(line):
                yield Kind.EMAIL, match.group().lower(), whole[match.start() : match.end()]


def _lines(text: str) -> Iterator[str]:
    """Lines in half width; a label that stands alone is put before the line with its value."""
    lines = (line[:LINE].strip() for line in text.splitlines())
    held = ""
    for line in (line for line in lines if line):
        if _ALONE.fullmatch(line):
            held = line.rstrip(":： ")
            continue
        yield f"{held}：{line}" if held else line
        held = ""


# --- levelling ---------------------------------------------------------------------------------------------------


def phone(text: str) -> str:
    """The digits of a telephone number without the country's code; "" for what is none or is an authority's.

    >>> phone("+86 138-0013-8000"), phone("(0512) 6688 0000"), phone("12315")
    ('13800138000', '051266880000', '')
    """
    digits = "".join(char for char in unicodedata.normalize("NFKC", text[:40]) if char in "0123456789")
    for code in ("0086", "86"):
        if digits.startswith(code) and len(digits) - len(code) in (10, 11, 12):
            digits = digits.removeprefix(code)
    return digits if 10 <= len(digits) <= 12 and digits not in _NOBODYS else ""


def address(text: str) -> str:
    """An address without its province, spaces and marks; "" where it names no more than an area.

    >>> address("江苏省苏州市吴中区演示路1号 3幢(201室)") == address("苏州市吴中区演示路1号3幢201室")
    True
    """
    plain = _NO_WORD.sub("", level(text))
    plain = _PROVINCE.sub("", plain)
    return plain if len(plain) >= 6 and re.search(r"\d", plain) else ""


def building(text: str) -> str:
    """A levelled address up to its house number, without the room."""
    match = re.match(r".{0,60}?\d{1,5}(?:号|弄|巷)", text)
    return match.group() if match else text


def _company(text: str) -> str:
    value = same_name(text)
    return value if len(value) >= 4 and re.search(r"[㐀-鿿]", value) else ""


def _person(text: str) -> str:
    value = re.sub(r"\s+", "", level(re.split(r"[(（,，、]", text)[0]))
    return value if _PERSON.fullmatch(value) else ""


def _wechat(text: str) -> str:
    match = _WECHAT.search(text)
    return match.group().lower() if match else ""


def _phone_row(text: str) -> str:
    match = _PHONE.search(text)
    return phone(match.group()) if match else ""


_LEVELS = {
    Kind.NAME: _company,
    Kind.PERSON: _person,
    Kind.ADDRESS: address,
    Kind.PHONE: _phone_row,
    Kind.WECHAT: _wechat,
}
