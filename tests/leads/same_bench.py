"""Labelled pairs of sellers: are they the same one? The bench that ``leads.same`` is held to.

    python -m tests.leads.same_bench               both makings: by kind of pair, precision, recall, groups

A pair's label follows from how the pair was made and from what its pages show, never from our comparison:

- ``same``: one legal person, and the pages show what settles it (the code; the licence with its holder's name; the
  whole name of a company with its place; two signs that do not come from one source);
- ``other``: two legal persons, whatever they share. ``same`` said of them is wrong;
- ``open``: one legal person, but the pages do not settle it. ``same`` is right, everything else is no fault, but
  ``different`` is.

Precision: of the pairs called ``same``, those that are one person. Recall: of the pairs labelled ``same``, those called so. All of
it is synthetic: the figures say that the rules do what they are meant to do on evidence of these shapes, not how often real shops
show evidence of these shapes.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from scanner.leads.same.candidates import candidates
from scanner.leads.same.clusters import clusters
from scanner.leads.same.likeness import Likeness, compare
from scanner.leads.same.traits import Kind, common
from tests.leads.same_world import MAKINGS, Making, Operator, World

Label = Literal["same", "other", "open"]
EACH = 12  # times that every kind is made
TEMPLATE = "00ff00ff00ff00ff"
FAR = "ffffffff00000000"


@dataclass(frozen=True, slots=True)
class Pair:
    kind: str
    label: Label
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one making: ``pairs`` with what was said of each; of groups: pairs of sellers ``joined``, ``rightly`` so; pairs labelled same (``due``), and those of them that were ``found``."""

    pairs: tuple[tuple[Pair, Likeness], ...]
    joined: int
    rightly: int
    due: int
    found: int

    def count(self, label: Label, verdict: str) -> int:
        return sum(pair.label == label and likeness.verdict == verdict for pair, likeness in self.pairs)

    @property
    def precision(self) -> float:
        said = [pair for pair, likeness in self.pairs if likeness.verdict == "same"]
        return sum(pair.label != "other" for pair in said) / len(said)

    @property
    def recall(self) -> float:
        found = self.count("same", "same")
        return found / sum(pair.label == "same" for pair, _ in self.pairs)


Made = Iterator[tuple[Label, str, str]]


# --- one legal person ----------------------------------------------------------------------------------------------


def one_code(w: World) -> Made:
    """Two shops, nothing in common but the code."""
    who = w.operator()
    yield "same", w.shop(who, w.own_name(), "code", "mobile"), w.shop(who, w.own_name(), "code", "landline")


def one_code_on_one_platform(w: World) -> Made:
    who = w.operator()
    shops = [w.shop(who, w.own_name(), "code", "licence", at="mall-one.example") for _ in range(2)]
    yield "same", shops[0], shops[1]


def renamed(w: World) -> Made:
    """更名: one code, an old and a new name, at the same address."""
    who = w.operator()
    new = replace(who, company=w.operator(city=who.city).company)
    yield "same", w.shop(who, w.own_name(), "code", "company", "address"), w.shop(new, w.own_name(), "code", "company", "address")  # fmt: skip


def one_licence_and_holder(w: World) -> Made:
    who = w.operator()
    shops = [w.shop(who, w.own_name(), "licence", "company") for _ in range(2)]
    yield "same", shops[0], shops[1]


def whole_name(w: World) -> Made:
    """The company's whole name with its place, written in two ways; one shows the code, the other does not."""
    who = w.operator()
    yield "same", w.shop(who, w.own_name(), "company", "code"), w.shop(who, w.own_name(), "company", "mobile")


def whole_name_as_the_shops(w: World) -> Made:
    """The shop bears the company's name, on two platforms, one of them seen in a list of goods only."""
    who = w.operator()
    yield "same", w.shop(who, w.variant(who.company), "landline", at="shop.jd.com"), w.shop(who, who.company, listed=True, at="mall-two.example")  # fmt: skip


