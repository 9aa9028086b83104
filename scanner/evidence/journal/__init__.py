"""The journal: one chain of lines (``chain``) in one ``file``; what a kill leaves (``torn``); its lines as values (``places``, ``pairs``)."""
