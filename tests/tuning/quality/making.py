"""Pages, samples and answers for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.store.samples import ANSWERS, BlindPage, BlindSample, Page, Review, Stratum
from tests.store.making import T0, hours

WORDS = dict(zip("cv?", ANSWERS, strict=True))


def pages(clean: int, found: int = 0, *, shops: Sequence[str] = ("a.example",)) -> Iterator[Page]:
    """Clean pages and then found ones, the shops by turns."""
    for n in range(clean + found):
        yield Page(f"{n:064x}", f"{n + 7:064x}", f"{n + 9:064x}", shops[n % len(shops)], n >= clean)


def sample(*strata: tuple[int, int, int], known: int = 0) -> BlindSample:
    """A sample: of each stratum (clean pages, found pages, clean pages drawn), with ``known`` found pages at the end."""
    drawn = [(f"s{n}", False) for n, (_, _, many) in enumerate(strata) for _ in range(many)] + [("s0", True)] * known
    return BlindSample(
        number=1, when=T0, who="甲", seed="1", stratify="none", storefront="", campaign="", since=None, until=None,
        population="0" * 64, strata=tuple(Stratum(name=f"s{n}", clean=c, found=f) for n, (c, f, _) in enumerate(strata)),
        pages=tuple(
            BlindPage(item=item, listing=f"{item}", version="v", capture="k", stratum=name, found=found)
            for item, (name, found) in enumerate(drawn, 1)
        ),
    )  # fmt: skip


def answers(words: str, who: str = "甲", *, hour: float = 1) -> list[Review]:
    """One answer a letter, from item 1 on: c clean, v violation, ? cannot say, - none."""
    return [
        Review(sample=1, item=item, verdict=WORDS[letter], who=who, when=hours(hour + item / 1000))
        for item, letter in enumerate(words, 1) if letter != "-"
    ]  # fmt: skip
