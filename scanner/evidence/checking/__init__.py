"""Checking: a package (``verify``, with ``bound`` and ``wacz_check``) and a whole home (``home_check``, with ``kept_check``)."""
