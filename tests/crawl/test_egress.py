"""What may be reached: addresses, odd spellings, URLs, names that resolve badly or change their mind."""

from __future__ import annotations

import ipaddress
import json
import socket
import subprocess
import sys
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.crawl.fetch import address
from scanner.crawl.fetch.egress import Policy
from scanner.errors import CrawlError, RefusedAddress
from tests.crawl.site import serving

BAD_IPS = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
    "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.23", "169.254.169.254", "169.254.170.2",
    "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::a9fe:a9fe", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254",
    "fe80::1", "fec0::1", "ff02::1", "4000::1",
)  # fmt: skip
GOOD_IPS = (
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.1", "114.114.114.114", "172.15.255.255",
    "172.32.0.1", "192.167.255.255", "192.169.0.1", "198.17.255.255", "223.5.5.5", "2400:3200::1", "2606:4700::1111",
    "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
)  # fmt: skip


@pytest.mark.parametrize("ip", BAD_IPS)
def test_an_address_that_is_not_public_is_refused(ip: str) -> None:
    assert address.trouble(ipaddress.ip_address(ip)) != ""
    with pytest.raises(RefusedAddress) as refused:
        Policy().check_ip(ip, "shop.example", 443)
    assert "--allow-private" in refused.value.hint


@pytest.mark.parametrize("ip", GOOD_IPS)
def test_a_public_address_is_not(ip: str) -> None:
    assert address.trouble(ipaddress.ip_address(ip)) == ""
    Policy().check_ip(ip, "shop.example", 443)


SPELLINGS = (
    ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f000001", "127.0.0.1"), ("0x7F.0x0.0x0.0x1", "127.0.0.1"),
    ("0177.0.0.1", "127.0.0.1"), ("017700000001", "127.0.0.1"), ("127.1", "127.0.0.1"), ("127.0.1", "127.0.0.1"),
    ("127.0.0.1.", "127.0.0.1"), ("0", "0.0.0.0"), ("0x", "0.0.0.0"), ("１２７.0.0.1", "127.0.0.1"),
    ("127。0。0。1", "127.0.0.1"), ("①②⑦.0.0.1", "127.0.0.1"), ("0xA9FEA9FE", "169.254.169.254"),
    ("2852039166", "169.254.169.254"), ("0251.0376.0251.0376", "169.254.169.254"), ("169.16689662", "169.254.169.254"),
    ("::FFFF:127.0.0.1", "::ffff:7f00:1"), ("0:0:0:0:0:0:0:1", "::1"), ("Shop.EXAMPLE", "shop.example"),
    ("shop.example.", "shop.example"), ("商城.example", "xn--czru2d.example"), ("ｓｈｏｐ.example", "shop.example"),
    ("a_b.example", "a_b.example"), ("1a.example", "1a.example"), ("127.0.0.1.nip.io", "127.0.0.1.nip.io"),
)  # fmt: skip


@pytest.mark.parametrize(("spelt", "plain"), SPELLINGS)
def test_odd_spellings_are_made_plain(spelt: str, plain: str) -> None:
    assert address.canonical(spelt) == plain


BAD_URLS = (
    "", "shop.example", "not a url", "file:///etc/passwd", "ftp://shop.example/", "data:text/html,x", "javascript:alert(1)",
    "view-source:http://shop.example/", "chrome://version", "http:shop.example/", "http:///shop.example/", "http://",
    "http:////shop.example/", "http://user@shop.example/", "http://user:pw@shop.example/", "http://shop.example@127.0.0.1/",
    "http://shop.example\\@127.0.0.1/", "http:\\\\127.0.0.1/", "http://shop.example\\.evil.example/",
    "http://shop.example /", "http://shop.example/\nHost: x", "http://shop.example/\x00", "http://sh\tp.example/",
    "http://shop.example:0/", "http://shop.example:65536/", "http://shop.example:8０/", "http://shop.example:abc/",
    "http://shop.example:6379/", "http://shop.example:22/", "http://shop.example:3306/", "http://shop.example:27017/",
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]/", "http://[::1/",
    "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/", "http://１２７.0.0.1/", "http://%31%32%37.0.0.1/", "http://999.1.1.1/", "http://1.2.3.4.5/",
    "http://256/a.1", "http://0x7f.0x/", "http://localhost/", "http://LOCALHOST:8000/", "http://a.localhost/",
    "http://printer.local/", "http://db.internal/", "http://router/", "http://nas.home.arpa/", "http://-a.example/",
    "http://a..example/", "http://" + "a" * 64 + ".example/", "http://" + "a." * 127 + "example/", "http://a b.example/",
    "https://shop.example/" + "a" * 9000,
)  # fmt: skip


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_bad_address_is_refused_with_a_way_out(url: str) -> None:
    with pytest.raises(RefusedAddress) as refused:
        Policy().check_url(url)
    assert refused.value.message
    assert refused.value.hint
    assert refused.value.exit_code == 2


