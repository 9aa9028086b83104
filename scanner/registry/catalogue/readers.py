"""Readers of the catalogues' files: JSON Lines as converted from the papers, and the class I catalogue's annex.

Owns: the columns of the four papers and what they mean, and the caps against hostile files. Leaves to others: storing
(``keeping``). Foreign columns are left aside; a line that cannot be taken is handed over as ``Bad`` with its place.

``class1``          第一类医疗器械产品目录: code, level2_name, description, intended_use, examples; and its annex (附录), a
                    JSON list of {kind, ingredients}
``determinations``  分类界定结果: name, year (batch), code, class in Chinese, description
``exemption``       免于进行临床评价医疗器械目录: classification_code, product_name, product_description, device_class
``codes``           医疗器械分类目录: code, level2_name (names only; it says nothing of the class)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from scanner.errors import InputError
from scanner.registry.catalogue.names import plain
from scanner.registry.rows import Bad
from scanner.store.catalogue import CatalogueRow, Ingredient, ProductClass

MAX_LINE = 1_000_000  # bytes; a real line has a few thousand
MAX_ANNEX = 1_000_000  # bytes of the annex
MAX_ROWS = 1_000_000

Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Item = CatalogueRow | Ingredient | Bad
_M = TypeVar("_M", bound="_Foreign")
Reader = Callable[[Path, str], Iterator[Item]]

_DETERMINED: dict[str, ProductClass] = {
    "一类": "I", "二类": "II", "三类": "III", "不作为": "not_device", "不单独作为": "not_device", "药械组合": "combination",
    "分情形": "depends",
}  # fmt: skip
_CODE = re.compile(r"[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?")
_EXAMPLES = re.compile(r"[^（(]{0,200}[（(]如([^（）()]{1,200})[）)]")  # 酶（如凝血酶、溶菌酶）


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _ClassOne(_Foreign):
    code: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    level2_name: Name
    description: Text = ""
    intended_use: Text = ""
    examples: Annotated[tuple[Name, ...], Field(max_length=2_000)] = ()


class _Determination(_Foreign):
    name: Name
    year: Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}(-[0-9]{1,2})?$")]
    code: Annotated[str, Field(max_length=40)] = ""
    class_: Annotated[str, Field(alias="class", max_length=40)]
    description: Text = ""


class _Exemption(_Foreign):
    classification_code: Annotated[str, Field(max_length=200)]
    product_name: Name
    product_description: Text = ""
    device_class: Annotated[str, Field(max_length=10)] = ""


class _Code(_Foreign):
    code: Annotated[str, Field(pattern=r"^[0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    level2_name: Name
    subcatalogue: Annotated[str, Field(max_length=100)] = ""


class _Heading(_Foreign):
    kind: Name
    ingredients: Annotated[tuple[Name, ...], Field(max_length=2_000)]


_ANNEX = TypeAdapter(tuple[_Heading, ...])


def class_one(path: Path, year: str) -> Iterator[Item]:
    """Rows of the class I catalogue, a name each; or, of its annex, the forbidden ingredients."""
    if _first_byte(path) == b"[":
        yield from _annex(path, year)
        return
    for row in _lines(path, _ClassOne):
        if isinstance(row, Bad):
            yield row
            continue
        said = f"{row.description}{row.intended_use}"
        for name in dict.fromkeys((*row.examples, row.level2_name)):
            # 物理降温设备 is the name of a level that holds devices of class II too: only what is listed is of class I.
            listed: ProductClass = "I" if name in row.examples else ""
            yield CatalogueRow(source="class1", name=name, plain=plain(name), code=row.code, device_class=listed,
                               year=year, heading=row.level2_name, description=said)  # fmt: skip


def determinations(path: Path, year: str) -> Iterator[Item]:
    for row in _lines(path, _Determination):
        if isinstance(row, Bad):
            yield row
        elif row.class_ not in _DETERMINED:
            yield Bad(place=f"{path.name} {row.name}", why=f"不认识的管理类别“{row.class_[:20]}”")
        else:
            code = row.code.removesuffix(".0")
            code = code if code == "6840" or _CODE.fullmatch(code) else ""
            yield CatalogueRow(source="determinations", name=row.name, plain=plain(row.name), code=code,
                               device_class=_DETERMINED[row.class_], year=row.year, description=row.description)  # fmt: skip


def exemption(path: Path, year: str) -> Iterator[Item]:
    """A row a code; lines that speak of a whole sub-catalogue (``02``) name no product and are passed over."""
    classes: dict[str, ProductClass] = {"II": "II", "III": "III", "II/III": "depends"}
    for row in _lines(path, _Exemption):
        if isinstance(row, Bad):
            yield row
            continue
        for code in _CODE.findall(row.classification_code):
            yield CatalogueRow(
                source="exemption", name=row.product_name, plain=plain(row.product_name), code=code,
                device_class=classes.get(row.device_class, ""), year=year, description=row.product_description,
            )  # fmt: skip


def codes(path: Path, year: str) -> Iterator[Item]:
    for row in _lines(path, _Code):
        if isinstance(row, Bad):
            yield row
        else:
            yield CatalogueRow(source="codes", name=row.level2_name, plain=plain(row.level2_name), code=row.code,
                               device_class="", year=year, heading=row.subcatalogue)  # fmt: skip


READERS: dict[str, Reader] = {
    "class1": class_one,
    "determinations": determinations,
    "exemption": exemption,
    "codes": codes,
}


def _first_byte(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


def _annex(path: Path, year: str) -> Iterator[Ingredient | Bad]:
    with path.open("rb") as stream:
        data = stream.read(MAX_ANNEX + 1)
    if len(data) > MAX_ANNEX:
        raise InputError(f"文件超过{MAX_ANNEX}字节，不像附录", where=str(path))
    try:
        headings = _ANNEX.validate_python(json.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise InputError("不是附录：应为 [{kind, ingredients}] 的 JSON", where=str(path)) from error
    for heading in headings:
        for printed in heading.ingredients:
            yield from (Ingredient(name=name, kind=heading.kind, year=year) for name in _substances(printed))


def _substances(printed: str) -> Iterator[str]:
    """The substances of one entry. 酶（如凝血酶、溶菌酶） names two; 酶 alone would be found in any text.

    >>> list(_substances("酶（如凝血酶、溶菌酶）"))
    ['凝血酶', '溶菌酶']
    """
    found = _EXAMPLES.fullmatch(printed)
    names = found.group(1).split("、") if found is not None else []
    names.append(re.split(r"[（(]", printed, maxsplit=1)[0])
    yield from dict.fromkeys(name.strip() for name in names if len(name.strip()) >= 2)


def _lines(path: Path, model: type[_M]) -> Iterator[_M | Bad]:
    """The lines of a JSON Lines file as ``model``. Raises InputError for a file that is no such thing at all."""
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(MAX_LINE):
            number += 1
            where = f"{path.name}:{number}"
            if len(line) >= MAX_LINE or number > MAX_ROWS:
                raise InputError("一行太长或者行数太多，不像目录", where=f"{path}:{number}")
            if line.strip():
                yield _line(line.removeprefix(b"\xef\xbb\xbf"), model, where)


def _line(line: bytes, model: type[_M], where: str) -> _M | Bad:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError):
        return Bad(place=where, why="不是一个完整的 JSON 对象")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "这一行"
        return Bad(place=where, why=f"{name} 缺少或者写法不对")
