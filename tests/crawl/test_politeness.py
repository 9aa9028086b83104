"""A crawl is polite: slow where the host is not one's own, within robots.txt and the page budget, open about who comes."""

from __future__ import annotations

import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from scanner.crawl import settings as ours
from scanner.crawl.fetch.backoff import Backoff
from scanner.crawl.run import OWN_HOST_CONCURRENCY, OWN_HOST_DELAY, _settings
from scanner.demo.mall import serve
from scanner.home import Config, Home
from tests import warcs
from tests.crawl.site import answer, serving
from tests.running import qingwang
from tests.whole import CONTACT, Twice

SHOP = "<html><head><title>演示店</title></head><body><h1>演示店</h1><p>欢迎光临，营业时间早九点至晚五点。</p></body></html>"


# --- pace ------------------------------------------------------------------------------------------------------------


def pace(urls: list[str], allow: list[str], **config: float) -> tuple[float, int, bool]:
    """(delay in seconds, requests at once to one host, whether a slow host is asked more slowly)."""
    chosen = _settings(Config.model_validate(config), urls, allow)
    return (
        chosen.getfloat("DOWNLOAD_DELAY"), chosen.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        chosen.getbool("AUTOTHROTTLE_ENABLED"),
    )  # fmt: skip


PUBLIC, OWN = "https://shop.example/", "http://127.0.0.1:8801/"
UNHURRIED = (Config().delay, ours.CONCURRENT_REQUESTS_PER_DOMAIN, True)
AT_HOME = (OWN_HOST_DELAY, OWN_HOST_CONCURRENCY, False)


@pytest.mark.parametrize(
    ("urls", "allow", "wanted"),
    [
        ([PUBLIC], [], UNHURRIED),
        ([PUBLIC], ["127.0.0.1"], UNHURRIED),  # what is allowed is not what is visited
        ([OWN], ["127.0.0.1"], AT_HOME),
        ([OWN], ["127.0.0.1:8801"], AT_HOME),
        ([OWN], ["127.0.0.1:8802"], UNHURRIED),  # another port is another shop
        ([OWN, PUBLIC], ["127.0.0.1"], UNHURRIED),  # one host of others is enough
        (["http://127.0.0.1.shop.example/"], ["127.0.0.1"], UNHURRIED),
        ([], ["127.0.0.1"], UNHURRIED),
    ],
)
def test_only_ones_own_hosts_are_asked_without_waiting(
    urls: list[str], allow: list[str], wanted: tuple[float, int, bool]
) -> None:
    assert pace(urls, allow) == wanted


def test_the_pace_of_config_yaml_holds(tmp_path: Path) -> None:
    assert pace([PUBLIC], [], delay=7) == (7, 2, True)
    assert pace([PUBLIC], [], delay=0) == (OWN_HOST_DELAY, 2, True)  # 0 would lift the limit on concurrency, too
    assert pace([OWN], ["127.0.0.1"], delay=7) == AT_HOME


def test_unhurried_is_at_most_two_requests_at_once_and_two_a_second() -> None:
    delay, at_once, throttled = UNHURRIED
    assert delay >= 0.5
    assert at_once == 2
    assert throttled
    chosen = _settings(Config(), [PUBLIC], [])
    assert chosen.getfloat("AUTOTHROTTLE_START_DELAY") >= delay
    assert (chosen.getfloat("DOWNLOAD_DELAY_JITTER"), chosen.getint("CONCURRENT_REQUESTS")) == (0.5, 16)
    assert (chosen.getbool("COOKIES_ENABLED"), chosen.getbool("TELNETCONSOLE_ENABLED")) == (False, False)
    assert chosen.getbool("REMOTE_CONTROL_ENABLED") is False


# --- who comes -------------------------------------------------------------------------------------------------------


def test_the_user_agent_says_who_comes_and_whom_to_write_to(twice: Twice) -> None:
    assert twice.mall.agents == {f"{ours.USER_AGENT} (+{CONTACT})"}


