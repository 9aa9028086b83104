"""How a number stands: each standing, several together, and everything that may not be concluded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scanner import numbers
from scanner.model import Standing
from scanner.registry import Register, import_source
from scanner.registry.holders import is_domestic
from tests.registry.company.pairs import code as make_code
from tests.registry.making import NOW, ON, device, empty, nmpa_csv, udi_xml, with_table, write

HOLDER = "演示甲医疗器械有限公司"
IN_FORCE = ("粤械注准20212149001", HOLDER, "医用演示敷贴", "第二类", "A型", "", "2021-03-01", "2027-02-28")
LAPSED = ("粤械注准20162649002", HOLDER, "医用演示敷贴", "第二类", "A型", "", "2016-03-01", "2021-02-28")
NO_TERM = ("粤械注准20212149003", HOLDER, "医用演示敷贴", "第二类", "A型", "", "2021-03-01", "")


def standing(
    register: Register, number: str, *, product: str = "", holder: str = "", on: date = ON
) -> tuple[list[str], str, bool]:
    answer = register.lookup(number, product=product, holder=holder, on=on)
    assert sorted(answer.standing, key=list(Standing).index) == list(answer.standing)
    return [str(s) for s in answer.standing], answer.why, answer.hard


@pytest.fixture
def table(tmp_path: Path) -> Register:
    return with_table(tmp_path, [IN_FORCE, LAPSED, NO_TERM])


def test_in_force_lapsed_and_without_term(table: Register) -> None:
    assert standing(table, IN_FORCE[0])[::2] == (["in_force"], True)
    assert standing(table, LAPSED[0])[::2] == (["lapsed"], True)
    assert standing(table, NO_TERM[0])[::2] == (["registered_term_unknown"], True)
    assert standing(table, IN_FORCE[0], on=date(2027, 2, 28))[0] == ["in_force"]  # the last day counts


def test_a_register_older_than_the_expiry_does_not_know_of_a_renewal(tmp_path: Path) -> None:
    register = with_table(tmp_path, [("粤械注准20212149001", *IN_FORCE[1:7], "2026-11-10")], as_of=date(2026, 11, 1))
    said, why, hard = standing(register, IN_FORCE[0])
    assert (said, hard) == (["registered_term_unknown"], False)
    assert "是否延续未知" in why


def test_a_register_of_unknown_day_may_know_of_the_end_but_not_hard(tmp_path: Path) -> None:
    register = empty(tmp_path)
    import_source(register, "nmpa-device", [write(tmp_path, "a.csv", nmpa_csv([LAPSED]))], now=NOW, extent="complete")
    said, why, hard = standing(register, LAPSED[0])
    assert (said, hard) == (["lapsed"], False)
    assert "确切日期未知" in why


def test_not_listed_needs_a_whole_fresh_register_of_the_series(tmp_path: Path) -> None:
    missing = "粤械注准20212149999"
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
    whole = with_table(folders[0], [IN_FORCE])
    assert standing(whole, missing)[::2] == (["not_listed"], True)
    assert standing(whole, "国械注进20213149999")[:2] == (["cannot_say"], "no_source")  # another series
    assert standing(whole, missing, on=date(2027, 11, 1)) == (["cannot_say"], "stale", False)
    sample = with_table(folders[1], [IN_FORCE], extent="sample")
    assert standing(sample, missing) == (["cannot_say"], "sample", False)
    assert standing(empty(folders[2]), missing) == (["cannot_say"], "no_source", False)


def test_a_number_as_young_as_the_register_is_not_hard_to_miss(table: Register) -> None:
    said, why, hard = standing(table, "粤械注准20262149999")
    assert (said, hard) == (["not_listed"], False)
    assert "其后批准" in why


def test_a_sample_shows_what_it_holds_but_never_hard(tmp_path: Path) -> None:
    register = with_table(tmp_path, [LAPSED], extent="sample")
    assert standing(register, LAPSED[0])[::2] == (["lapsed"], False)
    assert standing(register, LAPSED[0], holder="演示乙生物科技有限公司")[::2] == (["lapsed", "other_holder"], False)


def test_another_holder_and_another_product(table: Register) -> None:
    answer = table.lookup(IN_FORCE[0], holder="演示乙生物科技有限公司", product="电子血压计", on=ON)
    assert [str(s) for s in answer.standing] == ["other_holder", "other_product", "in_force"]
    assert answer.hard is True
    assert [(c.what, c.register) for c in answer.compared] == [("holder", HOLDER), ("product", "医用演示敷贴")]
    assert all(c.score < 0.5 and c.because for c in answer.compared)
    assert f"属于“{HOLDER}”" in answer.why


def test_doubt_accuses_nobody(table: Register) -> None:
    answer = table.lookup(IN_FORCE[0], holder="演示甲医疗", product="演示敷贴 10片装 官方正品", on=ON)
    assert [str(s) for s in answer.standing] == ["in_force"]
    assert [(c.what, c.score > 0.5) for c in answer.compared] == [("holder", True), ("product", True)]


def test_agents_and_renamed_holders_are_no_strangers(tmp_path: Path) -> None:
    header = ("注册证编号", "注册人名称", "产品名称", "代理人名称", "统一社会信用代码", "有效期至")
    code = "91000000DEMAJAA186"
    rows = [
        ("国械注进20213149001", "演示外国株式会社", "演示导管", "演示代理贸易（上海）有限公司", "", "2027-01-01"),
        ("国械注准20213149002", "演示甲医疗器械有限公司", "演示导管", "", code, "2027-01-01"),
        ("国械注准20213149003", "丙丁健康科技有限公司", "演示导管", "", code, "2027-01-01"),
    ]
    register = empty(tmp_path)
    for source, here in (("nmpa-import", rows[:1]), ("nmpa-device", rows[1:])):
        import_source(
            register, source, [write(tmp_path, f"{source}.csv", nmpa_csv(here, header))], now=NOW, extent="complete"
        )
    assert standing(register, rows[0][0], holder="演示代理贸易(上海)有限公司")[0] == ["in_force"]
    answer = register.lookup(rows[1][0], holder="丙丁健康科技有限公司", on=ON)
    assert [str(s) for s in answer.standing] == ["in_force"]
    assert "同一个统一社会信用代码" in answer.compared[0].because
    assert standing(register, rows[0][0], holder="丙丁健康科技有限公司")[0] == ["other_holder", "in_force"]


def test_two_foreign_holders_with_one_agent_are_not_one_company(tmp_path: Path) -> None:
    """The register prints the agent's code beside both: that neither clears the page nor accuses it."""
    code = "91000000DEMAJAA186"
    devices = [
        device("国械注进20213149001", ylqxzcrbarmc="演赛克有限公司", tyshxydm=code, zxxsdycpbs="06900000000012"),
        device("国械注进20213149002", ylqxzcrbarmc="采薇株式会社", tyshxydm=code, zxxsdycpbs="06900000000029"),
        device("国械注进20213149003", ylqxzcrbarmc="望岳公司", tyshxydm="无", zxxsdycpbs="06900000000036"),
        device("国械注进20213149004", ylqxzcrbarmc="听涛公司", tyshxydm="无", zxxsdycpbs="06900000000043"),
    ]
    register = empty(tmp_path)
    import_source(register, "udi", [write(tmp_path, "a.xml", udi_xml(devices))], now=NOW)
    answer = register.lookup("国械注进20213149001", holder="采薇株式会社", on=ON)
    assert [str(s) for s in answer.standing] == ["registered_term_unknown"]
    assert answer.compared[0].score == 0.8
    assert "同一代理人" in answer.compared[0].because
    # what is no code at all binds nobody together
    assert standing(register, "国械注进20213149003", holder="听涛公司")[0] == [
        "other_holder",
        "registered_term_unknown",
    ]


