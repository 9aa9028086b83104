"""``qingwang doctor``: what is installed, reachable, fresh and writable, and what to do about the rest.

Owns: the list of checks and the first making of a home (``--init``). Leaves to others: putting things right; a check
that fails says how, and is no failure of the command.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from datetime import date

    from scanner.home import Home

ENOUGH = 2 * 1024**3  # bytes free: about twenty thousand sealed pages with screenshots
INIT = "运行 qingwang doctor --init"
CONFIG = """\
# 清网的设置；每一项都可以不写。改完运行 qingwang doctor 检查。
unit: ""         # 单位名称，写进证据包
operator: ""     # 经办人，leads decide 的默认处理人
contact: ""      # 联系方式，写进访问网站时的 User-Agent
user_agent: ""   # 不写就用清网自己的
delay: 0.5       # 两次访问同一网站之间等多少秒
pages: 200       # scan 默认最多抓多少页
picture_seconds: 900  # 每次巡查最多用多少秒识别图片里的文字，0 表示不识别
browser_megabytes: 1200  # 浏览器（全部进程）最多占多少 MB 内存，超过就中止占得最多的页面
# reporter_years: 2  # 线索办结满几年，retention purge 删除举报人信息；不写就不删除
chromium: ""     # 浏览器程序的路径，不写就自己找
stamp_authorities: []  # 时间戳服务，写法见 docs/evidence.md
clock_sources: []  # 用什么核对本机时钟，例如 [ntp://ntp.ntsc.ac.cn, "https://www.samr.gov.cn"]；不写就不核对，证据里写明没有核对
clock_limit: 5     # 时钟差多少秒以上要提醒
egress_probe: ""   # 一个只回答访问者 IP 地址的网址，用来记下出口地址；不写就不查
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. ``hint`` says what to do when it is not ``ok``."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def register(app: typer.Typer) -> None:
    app.command("doctor", help="检查安装：程序、浏览器、字体、数据目录、规则、登记数据。")(doctor)


