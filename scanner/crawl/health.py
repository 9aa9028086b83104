"""How healthy a run was: what it brought, held against what was expected and against earlier runs of the same campaign.

Owns: the figures of a run, and when they alarm. Leaves to others: counting while the crawl runs (``tally``), what a list says
it has (``complete``), keeping the figures (``session``, ``store``).

A shop that changes its layout does not fail: its pages are read, and a field is silently empty, or they are no longer taken
for products. So the share of listings in which a field is seen, and the share of product addresses that become listings, are
compared with the median of earlier sound runs. A run that alarms is not complete: of what it did not
see nothing may be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from scanner.crawl.tally import Tally
from scanner.crawl.watch import Expect
from scanner.model import CrawlState, FieldState, Listing, Outcome

EARLIER = 5  # sound runs that count
FELL = 0.5  # a share or number below this part of the median alarms
LEAST = 0.15  # and a share must have fallen by so much
FEW = 5  # listings; of fewer no shares are told
DRIFT = 0.2  # so much less of the product addresses read as products alarms: goods come and go, how pages look does not
WALLED = 0.2  # share of pages that were shut
NAMES = {
    "title": "标题", "price": "价格", "description": "商品详情", "seller": "店铺", "attributes": "规格参数", "number": "编号",
}  # fmt: skip

_SEEN: Mapping[str, Callable[[Listing], bool]] = {
    "title": lambda one: one.title.state is FieldState.SEEN,
    "price": lambda one: one.price.state is FieldState.SEEN,
    "description": lambda one: one.description.state is FieldState.SEEN,
    "seller": lambda one: one.seller.state is FieldState.SEEN,
    "attributes": lambda one: bool(one.attributes),
    "number": lambda one: bool(one.numbers),
}


# What a product's address may come to when the shop answers it: a page that is read, that is none, or that shows nothing.
_ANSWERED = (Outcome.READ, Outcome.NOT_A_PRODUCT, Outcome.EMPTY)


def figures(
    tally: Tally, listings: Iterable[Listing], statuses: Mapping[int, int], *, browser: int | None = None
) -> dict[str, Any]:
    """The figures of a run (JSON values): counts, HTTP status codes, the share of pages that were shut, of each field the
    share of listings in which it is seen, the share of answered product addresses that were read as products (None: of too
    few), and how many MB the browser held at most (``browser``; None: none ran, or it was not measured)."""
    count, seen = 0, Counter[str]()
    for one in listings:
        count += 1
        seen.update(name for name, shown in _SEEN.items() if shown(one))
    return {
        "listings": count,
        "pages": tally.pages,
        "statuses": {str(status): number for status, number in sorted(statuses.items())},
        "shut": round(tally.shut / tally.pages, 3) if tally.pages else 0.0,
        "fields": {name: round(seen[name] / count, 3) for name in _SEEN} if count else {},
        "products": _recognised(tally),
        "browser_mb": browser,
    }


def _recognised(tally: Tally) -> float | None:
    answered = sum(tally.products[outcome] for outcome in _ANSWERED)
    return round(tally.products[Outcome.READ] / answered, 3) if answered >= FEW else None


def alarms(now: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]], expect: Expect) -> list[str]:
    """What is wrong with a run, in Chinese, a sentence each. ``earlier``: the figures of earlier sound runs."""
    return [*_expected(now, expect), *_fallen(now, earlier), *_drifted(now, earlier), *_walled(now)]


def sound(runs: Iterable[tuple[CrawlState | None, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The figures of the runs that count for a comparison: complete, and without an alarm."""
    found = [health for state, health in runs if state is CrawlState.COMPLETE and health and not health.get("alarms")]
    return found[:EARLIER]


def _expected(now: Mapping[str, Any], expect: Expect) -> Iterable[str]:
    if now["listings"] < expect.listings:
        yield f"只读到 {now['listings']} 件商品，应当至少有 {expect.listings} 件"
    for field, share in expect.fields.items():
        got = now["fields"].get(field, 0.0)
        if now["listings"] and got < share:
            yield f"{_called(field)}：{got:.0%} 的商品有，应当至少 {share:.0%}"


def _fallen(now: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if not earlier:
        return
    usual = median(run["listings"] for run in earlier)
    if usual >= FEW and now["listings"] < usual * FELL:
        yield f"只读到 {now['listings']} 件商品，以前一般有 {usual:g} 件"
    if now["listings"] < FEW:
        return
    for field, share in now["fields"].items():
        before = median(run["fields"].get(field, 0.0) for run in earlier)
        if share < before * FELL and before - share >= LEAST:
            yield f"{_called(field)}：只有 {share:.0%} 的商品读到，以前是 {before:.0%}，网站可能改版"


def _drifted(now: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    shares = [share for run in earlier if (share := run.get("products")) is not None]
    if shares and now["products"] is not None and (usual := median(shares)) - now["products"] >= DRIFT:
        yield f"商品的网址只有 {now['products']:.0%} 读成商品，以前是 {usual:.0%}，网站可能改版"


def _walled(now: Mapping[str, Any]) -> Iterable[str]:
    if now["shut"] >= WALLED:
        yield f"{now['shut']:.0%} 的页面被挡（登录、验证、拦截），要人来看"


def _called(field: str) -> str:
    return NAMES.get(field, field)
