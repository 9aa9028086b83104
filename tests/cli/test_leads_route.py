"""leads route: the proposal for people and machines; nothing is written."""

from __future__ import annotations

import hashlib

import pytest

from scanner.home import Home
from tests.cli.filled import Ask
from tests.schemas import conform


def digests(home: Home) -> dict[str, str]:
    files = (path for path in home.root.rglob("*") if path.is_file() and not path.name.startswith("book.db-"))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_route(ask: Ask, filled: Home) -> None:
    before = digests(filled)
    done = ask("leads", "route", "1", "--json")
    assert done.code == 0
    conform("leads-route", done.json)
    assert (done.json["outcome"], done.json["unit"], done.json["votes"]) == ("unknown", None, [])
    assert [one["quote"] for one in done.json["silent"]] == ["演示甲店"]
    there = ask(
        "leads",
        "route",
        "1",
        "--json",
        "--address",
        "浙江省杭州市西湖区演示路1号",
        "--unreachable",
        "--said",
        "他是保护伞",
    )
    conform("leads-route", there.json)
    assert (there.json["unit"]["id"], there.json["sure"]) == ("330100", "certain")
    assert {one["kind"]: one["authority"] for one in there.json["proposals"]} == {
        "discipline": "中共杭州市纪律检查委员会、杭州市监察委员会", "abnormal_list": "杭州市西湖区市场监督管理局",
    }  # fmt: skip
    both = ask(
        "leads", "route", "1", "--json", "--address", "浙江省杭州市", "--address", "广东省广州市", "--server", "abroad"
    )
    conform("leads-route", both.json)
    assert both.json["outcome"] == "conflict"
    assert [one["id"] for one in both.json["choices"]] == ["330100", "440100"]
    assert digests(filled) == before


def test_for_people(ask: Ask, filled: Home) -> None:
    filled.rules.joinpath("units.yaml").write_text(
        'units:\n  - {id: hz, name: 杭州演示处, level: city, scope: ["330100"]}\n', encoding="utf-8"
    )
    out = ask("leads", "route", "1", "--address", "浙江省杭州市西湖区演示路1号").out
    assert "建议交办：杭州演示处（hz）" in out
    assert "登记地址" in out
    assert "管辖未知" in ask("leads", "route", "1").out
    assert "浙江省药品监督管理局" in ask("leads", "route", "1", "--platform", "--address", "浙江省杭州市").out


@pytest.mark.slow
def test_what_is_wrong_is_said(ask: Ask, filled: Home) -> None:
    assert ask("leads", "route", "9", "--json").code == 2
    assert ask("leads", "route", "1", "--server", "moon", "--json").code == 2
    filled.rules.joinpath("units.yaml").write_text("units: [{id: hz}]\n", encoding="utf-8")
    done = ask("leads", "route", "1", "--json")
    assert done.code == 2
    conform("error", done.json)
    assert done.json["error"]["problems"][0]["where"].endswith("units.yaml:1")
