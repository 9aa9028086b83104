"""Bytes that are on the disk when the call returns.

Owns: writing all of it, syncing files and folders. Leaves to others: the order in which that must happen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

sync_data: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


def write_all(file: int, data: bytes) -> None:
    """``os.write`` until everything is written; OSError when the disk takes no more."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
