"""A recorded exchange as bytes again: not those of the wire, and it says so.

Owns: request and response in HTTP/1.1 form, the character set of re-encoded text, and the list of what was made
differently. Leaves to others: credentials (``scrub``, before this), sealing.

A recording keeps text, not bytes: the body was unpacked and decoded. So ``Content-Encoding`` and
``Transfer-Encoding`` are left out (the body no longer has them), ``Content-Length`` is that of the body here, and
each such change is named in the notes.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scanner.intake.recorded import Headers, Recorded, digested
from scanner.model import Exchange

UNKNOWN = "address-unknown"  # the storefront of what nobody knows the address of
MAX_HEAD = 200 * 1024
_FRAMING = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}")
_BREAKS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_CHARSET = re.compile(r"charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:\-]{1,40})", re.IGNORECASE)
# Names pages use -> codecs; GB 18030 is read by everything that reads GBK and GB 2312, and holds every character.
_CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030",
    "big5": "big5", "iso-8859-1": "iso-8859-1", "latin1": "iso-8859-1", "us-ascii": "ascii", "shift_jis": "shift_jis",
    "euc-kr": "euc_kr", "euc-jp": "euc_jp", "windows-1252": "windows-1252",
}  # fmt: skip


class TooLong(Exception):
    """The head of the exchange is longer than any server sends."""


def exchange(one: Recorded) -> tuple[Exchange, tuple[tuple[str, str], ...]]:
    """The exchange rebuilt (``reconstructed``), and notes of what is not as it was on the wire. Raises TooLong."""
    body, charset, remarks = _encoded(one)
    sent_body = one.sent_body if isinstance(one.sent_body, bytes) else one.sent_body.encode("utf-8", "replace")
    received_headers = _with_charset(one, charset) if charset else one.received_headers
    sent = b""
    if one.asked:
        length = len(sent_body) if sent_body else None
        sent = _head(f"{one.method} {_target(one.url)} HTTP/1.1", _with_host(one), length)
    received = _head(f"HTTP/1.1 {one.status} {one.reason}", received_headers, len(body))
    if max(len(sent), len(received)) > MAX_HEAD:
        raise TooLong
    made = Exchange(
        url=one.url, method=one.method, started=one.started, ended=one.ended, sent=sent + sent_body,
        received=received + body, ip=one.ip, port=_port(one.url), reconstructed=True,
    )  # fmt: skip
    return made, (*one.remarks, *remarks, *_changes(one))


def storefront(url: str) -> str:
    """host[:port] of an http(s) URL, lower case, the scheme's own port left out; UNKNOWN for an address made of a digest."""
    if digested(url):
        return UNKNOWN
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    own = {"http": 80, "https": 443}[parts.scheme]
    return host if parts.port in (None, own) else f"{host}:{parts.port}"


def _encoded(one: Recorded) -> tuple[bytes, str, tuple[tuple[str, str], ...]]:
    """The body's bytes; the character set to write into the head where it is another than declared; notes."""
    if isinstance(one.body, bytes):
        return one.body, "", ()
    declared = _declared(one)
    codec = _CODECS.get(declared.lower(), "") if declared else "utf-8"
    try:
        if codec:
            return one.body.encode(codec), "", ((("body", f"text re-encoded as {codec}"),) if one.body else ())
    except UnicodeEncodeError:
        pass  # the recorder's text holds what the declared set cannot
    remark = ("body", f"text re-encoded as utf-8, declared was {declared or 'nothing'}; Content-Type changed to say so")
    return one.body.encode("utf-8", "replace"), "utf-8", (remark,)


def _declared(one: Recorded) -> str:
    """The character set by header, by the recorder's own note, by the page's ``meta``: the order readers use."""
    header = next((v for n, v in one.received_headers if n.lower() == "content-type"), "")
    assert isinstance(one.body, str)
    for text in (header, one.media_type):
        if found := _CHARSET.search(text):
            return found[1]
    if "html" in (header + one.media_type).lower() and (found := _CHARSET.search(one.body[:4096])):
        return found[1]
    return ""


def _with_charset(one: Recorded, charset: str) -> Headers:
    old = next((v for n, v in one.received_headers if n.lower() == "content-type"), "")
    # Without the header the recorder's own note of the type stands, or a page would be kept as plain text and go unread.
    kind = old.partition(";")[0].strip() or one.media_type.partition(";")[0].strip() or "text/plain"
    rest = tuple((n, v) for n, v in one.received_headers if n.lower() != "content-type")
    return (*rest, ("Content-Type", f"{kind}; charset={charset}"))


def _with_host(one: Recorded) -> Headers:
    if any(name.lower() == "host" for name, _ in one.sent_headers):
        return one.sent_headers
    return (("Host", urlsplit(one.url).netloc), *one.sent_headers)


def _head(first: str, headers: Headers, length: int | None) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers if _kept(name))]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    # A line break in a recorded value would end the head early and smuggle a body in.
    safe = (_BREAKS.sub(" ", line).strip() for line in lines)
    return "\r\n".join([*safe, "", ""]).encode("utf-8", "replace")


def _kept(name: str) -> bool:
    return name.lower() not in _FRAMING and _NAME.fullmatch(name) is not None


def _changes(one: Recorded) -> tuple[tuple[str, str], ...]:
    notes = []
    for side, headers in (("request", one.sent_headers), ("response", one.received_headers)):
        dropped = sorted({name.lower()[:60] for name, _ in headers if not _kept(name)} - {"content-length"})
        if dropped:
            notes.append((f"{side}_headers_dropped", ", ".join(dropped)))
    versions = {"request": one.sent_version, "response": one.received_version}
    notes += [(f"{side}_version", v[:20]) for side, v in versions.items() if v and v.upper() != "HTTP/1.1"]
    return tuple(notes)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