def slip_and_phone(w: World) -> Made:
    who = w.operator()
    wrong = replace(who, company=w.slip(who.company))
    yield "same", w.shop(who, w.own_name(), "company", "mobile"), w.shop(wrong, w.own_name(), "company", "mobile")


def shops_name_and_phone(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, w.named(who), "mobile", at="shop.jd.com"), w.shop(who, w.named(who), "mobile", at="mall-two.example")  # fmt: skip


def phone_and_wechat(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, w.own_name(), "mobile", "wechat"), w.shop(who, w.own_name(), "mobile", "wechat", "email")


def phone_and_person(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, w.own_name(), "mobile", "person"), w.shop(who, w.own_name(), "mobile", "person", "address")  # fmt: skip


def picture_and_room(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, w.own_name(), "picture", "address"), w.shop(who, w.own_name(), "picture", "address", "mobile")  # fmt: skip


def moved_phone(w: World) -> Made:
    """A new telephone number; the company's name and its person stay."""
    who = w.operator()
    now = replace(who, mobile=w.operator().mobile)
    yield "same", w.shop(who, w.own_name(), "company", "mobile", "person"), w.shop(now, w.own_name(), "company", "mobile", "person")  # fmt: skip


def moved_house(w: World) -> Made:
    """The same name and telephone, an address in another city."""
    who = w.operator()
    now = replace(who, address=w.operator(city=_other_city(w, who)).address)
    yield "same", w.shop(who, w.own_name(), "company", "mobile", "address"), w.shop(now, w.own_name(), "company", "mobile", "address")  # fmt: skip


def own_site_and_platform(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, who.company, "icp", "landline", at=who.domain), w.shop(who, w.own_name(), "company", "landline", at="shop.jd.com")  # fmt: skip


def two_own_sites(w: World) -> Made:
    """Two sites of one filing (ICP备案主体) with one telephone."""
    who = w.operator()
    yield "same", w.shop(who, w.own_name(), "icp", "mobile", at=who.domain), w.shop(who, w.own_name(), "icp", "mobile", at=f"b-{who.domain}")  # fmt: skip


def pages_without_a_name(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, "", "icp", at=who.domain), w.shop(who, who.company, "code", at=who.domain)


def email_and_shops_name(w: World) -> Made:
    who = w.operator()
    yield "same", w.shop(who, w.named(who), "email", at="shop.jd.com"), w.shop(who, w.named(who), "email", "landline", at="mall-two.example")  # fmt: skip


def chain_by_code(w: World) -> Made:
    """Five shops of one code, with one telephone for all."""
    who = w.operator()
    shops = [w.shop(who, w.own_name(), "code", "mobile") for _ in range(5)]
    yield from (("same", a, b) for a, b in combinations(shops, 2))


def chain_of_links(w: World) -> Made:
    """Each shop shares something with the next; the first and the last show nothing in common."""
    who = w.operator()
    first = w.shop(who, w.own_name(), "code", "licence", "company")
    second = w.shop(who, w.own_name(), "company", "mobile", "wechat")
    third = w.shop(who, w.own_name(), "mobile", "wechat")
    yield "same", first, second
    yield "same", second, third
    yield "open", first, third


def only_a_phone(w: World) -> Made:
    who = w.operator()
    yield "open", w.shop(who, w.own_name(), "mobile"), w.shop(who, w.own_name(), "mobile")


def nothing_in_common(w: World) -> Made:
    who = w.operator()
    yield "open", w.shop(who, w.own_name(), "landline"), w.shop(who, w.own_name(), "wechat")


# --- false friends -------------------------------------------------------------------------------------------------


def franchisees(w: World) -> Made:
    """加盟: one brand, one template, one hotline; each its own code."""
    brand, hotline = w.operator(), _hotline(w)
    shops = [
        w.shop(w.operator(brand=brand.brand), w.named(brand), "code", "company", template=TEMPLATE, more=(hotline,))
        for _ in range(3)
    ]
    yield from (("other", a, b) for a, b in combinations(shops, 2))


