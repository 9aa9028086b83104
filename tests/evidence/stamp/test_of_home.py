"""Stamps over what a home holds: what is due, what is kept, what a failure leaves, and every tampering named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.evidence import digest
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.checking.home_check import verify_home
from scanner.evidence.journal import chain
from scanner.evidence.journal.file import Journal
from scanner.evidence.stamp import of_home
from scanner.evidence.stamp.of_home import Stamped, stamp
from scanner.evidence.stamp.services import authorities
from scanner.home import Home
from tests.evidence.authority import Tsa
from tests.evidence.samples import SOFTWARE, WHEN, Site, visits
from tests.evidence.stamp.test_services import home_with, openssl
from tests.killed import killed

ROOT = Path(__file__).resolve().parents[3]


def settle(site: Site, tsa: Tsa, *paths: str) -> Home:
    """The site's home with an authority for each path, named a, b, …"""
    return home_with(site.root, [tsa], [tsa.settings("abc"[n], path, timeout=1) for n, path in enumerate(paths)])


def run(home: Home, patience: float | None = None) -> list[Stamped]:
    with Journal.open(home.journal) as journal:
        return stamp(home, journal, authorities(home), patience=patience)


def faults(home: Home) -> list[str]:
    return [check.detail for check in verify_home(home) if not check.ok]


@pytest.fixture
def site(site_now: Site) -> Site:
    return site_now


