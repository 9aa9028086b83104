"""Copying a rule as the start of another: an analyst's own draft beside the shipped ones.

Owns: the new file, its name and its two changed lines. Leaves to others: whether the copy is a good rule (``rules lint``,
``rules test``), printing (``cli``).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from scanner.errors import UsageError
from scanner.rulebook import Rulebook
from scanner.rulebook.tables import is_id


def copied(rulebook: Rulebook, rule: str, text: str, name: str, folder: Path) -> Path:
    """Write the rule's YAML ``text`` into ``folder`` (the home's rules) as the draft ``name`` and return the file. Raises
    UsageError for a name that is no id or is taken; never writes over a file."""
    if not is_id(name):
        raise UsageError(f"{name} 不能作规则编号", where="NAME", hint="用小写字母、数字和短横线，例如 claim-lottery")
    if name in rulebook.rules:
        raise UsageError(f"规则 {name} 已经有了", where="NAME", hint="换一个编号")
    text = re.sub(r"^id:.*$", f"id: {name}", text, count=1, flags=re.MULTILINE)
    if re.search(r"^status:", text, flags=re.MULTILINE):
        text = re.sub(r"^status:.*$", "status: draft", text, count=1, flags=re.MULTILINE)
    else:
        text = re.sub(r"^(severity:.*)$", r"\1\nstatus: draft", text, count=1, flags=re.MULTILINE)
    path = folder / rulebook.rules[rule].kind / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UsageError(f"文件已经有了：{path}", where="NAME", hint="换一个编号，或者先挪走这个文件") from None
    return path
