"""What a reviewer is shown of a page, and what a reviewer may answer.

Owns: the sheet, which is made of the listing alone and so cannot tell what the rules found; the shape of an answer (foreign
input, read strictly) and its words in English and Chinese. Leaves to others: whose page it is (``drawing``), keeping answers
(``casework.blind``).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scanner.errors import UsageError
from scanner.model import Field as PageField
from scanner.model import FieldState, Listing
from scanner.report.words import FIELD_STATES, MATTERS
from scanner.rulebook import Rulebook
from scanner.store.samples import Answer, BlindSample, Review

LONGEST = 20_000  # characters of a page's text
VERDICTS: Mapping[Answer, str] = {"clean": "未见违规", "violation": "违规", "cannot_say": "无法判断"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page for a reviewer. ``text``: all that was read off it but the title, price and seller, a part a line; ``cut``: it is
    longer than that."""

    item: int
    capture: str
    url: str
    title: PageField
    price: PageField
    seller: PageField
    text: str
    cut: bool


def sheet(item: int, capture: str, listing: Listing) -> Sheet:
    """The page as it was read."""
    text = "\n".join(_parts(listing))
    return Sheet(
        item=item, capture=capture, url=listing.url, title=listing.title, price=listing.price, seller=listing.seller,
        text=text[:LONGEST], cut=len(text) > LONGEST,
    )  # fmt: skip


def _parts(listing: Listing) -> Iterator[str]:
    yield from (f"{one.name}：{one.value}" for one in listing.attributes)
    for name, field in (("详情", listing.description), ("图片文字", listing.image_text)):
        yield f"{name}：{field.text}" if field.state is FieldState.SEEN else f"{name}（{FIELD_STATES[field.state]}）"
    yield from (f"讲解：{one.text}" for one in listing.transcript)


def _verdict(given: Any) -> Any:
    text = str(given).strip()
    return next((word for word, chinese in VERDICTS.items() if text.casefold() == word or text == chinese), given)


def _matter(given: Any) -> Any:
    text = str(given).strip()
    return next((word.value for word, chinese in MATTERS.items() if text in (word.value, chinese)), text)


Short = Annotated[str, Field(max_length=200)]


class Given(BaseModel):
    """An answer as a command or a line of a file gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: Annotated[int, Field(ge=1)]
    verdict: Annotated[Answer, BeforeValidator(_verdict)]
    rule: Short = ""
    matter: Annotated[Short, BeforeValidator(_matter)] = ""
    who: Short = ""
    note: Annotated[str, Field(max_length=4000)] = ""


def answer(given: Given, sample: BlindSample, rulebook: Rulebook, *, who: str, now: datetime) -> Review:
    """The answer, checked; of a rule its matter follows. Raises UsageError."""
    name = (given.who or who).strip()
    if not name:
        raise UsageError("没有写明谁复核", where="who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    if given.item > len(sample.pages):
        raise UsageError(f"{sample.number} 号抽样只有 {len(sample.pages)} 页", where="ITEM")
    if given.verdict != "violation" and (given.rule or given.matter):
        raise UsageError("只有违规才写规则和事项", where="--verdict")
    _known(given.rule, rulebook.rules, "规则", "用 rules list 查看")
    _known(given.matter, {word.value for word in MATTERS}, "事项", "可用：" + "、".join(MATTERS.values()))
    matter = given.matter or (rulebook.rules[given.rule].kind if given.rule else "")
    return Review(
        sample=sample.number, item=given.item, verdict=given.verdict, who=name, when=now, rule=given.rule, matter=matter,
        note=given.note.strip(),
    )  # fmt: skip


def _known(word: str, words: Container[str], noun: str, hint: str) -> None:
    if word and word not in words:
        raise UsageError(f"没有{noun} {word}", where=noun, hint=hint)
