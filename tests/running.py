"""Running the program as a person would: a process of its own, a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.forked import Forks

ROOT = Path(__file__).resolve().parents[1]
# What a process needs to start and to find its browser; nothing else of the tester's environment reaches it.
KEPT = ("PATH", "LANG", "TMPDIR", "HOME", "PLAYWRIGHT_BROWSERS_PATH", "QINGWANG_CHROMIUM")


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


def command(home: Path, *arguments: str) -> list[str]:
    """The words of ``qingwang --home HOME …`` for a process of one's own."""
    return [sys.executable, "-m", "scanner.cli.main", "--home", str(home), *arguments]


@contextmanager
def started(home: Path, *arguments: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """``qingwang --home HOME …`` as a running process that takes Ctrl-C, also where the tests were started in the
    background of a shell, which would have it ignored. It does not outlive the block, whatever happens in it."""
    with subprocess.Popen(
        command(home, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment(**env), text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def environment(**more: str) -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"PYTHONUTF8": "1"} | more


def qingwang(
    home: Path, *arguments: str, stdin: str = "", timeout: float = 110, env: dict[str, str] | None = None,
    fresh: bool = False,
) -> Done:  # fmt: skip
    """``qingwang --home HOME …`` with nothing of the tester's own environment that could change its answers; forked from
    a process that has imported the program (``forked``), or, with ``fresh``, started from nothing."""
    around = environment(**(env or {}))
    if not fresh:
        words = ["--home", str(home), *arguments]
        return Done(*_forks().run(words, stdin=stdin, timeout=timeout, env=around, cwd=ROOT))
    done = subprocess.run(
        command(home, *arguments), input=stdin, capture_output=True, text=True, timeout=timeout, check=False,
        env=around, cwd=ROOT,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@cache
def _forks() -> Forks:
    return Forks()
