"""``qingwang quality sample``: pages without findings drawn at random, with a few that have some among them.

Owns: the command. Leaves to others: drawing (``tuning.quality``), keeping (``casework.reviewing``), reviewing (``review``).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening
from scanner.cli.quality.told import head, period

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.store.book import Book
    from scanner.store.samples import BlindSample, Page

MOST = 5000  # pages of a sample: more than anybody reads
STRATIFY = {"none": "不分层", "storefront": "按店铺网址", "category": "按品种"}


def sample(
    ctx: typer.Context,
    pages: Annotated[int, typer.Option("--pages", min=1, max=MOST, help="抽多少页没有发现的")],
    known: Annotated[int | None, typer.Option("--known", min=0, max=MOST, help="混入多少页有发现的（默认十分之一，至少一页）")] = None,
    seed: Annotated[str, typer.Option("--seed", help="随机种子；不写就随机取一个，记在日志里")] = "",
    storefront: opening.Storefront = None,
    campaign: Annotated[str, typer.Option("--campaign", metavar="ID", help="只抽这个巡查任务看过的")] = "",
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="只抽这一天（北京时间）起看过的")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="只抽到这一天为止看过的")] = None,
    stratify: Annotated[str, typer.Option("--stratify", help="分层：storefront 按店铺网址，category 按品种")] = "none",
    who: Annotated[str, typer.Option("--who", help="抽样的人（默认 config.yaml 的 operator）")] = "",
    as_json: console.Json = False,
) -> None:  # fmt: skip
    from secrets import token_hex

    from scanner import clock
    from scanner.casework import reviewing
    from scanner.casework.desk import opened
    from scanner.errors import UsageError
    from scanner.store.samples import BlindSample
    from scanner.tuning.quality.drawing import draw

    if stratify not in STRATIFY:
        raise UsageError(f"不认识的分层：{stratify}", where="--stratify", hint="可用：" + "、".join(STRATIFY))
    home = console.home_of(ctx)
    first, end = period(since, until)
    seed, many = seed or token_hex(8), max(1, pages // 10) if known is None else known
    with opened(home) as desk:
        book = desk.book
        there = book.population(storefront=storefront or "", campaign=campaign, since=first, until=end)
        drawn = draw(there, seed=seed, clean=pages, found=many, stratum=_stratum(ctx, book, stratify))
        made = BlindSample(
            number=book.next_sample(), when=clock.now(), who=(who or home.config().operator).strip(), seed=seed,
            stratify=stratify, storefront=storefront or "", campaign=campaign, since=first, until=end,  # type: ignore[arg-type]
            population=drawn.population, strata=drawn.strata, pages=drawn.pages,
        )  # fmt: skip
        reviewing.keep(home, book, desk.journal, [made])
    if as_json:
        console.emit(head(made))
    else:
        _tell(made)


def _stratum(ctx: typer.Context, book: Book, stratify: str) -> Callable[[Page], str]:
    if stratify == "storefront":
        return lambda page: page.storefront
    if stratify == "none":
        return lambda page: ""
    from scanner.checks.facts import derive
    from scanner.cli.rules.opened import load

    rules = load(ctx)

    def category(page: Page) -> str:
        listing = book.listing_version(page.listing, page.version)
        return "" if listing is None else derive(listing, rules).facts.category

    return category


def _tell(made: BlindSample) -> None:
    clean, found = (sum(getattr(one, name) for one in made.strata) for name in ("clean", "found"))
    known = sum(page.found for page in made.pages)
    console.say(f"{made.number} 号抽样：{len(made.pages)} 页，其中 {known} 页有发现（混在里面，不说是哪几页）。")
    console.say(
        f"总体：没有发现的 {clean} 页，有发现的 {found} 页；种子 {made.seed}；总体摘要（SHA-256）{made.population}。"
    )
    if made.stratify != "none":
        console.say(f"{STRATIFY[made.stratify]}分 {len(made.strata)} 层。")
    console.say(f"用 quality review {made.number} --who 姓名 查看要审的页面。")
