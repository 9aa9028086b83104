"""Packages of the demo mall and of a shop that is not ours, judged by programs that are not ours.

pywb replays them with every other host unreachable: the same text and the same pictures as were sealed. py-wacz validates
them; what it does not notice (it never looks at a signature) is our own verification's to find.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.judges import replay
from tests.oscar.conftest import OscarShop, oscar_shop
from tests.running import qingwang
from tests.whole import DEMO_TIMEOUT, DemoRun

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.timeout(DEMO_TIMEOUT)]
NEEDED = "sh .ci/setup judges"

_ = oscar_shop  # a fixture of another folder


@pytest.fixture(scope="module")
def mall(demo: DemoRun) -> Path:
    return Path(demo.done.json["package"])


@pytest.fixture(scope="module")
def oscar(oscar_shop: OscarShop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the first lead of an Oscar shop, looked at in the browser."""
    home = tmp_path_factory.mktemp("judged")
    words = ("scan", f"{oscar_shop.base_url}/catalogue/", "--json", "--allow-private", "127.0.0.1")
    done = qingwang(home, *words, timeout=300)
    assert done.json["leads"], done.err
    made = qingwang(home, "package", str(done.json["leads"][0]), "--json")
    return Path(made.json["package"])


@pytest.mark.parametrize("shop", ["mall", "oscar"])
def test_pywb_replays_the_same_text_and_pictures(shop: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if not (replay.PYWB / "wayback").exists():
        pytest.skip(f"needs pywb in an environment of its own: {NEEDED}")
    wacz = request.getfixturevalue(shop) / "pages.wacz"
    wanted = replay.looks(wacz)
    assert wanted, "no look of a browser in this package"
    with replay.pywb(wacz, tmp_path) as base:
        seen = replay.replayed(base, wanted)
    for look, again in zip(wanted, seen, strict=True):
        assert again.text == look.text, look.url
        assert replay.differing(look.picture, again.picture) == 0, look.url
        assert again.outside == [], look.url


@pytest.mark.parametrize("shop", ["mall", "oscar"])
def test_py_wacz_finds_it_valid(shop: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if not (replay.WACZ / "wacz").exists():
        pytest.skip(f"needs py-wacz in an environment of its own: {NEEDED}")
    wacz = request.getfixturevalue(shop) / "pages.wacz"
    done = subprocess.run(
        [replay.WACZ / "wacz", "validate", "-f", wacz],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        cwd=tmp_path,
    )
    assert (done.returncode, "is valid" in done.stdout) == (0, True), done.stdout + done.stderr
