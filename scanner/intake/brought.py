"""A file that a person brings: its bytes, read once into memory, and what is known of it before it is understood.

Owns: caps on size, its digests, opening. Leaves to others: which format it is (``formats``), what is in it. The file is
read once, so that what is digested, scrubbed and sealed is the same file though somebody may write to it meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanner.errors import InputError
from scanner.evidence import digest

MB = 1024 * 1024
MAX_BYTES = 512 * MB  # of any file; a format may allow less


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file as it was brought. ``changed``: when it was last written to, which is not when it was recorded."""

    path: Path
    data: bytes
    sha256: str
    sm3: str
    changed: datetime

    def part(self, number: int) -> str:
        """Where a fault is: the file and the number of the record in it, from 1."""
        return f"{self.path}，第 {number} 条"


def opened(path: Path, *, cap: int | None = None) -> Brought:
    """The file at ``path``. Raises InputError when it cannot be read, is no plain file, or has more than ``cap`` bytes."""
    cap = MAX_BYTES if cap is None else cap
    try:
        if not path.is_file() and path.exists():
            raise InputError("这不是文件", where=str(path), hint="给出文件本身，不要给文件夹或者设备")
        with path.open("rb") as file:
            data = file.read(cap + 1)
        changed = datetime.fromtimestamp(max(0.0, path.stat().st_mtime), UTC)
    except (OSError, ValueError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        raise InputError(f"文件读不了：{said}", where=str(path), hint="检查文件名和权限") from error
    if len(data) > cap:
        raise InputError(f"文件超过 {cap // MB} MB", where=str(path), hint="分几段录制和导出")
    return Brought(path=path, data=data, sha256=digest.sha256(data), sm3=digest.sm3(data), changed=changed)
