"""``qingwang sellers file`` and ``expiring``: a seller's file, and whose credentials end soon.

Owns: which seller is meant by a key, an id, a name or a code; tables for people. Leaves to others: everything that is said
(``leads.dossier``).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening, sellers_same

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from scanner.leads.dossier.credentials import Alert, Ask, Credential
    from scanner.leads.dossier.history import History
    from scanner.leads.dossier.seller import Dossier
    from scanner.model import Number, StandingAnswer
    from scanner.store.book import Book

ALERTS = {
    "malformed": "编号不合规则", "withdrawn": "已注销、撤销", "expired": "已过期", "not_listed": "登记里查不到",
    "other_holder": "持证企业不是同一家", "past": "登记的有效期已过，是否延续未知", "expires": "即将到期", "changed": "换了编号",
    "gone": "页面不再展示",
}  # fmt: skip
SHOWN = {"shown": "还在展示", "gone": "不再展示", "not_looked_at": "这次没有看到那个位置"}
JUDGED = {"confirmed": "属实", "dismissed": "不属实"}
MANY = 10  # sellers of one name that are told

Within = Annotated[int, typer.Option("--days", min=1, max=3650, help="提前多少天提醒到期")]
Asked = Annotated[
    str, typer.Argument(metavar="KEY|ID|NAME", help="“网址|名称”、经营者页或者商品页的编号、名称、统一社会信用代码")
]


def register(noun: typer.Typer) -> None:
    noun.command("file", help="一个经营者的档案：店铺、页面、资质的变化和有效期、全部线索和处理结果、复查。")(file)
    noun.command("expiring", help="到期提醒：哪些经营者展示的许可快到期、已过期；有效期未知的另列。")(expiring)


def file(ctx: typer.Context, seller: Asked, days: Within = 90, as_json: console.Json = False) -> None:
    from scanner import clock
    from scanner.leads.dossier.history import total
    from scanner.leads.dossier.seller import dossier

    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        found = dossier(book, seller_of(book, seller), asking(ctx, stack), now=clock.now(), within=days)
    if as_json:
        totals = {name: total(found.leads, name) for name in ("fine", "income")}
        console.emit({"file": found, "totals": totals})
        return
    _tell(found)


def asking(ctx: typer.Context, stack: ExitStack) -> Ask:
    """The home's register, each question asked once."""
    register = opening.register(console.home_of(ctx), stack)
    known: dict[tuple[str, str, date], StandingAnswer] = {}

    def ask(number: Number, holder: str, on: date) -> StandingAnswer:
        key = number.number, holder, on
        if key not in known:
            known[key] = register.standing(number, holder=holder, on=on)
        return known[key]

    return ask


def seller_of(book: Book, asked: str) -> str:
    """The key of the seller that is meant. Raises UsageError where none or several are."""
    from scanner.errors import UsageError
    from scanner.leads.same.traits import Kind
    from scanner.registry.sellers import same_name
    from scanner.store.draft import seller_key

    asked = asked.strip()
    if "|" in asked or "\n" in asked:
        storefront, _, name = asked.replace("\n", "|", 1).partition("|")
        key = seller_key(storefront.strip(), name)
        if book.traits(key) or book.goods_of(key).listings or book.leads_of([key]):
            return key
        return sellers_same.key_of(book, asked)  # says what is wrong
    named = book.sharing(Kind.NAME.value, same_name(asked), limit=MANY + 1)
    named = named or book.sharing(Kind.USCC.value, asked.upper(), limit=MANY + 1)
    if len(named) == 1 or (named and _one_of(book, named)):
        return named[0]
    if named:
        several = "、".join(map(sellers_same.shown, named[:MANY])) + ("……" if len(named) > MANY else "")
        raise UsageError(f"有多个经营者叫“{asked[:60]}”", where="NAME", hint=f"写明哪一个：{several}")
    return sellers_same.key_of(book, asked)


def _one_of(book: Book, keys: list[str]) -> bool:
    """Whether all of these are recognised as the first."""
    from scanner.leads.same.book import kin

    return set(keys[1:]) <= {one.key for one in kin(book, keys[0])}


# --- what people see ---------------------------------------------------------------------------------------------


def _tell(found: Dossier) -> None:
    console.say(f"经营者档案：{sellers_same.shown(found.key)}（{opening.day(found.made)}）")
    rows = [
        (sellers_same.shown(one.key), one.listings, _when(one.first_seen), _when(one.last_seen), one.because or "—")
        for one in found.shops
    ]
    console.table("店铺", ["店铺", "商品页", "最早见到", "最近见到", "为什么是同一经营者"], rows)
    pages = [
        (one.id, "、".join(one.names) or "（没有名称）", one.url, one.versions, opening.day(one.last_seen))
        for one in found.pages
    ]
    if pages:
        console.table("经营者页", ["编号", "用过的名称", "网址", "版本", "最近见到"], pages)
    _tell_credentials(found.credentials)
    tell_alerts(found.alerts)
    _tell_leads(found.leads)
    if found.revisits:
        _tell_revisits(found)


