"""What became of a captured page, before any family reads it.

Owns: recognising, on any shop, a page that is not what was asked for: not HTML, a wall (login, slider, firewall), a
shell that only scripts fill, an error that says 200. A page of that kind is never read, never a finding and never
"clean". Leaves to others: what a readable page says (families); errors below HTTP (``storefront``).

Walls are told by few words on a nearly empty page, so that a shop's page which merely mentions them is read: a login
box in a corner, a captcha script in a comment form, "log in for a better price".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scanner.crawl.reading import profile as profiles
from scanner.crawl.reading import walls
from scanner.crawl.reading.dotted import texts
from scanner.model import Outcome
from scanner.page import query, spoken

if TYPE_CHECKING:
    from scanner.page import Page

FEW = 800  # characters of visible text on a page that is only a wall
BARE = 80  # and on one that shows nothing
MANY_ELEMENTS = 300  # closing tags; a wall or a shell has fewer, and need not be told from a page that has more

_READABLE = frozenset(("text/html", "application/xhtml+xml", "text/xml", "application/xml"))
_BY_STATUS = {
    401: Outcome.LOGIN,
    403: Outcome.BLOCKED,
    405: Outcome.BLOCKED,
    429: Outcome.BLOCKED,
    451: Outcome.BLOCKED,
}

# 滑块 slider, 拖动 drag, 安全验证 security check, 人机 human or machine, 验证码 code, 访问过于频繁 too many visits
_CAPTCHA = re.compile(
    r"滑块|拖动|滑动验证|安全验证|京东验证|人机验证|完成验证|请输入验证码|图形验证码|访问过于频繁|访问太频繁|captcha"
    r"|verify you are (?:a )?human|unusual traffic|just a moment",
    re.IGNORECASE,
)
_CAPTCHA_SOURCE = re.compile(
    r"nc_1_wrapper|nc-container|geetest|tcaptcha|_cf_chl|cf-challenge|g-recaptcha|x5sec", re.IGNORECASE
)
# 拦截 intercepted, 拒绝 refused, 受限 restricted, 威胁 threat, 防火墙 firewall
_WAF = re.compile(
    r"访问(?:已)?被(?:拦截|阻断|拒绝|禁止)|请求(?:已)?被(?:拦截|阻断|拒绝)|拒绝访问|访问受限|禁止访问|存在威胁|防火墙"
    r"|access denied|request blocked|request rejected|forbidden",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"登录|登入|log ?in|sign ?in", re.IGNORECASE)
_LOGIN_FIRST = re.compile(
    r"请先登[录入]|请登[录入]后|登[录入]后(?:才|可|即|查看|购买|浏览)|登[录入](?:状态)?(?:已)?(?:失效|过期)|您?[未没](?:有)?登[录入]|需要登[录入]"
    r"|please (?:log|sign) ?in",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(r"/(?:[a-z]{0,12}[-_]?)?(?:login|signin|sign-in|passport)\b", re.IGNORECASE)
# 不存在 does not exist, 已下架 taken off sale, 找不到 cannot be found
_GONE = re.compile(
    r"(?:页面|商品|宝贝|网页|内容)(?:找不到|不存在|已删除|已失效|不见了|丢失)|(?:商品|宝贝)(?:已经?)?(?:下架|失效|被删除)"
    r"|找不到(?:该|您|你|这个)?(?:页面|商品|网页)|404 not found|page not found",
    re.IGNORECASE,
)
_SHELL = re.compile(
    r"""<div[^<>]{0,200}\bid\s?=\s?["']?(?:app|root|__next|__nuxt|container)["']?[^<>]{0,200}>\s{0,200}</div>"""
)
# Names under which pages bring their data along for their own scripts: such a page shows nothing and says all.
_STATES = ("g_page_config", "_DATA_Detail", "TShop.Setup")
_JSON_BEGINS = ('{"', '[{"')
_PASSWORD = query.truth("boolean(//input[translate(@type, 'PASWORD', 'pasword') = 'password'])")
_HEADING = query.text("string((//h1 | //h2)[1])")


