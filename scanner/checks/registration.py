"""Kind registration: the number of the product — missing, malformed, of the wrong kind or class, or in bad standing.

Owns: the signs and how far each may go: the page's own text and the number's own form can be a violation; the register
only where its answer is hard (authoritative source, covering the series, fresh), else it is a suspicion, or not verified.
Leaves to others: reading numbers (``numbers``), asking the register (``registry``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from scanner.checks.case import DESCRIPTION_UNREAD, Case, Sign
from scanner.checks.document import Quote
from scanner.checks.facts import DRUG_NUMBERS, PRODUCT_NUMBERS
from scanner.checks.labels import called, under
from scanner.model import Attribute, Finding, Listing, NumberSeen, Standing, StandingAnswer, Verdict
from scanner.numbers import TITLES
from scanner.rulebook import DisplayRule, RegistrationRule, Rule
from scanner.rulebook.tables import LABEL_NUMBER, Category
from scanner.text import fold

# Licences of a business and of its advertisements, that sellers paste where the product's own number belongs.
_LICENCES = frozenset({
    "device_prod_license", "device_prod_filing", "device_biz_license", "device_biz_filing", "disinfectant_license",
    "platform_filing", "net_drug_info", "net_info_filing", "net_drug_trade", "ad_approval", "ad_approval_decision",
    "drug_biz_license", "net_sales",
})  # fmt: skip
# Numbers of goods of another kind: out of place only where the page names a device.
_OF_OTHER_GOODS = DRUG_NUMBERS | {"health_food", "cosmetic_filing", "cosmetic_special", "cosmetic_license_old"}
# A standard (GB 2626-2019, YZB/粤 0123-2011) or a bare code; the same under 备案号 may be a firm's own standard.
_NO_NUMBER = re.compile(r"(?:(?:gb|yy|yzb|q|t|db|iso|en|jb|hg)[/ 0-9.㐀-鿿-][^：:]*|[a-z0-9 ()/.-]+)")
_NOTHING = frozenset(("无", "暂无", "没有", "未填", "不详", "无需", "-", "--", "/", "n/a", "none"))
_SPELT_LIKE = ("械注", "械备", "药监械", "药管械")  # a device number, however badly it continues
_COMPARED = {Standing.OTHER_HOLDER, Standing.OTHER_PRODUCT}

Check = Callable[[Case, RegistrationRule], Iterator[Finding | Sign]]


def check(case: Case, rules: Iterable[Rule]) -> Iterator[Finding | Sign]:
    for rule in rules:
        if isinstance(rule, RegistrationRule) and case.applies(rule):
            yield from _WHEN[rule.when](case, rule)


def _own(case: Case) -> dict[str, NumberSeen]:
    """The product's own numbers, each once, those under a label for them first."""
    own = [s for s in case.subject.numbers if s.number.type in PRODUCT_NUMBERS | DRUG_NUMBERS]
    own.sort(key=lambda s: not called(case.rulebook, LABEL_NUMBER, s.field.removeprefix("attribute:")))
    return {s.number.number: s for s in reversed(own)}


def _quote(seen: NumberSeen) -> Quote:
    return Quote(field=seen.field, text=seen.number.raw, start=seen.number.start, end=seen.number.end)


