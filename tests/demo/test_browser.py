"""The page that is empty without JavaScript says everything in a real browser."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from lxml import html

from scanner.demo.mall import serve

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium on the path")
def test_the_script_page_is_full_in_a_browser() -> None:
    with serve() as mall:
        command = [CHROMIUM, *SWITCHES, f"{mall.base_url}/p/31"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        good = mall.truth[31]
    tree = html.fromstring(done.stdout)
    assert tree.xpath("//h1/text()") == [good.title]
    rows = [tuple("".join(cell.itertext()) for cell in row) for row in tree.xpath("//table//tr")]
    assert rows == list(good.attributes.items())
    said = "".join(tree.xpath("//main//text()"))
    assert [part for part in (good.price, *good.text, good.warning) if part not in said] == []
    assert mall.hits["/mp/goods/detail"] == 1
