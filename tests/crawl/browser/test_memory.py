"""What processes hold: a process and those below it, by both measures."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scanner.crawl.browser import memory
from scanner.crawl.browser.memory import MB

pytestmark = pytest.mark.skipif(not memory.KNOWN, reason="only Linux tells")

BELOW = """
import subprocess, sys
held = bytearray(b"x" * 80_000_000) if len(sys.argv) > 1 else None
child = subprocess.Popen([sys.executable, sys.argv[0], "end"], stdout=subprocess.PIPE) if len(sys.argv) == 2 else None
if child: child.stdout.readline()
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_process_and_all_below_it_are_measured(tmp_path: os.PathLike[str]) -> None:
    script = os.path.join(tmp_path, "below.py")
    with open(script, "w") as file:
        file.write(BELOW.replace('"end"]', '"end", "of", "it"]'))
    with subprocess.Popen(
        [sys.executable, script, "begin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        found = memory.tree(process.pid)
        assert found[0].pid == process.pid
        assert len(found) == 2
        assert all(script in one.command for one in found)
        for measure in (lambda one: one.held, memory.share):
            held = [measure(one) // MB for one in found]
            assert all(76 <= one < 200 for one in held), held
        assert memory.born(process.pid) >= memory.born(os.getpid()) > 0
    assert memory.tree(process.pid) == []
    assert memory.born(process.pid) == 0
    assert memory.share(found[0]) == 0
