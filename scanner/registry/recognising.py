"""Which register a file is, told from its content (``registry import --all``).

    for found in recognise(folder, sources): found.file, found.sources, found.why

Owns: looking into a folder's files and naming the sources each one is for, or the reason why it is for none. Leaves to
others: importing (``importing``).

To have a new kind of register recognised, add a line to ``RECOGNISERS``. A table of numbers is for every source that
covers one of its numbers, and each takes its own rows.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from scanner.errors import InputError
from scanner.registry.keeping import numbers_in, owner
from scanner.registry.readers import columns, jsonl_table, kinds, sellers, table, zips
from scanner.registry.rows import Row
from scanner.registry.sources import Source, Sources

MAX_FILES = 10_000  # in one folder; a folder with more was not meant
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file as far as it was looked at. ``keys``: those of the first object of a JSON Lines file."""

    path: Path
    kind: kinds.Kind
    head: bytes
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A file and the ids of the sources it is for; none: ``why`` says why not."""

    path: Path
    sources: tuple[str, ...] = ()
    why: str = ""


def _udi(file: Looked) -> bool:
    if file.kind == "xml":
        return b"<udid" in file.head
    return file.kind == "zip" and any(b"<udid" in head for head in _members(file.path))


def _keyed(*keys: str) -> Callable[[Looked], bool]:
    """A JSON Lines file whose first object has these keys."""
    return lambda file: file.keys.issuperset(keys)


def _class_one(file: Looked) -> bool:
    """The catalogue, or its annex: a JSON list of kinds with their ingredients."""
    annexed = file.kind == "json" and b'"ingredients"' in file.head and b'"kind"' in file.head
    return annexed or _keyed("code", "level2_name", "examples", "intended_use")(file)


def _net_sellers(file: Looked) -> bool:
    """A table whose header names sellers and where they sell on the web."""
    return file.kind in ("text", "xlsx") and sellers.is_list(file.path)


RECOGNISERS: dict[str, Callable[[Looked], bool]] = {
    "udi": _udi,
    "class1": _class_one,
    "determinations": _keyed("name", "year", "class", "section"),
    "exemption": _keyed("classification_code", "product_name", "device_class"),
    "registrants": _keyed("name", "uscc"),
    "net-sellers": _net_sellers,
    "codes": _keyed("code", "level1_code", "level2_name", "subcatalogue"),
}

_NO_REGISTER = {
    "empty": "空文件",
    "json": "JSON 说明文件，不是一行一个对象的登记表",
    "xml": "XML，但不是医疗器械唯一标识数据库的文件",
    "zip": "zip，里面没有医疗器械唯一标识数据库的XML",
    "jsonl": "JSONL，但没有能识别的字段",
    "text": "文本，但没有登记表的表头",
    "xlsx": "XLSX，但没有登记表的表头",
}


def recognise(folder: Path, sources: Sources) -> Iterator[Recognised]:
    """Every file in ``folder`` (not below it), by name. Raises InputError when there is no such folder."""
    if not folder.is_dir():
        raise InputError("没有这个文件夹", where=str(folder))
    paths = sorted(path for path in itertools.islice(folder.iterdir(), MAX_FILES) if path.is_file())
    for path in paths:
        if path.name.startswith((".", "~$")):
            yield Recognised(path=path, why="隐藏文件或者临时文件")
            continue
        try:
            yield _recognised(path, sources)
        except InputError as error:
            yield Recognised(path=path, why=f"{error.message}（{error.hint}）" if error.hint else error.message)


def _recognised(path: Path, sources: Sources) -> Recognised:
    file = _look(path)
    kinds.refuse_papers(file.kind, path)
    known = sources.by_id()
    for name, is_it in RECOGNISERS.items():
        if name in known and is_it(file):
            return Recognised(path=path, sources=(name,))
    if _is_table(file):
        return _by_numbers(path, [source for source in known.values() if source.reader == "table"])
    return Recognised(path=path, why=_NO_REGISTER.get(file.kind, "不认识的文件"))


def _look(path: Path) -> Looked:
    kind = kinds.kind_of(path)
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    keys = frozenset[str]()
    if kind == "jsonl":
        first = next((value for _, value in jsonl_table.objects(io.BytesIO(head), path.name)), None)
        keys = frozenset(first) if isinstance(first, dict) else keys
    return Looked(path=path, kind=kind, head=head, keys=keys)


def _is_table(file: Looked) -> bool:
    if file.kind == "jsonl":
        fields = jsonl_table.fields(dict.fromkeys(file.keys))
        return "number" in fields and ("holder" in fields or "product" in fields)
    return file.kind in ("text", "xlsx")


def _by_numbers(path: Path, tables: Sequence[Source]) -> Recognised:
    """The sources that a table's numbers belong to, in the order of sources.yaml."""
    wanted = set[str]()
    try:
        for row in _rows(path):
            wanted |= {source.id for number in numbers_in(row.number) if (source := owner(number, tables)) is not None}
    except columns.NoHeader as error:
        return Recognised(path=path, why=_NO_REGISTER.get(kinds.kind_of(path), error.message))
    if not wanted:
        return Recognised(path=path, why="表里没有属于任何来源的编号")
    return Recognised(path=path, sources=tuple(source.id for source in tables if source.id in wanted))


def _rows(path: Path) -> Iterable[Row]:
    for part in table.parts(path):
        yield from (row for row in part.rows if isinstance(row, Row))


def _members(path: Path) -> Iterator[bytes]:
    """The beginnings of the first XML files in a zip, or in the first zip within it."""
    with path.open("rb") as stream:
        yield from _heads(stream, path.name, inner=True)


def _heads(stream: IO[bytes], where: str, *, inner: bool) -> Iterator[bytes]:
    with zips.opened(stream, where) as archive:
        for info in zips.files(archive):
            ending = info.filename.lower().rpartition(".")[2]
            if ending == "xml":
                with zips.trouble(where), archive.open(info) as member:
                    yield member.read(_HEAD)
                return
            if ending == "zip" and inner:
                with zips.spooled(archive, info, where) as copy:
                    yield from _heads(copy, where, inner=False)
                return
