"""The home's book replaced by one made again: under the lock, beside the old one, compared, then all at once.

Owns: that order, and that the old book stands until the new one is whole. Leaves to others: making it (``rebuild``), the
files' changing places and comparing (``store``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scanner.crawl.again.rebuild import Rebuilt, rebuild
from scanner.crawl.again.replay import Families
from scanner.crawl.reading import tables
from scanner.crawl.session import software
from scanner.errors import InputError, StoreError, UsageError
from scanner.evidence import rehearsal
from scanner.evidence.journal.file import Journal
from scanner.home import Home
from scanner.store import replace
from scanner.store.book import Book
from scanner.store.compare import TableDifference, compare

# What a book holds that the evidence does not, in Chinese, for whoever reads what was rebuilt.
NOT_IN_EVIDENCE = (
    "图片文字识别的存底（按图片哈希）：原数据库可读时照搬，否则用到时重新识别；已据以判断的文字在日志里，不受影响",
    "已按保存期限清除的网页：从中读出的内容和发现由原数据库照搬，与日志里的校验值核对；原数据库没有的，逐条指出",
    "登记数据在判断当日的样子：日志只记下来源、截至日期和哈希；重建用数据目录里现有的登记数据，判断不同的已逐条指出",
    "识别店铺、字段的程序和表在当时的版本：重建用现在的；读出内容不同的已逐条指出",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """``tables``: empty where there was no book to compare with, ``unread`` then says why; ``replaced``: the home has the
    new book, the old one lies at ``before`` ("" where there was none); ``out``: where the book was written instead."""

    rebuilt: Rebuilt
    tables: tuple[TableDifference, ...]
    unread: str = ""
    replaced: bool = False
    before: str = ""
    out: str = ""


def renew(
    home: Home, families: Families, *, out: Path | None = None, accept: bool = False,
    tick: Callable[[], None] | None = None,
) -> Renewed:  # fmt: skip
    """Make the book again. It takes the old one's place where all came out as the journal tells it, or with ``accept``;
    with ``out`` it is written there and the home stays as it is. Raises StoreError while another process writes the home,
    InputError where the journal cannot be relied on, UsageError where ``out`` exists."""
    if not home.journal.exists():
        raise InputError("没有日志，不能重建", where=str(home.journal), hint="这个数据目录还没有封存过网页")
    if out is not None and os.path.lexists(out):
        raise UsageError("文件已经存在", where=str(out), hint="换一个文件名")
    tables.use(home.rules)
    with home.lock():
        draft = replace.draft_of(home.book if out is None else out)
        try:
            return _renew(home, families, draft, out, accept, tick)
        finally:
            replace.remove(draft)


def _renew(
    home: Home, families: Families, draft: Path, out: Path | None, accept: bool, tick: Callable[[], None] | None
) -> Renewed:
    rebuilt, found, unread = rebuild(home, draft, families, tick=tick), [], ""
    with Book.open(draft) as book:
        try:
            if home.book.exists():
                Book.open(home.book).close()  # an older one gets today's tables
                book.take_pictures(home.book)
                found = compare(book, home.book)
        except StoreError as error:
            unread = error.message
    if out is not None:
        replace.replace(draft, out)
        return Renewed(rebuilt=rebuilt, tables=tuple(found), unread=unread, out=str(out))
    if not (rebuilt.whole or accept):
        return Renewed(rebuilt=rebuilt, tables=tuple(found), unread=unread)
    before = str(replace.before_of(home.book)) if home.book.exists() else ""
    replace.replace(draft, home.book)
    told = {
        "lines": rebuilt.lines, "judgements": rebuilt.judgements, "otherwise": rebuilt.otherwise,
        "weighed": rebuilt.weighed, "differing": [one.table for one in found if not one.same], "software": software(),
    }  # fmt: skip
    with Journal.open(home.journal, mark=rehearsal.mark_of(home)) as journal:
        journal.append("book_rebuilt", told).result()
    return Renewed(rebuilt=rebuilt, tables=tuple(found), unread=unread, replaced=True, before=before)