@pytest.mark.parametrize(
    ("config", "agent"),
    [
        ({}, ours.USER_AGENT),
        ({"contact": CONTACT}, f"{ours.USER_AGENT} (+{CONTACT})"),
        ({"contact": CONTACT, "user_agent": "Bureau/1"}, "Bureau/1"),
    ],
)
def test_the_agent_of_config_yaml(config: dict[str, str], agent: str) -> None:
    assert _settings(Config.model_validate(config), [PUBLIC], []).get("USER_AGENT") == agent


def test_no_cookie_is_ever_sent_although_the_mall_sets_one(twice: Twice) -> None:
    assert twice.mall.cookies == 0
    blocks = [record.block for record in warcs.records(twice.home)]
    assert any(b"Set-Cookie: visitor=demo" in block for block in blocks)
    assert not any(b"\r\nCookie:" in block for block in blocks)


# --- where not to go --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_robots_txt_forbids_is_refused_and_never_asked_for(tmp_path: Path) -> None:
    robots = answer(b"User-agent: *\nDisallow: /\n", type_="text/plain")
    with serving({"/": answer(SHOP.encode()), "/robots.txt": robots}) as site:
        done = qingwang(
            tmp_path, "scan", site.url + "/", site.url + "/goods/1.html", "--json", "--render", "never",
            "--allow-private", "127.0.0.1",
        )  # fmt: skip
        assert [path for path, _, _ in site.wire] == ["/robots.txt"]
    assert (done.code, done.json["state"], done.json["outcomes"]) == (3, "incomplete", {"refused": 2})
    assert (done.json["pages"], done.json["listings"]) == (0, 0)
    (ended,) = [line for line in warcs.lines(Home(tmp_path)) if line["event"] == "crawl_ended"]
    assert {why for _, why in ended["lost"]} == {"网站的 robots.txt 不允许访问"}


def test_forbidden_parts_and_buttons_of_a_shop_are_left_alone(twice: Twice) -> None:
    """The mall's robots.txt forbids /account/, which its pages link to; its carts are links that change something."""
    (_, first), _ = twice.shots
    assert first["/robots.txt"] == 2  # the web shop's walk and the mini-program's
    assert [path for path in first if path.startswith(("/account", "/cart", "/search"))] == []


# --- how much --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_page_budget_ends_a_crawl_and_says_what_is_left(tmp_path: Path) -> None:
    with serve() as mall:
        done = qingwang(
            tmp_path, "scan", f"{mall.base_url}/", "--pages", "5", "--render", "never", "--allow-private", "127.0.0.1"
        )
        assert sum(mall.hits.values()) == 5 + 1  # and robots.txt
    assert done.code == 3
    (ended,) = [line for line in warcs.lines(Home(tmp_path)) if line["event"] == "crawl_ended"]
    assert (ended["state"], ended["pages"]) == ("incomplete", 5)
    told = re.search(r"还有 (\d+) 个网址没有抓取", done.out)
    assert told is not None
    assert int(told[1]) == ended["left"] > 10
    assert "抓取 5 页" in done.out


