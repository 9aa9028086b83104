"""Words spelt by their sound: found in any mixture, and not read into honest text."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.rulebook.sounds import MAX_HIDING, MAX_RUNS, Sounds
from scanner.rulebook.tables import FoldingFile, WordList
from scanner.text import fold
from tests.rulebook.making import shipped

FOLDING = FoldingFile(
    homophones={
        "zhi": "治制智", "liao": "疗料聊", "yi": "胰一宜", "dao": "岛到", "su": "素速", "tong": "痛通", "feng": "风疯", "shi": "石时",
        "bu": "不部", "shou": "手收", "shu": "术树", "yao": "药要", "bing": "病并", "chu": "除处", "xue": "血雪", "guan": "管官",
    },
    innocent=("通风石",),
)  # fmt: skip
LISTS = {
    "效": WordList(words=("治疗", "胰岛素", "不手术"), evasion="on"),
    "病": WordList(words=("痛风石", "血管", "药到病除"), evasion="on"),
    "拼": WordList(words=("痛风",), evasion="pinyin"),
    "明": WordList(words=("治病",)),
}
SOUNDS = Sounds(FOLDING, LISTS)


def read(text: str, sounds: Sounds = SOUNDS) -> set[tuple[str, str]]:
    folded = fold(text)
    return {(name, folded.text[a:b]) for name, a, b in sounds.find(folded)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("能zhi疗", {("效", "zhi疗")}),
        ("能治liao", {("效", "治liao")}),
        ("zhiliao", {("效", "zhiliao")}),
        ("y岛素停了", {("效", "y岛素")}),
        ("yi到素停了", {("效", "yi到素")}),
        ("xueguan堵了", {("病", "xueguan")}),
        ("痛疯石", {("病", "痛疯石"), ("拼", "痛疯")}),  # of three characters one may sound alike; 痛疯 hides beside it
        ("药道病除yao", set()),  # 道 is no character of the table here
        ("要到病处", {("病", "要到病处")}),  # two of four
        ("要到并处", set()),  # three of four
        ("痛feng", {("拼", "痛feng")}),
        ("zhi疗，智聊", {("效", "zhi疗")}),  # both characters only sound alike
        ("zhi疗，制疗", {("效", "zhi疗"), ("效", "制疗")}),  # beside a hiding word
        ("制疗", set()),  # a short word that sounds alike, nothing hides near it
        ("zhi病", set()),  # a list that asks for no evasion
    ],
)
def test_words_are_read_by_their_sound(text: str, found: set[tuple[str, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "z疗",
        "腹部手术",
        "通风石",
        "C盘",
        "B超",
        "5zhi疗",
        "LED灯",
        "USB充电",
        "iPhone15Pro",
        "维生素C和维生素E",
        "X光片",
        "zh",
        "血guanguan理",
    ],
)
def test_honest_text_is_not_read_by_sound(text: str) -> None:
    assert read(text) <= {("病", "血guan")} if "guan" in text else read(text) == set()


@given(st.text(alphabet="治疗痛风石胰岛素" + string.ascii_lowercase + " 。1", max_size=60))
def test_what_is_found_lies_in_the_text_and_sounds_like_a_word(text: str) -> None:
    folded = fold(text)
    words = {w for listed in LISTS.values() for w in listed.words}
    for _, a, b in SOUNDS.find(folded):
        assert 0 <= a < b <= len(folded.text)
        assert folded.text[a:b] not in words  # plain words are the automaton's


def test_the_work_is_bounded_on_a_page_made_to_be_slow() -> None:
    looked = read("zhi疗" * (MAX_RUNS + 500))
    assert looked == {("效", "zhi疗"), ("效", "治liao")} or looked == {("效", "zhi疗")}
    folded = fold("zhi疗" * (MAX_RUNS + 500))
    assert len({a for _, a, _ in SOUNDS.find(folded)}) <= MAX_RUNS + MAX_HIDING


INNOCENT = [  # written for this test: what honest sellers write
    "采用医用级硅胶材质，LED数显屏，USB充电，Type-C接口，续航30天，IPX7级防水，附赠收纳袋一个。",
    "一次性使用无菌注射器带针，规格5ml，0.7×32TWLB，符合GB 15810要求，EO灭菌，有效期五年。",
    "本店支持七天无理由退换货，假一赔十，全国联保，客服在线时间9:00-18:00，疫情期间发货可能延迟。",
    "上臂式电子血压计，大袖带22-42cm，双人各90组记忆，心率不齐提示，语音播报，老人一键测量。",
    "适用机型：iPhone 15 Pro Max；材质：TPU+PC；颜色：黑色、白色；重量约38g，不影响信号。",
    "小朋友看动画片时一直很配合，妈妈说性价比不错，快递第二天就到了，包装完好，下次还来买。",
    "国家标准化管理委员会发布的推荐性标准，适用于在中华人民共和国境内生产、销售的同类产品。",
    "腹部手术后请遵医嘱使用腹带，头部、颈部不适用，卫生不达标的环境请勿拆封，职业并发情况请咨询医师。",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_the_shipped_lists_read_nothing_into_honest_text(text: str) -> None:
    rules = shipped()
    folded = fold(text)
    events = rules.matcher.scan(folded)
    odd = {folded.text[e.start : e.end] for name in events.lists for e in events.events(name) if e.odd}
    assert odd == set()
