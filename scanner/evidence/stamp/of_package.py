"""Time stamps put on packages: while one is made, and afterwards on those whose stamps are still pending.

Owns: asking for a package, which files that gives in ``seals/``, adding them to a finished package (a folder in place; a zip
is written anew, canonically, from the old one's members, and then takes its place). Leaves to others: what is expected and
whether it holds (``stamp.in_seals``), the journal's line (``stamp.of_home``), making packages (``package``).

Nothing but ``seals/`` ever changes. ``seals/stamps.json`` is written last: a kill before that leaves files that it does not
name, which ``verify`` reports and the next run clears and asks for again.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from scanner.errors import InputError
from scanner.evidence import digest, disk
from scanner.evidence.checking.verify import ENVIRONMENT, JOURNAL, MAX_READ, verify
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import contents, sums, zipped
from scanner.evidence.package.source import Folder, Source, Zip, opened
from scanner.evidence.stamp import in_seals, tokens
from scanner.evidence.stamp.in_seals import STATE, Expected
from scanner.evidence.stamp.of_home import Stamped, Target, record
from scanner.evidence.stamp.services import Answer, Authority, ask_all
from scanner.evidence.stamp.tokens import Checked
from scanner.home import Home

DRAFT = ".draft-"  # a package in the making has no name yet
Held = dict[str, tuple[Checked, Mapping[str, bytes]]]


@dataclass(slots=True)
class Stamping:
    """Asks for the stamps of one package that is being made, and remembers what came of it."""

    among: Sequence[Authority]
    answers: dict[str, Answer] = field(default_factory=dict)
    sums: bytes = b""
    sealed: datetime | None = None

    def seals(self, environment: Any, listed: bytes, sealed: datetime) -> dict[str, bytes]:
        """The files of ``seals/`` beside the signature; ``listed`` is ``SHA256SUMS``, ``sealed`` the pin line's time."""
        self.sums, self.sealed = listed, sealed
        wanted = in_seals.expected(environment)
        self.answers = _ask(wanted, self.among, listed)
        return _files(wanted, {}, self.answers, sealed)

    def record(self, home: Home, journal: Journal, name: str) -> list[Stamped]:
        """Journal what came of it, for the package of this name."""
        if self.sealed is None:
            return []
        return _record(home, journal, name, self.sums, self.sealed, self.among, self.answers)


def complete(home: Home, journal: Journal, path: Path, among: Sequence[Authority]) -> list[Stamped]:
    """Put on the package at ``path`` the stamps it is still to bear. InputError when it is none, or is not sound: what does
    not verify gets no stamp."""
    with opened(path) as source:
        if isinstance(source, Folder):  # a zip is only ever replaced whole
            _clear(path, _expected(source))
            source = Folder(path)
        _sound(path, "证据包没有通过核验，不加盖时间戳", path)
        wanted = _expected(source)
        listed, sealed = _read(source, sums.NAME), _pinned(source)
        imprint = bytes.fromhex(digest.sha256(listed))
        found = in_seals.look(wanted, source.names, lambda name: _read(source, name), imprint=imprint, sealed=sealed)
        todo = [one for one in wanted if one.name in found.pending]
        answers = _ask(todo, among, listed)
        if any(answer.checked for answer in answers.values()):
            held: Held = {
                one.name: (found.done[one.name], {part: _read(source, name) for part, name in one.files.items()})
                for one in wanted if one.name in found.done
            }  # fmt: skip
            files = _files(wanted, held, answers, sealed)
            if isinstance(source, Folder):
                _put(path, files)
            else:
                _zip(path, source, files)
    rows = _record(home, journal, path.name.removesuffix(".zip"), listed, sealed, among, answers)
    return [*rows, *(_orphan(one, path, listed) for one in todo if one.name not in answers)]


