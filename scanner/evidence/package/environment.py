"""The environment record of a package: what made it, and what surrounded each crawl that its pages come from.

Owns: naming program, interpreter, libraries and system that pack; taking the crawls' records (journal lines
``environment``, before and after each) as they stand; saying in Chinese what was not measured and what is to be noted.
Leaves to others: measuring (``crawl.around``). No path of the machine.
"""

from __future__ import annotations

import platform
import ssl
import time
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scanner.errors import InputError
from scanner.evidence.journal import chain

EVENT = "environment"
_LIBRARIES = ("warcio", "cdxj-indexer", "cryptography", "scrapy", "playwright", "lxml", "pydantic")
WHAT = {
    "clock": "本机时钟与标准时间的偏差", "egress": "出口 IP 地址", "resolver": "DNS 解析器", "hosts": "hosts 文件的状态",
    "trust": "TLS 根证书", "browser": "浏览器版本", "machine": "机器编号",
}  # fmt: skip
WHEN = {"before": "巡查前", "after": "巡查后"}
_NEVER = "操作系统和本程序没有被人改动过（程序不能从内部证明自己）"  # integrity of system and program


def describe(journal: Path | None = None, crawls: Collection[str] = ()) -> dict[str, Any]:
    """JSON values only; ``software`` names the program. ``crawls``: the runs whose records in ``journal`` belong to the
    package (see :func:`of_crawls`)."""
    found = of_crawls(_lines(journal) if journal is not None and crawls else (), crawls)
    return {
        "software": {"name": "qingwang", "version": _version("qingwang")},
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "openssl": ssl.OPENSSL_VERSION,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "time_zone": {"name": time.tzname[0], "offset_minutes": -time.timezone // 60},
        "crawls": found,
        "not_measured": not_measured(found),
        "notes": notes(found),
    }


def of_crawls(lines: Iterable[chain.Line], crawls: Collection[str]) -> list[dict[str, Any]]:
    """``{crawl, records}`` of each run, by id; its records as the journal has them, in its order, each with the number of
    its line. A run may have several of each kind: it was paused, or killed and went on."""
    found: dict[str, list[dict[str, Any]]] = {crawl: [] for crawl in sorted(crawls)}
    for line in lines:
        if line.event == EVENT and str(line.data.get("crawl", "")) in found:
            said = {key: value for key, value in line.data.items() if key not in ("crawl", "mark")}
            found[str(line.data["crawl"])].append({"line": line.seq, **said})
    return [{"crawl": crawl, "records": records} for crawl, records in found.items()]


def faults(told: Any, lines: Sequence[chain.Line], crawls: Collection[str]) -> list[str]:
    """Whether a package's ``environment.json`` says of its crawls what the journal's lines say, and draws from that what
    follows from it; for ``verify``. Both may be anybody's. A package from before there were records has neither."""
    if not isinstance(told, dict):
        return ["environment.json 不是规定的格式"]
    if "crawls" not in told and all(line.event != EVENT for line in lines):
        return []
    found = of_crawls(lines, crawls)
    try:
        made = {"crawls": found, "not_measured": not_measured(found), "notes": notes(found)}
    except (AttributeError, KeyError, TypeError, ValueError):
        return ["日志里的取证环境记录不是规定的格式"]
    wrong = {
        "crawls": "取证环境记录与日志不符", "not_measured": "没有测量的项目与环境记录不符", "notes": "提醒与环境记录不符",
    }  # fmt: skip
    return [f"environment.json：{says}" for key, says in wrong.items() if told.get(key) != made[key]]


def crawls_of(captures: Iterable[Any]) -> frozenset[str]:
    """The runs that made these captures."""
    return frozenset(value for capture in captures for name, value in capture.note if name == "crawl")


def not_measured(crawls: Sequence[Mapping[str, Any]]) -> list[str]:
    """What nobody measured, in Chinese with the reason, each once."""
    said: dict[str, None] = {}
    for one in crawls:
        if {record.get("when") for record in one["records"]} != set(WHEN):
            said["巡查前后的环境没有都记录下来（巡查中断，或者由旧版本的程序进行）"] = None
        for record in one["records"]:
            for item in record.get("not_measured", ()):
                name = WHAT.get(str(item.get("what", "")), str(item.get("what", ""))[:50])
                source = f"（{str(item['source'])[:200]}）" if "source" in item else ""
                when = WHEN.get(str(record.get("when", "")), "")
                said[f"{name}{source}：{str(item.get('why', ''))[:300]}（{when}）"] = None
    if not crawls:
        said["各次巡查前后的环境：没有记录"] = None
    return [*said, _NEVER]


def notes(crawls: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a reader should know of the records, in Chinese: a clock that is off or was set, a hosts file that sends a crawled
    host elsewhere, a program that is not as published."""
    said: dict[str, None] = {}
    for record in (record for one in crawls for record in one["records"]):
        if late := drift(record):
            said[late] = None
        moved = (record.get("duration") or {}).get("clock_moved", 0)
        if abs(moved) > 1:
            said[f"巡查期间本机时钟被拨动过约 {moved:.1f} 秒"] = None
        for host in (record.get("hosts") or {}).get("crawled", ()):
            said[f"本机 hosts 文件给 {str(host)[:200]} 指定了地址"] = None
        if (record.get("build") or {}).get("dirty"):
            said["程序与版本库里的不同（有未提交的改动）"] = None
    return list(said)


def drift(record: Mapping[str, Any]) -> str:
    """That the clock was off by more than is allowed, in Chinese; "" where it was not, or nobody knows."""
    clock = record.get("clock") or {}
    if not clock.get("over"):
        return ""
    way = "快" if clock["offset"] < 0 else "慢"
    when = WHEN.get(str(record.get("when", "")), "")
    return f"{when}本机时钟{way} {abs(clock['offset']):.1f} 秒，超过 {clock['limit']:g} 秒（{str(clock['by'])[:200]}）"


def _lines(journal: Path) -> Iterable[chain.Line]:
    with journal.open("rb") as file:
        for raw in chain.raw_lines(file):
            if b'"event":"environment"' in raw:
                try:
                    yield chain.parse(raw)
                except InputError:
                    continue  # for verify --home to name


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
