"""Which column of somebody else's list means what (列的对应): ``rules/intake/*.yaml``, the home's own beside ours.

    title: 全国平台推送
    source: national                      # where such reports come from
    columns: {reference: [线索编号, 推送编号], seller: [主体名称], url: [网址], …}   # field -> headings, the best first
    required: [reference]                 # columns that the list must have
    matters: {registration: [未取得注册证, 无证], …}    # words of the matter column -> ours
    dates: ["%d/%m/%Y"]                   # beside 2026-11-22, 2026/11/22, 20261122, 2026年11月22日
    defaults: {matter: registration, region: 江西}

Owns: the file's shape, its faults, finding one by name. Leaves to others: reading the list (``reports``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from scanner import yamlfile
from scanner.errors import UsageError
from scanner.model import LeadSource, Matter
from scanner.registry.readers.columns import label

FOLDER = "intake"
Name = Literal[
    "reference", "source", "received", "deadline", "seller", "uscc", "licence", "url", "platform", "product", "product_id",
    "number", "text", "matter", "region", "real_name", "reward", "reporter_name", "reporter_phone", "reporter_address",
    "reporter_other",
]  # fmt: skip
FIELDS: Mapping[Name, str] = {
    "reference": "来文编号", "source": "来源", "received": "收到日期", "deadline": "办理期限", "seller": "经营者名称",
    "uscc": "统一社会信用代码", "licence": "许可证或者备案编号", "url": "网址", "platform": "平台", "product": "产品名称",
    "product_id": "商品编号", "number": "注册证编号", "text": "内容", "matter": "事项", "region": "地区",
    "real_name": "是否实名", "reward": "是否申请奖励", "reporter_name": "举报人姓名", "reporter_phone": "举报人电话",
    "reporter_address": "举报人地址", "reporter_other": "举报人其他信息",
}  # fmt: skip
WHO: tuple[Name, ...] = ("seller", "url", "uscc", "licence")  # one of these says whom a report is about
MAX_WORDS = 500  # of one field

_DAY = date(2026, 11, 22)


def _format(text: str) -> str:
    try:
        found = datetime.strptime(_DAY.strftime(text), text).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise ValueError("不是日期的写法，例如 %d/%m/%Y") from error
    if found != _DAY:
        raise ValueError("写全年、月、日，例如 %d/%m/%Y")
    return text


Heading = Annotated[str, Field(min_length=1, max_length=60)]
Headings = Annotated[tuple[Heading, ...], Field(min_length=1, max_length=MAX_WORDS)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Defaults(_Model):
    """What holds where a row says nothing."""

    matter: Matter | None = None
    platform: Annotated[str, Field(max_length=100)] = ""
    region: Annotated[str, Field(max_length=100)] = ""


class Map(_Model):
    """A mapping file."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    source: LeadSource
    columns: dict[Name, Headings]
    required: tuple[Name, ...] = ()
    matters: dict[Matter, Headings] = {}
    sources: dict[LeadSource, Headings] = {}
    yes: tuple[Heading, ...] = ("是", "有", "√", "Y", "YES", "TRUE", "1", "实名", "申请")
    no: tuple[Heading, ...] = ("否", "无", "×", "N", "NO", "FALSE", "0", "匿名", "不申请")
    dates: tuple[Annotated[str, AfterValidator(_format), Field(max_length=40)], ...] = ()
    defaults: Defaults = Defaults()

    @model_validator(mode="after")
    def _whole(self) -> Map:
        if not any(name in self.columns for name in WHO):
            raise ValueError(f"columns 里没有说明是谁的列：{'、'.join(f'{n}（{FIELDS[n]}）' for n in WHO)}，至少写一个")
        if lost := [name for name in self.required if name not in self.columns]:
            raise ValueError(f"required 里的 {'、'.join(lost)} 没有写在 columns 里")
        if "matter" not in self.columns and self.defaults.matter is None:
            raise ValueError("没有事项的列，要在 defaults 写 matter")
        for what, groups in (("columns", self.columns), ("matters", self.matters), ("sources", self.sources)):
            if twice := _twice(groups):
                raise ValueError(f"{what} 里“{twice}”写在两处")
        return self


def _twice(groups: Mapping[Any, tuple[str, ...]]) -> str:
    owner: dict[str, Any] = {}
    for name, words in groups.items():
        for word in words:
            if owner.setdefault(label(word), name) != name:
                return word
    return ""


def load(word: str, *folders: Path) -> Map:
    """The mapping called ``word`` (its file's name without ending) of the rules folders, the shipped one first; a later
    folder's replaces. ``word`` may be a file's path instead. Raises ConfigError, UsageError where there is none."""
    named = {path.stem: path for path in _files(folders)}
    path = named.get(word) or (Path(word) if word.endswith((".yaml", ".yml")) else None)
    if path is None:
        raise UsageError(f"没有名为 {word[:60]} 的对应表", where="--map", hint="可用：" + "、".join(sorted(named)))
    return yamlfile.load(path, Map)


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((folder / FOLDER).glob("*.yaml"))
