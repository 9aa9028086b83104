"""The proposal, case by case. All sellers are invented, all numbers made up by the rules of their families."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.home import shipped_rules
from scanner.leads.routing import units
from scanner.leads.routing.route import Route
from scanner.leads.routing.traces import Traces
from scanner.model import FieldState
from tests.leads.routing.making import code, routed, said, shipped, traces

HANGZHOU = "浙杭食药监械经营备20219001号"
GUANGZHOU = "粤穗食药监械经营许20219001号"

CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    # one vote of each kind
    "licence of a city": ({"shown": HANGZHOU}, "unit", "杭州市市场监督管理局"),
    "class III licence": ({"shown": GUANGZHOU}, "unit", "广州市市场监督管理局"),
    "licence of a district of a municipality": ({"shown": "京海食药监械经营许20219001号"}, "unit", "北京市海淀区市场监督管理局"),
    "licence of a zone": ({"shown": "京经食药监械经营备20219001"}, "unit", "北京经济技术开发区市场监督管理局"),
    "licence of a county the province governs": ({"shown": "鄂仙食药监械经营备20219001号"}, "unit", "仙桃市市场监督管理局"),
    "licence without a city": ({"shown": "粤食药监械经营许20219001号"}, "unit", "广东省药品监督管理局"),
    "licence whose city is not certain": ({"shown": "鲁济食药监械经营备20219001号"}, "unit", "山东省药品监督管理局"),
    "producer who sells": ({"shown": "苏食药监械生产许20209001号"}, "unit", "江苏省药品监督管理局"),
    "filing of a first class producer": ({"shown": "粤惠食药监械生产备20209001号"}, "unit", "惠州市市场监督管理局"),
    "drug licence": ({"shown": "药品经营许可证：琼CA898900001"}, "unit", "海南省药品监督管理局"),
    "information service of a site": ({"shown": "(苏)-非经营性-2021-9005"}, "unit", "江苏省药品监督管理局"),
    "company code of a city": ({"shown": f"统一社会信用代码：{code('440300')}"}, "unit", "深圳市市场监督管理局"),
    "company code of a county": ({"shown": f"统一社会信用代码：{code('330782')}"}, "unit", "金华市市场监督管理局"),
    "company code withdrawn": ({"shown": f"统一社会信用代码：{code('410728')}"}, "unit", "新乡市市场监督管理局"),
    "company code of a development zone": ({"shown": f"统一社会信用代码：{code('230199')}"}, "unit", "哈尔滨市市场监督管理局"),
    "police filing": ({"shown": "京公网安备11010802990134号"}, "unit", "北京市海淀区市场监督管理局"),
    "register's address": ({"registered": ("江西省宜春市樟树市演示路1号",)}, "unit", "樟树药品监督管理局"),
    "a county the province addresses": ({"registered": ("江西省赣州市瑞金市演示路1号",)}, "unit", "瑞金市市场监督管理局"),
    "address in a new area": ({"address": ("江西省赣江新区演示路1号",)}, "unit", "赣江新区市场监督管理局"),
    "address at Changbaishan": ({"address": ("吉林省长白山保护开发区演示街",)}, "unit", "长白山保护开发区市场监督管理局"),
    "address in a city of the Corps": ({"address": ("新疆石河子市演示路1号",)}, "unit", "第八师石河子市市场监督管理局"),
    "address on the page": ({"address": ("辽宁省大连市沙河口区演示路1号",)}, "unit", "大连市市场监督管理局"),
    "name alone": ({"name": ("杭州演示甲医疗器械有限公司",)}, "unit", "杭州市市场监督管理局"),
    # votes that agree
    "city within province": ({"shown": f"{HANGZHOU} 浙ICP备19900001号"}, "unit", "杭州市市场监督管理局"),
    "counties of one city": (
        {"address": ("杭州市西湖区演示路", "杭州市上城区演示路")}, "unit", "杭州市市场监督管理局"),
    "all at once": (
        {"shown": f"{HANGZHOU} 统一社会信用代码：{code('330106')}", "registered": ("浙江省杭州市西湖区演示路1号",),
         "name": ("杭州演示乙医疗器械有限公司",)}, "unit", "杭州市市场监督管理局"),
    "filing and name": ({"shown": "浙ICP备19900001号", "name": ("宁波演示商贸有限公司",)}, "unit", "宁波市市场监督管理局"),
    "a name does not outweigh a licence": (
        {"shown": HANGZHOU, "name": ("广州演示商贸有限公司",)}, "unit", "杭州市市场监督管理局"),
    # votes that do not
    "licence against code": ({"shown": f"{GUANGZHOU} 统一社会信用代码：{code('330106')}"}, "conflict", ""),
    "licence against page address": ({"shown": HANGZHOU, "address": ("浙江省宁波市海曙区演示路",)}, "conflict", ""),
    "licence against filing": ({"shown": f"{HANGZHOU} 京ICP备19900001号"}, "conflict", ""),
    "two licences": ({"shown": f"{HANGZHOU} {GUANGZHOU}"}, "conflict", ""),
    "districts of a municipality": ({"address": ("北京市朝阳区演示路", "北京市海淀区演示路")}, "conflict", ""),
    "two names": ({"name": ("杭州演示有限公司", "广州演示有限公司")}, "conflict", ""),
    "filing against name": ({"shown": "浙ICP备19900001号", "name": ("广州演示有限公司",)}, "conflict", ""),
    "two filings": ({"shown": "浙ICP备19900001号 粤ICP备19900002号"}, "conflict", ""),
    # filings alone
    "filing alone": ({"shown": "浙ICP备19900001号-1"}, "telecom", ""),
    "commercial licence alone": ({"shown": "粤B2-20199001"}, "telecom", ""),
    # platforms
    "platform": ({"shown": "(浙)网械平台备字(2018)第99002号", "is_platform": True}, "unit", "浙江省药品监督管理局"),
    "platform with an address in a city": (
        {"shown": "(京)网械平台备字(2020)第99002号", "address": ("北京市海淀区演示路",), "is_platform": True},
        "unit", "北京市药品监督管理局"),
    "platform with an address elsewhere": (
        {"shown": "(京)网械平台备字(2020)第99002号", "address": ("上海市徐汇区演示路",), "is_platform": True},
        "conflict", ""),
    "platform of which nothing is known": ({"is_platform": True}, "unknown", ""),
    "shop on a platform": (
        {"shown": f"{HANGZHOU} 京ICP备19900001号", "on_platform": "演示平台"}, "unit", "杭州市市场监督管理局"),
    "shop on a platform, nothing of its own": (
        {"shown": "(沪)网械平台备字[2019]第99006号 沪ICP备19900001号", "on_platform": "演示平台"}, "unknown", ""),
    # nothing
    "nothing": ({}, "unknown", ""),
    "goods say nothing of the seller": ({"shown": "粤械注准20232190001"}, "unknown", ""),
    "malformed licence": ({"shown": "浙杭食药监械经营备20139001号"}, "unknown", ""),
    "demonstration licence": ({"shown": "演杭食药监械经营备20219001号"}, "unknown", ""),
    "abroad": ({"address": ("香港九龙演示道1号",)}, "unknown", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    given_, outcome, name = CASES[case]
    found = routed(traces(**given_))
    assert (found.outcome, found.unit.name if found.unit is not None else "") == (outcome, name)
    assert found.because
    if outcome == "conflict":
        assert found.place is None
        assert len(found.choices) >= 2
    if outcome == "unit":
        assert found.place is not None
        assert found.sure is not None


def kinds(found: Route) -> dict[str, str]:
    return {one.kind: one.authority for one in found.proposals}


def test_votes_keep_their_sources() -> None:
    found = routed(traces(f"{HANGZHOU} 浙ICP备19900001号", name=("广州演示商贸有限公司",)))
    assert [(v.kind, v.quote, v.where, v.place.code, v.sure) for v in found.votes] == [
        ("licence", HANGZHOU, "首页·文字", "330100", "certain"),
        ("icp", "浙ICP备19900001号", "首页·文字", "330000", "likely"),
        ("name", "广州演示商贸有限公司", "测试", "440100", "weak"),
    ]
    assert [v.quote for v in found.against] == ["广州演示商贸有限公司"]
    assert any("不一致" in reason for reason in found.because)


def test_silent_traces_say_why() -> None:
    found = routed(
        traces("浙杭食药监械经营备20139001号 演杭食药监械经营备20219001号", name=("演示有限公司",), address=("测试",))
    )
    assert [(s.quote, s.because[:8]) for s in found.silent] == [
        ("浙杭食药监械经营备20139001号", "第二类医疗器械经"), ("演杭食药监械经营备20219001号", "第二类医疗器械经"),
        ("测试", "读不出能确定的省"), ("演示有限公司", "名称里没有能确定"),
    ]  # fmt: skip


def test_filing_alone_goes_to_the_telecom_authority() -> None:
    found = routed(traces("浙ICP备19900001号"))
    assert kinds(found) == {"telecom": "浙江省通信管理局"}
    assert "telecom" not in kinds(routed(traces(f"{HANGZHOU} 浙ICP备19900001号")))


def test_a_shop_on_a_platform_is_asked_after_there() -> None:
    shown = "(沪)网械平台备字[2019]第99006号 沪ICP备19900001号"
    assert kinds(routed(traces(shown, on_platform="演示平台"))) == {"assist": "上海市药品监督管理局"}


@pytest.mark.parametrize("state", list(FieldState))
@pytest.mark.parametrize("server", ["mainland", "abroad", "unknown"])
def test_blocking_needs_both(state: FieldState, server: str) -> None:
    """Absent, not merely not seen; abroad, not merely unknown."""
    found = routed(traces(icp=state, server=server))
    assert ("block" in kinds(found)) == (state is FieldState.ABSENT and server == "abroad")


def test_blocking_is_not_for_shops_on_a_platform() -> None:
    assert kinds(routed(traces(icp=FieldState.ABSENT, server="abroad", on_platform="演示平台"))) == {}


@pytest.mark.parametrize(
    ("text", "to", "law"),
    [
        ("本品含西药成分，见效快", "police", "刑法第一百四十一条"),
        ("印度版靶向药代购", "police", "刑法第一百四十二条之一"),
        ("二手心脏起搏器低价", "police", "刑法第一百四十五条"),
        ("精神药品现货，加微", "police", "刑法第二百二十五条"),
        ("包过注册证", "police", "刑法第二百八十条第一款"),
        ("玻尿酸上门注射", "police", "刑法第三百三十六条第一款"),
        ("玻尿酸包注射", "health", "医疗器械监督管理条例第四章"),
        ("正品水货，人肉带回", "customs", "海关法第八十二条"),
        ("走*私渠道", "customs", "海关法第八十二条"),
        ("他们在药监有人，有案不查", "discipline", "监察法第十一条"),
    ],
)
def test_signs(text: str, to: str, law: str) -> None:
    found = routed(traces(HANGZHOU, texts=(text,)))
    (one,) = [p for p in found.proposals if p.kind == to and p.law == law]
    assert one.authority
    assert "判断" in one.because
    assert all(q.where == "测试" and q.text in text for q in one.quotes)


@pytest.mark.parametrize(
    "text",
    [
        "谨防假药", "本品不含西药成分", "严禁走私", "打击走私", "拒绝水货", "二手手机", "印度版电影", "过期禁止使用注射器", "代打印处方",
        "精神药品目录", "医用口罩", "",
    ],
)  # fmt: skip
def test_words_that_are_no_sign(text: str) -> None:
    assert routed(traces(HANGZHOU, texts=(text,))).proposals == ()


def test_a_hospital_is_for_health_authorities() -> None:
    found = routed(traces(name=("杭州演示医疗美容医院",)))
    assert kinds(found) == {"health": "杭州市卫生健康委员会"}


def test_transfers_follow_the_place_and_say_when_there_is_none() -> None:
    text = ("本品含西药成分，走私水货，包注射",)
    there = routed(traces("闽厦食药监械经营备20219001号", texts=text))
    assert kinds(there) == {"police": "厦门市公安局", "health": "厦门市卫生健康委员会", "customs": "厦门海关"}
    nowhere = routed(traces(f"{HANGZHOU} {GUANGZHOU}", texts=text))
    assert kinds(nowhere) == {"police": "", "health": "", "customs": ""}
    assert all("所在地未定" in p.because for p in nowhere.proposals)


def test_unreachable_sellers_go_to_their_registrar() -> None:
    shown = f"统一社会信用代码：{code('330106')}"
    found = routed(traces(shown, address=("广东省广州市天河区演示路",), unreachable=True))
    assert found.outcome == "conflict"
    assert kinds(found) == {"abnormal_list": "杭州市西湖区市场监督管理局"}
    assert kinds(routed(traces(shown))) == {}


OWN = """
units:
  - {id: hz, name: 杭州市市场监督管理局稽查处, level: city, scope: ["330100"], contact: 器械科}
  - {id: xihu, name: 西湖区市场监督管理局, level: county, scope: ["330106"], parent: hz, supervised: true}
  - {id: sheng, name: 浙江省药品监督管理局器械处, level: province, scope: ["330000"]}
