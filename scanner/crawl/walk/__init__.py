"""The walk through a storefront: which pages are asked for, in what order, and when one is done.

Owns: the base of all storefront spiders, the look at each page with its pieces and its second look, the frontier, whether a
list was seen whole. Leaves to others: fetching (``crawl.fetch``), what a page says (``crawl.reading``), keeping (``crawl.keep``).
"""
