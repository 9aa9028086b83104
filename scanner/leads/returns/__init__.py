"""Returns (统计报表): the figures that the notices ask for, out of what was done with leads.

    known = forms.load(shipped_rules(), home.rules)         the forms, as YAML says them
    counted = figures.count(form, leads, steps, ...)        every cell: a value and the leads behind it
    whole = checks.filled(form, counted, hand.read(...))    with what people brought by hand
    checks.faults(form, whole, before)                      what does not fit together

Owns: forms as data, counting, figures brought by hand, checks, when what is due. Leaves to others: reading the book
(``store``), spreadsheets and documents (``report.returns``), that a return was filed (``casework.filing``).
"""
