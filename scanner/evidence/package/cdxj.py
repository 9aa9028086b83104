"""The CDXJ index of a web archive, made by the cdxj-indexer library.

Owns: how that library is asked, and keeping its prints off our stdout. Leaves to others: the WACZ around it (``wacz``).
"""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import Any

from cdxj_indexer.main import CDXJIndexer  # type: ignore[import-untyped]  # it ships no types

from scanner.errors import InputError
from scanner.evidence.package.indexed import INDEXED, indexed_digest


class _Indexer(CDXJIndexer):  # type: ignore[misc]  # it ships no types
    """The library's indexer, with the block's digest for records without a payload: it would hash what it has read
    already, which is nothing."""

    def _get_digest(self, record: Any, name: str) -> str | None:
        return indexed_digest(record.rec_type, record.rec_headers.get_header) or None


def index(warc: Path, *, bodies: bool) -> bytes:
    """The sorted index of ``warc``. With ``bodies``, POST bodies go into the keys, so that viewers tell answers of one
    address apart, unless one is malformed. InputError when the file cannot be indexed at all."""
    for post_append in (True, False) if bodies else (False,):
        out = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):  # it prints
            try:
                _Indexer(
                    out, str(warc), sort=True, post_append=post_append, records=INDEXED, dir_root=os.fspath(warc.parent)
                ).process_all()
            except ValueError:  # a malformed multipart body, say
                continue
        return out.getvalue().encode("utf-8", "backslashreplace")
    raise InputError("网页存档无法编制索引", where=str(warc))  # cannot be indexed
