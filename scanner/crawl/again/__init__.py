"""Looks that were made once, made again: imports, revisits, and the book rebuilt from journal and archive.

Owns: looking at what is already sealed or recorded elsewhere, at an address another time, and telling what differs. Leaves to
others: the walk of a crawl (``crawl.walk``), the archive and the journal (``evidence``).
"""
