"""The pages to measure a crawler by: of the size asked, the same for the same seed, all reachable, quickly served."""

from __future__ import annotations

import gzip
import http.client
import re

import pytest

from scanner.demo.pages import answers, product, serve_pages


@pytest.mark.parametrize("size", [(60, 140), (5, 5)])
def test_pages_have_the_size_asked_and_repeat(size: tuple[int, int]) -> None:
    pages = [product(n, 40, size, 20, seed=1) for n in range(40)]
    assert all(size[0] * 1000 <= len(page) <= size[1] * 1000 + 400 for page in pages)
    assert pages == [product(n, 40, size, 20, seed=1) for n in range(40)]
    assert pages != [product(n, 40, size, 20, seed=2) for n in range(40)]
    assert all(len(re.findall(rb'<a href="/p/[0-9]+">', page)) == 20 for page in pages)


def test_every_page_can_be_reached_from_the_lists() -> None:
    known = answers(45, (5, 5), 3, seed=1)
    assert len(known) == 45 + 3 + 1
    target, seen = b"/", set()
    while target:
        body = gzip.decompress(known[target].split(b"\r\n\r\n", 1)[1])
        seen |= set(re.findall(rb'href="(/p/[0-9]+)"', body))
        following = re.findall(rb'rel="next" href="([^"]+)"', body)
        target = following[0] if following else b""
    assert seen == {f"/p/{n}".encode() for n in range(45)}


def test_served_from_another_process() -> None:
    with serve_pages(3, (5, 5), links=2) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
        for number in range(3):
            connection.request("GET", f"/p/{number}", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
            assert gzip.decompress(answer.read()) == product(number, 3, (5, 5), 2, seed=1)
        connection.request("GET", "/none")
        assert connection.getresponse().status == 404
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(address.removeprefix("http://"), timeout=10).request("GET", "/")