GOOD_URLS = (
    ("http://shop.example/", "shop.example", 80), ("https://shop.example", "shop.example", 443),
    ("HTTPS://Shop.Example:8443/a?b=c#d", "shop.example", 8443), ("https://商城.example/商品/1", "xn--czru2d.example", 443),
    ("http://shop.example:/", "shop.example", 80), ("http://8.8.8.8/", "8.8.8.8", 80), ("http://134744072/", "8.8.8.8", 80),
    ("http://[2606:4700::1111]:8080/", "2606:4700::1111", 8080), ("https://shop.example?next=http://127.0.0.1/@x", "shop.example", 443),
    ("https://shop.example/a\\b", "shop.example", 443),
)  # fmt: skip


@pytest.mark.parametrize(("url", "host", "port"), GOOD_URLS)
def test_a_good_address_leads_where_it_says(url: str, host: str, port: int) -> None:
    place = Policy().check_url(url)
    assert (place.host, place.port) == (host, port)


# --- exceptions ------------------------------------------------------------------------------------------------------


def test_a_named_host_and_port_is_excepted_and_no_other() -> None:
    policy = Policy(allow=frozenset({"127.0.0.1:8801", "localhost", "[::1]:9000", "shop.test"}))
    for url in ("http://127.0.0.1:8801/", "http://localhost/", "http://localhost:6379/", "http://[::1]:9000/"):
        policy.check_url(url)
    for url in ("http://127.0.0.1/", "http://127.0.0.1:8802/", "http://127.0.0.2:8801/", "http://[::1]/"):
        with pytest.raises(RefusedAddress):
            policy.check_url(url)
    policy.check_ip("10.0.0.7", "shop.test", 80)
    with pytest.raises(RefusedAddress):
        policy.check_ip("10.0.0.7", "other.test", 80)


def test_an_excepted_host_is_known_by_every_spelling_of_its_name() -> None:
    policy = Policy(allow=frozenset({"LocalHost", "::1", "127.0.0.1"}))
    assert policy.resolve("127.1", 80) == ("127.0.0.1",)
    assert policy.resolve("::1", 80) == ("::1",)
    policy.check_url("http://2130706433:8080/")


def test_a_clouds_metadata_is_excepted_only_by_its_own_address() -> None:
    with pytest.raises(RefusedAddress, match="元数据"):
        Policy(allow=frozenset({"shop.test"})).check_ip("169.254.169.254", "shop.test", 80)
    with pytest.raises(RefusedAddress, match="元数据"):
        Policy(allow=frozenset({"shop.test"})).check_ip("::ffff:100.100.100.200", "shop.test", 80)
    Policy(allow=frozenset({"169.254.169.254"})).check_url("http://169.254.169.254/")


def test_an_exception_that_is_no_host_is_refused() -> None:
    for entry in ("http://shop.test/", "a b", "shop.test:99999", ""):
        with pytest.raises(RefusedAddress):
            Policy(allow=frozenset({entry}))


# --- names -----------------------------------------------------------------------------------------------------------


def answers(*rows: Iterable[str]) -> Policy:
    """A policy whose name service gives these answers, one a question."""
    waiting = iter(rows)
    return Policy(lookup=lambda host, port: next(waiting))


