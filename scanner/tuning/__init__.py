"""Tuning: what tells an analyst whether a rule does what it should, and helps to make it so.

Owns: running the examples written in rules (``examples``), comparing rules on a corpus (``corpus``, ``backtest``, ``bounds``,
``junit``), judging stored pages again (``recheck``), figures of real work (``stats``), proposing rules (``draft``,
``contrast``) and exceptions (``tune``). Leaves to others: rules and matching (``rulebook``), judging (``judge``), SQL
(``store``), printing (``cli``).
"""