def outcome(page: Page) -> Outcome | None:
    """Why the page cannot be read; None when it can."""
    if owner := profiles.of_page(page):
        said = owner.verdict(page)
        return _status(page) or (None if said == "success" else Outcome(said))
    if page.json is not None:
        return _status(page) or walls.answer(page.json) or _unknown_json(page)
    if (sent := walls.place(page)) is not None:
        return sent
    if page.text[:64].lstrip().startswith(_JSON_BEGINS):  # and yet no JSON: cut short or damaged
        return _status(page) or Outcome.ERROR
    if page.media_type in spoken.TYPES:
        return _status(page) or (None if page.body.strip() else Outcome.EMPTY)
    if page.media_type not in _READABLE:
        return _status(page) or (Outcome.NOT_HTML if page.body else Outcome.EMPTY)
    if page.status >= 400 or page.status < 200:
        # A wall often comes with an error status; its own words say more.
        return _wall(page) or _status(page)
    if page.tree is None:
        return Outcome.EMPTY
    return _wall(page) or _login(page) or _empty(page) or _gone(page)


def says_gone(page: Page) -> bool:
    """Whether a page that cannot be read says in its own words that the goods were taken off sale or that there are none."""
    if page.json is not None:
        return len(page.text) < FEW and _GONE.search(page.text) is not None
    return page.tree is not None and _gone(page) is not None


def _status(page: Page) -> Outcome | None:
    if 200 <= page.status < 300:
        return None
    if 300 <= page.status < 400:
        return Outcome.EMPTY  # a redirect's own page says nothing
    return _BY_STATUS.get(page.status, Outcome.ERROR)


def _unknown_json(page: Page) -> Outcome | None:
    """An answer of a back end without a profile: only a plain "log in first" is understood."""
    answer = page.json if isinstance(page.json, dict) else {}
    said = (t for key in ("msg", "message", "errmsg", "error", "errorMsg") for t in texts(answer, key))
    return Outcome.LOGIN if not answer.get("data") and any(_LOGIN_FIRST.search(t[:200]) for t in said) else None


def _nearly_empty(page: Page, limit: int) -> bool:
    return page.closings < MANY_ELEMENTS and len(page.visible_text) < limit


def _wall(page: Page) -> Outcome | None:
    said = f"{page.title}\n"
    if _nearly_empty(page, BARE) and (sent := walls.hop(page)) is not None:
        return sent
    if _nearly_empty(page, FEW):
        said += page.visible_text
        if _CAPTCHA.search(said) or _CAPTCHA_SOURCE.search(page.text):
            return Outcome.CAPTCHA
        if _WAF.search(said):
            return Outcome.BLOCKED
    return None


def _login(page: Page) -> Outcome | None:
    """A login page in place of what was asked: it asks for a password and calls itself so, or says "log in first"
    and nothing else."""
    assert page.tree is not None
    if _LOGIN_FIRST.search(page.title) or (_nearly_empty(page, BARE * 3) and _LOGIN_FIRST.search(page.visible_text)):
        return Outcome.LOGIN
    if not page.mentions("password") or not _PASSWORD(page.tree):
        return None
    calls_itself = _LOGIN.search(page.title) or _LOGIN.search(_HEADING(page.tree)[:100])
    if _LOGIN_PATH.search(urlsplit(page.url).path) or (calls_itself and not any(c.price for c in page.cards)):
        return Outcome.LOGIN
    return None


def _empty(page: Page) -> Outcome | None:
    """A shell that only scripts fill: next to no text, no heading, no structured data; or no text and no picture."""
    if not _nearly_empty(page, BARE * 4):
        return None
    assert page.tree is not None
    if "<script" not in page.text and "<SCRIPT" not in page.text:
        return None if page.visible_text or page.images else Outcome.EMPTY
    if "ld+json" in page.text or _HEADING(page.tree).strip() or any(name in page.text for name in _STATES):
        return None
    return Outcome.EMPTY if len(page.visible_text) < BARE or _SHELL.search(page.text[:200_000]) else None


def _gone(page: Page) -> Outcome | None:
    if _GONE.search(page.title):
        return Outcome.ERROR
    if page.closings < MANY_ELEMENTS and _GONE.search(page.text):
        main = "\n".join(page.prose())
        if len(main) < 200 and _GONE.search(main):
            return Outcome.ERROR
    return None
