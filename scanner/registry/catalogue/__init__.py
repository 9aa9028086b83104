"""The product catalogue (产品目录): which class and code official papers give to a product of this name.

    with Register.open(home.register) as register:
        register.products().ask("医用退热贴 额头降温 6贴")      a shortlist of official rows, likeliest first
        register.names.find(pieces("医用退热贴 6贴"))            official rows of exactly these names

Owns: what becomes of the papers' rows (``keeping``), exact names (``names``), and the shortlist: hashed features
(``features``), softmax (``softmax``), nearest rows (``nearest``), learning and calibration (``learning``,
``calibration``), the file that keeps what was learnt (``kept``). Leaves to others: their files
(``registry.readers.official``), SQL (``scanner.store.catalogue``),
what a class means on a page (``scanner.checks``). A class guessed from a name is a shortlist with its sources and never
a finding; only exact official names may carry a check.
"""

from __future__ import annotations

from scanner.registry.catalogue.names import (
    NOT_ALONE,
    SHORTEST,
    Official,
    OfficialNames,
    located,
    pieces,
    plain,
    quoted,
)
from scanner.store.catalogue import CatalogueRow, Ingredient

__all__ = [
    "NOT_ALONE", "SHORTEST", "CatalogueRow", "Ingredient", "Official", "OfficialNames", "located", "pieces", "plain", "quoted",
]  # fmt: skip