@pytest.fixture(scope="module")
def once(lately: Site, tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A stamped home. Do not write here: copy with ``stamped``."""
    root = tmp_path_factory.mktemp("stamped") / "home"
    shutil.copytree(lately.root, root)
    home = settle(Site(root=root, captures=lately.captures), tsa, "/")
    assert {row.state for row in run(home)} == {"done"}
    return home


@pytest.fixture
def stamped(once: Home, tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(once.root, tmp_path / "stamped")))


def test_segment_and_head_are_stamped_once(site: Site, tsa: Tsa, tmp_path: Path) -> None:
    home = settle(site, tsa, "/", "/broken")
    head = list(Journal.read(home.journal))[-1]
    rows = run(home)
    (segment,) = site.archive.glob("*.gz")
    whole = digest.sha256(segment.read_bytes())
    assert [(row.kind, row.what, row.digest, row.authority, row.state) for row in rows] == [
        ("journal", str(head.seq), head.hash, "a", "done"), ("segment", segment.name, whole, "a", "done"),
        ("journal", str(head.seq), head.hash, "b", "pending"), ("segment", segment.name, whole, "b", "pending"),
    ]  # fmt: skip
    assert all("HTTP 500" in row.why for row in rows[2:])
    for line in of_home.lines(home.journal)[:2]:
        token, pem = ((home.stamps / str(line[name])).read_bytes() for name in ("token", "chain"))
        assert openssl(tmp_path, token, pem, "-digest", str(line["digest"]))
    assert {row.authority for row in run(home)} == {"b"}  # what is stamped is not asked for again
    assert len(of_home.lines(home.journal)) == 4  # nor is the same reason told twice
    assert faults(home) == []
    (said,) = [check.detail for check in verify_home(home) if check.name == "stamps"]
    assert said == "时间戳：2 个已加盖，2 个待办"


def test_what_was_pending_is_stamped_later(site: Site, tsa: Tsa) -> None:
    home = settle(site, tsa, "/")
    tsa.down = True
    try:
        assert {row.state for row in run(home)} == {"pending"}
    finally:
        tsa.down = False
    assert {row.state for row in run(home)} == {"done"}
    assert run(home) == []


def test_a_new_head_is_due_only_when_something_was_written(site: Site, tsa: Tsa) -> None:
    home = settle(site, tsa, "/")
    run(home)
    with Journal.open(home.journal) as journal, Archive.open(home.archive, journal, SOFTWARE) as archive:
        archive.seal(visits()[0]).result()
    assert [row.kind for row in run(home)] == ["journal", "segment"]
    assert faults(home) == []


def test_ten_minutes_make_it_late(site: Site, tsa: Tsa, monkeypatch: pytest.MonkeyPatch) -> None:
    home = settle(site, tsa, "/")
    monkeypatch.setattr(of_home, "LATE", timedelta(days=-1))
    assert {row.state for row in run(home)} == {"late"}
    monkeypatch.undo()
    assert any("state 与时间戳不符" in fault for fault in faults(home))  # the state follows from the times


def test_a_hanging_authority_holds_the_run_no_longer_than_told(site: Site, tsa: Tsa) -> None:
    home = settle(site, tsa, "/hang", "/")
    rows = run(home, patience=0.8)
    assert {(row.authority, row.state) for row in rows} == {("a", "pending"), ("b", "done")}


def forged(
    change: Callable[[dict[str, object]], object], event: str = "stamp", having: str = ""
) -> Callable[[Home], None]:
    """The first line of ``event`` (with a word ``having``) changed, and the whole chain behind it made anew."""

    def tamper(home: Home) -> None:
        prev, out, changed = chain.ZERO, [], False
        for line in list(Journal.read(home.journal)):
            data = dict(line.data)
            if line.event == event and not changed and (not having or having in data):
                change(data)
                changed = True
            raw, prev = chain.compose(seq=line.seq, prev=prev, time=line.time, event=line.event, data=data)
            out.append(raw + b"\n")
        home.journal.write_bytes(b"".join(out))

    return tamper


def kept(home: Home, part: str, place: int = 0) -> Path:
    return home.stamps / str(of_home.lines(home.journal)[place][part])


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def swapped(home: Home) -> None:
    first, second = kept(home, "token"), kept(home, "token", 1)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def others_token(home: Home) -> None:
    """The line and its file made to fit each other: a token over something else."""
    other = of_home.lines(home.journal)[1]
    forged(lambda data: data.update({name: other[name] for name in ("token", "query", "chain")}))(home)


def regrown(home: Home) -> None:
    """Lines added and the whole chain re-dated behind the stamped head."""
    forged(lambda data: data.update(subjects=["http://other.example/"]), "crawl_began")(home)


TAMPERINGS: dict[str, tuple[Callable[[Home], object], str]] = {
    "token gone": (lambda home: kept(home, "token").unlink(), "缺少或者读不出来"),
    "token edited": (lambda home: flip(kept(home, "token"), 900), "与文件名（SHA-256）不符"),
    "query gone": (lambda home: kept(home, "query").unlink(), "缺少或者读不出来"),
    "chain edited": (lambda home: flip(kept(home, "chain"), 90), "与文件名（SHA-256）不符"),
    "tokens swapped": (swapped, "与文件名（SHA-256）不符"),
    "line names a token over something else": (others_token, "别的数据"),
    "file added": (lambda home: (home.stamps / "note").write_bytes(b""), "stamps/note：没有日志"),
    "state edited": (forged(lambda data: data.update(state="late")), "state 与时间戳不符"),
    "time edited": (forged(lambda data: data.update(gen_time="2026-01-01T00:00:00.000Z")), "gen_time 与时间戳不符"),
    "root edited": (forged(lambda data: data.update(root="0" * 64)), "不是设置里信任的根证书"),
    "digest edited": (forged(lambda data: data.update(digest="0" * 64)), "盖的不是"),
    "line without its facts": (forged(lambda data: data.pop("service")), "时间戳行读不出来"),
    "file name that leads elsewhere": (forged(lambda data: data.update(token="../journal.jsonl")), "文件名不是 SHA-256"),
    "kind nobody knows": (forged(lambda data: data.update(service="odd")), "不认识的时间戳种类"),
    "line re-dated and the chain made anew": (regrown, "现在的哈希"),
    "segment changed behind its stamp": (
        lambda home: [flip(path, 300) for path in home.archive.glob("*.gz")], "现在的内容"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(stamped: Home, name: str) -> None:
    assert faults(stamped) == []
    tamper, expected = TAMPERINGS[name]
    tamper(stamped)
    assert any(expected in fault for fault in faults(stamped)), faults(stamped)


def test_the_journals_end_cut_off_behind_a_stamp_is_missed(stamped: Home) -> None:
    """The cut itself leaves no trace; the stamps of the lost lines do."""
    rows = stamped.journal.read_bytes().splitlines(keepends=True)
    stamped.journal.write_bytes(b"".join(rows[:-3]))
    assert any("没有日志" in fault for fault in faults(stamped))


STAMPER = """
import sys
from tests.evidence.stamp.test_of_home import *
home = Home(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    with Journal.open(home.journal) as journal:
        journal.append("judgement", {}).result()
        stamp(home, journal, authorities(home))
"""


@pytest.mark.kill
def test_killed_while_stamping(site: Site, tsa: Tsa) -> None:
    """Whatever a kill leaves, the next run puts right, and every stamp with a line holds."""
    home = settle(site, tsa, "/")
    for number in range(2):
        assert killed(STAMPER, str(home.root), after=0.11 + 0.09 * number)
        run(home)
        assert faults(home) == []
    assert json.loads(home.config_file.read_text())["stamp_authorities"][0]["name"] == "a"
    assert len(of_home.lines(home.journal)) >= 2
    assert list(Journal.read(home.journal))[-1].time > WHEN
