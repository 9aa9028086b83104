"""The environment record (取证环境记录) of a run, before and after it, as one JSON value for the journal.

Owns: what is in a record, what of it could not be measured and why, whether the clock is off by more than is allowed.
Leaves to others: measuring (``clocks``, ``machine``, ``build``), the line (``session``), what people read of it
(``evidence.environment``).
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from scanner import clock
from scanner.crawl.around import clocks, machine
from scanner.crawl.around.build import build
from scanner.crawl.around.clocks import Reading
from scanner.crawl.around.machine import Unmeasured
from scanner.crawl.browser import chromium
from scanner.evidence import digest
from scanner.home import Config, Home


@dataclass(frozen=True, slots=True)
class Began:
    """When a run began by both clocks, seconds: what ends with another difference between them had its clock set."""

    wall: float
    monotonic: float

    @classmethod
    def now(cls) -> Began:
        return cls(time.time(), time.monotonic())


def record(
    home: Home, *, when: str, crawled: Collection[str], rulebook: str, browser: bool, began: Began | None = None,
    stamped: Sequence[Reading] = (),
) -> dict[str, Any]:  # fmt: skip
    """The record now. ``when``: ``before`` or ``after``; ``crawled``: addresses or hosts of the run; ``browser``: whether one
    takes part; ``began``: of an ``after``; ``stamped``: what time-stamping authorities said of the time just now."""
    config, missing = home.config(), list[dict[str, str]]()

    def measured(what: str, measure: Callable[[], Any]) -> Any:
        try:
            return measure()
        except Unmeasured as why:
            missing.append({"what": what, "why": str(why)})
            return None

    asked, address = _ask(config)
    hosts = {urlsplit(one).hostname or one for one in crawled}
    made: dict[str, Any] = {
        "when": when, "measured": clock.stamp(clock.machine()),
        "clock": measured("clock", lambda: _clock([*asked, *stamped])),
        "egress": measured("egress", lambda: _egress(config, address)),
        "time_zone": machine.time_zone(),
        "resolver": measured("resolver", machine.resolver),
        "proxy": machine.proxies(),
        "hosts": measured("hosts", lambda: machine.hosts(hosts)),
        "trust": measured("trust", machine.trust),
        "build": build(),
        "configuration": {"config": _config(config), "rulebook": rulebook},
        "browser": measured("browser", lambda: _browser(config)) if browser else "",
        "unit": config.unit, "operator": config.operator,
        "machine": measured("machine", lambda: machine.identity(home.machine)),
        "system": machine.system(),
    }  # fmt: skip
    missing += [{"what": "clock", "source": one.source, "why": one.why} for one in asked if one.why]
    if began is not None:
        made["duration"] = _duration(began)
    if made["clock"] is not None:
        said, limit = made["clock"], config.clock_limit
        said |= {"limit": limit, "over": over(said["offset"], said["uncertainty"], limit)}
    return {**made, "not_measured": missing}


def clock_readings(config: Config) -> list[Reading]:
    """What the configured sources say of the clock."""
    return clocks.readings(config.clock_sources) if config.clock_sources else []


def over(offset: float, uncertainty: float, limit: float) -> bool:
    """Whether the clock is off by more than ``limit`` seconds, however uncertain that is."""
    return abs(offset) - uncertainty > limit


def _ask(config: Config) -> tuple[list[Reading], tuple[str, str]]:
    """Clock sources and egress probe at once: none waits for the other."""
    if not config.egress_probe:
        return clock_readings(config), ("", "没有设置出口地址的查询网址（egress_probe）")
    until = time.monotonic() + clocks.BUDGET
    jobs: list[Callable[[], Any]] = [
        lambda: clock_readings(config), lambda: clocks.egress(config.egress_probe, until),
    ]  # fmt: skip
    asked, address = clocks.together(jobs, until + 0.2)
    late = [Reading(source=one, kind="", why=clocks.LATE) for one in config.clock_sources]
    return asked if asked is not None else late, address or ("", clocks.LATE)


def _clock(found: Sequence[Reading]) -> dict[str, Any]:
    """All readings, and of them the one that is most certain."""
    if not found:
        raise Unmeasured("没有设置时钟来源（clock_sources）")
    told = [one for one in found if one.offset is not None and one.uncertainty is not None]
    if not told:
        raise Unmeasured("时钟来源都没有给出时间")
    best = min(told, key=lambda one: one.uncertainty or 0.0)
    return {
        "offset": _milli(best.offset), "uncertainty": _milli(best.uncertainty), "by": best.source,
        "sources": [
            {**digest.plain(one), "offset": _milli(one.offset), "uncertainty": _milli(one.uncertainty)} for one in found
        ],
    }  # fmt: skip


def _milli(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


def _egress(config: Config, found: tuple[str, str]) -> dict[str, str]:
    address, why = found
    if not address:
        raise Unmeasured(why)
    return {"address": address, "probe": config.egress_probe}


def _config(config: Config) -> str:
    """The hash of the settings that count, defaults included; there is no secret among them."""
    return digest.sha256(digest.line(digest.plain(config.model_dump(mode="json"))))


def _browser(config: Config) -> str:
    path = chromium.find(config.chromium)
    if path is None:
        raise Unmeasured("没有找到浏览器")
    return _version(path)


@cache
def _version(path: str) -> str:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Unmeasured("浏览器没有说出版本") from error
    return said.decode("utf-8", "replace").strip()[:200]


def _duration(began: Began) -> dict[str, float]:
    """How long it took, by the clock that nobody sets and by the one that tells the time, seconds."""
    monotonic, wall = time.monotonic() - began.monotonic, time.time() - began.wall
    return {"monotonic": round(monotonic, 3), "wall": round(wall, 3), "clock_moved": round(wall - monotonic, 3)}
