"""What was kept of a page or a broadcast without the exchange that brought it: as an answer that says what was made up.

Owns: the one way a saved page, a picture or a transcript becomes a recorded exchange: no request, an answer whose
status and head were written by us, and notes that say so; the address where nobody knows it. Leaves to others: what is
in the file.
"""

from __future__ import annotations

from datetime import datetime

from scanner.intake.brought import Brought
from scanner.intake.recorded import MAX_BODY, Headers, Recorded, Unusable, check_address, digested, escaped

_WRITTEN = ("response", "status and head were written; the file holds none")


def answer(
    url: str, media_type: str, body: bytes, *, time: datetime, headers: Headers = (),
    remarks: tuple[tuple[str, str], ...] = (),
) -> Recorded:  # fmt: skip
    """The answer that holds ``body``. ``url`` is of the web, or one of :func:`address`. Raises Unusable."""
    if not digested(url):
        url = escaped(url)
        check_address(url)
    if len(body) > MAX_BODY:
        raise Unusable(url, f"内容超过 {MAX_BODY // 1024 // 1024} MB")
    return Recorded(
        url=url, method="GET", started=time, ended=time, sent_version="", sent_headers=(), sent_body=b"", status=200,
        reason="OK", received_version="", received_headers=(("Content-Type", media_type), *headers),
        media_type=media_type, body=body, ip="", remarks=(_WRITTEN, *remarks), asked=False,
    )  # fmt: skip


def address(file: Brought) -> str:
    """The address of a file of which nobody knows where it came from: its own digest."""
    return f"urn:sha256:{file.sha256}"


def changed(file: Brought) -> tuple[datetime, tuple[str, str]]:
    """The time of a file that names none, and the note that says whose time it is."""
    return file.changed, ("time", "when the file was last written to; when it was recorded is not in it")
