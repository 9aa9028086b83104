"""Returns on paper: forms and registers as XLSX, the monthly report and the summary as DOCX.

Owns: layout, and files that repeat and do nothing when opened. Leaves to others: every figure (``leads.returns``), who asks
(``cli``), that one was filed (``casework.filing``).
"""
