"""Checking an installation's evidence: every journal line has its records, every record its line, nothing else.

Owns: one pass over journal and archive side by side (the archive lies in the journal's order), in bounded memory. Where a
deletion log (a ``purge`` line) names a record, exactly its stand-in must lie there (``graves``); nothing else may be missing.
Leaves to others: packages (``verify``), putting right what a kill left behind (``recovery``, at the next opening: until
then a torn end is reported as a fault, for this check writes nothing).
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from scanner.errors import InputError, StoreError
from scanner.evidence import digest, rehearsal
from scanner.evidence.archive import recovery, shelf
from scanner.evidence.archive.segment import NAME
from scanner.evidence.checking.kept_check import Kept
from scanner.evidence.checking.verify import Check
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import SET_BACK
from scanner.evidence.journal.places import ref_of
from scanner.evidence.keeping.graves import Graves
from scanner.evidence.signing import key_history
from scanner.evidence.stamp.check import Stamps
from scanner.evidence.warc import reading
from scanner.home import Home

MAX_NAMED = 1000  # faults of one area that are named; the rest is counted


def verify_home(home: Home) -> list[Check]:
    """All checks of a home's journal and archive. InputError when there is no journal, StoreError while it is written."""
    if not home.journal.exists():
        raise InputError("没有日志", where=str(home.journal), hint="这个数据目录还没有封存过网页")
    walk, stamps = _Walk(home.archive, home.journal, kept := Kept(home)), Stamps(home)
    broken: list[str] = []  # filled by the walk, which follows the chain too
    with home.journal.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)  # a lock for reading works on a read-only disk too
        except OSError as error:
            raise StoreError("正在写入，现在不能核验", where=str(home.journal), hint="等抓取结束后再试") from error
        named = key_history.lines(home.journal)
        areas = (
            ("journal", broken, "日志链完整"),
            ("archive", list(walk.faults(held, broken)), "每一行都有记录，每条记录都有行"),
            ("kept", list(kept.faults()), ""),
            ("mark", _mark_faults(home, walk.marks), ""),
            ("stamps", list(stamps.faults()), ""),
            ("keys", key_history.home_faults(named, home.keys), ""),
        )
    checks = []
    for name, faults, holds in areas:
        checks += [Check(name=name, ok=False, detail=fault) for fault in faults[:MAX_NAMED]]
        if len(faults) > MAX_NAMED:
            checks.append(Check(name=name, ok=False, detail=f"另有 {len(faults) - MAX_NAMED} 处"))
        if name == "mark" and not faults:  # like a package's: what is a demo or a rehearsal is never called evidence
            said = "、".join(f"「{mark}」" for mark in walk.marks if mark)
            checks += [Check(name=name, ok=True, detail=f"本数据目录标明{said}，不是证据")] if said else []
        elif name == "stamps":
            checks += [Check(name=name, ok=True, detail=f"时间戳：{stamps.said}")] if stamps.said and not faults else []
        elif name == "keys":
            told = "；".join(map(key_history.said, key_history.history(named)))
            checks += [Check(name=name, ok=True, detail=f"密钥：{told}")] if told and not faults else []
        elif name == "kept" and not faults:
            checks.append(Check(name=name, ok=True, detail=kept.said()))
        elif not faults:
            said = f"{holds}：{walk.lines} 行，{walk.captures} 个取证页，{walk.records} 条记录"
            said += f"，其中按保存期限清除 {walk.graves.found} 条" if walk.graves.found else ""
            said += f"；本机时钟倒退过 {walk.set_back} 次" if name == "journal" and walk.set_back else ""
            checks.append(Check(name=name, ok=True, detail=said))
    return checks


def _mark_faults(home: Home, marks: Counter[str]) -> list[str]:
    """Whether all lines bear the same mark, and that of the home."""
    wanted = {rehearsal.MARK} if home.rehearsal.exists() else set(marks)
    if len(wanted | set(marks)) < 2:
        return []
    told = "，".join(
        f"{number} 行{f'标明「{mark}」' if mark else '没有标记'}" for mark, number in sorted(marks.items())
    )
    return [f"标记（演示、演练）前后不一：日志里{told}"]


