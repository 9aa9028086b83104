"""The rulebook: what analysts write, compiled into something that judges a page in under a millisecond.

Owns: rules, word lists, categories, contexts, their loading, matching and lint. Leaves to others: what a match means on
a listing (``checks``), running the examples (``tuning``), printing (``cli``).
"""

from __future__ import annotations

from scanner.rulebook.book import Rulebook
from scanner.rulebook.lint import lint
from scanner.rulebook.load import from_files, load
from scanner.rulebook.rule import AdvertRule, DisplayRule, RegistrationRule, RestrictedRule, Rule, Sample, TextRule
from scanner.rulebook.schema import schema

__all__ = [
    "AdvertRule", "DisplayRule", "RegistrationRule", "RestrictedRule", "Rule", "Rulebook", "Sample", "TextRule",
    "from_files", "lint", "load", "schema",
]  # fmt: skip
