"""The environment record: clocks against real servers on loopback, what the machine says, and how all of it is told."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import ssl
import subprocess
import sys
import time
import zipfile
from datetime import date
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import doctor
from scanner.crawl.around import build, clocks, machine
from scanner.crawl.around.clocks import Reading
from scanner.crawl.around.machine import Unmeasured
from scanner.evidence.journal import chain
from scanner.evidence.package import environment
from scanner.home import Home
from tests import warcs
from tests.crawl.ntp import answer, ntp
from tests.crawl.wire import Authority, reply, wire
from tests.running import ROOT, qingwang
from tests.tuning.shop import recorded


def one(source: str, budget: float = 2.0) -> Reading:
    (found,) = clocks.readings([source], budget=budget)
    return found


@pytest.mark.parametrize("ahead", [0.0, -7.25, 3600.0, 20 * 365 * 86400.0])  # the last one in NTP's era 1
def test_a_clock_is_off_by_what_the_server_says(ahead: float) -> None:
    with ntp(answer(ahead)) as source:
        found = one(source)
    assert (found.why, found.kind, found.address) == ("", "ntp", "127.0.0.1")
    assert found.offset is not None
    assert found.uncertainty is not None
    assert 0.011 <= found.uncertainty < 1  # the server's own dispersion and half its delay, and the way
    assert abs(found.offset - ahead) <= found.uncertainty


def test_a_long_way_makes_it_uncertain() -> None:
    with ntp(answer(2.0), delay=0.4) as source:
        found = one(source)
    assert found.offset is not None
    assert found.uncertainty is not None
    assert found.uncertainty >= 0.2
    assert abs(found.offset - 2.0) <= found.uncertainty


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(stratum=0, reference=b"RATE"), "服务器拒绝答复（RATE）"),
        (answer(leap=3), "服务器自己的时钟没有对准"),
        (answer(stratum=16), "服务器自己的时钟没有对准"),
        (answer(mode=3), "答复不是 NTP 服务器的"),
        (answer(originate=bytes(8)), clocks.LATE),  # not an answer to what was asked: somebody else's, or forged
        (lambda request, at: b"x", clocks.LATE),
        (lambda request, at: None, clocks.LATE),
    ],
)
def test_an_answer_that_tells_no_time_is_not_believed(said: Any, why: str) -> None:
    with ntp(said) as source:
        found = one(source, budget=0.4)
    assert (found.offset, found.uncertainty, found.why) == (None, None, why)


def test_many_sources_take_no_longer_than_one() -> None:
    with ntp(lambda request, at: None) as silent, ntp(answer(1.0)) as good:
        began = time.monotonic()
        found = clocks.readings([silent, good, silent, "ntp://127.0.0.1:1", "ntp://name.invalid"], budget=0.6)
        took = time.monotonic() - began
    assert took < 1.5
    assert [bool(x.why) for x in found] == [True, False, True, True, True]
    assert [x.source for x in found][1] == good


def test_a_web_servers_date_is_good_to_the_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority.make()
    dated = reply(b"", extra=f"Date: {formatdate(time.time() - 100, usegmt=True)}\r\n")
    with wire({"/": dated}, tls=authority.context()[0]) as shop:
        refused = one(f"https://{shop.place}")
        (tmp_path / "root.pem").write_text(authority.pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
        found = one(f"https://{shop.place}")
    assert (refused.offset, "证书没有通过核验" in refused.why) == (None, True)
    assert (found.why, found.kind, found.resolution) == ("", "http_date", 1.0)
    assert found.offset is not None
    assert found.uncertainty is not None
    assert found.uncertainty >= 0.5
    assert abs(found.offset + 100) <= found.uncertainty + 1  # the date was made before it was asked for


@pytest.mark.parametrize(
    ("body", "said"), [(b"203.0.113.9\n", ("203.0.113.9", "")), (b"<html>", ("", "答复不是一个 IP 地址"))]
)
def test_the_egress_address_is_what_the_page_says_and_nothing_else(body: bytes, said: tuple[str, str]) -> None:
    with wire({"/ip": reply(body)}) as probe:
        assert clocks.egress(f"{probe.url}/ip", time.monotonic() + 2) == said
        assert clocks.egress(f"{probe.url}/other", time.monotonic() + 2)[0] == ""
    assert clocks.egress("http://127.0.0.1:1/", time.monotonic() + 2) == ("", "连接被拒绝")


def test_hosts_file_resolver_and_proxies(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(
        "127.0.0.1 localhost\n# 1.2.3.4 no\n10.0.0.1 Shop.example www.shop.example # x\n", encoding="utf-8"
    )
    said = machine.hosts({"shop.example", "other.example"}, hosts)
    assert said == {
        "sha256": hashlib.sha256(hosts.read_bytes()).hexdigest(), "entries": 2, "crawled": ["shop.example"],
    }  # fmt: skip
    (tmp_path / "resolv.conf").write_text("# x\nnameserver 192.0.2.1\nsearch a\nnameserver ::1\n", encoding="utf-8")
    assert machine.resolver(tmp_path / "resolv.conf") == {"nameservers": ["192.0.2.1", "::1"]}
    with pytest.raises(Unmeasured, match="没有这个文件"):
        machine.resolver(tmp_path / "nothing")
    said = machine.proxies({"HTTPS_PROXY": "http://user:secret@proxy", "http_proxy": "", "PATH": "x"})
    assert said == {"variables": ["https_proxy"], "used": False}


def test_trust_is_counted_as_openssl_counts(tmp_path: Path) -> None:
    said, file = machine.trust(), ssl.get_default_verify_paths().cafile
    assert file is not None
    assert said["sha256"] == hashlib.sha256(Path(file).read_bytes()).hexdigest()
    assert said["roots"] == len(ssl.create_default_context(cafile=file).get_ca_certs())


def test_the_build_is_the_same_wherever_the_same_files_lie(tmp_path: Path) -> None:
    here = build.hashed(ROOT)
    for package in build.PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    (tmp_path / "scanner" / "data" / "rules").mkdir(parents=True)
    (tmp_path / "scanner" / "data" / "rules" / "x.yaml").write_text("as a wheel has it", encoding="utf-8")
    assert build.hashed(tmp_path) == here
    names = [p for p in (*ROOT.glob("scanner/**/*"), *ROOT.glob("spiders/**/*")) if p.is_file()]
    listed = sorted(p.relative_to(ROOT).as_posix() for p in names if "__pycache__" not in p.parts)
    sums = subprocess.run(["sha256sum", "--", *listed], cwd=ROOT, capture_output=True, check=True).stdout
    assert here == {"sha256": hashlib.sha256(sums).hexdigest(), "files": len(listed)}
    (tmp_path / "spiders" / "jd.py").write_text("# changed\n", encoding="utf-8")
    assert build.hashed(tmp_path)["sha256"] != here["sha256"]


@pytest.mark.long
def test_the_build_is_the_same_from_a_wheel(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet", "--wheel-dir", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if "No matching distribution" in done.stderr:
        pytest.skip("needs a package registry for the build backend")
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
    assert (tmp_path / "installed" / "scanner" / "data" / "rules").is_dir()
    assert build.hashed(tmp_path / "installed") == build.hashed(ROOT)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An import with a clock that is 60 seconds slow, one source that is silent, and an egress probe; then its package."""
    root = tmp_path_factory.mktemp("measured")
    home = Home(root / "home")
    home.make()
    machine.identify(home.machine)
    with ntp(answer(60.0)) as good, wire({"/ip": reply(b"203.0.113.9")}) as probe:
        config = {
            "unit": "演示局", "operator": "甲", "clock_sources": [good, "ntp://127.0.0.1:1"], "clock_limit": 5,
            "egress_probe": f"{probe.url}/ip",
        }  # fmt: skip
        home.config_file.write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
        done = qingwang(home.root, "import", str(recorded(root, "治愈率高达98%")), "--json")
        assert done.code == 0, done.err
        assert re.search(r"本机时钟慢 (59\.9|60\.0) 秒，超过 5 秒", done.err)
        checks = list(doctor._clock(home, date(2026, 11, 22)))
        assert [(check.name, check.ok) for check in checks] == [
            (f"clock {good}", False), ("clock ntp://127.0.0.1:1", False)
        ]  # fmt: skip
        assert re.search(r"慢 (59\.9|60\.0)", checks[0].detail)
        assert "没有测到：连接被拒绝" in checks[1].detail
    assert qingwang(home.root, "package", "1", "--out", str(root / "out"), "--json").code == 0
    return home


