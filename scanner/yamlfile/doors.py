"""The ways in: files or bytes to a model, all problems at once.

Owns: opening files, putting the steps together, and the order and number of the problems told. Values go through
pydantic's JSON mode in strict form (a list may become a tuple, a word an enumeration, ``2015-09-01`` a date, but never
a number a text or a text a number). Leaves to others: every single step (the other modules of this room), printing
(``cli``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from scanner.errors import ConfigError, Problem, reason
from scanner.yamlfile.complaints import explain
from scanner.yamlfile.events import MAX_BYTES, Refused
from scanner.yamlfile.expected import keys_at, words_at
from scanner.yamlfile.lines import Lines
from scanner.yamlfile.tree import Tree

Model = TypeVar("Model", bound=BaseModel)

MAX_PROBLEMS = 50  # per file; more help nobody


def load(path: Path, model: type[Model]) -> Model:
    """The file as ``model``. Raises ConfigError with every problem found."""
    return load_all([path], model)[0]


def load_all(paths: Iterable[Path], model: type[Model]) -> tuple[Model, ...]:
    """The files in the order given. Raises one ConfigError with the problems of all of them."""
    values, problems = [], []
    for path in paths:
        value, _, found = read(path, model)
        problems += found
        if value is not None:
            values.append(value)
    if problems:
        raise ConfigError(problems)
    return tuple(values)


def read(path: Path, model: type[Model]) -> tuple[Model | None, Lines, list[Problem]]:
    """As :func:`parse`, of a file; a file that cannot be read is a problem, not an exception."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        why = Problem(where=f"{path}:1", message=f"文件读不了：{reason(error)}", hint="检查文件名和权限")
        return None, Lines(str(path)), [why]
    return parse(data, str(path), model)


def parse(data: bytes, name: str, model: type[Model]) -> tuple[Model | None, Lines, list[Problem]]:
    """UTF-8 YAML as ``model``: the value (None when anything is wrong), its lines, and all problems. Never raises."""
    tree = Tree(Lines(name))
    try:
        value = tree.read(data)
    except Refused as refused:
        tree.problems.append(Problem(where=f"{name}:{refused.line}", message=refused.message, hint=refused.hint))
        tree.lines.whole = False
        return None, tree.lines, tree.problems
    problems = list(tree.problems)
    problems += [p for place, word, p in tree.bare_keys if word not in keys_at(model, place)]
    problems += [p for place, word, p in tree.bare_words if word not in words_at(model, place)]
    made: Model | None = None
    try:
        made = model.model_validate_json(to_json(value), strict=True, extra="forbid")
    except ValidationError as error:
        problems += explain(error, model, tree.lines)
    problems = sorted(set(problems), key=lambda p: (int(p.where.rpartition(":")[2]), p.message))[:MAX_PROBLEMS]
    return (None if problems else made), tree.lines, problems
