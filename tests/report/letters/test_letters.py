"""Every kind of letter: what is in it, what is not, the same bytes each time, hostile texts, an office's own templates."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from pathlib import Path

import pytest
from docx import Document

from scanner.errors import ConfigError, UsageError
from scanner.model import Act, Decision, Disposition, Lead, LeadSource, Measure
from scanner.report import filling, office
from scanner.report.letters import facts, layout, letter, template
from scanner.report.letters.kinds import KINDS
from tests.leads.routing.test_units import home
from tests.report import making as report
from tests.report.letters import making

EVIL = "<w:p>\u202e\x00\x0b\ud800{{ 7*7 }}{% for x in y %}{_{ 1 }_}]]>&amp;\u200b"
ALL = sorted(KINDS)
OUTWARD = [name for name in ALL if name != "publication"]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    given = making.given()
    return {name: making.text(letter(KINDS[name], given)) for name in ALL}


@pytest.mark.parametrize("name", ALL)
def test_every_kind_says_what_was_seen_and_leaves_the_rest_blank(made: dict[str, str], name: str) -> None:
    said = made[name]
    for part in (KINDS[name].title, "演示甲医疗器械店", "颈椎病治愈率高达", "《医疗器械监督管理条例》第五十五条；法律责任：第八十六条（2021-06-01起施行）",
                 "未核原文", facts.BLANK, "【演示数据：不是证据，不得用于任何案件】", "演示市市场监督管理局", "证据目录", "第 12 号线索",
                 "取证页 2 屏幕截图", "3a" * 32, "pages.wacz", "2026-11-22 11:05:05（北京时间）", making.PACKAGE.name, "6" * 64,
                 "又封存了 1 个取证页"):  # fmt: skip
        assert part in said, part
    assert "{" not in said
    for part in ("举报", "钱某某", "13712345678", "已电话核对"):  # notes of decisions could tell who reported
        assert part not in said, part


@pytest.mark.parametrize("name", OUTWARD)
def test_letters_to_others_have_the_facts(made: dict[str, str], name: str) -> None:
    said = made[name]
    for part in ("江西省南昌市东湖区演示路12号3栋502室", "91000000DEMAJAA186", "赣洪药监械经营备20230001", "有效期至2021-06-14",
                 "演示云帆医疗用品有限公司", "截至 2026-11-01，权威来源", "http://shop.example/p/3", "c" * 64, "图片文字：未检查"):  # fmt: skip
        assert part in said, part
    assert (facts.NUMBER_BLANK in said) == (name != "talk")


def test_whom_they_are_to(made: dict[str, str]) -> None:
    wanted = {"assignment": "南昌市市场监督管理局：", "transfer-police": "南昌市公安局：", "transfer-telecom": "江西省通信管理局：",
              "transfer-health": "南昌市卫生健康委员会：", "transfer-customs": "南昌海关：", "transfer-discipline": "中共南昌市纪律检查委员会、南昌市监察委员会：",
              "rectify": "演示甲医疗器械店："}  # fmt: skip
    for name, to in wanted.items():
        assert to in made[name].splitlines(), (name, made[name].splitlines()[:6])
    assert "拟稿提示" not in made["assignment"]  # a person has handed it to the unit
    assert "拟稿提示（定稿时删去）" in made["transfer-police"]
    assert "系统没有提出这一移送" in made["transfer-discipline"]


OURS = """
units:
  - {id: hz, name: 演示杭州局, level: city, scope: ["330100"]}
