"""What is covered before a case is told to the public (案件公开): people, telephones, addresses, accounts, pages' addresses.

PIPL (个人信息保护法) arts. 6, 28. Stricter than the covering of reports (``report.masking``): the seller's own telephone, address and
natural persons are covered too. Names of enterprises and shops stay: exposing (公开曝光) is about them; a seller called like a person
(two to four characters without a word for an enterprise, 个体工商户 among them) is 张某.

Owns: finding and covering these in the texts of a letter. Leaves to others: buyers' data, covered before (``masking``). What no label
or form shows to be a name is not known; the publication says so, and people look again. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scanner.leads.routing.traces import labelled
from scanner.report import forms, masking
from scanner.report.letters.facts import CONFIDENTIAL, Given

COVER = masking.COVER
_KEPT = frozenset(
    ("sha256", "sm3", "time", "place", "number", "format", "package", "made", "opened")
)  # hashes and times look like numbers
_GONE: Mapping[str, Any] = {
    "operator": forms.BLANK, "source": CONFIDENTIAL, "site": [], "screening": [], "jurisdiction": [], "elsewhere": "", "to_hint": "", "to": "",
}  # fmt: skip

_HAN = r"[㐀-鿿]"
_ORG = re.compile(
    r"公司|集团|企业|工厂|厂$|店$|药房|药店|商行|经营部|营业部|中心|医院|诊所|门诊|卫生[院室]|研究[院所]|合作社|商城|商场|超市|平台|学校|协会"
    r"|[部行社院馆坊堂室站局所]$"
)
_OWNED = re.compile(r"的?(?:个人|小)?(?:店铺?|小铺|铺子|网店|小店|直播间)$")
_PERSON = re.compile(
    r"(法定代表人|法人代表|代表人|负责人|经营者|店主|店长|老板|业主|联系人|投资人|医生|大夫|老师|主任|教授|专家|主播|姓名)"
    rf"([:： ]{{1,3}}|[是为]|叫)({_HAN}(?:[·•]?{_HAN}){{1,3}})"
)
_PHONES = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}|[48]00[- ]?[0-9]{3}[- ]?[0-9]{4}"
    r"|\(?0[0-9]{2,3}[)）]?[- ]?[0-9]{7,8}(?:-[0-9]{1,6})?)(?![0-9])"
)
_LABELLED = re.compile(
    r"(?:电话|热线|手机|座机|传真|[Tt][Ee][Ll]|微信号?|[Vv][Xx]|[Ww][Xx]|QQ群?号?|加[vVwW薇微](?:信|心|X|x)?|抖音号|快手号|账号)"
    r"[:：号是为 ]{0,4}([0-9A-Za-z][0-9A-Za-z_-]{4,29})"
)
_MAIL = re.compile(r"[0-9A-Za-z._%+-]{1,40}@[0-9A-Za-z-]{1,40}(?:\.[0-9A-Za-z-]{1,20}){1,4}")
_STREET = re.compile(
    rf"(?:{_HAN}|[0-9A-Za-z]){{2,30}}?[0-9一二三四五六七八九十百]{{1,5}}(?:号|弄|栋|幢|单元|室)(?:[0-9A-Za-z-]{{1,8}}|{_HAN}{{0,4}}[0-9]{{1,5}}[号楼层室栋幢])*"
)
_ROAD = re.compile(r"[路街道巷弄村镇乡区里庄园厦城市县]")
_LINK = re.compile(r"(?:https?://|www\.)[^\s，。；、）)】]{1,400}", re.IGNORECASE)


def covered(names: Mapping[str, Any], given: Given) -> dict[str, Any]:
    """The values of a letter as the public may read them; the same shape."""
    case, traces = given.view.case, given.traces
    sellers = dict.fromkeys(
        (
            case.lead.seller,
            *(one.name.text for one in case.sellers),
            *(one.seller.text for one in case.listings),
            *(one.text for one in traces.names),
        )
    )
    people = {name: person(name) for name in sellers if name and person(name) != name}
    places = tuple(dict.fromkeys(one.text for one in (*traces.addresses, *traces.registered) if len(one.text) > 3))
    # An account's label may stand before the quote and the account in it, so they are covered as one text.
    found = [
        row | {"before": "", "quote": row["before"] + row["quote"] + row["after"], "after": "", "url": "—"}
        for row in names["found"]
    ]
    whole = {**names, **_GONE, "found": found}
    made = {key: _value(key, value, people, places) for key, value in whole.items()}
    made["pages"] = [row | {"url": "—", "ip": "—"} for row in made["pages"]]
    made["items"] = [row | {"source": "—"} for row in made["items"]]
    made["uscc"] = made["uscc"] if str(made["uscc"]).startswith("91") and not people else forms.BLANK
    return made


def person(name: str) -> str:
    """A seller's name as it may be told: a natural person's with only the first character.

    >>> person("张三"), person("李小明的小店"), person("演示甲医疗器械有限公司"), person("演示药店")
    ('张某', '李某的小店', '演示甲医疗器械有限公司', '演示药店')
    """
    bare = re.sub(r"[（(].*", "", name.strip())
    owned = _OWNED.search(bare)
    who = bare[: owned.start()] if owned is not None and "的" in owned.group() else bare
    if not re.fullmatch(rf"{_HAN}{{2,4}}|{_HAN}{{1,6}}·{_HAN}{{1,9}}", who) or _ORG.search(who):
        return name
    return f"{who[0]}某{bare[len(who) :]}"


def text(given: str) -> str:
    """A text with people, telephones, accounts and addresses covered.

    >>> text("负责人：张三，电话0791-88123456，微信 abc12345")
    '负责人：张某，电话＊＊＊＊＊＊＊＊＊＊＊＊＊，微信 ＊＊＊＊＊＊＊＊'
    """
    for hit in reversed(masking.hits(given)):
        given = given[: hit.start] + COVER * (hit.end - hit.start) + given[hit.end :]
    given = _LINK.sub("（网址略）", given)
    given = _MAIL.sub(_all, given)
    given = _PHONES.sub(_all, given)
    given = _LABELLED.sub(lambda m: m.group()[: m.start(1) - m.start()] + COVER * len(m.group(1)), given)
    given = _PERSON.sub(lambda m: f"{m.group(1)}{m.group(2)}{m.group(3)[0]}某", given)
    for _, address in labelled(given):
        given = given.replace(address, COVER * min(len(address), 8))
    return _STREET.sub(lambda m: COVER * 8 if _ROAD.search(m.group()) else m.group(), given)


def _all(found: re.Match[str]) -> str:
    return COVER * len(found.group())


def _value(key: str, value: Any, people: Mapping[str, str], places: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return value if key in _KEPT else _text(value, people, places)
    if isinstance(value, Mapping):
        return {name: _value(name, one, people, places) for name, one in value.items()}
    return [_value(key, one, people, places) for one in value]


def _text(value: str, people: Mapping[str, str], places: tuple[str, ...]) -> str:
    value = text(value)  # first: an address may end with the next label, and a name is known by its label
    for address in places:
        value = value.replace(address, COVER * 8)
    for name, told in people.items():
        value = value.replace(name, told)
    return value
