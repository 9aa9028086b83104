"""The list of duties of a page: each a fact of its own, met or not, with its place, and why nothing was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.checks import subject
from scanner.checks.display import became, sentence
from scanner.judge import duties, judge
from scanner.model import DutyAnswer, DutyState, Field, FieldState, Listing, Outcome, Seller, Verdict
from scanner.text import fold
from tests.bounded import seconds
from tests.checks.making import DAY, MAKER, NOTICE, NUMBER, page, with_state
from tests.rulebook.making import shipped

LENS = "contact-lens-fitting-warning"
WARNING = "配戴本产品，应由眼视光专业人士进行验配"
RETAIL = "reading-notice"
FRONT = "https://www.example.cn/"
GOODS = "家用制氧机 899元\n医用雾化器 199元"
LICENCE = "医疗器械经营许可证编号：粤穗食药监械经营许20171161号"


def asked(thing: Listing | Seller, on: date = DAY, **followed: DutyState) -> dict[str, DutyAnswer]:
    """Duty -> its answer."""
    return {answer.duty: answer for answer in duties(thing, shipped(), on=on, followed=followed)}


def lens(text: str, **more: object) -> DutyAnswer:
    return asked(page("彩色隐形眼镜 日抛", text, attributes={"注册证编号": "国械注准20213160001"}, **more))[LENS]


def front(text: str, **more: object) -> Seller:
    return subject.shop("s", text=text, page="home", **{"url": FRONT, **more})  # type: ignore[arg-type]


# --- how something is shown --------------------------------------------------------------------------------------


def test_a_sentence_as_text_is_quoted_where_it_stands() -> None:
    answer = lens(f"零度可拍。{WARNING}。")
    assert (answer.state, answer.field, answer.quote, answer.start, answer.end) == (
        DutyState.SEEN, "description", WARNING, 5, 5 + len(WARNING)
    )  # fmt: skip
    assert answer.unchecked == ()
    assert [law.article for law in answer.basis] == ["第十二条"]


@pytest.mark.parametrize(
    "text",
    [
        "配戴本產品，應由眼視光專業人士進行驗配",  # traditional
        "配戴本产品\n应由眼视光专业人士进行验配",  # over two blocks
        "配戴本产品 | 应由【眼视光专业人士】进行验配!!",
        "配 戴 本 产 品 应 由 眼 视 光 专 业 人 士 进 行 验 配",
        "配戴本产品应由眼视光专业人员进行验配",  # a changed word
        "配戴本产品，\u200b应由眼\u200b视光专业人士进行验配",
        "请勿自行购买。配戴本产品，应由眼视光专业人士进行验配",  # a negation of another sentence
        "如有不适配戴本产品应由眼视光专业人士进行验配",
    ],
)
def test_the_same_words_in_any_dress(text: str) -> None:
    assert lens(text).state is DutyState.SEEN


@pytest.mark.parametrize(
    "text",
    [
        "配戴本产品，不应由眼视光专业人士进行验配",
        "配戴本产品，无须由眼视光专业人士进行验配",
        "无需配戴本产品应由眼视光专业人士进行验配",
        "本产品应由眼科医生或专业人士验配",
    ],
)
def test_words_that_come_near_or_say_the_opposite_show_nothing(text: str) -> None:
    answer = lens(text)
    assert answer.state is DutyState.SIMILAR
    assert answer.quote in text
    listing = page("彩色隐形眼镜 日抛", text, attributes={"注册证编号": "国械注准20213160001"})
    (finding,) = [f for f in judge(listing, shipped(), None, on=DAY) if f.rule == LENS]
    assert (finding.verdict, finding.quote) == (Verdict.SUSPECT, answer.quote)


def test_a_page_that_says_less_than_the_sentence_does_not_show_it() -> None:
    """The shorter of two texts is what a partial comparison looks for: a lone word of the sentence is not all of it."""
    answers = asked(page("助听器"))
    assert answers["hearing-aid-fitting-warning"].state is DutyState.ABSENT


def test_only_in_a_picture() -> None:
    answer = lens("零度可拍", image_text=f"温馨提示 {WARNING}")
    assert (answer.state, answer.field, answer.quote) == (DutyState.PICTURE, "image_text", WARNING)
    pointed = page("电子体温计", "注册证编号请看下方图片", image_text=f"医疗器械注册证 {NUMBER}")
    number = asked(pointed)["registration-number-as-text"]
    assert (number.state, number.field, number.quote) == (DutyState.PICTURE, "image_text", NUMBER)


def test_a_number_read_in_a_picture_must_stand_as_text_too() -> None:
    """Whether or not the page says that its number is in the picture."""
    listing = page("电子体温计", "软头", image_text=f"医疗器械注册证 {NUMBER}")
    number = asked(listing)["registration-number-as-text"]
    assert (number.state, number.quote, number.start) == (DutyState.PICTURE, NUMBER, len("医疗器械注册证 "))


def test_text_comes_before_the_same_in_a_picture() -> None:
    assert lens(WARNING, image_text=WARNING).field == "description"


def test_why_nothing_was_found() -> None:
    assert (lens("零度可拍").state, lens("零度可拍").unchecked) == (DutyState.ABSENT, ())
    unread = lens("零度可拍", image_text=None, pictures=("a.jpg",))
    assert (unread.state, unread.unchecked) == (DutyState.NOT_LOOKED_AT, ("图片里的文字没有检查",))
    listing = page("隐形眼镜", "零度可拍")
    for state in (FieldState.NOT_SEEN, FieldState.UNREADABLE, FieldState.NOT_LOOKED_AT):
        answer = asked(with_state(listing, description=state))[LENS]
        assert (answer.state.value, answer.unchecked) == (state.value, ("商品详情没有取到",))


def test_text_that_must_be_text_is_absent_though_pictures_were_not_read() -> None:
    answer = asked(page("射频美容仪 家用", "紧致", image_text=None, pictures=("a.jpg",)))["registration-number-shown"]
    assert (answer.state, answer.unchecked) == (DutyState.ABSENT, ("图片里的文字没有检查",))


def test_labels_in_rows_and_in_running_text() -> None:
    rows = {"注册证编号": NUMBER, **MAKER}
    answers = asked(page("电子血压计", "规格型号：BP-1\n注意事项： 测量前静坐。\n型号很多", attributes=rows))
    assert (answers["model-shown"].field, answers["model-shown"].quote) == ("description", "规格")
    assert answers["contraindications-shown"].state is DutyState.SEEN
    assert (answers["maker-shown"].field, answers["maker-shown"].quote) == ("attribute:生产企业", MAKER["生产企业"])
    assert answers["structure-shown"].state is DutyState.ABSENT
    assert asked(page("电子血压计", "型号很多，厂家直销：便宜", attributes={"注册证编号": NUMBER}))[
        "maker-shown"
    ].state is (DutyState.ABSENT)


def test_a_certificate_is_known_by_the_address_of_its_picture() -> None:
    rows, address = {"注册证编号": NUMBER}, f"https://img.example.cn/{quote('注册证')}-1.jpg"
    answer = asked(page("电子血压计", "静音", attributes=rows, pictures=("a.jpg", address)))[
        "registration-certificate-shown"
    ]
    assert (answer.state, answer.field, answer.quote) == (
        DutyState.PICTURE, "pictures", "https://img.example.cn/注册证-1.jpg"
    )  # fmt: skip


def test_one_who_answers_for_a_numbered_product_must_be_named() -> None:
    def verdict(**more: object) -> str | None:
        listing = page("电子血压计", "静音", attributes={"注册证编号": NUMBER}, **more)
        return next((f.verdict.value for f in judge(listing, shipped(), None, on=DAY) if f.rule == "maker-shown"), None)

    assert verdict() == "suspect"
    assert verdict(image_text="生产企业：示例医疗有限公司") is None
    assert verdict(image_text=None, pictures=("a.jpg",)) == "unverified"  # which opens no lead


def test_a_duty_that_another_rule_reports_is_listed_and_makes_no_finding() -> None:
    listing = page("射频美容仪 家用", "紧致", attributes={"功率": "30W"})
    assert asked(listing)["registration-number-shown"].state is DutyState.ABSENT
    found = judge(listing, shipped(), None, on=DAY)
    assert [f.rule for f in found] == ["number-missing"]
    assert "注册证或者备案编号" not in found[0].beside[0]


# --- whose page it is, and when ----------------------------------------------------------------------------------


def test_duties_begin_when_their_law_does() -> None:
    listing = page("隐形眼镜", "零度可拍")
    assert LENS not in asked(listing, on=date(2025, 9, 30))
    assert LENS in asked(listing, on=date(2025, 10, 1))
    site = front(f"{GOODS}\n医疗器械经营")
    laws = {
        day: asked(site, on=day)["site-information-service-number"].basis[0].law
        for day in (date(2025, 12, 21), date(2025, 12, 22))
    }
    assert list(laws.values()) == ["互联网药品信息服务管理办法", "互联网药品医疗器械信息服务备案管理规定"]


def test_a_front_page_that_shows_no_licence_at_all_is_found() -> None:
    found = {f.rule: f.verdict.value for f in judge(front(GOODS), shipped(), None, on=DAY)}
    assert found["shop-licence-as-text"] == "suspect"
    assert "shop-licence-as-text" not in {f.rule for f in judge(front(f"{GOODS}\n{LICENCE}"), shipped(), None, on=DAY)}


def test_a_sellers_page_that_was_not_read() -> None:
    unread = replace(front(GOODS, pictures=["医疗器械经营许可证"]), text=Field(state=FieldState.UNREADABLE))
    answer = asked(unread)["business-licence-shown"]
    assert (answer.state, answer.unchecked) == (DutyState.UNREADABLE, ("页面文字没有取到", "图片里的文字没有检查"))
    found = {f.rule: f.verdict.value for f in judge(unread, shipped(), None, on=DAY)}
    assert set(found.values()) == {"unverified"}
    assert "business-licence-shown" in found


def test_a_shops_licence_named_on_a_product_page_is_no_number_in_a_picture() -> None:
    listing = page("射频美容仪 家用", "本店持有医疗器械经营许可证", attributes={"功率": "30W"})
    assert "number-missing" in {f.rule for f in judge(listing, shipped(), None, on=DAY)}


def test_ordinary_goods_and_ordinary_shops_have_none() -> None:
    assert asked(page("手剥松子 218g", "香脆", attributes={"产地": "吉林"})) == {}
    assert asked(front("陶瓷花盆 39元\n竹制书架 89元\n商家入驻")) == {}
    assert asked(front("电子血压计模型玩具 9元\n宠物体温计 19元")) == {}


def test_a_front_page_is_a_shops_or_a_platforms() -> None:
    shop, platform = asked(front(GOODS)), asked(front(f"{GOODS}\n商家入驻"))
    assert {"shop-licence-shown", "business-licence-shown", "shop-contact"} <= shop.keys()
    assert {"platform-filing-number", "platform-complaint-channel"} <= platform.keys()
    assert not [duty for duty in shop if duty.startswith("platform")]
    assert not [duty for duty in platform if duty.startswith(("shop", "business"))]
    numbered = asked(front(f"{GOODS}\n(京)网械平台备字(2018)第00005号"))
    assert numbered["platform-filing-number"].state is DutyState.SEEN
    # Below the top of a site it is a shop in somebody's mall, whatever the mall says around it.
    assert "shop-contact" in asked(front(f"{GOODS}\n商家入驻", url=f"{FRONT}shop/9"))


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://www.example.cn/", "absent"),
        ("https://example.com.cn/index.html", "absent"),
        ("http://m.example.cn", "absent"),
        ("https://dian8.example.cn/", "not_looked_at"),
        ("http://192.0.2.7/", "not_looked_at"),
        ("http://[2001:db8::1]:8080/", "not_looked_at"),
        ("http://localhost:8000/", "not_looked_at"),
        ("https://www.example.cn/shop/9", None),
        ("", "not_looked_at"),
        ("http://[", None),
    ],
)
def test_a_site_of_its_own_where_that_can_be_told(url: str, state: str | None) -> None:
    seller = front(GOODS, url=url)
    answer = asked(seller).get("site-icp-number")
    assert (answer and answer.state.value) == state
    found = [f.verdict.value for f in judge(seller, shipped(), None, on=DAY) if f.rule == "site-icp-number"]
    assert found == (["suspect"] if state == "absent" else [])
    if state == "not_looked_at":
        assert answer is not None
        assert "看不出是不是自建网站" in answer.unchecked[-1]


def test_what_a_site_shows_counts_wherever_it_stands() -> None:
    assert (
        asked(front(f"{GOODS}\n京ICP备10046444号", url="http://192.0.2.7/"))["site-icp-number"].state is DutyState.SEEN
    )


def test_only_goods_that_need_a_licence_count() -> None:
    exempt = asked(front("电子血压计 89元\n避孕套 39元\n医用退热贴 9元"))
    assert "shop-licence-shown" not in exempt
    assert "business-licence-shown" in exempt
    assert "shop-licence-shown" not in asked(front("家用制氧机 899元\n家用制氧机 899元"))  # one card, shown twice


# --- links -------------------------------------------------------------------------------------------------------


def test_a_link_is_followed_or_not() -> None:
    way = f"{FRONT}zz"
    home = front(GOODS, links={way: "营业执照与经营资质"})
    for state, becomes in ((None, "link"), (DutyState.LINK_ALIVE, "link_alive"), (DutyState.LINK_DEAD, "link_dead")):
        answer = asked(home, **({way: state} if state else {}))["shop-licence-shown"]
        assert (answer.state.value, answer.field, answer.quote, answer.link) == (
            becomes, "links", "营业执照与经营资质", way
        )  # fmt: skip


def test_the_page_with_the_licences_may_not_pass_them_on() -> None:
    links = {f"{FRONT}zz": "资质证照"}
    home = front(LICENCE.split("编")[0], links=links)
    assert asked(home)["shop-licence-as-text"].state is DutyState.LINK
    assert asked(replace(home, page="licence"))["shop-licence-as-text"].state is DutyState.ABSENT
    itself = replace(home, page="licence", url=f"{FRONT}zz")
    assert asked(itself)["shop-licence-shown"].state is DutyState.ABSENT


def test_a_products_picture_or_link_is_no_licence() -> None:
    home = front(GOODS, pictures=["电子体温计 证照见详情图"], links={f"{FRONT}p/1": "医用雾化器 资质齐全"})
    assert asked(home)["shop-licence-shown"].state is DutyState.NOT_LOOKED_AT


@pytest.mark.parametrize(
    ("status", "outcome", "state"),
    [
        (200, Outcome.READ, DutyState.LINK_ALIVE),
        (200, Outcome.NOT_HTML, DutyState.LINK_ALIVE),  # a scan as PDF
        (404, Outcome.NOT_A_PRODUCT, DutyState.LINK_DEAD),
        (410, Outcome.ERROR, DutyState.LINK_DEAD),
        (500, Outcome.ERROR, None),
        (200, Outcome.LOGIN, None),
        (200, Outcome.CAPTCHA, None),
        (0, Outcome.ERROR, None),
    ],
)
def test_what_a_look_says_of_a_link(status: int, outcome: Outcome, state: DutyState | None) -> None:
    assert became(status, outcome) is state


# --- any page ----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [WARNING, NOTICE, "配戴", "助听器", "，", "\n", " ", "型号：", "型号", ":", "生产企业：某", "不", "应由", NUMBER, "禁忌", "\u200b", "\ud800", "産品",
     "储存", "测评", "进行验配", "１", "a"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=14).map("".join)


def _fields(thing: Listing | Seller) -> dict[str, str]:
    if isinstance(thing, Seller):
        return {"text": thing.text.text, "seller": thing.name.text}
    rows = {f"attribute:{row.name}": row.value for row in thing.attributes}
    return {
        "title": thing.title.text, "description": thing.description.text, "image_text": thing.image_text.text, **rows,
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.sampled_from(list(FieldState)))
def test_quotes_are_exact_and_findings_rest_on_answers(title: str, text: str, pictured: str, state: FieldState) -> None:
    listing = page(f"隐形眼镜{title}", text, attributes={"注册证编号": NUMBER, "型号": title}, image_text=pictured)
    if state is not FieldState.SEEN:
        listing = replace(listing, description=Field(state=state))
    answers = asked(listing)
    fields = _fields(listing)
    for answer in answers.values():
        if answer.quote and answer.field not in ("pictures", "links"):
            assert fields[answer.field][answer.start : answer.end] == answer.quote
        if answer.state is DutyState.ABSENT:
            assert state in (FieldState.SEEN, FieldState.ABSENT)
    unmet = {a.rule for a in answers.values() if a.state is not DutyState.SEEN}
    assert {f.rule for f in judge(listing, shipped(), None, on=DAY) if f.kind == "display"} <= unmet


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["", " ", "，", "。", "\n", "/", "·", "\u3000", "\u200b", "！"]), min_size=19, max_size=19)
)
def test_nothing_between_the_characters_hides_a_sentence(between: list[str]) -> None:
    bare = WARNING.replace("，", "")
    text = "".join(a + b for a, b in zip(bare, [*between, ""], strict=False))
    found = sentence.find(sentence.bare(fold(text).text), WARNING)
    assert found is not None
    assert found.how == "same"


# --- hostile pages -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "filling", ["配", "配戴本产品应由眼视光专业人士进行验", "。", "型号", "储存：", "家用制氧机\n", "测评广告"]
)
def test_long_pages_take_bounded_time(filling: str) -> None:
    text = filling * (2_000_000 // len(filling))
    with seconds(20):
        answers = asked(page("隐形眼镜", text, attributes={"注册证编号": NUMBER}))
    assert answers[LENS].state in (DutyState.NOT_LOOKED_AT, DutyState.SEEN)


def test_what_stands_beyond_the_cut_is_not_called_absent() -> None:
    listing = page("隐形眼镜", "好看。" * sentence.MAX_TEXT + WARNING, attributes={"注册证编号": NUMBER})
    answer = asked(listing)[LENS]
    assert answer.state is DutyState.NOT_LOOKED_AT
    assert answer.unchecked == (f"页面文字太长，规定的句子只在前 {sentence.MAX_TEXT} 个字里找过",)
    (finding,) = [f for f in judge(listing, shipped(), None, on=DAY) if f.rule == LENS]
    assert finding.verdict is Verdict.UNVERIFIED


def test_a_home_page_of_many_lines() -> None:
    with seconds(10):
        assert "shop-contact" not in asked(front("陶瓷花盆\n" * 200_000 + GOODS))
