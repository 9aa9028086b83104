"""The evidence lane (取证通道): a page visited by a real browser, and everything it showed taken down.

``lane`` is its door for the crawl; behind it ``visit`` keeps Chromium running, ``sight`` looks at one page with its
``events``, ``check`` compares two records of one answer, ``record`` writes down how a page was seen, ``chromium`` finds
the program. Owns: the browser. Leaves to others: its way to the network (``crawl.proxy``), sealing (``evidence``).
"""
