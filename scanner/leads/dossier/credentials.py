"""A seller's credentials (资质) over time: which numbers its pages showed when, how each stands today, what to warn of. Pure.

Owns: first and last sight of every licence, filing and company code on the pages that say who sells; the state of its term; the
alerts. Leaves to others: reading numbers (``numbers``), the register's answer (``registry.standing``).

A number is ``gone`` only where the newest version of every page that showed it was looked at in the same field and no longer
has it; a page whose pictures were not read this time says nothing of a number that stood in a picture. A term is known only
where a register proves it: numbers without one are ``cannot_say``, never "fine". A filing (备案) has none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Literal

from scanner.leads.same import naming
from scanner.model import FieldState, Number, Seller, Standing, StandingAnswer
from scanner.ocr import places
from scanner.registry.company.codes import code_shown
from scanner.registry.sellers import same_name
from scanner.store.dossiers import PageThen
from scanner.store.subjects import seen

TYPES = frozenset((
    "device_biz_license", "device_biz_filing", "device_prod_license", "device_prod_filing", "net_sales", "drug_biz_license",
    "net_drug_info", "net_info_filing", "net_drug_trade", "platform_filing",
))  # fmt: skip
USCC = "uscc"

Shown = Literal["shown", "gone", "not_looked_at"]
Term = Literal["in_force", "expires", "expired", "past", "no_term", "cannot_say"]
Warned = Literal[
    "expires", "expired", "past", "withdrawn", "not_listed", "malformed", "other_holder", "changed", "gone"
]
Ask = Callable[[Number, str, date], StandingAnswer]

# Answers of the register that are alerts by themselves, whatever the term.
_GRAVE: tuple[tuple[Standing, Warned], ...] = (
    (Standing.MALFORMED, "malformed"), (Standing.WITHDRAWN, "withdrawn"), (Standing.OTHER_HOLDER, "other_holder"),
    (Standing.NOT_LISTED, "not_listed"),
)  # fmt: skip
_TERMLESS = frozenset(("device_biz_filing", "device_prod_filing", "net_sales", "net_info_filing", "platform_filing"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One number that a seller showed. ``pages``: the pages (ids) that ever showed it; ``shown``: whether their newest
    versions do; ``answer``: how it stands today (None: no register keeps this kind); ``term``: what is known of its end,
    ``valid_until`` the day where a register names one."""

    type: str
    number: str
    raw: str
    field: str
    first_seen: datetime
    last_seen: datetime
    pages: tuple[str, ...]
    shown: Shown
    answer: StandingAnswer | None = None
    term: Term = "cannot_say"
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something to look after. ``days``: until the term ends, negative since it ended, None where it has none to do with
    days; ``now``: what the page shows in its place (``changed``)."""

    kind: Warned
    type: str
    number: str
    says: str
    valid_until: date | None = None
    days: int | None = None
    now: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sight:
    """One number on the way: when, on which pages, in which of their newest versions."""

    type: str
    number: Number | None
    text: str
    place: str
    first: datetime
    last: datetime
    holder: str
    pages: dict[str, Shown] = field(default_factory=dict)


def credentials(
    pages: Iterable[PageThen], ask: Ask | None, *, on: date, within: int, types: Collection[str] = TYPES
) -> tuple[Credential, ...]:
    """All numbers that these pages (every version of them) ever showed, by type and first sight. ``ask``: number, holder, day
    -> standing; ``within``: days before the end of a term from which it counts as ``expires``; ``types``: the kinds of
    numbers that count beside the company's code."""
    pages = list(pages)
    sights: dict[tuple[str, str], _Sight] = {}
    for page in pages:
        for kind, text, raw, place, number in _numbers(page.page, types):
            one = sights.setdefault(
                (kind, text), _Sight(kind, number, raw, place, page.first_seen, page.last_seen, _company(page.page))
            )
            one.first, one.last = min(one.first, page.first_seen), max(one.last, page.last_seen)
            one.pages[page.page.id] = "shown" if page.latest else one.pages.get(page.page.id, "gone")
    for page in pages:
        if page.latest:
            for one in sights.values():
                if one.pages.get(page.page.id) == "gone" and not _looked(page.page, one.place):
                    one.pages[page.page.id] = "not_looked_at"
    found = [_credential(text, one, ask, on, within) for (_, text), one in sights.items()]
    return tuple(sorted(found, key=lambda one: (one.type, one.first_seen, one.number)))


def _numbers(page: Seller, types: Collection[str]) -> Iterator[tuple[str, str, str, str, Number | None]]:
    """(type, number, as it stands on the page, field, number) of a page's credentials, each once."""
    told: set[tuple[str, str]] = set()
    if code := code_shown(page.uscc, page.numbers):
        at = next((s.field for s in page.numbers if s.number.number == code), "uscc")
        yield USCC, code, code, at, None
    for one in page.numbers:
        key = one.number.type, one.number.number
        if one.number.type in types and key not in told:
            told.add(key)
            yield *key, one.number.raw, one.field, one.number


def _company(page: Seller) -> str:
    """The company's name that the page gives; "" for a shop's (旗舰店), which is no licence holder's and disproves nothing."""
    name = seen(page.name)
    return name if naming.full(same_name(name)) else ""


def _looked(page: Seller, place: str) -> bool:
    """Whether the page was looked at where the number had stood."""
    if place == "image_text":
        state = page.image_text.state
        return state is FieldState.ABSENT or (state is FieldState.SEEN and places.whole(page.image_text.source))
    return page.text.state in (FieldState.SEEN, FieldState.ABSENT)


