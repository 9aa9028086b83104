"""``stamp --pending`` and the stamps of a run, on the whole program."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.demo.mall import Mall, serve
from scanner.home import Home
from tests import warcs
from tests.evidence import authority
from tests.evidence.authority import Tsa
from tests.evidence.stamp.test_services import home_with
from tests.running import qingwang
from tests.schemas import conform

WORDS = ("--json", "--render", "never", "--pages", "6", "--allow-private", "127.0.0.1")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with authority.serve(authority.make(tmp_path_factory.mktemp("tsa") / "tsa")) as running:
        yield running


@pytest.fixture(scope="module")
def mall() -> Iterator[Mall]:
    with serve() as running:
        yield running


def stamps(home: Home) -> list[tuple[str, str, str]]:
    return [(line["kind"], line["authority"], line["state"]) for line in warcs.lines(home) if line["event"] == "stamp"]


@pytest.mark.slow
def test_a_run_is_stamped_at_its_end_and_what_is_pending_later(mall: Mall, tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [tsa], [tsa.settings("good"), tsa.settings("bad", "/broken")])
    assert qingwang(home.root, "stamp", "--pending").code == 2  # nothing was ever sealed
    scanned = qingwang(home.root, "scan", f"{mall.base_url}/", *WORDS)
    assert scanned.json["pages"] == 6
    wanted = [
        (kind, name, state) for name, state in (("good", "done"), ("bad", "pending")) for kind in ("journal", "segment")
    ]
    assert stamps(home) == wanted
    assert qingwang(home.root, "verify", "--home").code == 0

    still = qingwang(home.root, "stamp", "--pending", "--json")
    conform("stamp", still.json)
    assert (still.code, still.json["done"], still.json["pending"]) == (1, 0, 2)
    assert all("HTTP 500" in row["why"] for row in still.json["stamps"])

    home_with(home.root, [tsa], [tsa.settings("good"), tsa.settings("bad")])
    done = qingwang(home.root, "stamp", "--pending", "--json")
    conform("stamp", done.json)
    assert (done.code, done.json["done"], done.json["pending"]) == (0, 2, 0)
    assert qingwang(home.root, "stamp", "--pending").out == "没有待办的时间戳。\n"
    assert qingwang(home.root, "verify", "--home").code == 0

    home.config_file.write_text(json.dumps({}), encoding="utf-8")
    assert qingwang(home.root, "stamp", "--pending").code == 2
    assert qingwang(home.root, "stamp").code == 2


def test_settings_that_are_wrong_are_told_before_anything_is_fetched(mall: Mall, tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [tsa], [tsa.settings("one", roots=["missing.pem"])])
    done = qingwang(home.root, "scan", f"{mall.base_url}/", *WORDS)
    assert (done.code, done.json["error"]["kind"]) == (2, "config")
    assert "missing.pem" in done.json["error"]["message"]
    assert not home.journal.exists()


@pytest.mark.long
def test_a_package_says_what_came_of_its_stamps(mall: Mall, tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(tmp_path / "home", [tsa], [tsa.settings("good"), tsa.settings("bad", "/broken")])
    leads = qingwang(home.root, "scan", f"{mall.base_url}/", *WORDS[:3], "--pages", "40", *WORDS[5:]).json["leads"]
    packed = qingwang(home.root, "package", str(leads[0]), "--json")
    conform("package", packed.json)
    assert [(row["authority"], row["state"]) for row in packed.json["stamps"]] == [("good", "done"), ("bad", "pending")]
    path = Path(packed.json["package"])
    assert packed.json["files"] == sum(one.is_file() for one in path.rglob("*"))
    assert qingwang(home.root, "verify", str(path)).code == 0
    assert qingwang(home.root, "verify", str(path), "--strict").code == 4
    elsewhere = qingwang(home.root, "package", str(leads[0]), "--out", str(tmp_path / "out"), "--zip", "--json").json[
        "package"
    ]
    (home.packages / "broken").mkdir()
    (home.packages / "broken" / "SHA256SUMS").write_bytes(b"")
    home_with(home.root, [tsa], [tsa.settings("good"), tsa.settings("bad")])
    done = qingwang(home.root, "stamp", "--pending", elsewhere, "--json")
    conform("stamp", done.json)
    assert qingwang(home.root, "verify", elsewhere, "--strict").code == 0
    assert (done.code, [row["package"] for row in done.json["refused"]]) == (1, ["broken"])
    assert qingwang(home.root, "verify", str(path), "--strict").code == 0
    shutil.rmtree(home.packages / "broken")
    assert qingwang(home.root, "verify", "--home").code == 0
