"""Registration, filing and licence numbers, and identifiers, in any text (编号).

    from scanner import numbers
    numbers.find(text)    all of them, by place
    numbers.parse(text)   one of them
    numbers.checks(n)     what its pieces say about it, and how hard: hard, strong, weak

Owns: the grammars. One small module a family, listed in ``families.FAMILIES``. Leaves to others: whether a number is in
a register and whose it is (``scanner.registry``), and what follows from that (``scanner.checks``).
"""

from __future__ import annotations

from scanner.numbers.families import FAMILIES, IDENTIFIERS, TITLES
from scanner.numbers.grammar import Check
from scanner.numbers.search import checks, class_of, find, parse

__all__ = ["FAMILIES", "IDENTIFIERS", "TITLES", "Check", "checks", "class_of", "find", "parse"]
