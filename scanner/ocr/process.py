"""Pictures read in a process of their own: what an attacker made reaches a decoder there and nowhere else.

Owns: starting it at the first picture, a limit of time for each picture and of memory for the process, ending it, and
starting another where one hung or died. Leaves to others: what the process does (``engine``), which pictures.

The wire: four bytes of length (big-endian), then the picture; back come four bytes of length and a reading as JSON.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from scanner.ocr import Line, PictureState, Reading, program

PATIENCE = 60.0  # seconds for one picture: 750 x 12,000 full of text takes some ten
STARTING = 60.0  # seconds more for the first one: the models are loaded
MEMORY = 3 * 1024**3  # bytes of address space; models and a picture of the most pixels take under two
MAX_ANSWER = 8 * 1024 * 1024  # bytes


class Recogniser:
    """``with Recogniser() as recogniser: reading = recogniser.read(body)``. One picture at a time, from any thread."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._fresh = True

    def read(self, body: bytes) -> Reading:
        """What a picture says; ``failed`` where the process hung or died over it."""
        with self._lock:
            try:
                answer = self._ask(body)
            except (OSError, EOFError, TimeoutError):
                self._end()
                return Reading(state=PictureState.FAILED, engine=program())
            try:
                return decoded(answer)
            except (ValueError, KeyError, TypeError):  # not ours: the process is not to be trusted any more
                self._end()
                return Reading(state=PictureState.FAILED, engine=program())

    def close(self) -> None:
        with self._lock:
            self._end()

    def __enter__(self) -> Recogniser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, body: bytes) -> bytes:
        child = self._running()
        until = time.monotonic() + self._patience + (STARTING if self._fresh else 0.0)
        assert child.stdin is not None
        assert child.stdout is not None
        # The child reads a picture whole before it works, so writing does not wait for long.
        child.stdin.write(len(body).to_bytes(4, "big") + body)
        child.stdin.flush()
        size = int.from_bytes(_exactly(child.stdout, 4, until), "big")
        if size > MAX_ANSWER:
            raise EOFError
        answer = _exactly(child.stdout, size, until)
        self._fresh = False
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "scanner.ocr"],  # -P: nothing of the folder we happen to be in
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
            self._fresh = True
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not flushed goes with the process
                    pipe.close()
        child.wait()


def _environment() -> dict[str, str]:
    """Ours, and where this very program lies."""
    paths = [str(Path(__file__).resolve().parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}


def _exactly(pipe: IO[bytes], size: int, until: float) -> bytes:
    """``size`` bytes of a pipe; TimeoutError when they do not come in time, EOFError when it ends."""
    found = bytearray()
    while len(found) < size:
        left = until - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise TimeoutError
        piece = os.read(pipe.fileno(), min(size - len(found), 65_536))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def encoded(reading: Reading) -> bytes:
    """A reading as JSON."""
    return json.dumps(asdict(reading), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def decoded(data: bytes | str) -> Reading:
    """The way back. Raises ValueError, KeyError or TypeError for anything that is no reading."""
    value: dict[str, Any] = json.loads(data)
    return Reading(
        state=PictureState(value["state"]), engine=str(value["engine"]), width=int(value["width"]),
        height=int(value["height"]), lines=tuple(Line(**line) for line in value["lines"]),
    )  # fmt: skip


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Read pictures until the other side is gone, which is how the process ends."""
    from scanner.ocr.engine import read

    _bound_memory()
    while len(head := asked.read(4)) == 4:
        answer = encoded(read(asked.read(int.from_bytes(head, "big"))))
        answers.write(len(answer).to_bytes(4, "big") + answer)
        answers.flush()


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
