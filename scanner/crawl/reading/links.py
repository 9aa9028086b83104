"""Where a link leads, told by its address: what a family returns, which addresses are never followed, and which
addresses are the same page.

Owns: ``Link``, ``Kind`` and ``Stated``; the canonical form of an address; what a request asks for, as one key; the shapes of product, list, seller and article
addresses of common shop systems; the addresses that change something (cart, login, order, delete) and are therefore
never asked for. Leaves to others: what the page around a link says (families), whether an address may be fetched
(``egress``).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from tldextract import TLDExtract
from w3lib.url import safe_url_string


class Kind(StrEnum):
    """What is expected behind a link: one product, a list of them (category, search, paging), who sells, or a part of
    the product whose page it is (its description, its price)."""

    PRODUCT = "product"
    LIST = "list"
    SELLER = "seller"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Link:
    """One request worth making. ``text`` is what the page called it; ``follows``: it is another page of this very list."""

    url: str
    kind: Kind
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    follows: bool = False


def key(method: str, url: str, body: bytes = b"") -> str:
    """What a request asks for, however its address is spelt: two with the same are one.

    >>> key("GET", "HTTP://Shop.Example:80/item?id=5&spm=a1.b2") == key("GET", "http://shop.example/item?id=5")
    True
    """
    said = "\0".join((method, canonical(url), body.hex()))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Stated:
    """How many products a list says it has in all. ``list`` is the same for every page of one list."""

    list: str
    total: int


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Parameters that say how one came, not what one sees; ``scene`` is a mini-program's, ``spm``/``scm`` Alibaba's.
_TRACKING = _set(
    "spm scm from ref refer referer referrer scene source src_from share share_id shareid sharer invite invite_id inviter"
    " gclid fbclid msclkid yclid bd_vid hmsr hmpl hmcu hmkw hmci pvid abtest abbucket ali_trackid clicktrackinfo"
    " track trackid tracelog traceid timestamp _t _ts rnd random phpsessid jsessionid aspsessionid"
)
# Parameters that re-order or re-cut a list without adding to it.
_VARIANTS = _set(
    "sort sortby sort_by sorttype orderby order_by order dir direction asc desc view display mode style limit per_page"
    " perpage pagesize page_size size filter filters facet facets selected_facets price_min price_max minprice maxprice"
    " price currency lang language print"
)
_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=65536)
def canonical(url: str) -> str:
    """The address without fragment and tracking; host in lower case, default port dropped, order and ids kept.

    >>> canonical("HTTP://Shop.Example:80/item?id=5&spm=a1.b2&utm_source=x#top")
    'http://shop.example/item?id=5'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    if host.endswith(f":{_PORTS.get(parts.scheme.lower())}"):
        host = host.rpartition(":")[0]
    path = re.sub(r";jsessionid=[^/?#]*", "", parts.path, flags=re.IGNORECASE) or "/"
    query = "&".join(p for p in parts.query.split("&") if p and not tracks(p.partition("=")[0].lower()))
    return urlunsplit((parts.scheme.lower(), host, path, query, ""))


# Addresses that are spelt plainly are their own key: a page shows hundreds of pictures, most of them spelt so.
_PLAIN = re.compile(r"https?://(?:[a-z0-9][a-z0-9-]{0,50}\.){1,6}[a-z]{2,20}/[A-Za-z0-9/._~-]*")


@lru_cache(maxsize=65536)
def picture_key(url: str) -> str:
    """The address of a picture under which it is looked for, however it is spelt and escaped; "" for one that is none.

    >>> picture_key("http://shop.example/图片 1.png") == picture_key("http://shop.example/%E5%9B%BE%E7%89%87%201.png")
    True
    """
    return url if _PLAIN.fullmatch(url) else spelt_plainly(url)


def spelt_plainly(url: str) -> str:
    """An address escaped and spelt in the one way that browsers and crawlers send; "" for one that is none."""
    try:
        parts = urlsplit(canonical(safe_url_string(url)))
        parts.port  # noqa: B018 raises where there is none such
    except (ValueError, UnicodeError):
        return ""
    return parts.geturl()


