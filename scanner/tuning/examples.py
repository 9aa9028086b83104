"""Running the examples that stand in the rules: every hit must be found, every miss must not, every todo must still fail.

Owns: turning an example into a subject with its facts, and judging it with the whole rulebook, as a page is judged.
Leaves to others: loading the rules (``rulebook``), printing (``cli``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scanner.checks import display, subject
from scanner.checks.case import Sign
from scanner.errors import Problem
from scanner.judge import KINDS, make_case
from scanner.model import Facts, Listing, Matter, Number, Seller, Standing, StandingAnswer
from scanner.registry.catalogue import CatalogueRow, Ingredient, Official, plain
from scanner.rulebook import DisplayRule, Rule, Rulebook, Sample

DAY = date(2026, 1, 5)  # examples are judged as of this day, so that they do not change with the calendar

Fault = Literal["missed", "wrongly_hit", "todo_works"]
_SAID: dict[str, str] = {
    "missed": "漏报（missed）",
    "wrongly_hit": "误报（wrongly hit）",
    "todo_works": "待办例子已经能命中，请移到 hits（todo works）",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An example that does not behave: ``where`` is its line, ``example`` its text."""

    rule: str
    fault: Fault
    example: str
    where: str

    def problem(self) -> Problem:
        return Problem(where=self.where, message=f"规则 {self.rule} {_SAID[self.fault]}：{self.example}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    rules: int
    examples: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class ExampleNames:
    """The catalogues an example writes down."""

    rows: tuple[CatalogueRow, ...]
    forbidden: tuple[Ingredient, ...]

    def imported(self, source: str) -> bool:
        return bool(self.forbidden and source == "class1") or any(row.source == source for row in self.rows)

    def find(self, names: Iterable[str]) -> tuple[Official, ...]:
        found = ((name, tuple(row for row in self.rows if row.plain == name)) for name in dict.fromkeys(names))
        return tuple(Official(name, rows) for name, rows in found if rows)

    def ingredients(self) -> tuple[Ingredient, ...]:
        return self.forbidden


@dataclass(frozen=True, slots=True)
class ExampleRegister:
    """The register an example writes down: how each number stands, from a source that may be believed, and what the
    catalogues say of names."""

    standings: Mapping[str, tuple[Standing, ...]]
    names: ExampleNames | None = None

    def standing(self, number: Number, *, product: str = "", holder: str = "", on: date) -> StandingAnswer:
        said = self.standings.get(number.number, (Standing.CANNOT_SAY,))
        hard = number.number in self.standings
        return StandingAnswer(number=number.number, type=number.type, on=on, standing=said, why="", hard=hard)


def run(rulebook: Rulebook, only: str = "") -> Outcome:
    """All examples of all rules that are not retired, or of the rule ``only``."""
    rules = [r for r in rulebook.rules.values() if r.status != "retired" and only in ("", r.id)]
    failures = [f for rule in rules for f in _rule(rulebook, rule)]
    count = sum(len(e.hits) + len(e.misses) + len(e.todo) for e in (r.examples for r in rules))
    return Outcome(rules=len(rules), examples=count, failures=tuple(failures))


def _rule(rulebook: Rulebook, rule: Rule) -> Iterator[Failure]:
    lines = rulebook.lines[f"rule {rule.id}"]
    wanted: tuple[tuple[str, bool, Fault], ...] = (
        ("hits", True, "missed"), ("misses", False, "wrongly_hit"), ("todo", False, "todo_works"),
    )  # fmt: skip
    for key, hit, fault in wanted:
        for i, example in enumerate(getattr(rule.examples, key)):
            if found(rulebook, rule, example) is not hit:
                where = lines.where("examples", key, i)
                yield Failure(rule=rule.id, fault=fault, example=told(example), where=where)


def found(rulebook: Rulebook, rule: Rule, example: str | Sample) -> bool:
    """Whether ``rule`` finds anything in ``example``; a draft counts as active here."""
    active = rule if rule.status == "active" else rule.model_copy(update={"status": "active"})
    page, facts, register = _subject(rule, example)
    case = make_case(page, rulebook, register, on=DAY, facts=facts)
    if isinstance(active, DisplayRule) and active.reported_by:  # another rule makes the finding
        return any(display.lacking(case, [active]))
    found = KINDS[Matter(rule.kind)](case, [active])
    return any(isinstance(item, Sign) or item.rule == rule.id for item in found)


def _subject(rule: Rule, example: str | Sample) -> tuple[Listing | Seller, Facts | None, ExampleRegister]:
    if isinstance(example, str):
        # A bare sentence: of goods the rule is about, with nothing else known.
        page = subject.listing("example", text=example)
        return page, Facts(goods=rule.applies_to.goods[0], region=_region(rule), fragment=True), ExampleRegister({})
    register = ExampleRegister(example.register_, _names(example))
    if isinstance(rule, DisplayRule) and rule.on != "product_page":
        return _seller(rule, example), None, register
    return _page(example), _facts(rule, example), register


def _seller(rule: DisplayRule, example: Sample) -> Seller:
    """The page of a seller that the rule is about: its licence page, or the front page of a site."""
    front = rule.on != "shop_page"
    return subject.shop(
        "example", text="\n".join((*example.licences, example.text)), seller=example.seller, pictures=example.pictures,
        links=example.links, page=example.page or ("home" if front else "licence"),
        url=example.url or ("https://www.example.cn/" if front else "https://www.example.cn/licence"),
    )  # fmt: skip


def _names(example: Sample) -> ExampleNames | None:
    rows = tuple(
        CatalogueRow(source=row.source, name=row.name, plain=plain(row.name), code=row.code, device_class=row.class_,
                     year=row.year)
        for row in example.catalogue
    )  # fmt: skip
    forbidden = tuple(Ingredient(name=name, kind="附录", year="2021") for name in example.forbidden)
    return ExampleNames(rows, forbidden) if rows or forbidden else None


def _page(example: Sample) -> Listing:
    return subject.listing(
        "example", title=example.title, text=example.text, attributes=example.attributes, image_text=example.image_text,
        pictures=example.pictures, breadcrumbs=example.breadcrumbs, buyable=example.buyable, seller=example.seller,
    )  # fmt: skip


def _facts(rule: Rule, example: Sample) -> Facts | None:
    """Given facts where the example names some, else None: derived from the page as for a real one."""
    if example.goods is None and example.scope is None:
        return None
    goods = example.goods or rule.applies_to.goods[0]
    return Facts(goods=goods, product=example.product, registered_scope=example.scope, region=_region(rule))


def _region(rule: Rule) -> str:
    """Where the seller of an example is that names no licence: where the rule holds."""
    return "" if rule.applies_to.regions == "all" else rule.applies_to.regions[0]


def told(example: str | Sample) -> str:
    """An example in words: the sentence, or what the small page gives, key by key as it stands in the file."""
    if isinstance(example, str):
        return example
    given = example.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return "；".join(f"{key}：{value}" for key, value in given.items() if value)
