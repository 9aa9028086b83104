"""Stamps on packages: there from the beginning, or put on later; OpenSSL is the judge of each, every tampering is named."""

from __future__ import annotations

import io
import json
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import InputError
from scanner.evidence import digest
from scanner.evidence.archive.sealing import Archive
from scanner.evidence.checking.verify import verify
from scanner.evidence.journal.file import Journal
from scanner.evidence.package import zipped as canonical
from scanner.evidence.package.build import build
from scanner.evidence.signing.keys import Keys
from scanner.evidence.stamp import of_package
from scanner.evidence.stamp.in_seals import KEY, expected_of
from scanner.evidence.stamp.of_home import Stamped
from scanner.evidence.stamp.of_package import Stamping, complete
from scanner.evidence.stamp.services import authorities
from scanner.home import Home
from tests.evidence.authority import Tsa, make, serve
from tests.evidence.checking.test_tampering import resum
from tests.evidence.samples import DOCUMENTS, RULES, SOFTWARE, Site, case_of
from tests.evidence.stamp.test_services import home_with
from tests.killed import killed

ROOT = Path(__file__).resolve().parents[3]
Tamper = Callable[[Path], object]


def faults(path: Path, *, strict: bool = False) -> list[str]:
    return [f"{check.name}：{check.detail}" for check in verify(path, strict) if not check.ok]


def settle(site: Site, tsa: Tsa, *paths: str) -> Home:
    return home_with(site.root, [tsa], [tsa.settings("abc"[n], path, timeout=5) for n, path in enumerate(paths)])


def pack(home: Home, site: Site, out: Path, *, zip: bool = False) -> tuple[Path, list[Stamped]]:
    """A package with the stamps that the home's authorities give."""
    stamping = Stamping(authorities(home))
    with Journal.open(home.journal) as journal, Archive.open(home.archive, journal, SOFTWARE) as archive:
        path = build(
            case_of(site.captures), report=b"<p>", documents=DOCUMENTS, archive=archive, journal=journal,
            keys=Keys.open(home.keys), rules=RULES, environment=site.environment | {KEY: expected_of(stamping.among)}, out=out, zip=zip, stamping=stamping,
        )  # fmt: skip
        return path, stamping.record(home, journal, path.name.removesuffix(".zip"))


def finish(home: Home, path: Path) -> list[Stamped]:
    with Journal.open(home.journal) as journal:
        return complete(home, journal, path, authorities(home))


