"""HAR files: recordings of a browser's, a phone's or a proxy's traffic.

Owns: a HAR file as a source of recorded exchanges. Leaves to others: its text (``harfile``), its entries
(``recorded``), and all that happens to an exchange afterwards (``recording``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scanner.intake import brought, harfile
from scanner.intake.brought import Brought
from scanner.intake.harfile import HarText, decoded
from scanner.intake.recorded import Recorded, Unusable, recorded
from scanner.intake.recording import Recording


class Har:
    """A HAR file's entries."""

    def __init__(self, file: Brought) -> None:
        self._text = HarText(decoded(file.data, file.path), file.path)

    @property
    def recorder(self) -> str:
        return self._text.creator

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        for value in self._text.entries():
            try:
                yield recorded(value)
            except Unusable as failure:
                yield failure


def read(path: Path) -> Recording:
    """Open a HAR file. Raises InputError when it is damaged or no HAR."""
    file = brought.opened(path, cap=harfile.MAX_BYTES)
    return Recording(Har(file), file)
