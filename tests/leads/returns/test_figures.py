"""What is counted, on books made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from scanner.leads.returns.cells import Left, Period
from scanner.leads.same.enterprises import Shop
from scanner.model import Act, LeadSource
from tests.leads.returns.making import at, counted, done, lead, step, told

COMPANY = "南昌演示医疗器械有限公司"


def test_two_shops_of_one_company_are_one_enterprise_and_two_shops_of_one_name_are_two() -> None:
    leads = [
        lead(1, COMPANY, "a.example"), lead(2, "南昌演示医疗器械 有限公司", "b.example"), lead(3, "演示小店", "a.example"),
        lead(4, "演示小店", "b.example"), lead(5, "", "c.example"),
    ]  # fmt: skip
    steps = [done(n, "03-10", "checked", "rectify") for n in range(1, 6)]
    found = counted("qingwang-1", leads, steps)
    assert told(found, "sellers") == {"checked": 4, "rectified": 4}
    assert found.cells["sellers", "checked"].leads == (1, 2, 3, 4, 5)
    assert found.cells["sellers", "checked"].together == ((1, 2),)


def test_shops_that_somebody_knows_to_be_one_count_once_and_the_cell_says_which_leads() -> None:
    leads = [
        lead(1, "演示甲店"),
        lead(2, "演示乙铺", "b.example"),
        lead(3, "演示甲店"),
        lead(4, "演示丙屋", "c.example"),
    ]

    def who(shop: Shop) -> str:
        return "甲" if shop.name in ("演示甲店", "演示乙铺") else shop.name

    steps = [done(n, "03-10", "rectify", case=f"{n}号") for n in (1, 2, 3, 4)] + [done(4, "03-11", "talk")]
    cells = counted("qingwang-1", leads, steps, who=who).cells
    assert (cells["sellers", "rectified"].value, cells["sellers", "rectified"].together) == (2, ((1, 2, 3),))
    assert (cells["sellers", "talks"].value, cells["sellers", "talks"].together) == (1, ())
    alone = counted("qingwang-1", leads[::2], [steps[0], steps[2]], who=who).cells["sellers", "rectified"]
    assert (alone.value, alone.together) == (1, ())  # two leads of one shop are no two shops
    assert counted("qingwang-1", leads, steps).cells["sellers", "rectified"].value == 3


def test_of_one_unit_count_what_it_took_what_it_reported_and_what_it_has() -> None:
    leads = [lead(n, f"店{n}", source=LeadSource.NATIONAL) for n in range(1, 6)]
    steps = [
        step(1, Act.ASSIGN, "03-03", "assigned", unit="u"), done(1, "03-10", "talk", unit="u"), step(1, Act.REPORT, "03-11", "reported"),
        step(2, Act.ASSIGN, "03-03", "assigned", unit="u"), done(2, "03-10", "fine", fine="100.00", unit="u"),
        step(2, Act.RETURN, "03-11", "confirmed"), step(2, Act.ASSIGN, "03-12", "assigned", unit="v"),
        done(2, "03-13", "talk", unit="v"), step(2, Act.REPORT, "03-14", "reported"),
        step(3, Act.ASSIGN, "03-03", "assigned", unit="u"), step(3, Act.RETURN, "03-04", "confirmed"),
        step(4, Act.ASSIGN, "06-03", "assigned", unit="u"),
    ]  # fmt: skip
    u, v, nobody = (
        counted("qingwang-2", leads, steps, within=lambda unit, own=own: unit == own) for own in ("u", "v", "")
    )
    assert told(u, "national") == {"received": 1, "reported": 1, "fines": Decimal("0.01")}
    assert u.left == Left(others=(2,), nobody=(3, 4, 5))
    assert told(v, "national") == {"received": 1, "reported": 1}
    assert v.left == Left(others=(1, 2), nobody=(3, 4, 5))
    assert told(nobody, "national") == {"received": 3}
    talks = counted("qingwang-1", leads, steps, within=lambda unit: unit == "u")
    assert (told(talks, "sellers"), talks.left) == ({"talks": 1, "fines": Decimal("0.01")}, Left(others=(2,)))
    assert counted("qingwang-1", leads, steps).left == Left()


def test_dispositions_of_a_lead_add_up_and_enterprises_count_once() -> None:
    steps = [
        done(1, "03-10", "checked", "rectify", "case", case="甲字1号"),
        done(1, "04-10", "checked", "fine", "income", "case", fine="12000.55", income="0.45", case="甲字1号"),
        done(1, "05-10", "revocation", "person", "warning", licences=2, persons=3),
    ]
    assert told(counted("qingwang-1", [lead(1)], steps), "sellers") == {
        "checked": 1, "rectified": 1, "cases": 1, "warnings": 1, "fines": Decimal("1.20"), "licences": 2,
    }  # fmt: skip
    online = told(counted("zhengzhi-2", [lead(1)], steps), "online")
    assert (online["checked"], online["money"], online["persons"]) == (2, Decimal("1.20"), 3)


def test_cases_are_told_apart_by_their_numbers() -> None:
    leads = [lead(n, f"店{n}") for n in range(1, 5)]
    steps = [
        done(1, "03-10", "case", case="甲字1号"), done(2, "03-11", "case", case="甲字1号"),
        done(3, "03-12", "case", case="甲字1号", unit="v"), done(4, "03-13", "case"), done(4, "03-14", "case"),
        done(4, "03-15", "fine", fine="10.00", case="甲字9号"),
    ]  # fmt: skip
    found = counted("qingwang-1", leads, steps)
    assert found.cells["sellers", "cases"].value == 3
    assert found.cells["sellers", "cases"].leads == (1, 2, 3, 4)


def test_money_is_summed_before_it_is_rounded() -> None:
    steps = [done(n, "03-10", "fine", fine="16.67") for n in range(1, 4)]  # 50.01 yuan, each 0.00 万元
    found = counted("qingwang-1", [lead(n) for n in range(1, 4)], steps)
    assert found.cells["sellers", "fines"].value == Decimal("0.01")


def test_days_begin_at_midnight_of_beijing_and_the_last_one_is_in() -> None:
    leads = [lead(n, f"店{n}") for n in range(1, 5)]
    steps = [
        done(1, at("02-28", 23, 59, 59, 999000), "talk"), done(2, at("03-01", 0), "talk"),
        done(3, at("05-31", 23, 59, 59, 999000), "talk"), done(4, at("06-01", 0), "talk"),
    ]  # fmt: skip
    assert counted("qingwang-1", leads, steps).cells["sellers", "talks"].leads == (2, 3)


def test_figures_are_cumulative_from_the_beginning_to_the_day() -> None:
    steps = [done(1, "03-10", "talk"), done(2, "04-10", "talk"), done(3, "05-10", "talk")]
    leads = [lead(n, f"店{n}") for n in range(1, 4)]
    values = [
        counted("qingwang-1", leads, steps, Period(since=date(2026, 3, 1), until=until)).cells["sellers", "talks"].value
        for until in (date(2026, 3, 9), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))
    ]
    assert values == [0, 1, 2, 3]


def test_a_merged_lead_counts_with_the_one_it_went_into() -> None:
    leads = [lead(1, "店一"), lead(2, "店二"), lead(3, "店三", source=LeadSource.NATIONAL)]
    steps = [
        done(1, "03-10", "talk", to=["police"]), step(1, Act.MERGE, "03-12", "merged", other=2), done(2, "03-13", "talk", to=["police"]),
        step(2, Act.MERGE, "03-14", "merged", other=3), done(3, "03-15", "fine", fine="100.00"),
    ]  # fmt: skip
    found = counted("qingwang-1", leads, steps)
    assert told(found, "sellers") == {"talks": 1, "fines": Decimal("0.01"), "police": 1}
    assert found.cells["sellers", "talks"].leads == (1, 2)
    sources = counted("qingwang-2", leads, steps)
    assert told(sources, "province") == {}
    assert told(sources, "national") == {"received": 1, "fines": Decimal("0.01"), "police": 1}


def test_a_merger_undone_by_the_day_never_was() -> None:
    leads = [lead(1, "店一"), lead(2, "店二")]
    steps = [
        done(1, "03-10", "talk", to=["police"]), step(1, Act.MERGE, "03-12", "merged", other=2), step(1, Act.UNMERGE, "05-20", other=2),
        done(2, "03-13", "talk", to=["police"]),
    ]  # fmt: skip
    assert told(counted("qingwang-1", leads, steps), "sellers") == {"talks": 2, "police": 2}
    before = counted("qingwang-1", leads, steps, Period(since=date(2026, 3, 1), until=date(2026, 5, 19)))
    assert told(before, "sellers") == {"talks": 1, "police": 1}


def test_leads_that_are_merged_in_a_circle_do_not_hang() -> None:
    steps = [
        step(1, Act.MERGE, "03-12", "merged", other=2),
        step(2, Act.MERGE, "03-12", "merged", other=1),
        done(1, "03-13", "talk"),
    ]
    assert counted("qingwang-1", [lead(1), lead(2)], steps).cells["sellers", "talks"].value == 1


def test_leads_of_others_count_when_they_come_and_own_ones_when_confirmed() -> None:
    leads = [
        lead(1), lead(2), lead(3), lead(4, opened="02-27"), lead(5, source=LeadSource.NATIONAL), lead(6, source=LeadSource.NATIONAL, opened="02-27"),
        lead(7, source=LeadSource.OTHER_PROVINCE), lead(8, source=LeadSource.COMPLAINT),
    ]  # fmt: skip
    steps = [
        step(2, Act.CONFIRM, "03-05", "confirmed"), step(3, Act.CONFIRM, "03-05", "confirmed"), step(3, Act.DISMISS, "03-06", "dismissed"),
        step(4, Act.CONFIRM, "03-07", "confirmed"), step(5, Act.DISMISS, "03-08", "dismissed"),
    ]  # fmt: skip
    found = counted("qingwang-2", leads, steps)
    received = {row: found.cells[row, "received"].leads for row in ("national", "province", "other-province")}
    assert received == {"national": (5,), "province": (2, 4), "other-province": (7,)}


def test_a_report_sent_back_is_none_until_it_comes_again() -> None:
    leads = [lead(n) for n in range(1, 4)]
    steps = [
        step(1, Act.REPORT, "03-10", "reported"), step(2, Act.REPORT, "03-10", "reported"), step(2, Act.RETURN, "03-11"),
        step(3, Act.REPORT, "03-10", "reported"), step(3, Act.RETURN, "03-11"), step(3, Act.REPORT, "03-12", "reported"),
    ]  # fmt: skip
    assert counted("qingwang-2", leads, steps).cells["province", "reported"].leads == (1, 3)


def test_websites_count_once_however_many_matters() -> None:
    leads = [lead(1, "甲", "a.example"), lead(2, "乙", "A.example"), lead(3, "丙", "b.example")]
    steps = [done(n, "03-10", to=["telecom"]) for n in (1, 2, 3)]
    assert counted("qingwang-1", leads, steps).cells["sellers", "telecom"].value == 2


def test_platforms_have_a_row_of_their_own() -> None:
    steps = [
        done(1, "03-10", "rectify", stage="platform"),
        done(2, "03-10", "rectify"),
        done(3, "03-10", "rectify", stage="use"),
    ]
    found = counted("qingwang-1", [lead(n, f"店{n}") for n in (1, 2, 3)], steps)
    assert (found.cells["platforms", "rectified"].leads, found.cells["sellers", "rectified"].leads) == ((1,), (2,))


def test_rows_ask_for_products_by_category_group_or_word() -> None:
    named = [
        "彩色隐形眼镜",
        "contact-lens",
        "美瞳",
        "医用口罩",
        "注射用透明质酸钠凝胶",
        "射频(皮肤)治疗仪",
        "没有这种产品",
        "",
    ]
    steps = [done(n, "03-10", "checked", category=word) for n, word in enumerate(named, 1)]
    found = counted("zhengzhi-2", [lead(n, f"店{n}") for n in range(1, 9)], steps)
    leads = {row: found.cells[row, "checked"].leads for row in (
        "online", "online-myopia", "online-coloured-lenses", "online-epidemic", "online-aesthetic",
    )}  # fmt: skip
    assert leads == {
        "online": tuple(range(1, 9)), "online-myopia": (1, 2, 3), "online-coloured-lenses": (1, 3), "online-epidemic": (4,),
        "online-aesthetic": (5, 6),
    }  # fmt: skip
    assert found.unknown == {"没有这种产品": (7,)}


def test_what_the_program_cannot_know_is_empty_and_not_nothing() -> None:
    found = counted("zhengzhi-1", [], [])
    assert {cell.value for (_, column), cell in found.cells.items() if column in ("enterprises", "officers")} == {None}
    assert found.cells["masks", "checked"].value == 0
    assert found.cells["masks", "money"].value == Decimal("0.00")
