"""Events into plain values, with the line of every key and item.

Owns: the tree of dicts, lists and scalars, built with a stack instead of recursion, so that nothing grows before the
caps are looked at; duplicate keys; and the bare words and keys that mean two things, collected with their places.
Leaves to others: what ends a file (``events``), what a bare scalar is (``scalars``), and what the model wants there
(``expected``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from scanner.errors import Problem
from scanner.yamlfile.events import Refused, events
from scanner.yamlfile.lines import Lines, Where
from scanner.yamlfile.scalars import ambiguous, plainly, resolve


@dataclass(slots=True)
class _Open:
    """A mapping or list being read; ``key`` is the key whose value comes next."""

    place: Where
    value: dict[str, Any] | list[Any]
    key: str | None = None


class Tree:
    """One file being read. ``read`` gives its value; then ``lines``, ``problems`` and the bare words are complete."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        # Bare words with two meanings; forgiven where the model asks for that very word (``evasion: on``).
        self.bare_keys: list[tuple[Where, str, Problem]] = []
        self.bare_words: list[tuple[Where, str, Problem]] = []
        self._top: Any = None
        self._stack: list[_Open] = []

    def read(self, data: bytes) -> Any:
        """The file's value: dict, list, str, int, float, bool or None. Raises Refused."""
        for event, line in events(data):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, yaml.MappingStartEvent):
                self._begin({}, line)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._begin([], line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._stack.pop()
        return self._top

    def _begin(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if self._wants_key():
            raise Refused(line, "键必须是一个词", "花括号和方括号开头的文字要加引号")
        place = self._place(line)
        self._put(value)
        self._stack.append(_Open(place, value))

    def _scalar(self, event: Any, line: int) -> None:
        text: str = event.value
        if self._wants_key():
            self._key(text, bool(event.implicit[0]), line)
            return
        place = self._place(line)
        if event.implicit[0] and ambiguous(text):
            hint = f'写成 "{text}"' + ("；真假写 true 或 false" if text.isalpha() else "")
            why = Problem(where=self.lines.where(*place), message=f"{text} 没有加引号，意思不明确", hint=hint)
            self.bare_words.append((place, text, why))
            self._put(text)
        else:
            self._put(resolve(text) if event.implicit[0] else text)

    def _key(self, text: str, plain: bool, line: int) -> None:
        top = self._stack[-1]
        assert isinstance(top.value, dict)
        place, here = (*top.place, text), f"{self.lines.name}:{line}"
        if text in top.value:
            first = self.lines.lines[place]
            self.problems.append(Problem(where=here, message=f"键 {text} 重复", hint=f"第 {first} 行已经有了"))
        else:
            self.lines.lines[place] = line
        if plain and (plainly(text) or ambiguous(text)):
            why = Problem(where=here, message=f"键 {text} 没有加引号，意思不明确", hint=f'写成 "{text}":')
            self.bare_keys.append((top.place, text, why))
        top.key = text

    def _wants_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None

    def _place(self, line: int) -> Where:
        if not self._stack:
            place: Where = ()
        else:
            top = self._stack[-1]
            place = (*top.place, len(top.value) if isinstance(top.value, list) else top.key or "")
        self.lines.lines.setdefault(place, line)
        return place

    def _put(self, value: Any) -> None:
        if not self._stack:
            self._top = value
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            assert top.key is not None
            top.value[top.key] = value
            top.key = None
