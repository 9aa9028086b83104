"""Pydantic's complaints in our words, each at its line.

Owns: the Chinese sentence for every kind of validation error that people meet, and how a place is called in it. Leaves
to others: the lines (``lines``), the right keys (``expected``), the nearest of them (``hint``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scanner.errors import Problem
from scanner.yamlfile.expected import keys_at
from scanner.yamlfile.hint import nearest
from scanner.yamlfile.lines import Lines, Where

_SAID = {
    "string_type": "应为文字（数字和真假要加引号）",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "list_type": "应为列表（每项一行，以 - 开头）",
    "tuple_type": "应为列表（每项一行，以 - 开头）",
    "frozen_set_type": "应为列表（每项一行，以 - 开头）",
    "set_type": "应为列表（每项一行，以 - 开头）",
    "dict_type": "应为 键: 值",
    "model_type": "应为 键: 值",
    "model_attributes_type": "应为 键: 值",
    "none_required": "应为空",
    "string_too_short": "不能为空",
    "date_type": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "datetime_parsing": "应为时间",
    "union_tag_not_found": "缺少区分种类的键",
}


def explain(error: ValidationError, model: type[BaseModel], lines: Lines) -> list[Problem]:
    """Every complaint of pydantic as a problem in Chinese, at its line, with the nearest right word."""
    found = error.errors(include_url=False, include_input=True)
    # A list of which an item is wrong is not also too short: pydantic counts only the items it took.
    return [_problem(e, model, lines) for e in found if e["type"] != "too_short" or not _inner(e, found)]


def _inner(error: ErrorDetails, others: Iterable[ErrorDetails]) -> bool:
    """Whether another complaint is about something inside the place of this one."""
    place = error["loc"]
    return any(len(o["loc"]) > len(place) and o["loc"][: len(place)] == place for o in others)


def _problem(error: ErrorDetails, model: type[BaseModel], lines: Lines) -> Problem:
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    where, last = lines.where(*place), _called(place)
    keys = keys_at(model, place[:-1])
    if kind == "missing":
        return Problem(where=where, message=f"缺少键 {last}", hint="")
    if kind == "extra_forbidden":
        return Problem(where=where, message=f"不认识的键 {last}", hint=nearest(last, keys))
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        given = str(context.get("tag", error["input"]))
        words = re.findall(r"'([^']*)'", str(context.get("expected", context.get("expected_tags", ""))))
        return Problem(where=where, message=f"{last} 不能是 {given[:60]}", hint=nearest(given, words))
    if kind == "value_error":
        return Problem(where=where, message=str(context.get("error", error["msg"])))
    if kind == "string_too_long":
        return Problem(where=where, message=f"{last} 太长，最多 {context.get('max_length')} 个字")
    if kind == "too_long":
        return Problem(where=where, message=f"{last} 最多 {context.get('max_length')} 项", hint="拆开写")
    if kind in ("greater_than_equal", "less_than_equal"):
        least = kind == "greater_than_equal"
        return Problem(
            where=where, message=f"{last} 不能{'小' if least else '大'}于 {context.get('ge' if least else 'le')}"
        )
    if kind == "string_pattern_mismatch":
        return Problem(
            where=where, message=f"{last} 的写法不对：{str(error['input'])[:60]}", hint="对照同类文件里的写法"
        )
    if kind == "too_short":
        return Problem(where=where, message=f"{last} 至少要有 {context.get('min_length')} 项")
    said = _SAID.get(kind)
    return Problem(where=where, message=f"{last} {said}" if said else f"{last} 不对：{error['msg']}")


def _called(place: Where) -> str:
    """The last step of a place as people say it: a key, or ``words 的第 3 项``."""
    if not place:
        return "内容"
    if isinstance(place[-1], str):
        return place[-1]
    keys = [step for step in place if isinstance(step, str)]
    return f"{keys[-1]} 的第 {place[-1] + 1} 项" if keys else f"第 {place[-1] + 1} 项"
