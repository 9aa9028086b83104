from __future__ import annotations

import base64
import itertools
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.intake import har, spots
from scanner.intake.credentials import MARK, named, opaque, telling
from scanner.intake.recording import Failure, Recording
from scanner.model import Visit
from tests.intake.making import SHOP, entry, written

SECRET = "Kj3n5b6v7c8x9z0A"


def cleaned(folder: Path, *entries: Any) -> tuple[Recording, list[Visit]]:
    recording = har.read(written(folder, *entries))
    return recording, [item for item in recording if isinstance(item, Visit)]


def sent(visit: Visit) -> str:
    return visit.exchanges[0].sent.decode()


def received(visit: Visit) -> str:
    return visit.exchanges[0].received.decode()


def test_headers(tmp_path: Path) -> None:
    recording, (visit,) = cleaned(
        tmp_path,
        entry(
            sent={"Authorization": f"Bearer {SECRET}", "Cookie": f"a=1; sid={SECRET}", "X-Shop-Token": "7", "Accept": "*/*"},
            received={"Set-Cookie": f"sid={SECRET}; Path=/", "WWW-Authenticate": "Basic realm=x", "Content-Type": "text/plain"},
            text="x",
        ),
    )  # fmt: skip
    assert sent(visit).split("\r\n")[2:6] == [
        "Authorization: [scrubbed]", "Cookie: [scrubbed]", "X-Shop-Token: [scrubbed]", "Accept: */*",
    ]  # fmt: skip
    assert "Set-Cookie: [scrubbed]\r\nWWW-Authenticate: Basic realm=x\r\n" in received(visit)
    assert recording.scrub.places == (
        (1, "request header Authorization"), (1, "request header Cookie"), (1, "request header X-Shop-Token"),
        (1, "response header Set-Cookie"),
    )  # fmt: skip
    assert [fact for name, fact in visit.note if name == "scrubbed"] == [place for _, place in recording.scrub.places]


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (f"{SHOP}/p?id=7&token=abc&x=1", f"{SHOP}/p?id=7&token=[scrubbed]&x=1"),
        (f"{SHOP}/p?access_token=abc", f"{SHOP}/p?access_token=[scrubbed]"),
        (f"{SHOP}/p?code=0a3xYz&state=1", f"{SHOP}/p?code=[scrubbed]&state=1"),
        (f"{SHOP}/p;jsessionid=A1?q=1", f"{SHOP}/p;jsessionid=[scrubbed]?q=1"),
        (f"{SHOP}/#openid=oX1", f"{SHOP}/#openid=[scrubbed]"),
        (f"{SHOP}/p?next=https%3A%2F%2Fa.example%2F%3Ftoken%3Dabc%26y%3D1", f"{SHOP}/p?next=https%3A%2F%2Fa.example%2F%3Ftoken%3D[scrubbed]%26y%3D1"),
        ("https://user:pass@shop.example:81/p", "https://shop.example:81/p"),
        (f"{SHOP}/p?token=&id=7", f"{SHOP}/p?token=&id=7"),
        (f"{SHOP}/p?zip_code=010000&barcode=69012345", f"{SHOP}/p?zip_code=010000&barcode=69012345"),
        (f"{SHOP}/?", f"{SHOP}/?"),
    ],
)  # fmt: skip
def test_urls(tmp_path: Path, url: str, clean: str) -> None:
    _, (visit,) = cleaned(tmp_path, entry(url))
    assert visit.url == visit.exchanges[0].url == clean


def test_json_keeps_every_other_character(tmp_path: Path) -> None:
    body = (
        '{ "data":{"token" : "a\\"b\\\\c", "n":[{"open_id":12345678,"name":"\\u6f14示"}], "session_key":null,\n'
        '"tokens":["t1",{"v":"t2"},3], "password":"", "is_token":true, "price": 1.50e2}, "code" :0 }'
    )
    assert spots.replaced(body, spots.spots(body, sent=False)) == (
        '{ "data":{"token" : "[scrubbed]", "n":[{"open_id":"[scrubbed]","name":"\\u6f14示"}], "session_key":null,\n'
        '"tokens":["[scrubbed]",{"v":"[scrubbed]"},3], "password":"", "is_token":true, "price": 1.50e2}, "code" :0 }'
    )
    assert [s.place for s in spots.spots(body, sent=False)] == [
        "$.data.token", "$.data.n.[].open_id", "$.data.tokens.[]", "$.data.tokens.[].v",
    ]  # fmt: skip


