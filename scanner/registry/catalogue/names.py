"""Official names found in what a page calls its goods: exactly, as a whole or as one piece of it.

Owns: levelling a name, cutting a title into pieces, and what the official rows of an exact name say together. Leaves to
others: guessing from names that are only alike (``product``), what follows on a page (``scanner.checks``).

Only an exact name may carry a check, so nothing here is fuzzy. A title is advertising: a piece of it counts only where
it stands alone between spaces or punctuation, so 手术刀 in 儿童玩具手术刀 is nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from scanner.registry.names import LONGEST, level
from scanner.store.catalogue import CatalogueRow, CatalogueStore, Ingredient, ProductClass

MAX_PIECES = 40  # of one title
SHORTEST = 4  # characters of an official name that may carry a check; 探针, 拉钩, 护套 are anybody's words

_SPACE = re.compile(r"\s")
_PIECE = re.compile(r"""[^\s,，、。;；:：|｜/／!！?？·•+＋*＊\[\]［］()（）<>《》“”"'~～_＿「」【】〔〕-]+""")


def plain(name: str) -> str:
    """A name for finding it: width, case and brackets levelled, no spaces.

    >>> plain("医用 退热贴（儿童型）")
    '医用退热贴(儿童型)'
    """
    return _SPACE.sub("", level(name))


def pieces(title: str) -> tuple[str, ...]:
    """The levelled pieces of a title, the whole first.

    >>> pieces("医用退热贴 额头降温 6贴")
    ('医用退热贴额头降温6贴', '医用退热贴', '额头降温', '6贴')
    """
    return tuple(dict.fromkeys(name for name, _, _ in located(title)))


def located(title: str) -> tuple[tuple[str, int, int], ...]:
    """The levelled pieces of a title and where they stand in it (start, end), the whole first."""
    title = title[:LONGEST]
    found = [(plain(title), 0, len(title))]
    for piece in islice(_PIECE.finditer(title), MAX_PIECES):
        found.append((plain(piece.group()), piece.start(), piece.end()))
    return tuple((name, start, end) for name, start, end in found if name)


@dataclass(frozen=True, slots=True)
class Official:
    """What the papers say of one exact name. ``rows``: newest first; those that say nothing of a class are not here."""

    name: str
    rows: tuple[CatalogueRow, ...]

    @property
    def classes(self) -> frozenset[ProductClass]:
        return frozenset(row.device_class for row in self.rows)


class OfficialNames:
    """The catalogues as the checks ask them: exact names and the forbidden ingredients."""

    def __init__(self, store: CatalogueStore) -> None:
        self._store = store
        self._sources = frozenset(store.counts())
        self._ingredients: tuple[Ingredient, ...] | None = None

    @property
    def any(self) -> bool:
        """Whether anything at all was imported."""
        return bool(self._sources) or bool(self.ingredients())

    def imported(self, source: str) -> bool:
        """Whether anything of the source (``class1``, ``determinations`` …) is there."""
        return source in self._sources

    def find(self, names: Iterable[str]) -> tuple[Official, ...]:
        """The official names among the levelled ``names``, in their order."""
        wanted = [name for name in dict.fromkeys(names) if name]
        if not wanted or not self._sources:
            return ()
        rows = [row for row in self._store.named(wanted) if row.device_class]
        found = {name: tuple(row for row in rows if row.plain == name) for name in wanted}
        return tuple(Official(name, said) for name, said in found.items() if said)

    def ingredients(self) -> tuple[Ingredient, ...]:
        """The ingredients the class I catalogue's annex forbids; empty where it was not imported."""
        if self._ingredients is None:
            self._ingredients = self._store.ingredients()
        return self._ingredients


def quoted(row: CatalogueRow) -> str:
    """An official row in a sentence, with its paper and year."""
    titles = {
        "class1": "第一类医疗器械产品目录", "determinations": "医疗器械分类界定结果", "codes": "医疗器械分类目录",
        "exemption": "免于进行临床评价医疗器械目录",
    }  # fmt: skip
    code = f"，分类编码{row.code}" if row.code else ""
    said = NOT_ALONE_WORDS if row.heading == NOT_ALONE else CLASS_WORDS[row.device_class]
    return f"{titles.get(row.source, row.source)}（{row.year or '年份不明'}）：“{row.name}”{said}{code}"


# A part or accessory: sold with its device it may well show that device's number.
NOT_ALONE, NOT_ALONE_WORDS = "不单独作为", "不单独作为医疗器械管理"
CLASS_WORDS: dict[ProductClass, str] = {
    "I": "按第一类管理", "II": "按第二类管理", "III": "按第三类管理", "not_device": "不作为医疗器械管理",
    "combination": "是药械组合产品", "depends": "分情形界定", "": "没有写管理类别",
}  # fmt: skip
