"""A rule as an analyst writes it, one model a kind.

Owns: the keys each kind may and must have, and what a rule can get wrong by itself. Leaves to others: whether the lists,
contexts and categories it names exist (``load``), matching (``matcher``), judging (``checks``).
"""

from __future__ import annotations

import itertools
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from scanner.model import Basis, Severity, Standing
from scanner.rulebook.condition import Condition, FieldSays
from scanner.rulebook.tables import Goods, Group, Id, Strict, Text

Place = Literal["title", "product_name", "description", "attributes", "image_text", "transcript", "shop_page"]
Strength = Literal["hard", "strong", "weak"]
# A share (97%, 九成), a time (7天, 三个疗程), a count (一次, 两盒), a rank (第一, NO.1), money (99元).
NumberToken = Literal["#百分", "#时长", "#次数", "#名次", "#金额"]
NUMBER_TOKENS: tuple[str, ...] = get_args(NumberToken)
MAX_REACH = 60  # characters a gap may span at most
MAX_STEPS = 20  # of one sequence, gaps included
MAX_PATTERNS = 200  # of one rule


def _gap(text: str) -> str:
    low, _, high = text.partition("-")
    if (
        not (low.isascii() and low.isdigit() and high.isascii() and high.isdigit())
        or not int(low) <= int(high) <= MAX_REACH
    ):
        raise ValueError(f"gap 应写成 最少-最多，例如 0-6，最多 {MAX_REACH}")
    return text


class Law(Strict):
    """A legal basis; ``verified: false`` where the article was not read in a primary text."""

    law: Text
    article: Text
    point: str = ""
    liability: str = ""
    since: date | None = None
    until: date | None = None
    verified: bool = True

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)

    @cached_property
    def basis(self) -> Basis:
        """One object, however often a page is found to break it: pickled once a page."""
        return Basis(law=self.law, article=self.article, point=self.point, liability=self.liability, since=self.since,
                     until=self.until, verified=self.verified)  # fmt: skip


class AppliesTo(Strict):
    """The goods a rule is about. ``groups``: only categories that are on one of these lists. ``regions``: only sellers of
    these provinces (广东), for rules of local law; of a seller whose province nobody knows such a rule says nothing."""

    goods: Annotated[tuple[Goods, ...], Field(min_length=1)] = ("device", "drug", "unknown")
    categories: Literal["all"] | tuple[Id, ...] = "all"
    groups: tuple[Group, ...] = ()
    regions: Literal["all"] | Annotated[tuple[Text, ...], Field(min_length=1)] = "all"


class Gap(Strict):
    gap: Annotated[str, AfterValidator(_gap)]

    @property
    def bounds(self) -> tuple[int, int]:
        low, _, high = self.gap.partition("-")
        return int(low), int(high)


class Amount(Strict):
    """A number token of a certain size: shares in per cent, times in days (half an hour is 0.02), counts in times,
    ranks from 1, money in yuan; both bounds included. Of a range (5-10天) both ends must lie within; a number that
    nobody can tell (几天, 三个疗程) never does."""

    number: NumberToken
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Amount:
        low, high = (
            self.min if self.min is not None else float("-inf"),
            self.max if self.max is not None else float("inf"),
        )
        if (self.min is None and self.max is None) or low > high:
            raise ValueError('number 要写 min 或 max，min 不能大于 max；不限大小就直接写词，例如 "#百分"')
        return self

    def holds(self, low: float, high: float) -> bool:
        return (self.min is None or self.min <= low) and (self.max is None or high <= self.max)


def _step_kind(step: Any) -> str:
    keys = step if isinstance(step, dict) else getattr(type(step), "model_fields", {})
    return "间隔" if "gap" in keys else "数字" if keys else "词表名"  # people read these in error messages


Step = Annotated[
    Annotated[Text, Tag("词表名")] | Annotated[Gap, Tag("间隔")] | Annotated[Amount, Tag("数字")],
    Discriminator(_step_kind),
]


class AtLeast(Strict):
    list: Text
    n: Annotated[int, Field(ge=2, le=50)]