def doctor(
    ctx: typer.Context,
    init: Annotated[bool, typer.Option("--init", help="建立数据目录、设置文件和签名密钥")] = False,
    rehearsal: Annotated[
        bool,
        typer.Option(
            "--rehearsal", help="和 --init 一起：建立演练用的数据目录，时钟可以用 QINGWANG_NOW 设定，里面没有证据"
        ),
    ] = False,
    rotate_key: Annotated[
        bool, typer.Option("--rotate-key", help="更换签名密钥：新密钥由旧密钥签名，旧密钥的起止时间记入日志")
    ] = False,
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.errors import UsageError

    if rehearsal:
        if not init:
            raise UsageError("--rehearsal 只和 --init 一起用", where="doctor", hint="doctor --init --rehearsal")
        from scanner.evidence.rehearsal import declare

        declare(console.place_of(ctx))
    home = console.home_of(ctx)
    if init:
        make(home)
    if rotate_key:
        rotate(home)
    checks = [check for look in CHECKS for check in look(home, clock.day(clock.now()))]
    if as_json:
        console.emit({"checks": checks})
        return
    rows = [("✓" if c.ok else "✗", c.name, c.detail, "" if c.ok else c.hint) for c in checks]
    console.table("检查", ["", "项目", "情况", "怎么办"], rows)
    bad = sum(not check.ok for check in checks)
    console.say("一切正常。" if not bad else f"有 {bad} 项需要处理。")


def make(home: Home) -> None:
    """The home's folders, its settings file with the defaults, its signing key and its empty book; a rehearsal's journal
    begins by saying that it is one."""
    from scanner.crawl.around import machine
    from scanner.evidence import rehearsal
    from scanner.evidence.signing.keys import Keys
    from scanner.store.book import Book

    with home.lock():
        if rehearsal.is_one(home):
            rehearsal.say(home)
        machine.identify(home.machine)
        if not home.config_file.exists():
            home.config_file.write_text(CONFIG, encoding="utf-8")
        Keys.open(home.keys)
        Book.open(home.book).close()


def rotate(home: Home) -> None:
    """New signing keys in the place of the old ones; people are told the new fingerprint, which has to be published."""
    from scanner.errors import UsageError
    from scanner.evidence import rehearsal
    from scanner.evidence.journal.file import Journal
    from scanner.evidence.signing import key_history, keys

    if not (home.keys / keys.NAME).exists():
        raise UsageError("还没有签名密钥可换", where=str(home.keys), hint=INIT)
    with home.lock(), Journal.open(home.journal, mark=rehearsal.mark_of(home)) as journal:
        old, new = key_history.rotate(journal, home.keys)
    console.note(f"已更换签名密钥。旧公钥指纹：{old.fingerprint}")
    console.note(f"新公钥指纹：{new.fingerprint}（请公布；以前的证据包仍然用旧指纹核对）")


def _python(home: Home, today: date) -> Iterator[Check]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(name="python", ok=sys.version_info >= (3, 11), detail=version, hint="安装 Python 3.11 以上版本")


def _chromium(home: Home, today: date) -> Iterator[Check]:
    from scanner.crawl.browser import chromium
    from scanner.errors import ConfigError

    try:
        given = home.config().chromium
    except ConfigError:  # told under "config"
        given = ""
    path = chromium.find(given)
    version = "" if path is None else _said([path, "--version"])
    if path is None:
        yield Check(name="chromium", ok=False, detail="没有找到浏览器，不能做浏览器取证", hint=chromium.HINT)
    else:
        yield Check(name="chromium", ok=bool(version), detail=f"{version or '不能启动'}（{path}）", hint=chromium.HINT)


def _sandbox(home: Home, today: date) -> Iterator[Check]:
    from scanner.crawl.browser import chromium

    if chromium.sandboxed():
        yield Check(name="sandbox", ok=True, detail="浏览器在沙箱里运行")
        return
    yield Check(
        name="sandbox", ok=False,
        detail="以 root 运行，浏览器不能用沙箱：网页要是攻破了浏览器，就能动这台机器上的任何文件",
        hint="换普通用户运行：useradd -m qingwang，数据目录 chown 给它，再用 sudo -u qingwang qingwang …",
    )  # fmt: skip


def _fonts(home: Home, today: date) -> Iterator[Check]:
    fonts = _said(["fc-list", ":lang=zh", "family"]).splitlines()
    detail = f"{len(set(fonts))} 种中文字体" if fonts else "没有找到中文字体，截图和报告会缺字"
    yield Check(name="fonts", ok=bool(fonts), detail=detail, hint="Debian：apt-get install fontconfig fonts-noto-cjk")


def _pictures(home: Home, today: date) -> Iterator[Check]:
    from scanner.ocr import program

    name = program()
    detail = name or "没有安装图片文字识别，图片里的文字不会检查"
    yield Check(name="pictures", ok=bool(name), detail=detail, hint="pip install rapidocr onnxruntime")


def _said(command: list[str]) -> str:
    """The first page of what a program prints; "" if it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip()[:20_000]


def _sqlite(home: Home, today: date) -> Iterator[Check]:
    # STRICT tables came with 3.37.
    yield Check(
        name="sqlite", ok=sqlite3.sqlite_version_info >= (3, 37), detail=sqlite3.sqlite_version,
        hint="需要 SQLite 3.37 以上：换用更新的 Python",
    )  # fmt: skip


def _sm3(home: Home, today: date) -> Iterator[Check]:
    import ssl

    from scanner.errors import StoreError
    from scanner.evidence import digest

    try:
        ok = digest.sm3(b"abc").startswith("66c7f0f4")  # the example of GB/T 32905, appendix A
        yield Check(name="sm3", ok=ok, detail=ssl.OPENSSL_VERSION, hint="换用带 SM3 的 OpenSSL")
    except StoreError as error:
        yield Check(name="sm3", ok=False, detail=error.message, hint=error.hint)


def _home(home: Home, today: date) -> Iterator[Check]:
    import tempfile

    if not home.root.is_dir():
        yield Check(name="home", ok=False, detail=f"数据目录还没有建立：{home.root}", hint=INIT)
        return
    try:
        with tempfile.TemporaryFile(dir=home.root) as probe:
            probe.write(b"x")
        yield Check(name="home", ok=True, detail=str(home.root))
    except OSError as error:
        yield Check(name="home", ok=False, detail=f"数据目录写不进去：{error.strerror}", hint="检查磁盘和权限")


def _rehearsal(home: Home, today: date) -> Iterator[Check]:
    from scanner import clock
    from scanner.evidence import rehearsal

    if not rehearsal.is_one(home):
        return
    whole = home.rehearsal.exists()
    detail = f"演练用的数据目录，时间是 {clock.beijing(clock.now())}；写下的一切都标明演练，不是证据"
    if not whole:
        detail = f"{home.rehearsal.name} 不见了；日志写明是演练，仍然按演练处理"
    yield Check(name="rehearsal", ok=whole, detail=detail, hint="运行 qingwang doctor --init --rehearsal")


def _disk(home: Home, today: date) -> Iterator[Check]:
    place = next(p for p in (home.root, *home.root.parents, Path("/")) if p.exists())
    free = shutil.disk_usage(place).free
    yield Check(
        name="disk", ok=free >= ENOUGH, detail=f"剩余 {free / 1024**3:.1f} GB", hint="腾出至少 2 GB，或者换一个数据目录"
    )


def _config(home: Home, today: date) -> Iterator[Check]:
    from scanner.errors import ConfigError

    try:
        config = home.config()
    except ConfigError as error:
        yield Check(name="config", ok=False, detail=error.message, hint="按提示改 config.yaml")
        return
    missing = [name for name in ("unit", "operator") if not getattr(config, name)]
    detail = "没有写单位或者经办人，证据包里会空着" if missing else f"{config.unit}，{config.operator}"
    yield Check(name="config", ok=not missing, detail=detail, hint=f"在 {home.config_file} 写 unit 和 operator")


def _key(home: Home, today: date) -> Iterator[Check]:
    from scanner.errors import StoreError
    from scanner.evidence.signing import key_history
    from scanner.evidence.signing.keys import NAME, Keys

    if not (home.keys / NAME).exists():
        yield Check(name="key", ok=False, detail="还没有签名密钥", hint=INIT)
        return
    try:
        opened = Keys.open(home.keys)
    except StoreError as error:
        yield Check(name="key", ok=False, detail=error.message, hint=error.hint)
        return
    told = {held.fingerprint: key_history.said(held) for held in key_history.kept(home.keys)}
    yield Check(name="key", ok=True, detail=told.get(opened.fingerprint, f"公钥指纹 {opened.fingerprint}"))


def _stamps(home: Home, today: date) -> Iterator[Check]:
    from scanner.errors import ConfigError
    from scanner.evidence.stamp.services import authorities

    hint = "在 config.yaml 写 stamp_authorities，见 docs/evidence.md"
    try:
        among = authorities(home)
    except ConfigError as error:
        yield Check(name="stamps", ok=False, detail=error.message, hint=hint)
        return
    names = "、".join(one.name for one in among)
    detail = f"时间戳服务：{names}" if among else "没有设置时间戳服务，封存时间只有本机时钟作证"
    yield Check(name="stamps", ok=bool(among), detail=detail, hint=hint)


def _clock(home: Home, today: date) -> Iterator[Check]:
    from scanner.crawl.around.record import clock_readings, over
    from scanner.errors import ConfigError

    name, hint = "clock", "开启系统的时间同步（timedatectl set-ntp true），或者换一个时钟来源"
    try:
        config = home.config()
    except ConfigError:  # told under "config"
        return
    if not config.clock_sources:
        yield Check(name=name, ok=False, detail="没有设置时钟来源，证据里会写明本机时钟没有核对",
                    hint=f"在 {home.config_file} 写 clock_sources")  # fmt: skip
    for one in clock_readings(config):
        if one.offset is None or one.uncertainty is None:
            yield Check(name=f"{name} {one.source}", ok=False, detail=f"没有测到：{one.why}", hint=hint)
            continue
        way = "快" if one.offset < 0 else "慢"
        detail = f"本机时钟{way} {abs(one.offset):.3f} 秒，不确定度 {one.uncertainty:.3f} 秒（{one.address}）"
        off = over(one.offset, one.uncertainty, config.clock_limit)
        yield Check(name=f"{name} {one.source}", ok=not off, detail=detail, hint=hint)


def _rules(home: Home, today: date) -> Iterator[Check]:
    from scanner import rulebook
    from scanner.errors import ConfigError
    from scanner.home import shipped_rules

    try:
        rules = rulebook.load(shipped_rules(), home.rules)
    except ConfigError as error:
        yield Check(name="rules", ok=False, detail=error.message, hint="按提示改规则文件；rules lint 说明全部问题")
        return
    active = sum(rule.status == "active" for rule in rules.rules.values())
    yield Check(name="rules", ok=active > 0, detail=f"{active} 条规则在用，版本 {rules.hash[:12]}", hint="重新安装清网")


def _book(home: Home, today: date) -> Iterator[Check]:
    from scanner.errors import StoreError
    from scanner.store.book import Book

    if not home.book.exists():
        yield Check(name="book", ok=False, detail="还没有数据", hint=INIT)
        return
    try:
        Book.open(home.book).close()
        yield Check(name="book", ok=True, detail=f"{home.book.stat().st_size / 1024**2:.1f} MB")
    except StoreError as error:
        yield Check(name="book", ok=False, detail=error.message, hint=error.hint)


def _register(home: Home, today: date) -> Iterator[Check]:
    from scanner.errors import QingwangError
    from scanner.registry import Register

    name, hint = "register", "用 qingwang registry import 导入最新的登记数据"
    if not home.register.exists():
        yield Check(name=name, ok=False, detail="没有登记数据，编号只能检查写法", hint=hint)
        return
    try:
        with Register.open(home.register) as register:
            sources = register.status(on=today)
    except QingwangError as error:
        yield Check(name=name, ok=False, detail=error.message, hint=error.hint)
        return
    if not sources:
        yield Check(name=name, ok=False, detail="没有登记数据，编号只能检查写法", hint=hint)
    for one in sources:
        kind = "样本，" if one.sample else ""
        age = "截止日期不明" if one.as_of is None else f"截至 {one.as_of}"
        stale = "" if one.fresh else f"，超过 {one.max_age_days} 天"
        detail = f"{one.title}：{kind}{one.numbers} 个编号，{age}{stale}"
        yield Check(name=f"{name} {one.id}", ok=one.fresh, detail=detail, hint=hint)


CHECKS: tuple[Callable[[Home, date], Iterator[Check]], ...] = (
    _python, _chromium, _sandbox, _fonts, _pictures, _sqlite, _sm3, _home, _rehearsal, _disk, _config, _clock, _key,
    _stamps, _rules, _book, _register,
)  # fmt: skip