def test_json_inside_json(tmp_path: Path) -> None:
    inner = json.dumps({"token": "t1", "id": 1, "deep": json.dumps({"openid": "o1"})})
    post = {"mimeType": "application/json", "text": json.dumps({"data": inner, "id": 2})}
    _, (visit,) = cleaned(tmp_path, entry(method="POST", post=post))
    body = json.loads(sent(visit).partition("\r\n\r\n")[2])
    data = json.loads(body["data"])
    assert (body["id"], data["token"], data["id"], json.loads(data["deep"])) == (2, MARK, 1, {"openid": MARK})


@pytest.mark.parametrize(
    "code", [0, -400, 200, "0", "SUCCESS", "6821", "07-03-01", "91110108MA01ABCD2X", "演械注准20992070001"]
)
def test_an_answers_code_is_not_a_login_code(code: Any) -> None:
    body = json.dumps({"code": code, "data": {"code": code}})
    assert spots.spots(body, sent=False) == []


def test_what_a_client_sends_as_code_is_one() -> None:
    for body in ('{"code":"0a3xYz"}', '{"code":482913}', "id=1&code=0a3xYz", '{"phone_code":"x","js_code":"0a3"}'):
        assert MARK in spots.replaced(body, spots.spots(body, sent=True))


def test_labels_are_no_credentials() -> None:
    body = '{"password":"请输入密码","token_title":"令牌","session":{"goods_name":"演示口罩"}}'
    assert spots.spots(body, sent=False) == []
    assert len(spots.spots('{"password":"密码一二三"}', sent=True)) == 1


def test_forms(tmp_path: Path) -> None:
    text = urlencode({"user": "甲", "password": "p w&d", "openid": "o1", "id": "5"})
    _, (visit,) = cleaned(
        tmp_path, entry(method="POST", post={"mimeType": "application/x-www-form-urlencoded", "text": text})
    )
    assert sent(visit).endswith("\r\n\r\nuser=%E7%94%B2&password=[scrubbed]&openid=[scrubbed]&id=5")


def test_multipart_forms(tmp_path: Path) -> None:
    text = (
        '--b1\r\nContent-Disposition: form-data; name="password"\r\n\r\nsecret words\r\n'
        '--b1\r\nContent-Disposition: form-data; name="id"\r\nContent-Type: text/plain\r\n\r\n5\r\n--b1--\r\n'
    )
    post = {"mimeType": "multipart/form-data; boundary=b1", "text": text}
    _, (visit,) = cleaned(
        tmp_path, entry(method="POST", sent={"Content-Type": "multipart/form-data; boundary=b1"}, post=post)
    )
    assert sent(visit).endswith(text.replace("secret words", MARK))


