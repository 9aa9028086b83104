"""A command whose process kills itself when something is about to be kept: ``python -m tests.crawl.deaths WHAT NUMBER WORD…``.

WHAT is ``listing``, ``trap`` (the listing called … 3型), ``picture`` or ``second`` (a second look); it dies at the NUMBER-th, sealed and not
yet kept.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from scanner.cli.main import main
from scanner.crawl.keep import Keep, Looked
from scanner.model import Listing

KINDS: dict[str, Callable[[Looked], bool]] = {
    "listing": lambda item: item.first is None and isinstance(item.look.subject, Listing),
    "trap": lambda item: isinstance(item.look.subject, Listing) and " 3型" in item.look.subject.title.text,
    "picture": lambda item: item.capture is not None and item.capture.media_type.startswith("image/"),
    "second": lambda item: item.first is not None,
}

if __name__ == "__main__":
    what, left, kept = KINDS[sys.argv[1]], int(sys.argv[2]), Keep.process_item

    async def process_item(self: Keep, item: Looked) -> Looked:
        global left
        left -= what(item)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return await kept(self, item)

    Keep.process_item = process_item  # type: ignore[method-assign]
    sys.argv = sys.argv[:1] + sys.argv[3:]
    main()
