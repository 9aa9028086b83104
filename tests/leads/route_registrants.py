"""Real registrants of devices whose name carries a place: does the area in their company code agree with it?

    python -m tests.leads.route_registrants [device_registrants_uscc.jsonl]

Prints every disagreement and the figures. A company keeps its code when it moves, and a name may carry the place of a parent, so
that disagreements are expected; they are the reason why a name is a weak vote.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from scanner.home import shipped_rules
from scanner.leads.routing import tables
from scanner.leads.routing.addresses import Addresses
from scanner.leads.routing.areas import Areas
from scanner.leads.routing.place import Place

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "device_registrants_uscc.jsonl"


@dataclass(frozen=True, slots=True)
class Compared:
    """A registrant: its code's area (None: not resolved), its name's (None: the name carries none)."""

    name: str
    uscc: str
    by_code: Place | None
    by_name: Place | None

    @property
    def agrees(self) -> bool:
        """One lies in the other."""
        if self.by_code is None or self.by_name is None:
            return False
        return self.by_code.within(self.by_name) or self.by_name.within(self.by_code)


def compare(path: Path) -> list[Compared]:
    areas = Areas(tables.areas(shipped_rules()))
    read = Addresses(areas)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Compared(row["name"], row["uscc"], areas.of(row["uscc"][2:8]), read.of_name(row["name"])) for row in rows
    ]  # fmt: skip


def main(arguments: list[str]) -> None:
    found = compare(Path(arguments[0]) if arguments else DATA)
    placed = [one for one in found if one.by_name is not None]
    for one in placed:
        if not one.agrees:
            sys.stdout.write(
                f"{one.uscc}  {one.name}  代码：{one.by_code and one.by_code.full}  名称：{one.by_name and one.by_name.full}\n"
            )
    agree = sum(one.agrees for one in placed)
    noted = [one for one in found if one.by_code is not None and one.by_code.note]
    unresolved = sum(one.by_code is None for one in found)
    cities = sum(one.by_name is not None and one.by_name.level != "province" for one in placed)
    sys.stdout.write(
        f"{len(found)} registrants, {unresolved} codes not resolved, {len(noted)} withdrawn or not of the standard; "
        f"{len(placed)} names carry a place ({cities} a city or county), {agree} agree ({agree / len(placed):.1%}), {len(placed) - agree} do not\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