def test_a_code_on_the_page_comes_before_the_name(tmp_path: Path) -> None:
    header = ("注册证编号", "注册人名称", "产品名称", "统一社会信用代码", "有效期至")
    code, other = "91000000DEMAJAA186", make_code("other")
    register = empty(tmp_path)
    row = ("粤械注准20212149001", "演示甲医疗器械有限公司", "演示导管", code, "2027-01-01")
    import_source(register, "nmpa-device", [write(tmp_path, "a.csv", nmpa_csv([row], header))], now=NOW)
    for holder, accused in (
        (f"丙丁健康科技有限公司（统一社会信用代码{code}）", False),
        (f"演示乙医疗器械有限公司 {other}", True),
        (f"演示甲医疗器械有限公司 {other}", False),
        (code, False),
        (other, True),
    ):
        assert ("other_holder" in standing(register, row[0], holder=holder)[0]) == accused, holder


@pytest.mark.parametrize(
    ("text", "domestic"),
    [("粤械注准20212149001", True), ("国械注准20213149001", True), ("国械注进20213149001", False), ("国械注许20213149001", False),
     ("国械备20219001", False), ("粤穗械备20219001", True), ("国药准字H20049001", None)],
)  # fmt: skip
def test_a_number_says_whether_its_holder_is_domestic(text: str, domestic: bool | None) -> None:
    assert is_domestic(numbers.find(text)[0]) is domestic


