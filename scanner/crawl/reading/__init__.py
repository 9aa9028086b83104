"""From a sealed page to what it says: what families share, and the worker processes in which all of it happens.

Owns: labels and fields, links, offers, parts and pictures of a page, profiles of JSON back ends, walls and outcomes, the line
*recognise, read, judge*. Leaves to others: the page itself (``page``), families (``spiders``), rules (``judge``).
"""
