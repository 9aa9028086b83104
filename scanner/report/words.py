"""Chinese names of everything that has a fixed English word, for reports and for the command line.

Owns: those names, one table an enumeration, complete (a test holds them). Leaves to others: number types
(``numbers.TITLES``) and states of leads (``leads.states``), which are named where they are defined.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from scanner import clock
from scanner.leads.order import MEASURES, STAGES, TRANSFERS
from scanner.leads.states import ACTS
from scanner.leads.states import WORDS as LEAD_STATES
from scanner.leads.words import SEVERITIES as SEVERITIES
from scanner.leads.words import VERDICTS as VERDICTS
from scanner.model import (
    CrawlState,
    DutyState,
    FieldState,
    Lane,
    LeadSource,
    Matter,
    Outcome,
    RecordRef,
    RevisitResult,
    SecondLook,
    Standing,
)
from scanner.numbers import TITLES

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.READ: "已读取",
    Outcome.NOT_A_PRODUCT: "不是商品页",
    Outcome.BLOCKED: "被网站拦截",
    Outcome.LOGIN: "要求登录",
    Outcome.CAPTCHA: "要求滑块或者验证码",
    Outcome.EMPTY: "页面没有内容（需要在浏览器中加载）",
    Outcome.ERROR: "出错",
    Outcome.TOO_LARGE: "超过大小上限",
    Outcome.NOT_HTML: "不是网页",
    Outcome.REFUSED: "按规定没有访问",
}
CRAWL_STATES: Mapping[CrawlState, str] = {
    CrawlState.COMPLETE: "完整",
    CrawlState.INCOMPLETE: "不完整",
    CrawlState.BLOCKED: "被拦截",
}
FIELD_STATES: Mapping[FieldState, str] = {
    FieldState.SEEN: "已取到",
    FieldState.NOT_SEEN: "未取到",
    FieldState.ABSENT: "页面没有",
    FieldState.UNREADABLE: "无法辨认",
    FieldState.NOT_LOOKED_AT: "未检查",
}
DUTY_STATES: Mapping[DutyState, str] = {
    DutyState.SEEN: "已展示",
    DutyState.PICTURE: "只在图片里",
    DutyState.LINK: "只有链接，没有核实能否打开",
    DutyState.LINK_ALIVE: "只有链接，能打开",
    DutyState.LINK_DEAD: "只有链接，打不开",
    DutyState.SIMILAR: "只有相近的话",
    DutyState.NOT_SEEN: "未取到",
    DutyState.UNREADABLE: "无法辨认",
    DutyState.NOT_LOOKED_AT: "未检查",
    DutyState.ABSENT: "页面没有",
}
LANES: Mapping[Lane, str] = {
    Lane.HTTP: "直接访问（HTTP）",
    Lane.BROWSER: "浏览器访问",
    Lane.IMPORT: "人工导入",
}
MATTERS: Mapping[Matter, str] = {
    Matter.REGISTRATION: "注册备案",
    Matter.DISPLAY: "信息展示",
    Matter.RESTRICTED: "禁限销售",
    Matter.CLAIM: "宣传内容",
    Matter.SCOPE: "超出注册范围",
    Matter.ADVERT: "广告审查",
}
STANDINGS: Mapping[Standing, str] = {
    Standing.MALFORMED: "编号不合规则",
    Standing.WITHDRAWN: "已注销或者撤销",
    Standing.LAPSED: "已过有效期",
    Standing.OTHER_HOLDER: "登记在他人名下",
    Standing.OTHER_PRODUCT: "登记的是其他产品",
    Standing.NOT_LISTED: "登记中没有",
    Standing.REGISTERED_TERM_UNKNOWN: "有登记，有效期不明",
    Standing.IN_FORCE: "有效",
    Standing.CANNOT_SAY: "无法判断",
}
SECOND_LOOKS: Mapping[SecondLook, str] = {
    SecondLook.CONFIRMED: "复核一致",
    SecondLook.CHANGED: "复核时已有变化",
    SecondLook.NOT_REACHED: "复核时未能打开",
    SecondLook.NONE: "未复核",
}
REVISITS: Mapping[RevisitResult, str] = {
    RevisitResult.SAME: "没有变化",
    RevisitResult.CHANGED: "有变化",
    RevisitResult.GONE: "已下架或者删除",
    RevisitResult.MOVED: "转到别处",
    RevisitResult.RELISTED: "重新上架",
    RevisitResult.BLOCKED: "被拦截，没有看到",
    RevisitResult.LOGIN: "要登录，没有看到",
    RevisitResult.NOT_REACHED: "没有看到",
}
# What became of a quote when its page was looked at again.
CHANGES: Mapping[str, str] = {
    "kept": "还在", "gone": "不见了", "altered": "改了", "new": "新出现", "not_looked_at": "这次没有看到",
}  # fmt: skip
RECORD_TYPES: Mapping[str, str] = {
    "request": "请求",
    "response": "应答",
    "resource": "生成物",
    "metadata": "说明",
    "warcinfo": "档案说明",
}
# How the record address of a thing made by looking begins -> what it is.
RESOURCES: Mapping[str, str] = {
    "urn:view:": "屏幕截图",
    "urn:fullPage:": "整页截图",
    "urn:text:": "页面文字",
    "urn:qingwang:boxes:": "文字位置",
    "urn:qingwang:print:": "页面打印件（PDF）",
    "urn:qingwang:dom:": "渲染后的页面",
    "urn:qingwang:environment:": "访问环境",
    "urn:qingwang:cdp:": "浏览器网络记录",
}
FIELDS: Mapping[str, str] = {
    "": "整页",
    "title": "商品标题",
    "product_name": "产品名称",
    "description": "商品详情",
    "attributes": "规格参数",
    "image_text": "图片文字",
    "transcript": "口播文字",
    "seller": "店铺名称",
    "price": "价格",
    "buyable": "购买按钮",
    "text": "页面文字",
    "pictures": "图片",
    "links": "链接",
}
# Families of storefronts: who would read an address.
FAMILIES: Mapping[str, str] = {
    "jd": "京东",
    "taobao": "淘宝天猫",
    "pdd": "拼多多",
    "youzan": "有赞",
    "post": "公开帖文",
    "searchpage": "搜索引擎",
    "jsonapi": "接口",
    "generic": "一般网店",
}
# Kinds of contact that lead off a page (``page.lures``).
CONTACTS: Mapping[str, str] = {
    "wechat": "微信号",
    "qq": "QQ号",
    "qq_group": "QQ群号",
    "phone": "手机号",
    "group": "群名",
    "account": "公众号、视频号",
    "way": "没有写明号码",
}
# Kinds of goods that a list's title names (``crawl.reading.offers``).
GOODS: Mapping[str, str] = {"drug": "药品", "food": "食品", "device": "器械", "other": "其他", "unclear": "看不出"}
LEADS: Mapping[str, str] = LEAD_STATES
SOURCES: Mapping[LeadSource, str] = {
    LeadSource.OWN: "本局监测",
    LeadSource.NATIONAL: "国家药监局移送",
    LeadSource.PROVINCE: "省局监测",
    LeadSource.OTHER_PROVINCE: "外省移送",
    LeadSource.OTHER_AREA: "本省其他地区移送",
    LeadSource.COMPLAINT: "投诉举报",
    LeadSource.TIP: "内部举报",
    LeadSource.OPINION: "舆情监测",
    LeadSource.INSPECTION: "监督检查",
    LeadSource.OTHER: "其他",
}
NUMBERS: Mapping[str, str] = TITLES

_TABLES: tuple[Mapping[Any, str], ...] = (
    OUTCOMES, CRAWL_STATES, FIELD_STATES, DUTY_STATES, LANES, MATTERS, VERDICTS, SEVERITIES, STANDINGS, SECOND_LOOKS, REVISITS,
    SOURCES, ACTS, MEASURES, TRANSFERS, STAGES,
)  # fmt: skip
# By class and word: words of different tables may be spelt alike (Standing and Outcome are both strings).
_NAMES: dict[tuple[type[StrEnum], StrEnum], str] = {
    (type(word), word): name for table in _TABLES for word, name in table.items()
}


def said(value: StrEnum) -> str:
    """The Chinese name of any word of the model.

    >>> said(Verdict.SUSPECT), said(Standing.LAPSED)
    ('存疑', '已过有效期')
    """
    return _NAMES[type(value), value]


def field_name(field: str) -> str:
    """The Chinese name of a field as findings name it (``attribute:注册证号`` → 规格参数“注册证号”)."""
    head, colon, label = field.partition(":")
    if colon and head == "attribute":
        return f"规格参数“{label}”"
    if colon and head == "transcript":
        return f"{FIELDS[head]} {label}"
    return FIELDS.get(field, field)


def day(one: date) -> str:
    """A day for people.

    >>> day(date(2026, 11, 5))
    '2026年11月5日'
    """
    return f"{one.year}年{one.month}月{one.day}日"


def moment(time: datetime) -> str:
    """A time as documents write it: Beijing's and UTC."""
    return f"{clock.beijing(time)}（北京时间），{clock.stamp(time)}（UTC）"


def record_name(record: RecordRef) -> str:
    """What an archive record is, in Chinese.

    >>> uri = "urn:view:http://a.example/"
    >>> record_name(RecordRef(type="resource", uri=uri, file="", offset=0, length=0, sha256="", sm3=""))
    '屏幕截图'
    """
    if record.type == "resource":
        for begin, name in RESOURCES.items():
            if record.uri.startswith(begin):
                return name
    return RECORD_TYPES.get(record.type, record.type)
