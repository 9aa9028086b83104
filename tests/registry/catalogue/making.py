"""Small invented catalogues, in the columns of the real papers' files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.registry import Register, import_source
from scanner.store.catalogue import CatalogueRow

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

PATCH = {
    "code": "09-02-03", "level2_name": "降温用具", "description": "由凝胶和背衬组成。", "intended_use": "用于局部降温。",
    "examples": ["演示退热贴", "演示冰袋"], "class": "I",
}  # fmt: skip
LAMP = {
    "code": "01-08-02", "level2_name": "照明灯", "description": "由灯头组成。", "intended_use": "用于照明。",
    "examples": ["演示检查灯"], "class": "I",
}  # fmt: skip
ANNEX = [
    {"kind": "中药", "ingredients": ["薄荷", "冰片"]},
    {"kind": "生物制品", "ingredients": ["酶（如凝血酶、溶菌酶）", "干扰素"]},
]
EXEMPT = {
    "classification_code": "13-01-02,13-01-03", "product_name": "骨内支撑棒", "product_description": "钛合金制成。",
    "device_class": "III", "remarks": "", "scope": "l3",
}  # fmt: skip
WHOLE = {**EXEMPT, "classification_code": "02", "product_name": "整个子目录", "scope": "l1"}
CODE = {"code": "07-03-05", "level2_name": "血氧测量设备", "level1_code": "07-03", "subcatalogue": "诊察监护器械"}


def determined(name: str, said: str, year: str = "2021", code: str = "", description: str = "") -> dict[str, str]:
    return {
        "section": said,
        "no": "001",
        "name": name,
        "year": year,
        "code": code,
        "class": said,
        "description": description,
    }


DETERMINED = [
    determined("脑电波监测帽", "二类", "2022-1", "07-03", "由电极和帽体组成，用于监测脑电。"),
    determined("夜间打鼾记录带", "不作为", "2020-1"),
    determined("含药创面贴", "药械组合", "2021"),
    determined("多用途清洗液", "分情形", "2019-2", "6840.0"),
]


def lines(folder: Path, name: str, rows: Iterable[Any]) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, list[Path]]:
    """Source -> its files."""
    annex = folder / "annex_2021.json"
    annex.write_text(json.dumps(ANNEX, ensure_ascii=False), encoding="utf-8")
    return {
        "class1": [lines(folder, "class1_catalogue_2021.jsonl", [PATCH, LAMP]), annex],
        "determinations": [lines(folder, "determinations.jsonl", DETERMINED)],
        "exemption": [lines(folder, "exemption_2025.jsonl", [EXEMPT, WHOLE])],
        "codes": [lines(folder, "classification_codes.jsonl", [CODE])],
    }


def filled(folder: Path) -> Register:
    """A register that holds the four catalogues."""
    register = Register.open(folder / "register.db")
    for source, paths in files(folder).items():
        import_source(register, source, paths, now=NOW)
    return register


def row(name: str, device_class: Any = "II", code: str = "07-03", year: str = "2021", **more: Any) -> CatalogueRow:
    given = {"source": "determinations", "plain": name, "description": "", **more}
    return CatalogueRow(name=name, code=code, device_class=device_class, year=year, **given)