class Pattern(Strict):
    """One way to hit: exactly one of ``seq`` (lists and number tokens in order, gaps between), ``any`` (a word of any
    list), ``all`` (a word of each, any order), ``at_least`` (n different words of one list)."""

    seq: Annotated[tuple[Step, ...], Field(max_length=MAX_STEPS)] = ()
    any: Annotated[tuple[Text, ...], Field(max_length=MAX_STEPS)] = ()
    all: Annotated[tuple[Text, ...], Field(max_length=MAX_STEPS)] = ()
    at_least: AtLeast | None = None

    @model_validator(mode="after")
    def _one(self) -> Pattern:
        given = [bool(self.seq), bool(self.any), bool(self.all), self.at_least is not None]
        if sum(given) != 1:
            raise ValueError("每一项只能写 seq、any、all、at_least 中的一个")
        steps = [isinstance(step, Gap) for step in self.seq]
        if steps and (steps[0] or steps[-1] or any(a and b for a, b in itertools.pairwise(steps))):
            raise ValueError("seq 要以词表开头和结尾，两个 gap 不能相邻")
        return self

    def lists(self) -> tuple[str, ...]:
        """The names of the lists and number tokens this pattern needs."""
        one = (self.at_least.list,) if self.at_least else ()
        steps = (step.number if isinstance(step, Amount) else step for step in self.seq if not isinstance(step, Gap))
        return (*steps, *self.any, *self.all, *one)


class CatalogueSample(Strict):
    """An official row of an example's catalogue; ``class`` as ``registry product`` prints it."""

    name: Text
    class_: Annotated[Literal["I", "II", "III", "not_device", "combination", "depends"], Field(alias="class")]
    source: Literal["class1", "determinations", "exemption", "codes"]
    code: str = ""
    year: str


class Sample(Strict):
    """A small page for an example: of a product, or of a seller where the rule is about one, whose ``pictures`` are
    alternative texts and whose ``links`` are address -> words; ``page`` and ``url`` say which of its pages it is.
    ``register`` says how a number stands; ``catalogue`` and ``forbidden`` (ingredients) what the imported catalogues say; ``category`` and ``goods`` are
    derived as for a real page unless given."""

    title: str = ""
    text: str = ""
    attributes: Annotated[dict[Text, str], Field(default_factory=dict)]
    image_text: str | None = None
    pictures: tuple[str, ...] = ()
    breadcrumbs: tuple[str, ...] = ()
    buyable: str = ""
    seller: str = ""
    licences: tuple[str, ...] = ()
    links: Annotated[dict[Text, Text], Field(default_factory=dict)]
    page: Literal["home", "licence"] | None = None
    url: str = ""
    register_: Annotated[dict[Text, tuple[Standing, ...]], Field(alias="register", default_factory=dict)]
    catalogue: tuple[CatalogueSample, ...] = ()
    forbidden: tuple[Text, ...] = ()
    goods: Goods | None = None
    product: str = ""
    scope: str | None = None


def _example_kind(example: Any) -> str:
    return "一句话" if isinstance(example, str) else "小页面"  # people read these in error messages


Example = Annotated[Annotated[Text, Tag("一句话")] | Annotated[Sample, Tag("小页面")], Discriminator(_example_kind)]


class Examples(Strict):
    """``hits`` must be found, ``misses`` must not, ``todo`` are known gaps: they fail when they start to work."""

    hits: Annotated[tuple[Example, ...], Field(min_length=2)]
    misses: Annotated[tuple[Example, ...], Field(min_length=2)]
    todo: tuple[Example, ...] = ()


class Common(Strict):
    """What every rule says. ``strength``: hard on the page's own text (violation), strong (suspect), or weak (only
    recorded beside other findings)."""

    id: Id
    title: Text
    severity: Severity
    status: Literal["draft", "active", "retired"] = "active"
    strength: Strength = "hard"
    owner: Text
    basis: Annotated[tuple[Law, ...], Field(min_length=1)]
    applies_to: AppliesTo = AppliesTo()
    says: Text
    examples: Examples
    note: str = ""


