"""Figures (统计数字) of a form: every cell's value, and the leads behind it.

Owns: what is counted and how often. Leaves to others: which row asks for what (``forms``), reading the book (``store``), what
people bring by hand (``hand``). Pure: leads and steps come in as streams, each is read once, and of a lead only some words
are held.

What a return counts, all in days of Beijing from ``since`` to ``until``, both included:

- **A matter** is a lead together with all leads merged into it (并入) as things stood at the end of ``until``; a merger undone
  by then never was. It has the source, seller and storefront of the lead that the others went into. What had been done with
  a merged lead counts with that one; the leads named behind a figure are those that the steps were taken with.
- ``received`` (线索数): matters sent by others that were opened in the time; the program's own ones only once a person
  confirmed them (first time in the time, and not dismissed or reopened since): what a program suspects is no lead yet.
- ``reported`` (反馈数): matters reported back in the time whose report was not sent back by ``until``.
- Everything else rests on dispositions (处置) taken in the time. Several of one lead add up, for each says what was added; none is
  ever taken back, sending a lead back (退回) included. A row looks at those of its stages and categories only.
- ``sellers`` (企业数): different enterprises with any of the measures: the shops that ``who`` says are one enterprise
  (``leads.same.enterprises``) count once, and the cell tells which leads were counted as one.
- ``times`` (家次): dispositions with any of the measures.
- ``matters`` (件、线索数): matters with any of the measures or transfers, however often.
- ``cases`` (案件数): matters with any of the measures; several that name the same case number of the same unit are one case,
  and a matter that names several is several.
- ``sites`` (网站数): different storefronts with any of the transfers or measures.
- ``licences``, ``persons``: sums. ``money``: the exact sum of its fields in yuan, said in 万元 with two decimals (half up).
- ``hand``, ``text``: the program cannot know.

Of one unit (``within``) count the dispositions that it took, the reports that it made, and the matters whose lead it had at the end of
``until``; so the figures of all units, and of what nobody had, add up to those of the whole, but for what counts enterprises,
cases and websites once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scanner.leads.returns.cells import Counted, Period, everyone
from scanner.leads.returns.forms import Form, Tags
from scanner.leads.returns.tally import Known, Tally
from scanner.leads.same.enterprises import Shop, by_name
from scanner.model import Act, Decision, Lead

# The steps that figures rest on; others may be left out of the stream.
ASKED = (
    Act.CONFIRM, Act.DISMISS, Act.REOPEN, Act.ASSIGN, Act.REPORT, Act.RETURN, Act.MERGE, Act.UNMERGE, Act.DISPOSE,
)  # fmt: skip


def count(
    form: Form, leads: Iterable[Lead], steps: Iterable[Decision], period: Period, tags: Tags, *,
    who: Callable[[Shop], str] = by_name, within: Callable[[str], bool] = everyone,
) -> Counted:  # fmt: skip
    """The cells of a form. ``leads`` without findings, in any order; ``steps`` those before the period's end, of each lead
    oldest first; ``who``: what is one enterprise, as far as pages' names tell where nobody is asked; ``within``: whether a
    unit's work, by its id ("": no unit's), counts."""
    known = {lead.number: _known(lead, who) for lead in leads}
    for step in steps:
        if step.when < period.end and (one := known.get(step.lead)) is not None:
            _take(one, step, period)
    tally = Tally(form, tags, within)
    for number, one in known.items():
        tally.add(number, one, *_root(number, known), period)
    return tally.made()


def _known(lead: Lead, who: Callable[[Shop], str]) -> Known:
    shop = Shop(lead.storefront, lead.seller)
    return Known(lead.source, who(shop), shop.key, lead.storefront, lead.opened)


def _take(one: Known, step: Decision, period: Period) -> None:
    match step.act:
        case Act.CONFIRM:
            one.confirmed = one.confirmed or step.when
        case Act.DISMISS | Act.REOPEN:
            one.confirmed = None
        case Act.ASSIGN:
            one.unit = step.unit
        case Act.REPORT:
            one.reported, one.reporter = step.when, one.unit
        case Act.RETURN:
            one.reported = None
            if step.state == "confirmed":
                one.unit = ""
        case Act.MERGE:
            one.into = step.other
        case Act.UNMERGE:
            one.into = 0
        case Act.DISPOSE if step.disposition is not None and step.when >= period.begin:
            one.done.append((step.unit, step.disposition))


def _root(number: int, known: Mapping[int, Known]) -> tuple[int, Known]:
    """The lead that a lead went into, at the end of the chain; what leads in a circle (the book allows none) stays itself."""
    seen = {number}
    at = number
    while (into := known[at].into) in known:
        if into in seen:
            return number, known[number]
        seen.add(into)
        at = into
    return at, known[at]