def franchisees_half_shown(w: World) -> Made:
    """Only one shows a code; the other nothing but brand, template and hotline."""
    brand, hotline = w.operator(), _hotline(w)
    a = w.shop(w.operator(brand=brand.brand), w.named(brand), "code", "mobile", at="shop.jd.com", template=TEMPLATE, more=(hotline,))  # fmt: skip
    b = w.shop(w.operator(brand=brand.brand), w.named(brand), "mobile", at="mall-two.example", template=TEMPLATE, more=(hotline,))  # fmt: skip
    yield "other", a, b


def brand_in_two_cities(w: World) -> Made:
    one = w.operator()
    two = w.operator(city=_other_city(w, one), brand=one.brand)
    two = replace(two, trade=one.trade, company=two.company.replace(two.trade, one.trade))
    if (two.city, two.brand, two.trade) in w.named_so:  # there is such a company already
        return
    w.named_so.add((two.city, two.brand, two.trade))
    yield "other", w.shop(one, w.own_name(), "company"), w.shop(two, w.own_name(), "company")


def one_hotline(w: World) -> Made:
    hotline = _hotline(w)
    shops = [w.shop(w.operator(), w.own_name(), "mobile", more=(hotline,)) for _ in range(2)]
    yield "other", shops[0], shops[1]


def platforms_footer(w: World) -> Made:
    """A mall prints its own code, filing and hotline under every shop's page, and a shop shows no code of its own."""
    mall, hotline = w.operator(), _hotline(w)
    foot = (f"{mall.company} 统一社会信用代码 {mall.code}", f"网站备案：{mall.icp}", hotline)
    shops = [w.shop(w.operator(), w.own_name(), "mobile", at=mall.domain, template=TEMPLATE, more=foot) for _ in range(3)]  # fmt: skip
    yield from (("other", a, b) for a, b in combinations(shops, 2))


def one_template(w: World) -> Made:
    shops = [w.shop(w.operator(), w.own_name(), "wechat", at=w.operator().domain, template=TEMPLATE) for _ in range(2)]
    yield "other", shops[0], shops[1]


def one_shop_software(w: World) -> Made:
    """Sites of one software, under its filing number."""
    maker = w.operator()
    shops = [
        w.shop(replace(w.operator(), icp=maker.icp), w.own_name(), "icp", "mobile", at=w.operator().domain, template=TEMPLATE)
        for _ in range(8)
    ]  # fmt: skip
    yield from (("other", a, b) for a, b in list(combinations(shops, 2))[:4])


def one_building(w: World) -> Made:
    one, two = w.operator(), w.operator()
    house = one.address.partition("幢")[0] + "幢"
    one, two = replace(one, address=f"{house}{101}室"), replace(two, address=f"{house}{2002}室")
    yield "other", w.shop(one, w.own_name(), "address", "mobile"), w.shop(two, w.own_name(), "address", "mobile")


def common_name_in_two_cities(w: World) -> Made:
    """同名: 某某大药房, which ends in no legal form."""
    one = w.operator()
    two = w.operator(city=_other_city(w, one))
    name = f"{one.brand}大药房"
    yield "other", w.shop(one, name, "address", "landline", at="shop.jd.com"), w.shop(two, name, "address", "landline", at="mall-two.example")  # fmt: skip


def name_without_place_in_two_cities(w: World) -> Made:
    one = w.operator()
    two = w.operator(city=_other_city(w, one))
    name = f"{one.brand}{one.trade}有限公司"
    one, two = replace(one, company=name), replace(two, company=name)
    yield "other", w.shop(one, w.own_name(), "company", "address"), w.shop(two, w.own_name(), "company", "address")


def borrowed_picture(w: World) -> Made:
    """挂靠、套用: the picture of another company's licence under one's own company's name."""
    one = w.operator()
    two = replace(w.operator(), picture=one.picture)
    yield "other", w.shop(one, w.own_name(), "company", "picture", "mobile"), w.shop(two, w.own_name(), "company", "picture", "mobile")  # fmt: skip


