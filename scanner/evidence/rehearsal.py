"""Rehearsals (演练): homes whose clock may be set, and whose every line says that they are none of evidence.

Owns: what makes a home one, making one, refusing what is half one, the mark of any home. Leaves to others: setting the clock (``cli.rehearsing``),
writing marked lines and keeping to the mark (``journal``), what a mark means in a package (``verify``).

Two records, neither of them a setting: the file ``rehearsal.txt``, and the mark on every line of the journal from the first
one on. Either alone makes the home a rehearsal, so that without the file it still is one, and without the journal the next
journal is one's again. A home of which the file says so and the journal does not is refused: it was a real one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from scanner.errors import InputError, UsageError
from scanner.evidence import disk
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.home import Home

MARK = "演练"
_SAYS = "本数据目录只用于演练：时钟可以设定，里面的一切都不是证据，不得用于任何案件。它不能再改成真实的数据目录。"


def is_one(home: Home) -> bool:
    """Whether the home is for rehearsals. Raises UsageError where only its file, or only a part of its journal, says so."""
    named, marks = os.path.lexists(home.rehearsal), _marks(home.journal)
    if not named and MARK not in marks:
        return False
    if marks - {MARK}:
        hint = f"移走 {home.rehearsal.name}；" if named else ""
        raise UsageError(
            f"数据目录标明是{MARK}，日志里却有没有标{MARK}的行：真实的数据目录不能改成{MARK}用的",
            where=str(home.root), hint=f"{hint}要{MARK}，用 --home 另建一个：doctor --init --rehearsal",
        )  # fmt: skip
    return True


def mark_of(home: Home) -> str:
    """The mark of whatever is written into this home or made of it: a rehearsal's, or that with which its journal begins (a
    demo's); "" for a real one."""
    if is_one(home):
        return MARK
    if not home.journal.exists():
        return ""
    with home.journal.open("rb") as file:
        return next(iter(_first(chain.raw_lines(file))), "")


def declare(home: Home) -> None:
    """Make the home one for rehearsals, before anything else is put into it; one that is one already stays so. Raises
    UsageError where it is a real one."""
    if not is_one(home) and (there := _kept(home)):
        raise UsageError(
            f"这是真实的数据目录（已经有 {there}），不能改成{MARK}用的",
            where=str(home.root), hint="用 --home 换一个新的文件夹再运行 doctor --init --rehearsal",
        )  # fmt: skip
    with home.lock():
        if not os.path.lexists(home.rehearsal):
            with home.rehearsal.open("x", encoding="utf-8") as file:
                file.write(f"{_SAYS}\n")
                file.flush()
                os.fsync(file.fileno())
            disk.sync_folder(home.root)


def say(home: Home) -> None:
    """The first line of a rehearsal's journal; nothing where it has lines. The home's lock is held."""
    if not _marks(home.journal):
        with Journal.open(home.journal, mark=MARK) as journal:
            journal.append("rehearsal", {"says": _SAYS}).result()


def _kept(home: Home) -> str:
    """The name of something that a real home has kept; "" where there is nothing yet."""
    files = (path for path in (home.journal, home.book, home.register) if path.exists())
    folders = (path for path in (home.keys, home.archive, home.packages) if path.is_dir() and any(path.iterdir()))
    return next((path.name for path in (*files, *folders)), "")


def _marks(path: Path) -> set[str]:
    """The marks of the journal's first and last line ("" for none); nothing where it has no lines."""
    if not path.exists():
        return set()
    with path.open("rb") as file:
        first = _first(chain.raw_lines(file))
        last = _first(raw for _, raw in chain.backwards(file, file.seek(0, os.SEEK_END)))
    return first | last


def _first(lines: Iterable[bytes]) -> set[str]:
    """The mark of the first whole line of two: one may be damaged, or torn by a kill."""
    for raw in islice(lines, 2):
        try:
            return {str(chain.parse(raw).data.get("mark", ""))}
        except InputError:
            continue
    return set()
