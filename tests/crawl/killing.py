"""A campaign killed again and again until it ends: what was lost, what was asked for twice.

``python -m tests.crawl.killing [--kills 200] [--pages 2000] [--families 2]`` crawls a shop of so many products, kills the crawl
with SIGKILL at random moments, lets it go on, and prints one JSON object. With two families a mini-program's back end (JSON, a
profile) with as many products is crawled at the same time, on another port. The shop counts what it was asked for. The archive is read by
warcio, the journal by json and hashlib (``tests.warcs``), the book by SQLite.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scanner.home import Home
from tests import warcs
from tests.running import ROOT, command, environment

PER_LIST = 20
CONCURRENCY = 2  # requests at once to one's own host


class Shop:
    """So many products, twenty a list page; some answer 503 the first time, some lists redirect."""

    start = "/"
    media_type = "text/html; charset=utf-8"

    def __init__(self, products: int) -> None:
        self.products, self.asked, self.failed = products, Counter[str](), set[str]()
        self.lock = threading.Lock()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.say(*shop.answer(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.say(*shop.answer(f"{self.path}#{json.loads(body)['id']}"))

            def say(self, status: int, body: bytes, to: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", shop.media_type)
                self.send_header("Content-Length", str(len(body)))
                if to:
                    self.send_header("Location", to)
                if status == 503:
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A killed crawl resets its connections: nothing to say. A fault of the shop's own is said as usual."""
                if not isinstance(sys.exc_info()[1], ConnectionError):
                    super().handle_error(*_)  # type: ignore[arg-type]

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str) -> tuple[int, bytes, str]:
        with self.lock:
            self.asked[path] += 1
            _, kind, *rest = path.split("?")[0].split("/")
            number = int(rest[0]) if rest and rest[0].isdigit() else 0
            if kind == "goods" and number % 40 == 7 and path not in self.failed:
                self.failed.add(path)
                return 503, b"busy", ""
        if kind == "goods" and 0 < number <= self.products:
            return 200, product(number), ""
        if kind in ("", "list"):
            page = max(1, number)
            if kind == "list" and page % 10 == 3 and "now" not in path:
                return 302, b"", f"/list/{page}?now"
            return 200, listed(page, self.products), ""
        return 404, b"not here", ""


class MiniShop(Shop):
    """The same of a mini-program's back end: JSON, and what product is meant is posted (``#`` behind the path here)."""

    start = "/mp/goods/list?page=1&size=20"
    media_type = "application/json"

    def answer(self, path: str) -> tuple[int, bytes, str]:
        place, _, number = path.partition("#")
        with self.lock:
            self.asked[path] += 1
            if number and int(number) % 40 == 7 and path not in self.failed:
                self.failed.add(path)
                return 503, b"{}", ""
        if number:
            return 200, said({"goods": goods(int(number)), "shop": {"id": "jia", "name": "演示低频器械有限公司"}}), ""
        if place.startswith("/mp/goods/list"):
            page = int(parse_qs(urlsplit(place).query)["page"][0])
            shown = range((page - 1) * PER_LIST + 1, min(page * PER_LIST, self.products) + 1)
            rows = [{"id": n, "name": f"演示低频治疗仪 {n}型"} for n in shown]
            return 200, said({"total": self.products, "page": page, "size": PER_LIST, "list": rows}), ""
        if place.startswith("/mp/shop/detail"):
            return 200, said({"name": "演示低频器械有限公司", "company": "演示低频器械有限公司", "papers": []}), ""
        return 404, b'{"errno": 404, "errmsg": "no such interface"}', ""


def said(data: dict[str, Any]) -> bytes:
    return json.dumps({"errno": 0, "errmsg": "", "data": data}, ensure_ascii=False).encode()


def goods(number: int) -> dict[str, Any]:
    return {
        "id": number, "name": f"演示低频治疗仪 {number}型", "price": f"{number}.90", "brand": "演示",
        "detail": f"<p>{'根治颈椎病。' if number % 10 == 0 else '供缓解肌肉疲劳。'}</p>", "button": "加入购物车",
        "params": [{"name": "型号", "value": f"T{number}"}, {"name": "注册证编号", "value": f"演械注准2021209{number:04}"},
                   {"name": "注册人", "value": "演示低频器械有限公司"}],
    }  # fmt: skip


def product(number: int) -> bytes:
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示治疗仪{number}</title></head><body>"
        f"<h1>演示低频治疗仪 {number}型</h1><p>价格：¥{number}.90</p><table><tr><th>品牌</th><td>演示</td></tr>"
        f"<tr><th>型号</th><td>T{number}</td></tr><tr><th>注册证编号</th><td>演械注准2021209{number:04}</td></tr>"
        f"<tr><th>注册人</th><td>演示低频器械有限公司</td></tr></table><p>{'根治颈椎病。' if number % 10 == 0 else '供缓解肌肉疲劳。'}</p>"
        f"<button>加入购物车</button></body></html>"
    ).encode()


