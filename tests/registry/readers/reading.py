"""A file read to its end, rows and problems apart."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.registry.readers import READERS
from scanner.registry.rows import Bad


def rows(path: Path, reader: str) -> tuple[list[Any], list[Bad]]:
    """All rows of all parts, and what was bad."""
    found = [row for part in READERS[reader](path) for row in part.rows]
    return [row for row in found if not isinstance(row, Bad)], [row for row in found if isinstance(row, Bad)]


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
