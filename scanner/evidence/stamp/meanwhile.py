"""Time stamps while a run is going on: a segment is stamped as soon as it is closed, and the journal's head with it.

Owns: one thread that is woken when a segment was closed, so that neither sealing nor the crawl waits for a service. Leaves to
others: what is due and its lines (``stamp.of_home``), when a segment ends (``archive.sealing``), the stamps at a run's end.

What a service does not give stays pending, is asked for again with the next segment and at the run's end, and is no error.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from scanner.errors import QingwangError
from scanner.evidence.journal.file import Journal
from scanner.evidence.stamp import of_home
from scanner.evidence.stamp.services import Authority
from scanner.home import Home

SECONDS = 8.0  # for all authorities together, each time; closing waits no longer than that for what was begun

log = logging.getLogger(__name__)


class Meanwhile:
    """Stamps what is due whenever :meth:`wake` is called, until closed."""

    def __init__(self, home: Home, journal: Journal, among: Sequence[Authority]) -> None:
        self._home, self._journal, self._among = home, journal, among
        self._woken, self._over = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="stamp-meanwhile", daemon=True)
        if among:
            self._thread.start()

    def wake(self) -> None:
        """A segment was closed and its lines are on disk. Returns at once."""
        self._woken.set()

    def close(self) -> None:
        """Stop; what is under way is finished."""
        self._over = True
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._woken.wait() and not self._over:
            self._woken.clear()
            try:
                of_home.stamp(self._home, self._journal, self._among, patience=SECONDS, writing=True)
            except (QingwangError, OSError) as error:  # the disk, say: the run's own error tells
                log.warning("没有加盖时间戳：%s", error)
