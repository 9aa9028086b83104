"""What else in a home bears witness to the journal: rulebooks kept by hash, packages that pinned its head, its own times.

Owns: following the journal line by line for these, and naming what does not agree. Leaves to others: the chain (``chain``),
captures (``home_check``), packages as such (``verify``).

A chain shows what was changed, dropped, put in or moved between its lines. Lines cut off its end, and a chain made anew
from some line on, show only against something that kept a later head: here the packages, elsewhere time stamps. Where
neither is kept, nobody can tell; no program can.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from scanner import rulebook
from scanner.errors import ConfigError, InputError
from scanner.evidence import digest
from scanner.evidence.checking.verify import JOURNAL
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import SET_BACK
from scanner.evidence.package.source import Folder, Source, Zip, shown
from scanner.home import Home

MAX_RULEBOOK = 256 * 1024 * 1024  # bytes


class Kept:
    """Tell it every line, in order; then ask."""

    def __init__(self, home: Home) -> None:
        self._folder = home.rulebooks
        self._heads, self._unread = _heads(home.packages)
        self._named: dict[str, int] = {}  # rulebook -> the first line that names it
        self._late: list[str] = []
        self._last: chain.Line | None = None
        self.packages = sum(len(kept) for kept in self._heads.values())
        self.rulebooks = self.unreadable = 0

    def line(self, line: chain.Line) -> None:
        """The next line that agrees with itself."""
        if isinstance(said := line.data.get("rulebook"), str):
            self._named.setdefault(said, line.seq)
        if self._last is not None and line.time < self._last.time and line.event != SET_BACK:
            self._late.append(f"日志第 {line.seq} 行：时间早于上一行，又没有说明时钟倒退过（改过时间）")
        self._last = line
        for name, own in self._heads.pop(line.seq, ()):
            if own != line.hash:
                self._late.append(f"日志第 {line.seq} 行与证据包 {name} 里的不同（日志在打包之后被重做过）")

    def faults(self) -> Iterator[str]:
        """What does not agree, in Chinese."""
        yield from self._late
        for seq, kept in sorted(self._heads.items()):
            yield from (f"证据包 {name} 引用日志第 {seq} 行，日志里没有（末尾被截断过）" for name, _ in kept)
        yield from self._unread
        for name, seq in self._named.items():
            yield from (f"规则库 {shown(name)[:64]}（日志第 {seq} 行起使用）：{why}" for why in self._rulebook(name))

    def said(self) -> str:
        """What holds where there is no fault."""
        unread = f"（其中 {self.unreadable} 份本版本读不了，只核对了文件自身）" if self.unreadable else ""
        return f"规则库 {self.rulebooks} 份与日志所记的哈希相符{unread}；证据包 {self.packages} 个引用的日志行都在"

    def _rulebook(self, name: str) -> Iterator[str]:
        path = self._folder / f"{name}.json"
        if len(name) != 64 or not set(name) <= set("0123456789abcdef") or not path.is_file():
            yield "没有保存"
            return
        files = rulebook_files(path)
        if files is None:
            yield "文件已损坏"
            return
        try:
            if rulebook.from_files(files).hash != name:
                yield "内容与它的哈希不符"
        except ConfigError:
            self.unreadable += 1
        self.rulebooks += 1


def rulebook_files(path: Path) -> dict[str, bytes] | None:
    """The files of a rulebook kept by hash, by name; None where it is damaged or not there."""
    try:
        if path.stat().st_size > MAX_RULEBOOK:
            return None
        whole = json.loads(path.read_bytes())
        files = {name: text.encode("utf-8") for name, text in whole["files"].items()}
        sound = whole["sha256"] == {name: digest.sha256(data) for name, data in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return None
    return files if sound else None


def _heads(folder: Path) -> tuple[dict[int, list[tuple[str, str]]], list[str]]:
    """The last line of the journal extract of each package: number -> (package, the line's hash); and what is unreadable."""
    found: dict[int, list[tuple[str, str]]] = {}
    unread: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):  # a draft that a kill left
            continue
        try:
            line = _head(path)
        except (InputError, OSError, KeyError, ValueError):
            unread.append(f"证据包 {shown(path.name)}：日志摘录读不出来（用 verify 核验它）")
            continue
        found.setdefault(line.seq, []).append((shown(path.name), line.hash))
    return found, unread


def _head(path: Path) -> chain.Line:
    if path.is_dir():
        return _last(Folder(path))
    with path.open("rb") as file:
        return _last(Zip(file, rooted=True))


def _last(source: Source) -> chain.Line:
    last = b""
    with source.open(JOURNAL) as file:
        for last in chain.raw_lines(file):  # noqa: B007 - only the last one is wanted
            pass
    return chain.parse(last)