_PLAIN_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:-]+(?=[/?#]|\Z)")


def storefront_of(url: str) -> str:
    """The storefront of an address: ``host`` or ``host:port``, lower case, default ports left out."""
    plain = _PLAIN_ORIGIN.match(url)
    return _storefront(plain.group() if plain else url)


@lru_cache(maxsize=4096)  # the addresses of a page are of one storefront or two
def _storefront(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(parts.scheme)
    try:
        port = parts.port
    except ValueError:  # a page may write anything; no storefront has such a port
        return parts.netloc.lower()
    return host if port is None or port == default else f"{host}:{port}"


def tracks(name: str) -> bool:
    """Whether a parameter (its name in lower case) says how one came, not what one sees."""
    return name in _TRACKING or name.startswith("utm_")


# --- sites -------------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"[0-9.]+|\[[0-9a-f:.]+\]|localhost")


@cache
def _suffixes() -> TLDExtract:
    """The public suffix list that comes with the library; never the network, no cache on disk."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=4096)
def site(netloc: str) -> str:
    """What counts as one shop: the registrable name; for bare addresses and localhost the port, too.

    >>> site("item.jd.com"), site("a.b.com.cn"), site("127.0.0.1:8000")
    ('jd.com', 'b.com.cn', '127.0.0.1:8000')
    """
    whole = netloc.rpartition("@")[2].lower()
    host = whole if whole.endswith("]") else whole.partition(":")[0] if "[" not in whole else whole.rpartition(":")[0]
    if _ADDRESS.fullmatch(host):
        return whole
    # Names under no listed suffix (test domains): the last two labels, which is the list's own rule for the unknown.
    return _suffixes()(host).top_domain_under_public_suffix or ".".join(host.split(".")[-2:])


def under(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address is at one of the host names or at a name below one.

    >>> under("https://mobile.shop.example/1", ("shop.example",)), under("https://notshop.example/", ("shop.example",))
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def same_site(url: str, other: str) -> bool:
    """Whether two absolute addresses belong to one shop.

    >>> same_site("http://item.shop.example/1", "http://www.shop.example/")
    True
    """
    return site(urlsplit(url).netloc) == site(urlsplit(other).netloc)


# --- shapes ------------------------------------------------------------------------------------------------------

# Each is compared with whole words of the path, or with a routing parameter's value (``s=goods/index``, ``route=``).
_NEVER = re.compile(
    r"(?:my|user|member|account|add|del|delete|remove|edit|update|clear|do)?[-_]?(?:carts?|baskets?|checkout|check-out"
    r"|logins?|logout|log-out|sign-?in|sign-?out|sign-?up|regist(?:er|ration)|orders?|my-?account|accounts?|passport"
    r"|passwords?|password-reset|wish-?lists?|favou?r(?:ite)?s?|collect|compare|delete|remove|destroy|unsubscribe"
    r"|subscribe|pay|payment|trade|buy|buynow|settle|admin|dashboard|wp-admin|wp-login|i18n|set-?language|vote|upload"
    r"|download|comments?|reviews?|feedback|complaints?|logininfo|reginfo|usercenter|ucenter|member|user)"
    r"(?:[-_]?(?:add|create|submit|confirm|list|index|info|page|center|new))?"
)
_NEVER_HOSTS = _set("cart passport login order trade pay shoucang")  # first label: cart.jd.com
_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|svg|ico|css|js|mjs|map|woff2?|ttf|mp[34]|m3u8|avi|mov|zip|rar|7z|gz|exe|apk|ipa|pdf"
    r"|docx?|xlsx?|pptx?|xml|rss|atom)$"
)
_ARTICLE = _set(
    "news article articles blog post posts help faq notice notices announcement wiki video videos baike topic bbs forum"
    " job jobs recruit law policy privacy terms"
)
_SELLER = re.compile(
    r"about(?:-?us)?|contact(?:-?us)?|licen[cs]es?|qualifications?|zizhi|zhengzhao|certificates?|certification|credentials?"
    r"|company(?:-?info)?|aboutus|merchant(?:-?info)?|sellers?|shop-?info|store-?info|seller-?info|yyzz"
)
_LIST = _set(
    "category categories cat cats catalog catalogs list lists search searches s so collection collections channel brand"
    " brands manufacturer manufacturers tag tags class classify fenlei shop shops store stores mall all market page goods-list product-list"
    " goodslist productlist goods_list product_list c product-category"
)
_PRODUCT = _set(
    "item items product products goods detail details sku skus p dp offer commodity spu catalogue ware pd g chanpin"
    " shangpin product-detail goods-detail item-detail productdetail goodsdetail product_detail goods_detail"
    " product-page goodsinfo productinfo showproduct proinfo prodetail shop_goods"
)
_LIST_KEYS = _set(
    "cid cat cate catid cat_id cateid category categoryid category_id classid class_id brand brand_id brandid tag"
    " keyword keywords kw q query search wd"
)
_PRODUCT_KEYS = (
    "goods_id", "goodsid", "goods", "product_id", "productid", "item_id", "itemid", "sku_id", "skuid", "sku",
    "spuid", "spu_id", "num_iid", "offerid", "gid", "pid", "id",
)  # fmt: skip
_PAGE_KEYS = _set("page p pg pageno page_no pagenum pageindex page_index pn paged curpage currentpage")
_ROUTES = _set("s r m a c act action do op route mod controller method path")
_PAGED_PATH = re.compile(r"/page[/-]?(\d{1,5})/?$|[-_]p?(\d{1,4})(?=\.s?html?$)|/(\d{1,4})\.s?html?$")
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|jsp|do|action|htm)$", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9_.~-]{1,64}")
_NUMBERED_NAME = re.compile(r"([a-z][a-z_]{0,20}?)[-_]?([0-9]{1,20})((?:[-_][0-9]{1,9}){0,6})")  # goods-12, list-3-1-2


@dataclass(frozen=True, slots=True)
class Shape:
    """What an address looks like: ``never`` is never asked for; ``id`` is the product's id in it, if any; ``variant``
    is another cut of a list; ``root`` is a home page."""

    kind: Kind | None = None
    id: str = ""
    never: bool = False
    article: bool = False
    variant: bool = False
    root: bool = False


@lru_cache(maxsize=65536)  # navigation repeats on every page of a shop
def shape(url: str) -> Shape:
    """The shape of an absolute address; it decides nothing where the words are unknown (``kind`` None)."""
    parts = urlsplit(url)
    pairs = [(k.lower(), v) for k, v in parse_qsl(parts.query, keep_blank_values=True)[:40]]
    spelled = _words(unquote(parts.path)) + [w for k, v in pairs if k in _ROUTES for w in _words(v)]
    labels = parts.netloc.lower().split(".")
    if len(labels) > 2 and labels[0] in _PRODUCT:
        spelled.insert(0, labels[0])  # item.jd.com/12.html
    words, keys = [w.lower() for w in spelled], {k for k, _ in pairs}
    if _changes(words, labels):
        return Shape(never=True)
    if _FILES.search(parts.path.lower()):
        return Shape(never=True)
    variant = not keys.isdisjoint(_VARIANTS)
    if all(map(tracks, keys)) and words in ([], ["index"], ["home"], ["default"], ["main"]):
        return Shape(root=True)
    return _meant(spelled, words, dict(pairs), variant)


def changes(url: str) -> bool:
    """Whether asking for an address may change something (a cart, a login, an order), whatever kind of file it names."""
    parts = urlsplit(url)
    routes = [w for k, v in parse_qsl(parts.query)[:40] if k.lower() in _ROUTES for w in _words(v)]
    return _changes([w.lower() for w in (*_words(unquote(parts.path)), *routes)], parts.netloc.lower().split("."))


def _changes(words: list[str], labels: list[str]) -> bool:
    return any(_NEVER.fullmatch(w) for w in words) or (len(labels) > 2 and labels[0] in _NEVER_HOSTS)


def _meant(spelled: list[str], words: list[str], query: dict[str, str], variant: bool) -> Shape:
    sells = any(_SELLER.fullmatch(w) for w in words)
    if not _ARTICLE.isdisjoint(words):
        return Shape(article=True, kind=Kind.SELLER if sells else None)
    if sells:
        return Shape(kind=Kind.SELLER, variant=variant)
    by_key = not query.keys().isdisjoint(_PRODUCT_KEYS[:-2])  # goods_id=8 outweighs m=shop
    lists = not query.keys().isdisjoint(_LIST_KEYS) or (not _LIST.isdisjoint(words) and not by_key)
    numbered = _NUMBERED_NAME.fullmatch(words[-1]) if words else None
    if numbered and numbered[1] in _LIST:
        lists = True
    if not lists:
        if numbered and numbered[1] in _PRODUCT and not numbered[3]:
            return Shape(kind=Kind.PRODUCT, id=numbered[2])
        if named := _product_id(spelled, words, query):
            return Shape(kind=Kind.PRODUCT, id=named)
    if lists or not _PRODUCT.isdisjoint(words) or not query.keys().isdisjoint(_PAGE_KEYS):
        return Shape(kind=Kind.LIST, variant=variant)
    return Shape(variant=variant)


def _words(path: str) -> list[str]:
    return [w for piece in path.split("/") if (w := _EXTENSION.sub("", piece))]


def _product_id(spelled: list[str], words: list[str], query: dict[str, str]) -> str:
    """The id in a product's address as spelled there; empty where the address is not a product's.

    ``/goods/12``, ``goods/index/id/12``, ``item.htm?id=12``, ``?product_id=12``, ``/products/name`` (then the name:
    two names that end in the same number are two products).
    """
    at = next((i for i, w in enumerate(words) if w in _PRODUCT), None)
    keys = _PRODUCT_KEYS if at is not None else _PRODUCT_KEYS[:-2]  # a bare id or pid may be anything's
    if by_key := next((v for k in keys if (v := query.get(k, "")) and _ID.fullmatch(v)), ""):
        return by_key
    if at is None:
        return ""
    rest = spelled[at + 1 :]
    if "id" in words[at + 1 : -1]:
        return rest[words[at + 1 :].index("id") + 1]
    if not rest or words[-1] in ("index", "all", "new", "hot"):
        return ""
    return rest[-1] if rest[-1].isdigit() else "/".join(rest)


@lru_cache(maxsize=65536)
def page_number(url: str) -> int | None:
    """Which page of a list the address asks for, where it says so."""
    parts = urlsplit(url)
    for key, value in parse_qsl(parts.query):
        if key.lower() in _PAGE_KEYS and value.isdigit() and len(value) < 6:
            return int(value)
    match = _PAGED_PATH.search(parts.path)
    return int(next(g for g in match.groups() if g)) if match else None


@lru_cache(maxsize=65536)
def unpaged(url: str) -> str:
    """The address of a list whatever page of it; two addresses with the same are pages of one list."""
    parts = urlsplit(canonical(url))
    query = "&".join(p for p in parts.query.split("&") if p.partition("=")[0].lower() not in _PAGE_KEYS)
    path = _PAGED_PATH.sub("", parts.path)
    return urlunsplit((parts.scheme, parts.netloc, path.rstrip("/"), query, ""))