def test_all_addresses_of_a_name_are_given_in_order() -> None:
    assert answers(["8.8.8.8", "2606:4700::1111"]).resolve("shop.example", 443) == ("8.8.8.8", "2606:4700::1111")


@pytest.mark.parametrize("bad", ["127.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "169.254.169.254", "rubbish"])
def test_one_bad_address_refuses_the_whole_name(bad: str) -> None:
    with pytest.raises(RefusedAddress):
        answers(["8.8.8.8", bad, "1.1.1.1"]).resolve("shop.example", 443)


def test_a_name_that_changes_its_mind_is_refused_then() -> None:
    policy = answers(["8.8.8.8"], ["127.0.0.1"])
    assert policy.resolve("shop.example", 80) == ("8.8.8.8",)
    with pytest.raises(RefusedAddress):
        policy.resolve("shop.example", 80)


def test_a_name_without_an_address_is_no_refusal() -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    for policy in (Policy(lookup=nothing), answers([])):
        with pytest.raises(CrawlError):
            policy.resolve("nowhere.example", 80)


def test_the_systems_resolver_is_asked_for_real_names() -> None:
    assert "127.0.0.1" in Policy(allow=frozenset({"localhost"})).resolve("localhost", 80)
    with pytest.raises(RefusedAddress):
        Policy().resolve("localhost", 80)


# --- Scrapy's resolver -----------------------------------------------------------------------------------------------


ASK = """
import json, sys
from scrapy.settings import Settings
from twisted.internet import reactor, task
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.protocol import Factory, Protocol
from scanner.crawl.fetch.egress import EgressResolver

class Process:
    settings = Settings({"EGRESS_ALLOW": sys.argv[1].split(",")})

def ask(reactor, host, port):
    dialled = HostnameEndpoint(reactor, host, port, timeout=5).connect(Factory.forProtocol(Protocol))
    return dialled.addCallbacks(lambda p: (p.transport.getPeer().host, p.transport.abortConnection())[0],
                                lambda failure: failure.type.__name__)

async def main(reactor):
    EgressResolver.from_crawler(Process, reactor).install_on_reactor()
    print(json.dumps([await ask(reactor, host, int(sys.argv[2])) for host in sys.argv[3:]]))

task.react(lambda reactor: __import__("twisted.internet.defer").internet.defer.ensureDeferred(main(reactor)))
"""


def dialled(allow: str, port: int, *hosts: str) -> list[str]:
    """Where Twisted connects to for each host, or the name of the error, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", ASK, allow, str(port), *hosts], capture_output=True, text=True, timeout=60, check=True
    )
    return list(json.loads(done.stdout))


@pytest.mark.slow
def test_twisted_dials_vetted_addresses_or_none() -> None:
    with serving({}) as site:
        spellings = ("127.0.0.1", "0x7f.1", "2130706433", "localhost", "127.0.0.2")
        excepted = ["127.0.0.1", "127.0.0.1", "127.0.0.1", "DNSLookupError", "DNSLookupError"]
        assert dialled(f"127.0.0.1:{site.port}", site.port, *spellings) == excepted
        assert dialled("localhost", site.port, "localhost", "127.0.0.1") == ["127.0.0.1", "DNSLookupError"]
        assert dialled(f"127.0.0.1:{site.port + 1}", site.port, "127.0.0.1") == ["DNSLookupError"]


# --- anything at all -------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_ipv4_address_is_the_same_address(value: int) -> None:
    plain = str(ipaddress.IPv4Address(value))
    a, b, c, d = (value >> 24, value >> 16 & 255, value >> 8 & 255, value & 255)
    spelt = (str(value), hex(value), f"0{value:o}", f"{a}.{value & 0xFFFFFF}", f"{a}.{b}.{value & 0xFFFF}",
             f"0x{a:x}.0{b:o}.{c}.{d}", f"{plain}.")  # fmt: skip
    assert {address.canonical(one) for one in spelt} == {plain}


@given(st.text(max_size=60))
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://{text}/"):
        try:
            place = Policy().check_url(url)
        except RefusedAddress:
            continue
        found = address.literal(place.host)
        assert found is None or address.trouble(found) == ""
