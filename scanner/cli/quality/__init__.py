"""``qingwang quality``: how right the program is, and how units handle what they are given.

Owns: which verbs the noun has. ``stats``: figures; ``sampling`` and ``review``: blind samples of pages.
"""

from __future__ import annotations

import typer

from scanner.cli.quality import review, sampling, stats


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="质量：线索准不准，漏了多少，各单位办得怎样。")
    noun.command("stats", help="精确率、漏报估计、各单位按期反馈率和属实率。")(stats.stats)
    noun.command("sample", help="随机抽取没有发现的页面，混入少量有发现的，供人盲审。")(sampling.sample)
    noun.command("review", help="盲审：列出一次抽样的页面，看一页，或者记下审查意见。")(review.review)
    app.add_typer(noun, name="quality")