class Words(Strict):
    """The part of a rule that looks for words. ``when``: what the page must be like besides (``condition``)."""

    look_in: Annotated[tuple[Place, ...], Field(min_length=1)] = (
        "title", "description", "attributes", "image_text", "transcript",
    )  # fmt: skip
    any_of: Annotated[tuple[Pattern, ...], Field(max_length=MAX_PATTERNS)] = ()
    within: Literal["clause", "sentence"] = "clause"
    unless: tuple[Text, ...] = ("negated", "law_quoted", "question")
    neutral: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    when: tuple[Condition, ...] = ()
    evasion: Literal["on", "off"] = "on"

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        return self.any_of

    def lists(self) -> tuple[str, ...]:
        asked = (name for c in self.when if isinstance(c, FieldSays) for name in (*c.words, *c.label))
        return tuple(dict.fromkeys((*(name for p in self.any_of for name in p.lists()), *self.none, *asked)))


class TextRule(Common, Words):
    """Kinds claim and scope. ``terms``: the lists whose words are held against the registered scope.

    ``scope``: ``clears`` lets a hit pass that says what the scope says; ``exceeds`` finds only what lies beyond the scope
    of the registration or, unknown, of the kind of goods; ``exceeds_registered`` only beyond the registration's own."""

    kind: Literal["claim", "scope"]
    any_of: Annotated[tuple[Pattern, ...], Field(min_length=1, max_length=MAX_PATTERNS)]
    scope: Literal["none", "clears", "exceeds", "exceeds_registered"] = "none"
    terms: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _terms(self) -> TextRule:
        if (self.scope == "none") != (not self.terms):
            raise ValueError(
                "scope 写 clears、exceeds、exceeds_registered 时要写 terms（和适用范围比较的词表），写 none 时不写"
            )
        return self

    def lists(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*Words.lists(self), *self.terms)))


class RestrictedRule(Common, Words):
    """Goods that may not be sold like this: by category, by words, or both. What must hold beside it, anywhere on the
    page: a word of each list of ``page_has``, no word of ``page_lacks``, and ``numbers``: ``none`` of the product is
    shown, or nothing but class I ``filing`` numbers. ``raised_by``: lists whose words on the page turn a suspicion into a
    violation (个人可购); ``noted``: lists whose words are told beside a finding and change nothing (unit of sale)."""

    kind: Literal["restricted"]
    look_in: Annotated[tuple[Place, ...], Field(min_length=1)] = ("title", "product_name")
    unless: tuple[Text, ...] = ("negated", "law_quoted", "question", "institutions_only")
    page_has: tuple[Text, ...] = ()
    page_lacks: tuple[Text, ...] = ()
    numbers: Literal["any", "none", "filing"] = "any"
    raised_by: tuple[Text, ...] = ()
    noted: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> RestrictedRule:
        if not self.any_of and self.applies_to.categories == "all" and not self.applies_to.groups:
            raise ValueError("要写 any_of、applies_to.categories 或者 applies_to.groups，否则什么都会命中")
        return self

    def lists(self) -> tuple[str, ...]:
        page = (*self.page_has, *self.page_lacks, *self.raised_by, *self.noted)
        return tuple(dict.fromkeys((*Words.lists(self), *page)))


class AdvertRule(Common):
    """An advertisement that was not approved as it is shown. ``approval_missing``: the page promotes (findings of kind
    claim) and shows no approval number; ``approval_expired``: the approval shown has run out; ``approval_of_other_goods``:
    it is one for drugs on a device, or the like; ``approval_for_other_medium``: it was given for sound or pictures."""

    kind: Literal["advert"]
    when: Literal["approval_missing", "approval_expired", "approval_of_other_goods", "approval_for_other_medium"]

    def lists(self) -> tuple[str, ...]:
        return ()


When = Literal[
    "number_missing", "number_malformed", "wrong_kind_in_field", "numbers_differ", "class_below_category",
    "standing",
    "official_class_above", "official_not_a_device", "official_without_number", "name_not_for_filing",
    "forbidden_ingredient",
]  # fmt: skip
_WORDS: dict[str, int] = {"name_not_for_filing": 1, "forbidden_ingredient": 3}  # lists a check needs


