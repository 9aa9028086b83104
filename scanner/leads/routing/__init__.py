"""Whose matter a lead is (管辖): independent votes, each with its source, and a proposal that a person decides on.

    known = units.load(shipped_rules(), home.rules)     areas, authorities and the office's own units
    traces.of_case(case, records, Known(...))           what is known of where the seller is
    votes.votes(traces, known.addresses)                each trace's own answer
    route.route(traces, known, tables.signs(...))       the unit proposed, or why nobody can be; whom else to tell
    known.get("330100")                                 the unit of an id or name, as leads are assigned to

Owns: areas, authorities and units, the votes, the proposal. Leaves to others: deciding (a person), letters (``report``), the
states of a lead (``leads.states``). Nothing here is certain enough to act on by itself: contradicting votes propose nobody.
"""
