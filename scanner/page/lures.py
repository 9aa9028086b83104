"""How a text leads a buyer away from where it stands, and who it says does the work: 加V abc123, 进群, 由某某医院提供服务.

Owns: the words for it, in the spellings sellers use (➕V, 薇❤, wei信, 卫星), the contact itself where it is written, and what
only looks alike (微信支付, 维生素C, 北斗卫星). Leaves to others: which fields are looked through and how it is shown, and
whether it is allowed (rules). A service's telephone number is no lure: the law wants it shown.

Works on the folded text, quotes the original. Every repetition is bounded: linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from scanner.text import fold

Kind = Literal["wechat", "qq", "qq_group", "phone", "group", "account", "way"]
MOST = 50  # of one listing
AROUND = 24  # characters of the sentence on either side that a quote takes along


@dataclass(frozen=True, slots=True, kw_only=True)
class Lure:
    """One contact, or a way to it (kind ``way``, ``contact`` empty). ``quote`` is ``text[start:end]`` of the field."""

    kind: Kind
    contact: str
    field: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who is said to do the work; ``quote`` is ``text[start:end]`` of the field."""

    name: str
    field: str
    quote: str
    start: int
    end: int


# --- what is said of how to buy, in speech ------------------------------------------------------------------------------

# 加V add on WeChat, 进群 join the group, 小黄车 the stream's own cart. Wider than a lure: the platform's own ways are among it.
_BUYING = re.compile(
    r"[加➕+]\s{0,2}(?:我\s{0,2})?(?:[vVⅤ薇微]|WX|wx|威信|卫星)|微信|薇信|VX|vx|(?:粉丝|福利|会员|交流|微信)群|进群|入群|拉群|私信|私聊|扫码|二维码|后台留言"
    r"|小黄车|购物车|橱窗|(?:下方|左下角|右下角|评论区)(?:的)?链接"
)


def buying(text: str) -> bool:
    """Whether something is said of how to buy, on the platform or off it."""
    return _BUYING.search(text) is not None


# --- contacts -------------------------------------------------------------------------------------------------------

_ADD = r"(?<![增叠0-9a-z])(?:[加➕+]|十(?=[v薇]))\s{0,2}(?:我们?|个|一下|下|客服|店主|老师|医生|本人){0,2}(?:的|好友|为好友)?\s{0,2}"
_ID = r"(?P<contact>[a-z][-_a-z0-9]{5,19}|1[3-9](?:[ -]?\d){9})(?![-_a-z0-9@]|\.[a-z])"
_IS = r"\s{0,2}(?:号码?|id|同号)?\s{0,2}(?:[:=→👉]|是|为|叫|搜)?\s{0,2}"
_SURE = r"(?:微信|薇信|威信|微❤|薇❤|v❤|v信|wei\s?信|wei\s?xin|wechat|微新)"  # names of WeChat, nothing else
_LOOSE = r"(?:v[xi]?|wx|薇|微|卫星|🛰|徽信)"  # its names only behind "add", or with a colon or 号
_BARE = r"(?:(?<![a-z0-9])(?:vx|wx|v)|薇|卫星|🛰)"
_QQ = r"(?:(?<![a-z])q\s?q|扣扣|企鹅|🐧|(?<![a-z])q(?=[:群号]))"
_NUMBER = r"(?P<contact>[1-9](?:[ -]?\d){4,10})(?![\d%.]|次|件|袋|片|元|万|人)"
_NAME = r"(?P<contact>[\w·-]{2,20})"

_CONTACTS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("wechat", re.compile(rf"{_SURE}{_IS}{_ID}")),
    ("wechat", re.compile(rf"{_ADD}(?:{_SURE}|{_LOOSE}){_IS}{_ID}")),
    ("wechat", re.compile(rf"{_BARE}\s{{0,2}}(?:号\s{{0,2}}[:是]?|[:→👉])\s{{0,2}}{_ID}")),
    ("wechat", re.compile(rf"(?<![a-z0-9])vx\s{{1,2}}{_ID}")),
    # 13800138000（微信同号）
    ("wechat", re.compile(r"(?<!\d)(?P<contact>1[3-9](?:[ -]?\d){9})\s{0,2}[(\[【]?(?:微信|vx|v信|薇)(?:同号|同步|一样)")),
    ("qq_group", re.compile(rf"(?:{_QQ}|粉丝|会员|福利|交流|讨论|病友)\s{{0,2}}群\s{{0,2}}(?:号码?|聊)?\s{{0,2}}[:是]?\s{{0,2}}{_NUMBER}")),
    ("qq", re.compile(rf"(?:{_QQ}|{_ADD}q)\s{{0,2}}(?:号码?)?\s{{0,2}}[:是]?\s{{0,2}}{_NUMBER}")),
    ("phone", re.compile(r"(?:私聊|私信|私下|线下|加我|找我)[^\d。!?;\n]{0,8}(?P<contact>1[3-9](?:[ -]?\d){9})(?!\d)")),
    ("account", re.compile(rf"(?:公众号|视频号)(?:名称?)?\s{{0,2}}[:“\"「【\[《]{{1,2}}\s{{0,2}}{_NAME}")),
    ("account", re.compile(rf"[“\"「【《]{_NAME}[”\"」】》](?:的)?(?:微信)?(?:公众号|视频号)")),
    ("group", re.compile(rf"群名(?:称)?\s{{0,2}}[:“\"「【]{{1,2}}{_NAME}")),
    ("group", re.compile(rf"[加进入][“\"「【]{_NAME}[”\"」】](?:的)?(?:微信|粉丝|交流|会员)?群")),
)  # fmt: skip
# What is written there and is nobody's contact: ways to pay, WeChat itself.
_NOBODY = re.compile(
    r"(?:alipay|unionpay|paypal|applepay|weixin|wechat|weixinpay|wechatpay|official|android|iphone|version)\w{0,6}"
)
# A way without the contact: it is in a picture, on another page, or comes by itself.
_WAY = re.compile(
    rf"{_ADD}(?:{_SURE}(?!支付|付款|扫码支付|小程序|红包)|v(?![a-z0-9领型字形脸])|vx|wx|薇(?!诺娜|姿|婷)|卫星(?!定位|导航|电视|信号)|微(?=[:\s,。!;❤]|$)|q(?![a-z0-9]))"
    r"|私聊|私信(?:我|下单|咨询|领取|了解|客服)|[进入]群(?!体|众|里?的人)|拉(?:你|您)?[进入]?群|扫码(?:进|入|加|添加|咨询|联系|关注)"
    r"|(?:扫描?|长按|识别)(?:下方|下图|上方|图中)?二维码(?:加|进|添加|咨询|联系|关注)|关注(?:微信|我们的|本店|官方)?公众号|后台留言|发?暗号(?:下单|购买|进)"
)
_WARNS = re.compile(r"(?:请勿|切勿|勿|不要|别|不得|禁止|谨防|不会|从不|拒绝)[^。!?;,\n]{0,6}$")
_ENDS = "。！？!?；;\n，,"


