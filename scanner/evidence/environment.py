"""The environment record of a package: what made it, as far as a program can tell from inside.

Owns: naming program, interpreter, libraries and system, and naming what was not measured. Leaves to others: the
record of each crawl (journal lines ``crawl_began``), network measurements. No path of the machine, no address.
"""

from __future__ import annotations

import platform
import ssl
import time
import zlib
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_LIBRARIES = ("warcio", "cdxj-indexer", "cryptography", "scrapy", "playwright", "lxml", "pydantic")
_NOT_MEASURED = [
    "本机时钟与标准时间的偏差",  # offset of the local clock
    "出口 IP 地址、DNS 解析器、代理和 hosts 文件的状态",  # egress address, resolver, proxy, hosts file
    "操作系统和本程序的完整性",  # integrity of system and program
]


def describe() -> dict[str, Any]:
    """JSON values only; ``software`` names the program."""
    return {
        "software": {"name": "qingwang", "version": _version("qingwang")},
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "openssl": ssl.OPENSSL_VERSION,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "time_zone": {"name": time.tzname[0], "offset_minutes": -time.timezone // 60},
        "not_measured": list(_NOT_MEASURED),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
