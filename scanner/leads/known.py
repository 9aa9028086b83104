"""Sellers and products that the office knows (已知名单): the home's ``rules/known.yaml``.

    known:
      - {list: bad, name: 演示甲公司, note: 2025 年两次处罚, until: 2027-12-31}
      - {list: good, uscc: 91…, licence: 赣食药监械经营备…, product: 演示血压计, note: 已核查}

Owns: the file's shape, and which entries a lead meets on a day. Leaves to others: what follows (``priority``): an entry
never hides a lead, it moves it in the order and is said. All that an entry names must fit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.store.draft import seller_key

FILE = "known.yaml"
Text = Annotated[str, Field(max_length=200)]


class Known(BaseModel):
    """One entry. ``until``: the last day on which it counts (none: for good)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list: Literal["good", "bad"]
    name: Text = ""
    uscc: Text = ""
    licence: Text = ""
    product: Text = ""
    note: Text = ""
    until: date | None = None

    @model_validator(mode="after")
    def _whom(self) -> Known:
        if not (self.name or self.uscc or self.licence or self.product):
            raise ValueError("写明是谁或者什么产品：name、uscc、licence、product 至少写一个")
        return self

    @property
    def says(self) -> str:
        """For people: who, and what is noted."""
        whom = "、".join(one for one in (self.name, self.uscc, self.licence, self.product) if one)
        return f"{whom}{f'：{self.note}' if self.note else ''}{f'（至 {self.until}）' if self.until else ''}"


class KnownFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    known: tuple[Known, ...] = ()


class Lists:
    """The entries of a home, found quickly."""

    def __init__(self, entries: Iterable[Known]) -> None:
        self._by_name: dict[str, list[Known]] = {}
        self._others: list[Known] = []
        for entry in entries:
            (self._by_name.setdefault(_level(entry.name), []) if entry.name else self._others).append(entry)

    def meet(self, names: Iterable[str], codes: Iterable[str], text: str, on: date) -> tuple[Known, ...]:
        """The entries that hold on a day for a seller of these names, codes and licence numbers, whose lead says ``text``."""
        if not (self._by_name or self._others):
            return ()
        held = {code for code in map(_level, codes) if code}
        asked = [entry for name in {_level(name) for name in names if name} for entry in self._by_name.get(name, ())]
        return tuple(
            entry for entry in (*asked, *self._others)
            if (entry.until is None or entry.until >= on)
            and all(not code or _level(code) in held for code in (entry.uscc, entry.licence))
            and (not entry.product or _level(entry.product) in _level(text))
        )  # fmt: skip


def load(*folders: Path) -> Lists:
    """The lists of the rules folders. Raises ConfigError."""
    files = yamlfile.load_all((folder / FILE for folder in folders if (folder / FILE).is_file()), KnownFile)
    return Lists(entry for file in files for entry in file.known)


def _level(text: str) -> str:
    return seller_key("", unicodedata.normalize("NFKC", text)).lstrip("\n")
