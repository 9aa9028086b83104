"""Orders out of a file of JSON Lines (``leads apply``).

Owns: reading the file, every fault with its line. Leaves to others: what an order may hold (``leads.order``), taking it
(``desk``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from scanner.casework.desk import Desk, Done
from scanner.errors import InputError, Problem, reason
from scanner.leads.order import Order, complaints

MAX_LINE = 64 * 1024  # bytes
MAX_LINES = 1_000_000


class Numbered(NamedTuple):
    """An order and the line it stands on (1-based)."""

    line: int
    order: Order


def read(path: Path) -> tuple[list[Numbered], list[Problem]]:
    """The orders of a file, and what is wrong with the lines that hold none. Raises InputError where it cannot be read."""
    orders: list[Numbered] = []
    wrong: list[Problem] = []
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
                if number > MAX_LINES or len(raw) > MAX_LINE:
                    raise InputError("行数太多" if number > MAX_LINES else "这一行太长", where=f"{path}:{number}")
                if not raw.strip():
                    continue
                try:
                    orders.append(Numbered(number, _order(raw)))
                except ValidationError as error:
                    wrong.append(Problem(where=f"{path}:{number}", message="；".join(complaints(error))))
                except (ValueError, RecursionError):
                    wrong.append(Problem(where=f"{path}:{number}", message="不是 JSON 对象"))
    except OSError as error:
        raise InputError(f"文件读不了：{reason(error)}", where=str(path)) from error
    return orders, wrong


def _order(raw: bytes) -> Order:
    return Order.model_validate(json.loads(raw.decode("utf-8-sig")))


def take(desk: Desk, orders: Sequence[Numbered]) -> Iterator[tuple[int, Done]]:
    """(line, what came of it), in the order of the file."""
    done = desk.take_all(one.order for one in orders)
    yield from zip((one.line for one in orders), done, strict=True)