class RegistrationRule(Common):
    """A sign about the registration number. ``when: standing`` names the ``standing`` values that hit. ``words``: the
    lists that a check reads — ``name_not_for_filing``: the names; ``forbidden_ingredient``: words before an ingredient
    that is contained, words that say it is not, and longer words that are no ingredient."""

    kind: Literal["registration"]
    when: When
    standing: tuple[Standing, ...] = ()
    words: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _standing(self) -> RegistrationRule:
        if len(self.words) != _WORDS.get(self.when, 0):
            raise ValueError(f"when: {self.when} 要在 words 里写 {_WORDS.get(self.when, 0)} 个词表")
        if (self.when == "standing") != bool(self.standing):
            raise ValueError("when: standing 要写 standing，其他不写")
        return self

    def lists(self) -> tuple[str, ...]:
        return self.words


class Shown(Strict):
    """One way to show something that is no fixed sentence, each by the words of a list: ``label`` a row of the
    specification (or 型号：… in running text) called so, ``words`` any of the words, ``picture`` a picture whose
    alternative text or address says so, ``link`` a link whose words say so."""

    label: str = ""
    words: str = ""
    picture: str = ""
    link: str = ""

    @model_validator(mode="after")
    def _one(self) -> Shown:
        if sum(map(bool, (self.label, self.words, self.picture, self.link))) != 1:
            raise ValueError("每一项只能写 label、words、picture、link 中的一个")
        return self

    @property
    def list(self) -> str:
        """The name of the list it asks."""
        return self.label or self.words or self.picture or self.link


class Sells(Strict):
    """Where a seller's page offers such goods: two different lines name categories of ``goods``. ``exempt``: categories
    that do not count; one whose only class is I never does."""

    goods: Annotated[tuple[Goods, ...], Field(min_length=1)]
    exempt: tuple[Id, ...] = ()


ProvenAs = Text | Shown


class DisplayRule(Common):
    """A duty to show something. ``what`` names it in Chinese; ``must_show``: sentences, number types as
    ``#device_biz_license``, or ``Shown`` ways — one is enough. ``as_text``: a picture does not do. ``on``: the page that
    has the duty; ``shop_page`` is any page of a seller, ``shop_home`` its front page, ``own_site`` the front page of a
    site under a domain of its own.

    The duty is looked at only where one of ``only_if`` stands (in the fields ``look_in``) or the page ``sells`` such
    goods, if either is given, and one of ``only_with`` is shown as text, if given. ``reported_by``: the rule that
    makes the finding; this one then only answers in the list of duties."""

    kind: Literal["display"]
    duty: Id
    what: Text
    must_show: Annotated[tuple[ProvenAs, ...], Field(min_length=1)]
    on: Literal["product_page", "shop_page", "shop_home", "platform_page", "own_site"]
    as_text: bool = False
    only_if: Annotated[tuple[Pattern, ...], Field(max_length=MAX_PATTERNS)] = ()
    look_in: Annotated[tuple[Place, ...], Field(min_length=1)] = (
        "title", "description", "attributes", "image_text", "transcript", "shop_page",
    )  # fmt: skip
    sells: Sells | None = None
    only_with: tuple[ProvenAs, ...] = ()
    reported_by: str = ""
    within: Literal["clause", "sentence"] = "sentence"
    neutral: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    evasion: Literal["on", "off"] = "off"

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        return self.only_if

    @property
    def shown(self) -> tuple[str, ...]:
        """The lists that ``must_show`` and ``only_with`` ask."""
        return tuple(s.list for s in (*self.must_show, *self.only_with) if isinstance(s, Shown))

    @property
    def number_types(self) -> tuple[str, ...]:
        """The number types that ``must_show`` and ``only_with`` ask."""
        return tuple(s[1:] for s in (*self.must_show, *self.only_with) if isinstance(s, str) and s.startswith("#"))

    def lists(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(n for p in self.only_if for n in p.lists()), *self.none, *self.shown)))


Rule = TextRule | RestrictedRule | RegistrationRule | AdvertRule | DisplayRule
MODELS: dict[str, type[Rule]] = {
    "claim": TextRule,
    "scope": TextRule,
    "advert": AdvertRule,
    "restricted": RestrictedRule,
    "registration": RegistrationRule,
    "display": DisplayRule,
}