"""


def test_a_lead_of_another_area_goes_to_whoever_is_competent_there(made: dict[str, str], tmp_path: Path) -> None:
    known = home(tmp_path, OURS)
    given = making.given(known=known)
    said = making.text(letter(KINDS["transfer-area"], given))
    for part in (
        "南昌市市场监督管理局：", "管辖的依据指向南昌市东湖区", "经营者为“演示甲医疗器械店”（页面所示）", "的前缀“赣洪”是南昌市",
        "江西省南昌市东湖区演示路12号3栋502室", "赣洪药监械经营备20230001", "市场监督管理行政处罚程序规定", "【未核原文】，条款由经办人核对填写",
        "报请共同的上一级机关指定管辖（行政处罚法第二十五条）", "是否立案、如何处理，由你单位决定", "不是违法事实的认定",
    ):  # fmt: skip
        assert part in said, part
    hint = facts.names(KINDS["transfer-area"], given)["to_hint"]
    assert "由南昌市市场监督管理局管辖；也可以是：江西省药品监督管理局" in hint
    assert "南昌市市场监督管理局；" not in hint.split("也可以是：")[1]
    assert "本单位名单" not in said.replace(hint, "")  # whose list it is not in is said to the drafter alone
    assert "南昌市市场监督管理局：" in made["transfer-area"].splitlines()


def test_a_lead_of_ones_own_area_is_proposed_to_nobody_elsewhere(tmp_path: Path) -> None:
    given = making.given(known=home(tmp_path, OURS.replace("330100", "360100")))
    names = facts.names(KINDS["transfer-area"], given)
    assert (names["to"], names["elsewhere"]) == (facts.BLANK, "")
    assert "系统建议交办演示杭州局，在本单位名单里；外地的机关由经办人填写" in names["to_hint"]
    assert "管辖的依据指向" not in making.text(letter(KINDS["transfer-area"], given))
    named = making.text(letter(KINDS["transfer-area"], dataclasses.replace(given, to="330100")))
    assert "杭州市市场监督管理局：" in named.splitlines()
    assert "拟稿提示" not in named


def test_whom_nobody_can_reach_is_told_to_who_registered_the_company() -> None:
    given = making.given(unreachable=True)
    names = facts.names(KINDS["abnormal"], given)
    assert names["to"] == "南昌市东湖区市场监督管理局"
    assert "无法联系：通报登记机关列入经营异常名录" in names["to_hint"]
    first, *known, last = names["contact"]
    assert "按登记机关的资料填写" in first["how"]
    assert last["how"].startswith("电话")
    assert any("江西省南昌市东湖区演示路12号3栋502室" in one["how"] for one in known)
    assert {(one["when"], one["result"]) for one in names["contact"]} == {(facts.DATE_BLANK, facts.BLANK)}
    said = making.text(letter(KINDS["abnormal"], given))
    for part in (
        "联系的经过（由经办人填写）",
        "是否列入经营异常名录，由你机关依法核实后决定",
        "企业信息公示暂行条例",
        "【未核原文】",
    ):
        assert part in said, part


def test_a_crime_is_proposed_for_screening_and_never_found(made: dict[str, str]) -> None:
    said = made["transfer-police"]
    for part in ("妨害药品管理罪：出现值得筛查的字样，是否构成由办案机关判断", "刑法第一百四十二条之一【未核原文】", "印度版抗癌药片",
                 "是否构成犯罪、是否立案，由你机关依法判断，本函不作认定"):  # fmt: skip
        assert part in said, part
    for word in ("构成犯罪。", "已构成", "涉嫌构成", "认定为犯罪"):
        assert word not in said
    assert "罪：" not in "".join(made[name] for name in ALL if name != "transfer-police")
    bare = making.text(letter(KINDS["transfer-police"], making.given(report.case())))
    assert "系统没有提出移送建议，理由由经办人填写" in bare
    assert "其中出现值得筛查的字样" not in bare


def test_what_only_one_kind_has(made: dict[str, str]) -> None:
    assert (
        "2026 年 11 月 1 日签收，反馈期限到 2026 年 12 月 21 日 24 时（北京时间）；制作本文书时是第 21 日，还有 29 日。"
        in made["assignment"]
    )
    assert "线索来源本局监测" in made["assignment"].replace("\n", "")
    assert "赣ICP备19000001" in made["transfer-telecom"]
    assert "程序没有查询" in made["transfer-telecom"]
    assert "自动判断" not in made["rectify"]
    assert "未经现场核实和审批，不得送达" in made["rectify"]
    assert "被约谈人的说明" in made["talk"]
    assert "处置措施：立案查处、责令改正、罚款。" in made["publication"]
    assert "罚款合计 12000.50 元。" in made["publication"]


def test_a_term_that_is_over_and_one_that_has_not_begun() -> None:
    case = making.case()
    late = dataclasses.replace(case, lead=dataclasses.replace(case.lead, due=report.NOON.date().replace(day=2)))
    assert "已超期 20 日" in making.text(letter(KINDS["assignment"], making.given(late)))
    fresh = dataclasses.replace(case, lead=dataclasses.replace(case.lead, received=None, due=None, unit=""))
    said = making.text(letter(KINDS["assignment"], making.given(fresh)))
    assert "尚未签收，期限自签收起算" in said
    assert "系统建议，尚未交办，由人确定" in said
    assert "自签收之日起 50 日内反馈结果" in said


def test_the_publication_covers_people_and_places() -> None:
    words = "负责人：周小龙，电话0791-88123456、13800138000，微信：yanshi_jia88，地址：江西省南昌市东湖区演示路12号。治愈率高达98%"
    case = making.case(listings=(dataclasses.replace(report.listing(words), seller=report.said("周小龙")),))
    proofs = tuple(
        dataclasses.replace(
            p, finding=dataclasses.replace(p.finding, quote=words[-8:], start=len(words) - 8, end=len(words))
        )
        for p in case.proofs
        if p.finding.field == "description"
    )
    case = dataclasses.replace(case, proofs=proofs, lead=dataclasses.replace(case.lead, seller="周小龙"), sellers=())
    said = making.text(letter(KINDS["publication"], making.given(case)))
    for part in (
        "周小龙",
        "88123456",
        "13800138000",
        "yanshi",
        "演示路",
        "赵小虎",
        "http://",
        "192.0.2.7",
        "utm_source",
        "演示员",
    ):
        assert part not in said, part
    for part in ("周某在shop.example展示", "治愈率高达98%", "＊＊＊", "由法制和新闻机构审核"):
        assert part in said, part


def test_who_reported_is_in_no_letter() -> None:
    for source in (LeadSource.TIP, LeadSource.COMPLAINT):
        lead = dataclasses.replace(making.case().lead, source=source, reference="举报钱某某-7")
        given = making.given(dataclasses.replace(making.case(), lead=lead))
        for kind in KINDS.values():
            said = str(facts.names(kind, given))
            assert "钱某某" not in said, kind.name
            assert "举报" not in said, kind.name
        assert facts.CONFIDENTIAL in making.text(letter(KINDS["assignment"], given))
    national = dataclasses.replace(making.case().lead, source=LeadSource.NATIONAL, reference="国-2026-0031")
    given = making.given(dataclasses.replace(making.case(), lead=national))
    assert "国家药监局移送，来文编号 国-2026-0031" in making.text(letter(KINDS["assignment"], given))


@pytest.mark.parametrize(
    ("state", "disposition", "kind", "said"),
    [
        ("dismissed", making.FINED, "assignment", "已判为不属实"),
        ("merged", making.FINED, "talk", "已并入"),
        ("checking", None, "publication", "没有处置"),
        ("disposed", Disposition(measures=(Measure.CHECKED, Measure.UNFOUNDED)), "publication", "不属实"),
    ],
)
def test_some_leads_get_no_letter(state: str, disposition: Disposition | None, kind: str, said: str) -> None:
    lead: Lead = dataclasses.replace(making.case().lead, state=state)
    steps = (Decision(lead=12, state=state, who="x", when=report.NOON, act=Act.DISPOSE, disposition=disposition),)
    given = making.given(making.case(lead=lead, decisions=steps if disposition is not None else ()))
    with pytest.raises(UsageError, match=said):
        letter(KINDS[kind], given)


def test_the_same_facts_give_the_same_bytes() -> None:
    for name in ("assignment", "publication"):
        one = letter(KINDS[name], making.given())
        assert one == letter(KINDS[name], making.given())
        with zipfile.ZipFile(io.BytesIO(one)) as inside:
            assert {info.date_time for info in inside.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("name", ["transfer-telecom", "publication"])
def test_hostile_texts_stay_texts(name: str) -> None:
    case = making.case()
    words = f"治愈率{EVIL}"
    subject = dataclasses.replace(
        case.listings[0],
        url=f"javascript:{EVIL}",
        title=report.said(EVIL),
        description=report.said(words),
        product_id=EVIL,
    )
    proofs = tuple(
        dataclasses.replace(
            p,
            finding=dataclasses.replace(
                p.finding, field="description", quote=words, start=0, end=len(words), says=EVIL
            ),
        )
        for p in case.proofs
    )
    captures = tuple(dataclasses.replace(one, url=EVIL, ip=EVIL) for one in case.captures)
    lead = dataclasses.replace(case.lead, seller=EVIL, storefront=EVIL)
    given = making.given(dataclasses.replace(case, listings=(subject,), proofs=proofs, captures=captures, lead=lead))
    data = letter(KINDS[name], given)
    office.checked(data, "made")
    said = making.text(data)
    assert "<w:p>[U+202E][U+0000][U+000B][U+D800]{{ 7*7 }}{% for x in y %}{_{ 1 }_}]]>&amp;[U+200B]" in said
    assert "\u202e" not in said


@pytest.mark.slow
def test_very_long_texts_are_cut_with_a_note() -> None:
    case = making.case()
    long = "治愈率" + "长" * 10_000_000
    subject = dataclasses.replace(case.listings[0], description=report.said(long), title=report.said(long[:100_000]))
    proofs = tuple(
        dataclasses.replace(
            p, finding=dataclasses.replace(p.finding, field="description", quote=long, start=0, end=len(long))
        )
        for p in case.proofs[:1]
    )
    lead = dataclasses.replace(case.lead, seller=long[:100_000])
    given = making.given(dataclasses.replace(case, listings=(subject,), proofs=proofs, lead=lead))
    said = making.text(letter(KINDS["assignment"], given))
    assert "另有 9999603 字" in said
    assert len(said) < 20_000


def test_many_findings_are_cut_with_a_note() -> None:
    case = making.case()
    proofs = case.proofs * 40
    said = making.text(letter(KINDS["assignment"], making.given(dataclasses.replace(case, proofs=proofs))))
    assert "监测所见（80 项）" in said
    assert "监测所见共 80 项，此处列出前 60 项" in said


def test_records_that_were_purged_are_told() -> None:
    names = facts.names(KINDS["assignment"], making.given(purged=frozenset(("e" * 20,))))
    assert names["left_out"] == ["取证页 2 的原始记录已按保存期限清除，以当时的证据包为准"]


def test_a_lead_of_which_little_is_known() -> None:
    case = making.case(
        sellers=(), captures=(), outcomes=(), proofs=(), listings=(), sources=(), unit="", operator="", mark=""
    )
    lead = dataclasses.replace(case.lead, seller="", unit="", findings=())
    given = making.given(dataclasses.replace(case, lead=lead), package=None)
    for name in ("assignment", "transfer-telecom", "assistance", "rectify", "publication"):
        said = making.text(letter(KINDS[name], given))
        assert "没有取证页。" in said, name
        assert "尚未制作证据包" in said, name
        assert "不是证据" not in said, name
        assert "由经办人填写" in said or name == "publication", name
    assert "没有取到写明是经营者的地址" in making.text(letter(KINDS["assistance"], given))


def test_who_it_is_to_can_be_given() -> None:
    for word, name in (("330100", "杭州市市场监督管理局"), ("演示区公安分局", "演示区公安分局")):
        said = making.text(letter(KINDS["transfer-police"], making.given(to=word)))
        assert f"{name}：" in said.splitlines()
        assert "拟稿提示" not in said
    for wrong in ("999999", "长" * 61, "一\n二"):
        with pytest.raises(UsageError):
            letter(KINDS["talk"], making.given(to=wrong))


# --- templates ---------------------------------------------------------------------------------------------------


def test_our_templates_use_only_names_that_there_are() -> None:
    known = {name: columns for name, (_, columns) in facts.NAMES.items()}
    for kind in KINDS.values():
        ours = template(kind)
        assert not ours.own
        assert office.checked(ours.data, "ours") == layout.template(kind)
        assert filling.faults(ours, known) == []


def test_rows_have_the_columns_that_are_told() -> None:
    names = facts.names(KINDS["transfer-police"], making.given())
    for name, columns in filling.vocabulary(names).items():
        assert columns == facts.NAMES[name][1] or (not names[name] and columns == ()), name


def edited(folder: Path, kind: str, *texts: str) -> Path:
    """Our template with more paragraphs, as an office would have it."""
    (folder / "letters").mkdir(exist_ok=True)
    document = Document(io.BytesIO(layout.template(KINDS[kind])))
    for text in texts:
        document.add_paragraph(text)
    document.save(str(folder / "letters" / f"{kind}.docx"))
    return folder


def test_an_office_words_its_own(tmp_path: Path) -> None:
    folder = edited(
        tmp_path,
        "talk",
        "本局另行告知：{{ seller }}，共 {{ findings }} 项",
        "{%p for f in found %}",
        "第 {{ f.number }} 项 {{ f.page }}",
        "{%p endfor %}",
    )
    said = making.text(letter(KINDS["talk"], making.given(), folder))
    assert "本局另行告知：演示甲医疗器械店，共 2 项" in said
    assert "第 2 项 取证页 1" in said
    assert "本局另行告知" not in making.text(letter(KINDS["rectify"], making.given(), folder))


def test_what_is_wrong_with_an_edited_template_is_told_at_once(tmp_path: Path) -> None:
    texts = ("致 {{ sellr }}", "{%p for f in found %}", "{{ f.nummber }}", "{%p endfor %}", "{{ leed }}")
    folder = edited(tmp_path, "assistance", *texts)
    with pytest.raises(ConfigError) as refused:
        letter(KINDS["assistance"], making.given(), folder)
    told = {problem.message: problem.hint for problem in refused.value.problems}
    assert told == {
        "模板填不进去：没有名称 leed，在“{{ leed }}”": "是不是 lead？",
        "模板填不进去：没有名称 sellr，在“致 {{ sellr }}{% for f in found %}”": "是不是 seller？",
        "模板填不进去：found 没有 f.nummber，在“{{ f.nummber }}{% endfor %}”": "是不是 number？",
    }
    assert all(problem.where.endswith("letters/assistance.docx") for problem in refused.value.problems)
    for wrong in ("{% for %}", "{{ seller", "{{ seller|nothing }}", "{{ lead.__class__.__mro__ }}"):
        with pytest.raises(ConfigError, match="填不进去"):
            letter(KINDS["assistance"], making.given(), edited(tmp_path, "assistance", wrong))