def test_malformed(table: Register) -> None:
    said, why, hard = standing(table, "国械注准20211149001")
    assert (said, hard) == (["malformed"], False)
    assert "第一类器械" in why
    assert standing(table, "这不是编号")[0] == ["malformed"]


def test_the_register_knows_better_than_the_grammar(tmp_path: Path) -> None:
    """国…准 with class 2 is malformed by the rules, but a register that holds it has the last word."""
    register = with_table(tmp_path, [("国械注准20202149001", *IN_FORCE[1:])])
    assert standing(register, "国械注准20202149001")[0] == ["in_force"]


def test_a_filing_has_no_term(tmp_path: Path) -> None:
    header = ("备案号", "备案人名称", "产品名称", "备案日期")
    register = empty(tmp_path)
    path = write(tmp_path, "a.csv", nmpa_csv([("粤穗械备20219001号", HOLDER, "演示绷带", "2021-03-01")], header))
    import_source(register, "nmpa-filing", [path], now=NOW, as_of=date(2026, 11, 1), extent="complete")
    assert standing(register, "粤穗械备20219001")[::2] == (["in_force"], True)


# --- the UDI database --------------------------------------------------------------------------------------------


def udi(folder: Path, *devices: dict[str, str], extent: str = "complete") -> Register:
    register = empty(folder)
    path = write(folder, "a.xml", udi_xml(devices))
    import_source(register, "udi", [path], now=NOW, extent=extent)  # type: ignore[arg-type]
    return register


def test_udi_proves_number_and_holder_but_never_term_or_absence(tmp_path: Path) -> None:
    register = udi(tmp_path, device("粤械注准20212149001"))
    said, why, hard = standing(register, "粤械注准20212149001")
    assert (said, hard) == (["registered_term_unknown"], True)
    assert "不含有效期" in why
    assert standing(register, "粤械注准20212149001", holder="演示乙生物科技有限公司")[::2] == (
        ["other_holder", "registered_term_unknown"], True
    )  # fmt: skip
    assert standing(register, "粤械注准20212149999") == (["cannot_say"], "no_source", False)


def test_udi_withdrawn_only_when_all_devices_are(tmp_path: Path) -> None:
    gone = [device("粤械注准20212149001", zxxsdycpbs=f"0690000000001{n}", tsrq=f"2025-0{n}-01") for n in (2, 3)]
    half = [
        device("粤械注准20212149002", zxxsdycpbs=f"0690000000002{n}", tsrq=t) for n, t in ((1, "2025-01-01"), (2, ""))
    ]
    register = udi(tmp_path, *gone, *half)
    assert standing(register, "粤械注准20212149001")[0] == ["withdrawn", "registered_term_unknown"]
    assert standing(register, "粤械注准20212149001", on=date(2025, 2, 15))[0] == ["registered_term_unknown"]
    assert standing(register, "粤械注准20212149002")[0] == ["registered_term_unknown"]


