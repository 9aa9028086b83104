"""The time stamps of a package: which are expected, what ``seals/`` holds of them, and whether that is true.

Owns: the ``stamps`` of ``environment.json`` (settled when the package is made, pinned by the journal and covered by every
seal), ``seals/stamps.json`` and the three files of each stamp. Leaves to others: asking and putting files there
(``package``, ``stamp.of_package``), the list of a package's checks (``verify``).

A stamp is over ``SHA256SUMS``, so the manifest, which that lists, cannot know whether there is one: it names what is
expected, and ``seals/stamps.json`` says of each whether it is done. That file follows from the others in ``seals/``, byte for
byte; it is there so that a stamp taken away is missed. Whoever takes a stamp away and edits it has a package whose stamp is
pending: less proof than before, never other proof (``--strict`` refuses it, and the home's journal knows better).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scanner.errors import InputError
from scanner.evidence import digest, restore
from scanner.evidence.package import contents
from scanner.evidence.stamp import services
from scanner.evidence.stamp.of_home import SUFFIXES, facts
from scanner.evidence.stamp.services import Authority
from scanner.evidence.stamp.tokens import Checked

STATE = "seals/stamps.json"
KEY = "stamps"  # of environment.json
MAX_AUTHORITIES = 20
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}\Z")
_HEX = re.compile(r"[0-9a-f]{64}\Z")

Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A stamp that a package is to bear: ``roots`` are the SHA-256 of the certificates trusted for it."""

    name: str
    kind: str
    url: str
    roots: tuple[str, ...]
    self_signed: bool

    @property
    def files(self) -> dict[str, str]:
        """``query``, ``token``, ``chain`` -> the file in the package."""
        return {part: f"seals/{self.name}{suffix}" for part, suffix in SUFFIXES.items()}


@dataclass(slots=True)
class Found:
    """What ``seals/`` holds: ``faults`` in Chinese; ``done``: authority -> what its stamp says, of those that hold;
    ``late`` and ``pending``: names."""

    faults: list[str] = field(default_factory=list)
    done: dict[str, Checked] = field(default_factory=dict)
    late: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def expected_of(among: Sequence[Authority]) -> list[dict[str, Any]]:
    """The ``stamps`` of ``environment.json`` for a package that is made now."""
    return [
        {"name": one.name, "kind": one.kind, "url": one.shown, "roots": list(one.roots), "self_signed": one.self_signed}
        for one in among
    ]


def expected(environment: Any) -> tuple[Expected, ...]:
    """The stamps a package is to bear, from its ``environment.json``; InputError when what it says is none of our making."""
    rows = environment.get(KEY, []) if isinstance(environment, dict) else []
    try:
        found: tuple[Expected, ...] = restore.value(tuple[Expected, ...], rows)
    except InputError as error:
        raise InputError(f"environment.json 的 {KEY} 不是规定的格式") from error
    names = [one.name for one in found]
    sound = len(names) == len(set(names)) <= MAX_AUTHORITIES and all(map(_NAME.match, names))
    if not sound or not all(_HEX.match(root) for one in found for root in one.roots):
        raise InputError(f"environment.json 的 {KEY} 不是规定的格式")
    return found


def state(
    wanted: Sequence[Expected], held: Mapping[str, tuple[Checked, Mapping[str, bytes]]], sealed: datetime
) -> bytes:
    """``seals/stamps.json``; ``held``: authority -> its stamp and the three files; ``sealed``: time of the pin line."""
    return digest.pages({"stamps": [_row(one, held.get(one.name), sealed) for one in wanted]})


def look(wanted: Sequence[Expected], names: Collection[str], read: Read, *, imprint: bytes, sealed: datetime) -> Found:
    """Compare ``seals/`` (``names``: all that is there) with what is expected and with what it says of itself.

    ``imprint``: SHA-256 of ``SHA256SUMS``; ``sealed``: when the package was made by the local clock (its pin line).
    """
    found = Found()
    if not wanted:
        found.faults += [f"{STATE}：清单没有提到的印记"] if STATE in names else []
        return found
    said = _said(names, read, found.faults)
    rows = []
    for one in wanted:
        files = _files(one, names, read, found.faults)
        rows.append(_judged(one, files, said.get(one.name), found, imprint, sealed))
    if not found.faults and read(STATE) != digest.pages({"stamps": rows}):
        found.faults.append(f"{STATE}：与 seals/ 里的时间戳不符")
    return found


def _judged(
    one: Expected, files: Mapping[str, bytes], claimed: Mapping[str, Any] | None, found: Found, imprint: bytes,
    sealed: datetime,
) -> dict[str, Any]:  # fmt: skip
    """One authority's row as it follows from its files; faults and standing go into ``found``."""
    if claimed is None or claimed.get("state") not in ("done", "late"):
        found.faults += [f"{STATE}：没有写明 {one.name} 的时间戳"] if claimed is None else []
        found.faults += [
            f"{one.files[part]}：{STATE} 没有写明已完成（加盖时中断，运行 stamp --pending；或者是外来的）"
            for part in files
        ]
        found.pending.append(one.name)
        return _row(one, None, sealed)
    missing = [f"{one.files[part]}：缺少（{STATE} 写明已完成）" for part in SUFFIXES if part not in files]
    if missing:
        found.faults += missing
        return {}
    changed = [part for part in SUFFIXES if claimed.get(part) != digest.sha256(files[part])]
    found.faults += [f"{one.files[part]}：与 {STATE} 所记不符" for part in changed]
    try:
        checked = check(one, files, imprint)
    except InputError as error:
        found.faults.append(f"{one.files['token']}：{error.message}")
        return {}
    row = _row(one, (checked, files), sealed)
    if row != claimed:
        wrong = [key for key in row if claimed.get(key) != row[key]]
        found.faults.append(f"{STATE}：{one.name} 的 {'、'.join(wrong) or '内容'} 与时间戳不符")
    found.done[one.name] = checked
    found.late += [one.name] if row["state"] == "late" else []
    return row


def check(one: Expected, files: Mapping[str, bytes], imprint: bytes) -> Checked:
    """The stamp of three files over ``imprint``, by what the package itself expects; InputError says why it is none."""
    return services.check(one.kind, files, imprint, roots=one.roots, self_signed=one.self_signed)


def _row(one: Expected, held: tuple[Checked, Mapping[str, bytes]] | None, sealed: datetime) -> dict[str, Any]:
    if held is None:
        return {"authority": one.name, "state": "pending"}
    checked, files = held
    sums = {part: digest.sha256(files[part]) for part in SUFFIXES}
    return {
        "authority": one.name, "policy": checked.policy, "serial": checked.serial, "root": checked.root, **sums,
        **facts(checked.gen_time, sealed),
    }  # fmt: skip


def _said(names: Collection[str], read: Read, faults: list[str]) -> dict[str, Mapping[str, Any]]:
    if STATE not in names:
        faults.append(f"{STATE}：缺少")
        return {}
    try:
        value = contents.load(STATE, read(STATE))
        return {str(row["authority"]): row for row in value["stamps"] if isinstance(row, dict)}
    except InputError as error:
        faults.append(str(error))
    except (KeyError, TypeError):
        faults.append(f"{STATE}：内容不是规定的格式")
    return {}


def _files(one: Expected, names: Collection[str], read: Read, faults: list[str]) -> dict[str, bytes]:
    files = {}
    for part, name in one.files.items():
        if name in names:
            try:
                files[part] = read(name)
            except InputError as error:
                faults.append(str(error))
                files[part] = b""
    return files
