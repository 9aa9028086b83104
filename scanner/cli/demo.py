"""``qingwang demo``: the bundled mall, crawled with the real spiders and browser; one package written and verified."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from scanner.crawl.run import Report
    from scanner.evidence.verify import Check
    from scanner.home import Home
    from scanner.model import Lead

MARK = "演示数据"  # demo data: on everything the demo prints and writes


def register(app: typer.Typer) -> None:
    app.command("demo", help="演示：抓取自带的演示商城，列出线索，生成一个证据包并且验证。")(demo)


def demo(ctx: typer.Context, as_json: console.Json = False) -> None:
    """Crawl the mall, print its leads, write and verify one package."""
    from scanner.demo import mall

    home = _fresh(console.home_of(ctx))
    console.note(f"【{MARK}】演示商城在本机运行，数据都是虚构的。数据目录：{home.root}")
    _register(home)
    with mall.serve() as shop:
        report = _crawl(home, shop)
    lead = _most_telling(report)
    package = _package(home, lead)
    checks = _verify(package)
    if as_json:
        console.emit(_shape(report, package, checks))
    else:
        _show(report, lead, package, checks)
    raise typer.Exit(0 if all(check.ok for check in checks) else 4)
