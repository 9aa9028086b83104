"""Files (档案) of sellers and platforms, and what follows of them: facts put together from the book, no verdicts.

``history``: what came of a lead. ``credentials``: which licences a seller's pages showed when, how they stand today, what to
warn of. ``seller``: one seller's file. ``credit``: the credit record and the proposal for the list of serious dishonesty
(严重违法失信名单). ``risk``: grade and re-scan interval. ``relisted``: goods that came back. ``stays``: how long known ones stayed.
``platforms``: the scorecard. ``named``: which platform is meant. ``platform``: one platform's file, ``papers`` its own credentials.
Owns: putting together and counting. Leaves to others: SQL (``store.dossiers``), the register's answers (``registry``), who is
the same seller (``leads.same``), steps and clocks (``leads.states``, ``leads.clocks``). The book is only read.
"""
