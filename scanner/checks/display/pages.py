"""Which page a subject is, as far as duties to show things go.

Owns: telling a shop's page from a platform's front page and from the front page of a site of its own, and saying where
that cannot be told. Leaves to others: recognising sellers' pages at all (families).
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from tldextract import TLDExtract

from scanner.checks.case import Case
from scanner.model import Listing
from scanner.rulebook.tables import PLATFORM

OWN_SITE_UNKNOWN = "看不出是不是自建网站：网址是 IP 地址，或者是某个域名下面的子域名"
_FRONT = frozenset(("", "index.html", "index.htm", "index.php", "index.jsp", "index.asp", "index.aspx", "default.aspx"))
_OWN = frozenset(("", "www", "m", "wap", "mobile", "h5"))  # subdomains under which a site shows itself


class Here(StrEnum):
    """Whether a page is of the kind a duty is about."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def is_a(case: Case, page: str) -> Here:
    """Whether the case's subject is a ``product_page``, a ``shop_page`` (its front page alone: ``shop_home``), a
    ``platform_page`` or the front page of an ``own_site``. A platform's front page is no shop's; both may be the front
    page of an own site."""
    subject = case.subject
    if isinstance(subject, Listing):
        return _here(page == "product_page")
    if page == "product_page":
        return Here.NO
    front = subject.page == "home" and _path(subject.url) in _FRONT
    if page == "own_site":
        return _own_site(subject.url) if front else Here.NO
    platform = front and _is_platform(case)
    if page == "platform_page":
        return _here(platform)
    return _here(not platform and (page == "shop_page" or subject.page == "home"))


def _here(so: bool) -> Here:
    return Here.YES if so else Here.NO


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
