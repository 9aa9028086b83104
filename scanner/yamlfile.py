"""Strict YAML into typed models: what people edit is either understood exactly or refused with file and line.

Owns: reading YAML without its surprises. Duplicate, unknown and missing keys are refused; so are bare words that YAML
1.1 turns into something else (``no``, ``on``, ``001``, ``3:30``), anchors, aliases, tags, several documents, deep or
huge files. All problems of all files come at once, each with ``path:line`` and, for a wrong word, the nearest right
one. Leaves to others: what the files mean (the pydantic models of each room).

The tree is built here from parser events, with a stack instead of recursion, so that nothing grows before the caps
are looked at; the values then go through pydantic's JSON mode in strict form (a list may become a tuple, a word an
enumeration, ``2015-09-01`` a date, but never a number a text or a text a number).
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails, to_json

from scanner.errors import ConfigError, Problem

Model = TypeVar("Model", bound=BaseModel)
Where = tuple[int | str, ...]  # a place in a file: keys and list positions from the top

MAX_BYTES = 8 * 1024 * 1024
MAX_NODES = 400_000
MAX_DEPTH = 16
MAX_PROBLEMS = 50  # per file; more help nobody

# libyaml where the wheel has it (ten times faster on long word lists), else the same parser in Python.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What YAML 1.1, YAML 1.2 and people read differently when it stands without quotes.
_AMBIGUOUS = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null)"  # lower-case true, false and null were taken before
    r"|[-+]?0[0-9_]+(\.[0-9_]*)?"  # 001, 0755
    r"|[-+]?(?i:0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"  # 3:30
    r"|[-+]?[0-9]+(_[0-9]+)+|\+[0-9][0-9.]*|[-+]?\.[0-9]+|[-+]?[0-9]+\.|[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+"
    r"|[-+]?(?i:\.inf)|(?i:\.nan)|[0-9]{19,}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?"  # dates that are not written YYYY-MM-DD, and times
    r"|=|<<"
)


@dataclass(slots=True)
class Lines:
    """Where each thing of a file stands. ``where(*place)`` is ``path:line``, of the nearest enclosing place known."""

    name: str
    lines: dict[Where, int] = field(default_factory=dict)

    def where(self, *place: int | str) -> str:
        known: Where = ()
        for step in place:
            if (*known, step) in self.lines:  # a union's tag in pydantic's place is no step of the file
                known = (*known, step)
        return f"{self.name}:{self.lines.get(known, 1)}"


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
        why = Problem(where=f"{path}:1", message=f"文件读不了：{error.strerror}", hint="检查文件名和权限")
        return None, Lines(str(path)), [why]
    return parse(data, str(path), model)


def parse(data: bytes, name: str, model: type[Model]) -> tuple[Model | None, Lines, list[Problem]]:
    """UTF-8 YAML as ``model``: the value (None when anything is wrong), its lines, and all problems. Never raises."""
    tree = _Tree(Lines(name))
    try:
        value = tree.read(data)
    except _Refused as refused:
        tree.problems.append(Problem(where=f"{name}:{refused.line}", message=refused.message, hint=refused.hint))
        return None, tree.lines, tree.problems
    problems = list(tree.problems)
    problems += [p for place, word, p in tree.bare_keys if word not in _keys(model, place)]
    problems += [p for place, word, p in tree.bare_words if word not in _words(model, place)]
    made: Model | None = None
    try:
        made = model.model_validate_json(to_json(value), strict=True, extra="forbid")
    except ValidationError as error:
        problems += _explain(error, model, tree.lines)
    problems = sorted(set(problems), key=lambda p: (int(p.where.rpartition(":")[2]), p.message))[:MAX_PROBLEMS]
    return (None if problems else made), tree.lines, problems


# --- events into values ------------------------------------------------------------------------------------------


class _Refused(Exception):
    """The whole file is refused at a line; becomes a Problem in :func:`parse`."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


@dataclass(slots=True)
class _Open:
    """A mapping or list being read; ``key`` is the key whose value comes next."""

    place: Where
    value: dict[str, Any] | list[Any]
    key: str | None = None


