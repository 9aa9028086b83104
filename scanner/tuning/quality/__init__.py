"""How right the program is: precision from decisions, misses from blind samples, how far reviewers agree.

Owns: drawing blind samples, what reviewers' answers come to, precision of leads by rule, matter and severity, agreement.
Leaves to others: how units handle their leads (``leads.handling``), signs of single rules (``tuning.stats``), the journal and
the book (``casework.blind``, ``store.samples``), printing (``cli``).

It lies in this room because it measures rules as ``stats`` and ``backtest`` do, with the same intervals.
"""
