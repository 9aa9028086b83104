"""``qingwang sellers same`` and ``tell``: which sellers are the same one, with the reasons, and what people say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from scanner.leads.same.likeness import Likeness
    from scanner.leads.same.worth import Reason
    from scanner.store.book import Book

SAID = {"same": "同一经营者", "different": "不是同一经营者", "withdrawn": "撤回"}
SPEAKS = {"for": "支持", "against": "反对", "suspicion": "可疑"}
TOLD = 20  # pairs and splits told to people; --json has all
WAYS = {"是": "same", "不是": "different", "撤回": "withdrawn"}

Key = Annotated[
    str, typer.Argument(metavar="KEY|ID", help="经营者：sellers same 里的“网址|名称”，或者经营者页、商品页的编号")
]


def register(noun: typer.Typer) -> None:
    noun.command("same", help="哪些店铺是同一经营者：列出各组和理由，或者一个经营者与其他经营者的比对。")(same)
    noun.command("tell", help="记下两个店铺是（same）、不是（different）同一经营者，或者撤回（withdrawn）。")(tell)


def same(
    ctx: typer.Context,
    seller: Annotated[str, typer.Argument(metavar="[KEY|ID]", help="只看这个经营者")] = "",
    as_json: console.Json = False,
) -> None:
    from scanner.leads.same.book import likenesses, recognise

    with opening.book(ctx) as book:
        if not seller:
            _groups(recognise(book), as_json)
            return
        key = key_of(book, seller)
        found, said = likenesses(book, key), book.said_same(key)
        if as_json:
            console.emit({"seller": key, "traits": _traits(book, key), "likenesses": found, "said": said})
            return
        console.say(f"{shown(key)}：与 {len(found)} 个经营者有相同之处")
        for one in found[:TOLD]:
            _tell(one, key)
        if len(found) > TOLD:
            console.say(f"……另有 {len(found) - TOLD} 个，用 --json 查看")
        _tell_said(said)


def _traits(book: Book, key: str) -> list[dict[str, Any]]:
    return [one._asdict() for one in book.traits(key)]


def _groups(found: Any, as_json: bool) -> None:
    from scanner.leads.same.traits import TITLES

    if as_json:
        console.emit(
            {
                "sellers": found.sellers, "compared": found.compared, "groups": found.groups.groups,
                "splits": found.groups.splits, "cut": [one._asdict() for one in found.cut],
            }
        )  # fmt: skip
        return
    console.say(f"经营者 {found.sellers} 个，比对 {found.compared} 对，{len(found.groups.groups)} 组各是同一经营者。")
    for number, group in enumerate(found.groups.groups, 1):
        console.say(f"\n第 {number} 组：" + "、".join(map(shown, group.members)))
        for one in group.joins[:TOLD]:
            _tell(one)
        _tell_said(group.said)
    for one in found.groups.splits[:TOLD]:
        console.say(
            f"没有合并：{shown(one.a)} 与 {shown(one.b)}，{one.why}；本可经由 " + " → ".join(map(shown, one.path))
        )
    titles = {kind.value: title for kind, title in TITLES.items()} | {
        "company": "企业名称",
        "shop": "店铺名称",
        "near": "相近的名称",
    }
    for cut in found.cut[:TOLD]:
        how = f"只比对了 {cut.pairs} 对" if cut.pairs else "没有因此比对"
        console.say(f"有 {cut.sellers} 个经营者的{titles.get(cut.kind, cut.kind)}同为“{cut.value[:60]}”，{how}。")


def _tell(one: Likeness, asked: str = "") -> None:
    """A likeness for people; of one ``asked`` for only the other is named."""
    from scanner.leads.same.likeness import VERDICTS

    who = shown(one.b if one.a == asked else one.a) if asked else f"{shown(one.a)} 与 {shown(one.b)}"
    console.say(f"{who}：{VERDICTS[one.verdict]}（{one.score:.2f}）")
    for reason in one.because:
        console.say(f"  {SPEAKS[reason.speaks]}：{reason.says}{_quotes(reason, turned=one.b == asked)}")


def _quotes(reason: Reason, *, turned: bool) -> str:
    a, b = (reason.b, reason.a) if turned else (reason.a, reason.b)
    return f"　“{a}”／“{b}”" if a or b else ""


def _tell_said(said: Any) -> None:
    for one in said:
        note = f"：{one.note}" if one.note else ""
        console.say(
            f"  {one.who}（{opening.day(one.time)}）认定 {shown(one.a)} 与 {shown(one.b)} {SAID[one.verdict]}{note}"
        )


def tell(
    ctx: typer.Context,
    a: Key,
    b: Key,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="是 same、不是 different、撤回 withdrawn")],
    who: Annotated[str, typer.Option("--who", help="认定的人（默认 config.yaml 的 operator）")] = "",
    note: Annotated[str, typer.Option("--note", help="说明")] = "",
    as_json: console.Json = False,
) -> None:
    from scanner import clock
    from scanner.casework import unfinished
    from scanner.casework.desk import opened
    from scanner.casework.lines import SAME_SELLER
    from scanner.errors import UsageError
    from scanner.leads.same.book import line
    from scanner.store.identities import Said

    said = WAYS.get(verdict.strip(), verdict.strip().casefold())
    if said not in SAID:
        raise UsageError(
            f"不认识的认定：{verdict}", where="VERDICT", hint="可用：same（是）、different（不是）、withdrawn（撤回）"
        )
    home = console.home_of(ctx)
    name = (who or home.config().operator).strip()
    if not name:
        raise UsageError("没有写明谁认定", where="--who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    with opened(home) as desk:
        first, second = sorted((key_of(desk.book, a), key_of(desk.book, b)))
        if first == second:
            raise UsageError("两个是同一个店铺的同一名称", where="B", hint="要比的是两个不同的店铺或者名称")
        one = Said(a=first, b=second, verdict=said, who=name, time=clock.now(), note=note)  # type: ignore[arg-type]
        with unfinished.together(home, desk.book, desk.journal) as keep:
            one = desk.book.say_same(one)
            keep(SAME_SELLER, line(one))
        if as_json:
            console.emit({"said": one})
        else:
            console.say(f"{shown(first)} 与 {shown(second)}：{SAID[said]}（{name}，{opening.day(one.time)}）")


def shown(key: str) -> str:
    """A seller's key for people, on one line: 网址|名称, and as they may type it."""
    return key.replace("\n", "|")


def key_of(book: Book, asked: str) -> str:
    """The seller's key that is meant: itself, written with | for the line feed, or of a seller's page or a listing by the
    beginning of its id. Raises UsageError where the book knows none."""
    from scanner.errors import UsageError
    from scanner.leads.same.reading import key_of as key
    from scanner.store.draft import seller_key

    if "|" in asked or "\n" in asked:
        storefront, _, name = asked.replace("\n", "|", 1).partition("|")
        wanted = seller_key(storefront.strip(), name)
        if book.traits(wanted) or book.leads_of((wanted,)):
            return wanted
        raise UsageError(f"没有见过这个经营者：{asked}", where="KEY", hint="用 sellers same 或者 leads list 查看")
    kind: Any = (
        "listing" if not book.ids("seller", asked, limit=1) and book.ids("listing", asked, limit=1) else "seller"
    )
    whole = opening.whole(book, kind, asked)
    found = book.listing(whole) if kind == "listing" else book.seller(whole)
    assert found is not None  # its id was just found
    return key(found.subject)
