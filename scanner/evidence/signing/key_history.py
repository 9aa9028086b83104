"""Which key of the installation was in use when: the journal's ``key`` lines, and how one key follows another.

Owns: these lines, the rotation of keys, and ``keys/history.json`` (old public keys with from and until, as the journal tells).
Leaves to others: the keys (``keys``), packages, which carry the lines (``extract``).

A line names a key: ``fingerprint``, ``algorithm``, ``public`` (PEM), ``purpose`` (``package`` or ``wacz``); one that follows
another also says which it ``replaces``, and bears the ``signature`` (base64) of the installation's Ed25519 key of that time over
the line's own words, as canonical JSON. A private key that was replaced is gone; what it signed stays valid for its time.

Order of a rotation: the endorsements by the old key are on disk (``next.json``) before the new keys take the old ones' place,
and the lines are written after. Killed at any point the home has keys that work; a new key without a line gets it, with its
endorsement, at the next use.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest, disk, restore
from scanner.evidence.journal import chain
from scanner.evidence.journal.chain import Line
from scanner.evidence.journal.file import Journal
from scanner.evidence.signing import keys
from scanner.evidence.signing.keys import Keys

EVENT = "key"
PACKAGE, WACZ = "package", "wacz"
HISTORY, NEXT = "history.json", "next.json"
_WORDS = ("fingerprint", "algorithm", "public", "purpose", "replaces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A key and when it was in use: from the time of its line until that of the line that replaces it (None: still)."""

    fingerprint: str
    algorithm: str
    purpose: str
    public: str
    since: datetime
    until: datetime | None


def introduce(opened: Keys, journal: Journal) -> None:
    """See that the journal names these keys, and ``history.json`` what the journal names."""
    folder = opened.folder
    named = lines(journal.path)
    known = {str(line.data.get("fingerprint")) for line in named}
    endorsed = {str(one.get("fingerprint")): one for one in _endorsements(folder)}
    new = [words for words in _named(opened) if words["fingerprint"] not in known]
    for words in new:
        journal.append(EVENT, endorsed.get(words["fingerprint"], words)).result()
    whole = digest.pages(digest.plain(history(lines(journal.path) if new else named)))
    if not (folder / HISTORY).exists() or (folder / HISTORY).read_bytes() != whole:
        disk.put(folder / HISTORY, whole)
    (folder / NEXT).unlink(missing_ok=True)


def rotate(journal: Journal, folder: Path) -> tuple[Keys, Keys]:
    """New keys in the place of the old ones; (old, new)."""
    old = Keys.open(folder)
    introduce(old, journal)
    new = Keys.new(folder)
    endorsed = []
    for words, before in zip(_named(new), _named(old), strict=True):
        whole = {**words, "replaces": before["fingerprint"]}
        signature = base64.b64encode(old.sign(_spoken(whole))).decode("ascii")
        endorsed.append({**whole, "signature": signature})
    disk.put(folder / NEXT, digest.pages(endorsed))
    new.save()
    introduce(new, journal)
    return old, new


def lines(journal: Path) -> list[Line]:
    """The journal's ``key`` lines that agree with themselves."""
    return list(chain.of(journal, EVENT))


def history(named: Iterable[Line]) -> tuple[Held, ...]:
    """The keys that lines name, in their order."""
    found: dict[str, Held] = {}
    last: dict[str, str] = {}  # purpose -> fingerprint in use
    for line in named:
        key = str(line.data.get("fingerprint"))
        purpose = str(line.data.get("purpose", PACKAGE))
        before = found.get(last.get(purpose, ""))
        if before is not None:
            found[before.fingerprint] = replace(before, until=line.time)
        found[key] = Held(
            fingerprint=key, algorithm=str(line.data.get("algorithm")), purpose=purpose,
            public=str(line.data.get("public")), since=line.time, until=None,
        )  # fmt: skip
        last[purpose] = key
    return tuple(found.values())


