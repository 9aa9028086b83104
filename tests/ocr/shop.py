"""A shop of pictures for measuring what the hash saves: products with pictures of their own and some they all share."""

from __future__ import annotations

import hashlib
import time
from functools import cache

from scanner.ocr import program
from scanner.ocr.process import Recogniser
from scanner.store.book import Book
from tests.ocr import drawing

PRODUCTS, OWN, SHARED = 40, 2, 3


@cache
def pages() -> tuple[tuple[bytes, ...], ...]:
    """The pictures of each product's page."""
    words = drawing.WORDS
    shared = tuple(drawing.draw(words[n * 4 : n * 4 + 4], size=22).body for n in range(SHARED))
    own = [
        tuple(
            drawing.draw((f"演示产品{product}号第{n}张", words[(product + n) % len(words)]), size=20).body
            for n in range(OWN)
        )
        for product in range(PRODUCTS)
    ]
    return tuple((*shared[:1], *mine, *shared[1:]) for mine in own)


def looked_at(book: Book, recogniser: Recogniser) -> tuple[int, int, float, float]:
    """Every picture of every page once: how many were recognised, how many known; seconds of each."""
    read = known = 0
    seconds = of_known = 0.0
    for page in pages():
        for body in page:
            began = time.monotonic()
            sha256 = hashlib.sha256(body).hexdigest()
            if book.picture(sha256, program()) is not None:
                known += 1
                of_known += time.monotonic() - began
                continue
            book.save_picture(sha256, recogniser.read(body))
            read += 1
            seconds += time.monotonic() - began
    return read, known, seconds, of_known
