"""The Word templates that an office may word for itself, letters and reports alike: each in the home's ``templates/letters/``.

Owns: which there are. Leaves to others: what a template is filled with (``letters.facts``, ``returns.facts``), our own ones (``layout``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scanner.report import filling
from scanner.report.letters import FOLDER, facts, layout
from scanner.report.letters.kinds import KINDS
from scanner.report.returns import facts as told
from scanner.report.returns import layout as reports
from scanner.report.returns.narrative import TITLES

Names = Mapping[str, tuple[str, tuple[str, ...]]]  # name -> what it is, the columns where it is rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """A template. ``name`` is its file's, without the ending; ``ours``: our own; ``names``: what it may use."""

    name: str
    title: str
    ours: Callable[[], bytes]
    names: Names

    def own(self, folder: Path) -> Path | None:
        """The home's, None where it has none."""
        path = folder / FOLDER / f"{self.name}.docx"
        return path if path.exists() else None

    def in_force(self, folder: Path | None = None) -> filling.Template:
        """The home's, else ours."""
        return filling.in_force(f"{FOLDER}/{self.name}.docx", folder, self.ours())


_ALL = (
    *(
        Editable(name=kind.name, title=kind.title, ours=partial(layout.template, kind), names=facts.NAMES)
        for kind in KINDS.values()
    ),
    *(
        Editable(name=name, title=title, ours=reports.TEMPLATES[name], names=told.NAMES)
        for name, title in TITLES.items()
    ),
)
EDITABLE: Mapping[str, Editable] = {one.name: one for one in _ALL}
