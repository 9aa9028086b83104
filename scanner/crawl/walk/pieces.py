"""A look that waits for the rest of its page: answers with the description or the price, pictures with text.

Owns: what is still to come of one look, the look made whole of what came, and that a fault on the way costs no more than the
pieces. Leaves to others: asking for the pieces (``looking``), finding them in a recording (``bring``), what a part says (families, ``parts``), reading pictures and which of them matter (``pictures``).

A page's look is kept once, when all of its pieces have come or are lost: a page judged before its description is there
would say things that the description takes back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scanner.crawl.reading.line import Line, Look
from scanner.crawl.reading.pictures import Pictures, Sealed
from scanner.errors import QingwangError, fault
from scanner.model import Listing

if TYPE_CHECKING:
    from datetime import date

    from scanner.crawl.reading.parts import Part
    from scanner.crawl.tally import Tally
    from scanner.model import Capture


log = logging.getLogger(__name__)


class _Both(Mapping[str, Sealed]):
    """What the look's own capture holds before what is known beside it; neither is copied."""

    def __init__(self, own: Mapping[str, Sealed], known: Mapping[str, Sealed]) -> None:
        self._own, self._known = own, known

    def __getitem__(self, key: str) -> Sealed:
        return self._own[key] if key in self._own else self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter({*self._own, *self._known})

    def __len__(self) -> int:
        return len({*self._own, *self._known})

    def __bool__(self) -> bool:
        return bool(self._own or self._known)

    def get(self, key: str, default: Any = None) -> Any:
        return self._own.get(key) or self._known.get(key, default)


@dataclass(slots=True, eq=False)
class Held:
    """One look and what it waits for. ``pieces``: the captures it was read from beside its own, by id."""

    capture: Capture
    look: Look
    on: date
    row: int = 0  # of the frontier, 0 where there is none
    waiting: int = 0
    parts: list[Part] = field(default_factory=list)
    answers: dict[str, Sealed] = field(default_factory=dict)  # what its own capture holds, by address (``picture_key``)
    pieces: tuple[str, ...] = ()
    pictured: bool = False  # whether its pictures were asked for

    def came(self, capture: Capture, found: Iterable[Part]) -> None:
        """An answer with parts has come; it counts as a piece where one of them is this product's."""
        subject = self.look.subject
        own = [part for part in found if isinstance(subject, Listing) and part.of(subject)]
        self.parts += own
        if own:
            self._add(capture.id)

    def join(self, line: Line) -> None:
        """Make the look whole with the parts that came."""
        self.look = line.joined(self.look, self.parts, self.on)

    async def read(self, pictures: Pictures, known: Mapping[str, Sealed]) -> None:
        """Make the look whole with the text of its pictures, those its capture holds and those ``known``."""
        if not pictures.relevant(self.look):
            return
        read = await pictures.look(self.look, _Both(self.answers, known), self.on)
        if read is not None:
            self.look = replace(read.look, parts=())
            self._add(*read.captures)

    @contextmanager
    def costing_only_pieces(self, tally: Tally) -> Iterator[None]:
        """A fault of ours around the pieces of a page costs these; the page and the run go on. What cannot be kept or read
        from disk is no such fault."""
        try:
            yield
        except QingwangError:
            raise
        except Exception as error:  # whatever an attacker's picture or text can make our code do
            log.exception("while completing %s", self.capture.url)
            tally.lost.append((self.capture.url, fault(error)))

    def _add(self, *captures: str) -> None:
        own = (one for one in captures if one != self.capture.id)
        self.pieces = tuple(dict.fromkeys((*self.pieces, *own)))
