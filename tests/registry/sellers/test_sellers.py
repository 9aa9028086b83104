"""The register of network sellers once it is imported: rows of one seller together, an edition replaced by the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from scanner.registry import ImportReport, Register, import_source
from scanner.registry.sellers import gathered, sellers
from scanner.store.net_sellers import NetRow
from tests.registry.company.pairs import code
from tests.registry.making import NOW, ON, nmpa_csv, write

HEADER = ("企业名称", "统一社会信用代码", "平台名称", "网址")


def bring(register: Register, lines: Iterable[Iterable[str]], *, replace: bool = False) -> ImportReport:
    path = write(register.store.path.parent, "台账.csv", nmpa_csv(lines, HEADER))
    return import_source(register, "net-sellers", [path], now=NOW, as_of=date(2026, 11, 1), replace=replace)


def row(name: str, uscc: str = "", address: str = "") -> NetRow:
    told = (address,) if address else ()
    return NetRow(name=name, uscc=uscc, licence="", filing="", platform="", shop="", area="", addresses=told)


def test_import_and_status(tmp_path: Path) -> None:
    lines = [("演示甲", code("A"), "", "a.example"), ("演示甲", code("A"), "京东", "shop.jd.com/index-1.html"),
             ("演示甲", code("A"), "", "a.example"), ("演示乙", "", "", "")]  # fmt: skip
    with Register.open(tmp_path / "register.db") as register:
        report = bring(register, lines)
        assert (report.rows, report.bad, report.sample) == (4, 0, False)
        first, second = sellers(register.store)
        assert (first.name, first.uscc, first.addresses) == (
            "演示甲",
            code("A"),
            ("a.example", "shop.jd.com/index-1.html"),
        )
        assert (second.name, second.addresses) == ("演示乙", ())
        (status,) = register.status(on=ON)
        assert (status.id, status.numbers, status.rows, status.as_of, status.fresh) == (
            "net-sellers", 2, 3, date(2026, 11, 1), True
        )  # fmt: skip
        assert register.companies("演示甲") == ()  # it proves nothing of companies


def test_again_changes_nothing_and_an_edition_replaces(tmp_path: Path) -> None:
    with Register.open(tmp_path / "register.db") as register:
        for _ in range(2):
            bring(register, [("演示甲", "", "", "a.example")])
        bring(register, [("演示乙", "", "", "b.example")])
        assert [one.name for one in sellers(register.store)] == ["演示甲", "演示乙"]
        bring(register, [("演示丙", "", "", "c.example")], replace=True)
        assert [one.name for one in sellers(register.store)] == ["演示丙"]


def test_whose_rows_are_one_sellers() -> None:
    a, b = code("A"), code("B")
    rows = [row("演示甲", a), row("演示甲（旧名）", a), row("演示 甲", "", "x.example"), row("演示乙")]
    assert [[r.name for r in one.rows] for one in gathered(rows)] == [
        ["演示甲", "演示甲（旧名）", "演示 甲"],
        ["演示乙"],
    ]
    twins = gathered([row("演示甲", a), row("演示甲", b), row("演示甲")])  # the third may be either's: neither's
    assert [(one.uscc, len(one.rows)) for one in twins] == [(a, 1), (b, 1), ("", 1)]