@pytest.mark.slow
def test_the_budget_of_config_yaml_holds_where_none_is_given(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("pages: 3\n", encoding="utf-8")
    with serve() as mall:
        done = qingwang(
            tmp_path, "scan", f"{mall.base_url}/", "--json", "--render", "never", "--allow-private", "127.0.0.1"
        )
    assert (done.code, done.json["pages"], done.json["state"]) == (3, 3, "incomplete")


def test_a_list_without_an_end_is_left_after_it_repeats_itself(twice: Twice) -> None:
    """今日特价 shows the same goods on every page, and always a next one."""
    (_, first), _ = twice.shots
    assert first["/deals"] == 2
    # These offer a page past their last: it leads back to page 1, or shows the last page again.
    assert {name: first[f"/c/{name}"] for name in ("fanghu", "jiayong", "qita")} == {
        "fanghu": 5,
        "jiayong": 6,
        "qita": 4,
    }


@pytest.mark.slow
def test_endless_lists_of_new_addresses_end_too(tmp_path: Path) -> None:
    """A next page that never repeats its address and never brings anything new."""
    card = '<li><a href="/goods/{0}.html"><img src="/{0}.png"><b>演示口罩{0}</b></a><span>¥9.90</span></li>'
    cards = "".join(card.format(n) for n in range(1, 5))

    def listed(asked: bytes) -> bytes:
        number = int(asked.split(b"page=")[1].split(b" ")[0]) if b"page=" in asked.split(b"\r\n")[0] else 1
        text = f'<html><head><meta charset=utf-8><title>口罩</title></head><body><ul>{cards}</ul>' \
            f'<a rel="next" href="/category/mask?page={number + 1}">下一页</a></body></html>'  # fmt: skip
        return answer(text.encode())

    class Lists(dict[str, bytes]):
        def get(self, path: str, other: object = None) -> object:  # type: ignore[override]
            return listed if path.startswith("/category/mask") else other

    with serving(Lists()) as site:  # type: ignore[arg-type]
        done = qingwang(
            tmp_path, "scan", site.url + "/category/mask", "--json", "--render", "never", "--allow-private", "127.0.0.1"
        )
        asked = [path for path, _, _ in site.wire if path.startswith("/category")]
    assert done.json["state"] == "complete"
    assert asked == ["/category/mask", "/category/mask?page=2"]


# --- a host that says it is asked too much ------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "extra", "least"),
    [("503 Busy", b"Retry-After: 2\r\n", 2.0), ("429 Slow down", b"Retry-After: 1\r\n", 1.0)],
)
def test_a_busy_host_is_left_alone_as_long_as_it_asks(tmp_path: Path, status: str, extra: bytes, least: float) -> None:
    times: list[float] = []
    page = answer(SHOP.encode())

    def busy(_: bytes) -> bytes:
        times.append(time.monotonic())
        return page if len(times) > 1 else answer(b"busy", status=status, extra=extra)

    with serving({"/": busy, "/other": lambda _: times.append(time.monotonic()) or page}) as site:
        done = qingwang(tmp_path, "scan", f"{site.url}/", "--render", "never", "--allow-private", "127.0.0.1", "--json")
    assert done.json["state"] == "complete"
    assert len(times) == 2
    assert least <= times[1] - times[0] < least + 4


@pytest.mark.slow
def test_one_that_never_stops_saying_so_is_lost_and_named(tmp_path: Path) -> None:
    busy = answer(b"busy", status="503 Busy", extra=b"Retry-After: 0\r\n")
    with serving({"/": busy}) as site:
        done = qingwang(tmp_path, "scan", f"{site.url}/", "--render", "never", "--allow-private", "127.0.0.1")
    assert done.code == 3
    assert "HTTP 503" in done.out
    assert [path for path, _, _ in site.wire].count("/") == 3


def test_without_a_time_it_is_left_alone_longer_each_time() -> None:
    slot = SimpleNamespace(lastseen=0.0)
    crawler: Any = SimpleNamespace(engine=SimpleNamespace(downloader=SimpleNamespace(slots={"shop.example": slot})))
    guard, waits = Backoff(crawler), []
    request = Request(PUBLIC, meta={"download_slot": "shop.example"})
    for _ in range(9):
        slot.lastseen, began = 0.0, time.monotonic()
        guard.process_response(request, Response(PUBLIC, status=429))
        waits.append(round(slot.lastseen - began))
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    guard.process_response(request, Response(PUBLIC, status=200))
    slot.lastseen, began = 0.0, time.monotonic()
    guard.process_response(request, Response(PUBLIC, status=429))
    assert round(slot.lastseen - began) == 5
