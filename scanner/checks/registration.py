"""Kind registration: the number of the product — missing, malformed, of the wrong class, or in bad standing.

Owns: the signs and how far each may go: the page's own text and the number's own form can be a violation; the register
only where its answer is hard (authoritative source, covering the series, fresh), else it is a suspicion, or not verified.
Leaves to others: reading numbers (``numbers``), asking the register (``registry``), which numbers are the product's own
(``own``), numbers of the wrong kind (``misplaced``), official names (``official``) and what a class I filing may be
(``filing``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scanner.checks import filing, misplaced, official
from scanner.checks.case import CATALOGUE_ABSENT, Case, Sign
from scanner.checks.document import Quote
from scanner.checks.labels import under
from scanner.checks.own import SPELT_LIKE, device_of, misread, none_shown, own, quote_of, unseen
from scanner.model import Finding, Listing, Standing, StandingAnswer, Verdict
from scanner.rulebook import RegistrationRule, Rule
from scanner.rulebook.tables import LABEL_NUMBER
from scanner.text import fold

_COMPARED = {Standing.OTHER_HOLDER, Standing.OTHER_PRODUCT}

Check = Callable[[Case, RegistrationRule], Iterator[Finding | Sign]]


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    for rule in rules:
        if isinstance(rule, RegistrationRule) and case.applies(rule):
            yield from _WHEN[rule.when](case, rule)


def _malformed(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    wrong = [s for s in case.subject.numbers if s.number.valid is False and not misread(case, s)]
    seen = {s.number.number: s for s in reversed(wrong)}
    for number in sorted(seen.values(), key=lambda s: (s.field, s.number.start)):
        yield from case.find(rule, quote_of(number), beside=(number.number.why,) if number.number.why else ())
    if not isinstance(case.subject, Listing):
        return
    for row in under(case.rulebook, LABEL_NUMBER, case.subject):
        field = f"attribute:{row.name}"
        if any(s.field == field for s in case.subject.numbers) or "\N{REPLACEMENT CHARACTER}" in row.value:
            continue  # debris is a fault of reading, not of the number
        if any(word in fold(row.value).text for word in SPELT_LIKE):
            yield from case.find(rule, Quote(field=field, text=row.value, start=0, end=len(row.value)))


def _missing(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    if device_of(case) is not None and none_shown(case):
        yield from case.find(rule, case.category_quote, verdict=unseen(case), unchecked=case.unread)


def _official_missing(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    if device_of(case) is None and none_shown(case):  # of a category the rule above speaks
        yield from official.without_number(case, rule)


def _class_below(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    category, shown = device_of(case), own(case).values()
    if case.facts.fragment or category is None or "I" in category.classes or not shown:
        return
    if all(s.number.type == "device_filing" for s in shown):
        wanted = "、".join(f"第{ {'II': '二', 'III': '三'}[c] }类" for c in category.classes if c != "I")
        absent = () if case.catalogues is not None else (CATALOGUE_ABSENT,)
        for seen in shown:
            yield from case.find(rule, quote_of(seen), beside=(f"{category.name}按{wanted}管理",), unchecked=absent)


def _official_above(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    category = device_of(case)
    if category is None or "I" in category.classes:  # else the rule above has said it
        yield from official.class_above(case, rule)


def _standing(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    if case.facts.fragment:
        return
    shown = [s for s in own(case).values() if s.number.valid is not False]
    answers = [(s, a) for s in shown if (a := case.answer(s.number)) is not None]
    clean = any(not _COMPARED & set(a.standing) and a.record is not None for _, a in answers)
    for seen, answer in answers:
        hit = next((standing for standing in answer.standing if standing in rule.standing), None)
        if hit is None or (hit in _COMPARED and clean):
            continue  # a page that shows several numbers, one of them its own, is not another's
        unchecked = (answer.why,) if answer.why else ()
        yield from case.find(
            rule, quote_of(seen), verdict=_far(case, hit, answer), standing=answer, unchecked=unchecked
        )


def _far(case: Case, standing: Standing, answer: StandingAnswer) -> Verdict:
    if not answer.hard:
        return Verdict.UNVERIFIED if standing is Standing.NOT_LISTED else Verdict.SUSPECT
    if standing is Standing.OTHER_PRODUCT and case.product.field == "title":
        return Verdict.SUSPECT  # a title is advertising, not the product's name
    return Verdict.VIOLATION


_WHEN: dict[str, Check] = {
    "number_malformed": _malformed,
    "number_missing": _missing,
    "wrong_kind_in_field": misplaced.wrong_kind,
    "numbers_differ": misplaced.differ,
    "class_below_category": _class_below,
    "standing": _standing,
    "official_class_above": _official_above,
    "official_not_a_device": official.not_a_device,
    "official_without_number": _official_missing,
    "name_not_for_filing": filing.deleted_name,
    "forbidden_ingredient": filing.forbidden_ingredient,
}
