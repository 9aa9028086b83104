"""Duties to show: shown, shown in a picture, not looked at, not there."""

from __future__ import annotations

from dataclasses import replace

from scanner.checks import subject
from scanner.model import Facts, FieldState
from tests.checks.making import MAKER, NOTICE, NUMBER, found, page, verdicts, with_state

RULE = "contact-lens-fitting-warning"
WARNING = "配戴本产品，应由眼视光专业人士进行验配"
LENS = {"注册证编号": "国械注准20213160001"}


def lens(text: str, **more: object) -> dict[str, str]:
    return verdicts(page("彩色隐形眼镜 日抛", text, attributes=LENS, **more))


def test_a_required_sentence_that_is_not_there_is_a_violation_when_all_was_looked_at() -> None:
    assert lens("零度可拍")[RULE] == "violation"
    assert found(page("彩色隐形眼镜 日抛", "零度可拍", attributes=LENS))[RULE].quote == ""


def test_it_is_shown_in_any_punctuation_and_in_a_picture_too() -> None:
    assert RULE not in lens(WARNING)
    assert RULE not in lens("配戴本产品 应由 眼视光专业人士 进行验配！")
    assert RULE not in lens("零度可拍", image_text=f"温馨提示 {WARNING}")
    assert RULE not in lens("配戴隐形眼镜本产品，应由眼视光专业人士进行验配。")


def test_something_like_it_makes_a_suspicion() -> None:
    finding = found(page("隐形眼镜", "本产品应由眼科医生或专业人士验配", attributes=LENS))[RULE]
    assert (finding.verdict, finding.beside[0]) == ("suspect", "页面上有相近的话，和规定的话不一样")


def test_what_was_not_looked_at_is_never_absent() -> None:
    assert lens("零度可拍", image_text=None, pictures=("a.jpg",))[RULE] == "suspect"
    listing = page("隐形眼镜", "零度可拍", attributes=LENS)
    for state in (FieldState.NOT_SEEN, FieldState.UNREADABLE, FieldState.NOT_LOOKED_AT):
        assert found(with_state(listing, description=state))[RULE].verdict == "unverified"


def test_a_fragment_has_no_display_duties() -> None:
    listing = page("彩色隐形眼镜", "零度可拍")
    assert verdicts(listing, facts=Facts(goods="device", category="contact-lens", fragment=True)) == {}


def test_a_number_that_is_only_in_a_picture() -> None:
    assert verdicts(page("电子体温计", "注册证编号请看下方图片")) == {"registration-number-as-text": "suspect"}
    assert "registration-number-as-text" not in verdicts(page("电子体温计", f"注册证编号{NUMBER}，证书见下图"))
    assert (
        found(page("电子体温计", "注册证编号请看下方图片"))["registration-number-as-text"].quote == "编号请看下方图片"
    )
    in_picture = page("电子体温计", "注册证编号请看下方图片", image_text=f"医疗器械注册证 {NUMBER}")
    assert "registration-number-as-text" in found(in_picture)


def test_a_weak_sign_stands_beside_other_findings_and_makes_none() -> None:
    rows = {"注册证编号": NUMBER, **MAKER}
    assert verdicts(page("电子血压计", "静音", attributes=rows)) == {}

    def beside(text: str, **more: str) -> str:
        (said,) = found(page("电子血压计", text, attributes=rows | more))["claim-cure-assertion"].beside
        assert said.startswith("页面的文字里没有看到：")
        return said

    assert NOTICE[:-1] in beside("三天断根")
    assert NOTICE[:-1] not in beside(f"三天断根。{NOTICE}")
    assert "型号" in beside("三天断根")
    assert "型号" not in beside("三天断根", 型号="A1")


def test_a_shop_shows_its_licence_as_text() -> None:
    rule = "shop-licence-as-text"
    shown = subject.shop("s", text="医疗器械经营许可证编号：粤穗食药监械经营许20171161号")
    assert rule not in found(shown)
    picture = subject.shop("s", text="本店资质", pictures=["医疗器械经营许可证"])
    assert (found(picture)[rule].verdict, found(picture)[rule].subject) == ("suspect", "seller")
    assert "图片里的文字没有检查" in found(picture)[rule].unchecked
    assert rule not in found(subject.shop("s", text="本店资质", pictures=["营业执照"]))


def test_a_home_page_that_only_links_to_the_licence_is_not_blamed() -> None:
    home = replace(subject.shop("s", text="医疗器械经营许可证"), page="home", links=(("http://x/licence", "资质"),))
    assert "shop-licence-as-text" not in found(home)
