"""The time stamps that an installation keeps, against the journal that speaks of them.

Owns: that every ``stamp`` line has its files and holds over what it names (segment, line, package), and that nothing else lies
in ``stamps/``. Leaves to others: the journal's chain and the archive (``home_check``), stamps of a package (``stamp.in_seals``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.journal import chain
from scanner.evidence.keeping import holds
from scanner.evidence.package.source import shown
from scanner.evidence.stamp import services, tokens
from scanner.evidence.stamp.of_home import EVENT, SUFFIXES, facts, numbered, segment_digest
from scanner.home import Home

_FACTS = ("state", "gen_time", "policy", "serial", "root")


class Stamps:
    """The check; ``said`` sums up what holds, once ``faults`` has run."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._states: Counter[str] = Counter()
        self._segment = cache(partial(segment_digest, home.archive))  # stamped by several authorities, it is read once

    @property
    def said(self) -> str:
        """What there is, in Chinese; empty where nothing was ever asked."""
        words = {"done": "已加盖", "late": "迟到（与封存时间相差超过 10 分钟）", "pending": "待办"}
        return "，".join(f"{self._states[state]} 个{said}" for state, said in words.items() if self._states[state])

    def faults(self) -> Iterator[str]:
        """Everything wrong, in Chinese, naming journal line and file."""
        held, sums = self._told()
        heads = self._heads({str(data.get("what")) for data in held if data.get("kind") == "journal"})
        done = {_key(data) for data in held if data.get("state") != "pending"}
        self._states["pending"] = len({_key(data) for data in held} - done - self._passed(held))
        named: set[str] = set()
        for data in held:
            if data.get("state") == "pending":
                continue
            named |= {str(data.get(name)) for name in SUFFIXES}
            try:
                why = self._wrong(data, heads, sums)
            except (KeyError, TypeError, ValueError, OverflowError):
                why = "时间戳行读不出来"
            except InputError as error:
                why = error.message
            if why:
                yield f"日志第 {data['seq']} 行的时间戳（{shown(str(data.get('authority')))}）：{why}"
            else:
                self._states[str(data["state"])] += 1
        folder = self._home.stamps
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name not in named:
                yield f"stamps/{shown(path.name)}：没有日志（写入时中断的，下次加盖前会清除；否则是外来的）"

    def _wrong(self, data: Mapping[str, Any], heads: Mapping[str, str], sums: Mapping[str, str]) -> str:
        kind, what, whole = str(data["kind"]), str(data["what"]), str(data["digest"])
        if kind == "journal" and heads.get(what) != whole:
            return f"盖的不是日志第 {shown(what)} 行现在的哈希"
        now = self._segment(what) if kind == "segment" else ""  # gone: the archive's own check or a deletion says so
        if now not in ("", whole) and (whole, now) != self._purged(what):
            return f"盖的不是 {shown(what)} 现在的内容"
        if kind == "package" and sums.get(what) != whole:
            return f"盖的不是证据包 {shown(what)} 的 SHA256SUMS"
        files = {name: _kept(self._home.stamps, str(data[name]), suffix) for name, suffix in SUFFIXES.items()}
        checked = services.check(
            str(data["service"]), files, bytes.fromhex(whole), roots=[str(data["root"])],
            self_signed=data["self_signed"] is True,
        )  # fmt: skip
        wanted = facts(checked.gen_time, clock.parse(str(data["sealed"])))
        wanted |= {"policy": checked.policy, "serial": checked.serial, "root": checked.root}
        wrong = [name for name in _FACTS if data.get(name) != wanted[name]]
        return f"日志所记的 {'、'.join(wrong)} 与时间戳不符" if wrong else ""

    def _purged(self, segment: str) -> tuple[str, str] | None:
        """The digests of a segment before its first logged deletion and after its last: between them it lost what the
        logs name, which ``home_check`` holds record by record."""
        purges = [one for one in self._purges if one.file == segment]
        return (str(purges[0].before["sha256"]), str(purges[-1].after["sha256"])) if purges else None

    @cached_property
    def _purges(self) -> list[holds.Purge]:
        return holds.told(self._home.journal).purges

    def _heads(self, wanted: set[str]) -> dict[str, str]:
        """Hash of each line, by its number, that was stamped."""
        if not wanted:
            return {}
        with self._home.journal.open("rb") as file:
            rows = ((number, raw) for number, raw in enumerate(chain.raw_lines(file), 1) if str(number) in wanted)
            return {str(number): line.hash for number, raw in rows if (line := chain.sound(raw)) is not None}

    def _told(self) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
        """The ``stamp`` lines, and the digest of the ``SHA256SUMS`` of each package, by its name."""
        held, sums = list[Mapping[str, Any]](), dict[str, str]()
        for line in chain.of(self._home.journal, EVENT, "package"):
            if line.event == EVENT:
                held.append(numbered(line))
            else:
                sums[str(line.data.get("name")).removesuffix(".zip")] = str(line.data.get("sums"))
        return held, sums

    def _passed(self, held: list[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
        """Heads behind which a later one was asked for: its stamp covers them, for the chain leads from it back to them."""
        heads = [key for key in map(_key, held) if key[0] == "journal" and key[1].isdecimal()]
        last: dict[str, int] = {}
        for _, what, authority in heads:
            last[authority] = max(last.get(authority, 0), int(what))
        return {key for key in heads if int(key[1]) < last[key[2]]}


def _key(data: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(data.get("kind")), str(data.get("what")), str(data.get("authority"))


def _kept(folder: Path, name: str, suffix: str) -> bytes:
    """A kept file's bytes; InputError unless they are those its name says."""
    stem = name.removesuffix(suffix)
    if len(stem) != 64 or not set(stem) <= set("0123456789abcdef") or stem == name:
        raise InputError("文件名不是 SHA-256")
    try:
        with (folder / name).open("rb") as file:
            data = file.read(tokens.MAX_PEM + 1)
    except OSError as error:
        raise InputError(f"stamps/{name}：缺少或者读不出来") from error
    if digest.sha256(data) != stem:
        raise InputError(f"stamps/{name}：内容与文件名（SHA-256）不符")
    return data
