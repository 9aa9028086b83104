"""Readers of registers' files, one module a format, in one visible dictionary.

A reader is a function from a file to its rows, streamed; what it cannot take it hands over as ``Bad``, and only a file
that is not what it claims to be raises InputError. To add a format, write a module and name it here and in sources.yaml.
"""

from __future__ import annotations

from scanner.registry.readers import nmpa_csv, registrants_jsonl, udi_xml
from scanner.registry.rows import Reader

READERS: dict[str, Reader] = {
    "udi_xml": udi_xml.read,
    "nmpa_csv": nmpa_csv.read,
    "registrants_jsonl": registrants_jsonl.read,
}
