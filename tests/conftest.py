"""Fixtures that many rooms share. Strategy: real things only.

``shared(name)`` gives a file of the folder ``shared/`` beside the checkout (real registry samples and captures that
are not committed here) and skips, saying so, where it is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def shared() -> Callable[[str], Path]:
    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / name
        if not path.exists():
            pytest.skip(f"needs shared/{name} beside the checkout, which is not there")
        return path

    return find
