"""Forms (报表) as data: ``rules/returns/ID.yaml``, one file a form; a home's file of the same name takes the place of ours.

    id: qingwang-1
    title: 医疗器械“清网”行动监督检查情况表
    head: [["单位名称（公章）：{unit}", "日期：{date}"]]
    columns:
      - {id: warning, group: 行政处罚情况, name: 警告, count: matters, measures: [warning]}
    rows:
      - {id: sellers, label: [医疗器械网络销售企业], stages: [online]}

Owns: the files' shape and what must fit together in one. Leaves to others: counting (``figures``), how a form looks on
paper (``report.returns``), which leads are of which category (``tags``, from the rulebook's categories).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.errors import ConfigError, Problem, UsageError
from scanner.model import LeadSource, Measure, Stage, Transfer
from scanner.rulebook.tables import Category, CategoryFile

FOLDER = "returns"
CATEGORIES = "categories.yaml"
FIELDS = (
    "unit",
    "date",
    "person",
    "contact",
    "from",
    "to",
    "year",
)  # what title, head lines and note may name in braces

# What a column counts; see ``figures`` for what each means exactly.
Count = Literal["received", "reported", "sellers", "times", "matters", "cases", "sites", "money", "licences", "persons",
                "hand", "text"]  # fmt: skip
BY_HAND = frozenset(("hand", "text"))
PLAIN = frozenset(("received", "reported", "hand", "text"))  # take neither measures nor transfers

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[str, Field(max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column. ``group``: the merged header above its name; ``fields`` of ``money``: which sums."""

    id: Id
    name: Text
    group: str = ""
    count: Count
    measures: tuple[Measure, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    fields: tuple[Literal["fine", "income"], ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Column:
        if bool(self.fields) != (self.count == "money"):
            raise ValueError("count: money 要写 fields（fine、income），别的不写")
        given = bool(self.measures or self.transfers)
        if given and self.count in (*PLAIN, "money", "licences", "persons"):
            raise ValueError(f"count: {self.count} 不写 measures 和 transfers")
        if not given and self.count in ("sellers", "times", "matters", "cases", "sites"):
            raise ValueError(f"count: {self.count} 要写 measures 或者 transfers")
        return self


class Row(_Strict):
    """One row; a filter left out lets everything through.

    ``label``: its cells from the left, "" goes on with the cell to its left, equal cells one below the other are one.
    ``part_of``: the row of which it is a 其中 (subset). ``categories``: ids, groups or names of the rulebook's categories, or
    the very words that a disposition names; ``without``: the same, left out.
    """

    id: Id
    label: Annotated[tuple[Line, ...], Field(min_length=1, max_length=4)]
    part_of: str = ""
    sources: tuple[LeadSource, ...] = ()
    stages: tuple[Stage, ...] = ()
    categories: tuple[Text, ...] = ()
    without: tuple[Text, ...] = ()

    @property
    def name(self) -> str:
        """The row's name for people: its label's cells, ``其中`` left out."""
        return "-".join(part for part in self.label if part and part != "其中")


class Form(_Strict):
    """A form. ``corner``: what stands above the rows' labels; ``after``: the action's start must be given, and figures are
    cumulative from it; ``note``: the line below the table."""

    id: Id
    title: Text
    source: str = ""  # where the form is prescribed
    corner: str = ""
    head: tuple[tuple[Line, ...], ...] = ()
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=60)]
    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=300)]
    note: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Form:
        for what, ids in (("columns", [one.id for one in self.columns]), ("rows", [one.id for one in self.rows])):
            if twice := [one for one, times in Counter(ids).items() if times > 1]:
                raise ValueError(f"{what} 里 {'、'.join(twice)} 写了两次")
        if len({len(row.label) for row in self.rows}) > 1 or not self.rows[0].label[0]:
            raise ValueError('各行的 label 要一样长，第一格不能空；没有的格写成 ""，表示和左边是一格')
        before = set[str]()
        for row in self.rows:
            if row.part_of and row.part_of not in before:
                raise ValueError(f"{row.id} 的 part_of {row.part_of} 不是它上面的一行")
            before.add(row.id)
        for line in (self.title, *(text for texts in self.head for text in texts), self.note):
            fill(line, dict.fromkeys(FIELDS, ""))
        return self

    def titled(self, year: int) -> str:
        """The title of the year."""
        return fill(self.title, dict.fromkeys(FIELDS, "") | {"year": str(year)})

    def column(self, name: str) -> Column:
        """A column by id or name. Raises UsageError with a hint."""
        return _named(self.columns, name, "栏目")

    def row(self, name: str) -> Row:
        """A row by id or name. Raises UsageError with a hint."""
        return _named(self.rows, name, "行")