def lures(texts: Iterable[tuple[str, str]]) -> tuple[Lure, ...]:
    """The contacts and ways in fields (name, text), each contact once, in the order of the fields. A field with a contact
    tells no ways beside it.

    >>> [(one.kind, one.contact) for one in lures([("title", "微信支付"), ("description", "详情➕薇❤：Demo_8866")])]
    [('wechat', 'Demo_8866')]
    """
    found: dict[tuple[str, str], Lure] = {}
    for field, text in texts:
        here = list(_contacts(field, text)) or list(_ways(field, text))
        for one in here:
            if len(found) < MOST:
                found.setdefault((one.kind, one.contact or one.quote), one)
    return tuple(found.values())


def _contacts(field: str, text: str) -> Iterator[Lure]:
    folded = fold(text)
    taken: list[tuple[int, int]] = []
    for kind, form in _CONTACTS:
        for match in form.finditer(folded.text):
            if len(taken) >= MOST:
                return
            span = match.span("contact")
            if _NOBODY.fullmatch(match["contact"]) or any(a < span[1] and span[0] < b for a, b in taken):
                continue
            taken.append(span)
            start, end = _sentence(text, *folded.quote(*match.span()))
            contact = _written(text[slice(*folded.quote(*span))], kind)
            yield Lure(kind=kind, contact=contact, field=field, quote=text[start:end], start=start, end=end)


def _ways(field: str, text: str) -> Iterator[Lure]:
    folded = fold(text)
    for match in _WAY.finditer(folded.text):
        if not _WARNS.search(folded.text[max(0, match.start() - 12) : match.start()]):
            start, end = _sentence(text, *folded.quote(*match.span()))
            yield Lure(kind="way", contact="", field=field, quote=text[start:end], start=start, end=end)


def _written(contact: str, kind: Kind) -> str:
    """A contact as one would type it: in half width, without what was put between its characters."""
    plain = unicodedata.normalize("NFKC", contact)
    if kind in ("account", "group"):
        return plain
    if kind != "wechat" or plain[:1].isdigit():
        return "".join(filter(str.isdigit, plain))
    return "".join(char for char in plain if char.isascii() and (char.isalnum() or char in "-_"))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the rest of its clause, as far as that is not long."""
    low, high = max(0, start - AROUND), min(len(text), end + AROUND)
    while start > low and text[start - 1] not in _ENDS:
        start -= 1
    while end < high and text[end] not in _ENDS:
        end += 1
    return start, end


# --- who does the work ------------------------------------------------------------------------------------------------

_HOUSES = r"(?:医院|诊所|门诊部|门诊|美容院|工作室|公司|药房|大药房|体验馆|生活馆)"
_DOES = r"(?:的|来|为|给|提供|负责|进行|做|操作|服务)"
# 由某某医院提供服务, 某某门诊部为您操作. In writing 是 and 在 lead to whatever is a company's; in speech they name who serves.
_SPOKEN = re.compile(rf"(?:由|是|在|来)([\w（）()·]{{2,30}}?{_HOUSES}){_DOES}")
_GOODS = r"(?:提供|负责|进行)?(?:的)?(?:产品|商品|正品|货源|发货|配送|物流|售后|开具|开票|发票|承保|保修|质保|生产|包装|仓储|运输|授权)"
_WRITTEN = re.compile(
    rf"由([\w（）()·]{{2,30}}?{_HOUSES})(?!{_GOODS})(?:的?(?:医生|医师|专家|老师)|为[您你]|给[您你]|提供|负责|进行|操作|服务|施术)"
    rf"|(?:服务|操作|施术|诊疗|手术)(?:机构|提供者|提供方|单位)\s{{0,2}}[:：]\s{{0,2}}([\w（）()·]{{2,30}}?{_HOUSES})"
)
_ANY = re.compile(
    r"(?:各?大|三甲|公立|正规|专业|当地|附近|就近|某|我们|第三方|多家|一家|专科|整形|美容|快递|物流|保险){1,8}"
)


def providers(field: str, text: str, *, spoken: bool = False) -> Iterator[Provider]:
    """Who a text says provides the service, in order; ``spoken``: it was said, not written."""
    for match in (_SPOKEN if spoken else _WRITTEN).finditer(text):
        name = match[1] or match[2]
        if spoken or not _ANY.fullmatch(re.sub(rf"{_HOUSES}$", "", name)):
            start, end = _sentence(text, *match.span())
            yield Provider(name=name, field=field, quote=text[start:end], start=start, end=end)
