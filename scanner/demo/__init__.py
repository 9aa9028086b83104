"""The demo mall (演示商城): a small real web shop of our own on loopback, and what each of its listings should yield.

It ships with the program so that ``qingwang demo`` runs anywhere, and it is what the tests of the whole line crawl.
Owns: the shop, its goods, its register and its truth table. Leaves to others: looking at it (``crawl``, ``spiders``).
"""