def test_one_number_with_thousands_of_devices_is_one_record(tmp_path: Path) -> None:
    register = udi(tmp_path, *(device("粤械注准20212149001", zxxsdycpbs=f"{69000000000000 + n}") for n in range(3000)))
    (held,) = register.store.by_number("粤械注准20212149001")
    assert (held.items, len(held.record.identifiers)) == (3000, 20)


def test_the_term_of_one_source_and_the_devices_of_another(tmp_path: Path) -> None:
    register = with_table(tmp_path, [IN_FORCE])
    import_source(register, "udi", [write(tmp_path, "a.xml", udi_xml([device(IN_FORCE[0])]))], now=NOW)
    answer = register.lookup(IN_FORCE[0], on=ON)
    assert [str(s) for s in answer.standing] == ["in_force"]
    assert (answer.record is not None, [s.id for s in answer.sources]) == (True, ["nmpa-device", "udi"])
    assert answer.record is not None
    assert answer.record.valid_until == date(2027, 2, 28)


def test_the_sample_release(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    register = empty(tmp_path)
    import_source(register, "udi", [shared("data/udi_sample.xml")], now=NOW)
    known = "国械注准 20243131971号"
    said, _, hard = standing(register, known)
    assert (said, hard) == (["registered_term_unknown"], False)
    record = register.lookup(known, on=ON).record
    assert record is not None
    assert (record.number, record.device_class, record.code) == ("国械注准20243131971", "III", "13-02-01")
    assert standing(register, known, holder=record.holder)[0] == ["registered_term_unknown"]
    assert standing(register, known, holder="演示乙生物科技有限公司")[0] == ["other_holder", "registered_term_unknown"]
    assert standing(register, "国械注准20243139999")[:2] == (["cannot_say"], "sample")


def test_the_demo_register_answers_for_nobody_else(tmp_path: Path) -> None:
    register = empty(tmp_path)
    path = write(tmp_path, "a.csv", nmpa_csv([("演械注准20212149001", *IN_FORCE[1:])]))
    import_source(register, "demo", [path], now=NOW, as_of=date(2026, 11, 20))
    assert standing(register, "演械注准20212149001")[::2] == (["in_force"], True)
    assert standing(register, "演械注准20212149999")[::2] == (["not_listed"], True)
    assert standing(register, "粤械注准20212149999")[:2] == (["cannot_say"], "no_source")


def test_how_the_sources_speak_is_remembered_for_a_day_and_until_the_register_changes(tmp_path: Path) -> None:
    """By an import of its own and by one of another process that has the file open."""
    register = with_table(tmp_path, [IN_FORCE])
    missing, later = "粤械注准20212149999", date(2036, 1, 1)
    for _ in range(2):  # the second answer is from what is remembered
        assert standing(register, missing)[0] == ["not_listed"]
        assert standing(register, missing, on=later)[:2] == (["cannot_say"], "stale")
    kept = register._origins(ON)
    assert register._origins(ON) is kept
    fresh = write(tmp_path, "fresh.csv", nmpa_csv([IN_FORCE, NO_TERM]))
    with Register.open(tmp_path / "register.db") as other:
        import_source(other, "nmpa-device", [fresh], now=NOW, as_of=date(2035, 12, 30), extent="complete", replace=True)
    assert standing(register, missing, on=later)[0] == ["not_listed"]
    assert register._origins(ON) is not kept
    import_source(register, "nmpa-device", [fresh], now=NOW, as_of=date(2026, 11, 1), extent="complete", replace=True)
    assert standing(register, missing, on=later)[:2] == (["cannot_say"], "stale")
