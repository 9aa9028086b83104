"""What is left of sellers' traits when captures were purged.

Owns: that a trait known from purged captures alone goes, and that one which a remaining capture shows stays, with that
capture. Leaves to others: which captures go and when (``evidence.keeping``), SQL (``store``), reading traits off pages
(``reading``).

What comes out depends on nothing but what the book holds: a run cut off by a kill is finished by the next, and ``rebuild``
comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.leads.same.reading import key_of, traits_of
from scanner.model import Listing, Seller
from scanner.store import codec
from scanner.store.book import Book

Gone = tuple[str, str, str]  # seller key, kind, value


def fade(book: Book) -> list[Gone]:
    """Take out of the book what sellers showed in purged captures alone, all at once; what went. On disk when this
    returns."""
    with book.write(durable=True):
        dropped = book.drop_traits()
        keys = {key for key, _, _ in dropped}
        for subject, capture, template in book.left({key.partition("\n")[0] for key in keys}):
            if (key := codec.column(key_of(subject))) in keys:
                pictures = pictures_of(book, subject, book.pieces(subject, page=capture))
                book.save_traits(key, traits_of(subject, capture, pictures=pictures, template=template))
        kept = {(key, one.kind, one.value) for key in keys for one in book.traits(key)}
    return sorted(one for one in dropped if one not in kept)


def pictures_of(book: Book, subject: Listing | Seller, pieces: Iterable[str]) -> list[str]:
    """The hashes of the pictures that a seller's page was read from and that have captures of their own; those that a
    browser loaded lie in the capture of its page, which knows the hash of no single one."""
    if isinstance(subject, Listing):
        return []
    sealed = (book.capture(piece) for piece in pieces)
    return [one.capture.digest for one in sealed if one is not None and one.capture.media_type.startswith("image/")]
