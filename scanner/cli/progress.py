"""Progress on stderr for long work; silent when nobody watches (no terminal)."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scanner.crawl.tally import Tally


@contextmanager
def bar(title: str) -> Iterator[Callable[[Sequence[Tally]], None] | None]:
    """A live line: pages, listings, what was not got, time. Yields None where there is no terminal."""
    with bars([title]) as tell:
        yield None if tell is None else lambda tallies: tell([tallies])


@contextmanager
def bars(titles: Sequence[str]) -> Iterator[Callable[[Sequence[Sequence[Tally]]], None] | None]:
    """A live line for each of several runs at once. Yields None where there is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        rows = [progress.add_task(title) for title in titles]

        def tell(runs: Sequence[Sequence[Tally]]) -> None:
            for row, title, tallies in zip(rows, titles, runs, strict=True):
                progress.update(row, description=_line(title, tallies))

        yield tell


def _line(title: str, tallies: Sequence[Tally]) -> str:
    pages = sum(tally.pages for tally in tallies)
    listings = sum(len(tally.listings) for tally in tallies)
    looks = sum(sum(tally.confirmed.values()) for tally in tallies)
    lost = sum(len(tally.lost) for tally in tallies)
    return f"{title}：{pages} 页，商品 {listings} 个，复看 {looks} 次" + (f"，未取到 {lost}" if lost else "")


@contextmanager
def counted(title: str, total: int | None) -> Iterator[Callable[[], None] | None]:
    """A bar that moves one step a call; ``total`` None: how many there will be is not known. None without terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (SpinnerColumn(), TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda: progress.advance(task)
