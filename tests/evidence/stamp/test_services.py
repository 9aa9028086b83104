"""Asking authorities: what a good one gives holds for OpenSSL too, whatever a bad one does is a reason and never a stamp."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import time
from pathlib import Path

import pytest

from scanner.errors import ConfigError, InputError
from scanner.evidence.stamp import services, tokens
from scanner.evidence.stamp.post import Reply
from scanner.evidence.stamp.services import ADAPTERS, Authority, Rfc3161, ask, ask_all, authorities
from scanner.home import Home
from tests.evidence.authority import Tsa, make, serve

DATA = b"what is stamped"
IMPRINT = hashlib.sha256(DATA).digest()


def home_with(root: Path, tsas: list[Tsa], settings: list[dict[str, object]]) -> Home:
    home = Home(root)
    home.make()
    for tsa in tsas:
        (home.keys / f"{tsa.folder.name}.pem").write_bytes(tsa.root.read_bytes())
    home.config_file.write_text(json.dumps({"stamp_authorities": settings}), encoding="utf-8")
    return home


def the_one(root: Path, tsa: Tsa, path: str = "/", **more: object) -> Authority:
    (one,) = authorities(home_with(root, [tsa], [tsa.settings("one", path, **more)]))
    return one


def openssl(folder: Path, token: bytes, chain: bytes, *words: str) -> bool:
    (folder / "r.tsr").write_bytes(token)
    (folder / "chain.pem").write_bytes(chain)
    done = subprocess.run(
        ["openssl", "ts", "-verify", *words, "-in", str(folder / "r.tsr"), "-CAfile", str(folder / "chain.pem")],
        capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode == 0 and b"Verification: OK" in done.stdout


def test_a_stamp_holds_here_and_for_openssl(tsa: Tsa, tmp_path: Path) -> None:
    answer = ask(the_one(tmp_path / "home", tsa), IMPRINT, seconds=10)
    assert answer.why == ""
    assert answer.checked is not None
    assert abs((answer.checked.gen_time - answer.asked).total_seconds()) < 30
    assert answer.checked.chain.count(b"BEGIN CERTIFICATE") == 3
    assert openssl(tmp_path, answer.token, answer.checked.chain, "-digest", IMPRINT.hex())
    (tmp_path / "q.tsq").write_bytes(answer.query)
    assert openssl(tmp_path, answer.token, answer.checked.chain, "-queryfile", str(tmp_path / "q.tsq"))
    assert not openssl(tmp_path, answer.token, answer.checked.chain, "-digest", "00" * 32)


WRONG = {
    "/html": "不是时间戳（text/html）", "/rubbish": "不是可以读取的时间戳应答", "/broken": "HTTP 500",
    "/elsewhere": "不跟随跳转", "/other": "别的数据", "/big": "过大", "/short": "不完整", "/refused": "服务没有给时间戳",
}  # fmt: skip


@pytest.mark.parametrize("path", WRONG)
def test_what_goes_wrong_is_the_reason(tsa: Tsa, tmp_path: Path, path: str) -> None:
    answer = ask(the_one(tmp_path, tsa, path), IMPRINT, seconds=10)
    assert WRONG[path] in answer.why
    assert (answer.checked, answer.token) == (None, b"")


def test_an_answer_played_again_has_another_nonce(tsa: Tsa, tmp_path: Path) -> None:
    one = the_one(tmp_path, tsa, "/replayed")
    ask(one, IMPRINT, seconds=10)
    assert "nonce" in ask(one, IMPRINT, seconds=10).why


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_nobody_holds_us_longer_than_he_may(tsa: Tsa, tmp_path: Path, path: str) -> None:
    began = time.monotonic()
    answer = ask(the_one(tmp_path, tsa, path), IMPRINT, seconds=0.5)
    assert "0.5 秒内" in answer.why or "不完整" in answer.why
    assert time.monotonic() - began < 2


def test_another_root_is_refused(tsa: Tsa, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    other.url = tsa.url
    assert "不是设置里信任的根证书" in ask(the_one(tmp_path / "home", other), IMPRINT, seconds=10).why


def test_who_certified_itself_must_be_named_so(own: Tsa, tmp_path: Path) -> None:
    assert "自签" in ask(the_one(tmp_path / "home", own), IMPRINT, seconds=10).why
    answer = ask(the_one(tmp_path / "named", own, self_signed=True), IMPRINT, seconds=10)
    assert answer.checked is not None
    assert openssl(tmp_path, answer.token, answer.checked.chain, "-digest", IMPRINT.hex())


def test_an_expired_certificate_stamps_nothing(tmp_path: Path) -> None:
    with serve(make(tmp_path / "old", days=0)) as old:
        assert "签名或者证书无效" in ask(the_one(tmp_path / "home", old), IMPRINT, seconds=10).why


def test_any_flipped_byte_of_what_is_signed_is_seen(tsa: Tsa, tmp_path: Path) -> None:
    one = the_one(tmp_path / "home", tsa)
    answer = ask(one, IMPRINT, seconds=10)
    held = tokens.certificates_of(tsa.root.read_bytes())
    start = answer.token.index(b"\x04\x20" + IMPRINT)
    for at in range(start, start + 60, 3):
        data = bytearray(answer.token)
        data[at] ^= 1
        with pytest.raises(InputError):
            tokens.check(bytes(data), answer.query, IMPRINT, certificates=held, roots=one.roots)


def test_hostile_bytes_are_a_reason(tsa: Tsa, tmp_path: Path) -> None:
    answer = ask(the_one(tmp_path, tsa), IMPRINT, seconds=10)
    token = answer.token
    pieces = [token[:n] for n in range(0, len(token), 97)]
    pieces += [token[:n] + b"\xff" * 8 + token[n + 8 :] for n in range(0, len(token), 31)]
    for data in [b"", b"0", b"\x30\x80" * 5000, *pieces]:
        try:
            tokens.check(data, answer.query, IMPRINT, certificates=[], roots=["0" * 64])
        except InputError:
            continue
        raise AssertionError(data[:40])


def test_one_that_fails_keeps_nobody_waiting(tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(
        tmp_path, [tsa],
        [tsa.settings("good"), tsa.settings("hangs", "/hang", timeout=2), tsa.settings("html", "/html"),
         {**tsa.settings("gone"), "url": "http://127.0.0.1:9/"}],
    )  # fmt: skip
    among = authorities(home)
    imprints = [hashlib.sha256(bytes([n])).digest() for n in range(3)]
    began, before = time.monotonic(), len(tsa.asked)
    found = ask_all({one.name: imprints for one in among}, among, patience=1.5)
    assert time.monotonic() - began < 2.5
    assert all(found["good", imprint].checked for imprint in imprints)
    assert all(not found[name, imprint].checked and found[name, imprint].why for name in ("hangs", "html", "gone")
               for imprint in imprints)  # fmt: skip
    assert "连接被拒绝" in found["gone", imprints[2]].why
    assert tsa.asked[before:].count("/html") == 1  # not asked again after it failed


def test_a_service_with_a_form_of_its_own_is_one_class_and_one_line(
    tsa: Tsa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrapped(Rfc3161):
        """As some services do: the RFC 3161 answer in base64 in JSON."""

        accept = "application/json"

        def answer(self, reply: Reply) -> bytes:
            try:
                return base64.b64decode(json.loads(reply.body)["token"], validate=True)
            except (ValueError, KeyError, TypeError) as error:
                raise InputError("服务的答复不是约定的 JSON") from error

    monkeypatch.setitem(ADAPTERS, "wrapped", Wrapped())
    assert ask(the_one(tmp_path / "a", tsa, "/json", kind="wrapped"), IMPRINT, seconds=10).checked is not None
    assert (
        ask(the_one(tmp_path / "b", tsa, "/html", kind="wrapped"), IMPRINT, seconds=10).why
        == "服务的答复不是约定的 JSON"
    )


def test_a_login_is_sent_and_shown_nowhere(tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(tmp_path, [tsa], [tsa.settings("one", "/login", login="tsa.login")])
    (home.keys / "tsa.login").write_text("用户:密码\n", encoding="utf-8")
    (one,) = authorities(home)
    assert ask(one, IMPRINT, seconds=10).checked is not None
    assert "密码" not in repr(one)


def test_https_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(make(tmp_path / "tsa"), https=True) as secure:
        one = the_one(tmp_path / "home", secure)
        assert one.url.startswith("https://")
        assert "HTTPS 证书" in ask(one, IMPRINT, seconds=10).why
        monkeypatch.setenv("SSL_CERT_FILE", str(secure.folder / "https.pem"))  # now the machine trusts it
        assert ask(one, IMPRINT, seconds=10).checked is not None


def test_settings_say_all_that_is_wrong(tsa: Tsa, tmp_path: Path) -> None:
    home = home_with(
        tmp_path, [tsa],
        [tsa.settings("one"), tsa.settings("one"), tsa.settings("two", kind="odd"), tsa.settings("three", roots=["no.pem"]),
         tsa.settings("four", login="no")],
    )  # fmt: skip
    with pytest.raises(ConfigError) as told:
        authorities(home)
    for words in ("one 重复", "不认识的种类 odd", "no.pem", "登录文件"):
        assert words in told.value.message
    for wrong in ({"name": "../x"}, {"url": "ftp://x/"}, {"url": "http://user:pw@x/"}, {"roots": ["../a.pem"]}, {"roots": []},
                  {"timeout": 0}):  # fmt: skip
        home.config_file.write_text(json.dumps({"stamp_authorities": [tsa.settings("one") | wrong]}), encoding="utf-8")
        with pytest.raises(ConfigError):
            authorities(home)


def test_no_authority_is_asked_nothing(tmp_path: Path) -> None:
    assert authorities(Home(tmp_path)) == ()
    assert ask_all({}, ()) == {}
    assert list(services.ADAPTERS) == ["rfc3161"]
