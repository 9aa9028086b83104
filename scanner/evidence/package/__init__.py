"""The package handed over: from a lead's number (``handover``) to a folder or zip that anybody can check (``build``).

Its parts: ``contents`` (lead, findings, decisions, register) · ``extract`` (of the journal) · ``environment`` · ``material`` (pictures for
the report) · ``wacz`` with ``cdxj``, ``indexed`` · ``manifest`` · ``guide`` (VERIFY.txt) · ``sums``. Its form: ``source``, ``zipped``.
"""
