"""Labels of attributes: which of the seller's own labels mean the number, the product's name, the registrant.

Owns: asking the label lists of the rulebook (``栏目…``). Leaves to others: reading attributes off pages (``crawl``).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Attribute, Listing
from scanner.rulebook import Rulebook


def called(rulebook: Rulebook, label_list: str, label: str) -> bool:
    """Whether a label holds a word of the list and none of its covers (生产备案编号 is no 备案编号)."""
    return rulebook.names_so(label_list, label)


def under(rulebook: Rulebook, label_list: str, listing: Listing) -> Iterator[Attribute]:
    """The attributes whose label is called so, with something in them."""
    return (row for row in listing.attributes if row.value.strip() and called(rulebook, label_list, row.name))