def faults(named: Iterable[Line], *, whole: bool) -> list[str]:
    """What is wrong with ``key`` lines: a key that is not what it is called, or says that it follows another without that
    one's consent. ``whole``: all lines of a home, where a key that follows another has to say so; a package of a unit
    whose key was lost is still that unit's package."""
    found: list[str] = []
    signers: dict[str, str] = {}  # fingerprint -> PEM of the keys that sign packages
    last: dict[str, str] = {}
    for line in named:
        data = line.data
        key, purpose = str(data.get("fingerprint")), str(data.get("purpose", PACKAGE))
        before = last.get(purpose)
        if key != _fingerprint(str(data.get("public"))):
            found.append(f"日志第 {line.seq} 行：公钥与指纹不符")
        if whole and before is not None and data.get("replaces") != before:
            found.append(f"日志第 {line.seq} 行：换了密钥，没有说明代替上一把（密钥遗失后另造的，或者是外来的）")
        elif "replaces" in data and not _endorsed(data, signers):
            found.append(f"日志第 {line.seq} 行：新密钥没有旧密钥的有效签名")
        last[purpose] = key
        if purpose == PACKAGE:
            signers[key] = str(data.get("public"))
    return found


def home_faults(named: Sequence[Line], folder: Path) -> list[str]:
    """The same of a whole home, and whether what lies in ``keys/`` is what the journal names."""
    found = faults(named, whole=True)
    if not named:
        return found
    if (folder / HISTORY).is_file() and (folder / HISTORY).read_bytes() != digest.pages(digest.plain(history(named))):
        found.append(f"keys/{HISTORY}：与日志不符（更换密钥时中断的，下次制作证据包时补上；否则被改动过）")
    if (folder / keys.NAME).is_file() and not (folder / NEXT).exists():
        in_use = {one.fingerprint for one in history(named) if one.until is None}
        held = {name: _private(folder / name) for name in (keys.NAME, keys.WACZ_NAME)}
        found += [f"keys/{name}：不是日志写明在用的密钥" for name, key in held.items() if key and key not in in_use]
    return found


def kept(folder: Path) -> tuple[Held, ...]:
    """What ``history.json`` of a home says; nothing where there is none or it is not as we write it."""
    try:
        found: tuple[Held, ...] = restore.value(tuple[Held, ...], json.loads((folder / HISTORY).read_bytes()))
    except (OSError, ValueError, InputError):
        return ()
    return found


def _named(opened: Keys) -> list[dict[str, str]]:
    return [
        {
            "fingerprint": one.fingerprint, "algorithm": one.algorithm, "public": one.public.decode("ascii"),
            "purpose": purpose,
        }
        for purpose, one in ((PACKAGE, opened), (WACZ, opened.wacz))
    ]  # fmt: skip


def _spoken(data: Mapping[str, Any]) -> bytes:
    """What the old key signs of a new one's line."""
    return digest.line({word: data.get(word) for word in _WORDS})


def _endorsed(data: Mapping[str, Any], signers: Mapping[str, str]) -> bool:
    """Whether a key that signed packages before says so: for its successor, the one it replaces; for a WACZ key, any."""
    try:
        signature = base64.b64decode(str(data.get("signature")), validate=True)
    except ValueError:
        return False
    wanted = [str(data.get("replaces"))] if data.get("purpose", PACKAGE) == PACKAGE else list(signers)
    for name in wanted:
        try:
            public = keys.read_public(signers.get(name, "").encode())
        except InputError:
            continue
        if keys.signed(public, signature, _spoken(data)):
            return True
    return False


def _fingerprint(pem: str) -> str:
    try:
        public = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return ""
    return keys.fingerprint(public) if isinstance(public, keys.Public) else ""


def _private(path: Path) -> str:
    """The fingerprint of a private key's public half; empty where there is no file."""
    loaded = keys.load(path)
    public = None if loaded is None else loaded.public_key()
    return keys.fingerprint(public) if isinstance(public, keys.Public) else ""


def _endorsements(folder: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads((folder / NEXT).read_bytes())
    except (OSError, ValueError):
        return []
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def said(one: Held) -> str:
    """For people: the key and when it was in use."""
    until = f"，至 {clock.beijing(one.until)} 停用" if one.until else ""
    return f"公钥指纹 {one.fingerprint}，自 {clock.beijing(one.since)} 起使用{until}（北京时间）"
