"""Orders out of a file of JSON Lines (``leads apply``), and other things that people write a line each.

Owns: reading the file, every fault with its line. Leaves to others: what a line may hold (``leads.order`` and the caller's
model), taking it (``desk``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from scanner.casework.desk import Desk, Done
from scanner.errors import InputError, Problem, reason
from scanner.leads.order import Order, complaints

MAX_LINE = 64 * 1024  # bytes
MAX_LINES = 1_000_000


Model = TypeVar("Model", bound=BaseModel)


class Numbered(NamedTuple):
    """An order and the line it stands on (1-based)."""

    line: int
    order: Order


def read(path: Path) -> tuple[list[Numbered], list[Problem]]:
    """The orders of a file, and what is wrong with the lines that hold none. Raises InputError where it cannot be read."""
    found, wrong = parsed(path, Order)
    return [Numbered(*one) for one in found], wrong


def parsed(path: Path, model: type[Model]) -> tuple[list[tuple[int, Model]], list[Problem]]:
    """(line, what it says) of a file, and what is wrong with the other lines. Raises InputError where it cannot be read."""
    found: list[tuple[int, Model]] = []
    wrong: list[Problem] = []
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
                if number > MAX_LINES or len(raw) > MAX_LINE:
                    raise InputError("行数太多" if number > MAX_LINES else "这一行太长", where=f"{path}:{number}")
                if not raw.strip():
                    continue
                try:
                    found.append((number, model.model_validate(json.loads(raw.decode("utf-8-sig")))))
                except ValidationError as error:
                    wrong.append(Problem(where=f"{path}:{number}", message="；".join(complaints(error))))
                except (ValueError, RecursionError):
                    wrong.append(Problem(where=f"{path}:{number}", message="不是 JSON 对象"))
    except OSError as error:
        raise InputError(f"文件读不了：{reason(error)}", where=str(path)) from error
    return found, wrong


def take(desk: Desk, orders: Sequence[Numbered]) -> Iterator[tuple[int, Done]]:
    """(line, what came of it), in the order of the file."""
    done = desk.take_all(one.order for one in orders)
    yield from zip((one.line for one in orders), done, strict=True)
