"""``bench evidence``: what sealing costs a page, packages a minute, and how fast one is verified.

- Sealing: 60–140 kB answers as ``bench read`` seals them (request, response, both digests, journal line, each on the disk
  before its capture is given); the reference is warcio's own writer with the same exchanges, one digest and one sync at the end.
- Packing and verifying: one lead of 40 pages that hold what does not pack (about 50 MB in all), imported from a WARC and
  judged for real. The reference of packing is Python's zip of the same files, that of verifying ``sha256sum -c --strict`` over
  the same ``SHA256SUMS``.

Wall time, the best of a few turns; a machine without ``sha256sum`` has no figure for verifying.
"""

from __future__ import annotations

import base64
import io
import os
import random
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]  # no annotations
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from scanner import clock
from scanner.bench import Row
from scanner.bench.read import SIZE, sealed
from scanner.crawl.again.bring import bring
from scanner.crawl.reading.workers import Recipe
from scanner.crawl.session import opened
from scanner.demo.pages import answers
from scanner.evidence.checking.verify import verify
from scanner.evidence.package.handover import hand_over
from scanner.evidence.wire import http
from scanner.home import Home
from scanner.intake import formats
from spiders import AnyFamily

SEALED, PAGES, TURNS = 120, 40, 3
PICTURE = 900_000  # bytes of each page that do not pack
MB = 1_000_000


def rows() -> Iterator[Row]:
    """Sealing, packing, verifying."""
    with TemporaryDirectory() as name:
        yield _sealing(Path(name))
    with TemporaryDirectory() as name:
        folder = Path(name)
        home, lead = _home(folder)
        took, packages = [], []
        for turn in range(TURNS):
            began = time.perf_counter()
            packages.append(hand_over(home, lead, now=clock.now(), out=folder / f"out{turn}").path)
            took.append(time.perf_counter() - began)
        path, size = packages[-1], _size(packages[-1])
        zipping = _best(lambda: _zip(path, folder / "same.zip"))
        detail = f"{PAGES} 页，{size / MB:.0f} MB；参照：打成 zip"
        yield Row(name="evidence 制作证据包", ours=round(60 / min(took), 1), reference=round(60 / zipping, 1), unit="个/分钟",
                  detail=detail)  # fmt: skip
        yield from _verifying(path, size)


def _sealing(folder: Path) -> Row:
    spent = [_spent(partial(sealed, folder / f"ours{turn}", SEALED)) for turn in range(TURNS)]
    theirs = _best(lambda: _warcio(folder / "theirs.warc.gz"))
    return Row(
        name=f"evidence 封存 {SIZE[0]}–{SIZE[1]} kB", ours=round(SEALED / min(spent), 1), reference=round(SEALED / theirs, 1),
        unit="页/秒", detail="参照：warcio 写同样的请求和应答，SHA-1",
    )  # fmt: skip


def _verifying(path: Path, size: int) -> Iterator[Row]:
    def check() -> None:
        faults = [one.detail for one in verify(path) if not one.ok]
        if faults:
            raise RuntimeError(f"bench: {faults[:3]}")  # a faster failure is not a figure

    if shutil.which("sha256sum") is None:
        return
    ours = _best(check)
    words = ["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"]
    theirs = _best(lambda: subprocess.run(words, cwd=path, check=True, capture_output=True))
    yield Row(
        name="evidence 核验", ours=round(size / MB / ours, 1), reference=round(size / MB / theirs, 1), unit="MB/秒",
        detail="参照：sha256sum -c",
    )  # fmt: skip


def _home(folder: Path) -> tuple[Home, int]:
    """A home with one lead of many heavy pages; its number."""
    recording, home = folder / "pages.warc.gz", Home(folder / "home")
    dice = random.Random(1)
    with recording.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(PAGES):
            body, head = _page(number, dice).encode(), [("Content-Type", "text/html; charset=utf-8")]
            answer = StatusAndHeaders("200 OK", head, protocol="HTTP/1.1")
            url = f"http://shop.example/goods/{number}"
            writer.write_record(
                writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=answer)
            )
    home.make()
    home.config_file.write_text("picture_seconds: 0\n", encoding="utf-8")
    with opened(home, kind="import", subjects=["bench"], render="never", apart=True) as session:
        leads = session.finish(bring(session, formats.read(recording), Recipe(family=AnyFamily)))
    return home, max(leads, key=lambda lead: len(lead.findings)).number


def _page(number: int, dice: random.Random) -> str:
    picture = base64.b64encode(dice.randbytes(PICTURE)).decode()
    return (
        f"<html><head><title>演示理疗仪 {number} 号</title></head><body><h1>演示理疗仪 {number} 号</h1><p class=price>￥{number + 9}.00</p>"
        f"<p>治愈率高达 98%，三天根治颈椎病。</p><p>经营者：演示医疗器械店</p><button>加入购物车</button>"
        f"<img src='data:image/png;base64,{picture}'></body></html>"
    )


def _warcio(path: Path) -> None:
    served = {target: got for target, got in answers(SEALED, SIZE, 20, 1).items() if target.startswith(b"/p/")}
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for target, received in served.items():
            head = http.head(received)
            fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
            answer = StatusAndHeaders(f"{head.status} OK", fields, protocol="HTTP/1.1")
            asked = StatusAndHeaders(f"GET {target.decode()} HTTP/1.1", [("Host", "127.0.0.1")], is_http_request=True)
            url, body = f"http://127.0.0.1{target.decode()}", received[head.body :]
            response = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=answer)
            writer.write_request_response_pair(writer.create_warc_record(url, "request", http_headers=asked), response)
        file.flush()
        os.fdatasync(file.fileno())


def _zip(path: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:
        for file in sorted(path.rglob("*")):
            if file.is_file():
                made.write(file, file.relative_to(path))


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _best(work: Callable[[], object]) -> float:
    return min(_spent(work) for _ in range(TURNS))


def _spent(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
