"""The archive: a visit in, a capture out (``sealing``), and back (``shelf``); ``records`` in ``segment`` files; ``recovery`` after a kill."""
