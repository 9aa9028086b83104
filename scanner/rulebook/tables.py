"""What rules share, as typed models: word lists, contexts, evasive spellings, categories, local overrides.

Owns: the shape of those YAML files. Leaves to others: rules (``rule``), what files say of each other (``load``),
matching (``matcher``). The models are frozen and are themselves the values the program works with.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scanner.model import Severity

_ID, _LONGEST_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", 60
Id = Annotated[str, Field(pattern=_ID, max_length=_LONGEST_ID)]
Text = Annotated[str, Field(min_length=1, max_length=600)]
Goods = Literal["device", "drug", "cosmetic", "food", "disinfectant", "goods", "unknown"]
Group = Literal[
    "implant", "injectable", "professional", "sterile", "volume_purchase", "epidemic", "aesthetic", "myopia", "dental",
    "reproduction", "cold_chain", "self_use",
]  # fmt: skip
GROUPS: dict[Group, str] = {  # lists that notices and laws draw over kinds of goods, and what people call them
    "implant": "植入、介入类",
    "injectable": "注射填充类",
    "professional": "专业人员使用",
    "sterile": "无菌医疗器械",
    "volume_purchase": "集中带量采购中选品种",
    "epidemic": "疫情防控",
    "aesthetic": "医疗美容",
    "myopia": "青少年近视防治",
    "dental": "口腔",
    "reproduction": "辅助生殖",
    "cold_chain": "冷链",
    "self_use": "个人自用",
}

# Lists that the checks ask for by name; every rulebook may hold its own words under them.
LABEL_NUMBER = "栏目编号"  # labels under which a registration or filing number stands
LABEL_PRODUCT = "栏目产品名"  # ... the registered product name
LABEL_HOLDER = "栏目注册人"  # ... the registrant or filer; not the maker, who may work for another
ACCESSORIES = "配件词"  # after a category's name: the thing is something else (口罩收纳盒, 血压计电池)
FOR_USE_WITH = "适配词"  # shortly before a name: the thing is for use with it (适用欧姆龙血压计 电源线)
NOT_FOR_PEOPLE = "非医用词"  # in a name: it is no medical thing at all (宠物, 玩具, 教学模型)
CAN_BUY = "可购词"  # on the buy button: 加入购物车
CANNOT_BUY = "不可购词"  # there too: 已下架, 询价
PLATFORM = "平台词"  # on a front page: others sell here, so it is a platform's and not a shop's
READ_BY_CHECKS = frozenset({
    LABEL_NUMBER, LABEL_PRODUCT, LABEL_HOLDER, ACCESSORIES, FOR_USE_WITH, NOT_FOR_PEOPLE, CAN_BUY, CANNOT_BUY, PLATFORM,
})  # fmt: skip


def is_id(name: str) -> bool:
    """Whether ``name`` can be the id of a rule, duty or category."""
    return len(name) <= _LONGEST_ID and re.fullmatch(_ID, name) is not None


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordList(Strict):
    """Words shared by rules. ``covers``: longer words in which a word of the list means something else (治疗仪 covers
    治疗). ``spellings``: evasive spellings written by hand. ``evasion``: which ones are generated beside them."""

    words: Annotated[tuple[Text, ...], Field(min_length=1)]
    covers: tuple[Text, ...] = ()
    spellings: tuple[Text, ...] = ()
    evasion: Literal["off", "pinyin", "on"] = "off"  # on: pinyin, and homophones of words of three and more characters
    note: str = ""


class ListFile(Strict):
    lists: Annotated[dict[Text, WordList], Field(min_length=1)]


class Context(Strict):
    """Words that change what stands near them: a negation before a claim, a law quoted around it.

    ``place``: where the words stand, seen from the hit; ``within``: how far that reaches; ``touching``: lists whose
    words count only right before the hit (a bare 不, 非); ``across``: lists whose words reach over the whole sentence though
    the others do not (依法查处); ``labels``: lists of
    attribute labels under which everything stands in this context (禁忌症: ...); ``asked``: a sentence that ends in a
    question mark is in it too; ``item``: so is an item of an enumeration in a law, （三）……的；``broken_by``: lists whose words
    between the two end the reach (但是). ``lowers``: whatever stands in this context passes for no rule, but is no more than
    suspect, and the finding says why (``note``): what a buyer writes in a review.
    """

    place: Literal["before", "after", "around"] = "around"
    within: Literal["clause", "sentence", "page"] = "sentence"
    reach: Annotated[int, Field(ge=1, le=200)] = 60
    lists: tuple[Text, ...] = ()
    touching: tuple[Text, ...] = ()
    across: tuple[Text, ...] = ()
    labels: tuple[Text, ...] = ()
    asked: bool = False
    item: bool = False
    broken_by: tuple[Text, ...] = ()
    lowers: bool = False
    note: str = ""

    def named(self) -> tuple[str, ...]:
        """The lists that make the context hold."""
        return (*self.lists, *self.touching, *self.across, *self.labels)


class ContextFile(Strict):
    contexts: dict[Text, Context]


class FoldingFile(Strict):
    """Syllable -> characters of that sound, for spellings that sound alike; ``innocent``: never to be generated."""

    homophones: dict[Annotated[str, Field(pattern=r"^[a-z]{1,6}$")], Text]
    innocent: tuple[Text, ...] = ()


class Category(Strict):
    """A kind of goods the notices name. ``classes``: the lawful management classes; ``buyers``: who may buy online;
    ``covers``: longer words that are something else (手机支架); ``scope``: the intended use of every product of the
    kind, where the catalogue leaves no room for another (a thermometer measures, whatever its certificate); ``coded``:
    names by which sellers dodge review (睡觉镜), found as names and told as an evasion; ``groups``: the lists it is on."""

    id: Id
    name: Text
    goods: Goods = "device"
    names: Annotated[tuple[Text, ...], Field(min_length=1)]
    covers: tuple[Text, ...] = ()
    coded: tuple[Text, ...] = ()
    search: tuple[Text, ...] = ()
    groups: tuple[Group, ...] = ()
    classes: tuple[Literal["I", "II", "III"], ...] = ()
    codes: tuple[Annotated[str, Field(pattern=r"^([0-9]{2}(-[0-9]{2}){0,2}|6840)$")], ...] = ()
    buyers: Literal["individuals", "fitted", "institutions", "nobody"] = "individuals"
    scope: str = ""
    note: str = ""


class CategoryFile(Strict):
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]


class Override(Strict):
    """A local change to a shipped rule that an update does not lose. ``except``: more neutral words."""

    rule: Id
    severity: Severity | None = None
    status: Literal["draft", "active", "retired"] | None = None
    except_: Annotated[tuple[Text, ...], Field(alias="except")] = ()
    note: str = ""


class OverrideFile(Strict):
    overrides: tuple[Override, ...] = ()
