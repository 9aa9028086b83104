"""Keeping and deleting: what the journal says of both (``holds``), ``purge``, and its logs held against the archive (``graves``)."""