def records(home: Home) -> list[dict[str, Any]]:
    return [line for line in warcs.lines(home) if line["event"] == "environment"]


@pytest.mark.slow
def test_before_and_after_are_journalled_with_all_that_was_measured(measured: Home) -> None:
    before, after = records(measured)
    assert (before["when"], after["when"], before["crawl"] == after["crawl"]) == ("before", "after", True)
    for said in (before, after):
        assert abs(said["clock"]["offset"] - 60) <= said["clock"]["uncertainty"]
        assert (said["clock"]["over"], said["clock"]["limit"], len(said["clock"]["sources"])) == (True, 5, 2)
        assert said["egress"]["address"] == "203.0.113.9"
        assert (said["unit"], said["operator"], len(said["machine"])) == ("演示局", "甲", 32)
        assert said["build"]["sha256"] == build.hashed(ROOT)["sha256"]
        assert said["configuration"]["rulebook"] == next(measured.rulebooks.iterdir()).stem
        refused = [item["why"] for item in said["not_measured"] if item["what"] == "clock"]
        assert refused == ["连接被拒绝"]
    assert after["duration"]["monotonic"] > 0
    assert abs(after["duration"]["clock_moved"]) < 1
    events = [line["event"] for line in warcs.lines(measured)]
    assert events.index("crawl_began") < events.index("environment") < events.index("capture")
    assert events.index("judgement") < len(events) - 1 - events[::-1].index("environment") < events.index("crawl_ended")


