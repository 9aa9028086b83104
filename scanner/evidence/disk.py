"""Bytes that are on the disk when the call returns.

Owns: writing all of it, syncing files and folders. Leaves to others: the order in which that must happen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

PART = ".part"  # a file in the making
sync_data: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


def write_all(file: int, data: bytes) -> None:
    """``os.write`` until everything is written; OSError when the disk takes no more."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def put(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Make ``path`` a file of ``data``, whole or not at all: written beside it (``PART`` behind its name), then renamed."""
    name(draft(path, data, mode=mode), path)


def draft(path: Path, data: bytes, *, mode: int = 0o666) -> Path:
    """The file of ``data`` that is to be ``path``, on the disk beside it; for those who have to do something before
    :func:`name` gives it its name."""
    part = path.with_name(f"{path.name}{PART}")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
    return part


def name(part: Path, path: Path) -> None:
    """Give a draft its name."""
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
