"""``bench registry``: a made-up UDI release imported, beside ``iterparse`` over the same files, and numbers looked up.

Each side runs in a process of its own, so that the peak of memory is the import's alone. Memory and look-ups stand
beside the most that they may take.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.bench import Row, run
from scanner.bench.release import write

RECORDS = 1_000_000
MEMORY_MB = 400.0
LOOKUP_MS = 1.0


def rows(records: int = RECORDS) -> Iterator[Row]:
    """Import throughput, peak memory of the import, 99th percentile of an exact look-up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        release, numbers = folder / "UDID_FULL_RELEASE.zip", folder / "numbers.json"
        numbers.write_text(json.dumps(write(release, records)), encoding="utf-8")
        reference = run("scanner.bench.iterparse", str(release))
        ours = run("scanner.bench.importing", str(release), name, str(numbers))
    if not reference["rows"] == ours["rows"] == records:
        raise RuntimeError(f"bench: {ours['rows']} and {reference['rows']} of {records} records read")
    yield Row(name="registry 导入 UDI", ours=_speed(ours), reference=_speed(reference), unit="条/秒")
    yield Row(name="registry 导入内存（参照为上限）", ours=round(ours["peak_mb"], 1), reference=MEMORY_MB, unit="MB")
    yield Row(name="registry 查询 p99（参照为上限）", ours=round(ours["p99_ms"], 3), reference=LOOKUP_MS, unit="毫秒")


def _speed(result: dict[str, Any]) -> float:
    return round(float(result["rows"]) / float(result["seconds"]), 1)