class _Tree:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        # Bare words with two meanings; forgiven where the model asks for that very word (``evasion: on``).
        self.bare_keys: list[tuple[Where, str, Problem]] = []
        self.bare_words: list[tuple[Where, str, Problem]] = []
        self.top: Any = None
        self.stack: list[_Open] = []

    def read(self, data: bytes) -> Any:
        if len(data) > MAX_BYTES:
            raise _Refused(1, f"文件超过 {MAX_BYTES // 1024 // 1024} MB", "拆成几个文件")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise _Refused(line, "文件不是 UTF-8 编码", "用 UTF-8 另存") from None
        documents = nodes = 0
        for event in self._events(text):
            line = event.start_mark.line + 1
            nodes += isinstance(event, yaml.NodeEvent)
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise _Refused(line, "一个文件只能有一份文档", "去掉中间的 ---")
            if nodes > MAX_NODES or len(self.stack) > MAX_DEPTH:
                why = f"内容太多（超过 {MAX_NODES} 项）或者嵌套太深（超过 {MAX_DEPTH} 层）"
                raise _Refused(line, why, "拆成几个文件")
            self._take(event, line)
        return self.top

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _Refused(
                mark.line + 1 if mark else 1, f"YAML 写法有误：{error.problem}", "检查缩进、引号和冒号"
            ) from None
        except yaml.YAMLError as error:  # yaml.reader.ReaderError: a character YAML does not allow
            place = int(getattr(error, "position", 0))
            raise _Refused(text.count("\n", 0, place) + 1, "有 YAML 不允许的字符", "去掉控制字符") from None

    def _take(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "不支持锚点（&）和别名（*）", "把内容写全；要写这个符号就加引号")
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Refused(line, f"不支持标签 {event.tag}", "去掉标签；要写感叹号就加引号")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _begin(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if self._wants_key():
            raise _Refused(line, "键必须是一个词", "花括号和方括号开头的文字要加引号")
        place = self._place(line)
        self._put(value)
        self.stack.append(_Open(place, value))

    def _scalar(self, event: Any, line: int) -> None:
        text: str = event.value
        if self._wants_key():
            self._key(text, bool(event.implicit[0]), line)
            return
        place = self._place(line)
        if event.implicit[0] and not _plainly(text) and _AMBIGUOUS.fullmatch(text):
            hint = f'写成 "{text}"' + ("；真假写 true 或 false" if text.isalpha() else "")
            why = Problem(where=self.lines.where(*place), message=f"{text} 没有加引号，意思不明确", hint=hint)
            self.bare_words.append((place, text, why))
            self._put(text)
        else:
            self._put(_resolve(text) if event.implicit[0] else text)

    def _key(self, text: str, plain: bool, line: int) -> None:
        top = self.stack[-1]
        assert isinstance(top.value, dict)
        place, here = (*top.place, text), f"{self.lines.name}:{line}"
        if text in top.value:
            first = self.lines.lines[place]
            self.problems.append(Problem(where=here, message=f"键 {text} 重复", hint=f"第 {first} 行已经有了"))
        else:
            self.lines.lines[place] = line
        if plain and (_plainly(text) or _AMBIGUOUS.fullmatch(text)):
            why = Problem(where=here, message=f"键 {text} 没有加引号，意思不明确", hint=f'写成 "{text}":')
            self.bare_keys.append((top.place, text, why))
        top.key = text

    def _wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _place(self, line: int) -> Where:
        if not self.stack:
            place: Where = ()
        else:
            top = self.stack[-1]
            place = (*top.place, len(top.value) if isinstance(top.value, list) else top.key or "")
        self.lines.lines.setdefault(place, line)
        return place

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.top = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            assert top.key is not None
            top.value[top.key] = value
            top.key = None


def _plainly(text: str) -> bool:
    """Whether a bare scalar means one thing only to every reader."""
    return text in ("", "~", "null", "true", "false") or bool(
        _INT.fullmatch(text) or _FLOAT.fullmatch(text) or _DATE.fullmatch(text)
    )


def _resolve(text: str) -> Any:
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text  # dates stay text: the model says whether a date is meant


# --- what the model expects at a place ---------------------------------------------------------------------------


def _unfold(annotation: Any) -> Iterator[Any]:
    """The members of unions, annotated types and root models, without their wrapping."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unfold(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _unfold(member)
    elif isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _unfold(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _fields(annotation: Any) -> dict[str, Any]:
    """Key -> annotation of a model; nothing for any other type."""
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return {}
    return {f.alias or name: f.annotation for name, f in annotation.model_fields.items()}


def _expected(model: type[BaseModel], place: Where) -> list[Any]:
    """The types that may stand at ``place``; a step no type knows (a union's tag) is passed over."""
    now = list(_unfold(model))
    for step in place:
        inner: list[Any] = []
        for part in now:
            origin, arguments = get_origin(part), get_args(part)
            if isinstance(step, int) and origin in (list, tuple, set, frozenset):
                inner += [a for a in arguments if a is not ...]
            elif origin is dict:
                inner.append(arguments[1])
            elif step in _fields(part):
                inner.append(_fields(part)[step])
        now = [part for a in inner for part in _unfold(a)] or now
    return now


def _keys(model: type[BaseModel], place: Where) -> list[str]:
    """The keys a mapping at ``place`` may have."""
    return [key for part in _expected(model, place) for key in _fields(part)]


def _words(model: type[BaseModel], place: Where) -> list[str]:
    """The fixed words that may stand at ``place``."""
    return [str(w) for part in _expected(model, place) if get_origin(part) is Literal for w in get_args(part)]


# --- pydantic's complaints in our words --------------------------------------------------------------------------

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


def _explain(error: ValidationError, model: type[BaseModel], lines: Lines) -> list[Problem]:
    return [_problem(e, model, lines) for e in error.errors(include_url=False, include_input=True)]


def _problem(error: ErrorDetails, model: type[BaseModel], lines: Lines) -> Problem:
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    where, last = lines.where(*place), _called(place)
    keys = _keys(model, place[:-1])
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


def nearest(given: str, right: Iterable[str]) -> str:
    """A hint that names the right word nearest to ``given``, else all right words when they are few."""
    choices = list(dict.fromkeys(right))
    near = difflib.get_close_matches(given[:60], choices, n=1, cutoff=0.6)
    if near:
        return f"是不是 {near[0]}？"
    return f"可以用：{'、'.join(choices)}" if 0 < len(choices) <= 24 else ""
