"""Replaying a WACZ with pywb and looking at it with Chromium, every other host unreachable.

Owns: reading the sealed looks of a WACZ with warcio, one pywb collection, one look at a replayed page, comparing pictures.
Leaves to others: making packages, saying what must be equal (the tests).
"""

from __future__ import annotations

import io
import re
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright
from warcio.archiveiterator import ArchiveIterator

from scanner.crawl.browser import chromium, record

ENVIRONMENTS = Path(__file__).resolve().parents[2] / ".judges"
PYWB, WACZ = ENVIRONMENTS / "pywb" / "bin", ENVIRONMENTS / "wacz" / "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was sealed of one look: the page's own text, and its whole picture as PNG."""

    url: str
    time: str  # YYYYMMDDhhmmss, as replay addresses spell it
    text: str
    picture: bytes


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What Chromium saw of the replay; ``outside``: addresses it asked for beyond the replay."""

    text: str = ""
    picture: bytes = b""
    outside: list[str] = field(default_factory=list)


def looks(wacz: Path) -> list[Look]:
    """The browser's looks in a WACZ, the last of each address."""
    with zipfile.ZipFile(wacz) as zipped, zipped.open("archive/data.warc.gz") as file:
        parts: dict[tuple[str, str], bytes] = {}
        times: dict[str, str] = {}
        for one in ArchiveIterator(file):
            uri = one.rec_headers.get_header("WARC-Target-URI") or ""
            kind, _, url = uri.removeprefix("urn:").partition(":")
            if one.rec_type == "resource" and uri.startswith(("urn:text:", "urn:fullPage:")):
                parts[kind, url] = one.content_stream().read()
                times[url] = re.sub(r"\D", "", one.rec_headers.get_header("WARC-Date"))[:14]
    return [
        Look(url=url, time=times[url], text=parts["text", url].decode(), picture=parts["fullPage", url])
        for kind, url in parts
        if kind == "text" and ("fullPage", url) in parts
    ]


@contextmanager
def pywb(wacz: Path, folder: Path) -> Iterator[str]:
    """The base address of a pywb that replays the archive of ``wacz`` and nothing else."""
    warc = folder / "data.warc.gz"
    with zipfile.ZipFile(wacz) as zipped:
        warc.write_bytes(zipped.read("archive/data.warc.gz"))
    (folder / "config.yaml").write_text("framed_replay: false\nenable_banner: false\n", encoding="utf-8")
    for words in (("init", "case"), ("add", "case", str(warc))):
        subprocess.run([PYWB / "wb-manager", *words], cwd=folder, check=True, capture_output=True, timeout=110)
    port = _free()
    words = [PYWB / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until and not _answers(port):
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/case"
        finally:
            server.terminate()


def replayed(base: str, wanted: list[Look]) -> list[Replayed]:
    """Each look again, out of the replay, in a browser set up like the one that made it."""
    found = []
    with sync_playwright() as play:
        rules = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        with play.chromium.launch(
            executable_path=chromium.find(), args=[rules, "--no-sandbox", "--disable-background-networking"]
        ) as browser:
            for look in wanted:
                with browser.new_context(
                    viewport={"width": record.WIDTH, "height": record.HEIGHT}, locale=record.LOCALE,
                    timezone_id=record.TIMEZONE, service_workers="block",
                ) as context:  # fmt: skip
                    page, seen = context.new_page(), Replayed()
                    page.on("request", lambda request, seen=seen: _note(seen, request.url, base))
                    page.goto(f"{base}/{look.time}mp_/{look.url}", wait_until="networkidle", timeout=60_000)
                    seen.text = page.evaluate("document.body ? document.body.innerText : ''")
                    seen.picture = page.screenshot(full_page=True)
                    found.append(seen)
    return found


def differing(one: bytes, other: bytes) -> int:
    """How many pixels of two PNGs differ; all of them where the sizes do."""
    a, b = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in (one, other))
    if a.shape != b.shape:
        return int(max(a.shape[0] * a.shape[1], b.shape[0] * b.shape[1]))
    return int((a != b).any(axis=2).sum())


def _note(seen: Replayed, url: str, base: str) -> None:
    if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != urlsplit(base).netloc:
        seen.outside.append(url)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