class _Walk:
    """Follows the journal and the segments at the same time."""

    def __init__(self, folder: Path, journal: Path, kept: Kept) -> None:
        self._kept_elsewhere = kept
        self.graves = Graves(journal)
        self.lines = self.captures = self.records = 0  # lines: those that agree with themselves
        self.set_back = 0  # lines that say that the clock was
        self.marks: Counter[str] = Counter()  # of lines
        self._folder = folder
        self._name = ""
        self._file: BinaryIO | None = None
        self._end = 0  # where the next record of the current segment ought to begin
        self._shared: dict[int, str] = {}  # records of this segment that several captures share: offset -> member
        self._done: set[str] = set()
        self._kept: dict[str, str] = {}  # files in aside/ -> SHA-256

    def faults(self, journal: BinaryIO, broken: list[str]) -> Iterator[str]:
        """What is wrong, in Chinese, naming journal line, file and offset; what is wrong with the chain of lines itself goes
        into ``broken``."""
        for line in chain.checked(journal, broken):
            self.lines += 1
            try:
                yield from self._line(line)
            except (KeyError, TypeError, ValueError, OverflowError):
                yield f"日志第 {line.seq} 行：记录的位置读不出来"
        yield from self._leave()
        yield from self._strangers()
        yield from self.graves.left()

    def _line(self, line: chain.Line) -> Iterator[str]:
        data = line.data
        self._kept_elsewhere.line(line)
        self.set_back += line.event == SET_BACK
        self.marks[str(data.get("mark", ""))] += 1
        if line.event == "segment":
            yield from self._enter(str(data["file"]))
        elif line.event == "capture":
            self.captures += 1
            self.graves.sealed(line)
        elif line.event == "recovered" and data.get("what") == "archive":
            self._kept[str(data["kept"]).rpartition("/")[2]] = str(data["sha256"])
            return
        places = data["records"] if line.event in ("segment", "capture") else ()
        for place in sorted(places, key=lambda place: int(place["offset"])):
            for fault in self._record(place):
                yield f"日志第 {line.seq} 行，{str(place['file'])[:80]}@{place['offset']}：{fault}"

    def _enter(self, name: str) -> Iterator[str]:
        yield from self._leave()
        self._name, self._end, self._shared = name, 0, {}
        self._done.add(name)
        if NAME.fullmatch(name) and (self._folder / name).is_file():
            self._file = (self._folder / name).open("rb")

    def _leave(self) -> Iterator[str]:
        """Whether the segment ends where the journal says."""
        if self._file is None:
            return
        size = self._file.seek(0, 2)
        self._file.close()
        self._file = None
        if size > self._end:
            yield f"{self._name}：末尾有 {size - self._end} 字节没有日志（写入时中断的，下次写入前会移到 {recovery.ASIDE}/）"

    def _record(self, place: Mapping[str, Any]) -> Iterator[str]:
        ref, member = ref_of(place), str(place["member"])
        if ref.file != self._name:
            yield "不在当前的文件里"  # a record outside the segment being written
            return
        if ref.offset < self._end:
            if self._shared.get(ref.offset) != member:
                yield "与前面的记录重叠"  # overlaps records journalled before
            return
        if self._file is None:
            yield "文件不存在"
            return
        if ref.offset > self._end:
            yield f"之前有 {ref.offset - self._end} 字节没有日志"  # bytes without a line
        self._end = ref.offset + ref.length
        if ref.uri.startswith("urn:qingwang:certificate:"):
            self._shared[ref.offset] = member
        self.records += 1
        if self.graves.names(ref):
            yield from self.graves.faults(self._file, ref, member)
            return
        try:
            found = reading.record(self._file, ref.offset, ref.length)
        except InputError as error:
            yield error.message
            return
        wrong = [shelf.differs(found, ref), *reading.faults(found)]
        wrong += ["压缩数据与日志不符"] if found.digest != member else []
        yield from (text for text in wrong if text)

    def _strangers(self) -> Iterator[str]:
        """Files that no line speaks of, and kept ones that changed."""
        for path in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            if path.name != recovery.ASIDE and path.name not in self._done:
                yield f"{path.name}：没有日志（写入时中断的文件，下次写入前会移到 {recovery.ASIDE}/；否则是外来的）"
        for name in sorted(self._done):
            if not (self._folder / name).is_file():
                yield f"{name}：文件不存在"
        aside = self._folder / recovery.ASIDE
        present = {path.name: path for path in aside.iterdir()} if aside.is_dir() else {}
        for name, wanted in sorted(self._kept.items()):
            if name not in present:
                yield f"{recovery.ASIDE}/{name}：文件不存在"
                continue
            with present[name].open("rb") as file:
                if digest.of_file(file).sha256 != wanted:
                    yield f"{recovery.ASIDE}/{name}：与日志不符"
        yield from (f"{recovery.ASIDE}/{name}：没有日志" for name in sorted(set(present) - set(self._kept)))
