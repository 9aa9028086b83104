"""Speed and memory as ratios to a reference measured in the same run (``qingwang bench``).

Owns: the list of benches. Each gives rows of name, our figure, the reference's, the ratio and the unit; absolute
figures say little about another machine, ratios do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from scanner.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: ``ratio`` is ours ÷ reference, in the sense that larger is better for speeds."""

    name: str
    ours: float
    reference: float
    unit: str
    detail: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.reference if self.reference else 0.0


def run(module: str, *arguments: str) -> dict[str, Any]:
    """What a module prints as its last line, a JSON object, when run in a process of its own. RuntimeError if it fails."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench: {module} failed\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _module(name: str) -> Any:
    """``scanner.bench.<name>``, imported only when its bench is asked for."""
    return import_module(f"scanner.bench.{name}")


def _in(module: str) -> Callable[[], Iterator[Row]]:
    return lambda: _module(module).rows()


def _registry() -> Iterator[Row]:
    yield from _module("registry").rows()
    yield from _module("companies").rows()


BENCHES: dict[str, Callable[[], Iterator[Row]]] = {
    "crawl": _in("crawl"),
    "crawl-memory": lambda: _module("crawl").memory_rows(),
    "crawl-browser": _in("browser"),
    "read": _in("read"),
    "evidence": _in("evidence"),
    "leads": _in("leads"),
    "numbers": _in("numbers"),
    "rules": _in("rules"),
    "registry": _registry,
}
LONG = frozenset({"crawl-browser", "crawl-memory", "leads", "registry"})  # several minutes: only when asked for by name
# Those that measure what was imported into the home; they, too, run only when they are named.
OF_HOME: dict[str, Callable[[Home], Iterator[Row]]] = {"product": lambda home: _module("product").rows(home)}
