"""Fixtures that many rooms share. Strategy: real things only, and what is costly (a demo, two scans of the mall) runs
once a session for all who only look at its result.

``shared(name)`` gives a file of the folder ``shared/`` beside the checkout (real registry samples and captures that
are not committed here) and skips, saying so, where it is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from scanner.demo.mall import serve
from scanner.home import Home
from tests.running import qingwang
from tests.whole import CONTACT, DemoRun, Twice, snapshot

ROOT = Path(__file__).resolve().parents[1]

# A first example builds tables and caches; how long it takes says nothing, and a busy machine takes longer.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def _costly(item: pytest.Item) -> list[str]:
    return sorted({"demo", "twice"}.intersection(getattr(item, "fixturenames", ())))


def pytest_itemcollected(item: pytest.Item) -> None:
    """With several processes (pytest-xdist), a file's tests run in one of them, and so do all that share a costly run. The
    mark is set here: pytest-xdist reads the marks before any hook of a conftest that changes the list of tests."""
    if "demo" in getattr(item, "fixturenames", ()):  # a demo has a browser
        item.add_marker(pytest.mark.browser)
    if "twice" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.slow)
    if item.get_closest_marker("xdist_group") is None:
        item.add_marker(pytest.mark.xdist_group((_costly(item) or [item.nodeid.partition("::")[0]])[0]))


def pytest_make_parametrize_id(val: object) -> str | None:
    """A megabyte of hostile text is no name for a test."""
    return f"{str(val)[:20]!a}…{len(val)}" if isinstance(val, str | bytes) and len(val) > 200 else None


_WAITING = ("slow", "browser", "kill", "oscar", "vendure", "long")


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker("xdist_group")
    return str(marker.args[0]) if marker is not None and marker.args else ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The costly runs come first, then the groups with the most tests that take long, then the largest: so no process is left
    with a long one at the end (``--no-loadscope-reorder``: pytest-xdist looks at the number of tests alone)."""
    sizes = Counter(map(_group, items))
    weights = Counter(_group(item) for item in items if any(item.get_closest_marker(mark) for mark in _WAITING))
    items.sort(key=lambda item: (not _costly(item), -weights[_group(item)], -sizes[_group(item)], _group(item)))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / name
        if not path.exists():
            pytest.skip(f"needs shared/{name} beside the checkout, which is not there")
        return path

    return find


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """``qingwang demo --json``, once. Its tests need ``pytest.mark.timeout(DEMO_TIMEOUT)``."""
    root = tmp_path_factory.mktemp("demo")
    return DemoRun(done=qingwang(root, "demo", "--json", timeout=400), home=Home(root / "demo"))


@pytest.fixture(scope="session")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    """The mall, web shop and mini-program, scanned twice into one home whose config.yaml names a contact."""
    home = Home(tmp_path_factory.mktemp("twice"))
    home.config_file.write_text(f'contact: "{CONTACT}"\n', encoding="utf-8")
    with serve() as mall:
        words = ("scan", f"{mall.base_url}/", mall.api_url, "--json", "--render", "never", "--pages", "1000")
        runs, shots = [], []
        for _ in range(2):
            runs.append(qingwang(home.root, *words, "--allow-private", "127.0.0.1"))
            shots.append((snapshot(home), dict(mall.hits)))
        yield Twice(mall=mall, home=home, runs=(runs[0], runs[1]), shots=(shots[0], shots[1]))
