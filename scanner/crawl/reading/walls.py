"""How the large platforms say no in ways of their own: a hop to a login or a slider, an answer whose code says so.

Owns: these addresses, script hops and codes (JD; Taobao and Tmall, whose gateway is ``mtop`` and whose guard is ``x5sec``).
Leaves to others: walls that any shop may have (``outcome``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.crawl.reading.dotted import texts
from scanner.model import Outcome

if TYPE_CHECKING:
    from scanner.page import Page

# Where one is sent instead; the first piece that stands in the address decides.
_PLACES: tuple[tuple[str, Outcome], ...] = (
    ("/_____tmd_____/", Outcome.CAPTCHA),
    (".jd.com/privatedomain/risk_handler", Outcome.CAPTCHA),
    ("//passport.jd.com/", Outcome.LOGIN),
    ("//plogin.m.jd.com/", Outcome.LOGIN),
    ("//login.taobao.com/", Outcome.LOGIN),
    ("//login.m.taobao.com/", Outcome.LOGIN),
    ("//login.tmall.com/", Outcome.LOGIN),
    ("//www.jd.com/error", Outcome.ERROR),
    ("//error.taobao.com/", Outcome.ERROR),
    ("//error.tmall.com/", Outcome.ERROR),
)
_HOP = re.compile(
    r"""location(?:\.href)?(?:\s{0,4}=\s{0,4}|\.(?:replace|assign)\(\s{0,4})["']([^"'\s]{1,2000})["']"""
    r"""|http-equiv\s{0,4}=\s{0,4}["']?refresh["']?[^>]{0,80}?url\s{0,4}=\s{0,4}["']?([^"'\s>]{1,2000})""",
    re.IGNORECASE,
)
_HOP_WITHIN = 20_000  # characters; a page that is only a hop is short

# ``ret`` of the mtop gateway: ``["FAIL_SYS_USER_VALIDATE", "RGV587_ERROR::SM::…"]``, ``["SUCCESS::…"]``.
_RET: tuple[tuple[str, Outcome], ...] = (
    ("FAIL_SYS_USER_VALIDATE", Outcome.CAPTCHA),
    ("RGV587_ERROR", Outcome.CAPTCHA),
    ("SESSION_EXPIRED", Outcome.LOGIN),
    ("NEED_LOGIN", Outcome.LOGIN),
    ("LIMIT", Outcome.BLOCKED),
    ("ILLEGAL_ACCESS", Outcome.BLOCKED),
    ("FAIL_", Outcome.ERROR),
)


def place(page: Page) -> Outcome | None:
    """What the page's own address says: one asked for a product and stands before a login or a slider."""
    parts = urlsplit(page.url)
    return _of(f"//{parts.netloc.lower()}{parts.path}")


def hop(page: Page) -> Outcome | None:
    """Where a page that shows nothing sends its visitor by script or ``refresh``."""
    match = _HOP.search(page.text, 0, _HOP_WITHIN)
    if match is None:
        return None
    target = (match[1] or match[2]).replace("\\/", "/")
    return _of(target.partition("?")[0])


def answer(value: Any) -> Outcome | None:
    """What a JSON answer with HTTP 200 says, where it is one of the platforms' refusals."""
    if not isinstance(value, dict):
        return None
    if "rgv587_flag" in value or value.get("error") == "pdos_captcha":
        return Outcome.CAPTCHA
    said = [*texts(value, "ret[]"), *texts(value, "ret")]
    codes = [one.upper() for one in said if "_" in one[:40] and not one.startswith("SUCCESS")]
    return next((became for mark, became in _RET if any(mark in code for code in codes)), None)


def _of(address: str) -> Outcome | None:
    return next((became for piece, became in _PLACES if piece in address), None)
