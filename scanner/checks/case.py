"""One thing to be judged, with all that is known of it; what every check is given, and how it says what it found.

Owns: the case, its scan (made once for all kinds), the register's answers (asked once a number), and building findings.
Leaves to others: what to look for (one module a kind).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, Protocol

from scanner.checks.document import NOWHERE, PICTURE_TEXT, Document, Quote, document
from scanner.checks.labels import under
from scanner.model import (
    Facts,
    FieldState,
    Finding,
    Listing,
    Matter,
    Number,
    Seller,
    StandingAnswer,
    Verdict,
    content_id,
)
from scanner.ocr import places
from scanner.registry.catalogue import Ingredient, Official
from scanner.rulebook import Rule, Rulebook
from scanner.rulebook.matcher import Hits
from scanner.rulebook.scan import Scan
from scanner.rulebook.tables import LABEL_NUMBER, Group

PICTURES_UNREAD = "图片里的文字没有检查"  # text in pictures was not looked at
CATALOGUE_ABSENT = "没有导入产品目录，名称没有和官方目录核对"  # so what the catalogue says of the name is not known
DESCRIPTION_UNREAD = "商品详情没有取到"  # the description comes later or could not be read

NUMBER_UNREADABLE = "编号一栏有无法辨认的字"  # debris of a wrong encoding where a number belongs
TEXT_UNREAD = "页面文字没有取到"  # the same of a seller's page
FROM_PICTURE = "编号是从图片里识别的，可能认错，请看原图"  # a number read in a picture; the recognition may be wrong

_DEBRIS = "\N{REPLACEMENT CHARACTER}"
_TO_VERDICT = {"hard": Verdict.VIOLATION, "strong": Verdict.SUSPECT}


class Catalogues(Protocol):
    """The official product names, as far as a check needs them."""

    def imported(self, source: str) -> bool: ...

    def find(self, names: Iterable[str]) -> tuple[Official, ...]: ...

    def ingredients(self) -> tuple[Ingredient, ...]: ...


class Standings(Protocol):
    """The register, as far as a check needs it. ``names`` is None where it holds no catalogue at all."""

    @property
    def names(self) -> Catalogues | None: ...

    def standing(self, number: Number, *, product: str = "", holder: str = "", on: date) -> StandingAnswer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A weak sign: makes no finding alone, is recorded beside those of the same subject."""

    says: str