@pytest.mark.parametrize(
    "markup",
    [
        '<input type="hidden" name="_csrf_token" value="{}">',
        "<input value='{}' name='token'/>",
        '<meta name="csrf-token" content="{}" />',
        "<script>window.__TOKEN__ = '{}';</script>",
        '<script>var c={{"access_token":"{}","n":1}}</script>',
        "<div data-session-id=\"{}\">",
        "<script>var s = \"{{\\\"token\\\":\\\"{}\\\"}}\"</script>",
        '<div data-x="{{&quot;openid&quot;:&quot;{}&quot;}}">',
        "callback({{token:'{}'}})",
        "<xml><Token><![CDATA[{}]]></Token><Id>1</Id></xml>",
        '<a href="/p?id=1&amp;token={}">',
        '<script>u="/p?a=1\\u0026token={}"</script>',
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["abc", SECRET])
def test_markup_and_scripts(markup: str, value: str) -> None:
    page = "<p>演示</p>" + markup.format(value) + "<p>演示血压计 token 99</p>"
    assert spots.replaced(page, spots.spots(page, sent=False)) == page.replace(value, MARK)


@pytest.mark.parametrize(
    "script",
    [
        "var token=getToken();",
        "x.token=t.token(1);",
        'fetch(u,{credentials:"same-origin"})',
        "i.withCredentials=!0",
        "token:null",
    ],
)
def test_scripts_are_left_alone(script: str) -> None:
    assert spots.spots(script, sent=False) == []


def test_web_tokens_are_known_by_their_form() -> None:
    web = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjo3fQ." + "x" * 20
    assert spots.replaced(f"<p>{web}</p>", spots.spots(f"<p>{web}</p>", sent=False)) == f"<p>{MARK}</p>"


def test_a_credential_is_replaced_wherever_else_it_stands(tmp_path: Path) -> None:
    value = "aB3/d+f=h9 x"[:-2] + "Zk81"
    page = f"<p>{value}</p><p>{quote(value, safe='')}</p>" + json.dumps(value).replace("/", "\\/")
    recording, visits = cleaned(
        tmp_path,
        entry(f"{SHOP}/u/{quote(value, safe='')}/x", text=page, mime="text/html"),
        entry(sent={"X-Api-Key": value, "Referer": f"{SHOP}/?k={quote(value, safe='')}"}),
        entry(text=base64.b64encode(b"\x89PNG\xff" + value.encode()).decode(), encoding="base64", mime="image/png"),
    )
    assert visits[0].url == f"{SHOP}/u/{MARK}/x"
    assert received(visits[0]).endswith(f'<p>{MARK}</p><p>{MARK}</p>"{MARK}"')
    assert f"Referer: {SHOP}/?k={MARK}" in sent(visits[1])
    assert visits[2].exchanges[0].received.endswith(b"\x89PNG\xff[scrubbed]")
    assert recording.scrub.places == (
        (1, "url (repeated)"), (1, "response body (repeated)"), (2, "request header X-Api-Key"),
        (2, "request header Referer (repeated)"), (3, "response body (repeated)"),
    )  # fmt: skip


def test_basic_passwords(tmp_path: Path) -> None:
    basic = base64.b64encode(b"shop:hunter2hunter2").decode()
    _, (visit,) = cleaned(
        tmp_path, entry(sent={"Authorization": f"Basic {basic}"}, text="<p>hunter2hunter2</p>", mime="text/html")
    )
    assert "hunter2" not in sent(visit) + received(visit)


def test_plain_words_are_replaced_in_their_place_only(tmp_path: Path) -> None:
    page = "<p>guest undefined 20992070001 zh_CN 91110108MA01ABCD2X</p>"
    _, visits = cleaned(
        tmp_path,
        entry(f"{SHOP}/?token=guest&openid=undefined&password=20992070001", text=page, mime="text/html"),
        entry(sent={"Cookie": "lang=zh_CN; uscc=91110108MA01ABCD2X"}),
    )
    assert visits[0].url == f"{SHOP}/?token={MARK}&openid={MARK}&password={MARK}"
    assert received(visits[0]).endswith(page)


def test_names_of_files_and_recorders_are_scrubbed_too(tmp_path: Path) -> None:
    path = written(tmp_path, entry(f"{SHOP}/?token={SECRET}"), name=f"{SECRET}.har")
    recording = har.read(path)
    (visit,) = recording
    assert isinstance(visit, Visit)
    assert recording.scrub.name == dict(visit.note)["file"] == f"{MARK}.har"


@pytest.mark.parametrize(
    "name", ["Token", "X-Access-Token", "session_key", "OPENID", "user_password", "PHPSESSID", "jwt", "sid", "apiKey"]
)
def test_names(name: str) -> None:
    assert named(name, sent=False)
    assert named(name, sent=True)


@pytest.mark.parametrize(
    "name", ["id", "name", "author", "authority", "zip_code", "errcode", "product", "message", "desc", "category"]
)
def test_other_names(name: str) -> None:
    assert not named(name, sent=True)


def test_telling_values() -> None:
    assert [telling(v) for v in ("abc12345", "undefined", "12345678", "a b c d e 1", "演示12345678", "x" * 16)] == [
        True, False, False, False, False, True,
    ]  # fmt: skip
    assert [opaque(v) for v in ("21dcd0e1-97f4-c593", "91110108MA01ABCD2X", "guangdong-province")] == [
        True,
        False,
        False,
    ]


# --- nothing remains ----------------------------------------------------------------------------------------------

ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SECRETS = st.builds(
    lambda body, tail: body + tail,
    st.text(ALPHABET + "-_./+=~", min_size=12, max_size=40),
    st.sampled_from(["a1", "Z9", "k7"]),
)
NAMES = st.sampled_from(
    ["token", "access_token", "openid", "session_id", "password", "csrfToken", "unionId", "X-Shop-Session"]
)


def nested(value: Any, depth: int) -> Any:
    for level in range(depth):
        value = {"data": value, "n": level} if level % 2 else [value, level]
    return value


@st.composite
def leaking(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A secret, and an exchange that holds it under a credential's name in one place and bare in others."""
    secret, name, depth = draw(SECRETS), draw(NAMES), draw(st.integers(0, 4))
    bare = draw(st.sampled_from([f"<p>演示{secret}</p>", quote(secret, safe=""), json.dumps([secret]), ""]))
    where = draw(
        st.sampled_from(["query", "form", "json", "answer", "string", "html", "header", "cookie", "authorization"])
    )
    changes: dict[str, Any] = {"url": f"{SHOP}/p?id=1", "text": bare, "mime": "text/html"}
    if where == "query":
        changes["url"] += "&" + urlencode({name: secret})
    elif where == "form":
        changes |= {"method": "POST", "post": {"mimeType": "x", "text": urlencode({"id": "1", name: secret})}}
    elif where == "json":
        changes |= {"method": "POST", "post": {"mimeType": "x", "text": json.dumps(nested({name: secret}, depth))}}
    elif where == "answer":
        changes |= {"text": json.dumps(nested({name: secret, "x": bare}, depth)), "mime": "application/json"}
    elif where == "string":
        changes["text"] = json.dumps({"x": json.dumps(nested({name: secret}, depth))})
    elif where == "html":
        changes["text"] = f'<input name="{name}" value="{secret}">{bare}'
    elif where == "header":
        changes["sent"] = {f"X-{name}": secret, "Referer": f"{SHOP}/?x={quote(secret, safe='')}"}
    elif where == "cookie":
        changes["received"] = {"Set-Cookie": f"{name}={secret}; Path=/", "Content-Type": "text/html"}
    else:
        changes["sent"] = {"Authorization": f"Bearer {secret}"}
    return secret, changes


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(leaking(), min_size=1, max_size=4), st.booleans())
def test_no_secret_remains_anywhere(tmp_path: Path, leaks: list[tuple[str, dict[str, Any]]], fail: bool) -> None:
    entries = [entry(**changes) for _, changes in leaks]
    if fail:
        entries.append(entry(f"{SHOP}/?x={quote(leaks[0][0], safe='')}", status=0))
    recording = har.read(written(tmp_path, *entries))
    stored: list[str] = [repr(recording.scrub)]
    for item in recording:
        if isinstance(item, Failure):
            stored.append(repr(item))
        else:
            exchange = item.exchanges[0]
            stored += [item.url, exchange.url, repr(item.note), item.storefront]
            stored += [exchange.sent.decode("latin-1"), exchange.received.decode("latin-1")]
    everything = "\0".join(stored)
    for secret, _ in leaks:
        assert secret not in everything
        assert quote(secret, safe="") not in everything
    assert {number for number, _ in recording.scrub.places} == set(range(1, len(leaks) + 1))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.booleans())
def test_any_text_is_walked_without_a_fault(text: str, sent: bool) -> None:
    found = spots.spots(text, sent=sent, multipart=True)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(0 <= s.start < s.end <= len(text) for s in found)


@pytest.mark.parametrize(
    "piece", ["eyJ", "token=", '"token":', "<input ", "&", '{"a":', 'name="x"\n', "[[", "%26token%3D", "\\"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """A million characters made to go back and forth; a quadratic pattern would take minutes."""
    text = piece * (1_000_000 // len(piece))
    began = time.perf_counter()
    spots.spots(text, sent=False, multipart=True)
    assert time.perf_counter() - began < 10
