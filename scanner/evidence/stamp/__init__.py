"""Time stamps (RFC 3161): one (``tokens``), who gives them (``services`` over ``post``), what they lie over.

Over segments and the journal's head: ``of_home``, ``meanwhile`` a run goes on; checked by ``check``. Over packages: ``of_package``,
checked by ``in_seals``.
"""
