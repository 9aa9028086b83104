"""Signatures of the installation: its ``keys``, which of them when (``key_history``), and on a PDF (``pdfsign``)."""