def borrowed_picture_own_code(w: World) -> Made:
    one = w.operator()
    two = replace(w.operator(), picture=one.picture, licence=one.licence)
    yield "other", w.shop(one, w.named(one), "code", "picture", "licence"), w.shop(two, w.named(two), "code", "picture", "licence")  # fmt: skip


def borrowed_picture_nameless(w: World) -> Made:
    """The borrower shows a shop's name and a telephone number, no company."""
    one = w.operator()
    two = replace(w.operator(), picture=one.picture)
    yield "other", w.shop(one, w.named(one), "company", "picture", "landline"), w.shop(two, w.own_name(), "picture", "mobile")  # fmt: skip


def borrowed_licence(w: World) -> Made:
    one = w.operator()
    two = replace(w.operator(), licence=one.licence)
    yield "other", w.shop(one, w.own_name(), "company", "licence"), w.shop(two, w.own_name(), "company", "licence")


def borrowed_code(w: World) -> Made:
    """冒用: another company's code beside one's own company's name."""
    one = w.operator()
    two = replace(w.operator(city=_other_city(w, one)), code=one.code)
    yield "other", w.shop(one, w.own_name(), "company", "code", "mobile", at="shop.jd.com"), w.shop(two, w.own_name(), "company", "code", "mobile", at="mall-two.example")  # fmt: skip


def parent_and_branch(w: World) -> Made:
    """分公司: a registration of its own, the parent's telephone and WeChat; without and with codes."""
    one = w.operator()
    branch = replace(
        w.operator(), company=f"{one.company}{_other_city(w, one)}分公司", mobile=one.mobile, wechat=one.wechat
    )
    yield "other", w.shop(one, w.own_name(), "company", "mobile", "wechat"), w.shop(branch, w.own_name(), "company", "mobile", "wechat")  # fmt: skip
    yield "other", w.shop(one, w.own_name(), "code", "company", "mobile"), w.shop(branch, w.own_name(), "code", "mobile")  # fmt: skip


def sister_companies(w: World) -> Made:
    """关联企业: one owner, one telephone, one room, two companies."""
    one = w.operator()
    two = replace(w.operator(), mobile=one.mobile, person=one.person, address=one.address, wechat=one.wechat)
    shows = ("company", "mobile", "person", "address", "wechat")
    yield "other", w.shop(one, w.own_name(), *shows), w.shop(two, w.own_name(), *shows)


def second_hand_phone(w: World) -> Made:
    """A number given up and sold again by the carrier."""
    one = w.operator()
    two = replace(w.operator(), mobile=one.mobile)
    yield "other", w.shop(one, w.own_name(), "company", "mobile"), w.shop(two, w.own_name(), "mobile", "person")


def agency(w: World) -> Made:
    """代运营: an agency's telephone and WeChat on the pages of all its customers, who show no company."""
    agent = w.operator()
    shops = [w.shop(replace(w.operator(), mobile=agent.mobile, wechat=agent.wechat), w.own_name(), "mobile", "wechat", "landline") for _ in range(w.dice.randrange(13, 25))]  # fmt: skip
    yield from (("other", a, b) for a, b in list(combinations(shops, 2))[:3])


def names_one_character_apart(w: World) -> Made:
    one = w.operator()
    two = replace(w.operator(city=one.city), company=w.slip(one.company))
    yield "other", w.shop(one, w.own_name(), "company", "landline"), w.shop(two, w.own_name(), "company", "landline")


def persons_of_one_name(w: World) -> Made:
    one = w.operator()
    two = replace(w.operator(), person=one.person)
    yield "other", w.shop(one, w.own_name(), "person", "mobile"), w.shop(two, w.own_name(), "person", "mobile")


