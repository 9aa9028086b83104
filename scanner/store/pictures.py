"""What pictures say, kept by the hash of their bytes: no picture is recognised twice.

Owns: the queries on ``pictures``. Leaves to others: recognising (``ocr``), which pictures are looked at
(``crawl.reading.pictures``), the transaction (``file``) and the door (``book``).

The key is the picture's SHA-256 and the name of what read it: after an update of the recognition a picture is read anew
when it is next seen, and what was read before stays, because findings rest on it.
"""

from __future__ import annotations

from pathlib import Path

from scanner.ocr import PictureState, Reading
from scanner.store import codec
from scanner.store.file import File, trouble


def save(file: File, sha256: str, reading: Reading) -> None:
    """Keep what a picture says. ``failed`` is not kept: it says nothing of the picture, and may go better next time."""
    if reading.state is PictureState.FAILED:
        return
    with file.write() as db:
        db.execute(
            "INSERT OR IGNORE INTO pictures VALUES (?, ?, ?, ?)",
            (sha256, reading.engine, reading.state.value, codec.dump(reading)),
        )


def take(file: File, before: Path) -> None:
    """Take over what another book knows of pictures."""
    with trouble(before):
        file.db.execute("ATTACH DATABASE ? AS before", (str(before),))
    try:
        with file.write() as db:
            db.execute("INSERT OR IGNORE INTO pictures SELECT sha256, engine, state, data FROM before.pictures")
    finally:
        file.db.execute("DETACH DATABASE before")


def known(file: File, sha256: str, engine: str) -> Reading | None:
    """What ``engine`` read of a picture, or None where it has not read it."""
    row = file.one("SELECT data FROM pictures WHERE sha256 = ? AND engine = ?", (sha256, engine))
    return None if row is None else codec.load(Reading, str(row[0]))