def packages(folder: Path) -> list[Path]:
    """The packages in a folder, folders and zips, in the order of their names; drafts of others are none."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir()
        if not path.name.startswith(".")
        and ((path.is_dir() and (path / sums.NAME).exists()) or (path.is_file() and path.suffix == ".zip"))
    )  # fmt: skip


def _ask(wanted: Sequence[Expected], among: Sequence[Authority], listed: bytes) -> dict[str, Answer]:
    """Ask those authorities that are expected and still in the settings, for a stamp that the package will accept."""
    imprint = bytes.fromhex(digest.sha256(listed))
    expected = {one.name: one for one in wanted}
    asked = [one for one in among if one.name in expected]
    patience = max((one.timeout for one in asked), default=0.0) + 1  # whatever hangs beneath a question
    answers = ask_all({one.name: [imprint] for one in asked}, asked, patience=patience)
    found = {one.name: answers[one.name, imprint] for one in asked}
    return {name: _accepted(expected[name], answer, imprint) for name, answer in found.items()}


def _accepted(one: Expected, answer: Answer, imprint: bytes) -> Answer:
    """The settings may have changed since the package was made: it names its roots itself."""
    if answer.checked is None:
        return answer
    try:
        in_seals.check(one, answer.parts, imprint)
    except InputError as error:
        return replace(answer, token=b"", checked=None, why=error.message)
    return answer


def _files(wanted: Sequence[Expected], held: Held, answers: Mapping[str, Answer], sealed: datetime) -> dict[str, bytes]:
    """New files of ``seals/``, ``stamps.json`` last; nothing where no stamp is expected."""
    if not wanted:
        return {}
    whole, files = dict(held), dict[str, bytes]()
    for one in wanted:
        answer = answers.get(one.name)
        if answer is not None and answer.checked is not None:
            whole[one.name] = answer.checked, answer.parts
            files |= {one.files[part]: data for part, data in answer.parts.items()}
    return files | {STATE: in_seals.state(wanted, whole, sealed)}


def _record(
    home: Home, journal: Journal, name: str, listed: bytes, sealed: datetime, among: Sequence[Authority],
    answers: Mapping[str, Answer],
) -> list[Stamped]:  # fmt: skip
    target = Target(kind="package", what=name, digest=digest.sha256(listed), sealed=sealed)
    return [record(home, journal, target, one, answers[one.name]) for one in among if one.name in answers]


def _orphan(one: Expected, path: Path, listed: bytes) -> Stamped:
    return Stamped(
        kind="package", what=path.name.removesuffix(".zip"), digest=digest.sha256(listed), authority=one.name,
        state="pending", gen_time=None, why="设置里已经没有这个时间戳服务",
    )  # fmt: skip


def _sound(path: Path, said: str, where: Path) -> None:
    """InputError with what is ``said`` where a package does not verify."""
    faults = [one for one in verify(path) if not one.ok]
    if faults:
        raise InputError(f"{said}：{faults[0].detail}", where=str(where))


def _zip(path: Path, source: Zip, files: Mapping[str, bytes]) -> None:
    """Write the zip anew with these files in it, check it, and put it in the old one's place."""
    draft = path.with_name(f"{DRAFT}{path.name}")

    def member(name: str) -> BinaryIO:
        inside = name.partition("/")[2]
        return io.BytesIO(files[inside]) if inside in files else source.open(inside)

    try:
        with draft.open("wb") as file:
            zipped.write(file, [f"{source.root}/{name}" for name in {*source.names, *files}], member)
            file.flush()
            os.fsync(file.fileno())
        _sound(draft, "加盖后的证据包没有通过核验", path)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    disk.sync_folder(path.parent)


def _clear(folder: Path, wanted: Sequence[Expected]) -> None:
    """Take away what a kill left: drafts, and files of a stamp that ``stamps.json`` does not call done."""
    try:
        rows = contents.load(STATE, (folder / STATE).read_bytes())["stamps"] if wanted else []
        finished = {row["authority"] for row in rows if row["state"] != "pending"}
    except (InputError, OSError, KeyError, TypeError):
        return  # not as we write it: left for verify to name
    for one in wanted:
        for name in one.files.values():
            if one.name not in finished:
                (folder / name).unlink(missing_ok=True)
            (folder / f"{name}{disk.PART}").unlink(missing_ok=True)
    (folder / f"{STATE}{disk.PART}").unlink(missing_ok=True)


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        disk.put(folder / name, data)


def _expected(source: Source) -> tuple[Expected, ...]:
    return in_seals.expected(contents.load(ENVIRONMENT, _read(source, ENVIRONMENT)))


def _pinned(source: Source) -> datetime:
    return chain.parse(_read(source, JOURNAL).splitlines()[-1]).time


def _read(source: Source, name: str) -> bytes:
    try:
        with source.open(name) as file:
            return file.read(tokens.MAX_PEM if name.startswith("seals/") else MAX_READ)
    except OSError as error:
        raise InputError("缺少或者读不出来", where=name) from error