def strangers(w: World) -> Made:
    one, two = w.operator(), w.operator()
    yield "other", w.shop(one, w.named(one), "company", "code", "mobile"), w.shop(two, w.named(two), "company", "mobile")  # fmt: skip


KINDS: tuple[Callable[[World], Made], ...] = (
    one_code, one_code_on_one_platform, renamed, one_licence_and_holder, whole_name, whole_name_as_the_shops, slip_and_phone,
    shops_name_and_phone, phone_and_wechat, phone_and_person, picture_and_room, moved_phone, moved_house,
    own_site_and_platform, two_own_sites, pages_without_a_name, email_and_shops_name, chain_by_code, chain_of_links, only_a_phone,
    nothing_in_common, franchisees, franchisees_half_shown, brand_in_two_cities, one_hotline, platforms_footer, one_template,
    one_shop_software, one_building, common_name_in_two_cities, name_without_place_in_two_cities, borrowed_picture,
    borrowed_picture_own_code, borrowed_picture_nameless, borrowed_licence, borrowed_code, parent_and_branch, sister_companies,
    second_hand_phone, agency, names_one_character_apart, persons_of_one_name, strangers,
)  # fmt: skip


def _hotline(w: World) -> str:
    return f"服务热线：400-{w.dice.randrange(100, 999)}-{w.dice.randrange(1000, 9999)}"


def _other_city(w: World, who: Operator) -> str:
    return w.dice.choice([city for city, _ in w.making.cities if city != who.city])


# --- measuring -----------------------------------------------------------------------------------------------------


def made(making: Making, each: int = EACH) -> tuple[World, list[Pair]]:
    """The sellers and the labelled pairs of a making."""
    world = World(making)
    pairs = []
    for kind in KINDS:
        for _ in range(each):
            pairs += [Pair(kind.__name__, label, a, b) for label, a, b in kind(world)]
    return world, pairs


def measure(making: Making) -> Measured:
    """Compare every labelled pair; and find, compare and join all sellers of the making."""
    world, pairs = made(making)
    sellers = list(world.sellers.values())
    held = common(sellers)
    said = tuple((pair, compare(world.sellers[pair.a], world.sellers[pair.b], held)) for pair in pairs)
    found = (compare(sellers[a], sellers[b], held) for a, b in candidates(sellers).pairs)
    codes = {one.key: tuple(one.of(Kind.USCC)) for one in sellers}
    groups = clusters(found, (), codes).groups
    together = [pair for group in groups for pair in combinations(group.members, 2)]
    due = {frozenset((pair.a, pair.b)) for pair in pairs if pair.label == "same"}
    right = sum(world.owners[a] == world.owners[b] for a, b in together)
    found_due = len(due & set(map(frozenset, together)))
    assert due, "nothing to join"
    return Measured(said, len(together), right, len(due), found_due)


def table(measured: Measured) -> str:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    labels: dict[str, str] = {}
    for pair, likeness in measured.pairs:
        labels.setdefault(pair.kind, pair.label)
        rows[pair.kind][likeness.verdict] += 1
    head = f"{'kind':36}{'label':8}" + "".join(f"{v:>12}" for v in ("same", "perhaps", "different", "cannot_say"))
    lines = [head]
    for kind, counts in rows.items():
        told = "".join(f"{counts[v]:12}" for v in ("same", "perhaps", "different", "cannot_say"))
        lines.append(f"{kind:36}{labels[kind]:8}{told}")
    wrong = measured.count("same", "different") + measured.count("open", "different")
    lines.append(f"pairs {len(measured.pairs)}, precision {measured.precision:.4f}, recall {measured.recall:.4f}, one person called different {wrong}")  # fmt: skip
    lines.append(
        f"groups: pairs joined {measured.joined}, rightly {measured.rightly}; labelled same {measured.due}, joined {measured.found}"
    )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    for name in arguments or tuple(MAKINGS):
        print(f"--- {name}")
        print(table(measure(MAKINGS[name])))


if __name__ == "__main__":
    main(sys.argv[1:])
