"""Casework (办理): what people do with leads, carried out — checked, written into the journal, then into the book.

Owns: the one way by which a person's step gets into a home (``desk``) and what others tell does (``reports``), who told it
(``reporters``, ``expiring``), what a kill left half done (``unfinished``), many steps at once (``applying``). Leaves to others: which step may be taken (``leads.planning``), the journal's chain
(``evidence``), SQL (``store``), printing (``cli``).
"""
