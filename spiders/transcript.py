"""What was said in a live stream or short video, from subtitles and transcripts that a person brought.

The account that speaks is the seller. What the audience says is left out: it is not the seller's word. How one is told
to buy (加V, 进群, 小黄车) and who is said to provide a service are read beside it, each with its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from scanner.crawl.reading.fields import MAX_TEXT, NOT_SEEN, listing, seen
from scanner.crawl.reading.links import Link
from scanner.crawl.walk.storefront import Storefront
from scanner.errors import PageError
from scanner.model import Attribute, Field, Listing, Said
from scanner.page import Page, lures
from scanner.page.spoken import Spoken, Utterance, spoken

MAX_WAYS = 20  # sentences on how to buy that are kept


class Transcripts(Storefront):
    """Subtitle files and transcripts."""

    name = "transcript"

    @staticmethod
    def search(url: str, words: str = "") -> Iterator[Link]:
        """Nothing: what was said is brought, not fetched."""
        yield from ()

    @staticmethod
    def products(page: Page) -> Iterator[Link]:
        yield from ()

    @staticmethod
    def read(page: Page) -> Listing | None:
        """The whole broadcast as one listing; None where nothing has a time."""
        said = spoken(page.text)
        if not said.utterances:
            return None
        own = tuple(u for u in said.utterances if not u.audience)
        if said.cut or sum(len(u.text) for u in own) > MAX_TEXT:
            raise PageError(f"文字稿超过 {MAX_TEXT} 字", where=page.url, hint="分成几个文件再导入")
        return listing(
            storefront=page.storefront,
            family=Transcripts.name,
            url=page.url,
            title=seen(said.head.get("title", ""), "head:title", otherwise=NOT_SEEN),
            price=NOT_SEEN,
            description=NOT_SEEN,
            attributes=_providers(own),
            seller=_account(page, said),
            buyable=seen("\n".join(_ways(own)), "transcript", otherwise=NOT_SEEN),
            transcript=[Said(at=u.at, text=u.text, speaker=u.speaker) for u in _apart(own)],
        )


def _account(page: Page, said: Spoken) -> Field:
    """The account: as who brought the file says, else as its head says, else the one voice in it."""
    if brought := unquote(page.header(b"x-account")):
        return seen(brought, "brought", otherwise=NOT_SEEN)
    return seen(said.head.get("account", ""), "head:account", otherwise=NOT_SEEN)


def _apart(own: tuple[Utterance, ...]) -> Iterator[Utterance]:
    """The utterances, each at another second: a field is named by its time, and files may go back in time."""
    together: dict[str, Utterance] = {}
    for one in own:
        before = together.get(one.at)
        text = one.text if before is None else f"{before.text}\n{one.text}"
        speaker = one.speaker if before is None or before.speaker == one.speaker else ""
        together[one.at] = Utterance(start=one.start, end=one.end, speaker=speaker, text=text)
    yield from sorted(together.values(), key=lambda u: u.start)


def _ways(own: tuple[Utterance, ...]) -> list[str]:
    """What is said of how to buy, with its time."""
    return [f"{u.at} {u.text}" for u in own if lures.buying(u.text)][:MAX_WAYS]


def _providers(own: tuple[Utterance, ...]) -> Iterator[Attribute]:
    """Who is said to provide the service, each once, with the time in the source."""
    told: dict[str, str] = {}
    for one in own:
        for provider in lures.providers("", one.text, spoken=True):
            told.setdefault(provider.name, one.at)
    for name, at in list(told.items())[:MAX_WAYS]:
        yield Attribute(name="服务提供者", value=name, source=f"transcript:{at}")
