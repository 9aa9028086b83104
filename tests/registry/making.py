"""Small registers for tests: UDI parts and NMPA tables of invented companies, made as the real ones are made."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from scanner.registry import Register, import_source
from scanner.registry.sources import Sources, shipped

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ON = date(2026, 11, 22)

HEADER = ("注册证编号", "注册人名称", "产品名称", "管理类别", "型号规格", "适用范围/预期用途", "批准日期", "有效期至")


def device(number: str, **given: str) -> dict[str, str]:
    """One record of the UDI database; ``given`` overrides tags."""
    di = given.get("zxxsdycpbs", "06900000000012")
    return {
        "zxxsdycpbs": di, "cpmctymc": "演示用导管", "ggxh": "A型", "flbm": "14-05-03", "tyshxydm": "",
        "zczbhhzbapzbh": number, "ylqxzcrbarmc": "演示甲医疗器械有限公司", "tsrq": "", "deviceRecordKey": f"{di}20240101",
        "versionNumber": "1", "versionTime": "2026-11-01", "versionStauts": "新增", **given,
    }  # fmt: skip


def udi_xml(devices: Iterable[Mapping[str, str]], *, count: int | None = None) -> str:
    """A part of a release, with the tags misspelt as they really are."""
    rows = list(devices)
    body = "".join(
        "<device>"
        + "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in row.items())
        + "<packingList/></device>\n"
        for row in rows
    )
    number = len(rows) if count is None else count
    head = f"<header><numberRkeyecordXML>{number}</numberRkeyecordXML></header>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<udid version="1.0">{head}<devices>\n{body}</devices></udid>'


def nmpa_csv(rows: Iterable[Iterable[str]], header: Iterable[str] = HEADER) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([list(header), *(list(row) for row in rows)])
    return out.getvalue()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def empty(folder: Path, sources: Sources | None = None) -> Register:
    return Register.open(folder / "register.db", sources=sources)


def with_table(
    folder: Path,
    rows: Iterable[Iterable[str]],
    *,
    source: str = "nmpa-device",
    as_of: date = date(2026, 11, 1),
    extent: str = "complete",
) -> Register:
    """A register that holds one NMPA table."""
    register = empty(folder)
    path = write(folder, f"{source}.csv", nmpa_csv(rows))
    import_source(register, source, [path], now=NOW, as_of=as_of, extent=extent)  # type: ignore[arg-type]
    return register


__all__ = ["NOW", "ON", "device", "empty", "nmpa_csv", "shipped", "udi_xml", "with_table", "write"]