@dataclass(frozen=True, kw_only=True)
class Case:
    subject: Listing | Seller
    rulebook: Rulebook
    register: Standings | None
    on: date
    facts: Facts
    category_quote: Quote = NOWHERE  # where the page names its category
    product: Quote = NOWHERE  # what the page calls the product, in its own field for that
    holder: str = ""  # whom the page calls registrant
    _answers: dict[tuple[str, str, str], StandingAnswer] = field(default_factory=dict, repr=False)

    @cached_property
    def document(self) -> Document:
        return document(self.subject)

    @cached_property
    def scan(self) -> Scan:
        return self.rulebook.matcher.scan(self.document.folded)

    @cached_property
    def hits(self) -> Hits:
        return self.rulebook.matcher.hits(self.scan)

    @property
    def catalogues(self) -> Catalogues | None:
        """The official names; None where there is no register or nothing was imported into it."""
        return self.register.names if self.register is not None else None

    def answer(self, number: Number) -> StandingAnswer | None:
        """How ``number`` stands in the register; None where there is no register."""
        if self.register is None:
            return None
        key = (number.number, self.product.text, self.holder)
        if key not in self._answers:
            self._answers[key] = self.register.standing(
                number, product=self.product.text, holder=self.holder, on=self.on
            )  # fmt: skip
        return self._answers[key]

    def applies(self, rule: Rule) -> bool:
        """Whether ``rule`` is about goods like these and rests on a law in force on the day."""
        to = rule.applies_to
        return (
            rule.status == "active"
            and self.facts.goods in to.goods
            and (to.categories == "all" or self.facts.category in to.categories)
            and (not to.groups or self._on_a_list(to.groups))
            and (to.regions == "all" or self.facts.region in to.regions)
            and any(law.holds(self.on) for law in rule.basis)
        )

    def cut(self) -> tuple[str, ...]:
        """Up to where words were looked for, in Chinese, where a page holds too many of them; else empty."""
        if self.scan.whole:
            return ()
        return (f"页面的词太多，只检查了前 {int(self.document.folded.start[self.scan.until])} 个字",)

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """What of the page was not looked at, in Chinese; empty when all of it was."""
        unread = (FieldState.NOT_SEEN, FieldState.UNREADABLE, FieldState.NOT_LOOKED_AT)
        if isinstance(self.subject, Seller):
            missing = [TEXT_UNREAD] if self.subject.text.state in unread else []
        else:
            missing = [DESCRIPTION_UNREAD] if self.subject.description.state in unread else []
        said = self.subject.image_text
        if self.subject.pictures and (said.state in unread or not places.whole(said.source)):
            missing.append(PICTURES_UNREAD)
        if isinstance(self.subject, Listing) and any(
            _DEBRIS in row.value for row in under(self.rulebook, LABEL_NUMBER, self.subject)
        ):
            missing.append(NUMBER_UNREADABLE)
        return tuple(missing)

    def find(
        self,
        rule: Rule,
        quote: Quote = NOWHERE,
        *,
        verdict: Verdict | None = None,
        standing: StandingAnswer | None = None,
        beside: Iterable[str] = (),
        unchecked: Iterable[str] = (),
    ) -> Iterator[Finding | Sign]:
        """The finding of ``rule`` at ``quote``. The rule's strength is the most it can say; ``verdict`` may say less. Where
        a number was read in a picture, every digit counts and the recognition may be wrong: never more than a suspicion."""
        if rule.strength == "weak":
            yield Sign(says=rule.says)
            return
        most = _TO_VERDICT[rule.strength]
        if self._is_number_in_picture(quote):
            most, unchecked = Verdict.SUSPECT, (*unchecked, FROM_PICTURE)
        said = most if verdict is None else max(most, verdict, key=list(Verdict).index)
        version = self.rulebook.versions[rule.id]
        field = "text" if self.facts.fragment and quote.field == "description" else quote.field
        yield Finding(
            id=content_id(self.subject.version, rule.id, version, field, quote.text), rule=rule.id,
            rule_version=version, kind=Matter(rule.kind), verdict=said, severity=rule.severity,
            subject=self._subject(), subject_id=self.subject.id, version=self.subject.version,
            field=field, quote=quote.text, start=quote.start, end=quote.end, says=rule.says,
            basis=tuple(law.basis for law in rule.basis if law.holds(self.on)), standing=standing,
            beside=(*beside, *self._in_pictures(quote)), unchecked=tuple(unchecked),
        )  # fmt: skip

    def _is_number_in_picture(self, quote: Quote) -> bool:
        at = (quote.field, quote.start, quote.end)
        return quote.field == PICTURE_TEXT and any(
            (s.field, s.number.start, s.number.end) == at for s in self.subject.numbers
        )

    def _in_pictures(self, quote: Quote) -> tuple[str, ...]:
        """In which picture, and where in it, a quote from pictures stands."""
        if quote.field != PICTURE_TEXT:
            return ()
        return places.said(self.subject.image_text.source, quote.start, quote.end)

    def _subject(self) -> Literal["listing", "seller", "text"]:
        if self.facts.fragment:
            return "text"
        return "listing" if isinstance(self.subject, Listing) else "seller"

    def _on_a_list(self, groups: tuple[Group, ...]) -> bool:
        category = self.rulebook.categories.get(self.facts.category)
        return category is not None and not set(groups).isdisjoint(category.groups)