def _tell_credentials(found: Iterable[Credential]) -> None:
    from scanner.leads.dossier.credentials import SAYS

    rows = [
        (
            type_name(one.type), one.number, opening.day(one.first_seen)[:10], opening.day(one.last_seen)[:10],
            SHOWN[one.shown], standing(one), one.valid_until or ("—" if one.type == "uscc" else SAYS[one.term]),
        )
        for one in found
    ]  # fmt: skip
    if rows:
        console.table("资质", ["种类", "编号", "最早见到", "最近见到", "现在", "今天的登记状态", "有效期至"], rows)
    else:
        console.say("没有见到资质编号（没有看过资质页，或者页面没有展示；图片里没有认出的也不算）。")


def standing(one: Credential) -> str:
    """How a number stands, for people."""
    from scanner.cli.registry import REASONS
    from scanner.report.words import said

    if one.answer is None:
        return "—"
    why = REASONS.get(one.answer.why, one.answer.why)
    return "、".join(map(said, one.answer.standing)) + (f"：{why}" if why else "")


def type_name(kind: str) -> str:
    from scanner.report.words import NUMBERS

    return NUMBERS.get(kind, kind)


def tell_alerts(found: Iterable[Alert]) -> None:
    rows = [
        (ALERTS[one.kind], type_name(one.type), one.number, one.valid_until or "—",
         "—" if one.days is None else one.days, one.says)
        for one in found
    ]  # fmt: skip
    if rows:
        console.table("提醒", ["提醒", "种类", "编号", "有效期至", "还有几天", "说明"], rows)


def _tell_leads(found: Iterable[History]) -> None:
    from scanner.report.words import MATTERS

    rows = [
        (
            one.lead, MATTERS[one.matter], opening.day(one.opened)[:10],
            state(one), JUDGED.get(one.judged, "—"), one.unit or "—", done(one) or "—", one.fine, one.income,
        )
        for one in found
    ]  # fmt: skip
    if rows:
        columns = ["线索", "事项", "发现", "状态", "复核", "单位", "处置和移送", "罚款（元）", "没收（元）"]
        console.table("线索和处理结果", columns, rows)
    else:
        console.say("没有线索。")


def state(one: History) -> str:
    """A lead's state for people, and into which it was merged."""
    from scanner.report.words import LEADS

    return LEADS[one.state] + (f"（{one.merged} 号）" if one.merged else "")


def done(one: History) -> str:
    """Measures and transfers for people; "" where there are none."""
    from scanner.leads.order import MEASURES, TRANSFERS

    return "、".join([*(MEASURES[m] for m in one.measures), *(f"移送{TRANSFERS[t]}" for t in one.transfers)])


def _tell_revisits(found: Dossier) -> None:
    from scanner.report.words import REVISITS

    rows = [(one.lead, one.url, opening.day(one.time), REVISITS[one.result], one.why) for one in found.revisits]
    console.table("复查", ["线索", "网址", "时间", "结果", "说明"], rows)


def _when(moment: object) -> str:
    from datetime import datetime

    return opening.day(moment)[:10] if isinstance(moment, datetime) else "—"


# --- expiring ----------------------------------------------------------------------------------------------------


def expiring(ctx: typer.Context, days: Within = 90, as_json: console.Json = False) -> None:
    from scanner import clock
    from scanner.leads.dossier.credentials import expiring as of_book

    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        found = of_book(book.pages_then(), asking(ctx, stack), on=clock.day(clock.now()), within=days)
    if as_json:
        console.emit(found)
        return
    rows = [
        (sellers_same.shown(one.key), ALERTS[a.kind], type_name(a.type), a.number, a.valid_until or "—",
         "—" if a.days is None else a.days, a.says)
        for one in found.sellers for a in one.alerts
    ]  # fmt: skip
    if rows:
        console.table("", ["经营者", "提醒", "种类", "编号", "有效期至", "还有几天", "说明"], rows)
    console.say(
        f"{found.on}：看过资质的经营者 {found.of} 个，{len(rows)} 条提醒（{days} 天内到期的和已经有问题的）。"
        f"另有 {found.cannot_say} 个编号有效期未知：登记数据里没有，不等于有效；没有见到资质编号的经营者 {found.nothing_shown} 个。"
    )
