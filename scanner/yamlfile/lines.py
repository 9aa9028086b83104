"""Places in a file, and the line each stands on.

Owns: ``Where`` and the way from a place back to ``path:line``, also for a place only partly known to the file. Leaves
to others: filling it (``tree``), and what is wrong there (``complaints``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

Where = tuple[int | str, ...]  # a place in a file: keys and list positions from the top


@dataclass(slots=True)
class Lines:
    """Where each thing of a file stands. ``where(*place)`` is ``path:line``, of the nearest enclosing place known."""

    name: str
    lines: dict[Where, int] = field(default_factory=dict)
    whole: bool = True  # False: the file is no YAML, so nobody knows what else it holds

    def where(self, *place: int | str) -> str:
        known: Where = ()
        for step in place:
            if (*known, step) in self.lines:  # a union's tag in pydantic's place is no step of the file
                known = (*known, step)
        return f"{self.name}:{self.lines.get(known, 1)}"
