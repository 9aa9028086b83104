"""Invented numbers of every family, and the ways in which sellers write them. Serials of registrations begin with 9.

A ``Made`` is a number in its canonical spelling; a writing changes how it stands in a text and nothing else, so what must
be found is known exactly: the type, the raw text with its bounds, the canonical number and whether it is well formed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st
from stdnum import ean
from stdnum.cn import uscc

Draw = st.DrawFn


class Made(NamedTuple):
    type: str
    number: str
    closes: bool = False  # 号 may follow
    label: str = ""  # without which the number is none


def digits(n: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=n, max_size=n)


def _made(kind: str, form: str, *parts: st.SearchStrategy[str], closes: bool = False, label: str = "",
          ) -> st.SearchStrategy[Made]:  # fmt: skip
    return st.builds(lambda *drawn: Made(kind, form.format(*drawn), closes, label), *parts)


def _one(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


PROVINCE = st.sampled_from("京津冀晋蒙内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔滇藏陕甘新演")
PLACE = _one("粤穗", "浙杭", "苏镇", "皖马", "川绵", "京海", "沪奉", "冀沧", "鄂黄", "演城")
ORGAN = _one("食药监", "药监", "市监")
YEAR = st.integers(2015, 2026).map(str)
EARLY = st.integers(2004, 2013).map(str)
CODE = _one("01", "02", "08", "14", "16", "20", "22", "40")


def _company(body: str, area: str) -> Made:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(c, 36) * weight for c, weight in zip(body, weights, strict=True)) % 11
    code = f"91{area}{body}" + {10: "X", 11: "0"}.get(rest, str(rest))
    return Made("uscc", code + uscc.calc_check_digit(code))


def _device(body: str) -> Made:
    return Made("udi_di", body + ean.calc_check_digit(body), label="UDI-DI")


FAMILIES: dict[str, st.SearchStrategy[Made]] = {
    "device_reg of class III": _made("device_reg", "国械注准{}3{}9{}", YEAR, CODE, digits(3), closes=True),
    "device_reg of class II": _made("device_reg", "{}械注准{}2149{}", PROVINCE, YEAR, digits(3), closes=True),
    "device_reg imported": _made("device_reg", "国械注{}{}{}{}9{}", _one("进", "许"), YEAR, _one("2", "3"), CODE,
                                 digits(3), closes=True),
    "device_reg_old": _made("device_reg_old", "国食药监械({})字{}第3{}9{}", _one("准", "进", "许"), EARLY, _one("15", "46", "77"),
                            digits(3), closes=True),
    "device_reg_old of a city": _made("device_reg_old", "{}食药监械(准)字{}第1649{}", PLACE, EARLY, digits(3), closes=True),
    "device_reg_old before 2004": _made("device_reg_old", "国药管械({})字200{}第3019{}", _one("准", "试"), _one("1", "3"),
                                        digits(3), closes=True),
    "device_filing": _made("device_filing", "{}械备{}9{}", PLACE, YEAR, digits(3), closes=True),
    "device_filing imported": _made("device_filing", "国械备{}9{}", YEAR, digits(3), closes=True),
    "device_biz_license": _made("device_biz_license", "{}{}械经营许{}9{}", PLACE, ORGAN, YEAR, digits(3), closes=True),
    "device_biz_filing": _made("device_biz_filing", "{}{}械经营备{}9{}", PLACE, ORGAN, YEAR, digits(3), closes=True),
    "device_prod_license": _made("device_prod_license", "{}{}械生产许{}9{}", PROVINCE, _one("食药监", "药监"), YEAR, digits(3),
                                 closes=True),
    "device_prod_filing": _made("device_prod_filing", "{}药监械生产备{}9{}", PLACE, YEAR, digits(3), closes=True),
    "platform_filing": _made("platform_filing", "({})网械平台备字(20{})第9{}", PROVINCE, _one("18", "26"), digits(4), closes=True),
    "net_info_filing": _made("net_info_filing", "({})网药械信息备字(202{})第9{}", PROVINCE, _one("1", "5"), digits(4), closes=True),
    "net_drug_info": _made("net_drug_info", "({})-{}-{}-9{}", PROVINCE, _one("经营性", "非经营性"), YEAR, digits(3)),
    "ad_approval": _made("ad_approval", "{}{}广审({})第2{}0{}17-9{}", PROVINCE, _one("药", "械", "食健", "食特"), _one("视", "声", "文"),
                         _one("7", "9"), _one("1", "9"), digits(4), closes=True),
    "ad_approval old": _made("ad_approval", "{}医械广审(文)第{}129{}", PROVINCE, EARLY, digits(3), closes=True),
    "drug_approval": _made("drug_approval", "国药准字{}200{}9{}", st.sampled_from("HZSJBTF"), _one("4", "9"), digits(3)),
    "drug_approval of a province": _made("drug_approval", "国药准字{}44029{}", st.sampled_from("HZSBT"), digits(3)),
    "drug_approval since 2020": _made("drug_approval", "国药准字{}{}2021{}", st.sampled_from("HZS"), _one("", "J", "C"), digits(4)),
    "drug_import": _made("drug_import", "{}{}20149{}", _one("", "B"), st.sampled_from("HZS"), digits(3), label="进口药品注册证号"),
    "drug_hmt": _made("drug_hmt", "{}C20159{}", st.sampled_from("HZS"), digits(3), label="医药产品注册证号"),
    "drug_biz_license": _made("drug_biz_license", "{}{}{}89899{}", PROVINCE, st.sampled_from("ABCD"), st.sampled_from("AB"),
                              digits(4), label="药品经营许可证编号"),
    "health_food": _made("health_food", "{}{}2011{}", _one("国食健字", "国食健注"), st.sampled_from("GJ"), digits(4)),
    "health_food filed": _made("health_food", "食健备{}{}", _one("G202144", "J202100"), digits(6)),
    "disinfectant_license": _made("disinfectant_license", "{}卫消证字({})第9{}", PROVINCE, YEAR, digits(3), closes=True),
    "disinfectant_license of a product": _made("disinfectant_license", "卫消{}字(2010)第9{}", _one("", "进"), digits(3), closes=True),
    "cosmetic_filing": _made("cosmetic_filing", "{}G妆网备字{}{}", PROVINCE, YEAR, digits(6)),
    "cosmetic_filing imported": _made("cosmetic_filing", "国妆网备{}字({}){}{}", _one("进", "制"), PROVINCE, YEAR, digits(6)),
    "cosmetic_special": _made("cosmetic_special", "国妆特{}{}9{}", _one("字", "字G", "进字", "进字J"), YEAR, digits(3)),
    "uscc": st.builds(_company, digits(8) | digits(6).map("MA{}".format), _one("440000", "000000", "310000")),
    "icp": _made("icp", "{}ICP备{}号-{}", PROVINCE, digits(8), _one("1", "12")),
    "icp licence": _made("icp", "{}ICP证9{}", PROVINCE, digits(5), closes=True),
    "icp telecom": _made("icp", "{}B2-2018{}", PROVINCE, digits(4)),
    "police_filing": _made("police_filing", "{}公网安备440100{}", PROVINCE, digits(8), closes=True),
    "udi_di": st.builds(_device, digits(10).map("069{}".format)),
}  # fmt: skip
EVERY = st.one_of(*FAMILIES.values())


# --- writings: how the number itself is spelled ------------------------------------------------------------------

_TRADITIONAL = str.maketrans(
    "进准许注备号证国药监检营产广审声视经网妆辽鲁苏陕沪闽粤晋贵川内",
    "進準許註備號證國藥監檢營產廣審聲視經網妝遼魯蘇陝滬閩粵晉貴川內",
)
_BRACKETS = ("（）", "【】", "〔〕", "［］", "[]", "「」", "〈〉", "﹝﹞")


def full_width(draw: Draw, number: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in number)


def traditional(draw: Draw, number: str) -> str:
    return number.translate(_TRADITIONAL)


def lower_case(draw: Draw, number: str) -> str:
    return number.lower()


def bracketed(draw: Draw, number: str) -> str:
    opening, closing = draw(st.sampled_from(_BRACKETS))
    return number.replace("(", opening).replace(")", closing)


def dashed(draw: Draw, number: str) -> str:
    return number.replace("-", draw(st.sampled_from("—–－‑−─")))


def _filled(draw: Draw, number: str, filler: st.SearchStrategy[str], every: bool = False) -> str:
    return number[0] + "".join((draw(filler) if every or draw(st.booleans()) else "") + c for c in number[1:])


def invisible(draw: Draw, number: str) -> str:
    return _filled(draw, number, st.sampled_from("\u200b\u200d\ufeff\u2060\xad\u200e"))


def one_space(draw: Draw, number: str) -> str:
    at = draw(st.integers(1, len(number) - 1))
    return number[:at] + draw(st.sampled_from([" ", "\u3000", "\xa0", "&nbsp;", "&#12288;"])) + number[at:]


def spaced_out(draw: Draw, number: str) -> str:
    return _filled(draw, number, st.just(draw(st.sampled_from([" ", "\u3000", "\xa0"]))), every=True)


def one_line_break(draw: Draw, number: str) -> str:
    """Not before 号 or a hyphen: at the beginning of a line these are the page's."""
    at = draw(st.integers(1, len(number) - 1).filter(lambda at: number[at] not in "号-"))
    return number[:at] + draw(st.sampled_from(["\n", "\r\n", "\n  ", "<br>", "<br />"])) + number[at:]


