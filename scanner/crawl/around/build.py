"""Which program this is, to the byte: one hash over our own files, and the commit where it runs from a checkout.

Owns: that hash, the same for the same files whether they lie in a checkout or were installed from a wheel. Leaves to
others: rules and register tables, which have hashes of their own; libraries, which are named with their versions.
"""

from __future__ import annotations

import hashlib
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

PACKAGES = ("scanner", "spiders")
_TOP = Path(__file__).resolve().parents[3]
_NOT_OURS = ("__pycache__/", "scanner/data/")  # made by Python; rules and tables, in a wheel
GIT = 2.0  # seconds


@cache
def build() -> dict[str, Any]:
    """``{sha256, files}``, and ``commit`` and ``dirty`` in a checkout. Read once a process: it runs what it read."""
    return {**hashed(_TOP), **_checkout(_TOP)}


def hashed(top: Path) -> dict[str, Any]:
    """SHA-256 over the lines ``sha256  path`` of all files of our packages below ``top``, sorted by path: what
    ``sha256sum`` prints."""
    names = sorted(
        path.relative_to(top).as_posix()
        for package in PACKAGES
        for path in (top / package).rglob("*")
        if not any(part in f"{path.relative_to(top).as_posix()}/" for part in _NOT_OURS) and path.is_file()
    )
    lines = (f"{hashlib.sha256((top / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    return {"sha256": hashlib.sha256("".join(lines).encode()).hexdigest(), "files": len(names)}


def _checkout(top: Path) -> dict[str, Any]:
    """The commit, and whether our files differ from it; nothing where this is no checkout, or git does not say."""
    if not (top / ".git").exists():
        return {}
    words = ["git", "-C", str(top), "status", "--porcelain=v2", "--branch", "--", *PACKAGES, "rules", "registry_data"]
    try:
        said = subprocess.run(words, capture_output=True, text=True, timeout=GIT, check=True).stdout.splitlines()
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return {}
    head = "# branch.oid "
    commit = next((line.removeprefix(head) for line in said if line.startswith(head)), "")
    return {"commit": commit, "dirty": any(not line.startswith("#") for line in said)} if commit else {}