@pytest.fixture(scope="module")
def two(sealed: Site, tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two packages, stamped by a and pending at b. Do not write here: copy with ``fresh``."""
    root = tmp_path_factory.mktemp("two")
    shutil.copytree(sealed.root, root / "home")
    site = Site(root=root / "home", captures=sealed.captures)
    home = settle(site, tsa, "/", "/broken")
    return pack(home, site, root / "out")[0], pack(home, site, root / "other")[0]


@pytest.fixture
def fresh(two: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(two[0], tmp_path / two[0].name))


def test_openssl_agrees_by_the_commands_of_the_guide(two: tuple[Path, Path]) -> None:
    told = (two[0] / "VERIFY.txt").read_text(encoding="utf-8")
    commands = [line.split() for line in told.splitlines() if "openssl ts -verify" in line]
    assert [words[words.index("-in") + 1] for words in commands] == ["seals/a.tsr", "seals/b.tsr"]
    done = subprocess.run(commands[0], cwd=two[0], capture_output=True, check=False)
    assert b"Verification: OK" in done.stdout
    assert subprocess.run(commands[1], cwd=two[0], capture_output=True, check=False).returncode != 0
    other = subprocess.run(commands[0], cwd=two[1], capture_output=True, check=False)
    assert b"Verification: OK" in other.stdout


def test_what_is_done_and_what_is_pending_is_said(two: tuple[Path, Path]) -> None:
    assert faults(two[0]) == []
    (said,) = [check.detail for check in verify(two[0]) if check.name == "seals"]
    assert said.startswith("签名：已完成；时间戳 a：20")
    assert said.endswith("待办（尚未加盖 b 的时间戳）")
    assert faults(two[0], strict=True) == ["seals：尚未加盖 b 的时间戳"]
    rows = json.loads((two[0] / "manifest.json").read_bytes())["seals"]
    assert [(row["kind"], row["state"], row.get("token", "")) for row in rows] == [
        ("signature", "done", ""), ("rfc3161", "pending", "seals/a.tsr"), ("rfc3161", "pending", "seals/b.tsr"),
    ]  # fmt: skip


@pytest.mark.parametrize("zip", [False, True], ids=["folder", "zip"])
def test_pending_ones_are_put_on_later(site: Site, tsa: Tsa, tmp_path: Path, zip: bool) -> None:
    home = settle(site, tsa, "/", "/broken")
    path, rows = pack(home, site, tmp_path / "out", zip=zip)
    assert [(row.authority, row.state) for row in rows] == [("a", "done"), ("b", "pending")]
    assert [(row.authority, row.state) for row in finish(home, path)] == [("b", "pending")]
    settle(site, tsa, "/", "/")
    before = digest.sha256((path / "SHA256SUMS").read_bytes()) if not zip else ""
    assert [(row.authority, row.state) for row in finish(home, path)] == [("b", "done")]
    assert faults(path, strict=True) == []
    assert finish(home, path) == []
    assert zip or digest.sha256((path / "SHA256SUMS").read_bytes()) == before
    assert [p.name for p in (tmp_path / "out").iterdir()] == [path.name]
    told = [
        (line.data["authority"], line.data["state"]) for line in Journal.read(home.journal) if line.event == "stamp"
    ]
    assert told == [("a", "done"), ("b", "pending"), ("b", "pending"), ("b", "done")]


def test_what_does_not_verify_gets_no_stamp(site: Site, tsa: Tsa, tmp_path: Path) -> None:
    home = settle(site, tsa, "/broken")
    path, _ = pack(home, site, tmp_path)
    settle(site, tsa, "/")
    (path / "report.html").write_bytes(b"<p>other")
    with pytest.raises(InputError, match="没有通过核验"):
        finish(home, path)
    assert sorted(p.name for p in (path / "seals").iterdir()) == [
        "SHA256SUMS.ed25519", "installation.pub", "stamps.json",
    ]  # fmt: skip


def test_an_authority_no_longer_in_the_settings_is_said(site: Site, tsa: Tsa, tmp_path: Path) -> None:
    home = settle(site, tsa, "/", "/broken")
    path, _ = pack(home, site, tmp_path)
    settle(site, tsa, "/")
    assert [(row.authority, row.why) for row in finish(home, path)] == [("b", "设置里已经没有这个时间戳服务")]


def test_a_root_that_came_later_is_not_the_packages(site: Site, tsa: Tsa, tmp_path: Path) -> None:
    """The package itself says whom it trusts."""
    home = settle(site, tsa, "/broken")
    path, _ = pack(home, site, tmp_path / "out")
    with serve(make(tmp_path / "new")) as new:
        home_with(site.root, [new], [new.settings("a")])
        (row,) = finish(home, path)
    assert "不是设置里信任的根证书" in row.why
    assert faults(path) == []


# --- tamperings ---------------------------------------------------------------------------------------------------


def seal(folder: Path, name: str, data: bytes) -> None:
    """Put a file into ``seals/`` and make ``stamps.json`` fit it, as an informed forger would."""
    (folder / "seals" / name).write_bytes(data)
    path = folder / "seals/stamps.json"
    value = json.loads(path.read_bytes())
    part = {"tsq": "query", "tsr": "token", "pem": "chain"}[name.rpartition(".")[2]]
    value["stamps"][0][part] = digest.sha256(data)
    path.write_bytes(digest.pages(value))


def restate(change: Callable[[list[dict[str, object]]], object]) -> Tamper:
    def tamper(folder: Path) -> None:
        path = folder / "seals/stamps.json"
        value = json.loads(path.read_bytes())
        change(value["stamps"])
        path.write_bytes(digest.pages(value))

    return tamper


def of_another_package(folder: Path, other: Path) -> None:
    for name in ("a.tsq", "a.tsr", "a.pem", "stamps.json"):
        shutil.copy(other / "seals" / name, folder / "seals" / name)


def by(tsa: Tsa, folder: Path, imprint: bytes | None = None) -> None:
    """A real stamp of another authority in place of the one there, everything that lies in ``seals/`` made to fit."""
    from scanner.evidence.stamp import tokens

    wanted = imprint or bytes.fromhex(digest.sha256((folder / "SHA256SUMS").read_bytes()))
    asked = tokens.query(wanted)
    seal(folder, "a.tsq", asked)
    seal(folder, "a.tsr", tsa.reply(asked))
    seal(folder, "a.pem", (tsa.folder / "tsa.pem").read_bytes() + (tsa.folder / "chain.pem").read_bytes())


def new_nonce(folder: Path) -> None:
    from scanner.evidence.stamp import tokens

    seal(folder, "a.tsq", tokens.query(bytes.fromhex(digest.sha256((folder / "SHA256SUMS").read_bytes()))))


def expect_other(folder: Path) -> None:
    """The roots a package trusts edited, with manifest and sums made anew."""
    path = folder / "environment.json"
    value = json.loads(path.read_bytes())
    value["stamps"][0]["roots"] = ["0" * 64]
    path.write_bytes(digest.pages(value))
    resum(folder)


TAMPERINGS: dict[str, tuple[Tamper, str]] = {
    "token removed though named done": (lambda f: (f / "seals/a.tsr").unlink(), "seals/a.tsr：缺少（seals/stamps.json 写明已完成）"),
    "query removed": (lambda f: (f / "seals/a.tsq").unlink(), "seals/a.tsq：缺少"),
    "chain removed": (lambda f: (f / "seals/a.pem").unlink(), "seals/a.pem：缺少"),
    "state removed": (lambda f: (f / "seals/stamps.json").unlink(), "seals/stamps.json：缺少"),
    "all of the stamp removed": (lambda f: [(f / f"seals/a.{x}").unlink() for x in ("tsq", "tsr", "pem")], "写明已完成"),
    "named pending though there": (restate(lambda rows: rows.__setitem__(0, {"authority": "a", "state": "pending"})), "没有写明已完成"),
    "named done though pending": (restate(lambda rows: rows[1].update(state="done")), "seals/b.tsr：缺少"),
    "authority dropped from the state": (restate(lambda rows: rows.pop(1)), "没有写明 b 的时间戳"),
    "authority added to the state": (restate(lambda rows: rows.append({"authority": "c", "state": "pending"})), "与 seals/ 里的时间戳不符"),
    "time edited in the state": (restate(lambda rows: rows[0].update(gen_time="2025-01-01T00:00:00.000Z")), "a 的 gen_time 与时间戳不符"),
    "called late": (restate(lambda rows: rows[0].update(state="late")), "a 的 state 与时间戳不符"),
    "state is a list": (lambda f: (f / "seals/stamps.json").write_bytes(b"[]\n"), "不是规定的格式"),
    "state is no JSON": (lambda f: (f / "seals/stamps.json").write_bytes(b"{"), "不是有效的 JSON"),
    "token is rubbish": (lambda f: seal(f, "a.tsr", b"rubbish"), "不是可以读取的时间戳应答"),
    "token is huge": (lambda f: seal(f, "a.tsr", bytes(2_000_000)), "文件过大"),
    "query with another nonce": (new_nonce, "nonce"),
    "chain with more in it": (lambda f: seal(f, "a.pem", (f / "seals/a.pem").read_bytes() * 2), "不是这枚时间戳的证书链"),
    "chain is rubbish": (lambda f: seal(f, "a.pem", b"x"), "证书读不出来"),
    "trusted root edited, all sums made anew": (expect_other, "environment.json：与日志锚定行所记不符"),
    "sums made anew under the stamp": (
        lambda f: [(f / "report.html").write_bytes(b"<p>x"), resum(f)], "seals/a.tsr：时间戳请求的是别的数据"),
    "draft left behind": (lambda f: (f / "seals/b.tsr.part").write_bytes(b""), "b.tsr.part：清单没有提到"),
    "stamp of an authority that nobody expects": (lambda f: (f / "seals/c.tsr").write_bytes(b""), "c.tsr：清单没有提到"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(fresh: Path, name: str) -> None:
    assert faults(fresh) == []
    tamper, expected = TAMPERINGS[name]
    tamper(fresh)
    assert any(expected in fault for fault in faults(fresh)), faults(fresh)


def test_stamps_of_others_are_named(fresh: Path, two: tuple[Path, Path], tsa: Tsa, own: Tsa, tmp_path: Path) -> None:
    """Real stamps, each sound in itself: another package's, an unknown root's, a self-signed one's, over other data."""
    whole = tmp_path / "whole"
    shutil.copytree(fresh, whole)

    def after(change: Tamper) -> str:
        shutil.rmtree(fresh)
        shutil.copytree(whole, fresh)
        assert faults(fresh) == []
        change(fresh)
        return "\n".join(faults(fresh))

    assert "别的数据" in after(lambda folder: of_another_package(folder, two[1]))
    assert "不是设置里信任的根证书" in after(lambda folder: by(make(tmp_path / "unknown"), folder))
    assert "自签" in after(lambda folder: by(own, folder))
    assert "别的数据" in after(lambda folder: by(tsa, folder, bytes(32)))
    assert "seals/stamps.json：a 的" in after(
        lambda folder: by(tsa, folder)
    )  # a second true one, the state not made to fit
    assert after(lambda folder: None) == ""


@pytest.mark.slow
def test_any_flipped_byte_in_seals_is_named(fresh: Path) -> None:
    chance = random.Random(20261128)
    for path in sorted((fresh / "seals").iterdir()):
        whole = path.read_bytes()
        for at in chance.sample(range(len(whole)), min(12, len(whole))):
            data = bytearray(whole)
            data[at] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            assert any(path.name in fault for fault in faults(fresh)), (path.name, at)
        path.write_bytes(whole)
    assert faults(fresh) == []


def test_stamps_in_a_zip_are_held_as_strictly(site: Site, tsa: Tsa, tmp_path: Path) -> None:
    path, _ = pack(settle(site, tsa, "/"), site, tmp_path / "out", zip=True)
    assert faults(path, strict=True) == []
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    gone = next(name for name in files if name.endswith("a.tsr"))
    out = io.BytesIO()
    del files[gone]
    canonical.write(out, list(files), lambda name: io.BytesIO(files[name]))
    path.write_bytes(out.getvalue())
    assert any("a.tsr：缺少" in fault for fault in faults(path))


FINISHER = """
import sys
from tests.evidence.stamp.test_of_package import *
home, path = Home(Path(sys.argv[1])), Path(sys.argv[2])
print("ready", flush=True)
finish(home, path)
"""


@pytest.mark.kill
@pytest.mark.parametrize("zip", [False, True], ids=["folder", "zip"])
def test_killed_while_putting_them_on(site: Site, tsa: Tsa, tmp_path: Path, zip: bool) -> None:
    """Killed at some moment, the package is pending, finished or named as cut short; a zip is never cut short."""
    home = settle(site, tsa, "/broken")
    path, _ = pack(home, site, tmp_path / "out", zip=zip)
    settle(site, tsa, "/")
    for number in range(2):
        copy = tmp_path / f"copy{number}" / path.name
        copy.parent.mkdir()
        (shutil.copy if zip else shutil.copytree)(path, copy)
        killed(FINISHER, str(home.root), str(copy), after=0.15 + 0.15 * number)
        found = faults(copy)
        assert all("seals" in fault for fault in found)
        assert not (zip and found)
        finish(home, copy)
        assert faults(copy, strict=True) == []
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]  # no draft is left


@pytest.mark.slow
def test_a_cut_short_one_is_named_and_mended(
    site: Site, tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after each of the writes in turn."""
    home = settle(site, tsa, "/broken")
    path, _ = pack(home, site, tmp_path / "out")
    settle(site, tsa, "/")
    real = of_package._put
    for stop in range(4):
        copy = Path(shutil.copytree(path, tmp_path / f"copy{stop}" / path.name))

        def cut(folder: Path, files: dict[str, bytes], stop: int = stop) -> None:
            real(folder, dict(list(files.items())[:stop]))
            raise OSError("cut")

        monkeypatch.setattr(of_package, "_put", cut)
        with pytest.raises(OSError, match="cut"):
            finish(home, copy)
        monkeypatch.setattr(of_package, "_put", real)
        assert bool(faults(copy)) == (stop > 0)
        assert [row.state for row in finish(home, copy)] == ["done"]
        assert faults(copy, strict=True) == []
