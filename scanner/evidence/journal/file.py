"""The journal on disk: one writing thread, group commit, a chain that survives a kill.

Owns: the queue and the thread through which everything sealed goes, the order *foreign bytes → sync → lines → sync →
results*, and that a clock set back is said. Leaves to others: the form of lines (``chain``), what a kill left at the end (``torn``), WARC bytes
(``archive``).

Callers only put work on the queue; a future resolves when the line is on disk, so whoever waits for it may go on
reading. After a failed write nothing more is accepted: what the disk then holds is unknown until the next opening.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from scanner import clock
from scanner.errors import InputError, SealError, StoreError
from scanner.evidence import digest, disk
from scanner.evidence.journal import chain, torn
from scanner.evidence.journal.torn import Event

DEPTH = 128  # works waiting; beyond it the caller waits, which is the back-pressure of a crawl
BATCH = 128  # works of one commit
SET_BACK = "clock_set_back"  # event of the line before one that is earlier than the last
PATIENCE = 120.0  # seconds a caller waits for a place in the queue before it is told that sealing hangs


class Work(Protocol):
    """Something to commit. ``write`` runs in the writing thread, may put bytes elsewhere, and names the lines;
    ``result`` gets their sequence numbers when they are on disk, and makes the future's value."""

    def write(self) -> Sequence[Event]: ...
    def result(self, seqs: Sequence[int]) -> Any: ...


class _Lines:
    """The simplest work: one line, whose number is the result."""

    def __init__(self, event: str, data: Mapping[str, Any]) -> None:
        self.events = ((event, data),)

    def write(self) -> Sequence[Event]:
        return self.events

    def result(self, seqs: Sequence[int]) -> int:
        return seqs[0]


