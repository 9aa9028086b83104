"""What a scalar without quotes is: one thing to every reader, or a word with two meanings.

Owns: the few forms taken as null, true or false, whole number, decimal and date, and the list of forms that YAML 1.1,
YAML 1.2 and people read differently. Linear-time matching. Leaves to others: quoted text, which is always text, and
whether a word with two meanings is forgiven at its place (``tree`` collects, ``doors`` decides).
"""

from __future__ import annotations

import re
from typing import Any

_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What YAML 1.1, YAML 1.2 and people read differently when it stands without quotes.
_AMBIGUOUS = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null)"  # lower-case true, false and null were taken before
    r"|[-+]?0[0-9_]+(\.[0-9_]*)?"  # 001, 0755
    r"|[-+]?(?i:0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"  # 3:30
    r"|[-+]?[0-9]+(_[0-9]+)+|\+[0-9][0-9.]*|[-+]?\.[0-9]+|[-+]?[0-9]+\.|[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+"
    r"|[-+]?(?i:\.inf)|(?i:\.nan)|[0-9]{19,}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"  # dates that are not written YYYY-MM-DD, and times
    r"|=|<<"
)


def ambiguous(text: str) -> bool:
    """Whether readers of YAML disagree about this bare scalar."""
    return not plainly(text) and _AMBIGUOUS.fullmatch(text) is not None


def plainly(text: str) -> bool:
    """Whether a bare scalar means one thing only to every reader."""
    return text in ("", "~", "null", "true", "false") or bool(
        _INT.fullmatch(text) or _FLOAT.fullmatch(text) or _DATE.fullmatch(text)
    )


def resolve(text: str) -> Any:
    """The value of a bare scalar: None, bool, int, float, or else the text as it stands."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text  # dates stay text: the model says whether a date is meant
