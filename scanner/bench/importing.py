"""Our side of ``bench registry``: a release imported into a register of its own, then numbers looked up in it.

    python -m scanner.bench.importing RELEASE.zip FOLDER NUMBERS.json

prints ``{"rows", "seconds", "peak_mb", "p50_ms", "p99_ms", "found"}``. The source is the shipped ``udi`` but for its
series, which holds the made-up prefix 演 only; so nothing of it can come into a real register.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from pathlib import Path

from scanner import clock
from scanner.numbers.authority import DEMO
from scanner.registry import Register, import_source
from scanner.registry.sources import Series, Sources, shipped

TURNS = 3  # the best counts, as noise only ever slows down
LOOKUPS = 5_000  # in a turn; every fifth of them a number that the register does not hold


def sources() -> Sources:
    udi = shipped().get("udi")
    made_up = tuple(Series(types=series.types, authorities=(DEMO,)) for series in udi.series)
    return Sources(sources=(udi.model_copy(update={"series": made_up}),))


def lookups(register: Register, numbers: list[str]) -> dict[str, float]:
    """The median and the 99th percentile of one exact look-up, in milliseconds, and how many numbers were held."""
    dice, day = random.Random(7), clock.day(clock.now())
    asked = [dice.choice(numbers) if n % 5 else f"演械注准{2014 + n % 13}399{n % 10_000:04d}" for n in range(LOOKUPS)]
    took, found = [], 0
    for number in asked:
        began = time.perf_counter()
        answer = register.lookup(number, on=day)
        took.append(1000 * (time.perf_counter() - began))
        found += answer.record is not None
    took.sort()
    return {"p50_ms": took[len(took) // 2], "p99_ms": took[len(took) * 99 // 100], "found": found}


def main(release: str, folder: str, numbers: str) -> None:
    known = sources()
    with Register.open(Path(folder) / "register.db", sources=known) as register:
        began = time.perf_counter()
        report = import_source(register, "udi", [Path(release)], now=clock.now(), sources=known)
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        asked = json.loads(Path(numbers).read_text(encoding="utf-8"))
        best = min((lookups(register, asked) for _ in range(TURNS)), key=lambda turn: turn["p99_ms"])
    print(json.dumps({"rows": report.rows, "seconds": seconds, "peak_mb": peak, **best}))


if __name__ == "__main__":
    main(*sys.argv[1:])
