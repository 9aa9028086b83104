"""Bounds as JUnit XML, which every build server shows.

Owns: that form, and keeping it well-formed whatever pages say (XML 1.0 has no control characters and no lone
surrogates). Leaves to others: what was found (``backtest``, ``bounds``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from scanner.tuning.backtest import Change
from scanner.tuning.bounds import Held

SUITE = "qingwang rules backtest"


def write(path: Path, held: Iterable[Held], changes: Iterable[Change]) -> None:
    """A test case a rule, at ``path``, whole or not at all. Raises OSError."""
    cases = tuple(held)
    told: dict[str, list[Change]] = {}
    for change in changes:
        told.setdefault(change.rule, []).append(change)
    broken = sum(not one.ok for one in cases)
    suite = ET.Element("testsuite", name=SUITE, tests=str(len(cases)), failures=str(broken), errors="0", skipped="0")
    for one in cases:
        case = ET.SubElement(suite, "testcase", classname="rules", name=clean(one.rule))
        if not one.ok:
            failure = ET.SubElement(case, "failure", message=clean(str(one)))
            failure.text = clean("\n".join(_told(change) for change in told.get(one.rule, ())))
    draft = path.with_name(f"{path.name}.part")
    ET.ElementTree(suite).write(draft, encoding="utf-8", xml_declaration=True)
    draft.replace(path)


def clean(text: str) -> str:
    """``text`` with what XML 1.0 cannot hold as U+FFFD.

    >>> clean("a\\x00b\\ud800")
    'a�b�'
    """
    return "".join(c if _held(ord(c)) else "\ufffd" for c in text)


def _held(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000


def _told(change: Change) -> str:
    return f"{change.change} {change.item} {change.field}: {change.before}【{change.quote}】{change.after}"