@pytest.mark.slow
def test_the_package_says_it_and_is_held_to_the_journal(measured: Home, tmp_path: Path) -> None:
    (path,) = (measured.root.parent / "out").iterdir()
    told = json.loads((path / "environment.json").read_bytes())
    (run,) = told["crawls"]
    assert [record["when"] for record in run["records"]] == ["before", "after"]
    assert any("本机时钟慢 60.0 秒" in note for note in told["notes"])
    assert any("本机时钟与标准时间的偏差（ntp://127.0.0.1:1）：连接被拒绝" in item for item in told["not_measured"])
    assert not any("出口" in item for item in told["not_measured"])
    assert qingwang(measured.root, "verify", str(path)).code == 0
    with (path / "journal.jsonl").open("rb") as file:
        lines = [chain.parse(raw) for raw in chain.raw_lines(file)]
    crawls = {run["crawl"]}
    assert environment.faults(told, lines, crawls) == []
    for change in (
        {"notes": []}, {"not_measured": []}, {"crawls": []},
        {"crawls": [{**run, "records": run["records"][:1]}]},
        {"crawls": [{**run, "records": [{**run["records"][0], "operator": "乙"}, run["records"][1]]}]},
    ):  # fmt: skip
        assert environment.faults({**told, **change}, lines, crawls) != [], change
    for odd in (None, [], "x", {}):
        assert environment.faults(odd, lines, crawls) != []


def test_what_is_not_configured_is_said_not_guessed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert qingwang(home.root, "import", str(recorded(tmp_path, "缓解疲劳"))).code == 0
    before, _ = records(home)
    assert (before["clock"], before["egress"], before["machine"]) == (None, None, None)
    assert {item["what"] for item in before["not_measured"]} >= {"clock", "egress", "machine"}
    said = environment.not_measured([{"crawl": "x", "records": [before]}])
    assert any(text.startswith("本机时钟与标准时间的偏差：没有设置时钟来源") for text in said)
    assert any("没有都记录下来" in text for text in said)  # an end is missing


@pytest.mark.parametrize("wrong", ["http://x.example", "ntp://", "ntp://a b", "file:///etc/passwd", "ntp://u@x/y z"])
def test_a_source_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    home = Home(tmp_path / "home")
    home.make()
    home.config_file.write_text(json.dumps({"clock_sources": [wrong]}), encoding="utf-8")
    done = qingwang(home.root, "import", str(recorded(tmp_path, "缓解疲劳")), "--json")
    assert (done.code, done.json["error"]["kind"]) == (2, "config")
