"""Many large product pages, served quickly, to measure a crawler by (``bench crawl``).

``python -m scanner.demo.pages --count 600 --size 60-140`` makes the pages from a seed, keeps them in memory already
gzip-packed, prints its port when ready and serves until it is terminated or its parent is gone. It runs in a process
of its own, so that it takes nothing from the crawler's interpreter. ``/`` is the first of the list pages (``/c/pages?page=N``,
twenty products each), ``/p/N`` a product page with JSON-LD, a specification table, paragraphs and links to others.

With ``--rich N`` every Nth product page also shows large pictures and runs a script that adds to the page (for the browser
lane; the others stay as they are).

Owns: making and serving those pages. Leaves to others: measuring. All product data is invented (演示).
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PER_LIST = 20
PACKING = 6  # gzip level, as common web servers use
# Shares of a page's filling, by bytes: as in product pages of large Chinese shops, where 100 kB hold four or five
# thousand characters that one reads, about a thousand elements, and a third to a half of script; a fifth remains packed.
MARKUP, SCRIPT = 0.45, 0.40  # the rest is prose

# Pieces of invented, blameless product talk; real characters in real proportions, so that gzip and folding work as usual.
WORDS = [
    "演示",
    "家用",
    "轻便",
    "静音",
    "双层",
    "可折叠",
    "一次性",
    "独立包装",
    "弹性",
    "透气",
    "防水",
    "柔软",
    "耐磨",
    "加厚",
    "大号",
    "中号",
    "小号",
    "儿童",
    "成人",
    "通用",
    "口罩",
    "绷带",
    "纱布",
    "手套",
    "护腕",
    "支架",
    "额温计",
    "耳温计",
    "血压计",
    "血氧仪",
    "雾化杯",
    "轮椅",
    "拐杖",
    "坐垫",
    "靠垫",
    "床垫",
    "敷贴",
    "棉签",
    "采血针",
    "收纳盒",
    "说明书",
    "保修卡",
    "电池",
    "充电器",
    "显示屏",
    "按键",
    "外壳",
    "袖带",
    "探头",
    "滤芯",
]
SENTENCES = (
    "本品采用{a}设计，{b}与{c}可以分开存放，使用前请阅读说明书。",
    "包装内含{a}、{b}和{c}各一件，收到后请核对数量。",
    "产品在出厂前经过检验，{a}表面光滑，{b}连接牢固，{c}无破损。",
    "请将{a}放在阴凉干燥处，避免阳光直射{b}，远离{c}和火源。",
    "如对{a}的尺寸有疑问，可以对照{b}的标识，或者联系客服询问{c}。",
    "清洁{a}时请先取下{b}，用软布擦拭{c}，晾干后再装回。",
    "本店支持七天无理由退货，{a}未拆封、{b}齐全、{c}完好即可申请。",
)
LABELS = ("产品名称", "品牌", "型号规格", "材质", "颜色", "产地", "包装规格", "执行标准", "保质期", "净重")
HEAD = (
    '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
    '<link rel="canonical" href="/p/{number}"></head>\n<body>\n'
)


def product(number: int, count: int, kilobytes: tuple[int, int], links: int, seed: int) -> bytes:
    """Page ``/p/number`` of ``count``, UTF-8, between the two sizes given in kB (1000 bytes), links included.

    >>> page = product(3, 10, (60, 140), 20, seed=1)
    >>> 60_000 <= len(page) <= 141_000, page == product(3, 10, (60, 140), 20, seed=1)
    (True, True)
    """
    dice = random.Random(seed * 1_000_003 + number)
    title = f"演示{dice.choice(WORDS)}{dice.choice(WORDS)} 第{number}号"
    price = f"{dice.randrange(500, 99900) / 100:.2f}"
    data = {
        "@context": "https://schema.org", "@type": "Product", "sku": str(number), "name": title,
        "brand": {"@type": "Brand", "name": "演示品牌"},
        "offers": {"@type": "Offer", "price": price, "priceCurrency": "CNY"},
    }  # fmt: skip
    parts = [
        HEAD.format(title=title, number=number),
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>\n',
        f'<p><a href="/">首页</a></p>\n<h1>{title}</h1>\n<p class="price">￥{price}</p>\n<button>加入购物车</button>\n<table>\n',
    ]
    parts += [f"<tr><th>{label}</th><td>{dice.choice(WORDS)}{dice.choice(WORDS)}</td></tr>\n" for label in LABELS]
    parts.append(f"<tr><th>注册证编号</th><td>演械注准2021214{number % 10000:04}</td></tr>\n</table>\n<ul>\n")
    others = [dice.randrange(count) for _ in range(links)]
    parts += [f'<li><a href="/p/{other}">演示相关商品 第{other}号</a></li>\n' for other in others]
    parts.append("</ul>\n")
    size, wanted = sum(len(part.encode()) for part in parts), dice.randint(kilobytes[0] * 1000, kilobytes[1] * 1000)
    room = wanted - size
    parts += ["<script>window.__STATE__ = [\n", *_until(room * SCRIPT, lambda: _state(dice)), "null];</script>\n"]
    parts += ['<div class="gallery">\n', *_until(room * MARKUP, lambda: _tile(dice)), "</div>\n"]
    rest = wanted - sum(len(part.encode()) for part in parts)
    parts += ['<div class="detail">\n', *_until(rest, lambda: _line(dice)), "</div>\n</body></html>\n"]
    return "".join(parts).encode()


def _until(size: float, make: Callable[[], str]) -> Iterator[str]:
    """Pieces until they fill ``size`` bytes."""
    while size > 0:
        piece = make()
        size -= len(piece.encode())
        yield piece


def _line(dice: random.Random) -> str:
    words = {name: dice.choice(WORDS) for name in "abc"}
    return f'<p class="line" data-n="{dice.randrange(10**9)}">{dice.choice(SENTENCES).format(**words)}</p>\n'


def _tile(dice: random.Random) -> str:
    """A picture tile, as shops stack them: much markup, little text."""
    name = f"{dice.getrandbits(96):024x}"
    return (
        f'<div class="tile tile-{dice.randrange(99)}" data-spm="a{dice.randrange(9999)}.{dice.randrange(99)}">'
        f'<span class="pic"><img class="lazy" width="220" height="220" src="/static/blank.gif" '
        f'data-src="/img/{name[:2]}/{name}_220x220.jpg"></span>'
        f'<i class="tag tag-{dice.randrange(9)}">{dice.choice(WORDS)}</i></div>\n'
    )


def _state(dice: random.Random) -> str:
    """A line of the page's own script state."""
    fields = {"skuId": dice.randrange(10**12), "stock": dice.randrange(999), "hash": f"{dice.getrandbits(128):032x}",
              "spec": dice.choice(WORDS), "trace": f"{dice.getrandbits(64):016x}", "on": True}  # fmt: skip
    return json.dumps(fields, ensure_ascii=False) + ",\n"