def listed(page: int, products: int) -> bytes:
    first = (page - 1) * PER_LIST + 1
    cards = "".join(
        f"<li><a href='/goods/{n}'><img src=/x.svg>演示低频治疗仪 {n}型</a> ¥{n}.90</li>"
        for n in range(first, min(first + PER_LIST, products + 1))
    )
    more = f"<a rel=next href='/list/{page + 1}'>下一页</a>" if first + PER_LIST <= products else ""
    return f"<html><head><title>演示商城</title></head><body><p>共 {products} 件商品</p><ul>{cards}</ul>{more}</body></html>".encode()


def home_for(folder: Path, *shops: Shop) -> Home:
    home = Home(folder / "home")
    home.make()
    home.config_file.write_text("delay: 0\npicture_seconds: 0\n", encoding="utf-8")
    (home.rules / "watch.yaml").write_text(
        "campaigns:\n  - id: shop\n    title: 演示\n"
        f"    storefronts: {json.dumps([shop.url + shop.start for shop in shops])}\n    limits: {{pages: 100000}}\n    render: never\n    allow_private: [127.0.0.1]\n",
        encoding="utf-8",
    )
    return home


def run(
    folder: Path, *, kills: int, pages: int, seed: int, longest: float = 4.0, families: int = 1
) -> dict[str, Any]:  # fmt: skip
    """Crawl a shop of ``pages`` products, or one of each of two families at once, with ``kills`` deaths; what came of it."""
    dice, damaged = random.Random(seed), 0
    shops = [Shop(pages), MiniShop(pages)][:families]
    home = home_for(folder, *shops)
    words = command(home.root, "crawl", "shop", "--json")
    done, again, per_kill, ended = 0, 0, [], None
    before = Counter[str]()
    while ended is None:
        with subprocess.Popen(
            words, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            if done < kills:
                wait_for(process, shops, before)
                time.sleep(dice.uniform(0, longest * 0.05) if dice.random() < 0.5 else dice.uniform(0, longest))
                if process.poll() is None:
                    os.kill(process.pid, signal.SIGKILL)
                    process.wait()
                    done += 1
                    damaged += integrity(home)
                    twice = sum(max(0, n - 1) for path, n in asked(shops).items() if counts(path))
                    per_kill.append(twice - again)
                    again, before = twice, asked(shops)
                    if done % 10 == 0:
                        print(f"{done} killed, {sum(before.values())} answers", file=sys.stderr)
                    continue
            out, err = process.communicate(timeout=600)
            assert process.returncode == 0, out.decode()[:3000] + err.decode()
            ended = json.loads(out)
    twice = sum(max(0, n - 1) for path, n in asked(shops).items() if counts(path))
    with closing(sqlite3.connect(home.book)) as book:
        (listings,) = book.execute("SELECT count(*) FROM listings").fetchone()
        (urls,) = book.execute("SELECT count(DISTINCT id) FROM listings").fetchone()
        (versions,) = book.execute("SELECT count(*) FROM versions WHERE kind = 'listing'").fetchone()
        (findings,) = book.execute("SELECT count(*) FROM findings WHERE rule = 'claim-cure-assertion'").fetchone()
    return {
        "kills": done, "pages": pages, "state": ended["state"], "listings": listings, "distinct": urls, "versions": versions,
        "cures": findings, "said": ended["listings"], "said_pages": ended["pages"], "refetched": twice,
        "refetched_per_kill": round(twice / done, 2) if done else 0, "most_per_kill": max([*per_kill, twice - again], default=0),
        "damaged": damaged, "faults": warcs.faults(home), "left_over": sorted(p.name for p in home.frontiers.iterdir()),
    }  # fmt: skip


def wait_for(process: subprocess.Popen[bytes], shops: Sequence[Shop], before: Counter[str]) -> None:
    """Until the shop is asked for something again, so that deaths fall into the crawl and not before it."""
    until = time.monotonic() + 60
    while asked(shops) == before and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)


def asked(shops: Sequence[Shop]) -> Counter[str]:
    total = Counter[str]()
    for shop in shops:
        with shop.lock:
            total.update(shop.asked)  # robots.txt is the one path that both have
    return total


def counts(path: str) -> bool:
    """A 503 is asked again on purpose, robots.txt by every run."""
    number = path.rpartition("#")[2] if "#" in path else path.removeprefix("/goods/")
    return path != "/robots.txt" and not (number.isdigit() and int(number) % 40 == 7)


def integrity(home: Home) -> int:
    """How many of the SQLite files are damaged."""
    bad = 0
    for path in [home.book, *home.frontiers.glob("*.db")]:
        if path.exists():
            with closing(sqlite3.connect(path)) as db:
                bad += db.execute("PRAGMA integrity_check").fetchone() != ("ok",)
    return bad


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--families", type=int, choices=(1, 2), default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--longest", type=float, default=0.5, help="seconds that a crawl lives at most after its first request"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        came = run(
            Path(folder), kills=given.kills, pages=given.pages, seed=given.seed, longest=given.longest, families=given.families
        )  # fmt: skip
        print(json.dumps(came, ensure_ascii=False))
