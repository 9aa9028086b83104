"""Tuning: what tells an analyst whether a rule does what it should.

Owns: running the examples written in rules. Leaves to others: rules and matching (``rulebook``), judging (``judge``).
"""