def _malformed(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    seen = {s.number.number: s for s in reversed(case.subject.numbers) if s.number.valid is False}
    for number in sorted(seen.values(), key=lambda s: (s.field, s.number.start)):
        yield from case.find(rule, _quote(number), beside=(number.number.why,) if number.number.why else ())
    if not isinstance(case.subject, Listing):
        return
    for row in under(case.rulebook, LABEL_NUMBER, case.subject):
        field = f"attribute:{row.name}"
        if any(s.field == field for s in case.subject.numbers):
            continue
        if any(word in fold(row.value).text for word in _SPELT_LIKE):
            yield from case.find(rule, Quote(field=field, text=row.value, start=0, end=len(row.value)))


def _device(case: Case) -> Category | None:
    """The device category the page itself names (in its title or product name), else None."""
    category = case.rulebook.categories.get(case.facts.category)
    if category is None or category.goods != "device" or not category.classes or not case.category_quote.field:
        return None
    return category


def _missing(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    listing = case.subject
    if case.facts.fragment or not isinstance(listing, Listing) or _device(case) is None or _own(case):
        return
    said = any(fold(row.value).text.strip() not in _NOTHING for row in under(case.rulebook, LABEL_NUMBER, listing))
    if said or any(w in _text(case) for w in _SPELT_LIKE):
        return  # there is something where a number belongs: another rule's matter
    if any(case.hits.get(r.id) for r in case.rulebook.rules.values() if isinstance(r, DisplayRule) and r.as_text):
        return  # the page says that its number is in a picture: a matter of display
    unread = case.unread()
    verdict = Verdict.UNVERIFIED if DESCRIPTION_UNREAD in unread else Verdict.SUSPECT if unread else Verdict.VIOLATION
    yield from case.find(rule, case.category_quote, verdict=verdict, unchecked=unread)


def _text(case: Case) -> str:
    return case.document.folded.text


def _wrong_kind(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    if case.facts.fragment or not isinstance(case.subject, Listing):
        return
    is_device = _device(case) is not None
    wrong = _LICENCES | _OF_OTHER_GOODS if is_device else _LICENCES
    for row in under(case.rulebook, LABEL_NUMBER, case.subject):
        here = [s for s in case.subject.numbers if s.field == f"attribute:{row.name}"]
        if here and all(s.number.type in wrong for s in here):
            beside = (f"“{here[0].number.raw}”是{TITLES[here[0].number.type]}", *_elsewhere(case))
            yield from case.find(rule, _quote(here[0]), beside=beside)
        elif not here and is_device and _is_no_number(row):
            quote = Quote(field=f"attribute:{row.name}", text=row.value, start=0, end=len(row.value))
            yield from case.find(rule, quote, beside=_elsewhere(case))


def _is_no_number(row: Attribute) -> bool:
    """Whether the value is a standard's number or a bare code, not words such as 详见包装."""
    value = fold(row.value).text.strip()
    return sum(map(str.isdigit, value)) >= 4 and _NO_NUMBER.fullmatch(value) is not None


def _elsewhere(case: Case) -> tuple[str, ...]:
    """Where the product's own number stands instead, in words."""
    own = [s for s in _own(case).values() if s.number.type in PRODUCT_NUMBERS and s.field.startswith("attribute:")]
    return tuple(f"产品编号{s.number.number}写在“{s.field.removeprefix('attribute:')}”一栏" for s in own)


def _differ(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """One number under the label for it, another one under a label for something else."""
    rows = [s for s in case.subject.numbers if s.number.type in PRODUCT_NUMBERS and s.field.startswith("attribute:")]
    called_so = [called(case.rulebook, LABEL_NUMBER, s.field.removeprefix("attribute:")) for s in rows]
    labelled = {s.number.number for s, so in zip(rows, called_so, strict=True) if so}
    for seen, so in zip(rows, called_so, strict=True):
        if labelled and not so and seen.number.number not in labelled:
            yield from case.find(rule, _quote(seen))


def _class_below(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    category, own = _device(case), _own(case).values()
    if case.facts.fragment or category is None or "I" in category.classes or not own:
        return
    if all(s.number.type == "device_filing" for s in own):
        wanted = "、".join(f"第{ {'II': '二', 'III': '三'}[c] }类" for c in category.classes if c != "I")
        for seen in own:
            yield from case.find(rule, _quote(seen), beside=(f"{category.name}按{wanted}管理",))


def _standing(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    if case.facts.fragment:
        return
    own = [s for s in _own(case).values() if s.number.valid is not False]
    answers = [(s, a) for s in own if (a := case.answer(s.number)) is not None]
    clean = any(not _COMPARED & set(a.standing) and a.record is not None for _, a in answers)
    for seen, answer in answers:
        hit = next((standing for standing in answer.standing if standing in rule.standing), None)
        if hit is None or (hit in _COMPARED and clean):
            continue  # a page that shows several numbers, one of them its own, is not another's
        unchecked = (answer.why,) if answer.why else ()
        yield from case.find(rule, _quote(seen), verdict=_far(case, hit, answer), standing=answer, unchecked=unchecked)


def _far(case: Case, standing: Standing, answer: StandingAnswer) -> Verdict:
    if not answer.hard:
        return Verdict.UNVERIFIED if standing is Standing.NOT_LISTED else Verdict.SUSPECT
    if standing is Standing.OTHER_PRODUCT and case.product.field == "title":
        return Verdict.SUSPECT  # a title is advertising, not the product's name
    return Verdict.VIOLATION


_WHEN: dict[str, Check] = {
    "number_malformed": _malformed,
    "number_missing": _missing,
    "wrong_kind_in_field": _wrong_kind,
    "numbers_differ": _differ,
    "class_below_category": _class_below,
    "standing": _standing,
}
