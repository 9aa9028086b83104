"""The checks: one module per kind of rule, each a pure function from a case to what it found.

Owns: what a rule of a kind means on a listing or a seller's page. Leaves to others: rules and matching (``rulebook``),
the register's answers (``registry``), the order of kinds (``judge``).
"""
