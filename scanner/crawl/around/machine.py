"""What can be read on the machine itself: time zone, name servers, proxies, hosts file, trust store, system, its id.

Owns: reading these, cut and without secrets. Leaves to others: what needs the network (``clocks``), the record. Each
function gives JSON values, or raises :class:`Unmeasured` with the reason in Chinese.
"""

from __future__ import annotations

import os
import platform
import secrets
import ssl
import time
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scanner.errors import reason
from scanner.evidence import digest

RESOLVER, HOSTS = Path("/etc/resolv.conf"), Path("/etc/hosts")
MAX_FILE = 4 * 1024 * 1024  # bytes; blocking lists in hosts files are long
MAX_NAMED = 50
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_LOCAL = frozenset({
    "localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "ip6-localnet",
    "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "broadcasthost",
})  # fmt: skip


class Unmeasured(Exception):
    """Something that could not be measured; ``str()`` says why, in Chinese."""


def time_zone() -> dict[str, Any]:
    """The machine's zone: its name and minutes east of UTC, now."""
    now = time.localtime()
    return {"name": now.tm_zone, "offset_minutes": now.tm_gmtoff // 60}


def resolver(file: Path = RESOLVER) -> dict[str, Any]:
    """The name servers that the system asks."""
    found = []
    for line in _text(_data(file)).splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            found.append(words[1][:100])
    return {"nameservers": found[:MAX_NAMED]}


def proxies(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Which variables name a proxy (not what they say: that may hold a password). Neither lane uses any of them."""
    named = {name.lower() for name, value in (os.environ if environ is None else environ).items() if value}
    return {"variables": [name for name in PROXIES if name in named], "used": False}


def hosts(crawled: Collection[str], file: Path = HOSTS) -> dict[str, Any]:
    """The hosts file: its hash, how many names it gives an address beside the machine's own, and which of the ``crawled``
    hosts are among them."""
    data = _data(file)
    own = {*_LOCAL, platform.node().lower(), platform.node().partition(".")[0].lower()}
    names = {
        name.lower() for line in _text(data).splitlines() for name in line.partition("#")[0].split()[1:]
    } - own  # fmt: skip
    return {
        "sha256": digest.sha256(data), "entries": len(names),
        "crawled": sorted(names & {host.lower() for host in crawled})[:MAX_NAMED],
    }  # fmt: skip


def trust() -> dict[str, Any]:
    """The roots that TLS is checked with: how many, the hash of the store's file, and certifi's version beside it."""
    file = ssl.get_default_verify_paths().cafile
    if file is None:
        raise Unmeasured("没有找到系统的根证书文件")
    data = _data(Path(file))
    try:
        beside = version("certifi")
    except PackageNotFoundError:
        beside = ""
    return {
        "sha256": digest.sha256(data),
        "roots": data.count(b"-----BEGIN CERTIFICATE-----"), "certifi": beside,
    }  # fmt: skip


def system() -> dict[str, Any]:
    """The operating system, and the kind of machine."""
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = platform.platform()
    return {"name": name, "kernel": f"{platform.system()} {platform.release()}", "machine": platform.machine()}


def identity(file: Path) -> str:
    """The random id that ``doctor --init`` gave this installation's machine; it says nothing of the machine itself."""
    try:
        said = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise Unmeasured("还没有给这台机器编号（运行 doctor --init）") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unmeasured(f"机器编号读不出来（{type(error).__name__}）") from error
    if len(said) != 32 or not all(char in "0123456789abcdef" for char in said):
        raise Unmeasured("机器编号的文件已损坏")
    return said


def identify(file: Path) -> None:
    """Give the machine an id, where it has none."""
    if not file.exists():
        file.write_text(f"{secrets.token_hex(16)}\n", encoding="ascii")


def _data(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_FILE + 1)
    except OSError as error:
        raise Unmeasured(f"{file} 读不出来：{reason(error)}") from error
    if len(data) > MAX_FILE:
        raise Unmeasured(f"{file} 过大")
    return data


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
