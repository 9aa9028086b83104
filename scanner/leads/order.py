"""An order: one step that somebody wants to take with one lead, as a command or a line of ``leads apply`` gives it.

Owns: the shape (foreign input, read strictly), words for acts, measures and transfers in English and Chinese, money.
Leaves to others: whether the step may be taken and what follows (``planning``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from scanner.errors import UsageError
from scanner.leads.states import ACTS
from scanner.model import Act, Measure, Stage, Transfer

MEASURES: Mapping[Measure, str] = {
    Measure.CHECKED: "现场检查",
    Measure.UNFOUNDED: "不属实",
    Measure.RECTIFY: "责令改正",
    Measure.TALK: "约谈",
    Measure.CASE: "立案查处",
    Measure.WARNING: "警告",
    Measure.FINE: "罚款",
    Measure.INCOME: "没收违法所得",
    Measure.GOODS: "没收非法财物",
    Measure.SUSPENSION: "责令停产停业",
    Measure.REVOCATION: "吊销许可证",
    Measure.PERSON: "处罚主要责任人",
    Measure.EXPOSURE: "公开曝光",
    Measure.DISHONEST: "列入严重违法失信名单",
    Measure.ABNORMAL: "列入经营异常名录",
}
TRANSFERS: Mapping[Transfer, str] = {
    Transfer.POLICE: "公安机关",
    Transfer.TELECOM: "网信、通信主管部门",
    Transfer.HEALTH: "卫生健康主管部门",
    Transfer.CUSTOMS: "海关",
    Transfer.DISCIPLINE: "纪检监察机关",
    Transfer.AREA: "外地监管部门",
}
STAGES: Mapping[Stage, str] = {
    Stage.PRODUCTION: "生产",
    Stage.DELIVERY: "配送",
    Stage.DISTRIBUTION: "经营",
    Stage.USE: "使用",
    Stage.ONLINE: "网络销售",
    Stage.PLATFORM: "网络交易服务第三方平台",
}
RESULTS: Mapping[str, str] = {"pending": "未出结果", "qualified": "合格", "unqualified": "不合格"}

# What a measure must come with: without it the returns could not be right.
_NEEDS = {Measure.FINE: "fine", Measure.INCOME: "income", Measure.REVOCATION: "licences", Measure.PERSON: "persons"}
_MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?")

Word = TypeVar("Word", bound=StrEnum)


def word(kind: type[Word], names: Mapping[Word, str], given: Any) -> Word:
    """The word that ``given`` names, in English or Chinese. ValueError that lists what there is."""
    text = str(given).strip()
    for one in kind:
        if text.casefold() == one.value or text == names[one]:
            return one
    raise ValueError(f"不认识“{text[:40]}”，可用：" + "、".join(f"{one.value}（{names[one]}）" for one in kind))


def _money(given: Any) -> Any:
    """Yuan as text with two digits after the point; numbers are taken as they are written."""
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        raise ValueError('金额写成元，最多两位小数，例如 "12000.50"')
    text = str(given).strip().removesuffix("元")
    if not _MONEY.fullmatch(text):
        raise ValueError(f"金额“{text[:40]}”不是以元为单位、最多两位小数的数")
    return f"{Decimal(text):.2f}"


def _words(kind: type[Word], names: Mapping[Word, str]) -> BeforeValidator:
    return BeforeValidator(
        lambda given: [word(kind, names, one) for one in given] if isinstance(given, list) else given
    )


Money = Annotated[str, BeforeValidator(_money)]
Text = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=200)]


class Order(BaseModel):
    """One step wanted. ``lead`` or ``reference`` says of which lead; money in yuan; what an act does not take must be left
    out. ``to``: transfers; ``into``: the lead that takes this one in; ``findings``: beginnings of ids, for a split."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lead: int = Field(default=0, ge=0)
    reference: Short = ""
    act: Annotated[Act, BeforeValidator(lambda given: word(Act, ACTS, given))]
    who: Short = ""
    note: Text = ""
    unit: Short = ""
    days: int = Field(default=0, ge=0, le=3650)
    measures: Annotated[tuple[Measure, ...], _words(Measure, MEASURES)] = ()
    to: Annotated[tuple[Transfer, ...], _words(Transfer, TRANSFERS)] = ()
    fine: Money = "0.00"
    income: Money = "0.00"
    licences: int = Field(default=0, ge=0, le=1000)
    persons: int = Field(default=0, ge=0, le=1000)
    category: Short = ""
    stage: Annotated[Stage, BeforeValidator(lambda given: word(Stage, STAGES, given))] = Stage.ONLINE
    case: Short = ""
    order: Short = ""
    parcel: Short = ""
    seal: Short = ""
    report: Short = ""
    result: Literal["pending", "qualified", "unqualified"] = "pending"
    into: int = Field(default=0, ge=0)
    findings: tuple[Short, ...] = ()
    anyway: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Order:
        if bool(self.lead) == bool(self.reference):
            raise ValueError("写明 lead（线索编号）或者 reference（来文编号），两者取一")
        allowed = {"lead", "reference", "act", "who", "note"} | TAKES.get(self.act, frozenset())
        if extra := sorted(self.model_fields_set - allowed):
            raise ValueError(f"{ACTS[self.act]}（{self.act.value}）不用写 {'、'.join(extra)}")
        for measure, field in _NEEDS.items():
            given = Decimal(str(getattr(self, field))) > 0
            if given != (measure in self.measures):
                raise ValueError(f"措施“{MEASURES[measure]}”和 {field} 要一起写")
        return self


# What each act takes beside whose, who and a note.
TAKES: Mapping[Act, frozenset[str]] = {
    Act.ASSIGN: frozenset({"unit"}),
    Act.ASK: frozenset({"days"}),
    Act.GRANT: frozenset({"days"}),
    Act.DISPOSE: frozenset(
        {"measures", "to", "fine", "income", "licences", "persons", "category", "stage", "case"}
    ),
    Act.SAMPLE: frozenset({"order", "parcel", "seal", "report", "result"}),
    Act.MERGE: frozenset({"into"}),
    Act.SPLIT: frozenset({"findings"}),
    Act.CLOSE: frozenset({"anyway"}),
}  # fmt: skip


def order(**given: Any) -> Order:
    """An order of a command; UsageError with everything that is wrong."""
    from pydantic import ValidationError

    try:
        return Order.model_validate({key: value for key, value in given.items() if value not in (None, "", (), [], 0)})
    except ValidationError as error:
        raise UsageError("；".join(complaints(error)), where=f"leads {given.get('act', '')}") from error


def complaints(error: Any) -> list[str]:
    """What pydantic says, for people."""
    from pydantic import ValidationError

    assert isinstance(error, ValidationError)
    told = []
    for one in error.errors(include_url=False):
        place = ".".join(str(part) for part in one["loc"])
        why = _SAYS.get(one["type"]) or str(one["msg"]).removeprefix("Value error, ")
        told.append(f"{place}：{why}" if place else why)
    return told


_SAYS = {
    "missing": "没有写",
    "extra_forbidden": "不认识这一项",
    "string_too_long": "太长",
    "int_type": "要写整数",
    "int_parsing": "要写整数",
    "int_from_float": "要写整数",
    "finite_number": "要写整数",
    "string_type": "要写文字",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "literal_error": "不是允许的值",
    "tuple_type": "要写成列表",
    "bool_type": "要写 true 或者 false",
}
