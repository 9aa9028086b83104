"""Orders that bring a lead to its end, as ``leads apply`` takes them."""

from __future__ import annotations

import json
from pathlib import Path

ACTS = ("confirm", "assign", "receive", "dispose", "report", "approve", "revisit", "close")
_MORE = {
    "assign": {"unit": "360100"}, "dispose": {"measures": ["rectify", "fine"], "fine": "100.00"}, "revisit": {"note": "现场看过"},
}  # fmt: skip


def closing(file: Path, *leads: int, who: str = "甲") -> str:
    """Write a file that closes these leads; its path."""
    rows = [{"lead": lead, "act": act, "who": who, **_MORE.get(act, {})} for lead in leads for act in ACTS]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(file)
