"""Readers of registers' files, one module a format, in one visible dictionary.

A reader is a function from a file to its parts, and a part gives its rows as they are read; what it cannot take it hands
over as ``Bad``, and only a file that is not what it claims to be raises InputError. To add a format, write a module and
name it here and in sources.yaml.
"""

from __future__ import annotations

from scanner.registry.readers import official, registrants, sellers, table, udi
from scanner.registry.rows import Reader

READERS: dict[str, Reader] = {
    "udi": udi.parts,
    "table": table.parts,
    "registrants": registrants.parts,
    "sellers": sellers.parts,
    **official.READERS,
}
