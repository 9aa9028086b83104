"""Prices as text: found in a page, and brought into one form.

Owns: the form ``12.80`` (yuan, two places), ``12.80-29.90`` for a range, ``GBP 12.80`` for other currencies. Leaves to
others: which of several prices counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

_SIGNS = {
    "¥": "",
    "￥": "",
    "rmb": "",
    "cny": "",
    "元": "",
    "hk$": "HKD ",
    "us$": "USD ",
    "$": "USD ",
    "£": "GBP ",
    "€": "EUR ",
}
_AMOUNT = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,9})(?:\.[0-9]{1,4})?"
_SIGN = r"[¥￥£€]|rmb|cny|hk\$|us\$|\$"
_PRICE = re.compile(
    rf"({_SIGN})\s{{0,4}}({_AMOUNT})(?:\s{{0,2}}[-~–—至]\s{{0,2}}(?:{_SIGN})?\s{{0,2}}({_AMOUNT}))?"
    rf"|({_AMOUNT})\s{{0,2}}(?:[-~–—至]\s{{0,2}}({_AMOUNT})\s{{0,2}})?(元)",
    re.IGNORECASE,
)
_BARE = re.compile(rf"\s*({_AMOUNT})\s*")
_CODES = {"CNY": "", "RMB": "", "": ""}


def first(text: str) -> str:
    """The first price in ``text`` that carries a sign or 元 (yuan); empty when there is none.

    >>> first("活动价 ￥1,299 - 1,599 包邮")
    '1299.00-1599.00'
    """
    match = _PRICE.search(text)
    if match is None:
        return ""
    sign = _SIGNS[(match[1] or match[6]).lower()]
    amounts = [match[2], match[3]] if match[1] else [match[4], match[5]]
    plain = [p for a in amounts if a and (p := amount(a))]
    return sign + "-".join(plain) if plain else ""


def amount(value: object, unit: str = "yuan", currency: str = "") -> str:
    """A number or a text that is one, as price; ``unit`` is ``yuan`` or ``fen``. Empty when it is none.

    >>> amount(119900, "fen"), amount("12.8"), amount("8.00", currency="gbp")
    ('1199.00', '12.80', 'GBP 8.00')
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return ""
    bare = _BARE.fullmatch(value[:40]) if isinstance(value, str) else None
    if isinstance(value, str) and bare is None:
        return first(value[:200])
    try:
        number = Decimal(bare[1].replace(",", "") if bare else str(value))
    except InvalidOperation:
        return ""
    if not number.is_finite() or number < 0 or number >= 10**10:
        return ""
    code = currency.strip().upper()
    return _CODES.get(code, f"{code[:3]} ") + f"{number / 100 if unit == 'fen' else number:.2f}"


def span(prices: Iterable[str]) -> str:
    """The prices of one product's variants as one; those in another currency than the first's are left out.

    >>> span(["33.00", "18.50"]), span(["GBP 8.00", "GBP 8.00"]), span([])
    ('18.50-33.00', 'GBP 8.00', '')
    """
    parts = [price.rpartition(" ") for price in prices]
    amounts = [amount for code, _, told in parts if code == parts[0][0] for amount in told.split("-")]
    if not amounts:
        return ""
    low, high = min(amounts, key=Decimal), max(amounts, key=Decimal)
    return f"{parts[0][0]}{parts[0][1]}" + (low if low == high else f"{low}-{high}")