def listing(number: int, count: int) -> bytes:
    """List page ``number`` (from 1): twenty products and the way to the next page."""
    first = (number - 1) * PER_LIST
    shown = range(first, min(first + PER_LIST, count))
    items = "".join(
        f'<li><a href="/p/{n}">演示商品 第{n}号</a> <span class="price">￥9.90</span></li>\n' for n in shown
    )
    following = f'<a rel="next" href="/c/pages?page={number + 1}">下一页</a>' if first + PER_LIST < count else ""
    head = HEAD.format(title="演示商品列表", number="").replace('<link rel="canonical" href="/p/">', "")
    return f"{head}<h1>演示商品列表</h1>\n<ul>\n{items}</ul>\n{following}\n</body></html>\n".encode()


PICTURES, SHOWN = 40, 8  # there are so many, and a page shows so many of them
SIZE = (750, 1000)  # pixels: as the pictures that make up a product's details
SCRIPT_OF_THE_RICH = """<script>
window.kept = Array.from({length: 200000}, (_, n) => ({n, word: 'w' + n}));
const box = document.getElementById('filled');
for (let n = 0; n < 400; n++) { const p = document.createElement('p'); p.textContent = '第' + n + '行'; box.append(p) }
setInterval(() => { box.dataset.n = String(Number(box.dataset.n || 0) + 1) }, 100);
</script>"""


