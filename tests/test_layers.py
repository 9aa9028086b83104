"""Who may import whom: any lower row, and within a row only rooms to the left. Read from the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ROWS: tuple[tuple[str, ...], ...] = (
    ("errors", "clock", "model", "text", "numbers"),
    ("yamlfile", "home", "page", "ocr", "store", "registry", "rulebook"),
    ("checks", "judge", "leads", "coverage"),
    ("report", "evidence", "intake"),
    ("casework", "crawl", "tuning", "demo"),
    ("spiders",),
    ("bench", "workbench", "cli"),
)
PLACE = {room: (row, column) for row, rooms in enumerate(ROWS) for column, room in enumerate(rooms)}

# A storefront family sees values and pages, and of the crawl only what a family is made with.
FAMILIES_MAY_SEE = {"errors", "model", "page", "text", "numbers"}
FAMILIES_MAY_SEE_OF_CRAWL = frozenset(
    ("asked", "dotted", "fields", "links", "offers", "papers", "parts", "profile", "workers")
)

# Within the crawl, what reads a page knows nothing of how it was asked for, and nothing knows what is looked at again.
BELOW = {
    "reading": {"walk", "fetch", "browser", "proxy", "again"},
    "fetch": {"walk", "again"},
    "walk": {"fetch", "again"},
}

# Only these rooms may know the frameworks named.
ONLY = {"scrapy": {"crawl", "spiders", "bench"}, "playwright": {"crawl"}, "twisted": {"crawl"}}

# The one clock and the doors that may read it (design: `now` is an argument everywhere else).
CLOCK_DOORS = {"casework", "crawl", "evidence", "cli", "bench", "demo", "workbench"}


def sources() -> list[Path]:
    return sorted([*(ROOT / "scanner").rglob("*.py"), *(ROOT / "spiders").rglob("*.py")])


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "spiders":
        return "spiders"
    return parts[1] if len(parts) > 1 else "scanner"


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def forbidden(path: Path) -> Iterator[str]:
    here = room_of(path)
    for line, name in imports(path):
        parts = name.split(".")
        where = f"{path.relative_to(ROOT)}:{line}: {here} imports {name}"
        top = parts[0]
        if top in ONLY and here not in ONLY[top]:
            yield f"{where}: only {sorted(ONLY[top])} may know {top}"
        room = parts[1] if top == "scanner" and len(parts) > 1 else top if top == "spiders" else ""
        if not room or room == here or room not in PLACE or here not in PLACE:
            continue
        if PLACE[room] > PLACE[here]:
            yield f"{where}: {room} is not below or to the left of {here}"
        if here == "spiders" and room not in FAMILIES_MAY_SEE and (room != "crawl" or not of_families(parts)):
            yield f"{where}: a family sees only values, pages and the crawl's base"


def of_families(parts: list[str]) -> bool:
    where = parts[2:4]
    return where == ["walk", "storefront"] or (where[0] == "reading" and where[1] in FAMILIES_MAY_SEE_OF_CRAWL)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    assert list(forbidden(path)) == []


def running(tree: ast.Module) -> Iterator[str]:
    """What a module imports, but for its types."""
    typing = {
        id(inner)
        for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in typing:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", sorted(BELOW))
def test_rooms_of_the_crawl_know_only_what_is_below_them(room: str) -> None:
    found = [
        f"{path.name}: {name}"
        for path in (ROOT / "scanner" / "crawl" / room).glob("*.py")
        for name in running(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("scanner.crawl.") and name.split(".")[2] in BELOW[room]
    ]
    assert found == []


def test_every_room_has_its_place() -> None:
    rooms = {room_of(path) for path in sources()} - {"scanner", "__init__"}
    assert rooms - set(PLACE) == set()


def test_no_room_is_called_helper() -> None:
    names = {part for path in sources() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"} == set()


def test_only_the_doors_read_the_clock() -> None:
    calls = ("clock.now(", "datetime.now(", "datetime.utcnow(", "date.today(", "time.time(")
    found = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in sources()
        if room_of(path) not in CLOCK_DOORS | {"clock"}
        for call in calls
        if call in path.read_text(encoding="utf-8")
    ]
    assert found == []
