"""What a rule may ask of the page before its words count: ``when``, a list of conditions that must all hold.

    when:
      - {field: title, has: [口罩词]}                                  # the title holds a word of the list
      - {field: description, lacks: [提示语]}                          # the description was seen and holds none
      - {field: attributes, label: [栏目适用范围], has: [病名]}        # in the row with such a label
      - {number: absent}                                              # the whole page was read: no product number

Owns: the keys. Leaves to others: whether a condition holds on a page (``checks.condition``). Words are looked for as
words of lists are everywhere, covers included; contexts (negations …) are not asked.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from scanner.rulebook.tables import Strict, Text

ConditionField = Literal["title", "product_name", "description", "attributes", "image_text", "shop_page"]
Lists = Annotated[tuple[Text, ...], Field(min_length=1)]


class FieldSays(Strict):
    """A field ``has`` a word of one of the lists, or ``lacks`` them all. ``label``: only the attributes under a label
    that holds a word of these lists. Of a field that was not seen nothing holds, least of all that it lacks words."""

    field: ConditionField
    label: tuple[Text, ...] = ()
    has: Lists | None = None
    lacks: Lists | None = None

    @model_validator(mode="after")
    def _one(self) -> FieldSays:
        if (self.has is None) == (self.lacks is None):
            raise ValueError("每个条件写 has 或 lacks 中的一个")
        if self.label and self.field != "attributes":
            raise ValueError("label 只能和 field: attributes 一起写")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        return self.has or self.lacks or ()


class NumberShown(Strict):
    """Whether the page shows a registration, filing or approval number of a device or drug, well-formed or not. It is
    ``absent`` only where the whole page was looked at."""

    number: Literal["present", "absent"]


def _kind(condition: Any) -> str:
    keys = condition if isinstance(condition, dict) else getattr(type(condition), "model_fields", {})
    return "编号条件" if "number" in keys else "字段条件"  # people read these in error messages


Condition = Annotated[
    Annotated[FieldSays, Tag("字段条件")] | Annotated[NumberShown, Tag("编号条件")], Discriminator(_kind)
]
