"""What two sellers have in common and in what they differ, trait by trait, as reasons.

Owns: one function a kind of evidence; ``READERS`` lists them. Leaves to others: points (``worth``), names (``naming``), the
verdict (``likeness``). Of several values of one kind the most telling counts, the rest are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.leads.same import naming, reading
from scanner.leads.same.traits import TITLES, Kind
from scanner.leads.same.worth import (
    ALONE,
    BESIDE_OTHERS,
    BUILDING,
    OTHER_CITY,
    OTHER_CODE,
    OTHER_COMPANY,
    OTHER_PERSON,
    POINTS,
    RENAMED,
    SAME,
    SHARED_HOST,
    UNHELD,
    Reason,
    Speaks,
    Two,
    hotline,
    rarity,
)
from scanner.page import skeleton


def _codes(two: Two) -> Iterator[Reason]:
    """Two valid codes are two persons; one is one, but where the names are of two companies and nothing else agrees."""
    ours, theirs = two.shown(Kind.USCC)
    if not ours or not theirs:
        return
    shared = two.shared(Kind.USCC)
    if not shared:
        branch = "（总公司和分支机构各有代码）" if two.names.verdict == "branch" else ""
        says = f"统一社会信用代码不同，是两个主体{branch}"
        yield two.reason(Kind.USCC, OTHER_CODE, says, next(iter(ours.values())), next(iter(theirs.values())))
        return
    code = shared[0]
    points, says = two.worth(Kind.USCC, code), "统一社会信用代码一致（校验有效）"
    if ours.keys() != theirs.keys():
        points, says = (
            min(points, BESIDE_OTHERS),
            "有一个统一社会信用代码一致，但一方还显示别的代码，可能是平台或者厂家的",
        )
    elif two.names.verdict == "other" and not _beside(two):
        points, says = min(points, RENAMED), "统一社会信用代码一致，企业名称不同：可能更名，也可能冒用他人代码"
    yield two.reason(Kind.USCC, points, says, ours[code], theirs[code], value=code)


def _beside(two: Two) -> bool:
    """Whether anything of their own agrees beside the code."""
    kinds = (Kind.LICENCE, Kind.ADDRESS, Kind.PERSON, Kind.PICTURE, Kind.PHONE, Kind.WECHAT, Kind.EMAIL)
    return any(not hotline(value) for kind in kinds for value in two.shared(kind))


def _names(two: Two) -> Iterator[Reason]:
    names = two.names
    points = OTHER_COMPANY if names.verdict in ("other", "branch") else names.points
    if names.says:
        speaks: Speaks = "for" if points >= 0 else "against"
        yield Reason(kind=Kind.NAME, speaks=speaks, points=points, says=names.says, a=names.a, b=names.b)


def _papers(two: Two) -> Iterator[Reason]:
    """A licence is its holder's. Its number or its picture under two companies' names joins nobody."""
    for kind, word in ((Kind.LICENCE, "许可或者备案编号相同"), (Kind.PICTURE, "证照图片逐字节相同")):
        ours, theirs = two.shown(kind)
        for place, value in enumerate(two.shared(kind)):
            if two.two_persons:
                says = f"{word}，经营者不同：疑似挂靠或者套用证照"
                a, b = ours[value].quote, theirs[value].quote
                yield Reason(kind=kind, speaks="suspicion", points=0.0, says=says, a=a, b=b)
                continue
            points = two.worth(kind, value) if place == 0 else 0.0
            unheld = kind is Kind.LICENCE and not two.agree
            says = f"{word}，页面没有写明是同一持证企业" if unheld else word
            points = min(points, UNHELD) if unheld else points
            yield two.reason(kind, points, says, ours[value], theirs[value], value=value)


def _contacts(two: Two) -> Iterator[Reason]:
    told: set[str] = set()
    for kind in (Kind.PHONE, Kind.WECHAT, Kind.EMAIL):
        ours, theirs = two.shown(kind)
        first = True
        for value in two.shared(kind):
            if value in told:  # 微信同号: one number, not two signs
                continue
            told.add(value)
            says = f"{'服务热线' if hotline(value) else TITLES[kind]}相同"
            points = two.worth(kind, value) if first else 0.0
            yield two.reason(kind, points, says, ours[value], theirs[value], value=value)
            first = False


def _places(two: Two) -> Iterator[Reason]:
    ours, theirs = two.shown(Kind.ADDRESS)
    if shared := two.shared(Kind.ADDRESS):
        value = max(shared, key=len)
        exact = value != reading.building(value)
        points = two.worth(Kind.ADDRESS, value) if exact else BUILDING
        says = "地址相同" if exact else "地址相同（只到门牌，同处可能有多家）"
        yield two.reason(Kind.ADDRESS, points, says, ours[value], theirs[value], value=value)
        return
    houses = {reading.building(value): one for value, one in ours.items()}
    for value, one in theirs.items():
        if (house := reading.building(value)) in houses:
            yield two.reason(Kind.ADDRESS, BUILDING, "门牌相同，房号不同或者没有写", houses[house], one)
            return
    here, there = naming.cities(ours), naming.cities(theirs)
    if here and there and not here.keys() & there.keys():
        x, y = next(iter(here.values())), next(iter(there.values()))
        yield two.reason(Kind.ADDRESS, OTHER_CITY, "地址在不同城市", ours[x], theirs[y])


def _people(two: Two) -> Iterator[Reason]:
    ours, theirs = two.shown(Kind.PERSON)
    if shared := two.shared(Kind.PERSON):
        name = shared[0]
        says = f"{TITLES[Kind.PERSON]}同名"
        yield two.reason(Kind.PERSON, two.worth(Kind.PERSON, name), says, ours[name], theirs[name], value=name)
    elif ours and theirs:
        x, y = next(iter(ours.values())), next(iter(theirs.values()))
        yield two.reason(Kind.PERSON, OTHER_PERSON, f"{TITLES[Kind.PERSON]}不同（可能变更过）", x, y)


def _sites(two: Two) -> Iterator[Reason]:
    """One host, or one filing (ICP备案) over two."""
    here = two.a.storefront == two.b.storefront
    x, y = (one.of(Kind.STOREFRONT).get(one.storefront) for one in (two.a, two.b))
    domains = two.shared(Kind.DOMAIN)
    own = bool(two.a.of(Kind.DOMAIN) or two.b.of(Kind.DOMAIN))  # not a platform's
    if here and own and two.bare and x and y and two.held(Kind.STOREFRONT, two.a.storefront) == ALONE:
        yield two.reason(Kind.STOREFRONT, SAME, "同一网站，只见到这一个经营者的名称，另一些页面没有写名称", x, y)
    elif domains and x and y:
        points = two.worth(Kind.DOMAIN, domains[0]) if two.bare else SHARED_HOST
        yield two.reason(Kind.DOMAIN, points, "同一网站域名", x, y, value=domains[0])
    ours, theirs = two.shown(Kind.ICP)
    for number in two.shared(Kind.ICP)[:1]:
        points = 0.0 if domains else two.worth(Kind.ICP, number)  # one site shows one number
        yield two.reason(Kind.ICP, points, "ICP备案主体相同", ours[number], theirs[number], value=number)


def _templates(two: Two) -> Iterator[Reason]:
    """Pages of two sites that look alike; those of one always do."""
    if two.a.storefront == two.b.storefront or two.shared(Kind.DOMAIN):
        return
    ours, theirs = two.shown(Kind.TEMPLATE)
    for x, a in ours.items():
        for y, b in theirs.items():
            if skeleton.apart(x, y) <= skeleton.NEAR:
                points, most = POINTS[Kind.TEMPLATE]
                held = max(two.held(Kind.TEMPLATE, x), two.held(Kind.TEMPLATE, y))
                says = "页面模板相同或者相近（用同一建站软件也会这样）"
                yield two.reason(Kind.TEMPLATE, points * rarity(held, most), says, a, b)
                return


READERS: tuple[Callable[[Two], Iterator[Reason]], ...] = (
    _codes, _names, _papers, _contacts, _places, _people, _sites, _templates,
)  # fmt: skip
