"""Running the program as a person would: a process of its own, a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Done:
    """A finished command: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        """JSON Lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]


Qingwang = Callable[..., Done]


def qingwang(home: Path, *arguments: str, stdin: str = "", timeout: float = 110) -> Done:
    """``qingwang --home HOME …`` with nothing of the tester's own environment that could change its answers."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "scanner.cli.main", "--home", str(home), *arguments]
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False,
        env={**keep, "PYTHONUTF8": "1"}, cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)
