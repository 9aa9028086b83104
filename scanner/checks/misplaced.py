"""A number where another one belongs: under 注册证号 (registration number) a licence, another good's number, a standard; or
two different numbers of the product.

Owns: which kinds are out of place under the label for the product's number, and saying where that number stands instead.
Leaves to others: numbers that are wrong in themselves, and missing ones (``registration``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.checks.case import Case, Sign
from scanner.checks.document import Quote
from scanner.checks.facts import DRUG_NUMBERS, PRODUCT_NUMBERS
from scanner.checks.labels import called, under
from scanner.checks.own import device_of, own, quote_of
from scanner.model import Attribute, Finding, Listing
from scanner.numbers import TITLES
from scanner.rulebook import RegistrationRule
from scanner.rulebook.tables import LABEL_NUMBER
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

_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./ ]?[0-9]{1,2}[-./ ]?[0-9]{1,2}(?: .{0,20})?")


def wrong_kind(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """Something else than a number of the product stands under the label for one."""
    if case.facts.fragment or not isinstance(case.subject, Listing):
        return
    is_device = device_of(case) is not None
    wrong = _LICENCES | _OF_OTHER_GOODS if is_device else _LICENCES
    for row in under(case.rulebook, LABEL_NUMBER, case.subject):
        here = [s for s in case.subject.numbers if s.field == f"attribute:{row.name}"]
        if here and all(s.number.type in wrong for s in here):
            beside = (f"“{here[0].number.raw}”是{TITLES[here[0].number.type]}", *_elsewhere(case))
            yield from case.find(rule, quote_of(here[0]), beside=beside)
        elif not here and is_device and _is_no_number(row):
            quote = Quote(field=f"attribute:{row.name}", text=row.value, start=0, end=len(row.value))
            yield from case.find(rule, quote, beside=_elsewhere(case))


def _is_no_number(row: Attribute) -> bool:
    """Whether the value is a standard's number or a bare code, not words such as 详见包装."""
    value = fold(row.value).text.strip()
    if _DATE.fullmatch(value):
        return False
    return sum(map(str.isdigit, value)) >= 4 and _NO_NUMBER.fullmatch(value) is not None


def _elsewhere(case: Case) -> tuple[str, ...]:
    """Where the product's own number stands instead, in words."""
    found = [s for s in own(case).values() if s.number.type in PRODUCT_NUMBERS and s.field.startswith("attribute:")]
    return tuple(f"产品编号{s.number.number}写在“{s.field.removeprefix('attribute:')}”一栏" for s in found)


def differ(case: Case, rule: RegistrationRule) -> Iterator[Finding | Sign]:
    """One number under the label for it, another one under a label for something else."""
    rows = [s for s in case.subject.numbers if s.number.type in PRODUCT_NUMBERS and s.field.startswith("attribute:")]
    called_so = [called(case.rulebook, LABEL_NUMBER, s.field.removeprefix("attribute:")) for s in rows]
    labelled = {s.number.number for s, so in zip(rows, called_so, strict=True) if so}
    for seen, so in zip(rows, called_so, strict=True):
        if labelled and not so and seen.number.number not in labelled:
            yield from case.find(rule, quote_of(seen))
