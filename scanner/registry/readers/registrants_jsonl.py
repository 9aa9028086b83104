"""Lists of registrants as JSON Lines: one company a line with its unified social credit code (统一社会信用代码).

Owns: the keys ``name``, ``name_en`` and ``uscc``; other keys are left aside. A code whose check digits do not fit is
left out and said; the company stays. Leaves to others: storing (``importing``) and finding names (``company_index``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from scanner.errors import InputError
from scanner.registry.company_codes import code_in
from scanner.registry.rows import Bad
from scanner.store.companies import Listed

MAX_LINE = 100_000  # characters; a real line has two hundred

_WRONG = {"missing": "没有这一项", "string_type": "不是文字"}


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    name: str
    name_en: str | None = None
    uscc: str | None = None


def read(path: Path) -> Iterator[Listed | Bad]:
    """The companies of one file. Raises InputError when it is not UTF-8 text or a line never ends."""
    try:
        with path.open(encoding="utf-8-sig", errors="strict") as stream:
            count = 0
            while line := stream.readline(MAX_LINE):
                count += 1
                if len(line) >= MAX_LINE:
                    raise InputError(f"一行超过{MAX_LINE}个字符，不像名单", where=f"{path}:{count}")
                if line.strip():
                    yield from _company(line, f"{path.name}:{count}")
    except UnicodeDecodeError as error:
        raise InputError(f"不是 UTF-8：{error.reason}", where=str(path), hint="名单应为 UTF-8 的 JSON Lines") from error


def _company(line: str, place: str) -> Iterator[Listed | Bad]:
    try:
        row = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        yield Bad(place=place, why=f"{where or '这一行'}不对：{_WRONG.get(first['type'], '不是 JSON 对象')}")
        return
    if not row.name.strip():
        yield Bad(place=place, why="没有企业名称")
        return
    code = code_in(row.uscc or "")
    if row.uscc and row.uscc.strip() and not code:
        yield Bad(place=place, why=f"统一社会信用代码不对：{row.uscc.strip()[:40]}", kept=True)
    yield Listed(name=row.name.strip(), name_en=(row.name_en or "").strip(), uscc=code)
