"""Official catalogues of products: JSON Lines as converted from the papers, and the class I catalogue's annex.

Owns: the columns of the four papers and what they mean, the year of an edition where its rows print none (it stands in
the file's name), and the caps against hostile files. Leaves to others: storing (``catalogue.keeping``), lines of JSON
(``jsonl_table``). Foreign columns are left aside; a line that cannot be taken is handed over as ``Bad``
with its place.

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
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from scanner.errors import InputError
from scanner.registry.catalogue.names import plain
from scanner.registry.readers import jsonl_table
from scanner.registry.rows import Bad, Part, Reader
from scanner.store.catalogue import CatalogueRow, Ingredient, ProductClass

MAX_ANNEX = 1_000_000  # bytes of the annex
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")

Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(min_length=1, max_length=300)]
_M = TypeVar("_M", bound="_Foreign")

_DETERMINED: dict[str, ProductClass] = {
    "一类": "I", "二类": "II", "三类": "III", "不作为": "not_device", "不单独作为": "not_device", "药械组合": "combination",
    "分情形": "depends",
}  # fmt: skip
_CODE = re.compile(r"[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?")
_EXAMPLES = re.compile(r"[^（(]{0,200}[（(]如([^（）()]{1,200})[）)]")  # 酶（如凝血酶、溶菌酶）


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """What one row of a paper says, and where. A paper of a year is at least as young as that year's first day: a lower
    bound, as for every register."""

    place: str
    says: CatalogueRow | Ingredient

    @property
    def seen(self) -> date | None:
        year = self.says.year[:4]
        return date(int(year), 1, 1) if year.isdigit() and int(year) > 1900 else None


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


_Said = Iterator[CatalogueRow | Ingredient | Bad]


def _class_one(row: _ClassOne, year: str) -> _Said:
    """A name each: the examples, and the name of the level above them."""
    said = f"{row.description}{row.intended_use}"
    for name in dict.fromkeys((*row.examples, row.level2_name)):
        # 物理降温设备 is the name of a level that holds devices of class II too: only what is listed is of class I.
        listed: ProductClass = "I" if name in row.examples else ""
        yield CatalogueRow(source="class1", name=name, plain=plain(name), code=row.code, device_class=listed,
                           year=year, heading=row.level2_name, description=said)  # fmt: skip


def _determination(row: _Determination, year: str) -> _Said:
    if row.class_ not in _DETERMINED:
        yield Bad(place="", why=f"不认识的管理类别“{row.class_[:20]}”")
        return
    code = row.code.removesuffix(".0")
    code = code if code == "6840" or _CODE.fullmatch(code) else ""
    yield CatalogueRow(source="determinations", name=row.name, plain=plain(row.name), code=code,
                       device_class=_DETERMINED[row.class_], year=row.year, heading=row.class_,
                       description=row.description)  # fmt: skip


def _exemption(row: _Exemption, year: str) -> _Said:
    """A row a code; lines that speak of a whole sub-catalogue (``02``) name no product and are passed over."""
    classes: dict[str, ProductClass] = {"II": "II", "III": "III", "II/III": "depends"}
    for code in _CODE.findall(row.classification_code):
        yield CatalogueRow(
            source="exemption", name=row.product_name, plain=plain(row.product_name), code=code,
            device_class=classes.get(row.device_class, ""), year=year, description=row.product_description,
        )  # fmt: skip


def _code(row: _Code, year: str) -> _Said:
    yield CatalogueRow(source="codes", name=row.level2_name, plain=plain(row.level2_name), code=row.code,
                       device_class="", year=year, heading=row.subcatalogue)  # fmt: skip


def _lines(model: type[_M], say: Callable[[_M, str], _Said]) -> Reader:
    """The reader of a JSON Lines file whose lines are of ``model``."""

    def parts(path: Path) -> Iterator[Part]:
        with path.open("rb") as stream:
            rows = _rows(stream, path.name, model, say, _year(path))
            yield Part(name=path.name, size=path.stat().st_size, rows=rows, at=stream.tell)

    return parts


def _rows(
    stream: IO[bytes], name: str, model: type[_M], say: Callable[[_M, str], _Said], year: str
) -> Iterator[Official | Bad]:
    for place, value in jsonl_table.objects(stream, name):
        if isinstance(value, Bad):
            yield value
            continue
        try:
            row = model.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "这一行"
            yield Bad(place=place, why=f"{field} 缺少或者写法不对")
            continue
        for said in say(row, year):
            yield Bad(place=place, why=said.why) if isinstance(said, Bad) else Official(place=place, says=said)


def class_one(path: Path) -> Iterator[Part]:
    """The class I catalogue; or its annex, which is a JSON list."""
    with path.open("rb") as stream:
        annexed = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
    yield from (_annex(path) if annexed else _lines(_ClassOne, _class_one)(path))


READERS: dict[str, Reader] = {
    "class1": class_one,
    "determinations": _lines(_Determination, _determination),
    "exemption": _lines(_Exemption, _exemption),
    "codes": _lines(_Code, _code),
}


def _annex(path: Path) -> Iterator[Part]:
    with path.open("rb") as stream:
        data = stream.read(MAX_ANNEX + 1)
    if len(data) > MAX_ANNEX:
        raise InputError(f"文件超过{MAX_ANNEX}字节，不像附录", where=str(path))
    try:
        headings = _ANNEX.validate_python(json.loads(data.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise InputError("不是附录：应为 [{kind, ingredients}] 的 JSON", where=str(path)) from error
    rows = (
        Official(place=path.name, says=Ingredient(name=name, kind=heading.kind, year=_year(path)))
        for heading in headings
        for printed in heading.ingredients
        for name in _substances(printed)
    )
    yield Part(name=path.name, size=len(data), rows=rows)


def _substances(printed: str) -> Iterator[str]:
    """The substances of one entry. 酶（如凝血酶、溶菌酶） names two; 酶 alone would be found in any text.

    >>> list(_substances("酶（如凝血酶、溶菌酶）"))
    ['凝血酶', '溶菌酶']
    """
    found = _EXAMPLES.fullmatch(printed)
    names = found.group(1).split("、") if found is not None else []
    names.append(re.split(r"[（(]", printed, maxsplit=1)[0])
    yield from dict.fromkeys(name.strip() for name in names if len(name.strip()) >= 2)


def _year(path: Path) -> str:
    """The year of an edition, as its file's name says; "" where it says none."""
    found = _YEAR.findall(path.stem)
    return str(found[-1]) if found else ""