_BRACES = re.compile(r"\{([^{}]*)\}")
Part = TypeVar("Part", Column, Row)


def fill(line: str, values: Mapping[str, str]) -> str:
    """A head line or note with its braces filled. ValueError where it names something else.

    >>> fill("日期：{date}", {"date": "2026-11-20"})
    '日期：2026-11-20'
    """
    if wrong := [name for name in _BRACES.findall(line) if name not in values]:
        raise ValueError(f"花括号里只能写 {'、'.join(FIELDS)}，不能写 {'、'.join(wrong)[:40]}")
    return _BRACES.sub(lambda found: values[found[1]], line)


def _named(parts: tuple[Part, ...], name: str, what: str) -> Part:
    said = spelt(name)
    found = [one for one in parts if said in (one.id, spelt(one.name))]
    if len(found) == 1:
        return found[0]
    if found:
        ids = "、".join(one.id for one in found)
        raise UsageError(f"有几{'行' if what == '行' else '个栏目'}叫“{name[:60]}”", hint=f"写代号：{ids}")
    raise UsageError(
        f"没有{what}“{name[:60]}”", hint=yamlfile.nearest(name, [x for one in parts for x in (one.name, one.id)])
    )


def spelt(name: str) -> str:
    """A name as it is compared: width and spaces make no other one."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).replace("—", "-")


def load(*folders: Path) -> dict[str, Form]:
    """The forms by id: ``folders`` are rules folders, the shipped one first; a file of the same name in a later one takes the
    place of the earlier. Raises ConfigError with every problem."""
    paths: dict[str, Path] = {}
    for folder in folders:
        paths |= {path.stem: path for path in sorted((folder / FOLDER).glob("*.yaml"))}
    forms: dict[str, Form] = {}
    problems: list[Problem] = []
    for name, path in sorted(paths.items()):
        form, lines, found = yamlfile.read(path, Form)
        problems += found
        if form is not None and form.id != name:
            where = lines.where("id")
            problems.append(Problem(where=where, message=f"id {form.id} 和文件名 {name} 不一致", hint="改成一样的"))
        elif form is not None:
            forms[name] = form
    if problems:
        raise ConfigError(problems)
    return forms


def get(forms: Mapping[str, Form], name: str) -> Form:
    """A form by id or title (with or without its year). Raises UsageError with a hint."""
    said = re.sub(r"^\d{4}年", "{year}年", spelt(name))
    found = [
        one for one in forms.values() if said in (one.id, spelt(one.title), spelt(one.title).removeprefix("{year}年"))
    ]
    if not found:
        raise UsageError(f"没有报表“{name[:60]}”", where="FORM", hint=yamlfile.nearest(name, forms))
    return found[0]


class Tags:
    """What a product named in a disposition is: the words by which rows may ask for it."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._of: dict[str, set[str]] = {}
        for one in categories:
            for word in (one.id, one.name, *one.names):
                self._of.setdefault(spelt(word), set()).update(map(spelt, (one.id, one.name, *one.groups)))

    @classmethod
    def load(cls, *folders: Path) -> Tags:
        """Those of the categories of rules folders, later ones over earlier ones of the same id, as in the rulebook; the rest of
        which is not read. Raises ConfigError."""
        paths = [path for folder in folders if (path := folder / CATEGORIES).is_file()]
        files = yamlfile.load_all(paths, CategoryFile)
        return cls({one.id: one for file in files for one in file.categories}.values())

    def of(self, product: str) -> frozenset[str]:
        """The product's own words, and id, name and groups of its categories, as :func:`spelt`; nothing of ""."""
        own = spelt(product)
        return frozenset({own, *self._of.get(own, ())}) if own else frozenset()

    def known(self, product: str) -> bool:
        """Whether a category goes by that name."""
        return spelt(product) in self._of