def _credential(text: str, one: _Sight, ask: Ask | None, on: date, within: int) -> Credential:
    states = set(one.pages.values())
    shown: Shown = "shown" if "shown" in states else "not_looked_at" if "not_looked_at" in states else "gone"
    answer = ask(one.number, one.holder, on) if ask is not None and one.number is not None else None
    made = Credential(
        type=one.type, number=text, raw=one.text, field=one.place, first_seen=one.first, last_seen=one.last,
        pages=tuple(sorted(one.pages)), shown=shown, answer=answer,
    )  # fmt: skip
    if answer is None:
        return made
    term, until = _term(answer, on, within)
    return replace(made, term=term, valid_until=until)


def _term(answer: StandingAnswer, on: date, within: int) -> tuple[Term, date | None]:
    until = answer.record.valid_until if answer.record is not None else None
    if Standing.LAPSED in answer.standing:
        return "expired", until
    if Standing.IN_FORCE in answer.standing:
        if until is None:
            return ("no_term" if answer.type in _TERMLESS else "cannot_say"), None
        if until < on:  # another row of the register, not the one shown, has the later term
            return "cannot_say", None
        return ("expires" if until - on <= timedelta(days=within) else "in_force"), until
    if Standing.REGISTERED_TERM_UNKNOWN in answer.standing and until is not None and until < on:
        return "past", until  # the register is older than the end: whether it was renewed is not known
    return "cannot_say", until


SAYS: dict[Term, str] = {
    "in_force": "在有效期内", "expires": "即将到期", "expired": "已过期", "past": "登记的有效期已过，是否延续未知",
    "no_term": "备案，没有有效期", "cannot_say": "有效期未知",
}  # fmt: skip


def alerts(found: Iterable[Credential], *, on: date) -> tuple[Alert, ...]:
    """What to look after, gravest first. Of a number that its pages no longer show only that is said: the seller does not
    rely on it any more."""
    found = list(found)
    made: list[Alert] = []
    for one in found:
        if one.shown == "gone":
            made.append(_gone(one, found))
            continue
        made += _of_answer(one, on)
    order = list(ORDER)
    return tuple(sorted(made, key=lambda a: (order.index(a.kind), a.days if a.days is not None else 0, a.number)))


ORDER: tuple[Warned, ...] = (
    "malformed", "withdrawn", "expired", "not_listed", "other_holder", "past", "expires", "changed", "gone",
)  # fmt: skip


def _of_answer(one: Credential, on: date) -> Iterator[Alert]:
    if one.answer is None:
        return
    for standing, kind in _GRAVE:
        if standing in one.answer.standing:
            yield Alert(kind=kind, type=one.type, number=one.number, says=one.answer.why, valid_until=one.valid_until)
    if one.term in ("expired", "past", "expires"):
        days = (one.valid_until - on).days if one.valid_until is not None else None
        yield Alert(
            kind=one.term, type=one.type, number=one.number, says=one.answer.why, valid_until=one.valid_until, days=days
        )


def _gone(one: Credential, found: Iterable[Credential]) -> Alert:
    """A number that is shown no more, and what of the same kind the same pages came to show after it."""
    now = tuple(
        other.number for other in found
        if other.type == one.type and other.shown == "shown" and other.last_seen > one.last_seen
        and set(other.pages) & set(one.pages)
    )  # fmt: skip
    says = f"页面改为展示 {'、'.join(now)}" if now else "页面不再展示"
    return Alert(kind="changed" if now else "gone", type=one.type, number=one.number, says=says, now=now)


def unknown(found: Iterable[Credential]) -> tuple[Credential, ...]:
    """The credentials still shown of whose term nothing can be said."""
    return tuple(
        one for one in found
        if one.type != USCC and one.shown != "gone" and one.term == "cannot_say"
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerAlerts:
    """The alerts of one seller, and those of its credentials of whose term nothing can be said."""

    key: str
    alerts: tuple[Alert, ...]
    cannot_say: tuple[Credential, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """All sellers asked on a day. ``of``: sellers with a page that says who sells; ``nothing_shown``: those of them on whose
    pages no credential was ever seen; ``cannot_say``: credentials without a known term; ``sellers``: only those with either."""

    on: date
    within: int
    of: int
    nothing_shown: int
    cannot_say: int
    sellers: tuple[SellerAlerts, ...]


def expiring(pages: Iterable[PageThen], ask: Ask | None, *, on: date, within: int) -> Expiring:
    """The alerts of all sellers whose pages (every version, by seller) these are; the soonest end first."""
    of = nothing = 0
    told: list[SellerAlerts] = []
    for key, group in groupby(pages, key=attrgetter("key")):
        found = credentials(group, ask, on=on, within=within)
        of, nothing = of + 1, nothing + (not found)
        one = SellerAlerts(key=key, alerts=alerts(found, on=on), cannot_say=unknown(found))
        if one.alerts or one.cannot_say:
            told.append(one)
    told.sort(
        key=lambda one: (min((ORDER.index(a.kind) for a in one.alerts), default=len(ORDER)), _soonest(one), one.key)
    )
    return Expiring(
        on=on, within=within, of=of, nothing_shown=nothing, cannot_say=sum(len(one.cannot_say) for one in told),
        sellers=tuple(told),
    )  # fmt: skip


def _soonest(one: SellerAlerts) -> int:
    return min((a.days for a in one.alerts if a.days is not None), default=0)
