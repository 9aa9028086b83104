"""What counts as a credential, by the name it goes under; and which values are telling enough to be known anywhere.

Owns: the names (of headers, parameters, form fields, JSON keys) and the two tests on values. Leaves to others: where
names and values stand in a text (``spots``), replacing them (``scrub``).

Names decide, not looks: a registration number or a social credit code looks like a token to any guesser, and must
never be lost. So does ``code``, which is a login code in what a shop's client sends, but a result code, a product
code or a class code in what the server answers.
"""

from __future__ import annotations

import re
from functools import lru_cache

MARK = "[scrubbed]"

_PARTS = (
    "token", "passw", "secret", "session", "openid", "unionid", "authoriz", "csrf", "xsrf", "apikey",
    "accesskey", "privatekey", "sessid", "jscode", "authcode", "smscode", "verifycode", "verificationcode", "logincode",
    "captchacode", "authkey", "sessionkey", "ticketid",
)  # fmt: skip
_WHOLE = frozenset({
    "auth", "xauth", "sid", "pwd", "pass", "passcode", "jwt", "otp", "ticket", "jsapiticket", "cookie", "cookies",
    "setcookie", "setcookie2", "encrypteddata",
})  # fmt: skip
_SENT_ONLY = frozenset({"code", "iv", "signature", "sign"})  # in what the client sends
_NOT = frozenset({"wwwauthenticate", "proxyauthenticate"})  # a challenge, not an answer to one
_SIGNS = re.compile(r"[^0-9a-z]+")
_CJK = re.compile(r"[⺀-鿿豈-﫿＀-￯]")
_OPAQUE = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[\x21-\x7e]{16,4096}")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")  # 统一社会信用代码, the unified social credit code of a company


def named(name: str, *, sent: bool) -> bool:
    """Whether what goes under ``name`` is a credential; ``sent``: in what the client sent."""
    return _named(name[:200], sent)


@lru_cache(maxsize=8192)  # a recording asks for the same few names a hundred thousand times
def _named(name: str, sent: bool) -> bool:
    key = _SIGNS.sub("", name.casefold())
    if key in _NOT:
        return False
    return key in _WHOLE or (sent and key in _SENT_ONLY) or any(part in key for part in _PARTS)


def answered_code(name: str, value: str) -> bool:
    """Whether an answer's ``code`` is a login code after all: long, opaque, and no company's code."""
    return name.casefold() == "code" and _OPAQUE.fullmatch(value) is not None and not _USCC.fullmatch(value)


def worded(value: str) -> bool:
    """Whether a value under a credential's name is words for people (``"password": "请输入密码"``), no credential."""
    return _CJK.search(value) is not None


def telling(value: str) -> bool:
    """Whether a credential is so much its own that it may be replaced wherever else it stands.

    Short or plain values (``guest``, ``123456``, ``undefined``) are replaced in their own place only: elsewhere they
    may be anything.
    """
    if not 8 <= len(value) <= 8192 or not value.isascii() or not value.isprintable() or " " in value or value == MARK:
        return False
    if value.isdigit():
        return len(value) >= 20
    return any(c.isdigit() for c in value) or len(value) >= 16


def opaque(value: str) -> bool:
    """Whether the value of a cookie, of which most are no secrets, is telling: long, letters and digits."""
    return telling(value) and _OPAQUE.fullmatch(value) is not None and not _USCC.fullmatch(value)