def rich(page: bytes, number: int) -> bytes:
    """A product page with pictures and a script that adds to it."""
    shown = "".join(f'<img src="/pic/{(number * SHOWN + n) % PICTURES}.png">' for n in range(SHOWN))
    more = f'<div id="pictures">{shown}</div><div id="filled"></div>{SCRIPT_OF_THE_RICH}\n</body>'
    return page.replace(b"</body>", more.encode())


def picture(number: int) -> bytes:
    """A picture of upright stripes: few bytes on the wire, all its pixels in memory."""
    width, height = SIZE
    row = random.Random(number).randbytes(width * 3)
    rows = b"\0" + row + (b"\2" + bytes(width * 3)) * (height - 1)  # filter 2: as the row above
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def answers(count: int, kilobytes: tuple[int, int], links: int, seed: int, every: int = 0) -> dict[bytes, bytes]:
    """Target -> the whole HTTP answer, headers and packed body. ``every``: which product pages are rich ones; 0: none."""
    pages = {f"/p/{n}": product(n, count, kilobytes, links, seed) for n in range(count)}
    if every:
        pages |= {f"/p/{n}": rich(pages[f"/p/{n}"], n) for n in range(0, count, every)}
    lists = {f"/c/pages?page={n}": listing(n, count) for n in range(1, -(-count // PER_LIST) + 1)}
    pages |= lists | {"/": lists["/c/pages?page=1"]}
    known = {target.encode(): _packed(body) for target, body in pages.items()}
    return known | {f"/pic/{n}.png".encode(): _plain(picture(n)) for n in range(PICTURES if every else 0)}


def _plain(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nServer: demo-pages\r\nContent-Type: image/png\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def _packed(body: bytes) -> bytes:
    content = gzip.compress(body, PACKING, mtime=0)
    head = (
        "HTTP/1.1 200 OK\r\nServer: demo-pages\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        f"Vary: Accept-Encoding\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode("ascii") + content


MISSING = (
    b"HTTP/1.1 404 Not Found\r\nServer: demo-pages\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nnot found"
)


class _Connection(asyncio.Protocol):
    """Just enough HTTP for a crawler's GETs: kept alive, pipelining allowed, 64 kB of request at most."""

    def __init__(self, known: dict[bytes, bytes]) -> None:
        self.known, self.waiting = known, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, self.waiting = self.waiting.split(b"\r\n\r\n", 1)
            words = head.split(b" ", 2)
            self.transport.write(self.known.get(words[1], MISSING) if len(words) == 3 else MISSING)
        if len(self.waiting) > 65536:
            self.transport.close()


@contextmanager
def serve_pages(
    count: int, kilobytes: tuple[int, int] = (60, 140), links: int = 20, seed: int = 1, every: int = 0
) -> Iterator[str]:
    """The base address of a server of ``count`` such pages, in a process of its own, while the block runs."""
    command = [
        sys.executable, "-m", "scanner.demo.pages", "--count", str(count),
        "--size", f"{kilobytes[0]}-{kilobytes[1]}", "--links", str(links), "--seed", str(seed), "--rich", str(every),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            if not port:
                raise OSError("the page server did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


async def _run(known: dict[bytes, bytes], port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(known), "127.0.0.1", port, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    parent = os.getppid()
    async with server:
        while os.getppid() == parent:  # an orphan would hold its port for ever
            await asyncio.sleep(1)


def _size(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high or low)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m scanner.demo.pages", description="供测速用的商品页")
    arguments.add_argument("--count", type=int, default=600, help="页数")
    arguments.add_argument("--size", type=_size, default=(60, 140), help="每页大小，kB，例如 60-140 或 5")
    arguments.add_argument("--links", type=int, default=20, help="每页指向其他商品的链接数")
    arguments.add_argument("--seed", type=int, default=1, help="随机种子")
    arguments.add_argument("--rich", type=int, default=0, help="每几页有一页带图片和脚本，0 表示没有")
    arguments.add_argument("--port", type=int, default=0, help="端口（默认任选一个空闲的）")
    given = arguments.parse_args()
    asyncio.run(_run(answers(given.count, given.size, given.links, given.seed, given.rich), given.port))


if __name__ == "__main__":
    main()
