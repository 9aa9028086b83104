"""Returns on paper: forms and registers as XLSX, the monthly report and the summary as DOCX.

    grid.xlsx(Filled(...)), register.xlsx(sellers, ...)
    narrative.written("monthly", told, home.templates)      its template is the home's, else ours (``layout``)

Owns: layout, wording, and files that repeat and do nothing when opened. Leaves to others: every figure (``leads.returns``), who asks
(``cli``), that one was filed (``casework.filing``).
"""
