"""kill -9 in the middle of an import: the old register answers on, and run again it ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.registry.dumps import content
from tests.registry.making import device, udi_xml, write
from tests.registry.readers.reading import zipped
from tests.running import ROOT, command, environment, qingwang

pytestmark = [pytest.mark.kill, pytest.mark.timeout(400)]
PATIENCE = 60  # seconds until the import must have come so far
PARTS, RECORDS = 30, 400
OLD = "粤械注准20199990001"


def part(number: int) -> str:
    """Records of a part; each changes a record of the part before it, every tenth is bad, some are withdrawn."""
    return udi_xml(
        device(
            f"粤械注准2021214{n % 97:04d}" if n % 10 else "", zxxsdycpbs=f"0690{number:03d}{n:06d}",
            deviceRecordKey=f"{number - n % 2}-{n}", versionNumber=str(number + 1), cpmctymc=f"产品{n % 7}",
            tsrq="2026-01-01" if n % 13 == 0 else "",
        )
        for n in range(RECORDS)
    )  # fmt: skip


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zipped(tmp_path_factory.mktemp("release") / "UDID.zip", {f"{n}.xml": part(n) for n in range(PARTS)})


def prepared(folder: Path) -> Path:
    """A home that holds an older register."""
    old = write(folder, "old.xml", udi_xml([device(OLD, deviceRecordKey="old")]))
    assert qingwang(folder / "home", "registry", "import", "udi", str(old)).code == 0
    return folder / "home"


def staged(home: Path) -> int:
    """Parts that are on the disk so far. The import holds the file for itself, so a copy is looked into."""
    copies = home.parent / "copy"
    copies.mkdir(exist_ok=True)
    try:
        for path in home.glob("register-udi.stage*"):
            if not path.name.endswith("-shm"):
                (copies / path.name).write_bytes(path.read_bytes())
        with closing(sqlite3.connect(copies / "register-udi.stage")) as db:
            (count,) = db.execute("SELECT count(*) FROM parts").fetchone()
            return int(count)
    except (sqlite3.DatabaseError, FileNotFoundError):  # not there yet, gone again, or copied in the middle of a write
        return 0


def killed(home: Path, release: Path, after: int) -> None:
    """Start the import and kill it with SIGKILL once ``after`` parts are staged."""
    words = command(home, "registry", "import", "udi", str(release), "--replace")
    with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + PATIENCE
        while staged(home) < after and time.monotonic() < until:
            assert process.poll() is None, "the import ended before it could be killed"
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


@pytest.fixture(scope="module")
def undisturbed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], object]:
    home = prepared(tmp_path_factory.mktemp("undisturbed"))
    done = qingwang(home, "registry", "import", "udi", str(release), "--replace", "--json")
    assert done.code == 0
    return done.json, content(home / "register.db")


@pytest.mark.long
def test_killed_again_and_again_then_finished(
    release: Path, undisturbed: tuple[dict[str, object], object], tmp_path: Path
) -> None:
    home = prepared(tmp_path)
    before = (home / "register.db").read_bytes()
    for after in (1, 5, 14):
        killed(home, release, after)
        assert (home / "register.db").read_bytes() == before
        answer = qingwang(home, "registry", "lookup", OLD, "--json").json
        assert answer["record"]["number"] == OLD
    done = qingwang(home, "registry", "import", "udi", str(release), "--replace", "--json")
    report, register = undisturbed
    assert done.json["resumed"] >= 14
    assert {**done.json, "resumed": 0} == report
    assert content(home / "register.db") == register
    assert list(home.glob("*.stage*")) == []


def test_killed_while_switching(release: Path, undisturbed: tuple[dict[str, object], object], tmp_path: Path) -> None:
    """All parts staged: whenever it dies after that, the register is the old one or the new one, never between."""
    home = prepared(tmp_path)
    old = content(home / "register.db")
    _, new = undisturbed
    words = command(home, "registry", "import", "udi", str(release), "--replace")
    for delay in (0.0, 0.05, 0.15, 0.3):
        with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL) as process:
            until = time.monotonic() + PATIENCE
            while process.poll() is None and staged(home) < PARTS and time.monotonic() < until:
                time.sleep(0.001)
            time.sleep(delay)
            process.kill()
        assert content(home / "register.db") in (old, new)
    done = qingwang(home, "registry", "import", "udi", str(release), "--replace", "--json")
    assert done.code == 0
    assert content(home / "register.db") == new