class Journal:
    """The journal, open for writing (one process at a time). ``reports`` says in Chinese what opening found."""

    def __init__(self, path: Path, file: int, head: tuple[int, str], time: datetime | None, mark: str) -> None:
        self.path = path
        self.reports: tuple[str, ...] = ()
        self._file, self._head, self._mark, self._stop = file, head, mark, False
        self._time = "" if time is None else clock.stamp(time)  # of the last line
        self._queue: queue.Queue[tuple[Work, Future[Any]] | None] = queue.Queue(DEPTH)
        self._before: list[Callable[[], None]] = []
        self._broken: SealError | None = None
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: Path, *, mark: str = "") -> Journal:
        """Open or make the journal at ``path``; ``mark`` (演示数据, 演练) goes into every line that is written. A journal
        that began with a mark keeps it, whoever opens it; one that began without takes none.

        StoreError when another process writes it, or its lines bear another mark.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not path.exists()
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            raise StoreError("另一个进程正在写或者核验日志", where=str(path), hint="等它结束后再试") from error
        if fresh:
            disk.sync_folder(path.parent)
        try:
            events, head, time = torn.recover(path, file)
            mark = _mark(path, head, mark)
        except (OSError, InputError, StoreError):
            os.close(file)
            raise
        journal = cls(path, file, head, time, mark)
        for event, data in events:
            journal.append(event, data).result()
        journal.reports = tuple(str(data["says"]) for _, data in events)
        return journal

    @property
    def head(self) -> tuple[int, str]:
        """(sequence number, hash) of the last line on disk; (0, 64 zeros) when there is none."""
        return self._head

    @staticmethod
    def read(path: Path) -> Iterator[chain.Line]:
        """The lines on disk in order; see :func:`scanner.evidence.journal.chain.read`."""
        return chain.read(path)

    def append(self, event: str, data: Mapping[str, Any]) -> Future[int]:
        """Add a line; the future gives its sequence number once it is on disk. ``data`` may hold our values."""
        plain = digest.plain(data)
        if not chain.RESERVED.isdisjoint(plain):
            raise ValueError(f"journal data may not use {sorted(chain.RESERVED & set(plain))}")
        return self.submit(_Lines(event, plain))

    def before_lines(self, sync: Callable[[], None]) -> None:
        """Run ``sync`` in every commit after the works have written and before any line is: the archive's bytes."""
        self._before.append(sync)

    def submit(self, work: Work) -> Future[Any]:
        """Hand over work; returns at once unless the queue is full. The future fails with SealError, or not at all."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # what was handed over is sealed, whoever stops waiting for it
        try:
            if self._broken is not None:
                raise self._broken
            self._queue.put((work, future), timeout=PATIENCE)
        except queue.Full:
            future.set_exception(SealError("封存线程没有响应", where=str(self.path), hint="检查磁盘"))
        except SealError as error:
            future.set_exception(error)
        else:
            if self._broken is not None:  # it ended between the question and the handing over
                self._refuse_rest()
        return future

    def close(self) -> None:
        """Write what is waiting, then stop. Closing twice is nothing."""
        with self._closing:
            if self._thread.is_alive():
                self._queue.put(None)
                self._thread.join()
            if self._file >= 0:
                os.close(self._file)  # gives the lock back
                self._file = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- the writing thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (batch := self._take()) is not None:
                self._commit(batch)
                del batch  # a batch may hold many megabytes of pages; do not keep them while waiting
        finally:  # also when a programming error ends the thread: nobody may wait for ever
            if self._broken is None:
                self._broken = SealError("日志已关闭", where=str(self.path))
            self._refuse_rest()

    def _take(self) -> list[tuple[Work, Future[Any]]] | None:
        first = None if self._stop else self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < BATCH:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                break
            if more is None:
                self._stop = True  # after this batch
                break
            batch.append(more)
        return batch

    def _commit(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        ready: list[tuple[Work, Future[Any], Sequence[Event]]] = []
        try:
            if self._broken is not None:
                raise self._broken
            for work, future in batch:
                try:
                    ready.append((work, future, work.write()))
                except SealError as error:  # this one cannot be sealed; the others can
                    future.set_exception(error)
            for sync in self._before:
                sync()
            seqs = self._write([events for _, _, events in ready])
        except (OSError, SealError) as error:
            self._broken = error if isinstance(error, SealError) else _full(error, self.path)
        else:
            for (work, future, _), numbers in zip(ready, seqs, strict=True):
                future.set_result(work.result(numbers))
        finally:
            for future in (future for _, future in batch if not future.done()):
                # Without a reason it is a fault of ours that is on its way up and ends the thread.
                self._broken = self._broken or SealError("封存线程出错", where=str(self.path))
                future.set_exception(self._broken)

    def _write(self, groups: Sequence[Sequence[Event]]) -> list[list[int]]:
        (seq, prev), last = self._head, self._time
        numbers: list[list[int]] = []
        out: list[bytes] = []
        for events in groups:
            numbers.append([])
            for event, data in events:
                now = clock.now()
                for name, said in (*_set_back(last, now), (event, data)):
                    seq += 1
                    marked = {**said, "mark": self._mark} if self._mark else said
                    line, prev = chain.compose(seq=seq, prev=prev, time=now, event=name, data=marked)
                    out += [line, b"\n"]
                numbers[-1].append(seq)
                last = clock.stamp(now)
        if out:
            disk.write_all(self._file, b"".join(out))
            disk.sync_data(self._file)
            self._head, self._time = (seq, prev), last
        return numbers

    def _refuse_rest(self) -> None:
        while True:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                return
            if waiting is not None:
                waiting[1].set_exception(self._broken or SealError("日志已关闭", where=str(self.path)))


def _mark(path: Path, head: tuple[int, str], wanted: str) -> str:
    """The mark of the lines to come: that of the first line, where there is one."""
    if not head[0]:
        return wanted
    began = chain.first_mark(path)
    if wanted not in ("", began):
        raise StoreError(
            f"日志的行标的是「{began or '（没有标记）'}」，不能再写标「{wanted}」的行",
            where=str(path),
            hint="换一个数据目录",
        )
    return began


def _set_back(last: str, now: datetime) -> Sequence[Event]:
    """A line that says so, where the next one would be earlier than the last: the journal goes back in no silence."""
    if not last or clock.stamp(now) >= last:
        return ()
    says = f"本机时钟倒退了：上一行的时间是 {last}，现在是 {clock.stamp(now)}"
    return ((SET_BACK, {"before": last, "says": says}),)


def _full(error: OSError, path: Path) -> SealError:
    return SealError(
        f"封存失败：{error.strerror or error}", where=str(error.filename or path), hint="检查磁盘空间和权限后重新运行"
    )
