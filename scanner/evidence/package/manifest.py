"""``manifest.json``: everything in it follows from the rest of the package, so verification makes it again.

That is its root of trust. No field stands on its own word: who, what and when come from ``lead.json``, the program
from ``environment.json``, the head from the journal's last line, sizes and digests from the files, the signing key
from ``seals/``. An edited manifest differs from the one made again, whatever sums were recomputed; and what it is
made from is named in the journal's ``pin`` line and covered by the signature over ``SHA256SUMS``.

Owns: that function and the package's name. Leaves to others: writing (``package``), comparing (``verify``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner import clock
from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.journal.chain import Line
from scanner.evidence.package.contents import LEAD, Contents
from scanner.evidence.signing import pdfsign
from scanner.evidence.stamp import in_seals
from scanner.model import content_id

NAME, FORMAT = "manifest.json", "qingwang-package/1"
SEALS = "seals/"
PUBLIC, SIGNATURE = "seals/installation.pub", "seals/SHA256SUMS.ed25519"
# No authority in the settings when the package was made; an authority's stamp is to come.
PENDING_SAYS = "尚未加盖可信时间戳（没有设置时间戳服务）：封存时间目前只有本机时钟和日志作证"
EXPECTED_SAYS = "时间戳加盖在 SHA256SUMS 上，是否已经加盖见 seals/stamps.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSum:
    """A file of the package: size in bytes and both digests."""

    path: str
    size: int
    sha256: str
    sm3: str


def derive(
    *, contents: Contents, environment: Any, lines: Sequence[Line], files: Sequence[FileSum], fingerprint: str
) -> dict[str, Any]:
    """The manifest of a package with these parts; ``files`` are all but manifest, sums and seals.

    InputError when the parts cannot belong to a package: no lines, no lead file, no program named.
    """
    sums = {file.path: file.sha256 for file in files}
    if not lines or LEAD not in sums:
        raise InputError("缺少日志行或者 lead.json")  # journal lines or lead file missing
    head, whole = lines[-1], contents.lead
    identity = content_id(sums[LEAD], head.hash)
    return {
        "format": FORMAT,
        "package": identity,
        "name": f"qingwang-{whole.lead.number:06d}-{_compact(clock.stamp(whole.made))}-{identity[:8]}",
        "mark": whole.mark,
        "made": clock.stamp(whole.made),
        "unit": whole.unit,
        "operator": whole.operator,
        "software": software(environment),
        "lead": {key: value for key, value in digest.plain(whole.lead).items() if key != "findings"},
        "rulebook": whole.rulebook,
        "findings": list(whole.findings),
        "captures": [
            {"id": c.id, "url": c.url, "time": clock.stamp(c.time), "journal": c.journal} for c in whole.captures
        ],
        "sources": digest.plain(contents.register.sources),
        "journal": {"lines": len(lines), "first": lines[0].seq, "head": {"seq": head.seq, "hash": head.hash}},
        "files": [digest.plain(file) for file in sorted(files, key=lambda file: file.path.encode())],
        "seals": seals(fingerprint, environment),
    }


def software(environment: Any) -> dict[str, str]:
    """Name and version of the program, from the environment record; InputError when it does not say."""
    try:
        return {"name": str(environment["software"]["name"]), "version": str(environment["software"]["version"])}
    except (KeyError, TypeError) as error:
        raise InputError("environment.json 没有写明软件") from error


def seals(fingerprint: str, environment: Any) -> list[dict[str, Any]]:
    """The seals a package is expected to bear. ``done``: there from the beginning; ``pending``: time stamps, which are put
    over the finished sums, so that no manifest can say more of them; ``seals/stamps.json`` says which are there.
    InputError where ``environment`` does not say which are expected."""
    wanted = in_seals.expected(environment)
    stamps = [
        {
            "kind": one.kind, "state": "pending", "authority": one.name, "url": one.url, "roots": list(one.roots),
            "self_signed": one.self_signed, **one.files, "says": f"{one.name}：{EXPECTED_SAYS}",
        }
        for one in wanted
    ]  # fmt: skip
    return [
        {
            "kind": "signature", "state": "done", "algorithm": "Ed25519", "file": SIGNATURE, "key": PUBLIC,
            "fingerprint": fingerprint,
        },
        *pdfsign.seal(environment),
        *(stamps or [{"kind": "rfc3161", "state": "pending", "says": PENDING_SAYS}]),
    ]  # fmt: skip


def differences(given: Any, derived: Mapping[str, Any]) -> list[str]:
    """Which fields of a manifest are not what follows from the package, in Chinese."""
    if not isinstance(given, dict):
        return ["内容不是清单"]  # not a manifest at all
    faults = [f"字段 {key} 与证据包其他文件不符" for key in derived if given.get(key) != derived[key]]
    if given.get("files") != derived["files"]:
        faults += _file_differences(given.get("files"), derived["files"])
    return faults + [f"多出字段 {str(key)[:60]}" for key in given if key not in derived]


def _file_differences(given: Any, derived: Sequence[Mapping[str, Any]]) -> list[str]:
    named = {str(row.get("path")): row for row in given if isinstance(row, dict)} if isinstance(given, list) else {}
    wanted = {str(row["path"]): row for row in derived}
    changed = [f"{path}：与清单所记不符" for path in wanted if path in named and named[path] != wanted[path]]
    missing = [f"{path}：清单没有列出" for path in wanted if path not in named]
    return changed + missing + [f"{path[:200]}：清单列出但不在证据包内" for path in named if path not in wanted]


def _compact(stamp: str) -> str:
    return stamp[:19].replace("-", "").replace(":", "") + "Z"
