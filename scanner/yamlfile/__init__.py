"""Strict YAML into typed models: what people edit is either understood exactly or refused with file and line.

    from scanner import yamlfile
    yamlfile.load(path, Model)        one file, or ConfigError with all its problems
    yamlfile.load_all(paths, Model)   many files, or one ConfigError with the problems of all
    yamlfile.parse(data, name, Model) bytes: the value, its Lines, the problems; never raises
    yamlfile.nearest(word, right)     a hint that names the right word

Owns: reading YAML without its surprises. Duplicate, unknown and missing keys are refused; so are bare words that YAML
1.1 turns into something else (``no``, ``on``, ``001``, ``3:30``), anchors, aliases, tags, several documents, deep or
huge files. All problems of all files come at once, each with ``path:line`` and, for a wrong word, the nearest right
one. Leaves to others: what the files mean (the pydantic models of each room).

Inside, from bytes to a model: ``events`` refuses whole files, ``scalars`` says what a bare word is, ``tree`` makes
values and remembers ``lines``, ``expected`` asks the model what may stand at a place, ``complaints`` and ``hint`` say
what is wrong, ``doors`` puts them together.
"""

from __future__ import annotations

from scanner.yamlfile.doors import MAX_PROBLEMS, Model, load, load_all, parse, read
from scanner.yamlfile.events import MAX_BYTES, MAX_DEPTH, MAX_NODES
from scanner.yamlfile.hint import nearest
from scanner.yamlfile.lines import Lines, Where

__all__ = [
    "MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "MAX_PROBLEMS", "Lines", "Model", "Where", "load", "load_all", "nearest",
    "parse", "read",
]  # fmt: skip
