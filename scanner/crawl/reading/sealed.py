"""A sealed capture as the page it was read as: the way back from the archive into the line.

Owns: which bytes of a capture were read (the answer of the fast lane or an import, the rendered DOM of a browser's visit)
and the page made of them, also of an answer that has just been sealed. Leaves to others: reading and checking records (``evidence.shelf``), looking at the page
(``line``).
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.crawl.reading.rendered import rendered
from scanner.errors import InputError
from scanner.evidence.archive import records
from scanner.evidence.archive.shelf import Shelf
from scanner.model import Capture, Exchange, Lane, Resource
from scanner.page import Page


def page_of(shelf: Shelf, capture: Capture) -> Page:
    """The page of a capture. Raises InputError where a record is missing, damaged, or cannot be decoded."""
    if capture.lane is Lane.BROWSER:
        return _visited(shelf, capture)
    answer = shelf.read(capture)
    if answer.fault:
        raise InputError(answer.fault, where=capture.url)
    return page(
        capture, answer.body(), url=capture.url, status=answer.status, headers=answer.headers, method=answer.method,
        request_body=answer.request_body,
    )  # fmt: skip


def page(
    capture: Capture, body: bytes, *, url: str, status: int, headers: Iterable[tuple[bytes, bytes]], method: str = "GET",
    request_body: bytes = b"",
) -> Page:  # fmt: skip
    """The page of an answer that was sealed as ``capture``; ``body`` has its codings undone."""
    return Page(
        url=url, status=status, headers=headers, body=body, capture=capture.id, time=capture.time, method=method,
        request_body=request_body, storefront=capture.storefront,
    )  # fmt: skip


def visited(shelf: Shelf, capture: Capture) -> tuple[Exchange, list[Resource]]:
    """The main exchange of a browser's visit, as far as it was answered, and what was made by looking. Raises InputError
    where a record is missing or damaged."""
    main, parts = b"", []
    for ref, record in shelf.records(capture):
        if ref.type == "response" and not main:
            main = record.block
        elif ref.type == "resource":
            name = records.resource_name(ref.uri)
            parts.append(
                Resource(name=name, media_type=record.get("content-type"), body=record.block, made=capture.time)
            )
    exchange = Exchange(
        url=capture.url, method="GET", started=capture.time, ended=capture.time, sent=b"", received=main
    )
    return exchange, parts


def _visited(shelf: Shelf, capture: Capture) -> Page:
    seen = rendered(*visited(shelf, capture))
    return page(capture, seen.body, url=seen.url, status=seen.status, headers=seen.headers)
