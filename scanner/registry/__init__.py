"""The registers (登记册): what authorities have registered, imported once and asked offline.

    with Register.open(home.register) as register:
        import_source(register, "udi", [path], now=now)
        register.lookup("国械注准20213149001", holder="…", on=day)

Owns: reading registers' files (``readers``), telling which register a file is (``recognising``), what each source can
prove (``sources``, registry_data/sources.yaml), who sells on the web (``sellers``), comparing names (``company``,
``products``) and the standing of a number on a day (``standing``). Leaves to others: SQL (``scanner.store.register``), the
grammar of numbers (``scanner.numbers``), verdicts (``scanner.checks``).
"""

from __future__ import annotations

from scanner.registry.importing import ImportReport
from scanner.registry.recognising import Recognised
from scanner.registry.register import Register, SourceStatus, import_source, recognise

__all__ = ["ImportReport", "Recognised", "Register", "SourceStatus", "import_source", "recognise"]
