"""A process that has imported the program and read its rules, and forks itself for each command.

Hundreds of tests run a command as a process of its own. Most of what such a process does is to import and to read the
shipped rules; here that is done once. What a fork runs is the program's own entry point, with its own environment,
folder, standard streams and exit code; it ends as any Python process does. How a command starts from nothing is seen by
the tests that start ``command(…)`` themselves, and by ``tests/test_start.py``.

Owns: the server (``python -m tests.forked PATH``) and the client's side of it (:class:`Forks`). POSIX only.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STARTING = 60  # seconds


class Forks:
    """The client: starts the server at first use; it ends with this process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forks-")
        self._path = f"{self._folder.name}/s"
        # The server's standard input is held open by us alone: when we end, it reads the end and ends too.
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.forked", self._path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n", "the process that forks did not start"

    def run(
        self, arguments: list[str], *, stdin: str, timeout: float, env: dict[str, str], cwd: Path
    ) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of one command; ``subprocess.TimeoutExpired`` after ``timeout`` seconds."""
        with (
            tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire,
        ):  # fmt: skip
            given.write(stdin.encode())
            given.seek(0)
            wire.settimeout(timeout)
            wire.connect(self._path)
            said = json.dumps({"arguments": arguments, "env": env, "cwd": str(cwd)}).encode()
            socket.send_fds(wire, [len(said).to_bytes(4, "big")], [given.fileno(), out.fileno(), err.fileno()])
            wire.sendall(said)
            pid = 0
            try:
                pid = int.from_bytes(_exactly(wire, 4), "big")
                code = int.from_bytes(_exactly(wire, 4), "big", signed=True)
            except TimeoutError:
                if pid:
                    os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(arguments, timeout, _whole(out), _whole(err)) from None
            return code, _whole(out), _whole(err)


def _whole(file: Any) -> str:
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


def _exactly(wire: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = wire.recv(count - len(found))
        if not piece:
            raise ConnectionError("the process that forks went away")
        found += piece
    return found


def main(path: str) -> None:
    """Serve until the standard input ends. Returns in a fork, with what the program is to do as ``sys.argv``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(path)
        listening.listen(16)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who watches a command is not waited for
        while True:
            ready, _, _ = select.select([listening, 0], [], [])
            if 0 in ready:
                os._exit(0)
            wire, _ = listening.accept()
            with wire:
                if os.fork() == 0:
                    listening.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    if _watched(wire):
                        return


def _watched(wire: socket.socket) -> bool:
    """Fork the command and wait for it; True in the command itself."""
    size, fds, _, _ = socket.recv_fds(wire, 4, 3)
    said = json.loads(_exactly(wire, int.from_bytes(size, "big")))
    if pid := os.fork():
        wire.sendall(pid.to_bytes(4, "big"))
        _, status = os.waitpid(pid, 0)
        try:
            wire.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
        finally:
            os._exit(0)
    for place, fd in enumerate(fds):
        os.dup2(fd, place)
        os.close(fd)
    os.environ.clear()
    os.environ.update(said["env"])
    time.tzset()
    os.chdir(said["cwd"])
    random.seed()
    sys.argv[1:] = said["arguments"]
    return True


if __name__ == "__main__":
    import gc

    import scanner.cli.main
    import scanner.crawl.again.bring
    import scanner.crawl.run
    import scanner.evidence.checking.verify
    import scanner.evidence.package.handover
    from scanner import rulebook
    from scanner.crawl.around import build
    from scanner.home import shipped_rules

    _rules = rulebook.load(shipped_rules())
    build.build()  # read once a process, and the same for all forks
    rulebook.from_files(_rules.files())  # as homes keep it
    for _ in (_rules.matcher, _rules.around, _rules.names):
        pass
    gc.freeze()
    main(sys.argv[1])
    sys.argv[0], __package__, __spec__ = scanner.cli.main.__file__, "scanner.cli", scanner.cli.main.__spec__
    scanner.cli.main.main()
