"""Text in cells of a workbook: it stays text, whatever it begins with.

Owns: one text into one cell. Leaves to others: numbers, looks, layout (``scorecard``, ``returns``).
"""

from __future__ import annotations

from typing import Any

from scanner.report.excerpt import plain


def put(cell: Any, text: str) -> None:
    """``text`` as an openpyxl cell's value, without control characters; nothing for "". What begins with = is no formula, and
    what a spreadsheet might take for one is marked as text for who edits it."""
    if text:
        cell.value = plain(text)
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t\r"