"""


def test_own_units(tmp_path: Path) -> None:
    (tmp_path / "units.yaml").write_text(OWN, encoding="utf-8")
    known = units.load(shipped_rules(), tmp_path)

    def unit(given_: Traces) -> tuple[str, str]:
        found = routed(given_, known)
        return found.outcome, found.unit.id if found.unit is not None else ""

    assert unit(traces(HANGZHOU)) == ("unit", "hz")
    assert unit(traces(HANGZHOU, address=("杭州市西湖区演示路",))) == ("unit", "xihu")
    assert unit(traces(address=("杭州市西湖区演示路", "杭州市上城区演示路"))) == ("conflict", "")
    assert unit(traces(address=("杭州市滨江区演示路", "杭州市上城区演示路"))) == ("unit", "hz")
    assert unit(traces(address=("浙江省宁波市演示路",))) == ("unit", "sheng")
    assert unit(traces("(浙)网械平台备字(2018)第99002号", is_platform=True)) == ("unit", "sheng")
    outside = routed(traces(GUANGZHOU), known)
    assert outside.unit is not None
    assert (outside.unit.id, outside.unit.own) == ("440100", False)
    assert "应通报移送" in outside.because[0]
    (area,) = (one for one in outside.proposals if one.kind == "area")
    assert (area.authority, area.law, area.verified) == ("广州市市场监督管理局", "市场监督管理行政处罚程序规定", False)
    assert area.because == "广州市不在本单位名单的范围，由广州市市场监督管理局管辖"
    assert [quote.text for quote in area.quotes] == [GUANGZHOU]
    elsewhere = routed(traces("(苏)网械平台备字(2018)第99002号", is_platform=True), known)
    assert kinds(elsewhere)["area"] == "江苏省药品监督管理局"
    for ours in (traces(HANGZHOU), traces(f"{HANGZHOU} {GUANGZHOU}"), traces()):
        assert "area" not in kinds(routed(ours, known))
    assert "area" not in kinds(routed(traces(GUANGZHOU)))  # without a list nobody knows which area is one's own


PIECES = st.lists(
    st.sampled_from([
        HANGZHOU, GUANGZHOU, "浙ICP备19900001号", "京ICP备19900001号", "京公网安备11010802990134号", "粤惠食药监械生产备20209001号",
        "(浙)网械平台备字(2018)第99002号", "(苏)-非经营性-2021-9005", f"统一社会信用代码：{code('330106')}",
        f"统一社会信用代码：{code('410728')}", "浙杭食药监械经营备20139001号",
    ]), max_size=5, unique=True,
)  # fmt: skip
PLACES = st.lists(
    st.sampled_from(["浙江省杭州市西湖区演示路", "广州市演示路", "北京市朝阳区", "测试"]), max_size=2, unique=True
)
GIVEN = st.builds(
    lambda pieces, registered, address, name, is_platform, on_platform: traces(
        " ".join(pieces), registered=tuple(registered), address=tuple(address), name=tuple(name),
        is_platform=is_platform, on_platform=on_platform,
    ),
    PIECES, PLACES, PLACES, st.lists(st.sampled_from(["杭州演示有限公司", "广州演示有限公司", "演示有限公司"]), max_size=2, unique=True),
    st.booleans(), st.sampled_from(["", "演示平台"]),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(GIVEN)
def test_every_trace_votes_or_says_why(given_: Traces) -> None:
    found = routed(given_)
    wanted = len(given_.numbers) + len(given_.registered) + len(given_.addresses) + len(given_.names)
    assert len(found.votes) + len(found.silent) == wanted
    quoted = {n.number.raw for n in given_.numbers} | {
        t.text for t in (*given_.registered, *given_.addresses, *given_.names)
    }
    for vote in found.votes:
        assert vote.quote in quoted
        assert vote.where
        assert shipped().areas.of(vote.place.code) is not None


@settings(max_examples=100, deadline=None)
@given(GIVEN)
def test_what_is_chosen_contradicts_no_vote_that_counts(given_: Traces) -> None:
    found = routed(given_)
    sides = [v for v in found.votes if v.sure != "weak" and (v.about == "seller" or given_.is_platform)]
    if found.outcome == "unit":
        assert found.place is not None
        assert found.unit is not None
        assert not found.choices
        for vote in sides:
            near = found.place.within(vote.place) or vote.place.within(found.place)
            assert near, (vote, found.place)
    else:
        assert found.unit is None
        assert found.place is None
    if len({v.place.path[0] for v in sides}) > 1:
        assert found.outcome == "conflict"
    if not [v for v in found.votes if v.about == "seller"] and not given_.is_platform:
        assert found.outcome == "unknown"


@settings(max_examples=100, deadline=None)
@given(GIVEN, st.randoms(use_true_random=False))
def test_the_order_of_traces_decides_nothing(given_: Traces, random: Any) -> None:
    mixed = list(given_.numbers)
    random.shuffle(mixed)
    one, other = routed(given_), routed(replace(given_, numbers=tuple(mixed)))
    assert (one.outcome, one.unit, one.place, one.sure) == (other.outcome, other.unit, other.place, other.sure)
    assert {c.id for c in one.choices} == {c.id for c in other.choices}
    assert set(one.votes) == set(other.votes)


@settings(max_examples=100, deadline=None)
@given(GIVEN)
def test_a_vote_does_not_know_of_the_others(given_: Traces) -> None:
    alone = [
        vote
        for seen in given_.numbers
        for vote in routed(replace(given_, numbers=(seen,), registered=(), addresses=(), names=())).votes
    ]
    assert alone == list(routed(replace(given_, registered=(), addresses=(), names=())).votes)


def test_names_are_weak_whatever_their_number() -> None:
    found = routed(Traces(names=said(*(f"广州演示{n}有限公司" for n in range(50))), registered=said("浙江省杭州市")))
    assert found.unit is not None
    assert found.unit.id == "330100"
    assert len(found.against) == 50
