"""``qingwang quality stats · sample · review``: how right the program is, and how units handle what they are given.

Owns: the commands' names and the drawing of a sample. Leaves to others: reviewing (``quality_review``), figures
(``quality_stats``).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening, quality_review, quality_stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.store.book import Book
    from scanner.store.samples import BlindSample, Page

MOST = 5000  # pages of a sample: more than anybody reads
STRATIFY = {"none": "不分层", "storefront": "按店铺网址", "category": "按品种"}


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="质量：线索准不准，漏了多少，各单位办得怎样。")
    noun.command("stats", help="精确率、漏报估计、各单位按期反馈率和属实率。")(quality_stats.stats)
    noun.command("sample", help="随机抽取没有发现的页面，混入少量有发现的，供人盲审。")(sample)
    noun.command("review", help="盲审：列出一次抽样的页面，看一页，或者记下审查意见。")(quality_review.review)
    app.add_typer(noun, name="quality")


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
    from scanner.casework import blind
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
        blind.keep(home, book, desk.journal, [made])
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
    from scanner.cli.rules import load

    rules = load(ctx)

    def category(page: Page) -> str:
        listing = book.listing_version(page.listing, page.version)
        return "" if listing is None else derive(listing, rules).facts.category

    return category


def period(since: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last, in Beijing. UsageError where they are the wrong way round."""
    from datetime import timedelta

    from scanner import clock
    from scanner.errors import UsageError

    if since is not None and until is not None and until < since:
        raise UsageError("--to 早于 --from", where="--to")
    return (
        None if since is None else since.replace(tzinfo=clock.BEIJING),
        None if until is None else until.replace(tzinfo=clock.BEIJING) + timedelta(days=1),
    )


def head(made: BlindSample) -> dict[str, Any]:
    """A sample for machines, without what would tell a reviewer which pages are which."""
    return {
        "sample": made.number, "when": made.when, "who": made.who, "seed": made.seed, "stratify": made.stratify,
        "storefront": made.storefront, "campaign": made.campaign, "since": made.since, "until": made.until,
        "population": made.population, "strata": made.strata, "pages": len(made.pages),
        "known": sum(page.found for page in made.pages),
    }  # fmt: skip


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
