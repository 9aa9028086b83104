"""``SHA256SUMS`` in its one spelling, which ``sha256sum -c --strict`` reads.

Owns: ``<64 lower-case hex><two spaces><path>`` lines sorted by path; nothing else. Leaves to others: which files
(all but itself and ``seals/``: ``package``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.errors import InputError

NAME = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)\Z")


def text(sums: Mapping[str, str]) -> bytes:
    """The file for path -> SHA-256."""
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums, key=str.encode)).encode()


def parse(data: bytes) -> dict[str, str]:
    """The inverse of :func:`text`; InputError for any other spelling."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InputError("不是 UTF-8 文本", where=NAME) from error
    found = {}
    for number, line in enumerate(lines[:-1], 1):
        match = _LINE.match(line)
        if match is None:
            raise InputError("写法不规范", where=f"{NAME}:{number}")
        found[match[2]] = match[1]
    if text(found) != data:
        raise InputError("写法不规范（顺序、重复或者结尾）", where=NAME)  # order, doubled lines or ending
    return found
