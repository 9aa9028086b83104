"""Which page a subject is, as far as duties to show things go.

Owns: telling a shop's page from a platform's front page and from the front page of a site of its own, and saying where
that cannot be told. Leaves to others: recognising sellers' pages at all (families).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from tldextract import TLDExtract

from scanner.checks.case import Case
from scanner.model import POSTS, Listing
from scanner.rulebook.tables import PLATFORM

OWN_SITE_UNKNOWN = "看不出是不是自建网站：网址是 IP 地址，或者是某个域名下面的子域名"
_FRONT = frozenset(("", "index.html", "index.htm", "index.php", "index.jsp", "index.asp", "index.aspx", "default.aspx"))
_OWN = frozenset(("", "www", "m", "wap", "mobile", "h5"))  # subdomains under which a site shows itself


class Here(StrEnum):
    """Whether a page is of the kind a duty is about."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def kinds(case: Case) -> Mapping[str, Here]:
    """What the case's page is: a ``product_page``; a ``shop_page``, and ``shop_home`` where it is the front page of a
    shop; a ``platform_page``; the front page of an ``own_site``; none of these for a public post. What is not named it is not. A platform's front page
    is no shop's; both may be the front page of an own site."""
    subject = case.subject
    if isinstance(subject, Listing):
        return {} if subject.family in POSTS else {"product_page": Here.YES}
    if subject.page != "home":
        return {"shop_page": Here.YES}
    if _path(subject.url) not in _FRONT:
        return {"shop_page": Here.YES, "shop_home": Here.YES}
    own = {"own_site": _own_site(subject.url)}
    return own | ({"platform_page": Here.YES} if _is_platform(case) else {"shop_page": Here.YES, "shop_home": Here.YES})


def _is_platform(case: Case) -> bool:
    if any(seen.number.type == "platform_filing" for seen in case.subject.numbers):
        return True
    return any(word in case.document.folded.text for word in case.rulebook.words(PLATFORM))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.strip("/").lower()
    except ValueError:  # an address as no browser takes it
        return url


def _own_site(url: str) -> Here:
    try:
        host = urlsplit(url).hostname or ""
        ip_address(host)
    except ValueError:
        parts = _suffixes()(host)
        return Here.YES if parts.suffix and parts.domain and parts.subdomain in _OWN else Here.UNKNOWN
    return Here.UNKNOWN


@cache
def _suffixes() -> TLDExtract:
    """The public suffixes that come with the package: nothing is fetched."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)