def marked_up(draw: Draw, number: str) -> str:
    at = draw(st.integers(1, len(number) - 1))
    tag = draw(st.sampled_from(["</b>", "<em>", '<font class="skcolor_ljg">', "<span style='color:red'>", "</SPAN>"]))
    return number[:at] + tag + number[at:]


def as_it_is(draw: Draw, number: str) -> str:
    return number


WRITINGS: tuple[Callable[[Draw, str], str], ...] = (
    as_it_is, full_width, traditional, lower_case, bracketed, dashed, invisible, one_space, spaced_out, one_line_break,
    marked_up,
)  # fmt: skip

# --- surroundings: what stands before and behind it ---------------------------------------------------------------

BEFORE = (
    "", "注册证号：", "注册证号", "批准文号:", "备案凭证编号 ： ", "【执行标准号】", "（", "医用外科口罩 ", "产品名称：口罩\n", "<td>", "获批", "编号为", "**", "资质证书：",
)  # fmt: skip
AFTER = (
    "", "。", "，", ")", "】", "”", "\n", "<br>", "</td>", "|", "型号：AB-200", "生产企业：某某公司", "规格：10片/盒", "选购热点: 静音", "有效期至2027-05-01",
    " 3L机", " 12片装", " 2023-10-10", " 2026年5月", "的产品", "详见说明书", "\n生产日期：2023.10.10", "；执行标准：GB 1-2020", "(有效)",
)  # fmt: skip
GLUED_DATES = ("2023-05-01", "2023年5月", "2023.05.01", "2024/1/2")
SUFFIXES = ("(更)", "（更）", "更", "+变更文件", "【更】")


@st.composite
def standing(draw: Draw, made: Made, write: Callable[[Draw, str], str], after: tuple[str, ...] = AFTER
             ) -> tuple[str, int, str]:  # fmt: skip
    """A text with the number in it, where it begins, and how it stands there."""
    raw = write(draw, made.number + ("号" if made.closes and draw(st.booleans()) else ""))
    before = f"{made.label}：" if made.label else draw(st.sampled_from(BEFORE))
    return before + raw + draw(st.sampled_from(after)), len(before), raw
