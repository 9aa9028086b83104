"""How long ``coverage`` takes over a large register and book: ``python -m tests.coverage.measured [SELLERS] [CAPTURES]``.

Half of the sellers have a shop of their own, half one on JD; each capture is a product page of one of them, read into a
listing of a few thousand characters.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from scanner.coverage import coverage
from scanner.model import Outcome, content_id
from scanner.registry import Register, import_source
from scanner.registry.sellers import sellers
from scanner.store.book import Book
from tests.registry.making import NOW, ON
from tests.store.making import capture, hours, listing, said

TEXT = "演示用的商品介绍，写得很长。" * 150


def fill(folder: Path, many: int, pages: int) -> tuple[Path, Path]:
    """A list of ``many`` sellers and a book of ``pages`` captures in this folder."""
    lines = [f"演示{n}号医疗器械有限公司,{address(n)}" for n in range(many)]
    csv, book = folder / "台账.csv", folder / "book.db"
    csv.write_text("企业名称,店铺网址\n" + "\n".join(lines), encoding="utf-8")
    with Book.open(book) as opened, opened.write():
        for n in range(pages):
            host = "item.jd.com" if n % 2 else f"shop{n % many}.example"
            one = replace(capture(n, shop=host), time=hours(n / 1000), id=content_id("page", str(n)))
            shown = listing(f"商品{n}", seller=said(f"店{n % many}"), shop=host)
            shown = replace(shown, description=said(TEXT), seller_url=address(n % many) if n % 2 else "")
            opened.save_capture(one, Outcome.READ, f"crawl-{n % 50}")
            opened.save_listing(shown, one.id, one.time)
    return csv, book


def address(number: int) -> str:
    return f"https://mall.jd.com/index-{number}.html" if number % 2 else f"https://www.shop{number}.example/"


def main(many: int = 10_000, pages: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv, path = fill(folder, many, pages)
        with Register.open(folder / "register.db") as register, Book.open(path) as book:
            begin = time.perf_counter()
            import_source(register, "net-sellers", [csv], now=NOW)
            imported = time.perf_counter()
            found = coverage(sellers(register.store), book, since=ON.replace(year=2025))
            done = time.perf_counter()
        print(
            f"{many} sellers x {pages} captures ({path.stat().st_size >> 20} MB): looked at {found.looked_at} of {found.of}"
        )
        print(f"import {imported - begin:.1f} s, coverage {done - imported:.1f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
