"""Subtitles and transcripts of live streams and short videos: SRT, WebVTT, text whose lines begin with a time.

Owns: what the file says of itself (account, title, address, time) or who brings it says for it, handed on in the
answer's head. Leaves to others: times and words (``page.spoken``), what they mean (families).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from scanner import clock
from scanner.errors import InputError
from scanner.intake import kept
from scanner.intake.brought import MB, Brought
from scanner.intake.recorded import Recorded, Unusable
from scanner.page import decoding, spoken

AGAIN = "字幕用 SRT 或者 VTT；文字稿每句前写时间，例如 00:12:03"
MAX_BYTES = 16 * MB
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")


class Transcript:
    """One file. ``url``, ``account``: as who brings it says, "" where only the file may say."""

    recorder = ""

    def __init__(self, file: Brought, media_type: str, *, url: str = "", account: str = "") -> None:
        if len(file.data) > MAX_BYTES:
            raise InputError(f"字幕或者文字稿超过 {MAX_BYTES // MB} MB", where=str(file.path), hint="分成几个文件")
        said = spoken.spoken(decoding.decode(file.data).text)
        if not said.utterances:
            raise InputError("文件里没有带时间的文字", where=str(file.path), hint=AGAIN)
        if said.cut:
            raise InputError(f"字幕超过 {spoken.MAX_PIECES} 条", where=str(file.path), hint="分成几个文件")
        self._file, self._type, self._head = file, media_type, said.head
        self._url, self._account = url or said.head.get("url", ""), account

    def exchanges(self) -> Iterator[Recorded | Unusable]:
        time, note = self._time()
        known = self._url.lower().startswith(("http://", "https://"))
        url = self._url if known else kept.address(self._file)
        headers = (("X-Account", quote(self._account[:200])),) if self._account else ()
        remarks = [note] if note else []
        remarks += [] if known else [("address", "not known")]
        remarks += [("account", "as said by who brought the file")] if self._account else []
        try:
            yield kept.answer(url, self._type, self._file.data, time=time, headers=headers, remarks=tuple(remarks))
        except Unusable as failure:
            yield failure

    def _time(self) -> tuple[datetime, tuple[str, str] | None]:
        """When it was said: as the file's head has it (Beijing time), else when the file was written."""
        text = self._head.get("time", "")[:30].strip()
        for form in _FORMS:
            try:
                moment = datetime.strptime(text, form).replace(tzinfo=clock.BEIJING)
                return moment.astimezone(UTC), ("time", "as the file's head says, Beijing time")
            except (ValueError, OverflowError):
                continue
        return kept.changed(self._file)
