"""Are two sellers (经营者) on different shops and platforms the same one? One operator behind many shops, told and undone.

``reading`` takes traits off what pages say, ``likeness`` compares two sellers, ``candidates`` finds the pairs that are
worth comparing among a hundred thousand, ``clusters`` joins them into groups, ``book`` asks all of that of an open book, ``fading`` takes
out what only purged captures showed.
Owns: the answer and its reasons. Leaves to others: leads (nothing here merges any), SQL (``store.identities``), names and
codes of companies (``registry.company``), whether a shop lawfully uses a licence (rules).

The same one means the same legal person (法人) or sole trader. A branch (分公司) has a code of its own and is another
registration; franchisees (加盟) of one brand are others; two companies of one owner are others, though worth knowing of.
"""
