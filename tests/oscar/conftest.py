"""The Oscar shop as a fixture: a process of its own, or a skip that says why there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.oscar.listings import LISTINGS, Listing

# Where django-oscar lives in an environment of its own, name that interpreter here.
PYTHON = os.environ.get("OSCAR_PYTHON", sys.executable)
WANTED = "oscar, whoosh, sorl"


@dataclass(frozen=True, slots=True, kw_only=True)
class OscarShop:
    base_url: str
    listings: tuple[Listing, ...]


@pytest.fixture(scope="session")
def oscar_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OscarShop]:
    """A running django-oscar with the listings of ``listings.py``; skips where django-oscar is not installed."""
    if subprocess.run([PYTHON, "-c", f"import {WANTED}"], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"needs django-oscar (dependency group oscar): {PYTHON} cannot import {WANTED}")
    folder = tmp_path_factory.mktemp("oscar")
    command = [PYTHON, str(Path(__file__).with_name("shop.py")), "--folder", str(folder)]
    errors = folder / "errors.txt"
    with (
        errors.open("wb") as log,
        subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            assert address, errors.read_text(encoding="utf-8", errors="replace")
            yield OscarShop(base_url=address, listings=LISTINGS)
        finally:
            process.terminate()
