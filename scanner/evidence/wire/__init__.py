"""One HTTP exchange as it went over the wire: its answer (``http``), the content codings taken off (``coding``)."""
