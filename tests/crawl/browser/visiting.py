"""A browser in a test: in an event loop of its own, with what a visit brought taken apart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from scanner.crawl.browser import chromium
from scanner.crawl.browser.sight import Patience
from scanner.crawl.browser.visit import Browser, VisitFailed
from scanner.crawl.fetch.egress import Policy
from scanner.model import Visit
from tests.crawl.wire import Authority, reply

T = TypeVar("T")
CA = Authority.make()
QUICK = Patience(rest=2)
HASTY = Patience(load=2, rest=1, step=1.5, all=4)  # for pages that never end; too short for a busy machine otherwise


class Running:
    """A browser in an event loop of its own; servers come and go."""

    def __init__(self, patience: Patience, **more: Any) -> None:
        self.runner = asyncio.Runner()
        self.complaints: list[dict[str, Any]] = []
        self.runner.get_loop().set_exception_handler(lambda _, complaint: self.complaints.append(complaint))
        self.browser = Browser(
            Policy(allow=frozenset({"127.0.0.1", "localhost"}), lookup=lambda host, port: ["127.0.0.1"]),
            agent="Qingwang/test (+mailto:test@example)", roots=CA.pem, patience=patience, **more,
        )  # fmt: skip
        self.run(self.browser.__aenter__())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def visit(self, url: str, **more: Any) -> Visit:
        return self.run(self.browser.visit(url, storefront="shop.test", **more))

    def fails(self, url: str) -> VisitFailed:
        with pytest.raises(VisitFailed) as failed:
            self.visit(url)
        return failed.value

    def close(self) -> None:
        self.run(self.browser.__aexit__(None, None, None))
        self.runner.close()
        assert self.complaints == []


def started(patience: Patience, **more: Any) -> Iterator[Running]:
    if chromium.find() is None:
        pytest.skip(f"needs Chromium: {chromium.HINT}")
    made = Running(patience, **more)
    yield made
    made.close()


def parts(visit: Visit) -> dict[str, bytes]:
    return {resource.name: resource.body for resource in visit.resources}


def environment(visit: Visit) -> dict[str, Any]:
    return dict(json.loads(parts(visit)["environment"]))


def text(visit: Visit) -> str:
    return parts(visit)["text"].decode()


def page(body: str, *, head: str = "") -> bytes:
    html = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>演示</title>{head}</head><body>{body}</body></html>"
    return reply(html.encode())
