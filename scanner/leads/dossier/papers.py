"""A platform's own credentials, told apart from those of the shops on it.

Owns: which pages are the platform's own, and which numbers on shops' pages are the platform's too. Leaves to others: first and last sight,
standing and alerts (``credentials``), what a front page is (``checks.display.pages``).

Own is a front page that shows itself as a platform's and is no shop's address, and pages of the same host that name the same
company. A shop's page carries the platform's numbers at its foot: the filing of a platform there is always the platform's; another
number of a site (ICP, 互联网药品信息服务 …) where two shops or more show it. What only one shop shows may be the shop's own: it is told
apart (``perhaps``) and warned of by nobody. On a site that is no platform of the table the site's numbers are its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from scanner.checks.display import pages as kinds
from scanner.judge import make_case
from scanner.leads.dossier.credentials import TYPES, Alert, Ask, Credential, alerts, credentials
from scanner.model import Field, FieldState, Seller
from scanner.registry.sellers import addresses
from scanner.registry.sellers.platforms import shipped
from scanner.rulebook import Rulebook
from scanner.store.dossiers import PageThen
from scanner.store.subjects import seen

SITE = frozenset(("platform_filing", "net_drug_info", "net_info_filing", "net_drug_trade", "icp", "police_filing"))
ALL = TYPES | SITE
SHARED = 2  # shops that show a number from which on it is the platform's

_NOBODY = Field(state=FieldState.NOT_LOOKED_AT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A credential, whether it stood on a page of the platform's own, and on the pages of how many shops it stood."""

    credential: Credential
    own: bool
    shops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """A page of the platform's own, and under which key the book has who it says it is."""

    key: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """``own_pages``: the platform's own pages, in their newest versions; ``sure``: its credentials; ``perhaps``: numbers of
    which it cannot be told whether they are the platform's or a shop's; ``alerts``: of the sure ones."""

    own_pages: tuple[OwnPage, ...]
    sure: tuple[Paper, ...]
    perhaps: tuple[Paper, ...]
    alerts: tuple[Alert, ...]


def papers(
    versions: Iterable[PageThen], rulebook: Rulebook, ask: Ask | None, *, listed: bool, on: date, within: int
) -> Papers:
    """What these pages (every version) show. ``listed``: whether the table knows the platform."""
    versions = list(versions)
    own = _own(versions, rulebook, on)
    mine = [one for one in versions if one.page.id in own]
    # The platform's own pages first: a number's holder is who shows it first, and a shop is none of the platform's.
    shown = (*mine, *(_of_shop(one) for one in versions if one.page.id not in own))
    shops = {one.page.id: one.key for one in versions if one.page.id not in own}
    made = [
        Paper(
            credential=one, own=any(page in own for page in one.pages),
            shops=len({shops[page] for page in one.pages if page in shops}),
        )
        for one in credentials(shown, ask, on=on, within=within, types=ALL)
    ]  # fmt: skip
    sure = [one for one in made if _sure(one, listed)]
    return Papers(
        own_pages=tuple(OwnPage(key=one.key, url=one.page.url) for one in mine if one.latest), sure=tuple(sure),
        perhaps=tuple(one for one in made if not _sure(one, listed)),
        alerts=alerts([one.credential for one in sure], on=on),
    )  # fmt: skip


def _sure(one: Paper, listed: bool) -> bool:
    return one.own or not listed or one.shops >= SHARED or one.credential.type == "platform_filing"


def _of_shop(one: PageThen) -> PageThen:
    """A shop's page with nothing left but the numbers that may be the platform's; what was looked at stays as it was."""
    numbers = tuple(shown for shown in one.page.numbers if shown.number.type in SITE)
    return one._replace(page=replace(one.page, name=_NOBODY, uscc=_NOBODY, numbers=numbers))


def _own(versions: Iterable[PageThen], rulebook: Rulebook, on: date) -> frozenset[str]:
    """The platform's own pages by id."""
    newest = [one for one in versions if one.latest]
    front = [one for one in newest if _front(one.page, rulebook, on)]
    company = {one.key for one in front if seen(one.page.name)}
    return frozenset(one.page.id for one in (*front, *(one for one in newest if one.key in company)))


def _front(page: Seller, rulebook: Rulebook, on: date) -> bool:
    where = addresses.place(page.url)
    if page.page != "home" or where is None or shipped().shop(where):
        return False
    return "platform_page" in kinds.kinds(make_case(page, rulebook, None, on=on))
