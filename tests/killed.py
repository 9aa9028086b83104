"""A piece of Python killed at a moment after it has begun."""

from __future__ import annotations

import subprocess
import sys

from tests.running import ROOT


def killed(code: str, *arguments: str, after: float) -> bool:
    """Run ``code`` in a process of its own, which prints a line when it begins, and kill it ``after`` seconds from then; whether
    it was killed, not ended by itself."""
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
        return False
