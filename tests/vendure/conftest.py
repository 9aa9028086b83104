"""The Vendure shop as a fixture: a process of its own, or a skip that says why there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.vendure import listings

HERE = Path(__file__).parent
OLDEST_NODE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VendureShop:
    """``url`` is the shop API's address, which is all there is of the shop."""

    url: str


@pytest.fixture(scope="session")
def vendure_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendureShop]:
    """A running Vendure with the listings of ``listings.py``; skips where Node or Vendure is not installed."""
    node = shutil.which("node")
    if why := _missing(node):
        pytest.skip(f"needs Vendure (sh .ci/setup vendure): {why}")
    assert node is not None
    folder = tmp_path_factory.mktemp("vendure")
    listings.write(folder)
    errors = folder / "errors.txt"
    with (
        errors.open("wb") as log,
        subprocess.Popen(
            [node, str(HERE / "shop.js"), str(folder)], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True, env={**os.environ, "VENDURE_DISABLE_TELEMETRY": "true"},
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            assert address, errors.read_text(encoding="utf-8", errors="replace")
            yield VendureShop(url=f"{address}/shop-api")
        finally:
            process.terminate()


def _missing(node: str | None) -> str:
    """What is not there; empty when all is."""
    if node is None:
        return "there is no node"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not version.startswith("v") or int(version[1:].partition(".")[0]) < OLDEST_NODE:
        return f"node is {version or 'broken'}, not {OLDEST_NODE} or newer"
    return "" if (HERE / "node_modules" / "@vendure" / "core").is_dir() else "tests/vendure/node_modules is not there"
