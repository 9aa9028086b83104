"""Forms as data: the notices' own titles, columns and rows, and files of an office."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import yamlfile
from scanner.errors import ConfigError, UsageError
from scanner.home import shipped_rules
from scanner.leads.returns import forms
from scanner.leads.returns.tally import asks
from scanner.model import Disposition, LeadSource, Stage
from scanner.rulebook.tables import CategoryFile
from tests.leads.returns.making import FORMS, tags

PENALTIES = ["警告", "罚款（万元）", "没收违法所得（万元）", "没收非法财物", "责令停业", "吊销许可证（张）"]
TABLE_1 = [
    "企业总数", "出动人员人次", "检查企业家次", "责令改正家次", "约谈企业数", "查处违法违规案件（含简易处罚程序）", "罚没款（万元）",
    "处罚主要责任人", "责令停产停业数", "吊销生产经营许可证数", "移送公安机关案件数", "移交卫生主管部门线索数",
]  # fmt: skip
TABLE_2 = [
    "企业总数", "出动人员人次", "检查企业家次", "责令改正家次", "约谈企业数", "查处违法违规案件（含简易处罚程序）", "处罚主要责任人",
    "罚没款（万元）", "责令停产停业数", "吊销生产经营许可证数", "列入严重违法失信名单企业数", "移送公安机关案件数", "移交卫生主管部门线索数",
    "移交海关部门线索数", "移交纪检部门线索数",
]  # fmt: skip


def names(form: str) -> list[str]:
    return [column.name for column in FORMS[form].columns]


def test_columns_are_the_notices_in_their_order() -> None:
    assert names("qingwang-1") == [
        "监督检查企业数", "责令整改企业数", "约谈企业数", "查处违法违规案件数", *PENALTIES, "移送公安机关案件数", "移送网信、通信主管部门网站数",
        "公开曝光企业数",
    ]  # fmt: skip
    assert names("qingwang-2") == [
        "医疗器械网络监测线索数", "处置情况反馈数", "责令整改企业数", "查处违法违规案件数", *PENALTIES, "移送公安机关案件数",
        "移送网信、通信主管部门网站数", "重点案件情况",
    ]  # fmt: skip
    assert names("zhengzhi-1") == TABLE_1
    assert names("zhengzhi-2") == TABLE_2
    for form in ("qingwang-1", "qingwang-2"):
        assert [c.name for c in FORMS[form].columns if c.group == "行政处罚情况"] == PENALTIES


def test_rows_and_titles_are_the_notices() -> None:
    assert FORMS["qingwang-1"].title == "医疗器械“清网”行动监督检查情况表"
    assert FORMS["zhengzhi-2"].titled(2023) == "2023年医疗器械质量安全专项整治工作情况统计表二"
    assert [row.name for row in FORMS["qingwang-2"].rows] == ["国家药监局移送线索", "省局网络监测线索", "外省移送线索"]
    assert [row.name for row in FORMS["zhengzhi-1"].rows] == [
        "医用口罩生产企业", "制氧机生产企业", "集中带量采购中选产品-配送", "集中带量采购中选产品-使用", "无菌医疗器械-生产", "无菌医疗器械-经营",
        "无菌医疗器械-使用", "定制式义齿生产企业",
    ]  # fmt: skip
    rows = FORMS["zhengzhi-2"].rows
    assert len(rows) == 25
    assert [row.name for row in rows if row.part_of] == [
        "新冠病毒核酸检测试剂-经营", "新冠病毒核酸检测试剂-使用", "新冠病毒抗体检测试剂-经营", "新冠病毒抗体检测试剂-使用",
        "注射用透明质酸钠凝胶-经营", "注射用透明质酸钠凝胶-使用", "射频（皮肤）治疗仪-经营", "射频（皮肤）治疗仪-使用", "其他产品-经营", "其他产品-使用",
        "其中彩色隐形眼镜经营", "疫情防控医疗器械", "青少年近视防治相关医疗器械", "彩色隐形眼镜", "医美相关医疗器械",
    ]  # fmt: skip


def test_a_subset_never_takes_what_its_whole_does_not() -> None:
    known = tags()
    categories = yamlfile.load(shipped_rules() / "categories.yaml", CategoryFile).categories
    products = {word for one in categories for word in (one.id, one.name, *one.names)}
    for form in FORMS.values():
        products |= {word for row in form.rows for word in row.categories}
        for row in form.rows:
            if not row.part_of:
                continue
            whole = form.row(row.part_of)
            for stage in Stage:
                for product in products:
                    made, words = Disposition(stage=stage, category=product), known.of(product)
                    if asks(row, LeadSource.OWN, made, words):
                        assert asks(whole, LeadSource.OWN, made, words), (row.id, product, stage)


def test_every_word_of_a_row_is_known() -> None:
    """A group or category renamed in the rulebook would leave a row empty for good."""
    known = tags()
    categories = yamlfile.load(shipped_rules() / "categories.yaml", CategoryFile).categories
    ids = {one.id for one in categories} | {group for one in categories for group in one.groups}
    own = {"注射用透明质酸钠凝胶", "透明质酸钠凝胶", "射频（皮肤）治疗仪"}  # of the notice, no category goes by them
    for form in FORMS.values():
        for row in form.rows:
            assert all(word in ids | own or known.known(word) for word in (*row.categories, *row.without)), row.id


def test_a_home_has_forms_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "returns"
    folder.mkdir()
    text = (shipped_rules() / "returns" / "qingwang-2.yaml").read_text(encoding="utf-8")
    (folder / "qingwang-2.yaml").write_text(
        text + "  - {id: complaints, label: [投诉举报线索], sources: [complaint, tip]}\n", encoding="utf-8"
    )
    found = forms.load(shipped_rules(), tmp_path)
    assert [row.id for row in found["qingwang-2"].rows][-1] == "complaints"
    assert set(found) == set(FORMS)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("id: qingwang-1", "id: other", "和文件名 qingwang-1 不一致"),
        ("count: licences", "count: licenses", "licences"),
        ("measures: [talk]", "measures: [talks]", "talk"),
        (
            "{id: talks, name: 约谈企业数, count: sellers, measures: [talk]}",
            "{id: talks, name: 约谈企业数, count: sellers}",
            "要写 measures",
        ),
        ("fields: [fine]", "measures: [fine]", "fields"),
        ("id: platforms,", "id: sellers,", "写了两次"),
        ("label: [医疗器械网络交易服务第三方平台]", "label: [平台, 第三方]", "一样长"),
        ("stages: [platform]", "part_of: nobody", "不是它上面的一行"),
        ("日期：{date}", "日期：{today}", "花括号里只能写"),
    ],
)
def test_faults_of_a_form_are_told_with_their_place(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    folder = tmp_path / "returns"
    folder.mkdir()
    text = (shipped_rules() / "returns" / "qingwang-1.yaml").read_text(encoding="utf-8")
    assert was in text
    (folder / "qingwang-1.yaml").write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        forms.load(tmp_path)
    assert any(said in f"{p.message}{p.hint}" for p in error.value.problems), error.value
    assert "qingwang-1.yaml:" in error.value.problems[0].where


def test_forms_rows_and_columns_are_found_by_id_or_name() -> None:
    assert forms.get(FORMS, "2026年医疗器械质量安全专项整治工作情况统计表一").id == "zhengzhi-1"
    assert forms.get(FORMS, "网络监测处置情况表").id == "qingwang-2"
    form = FORMS["zhengzhi-2"]
    assert form.row("新冠病毒检测试剂 - 经营").id == form.row("covid-distribution").id == "covid-distribution"
    assert form.column("罚没款(万元)").id == "money"
    with pytest.raises(UsageError, match="处罚主要责任人"):
        form.column("处罚主要责任")
