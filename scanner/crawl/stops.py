"""When a crawl stops by itself: after so many minutes, so many bytes, with the disk so full, or because its hour is a quiet one.

Owns: saying which limit is reached, and when it is time to look. Leaves to others: the page budget (``storefront``), what a
stop means for the crawl (``tally``).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MB = 1024 * 1024


@dataclass(slots=True)
class Stops:
    """Limits of one run; None: none. Counting begins when it is made. ``quiet`` says whether nothing may be asked now; a run
    that stops for that goes on afterwards."""

    minutes: float | None = None
    megabytes: float | None = None
    disk: float | None = None  # share of the disk in use, 0..1
    quiet: Callable[[], bool] | None = None
    bytes: int = 0  # sealed so far
    paused: bool = False  # stopped for a quiet hour
    by_hand: bool = False  # stopped by a person
    _began: float = field(default_factory=time.monotonic)

    def reached(self, place: Path) -> str:
        """The limit that is reached, in Chinese; "" where none is. ``place``: a folder on the disk that counts."""
        if self.quiet is not None and self.quiet():
            self.paused = True
            return "到了不巡查的时段，过后接着"
        if self.minutes is not None and time.monotonic() - self._began >= self.minutes * 60:
            return f"到了时间上限（{self.minutes:g} 分钟）"
        if self.megabytes is not None and self.bytes >= self.megabytes * MB:
            return f"到了数据量上限（{self.megabytes:g} MB）"
        if self.disk is not None:
            used = shutil.disk_usage(place)
            if 1 - used.free / used.total >= self.disk:
                return f"磁盘已用 {1 - used.free / used.total:.0%}，到了上限"
        return ""
