"""``qingwang platforms file``: one platform's file, as tables of no more than 100 columns.

Owns: tables for people, what they see where there is nothing. Leaves to others: everything that is said (``leads.dossier.platform``).
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import console, opening, sellers_file, sellers_same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from scanner.leads.dossier.cards import Card
    from scanner.leads.dossier.papers import Paper, Papers
    from scanner.leads.dossier.platform import LeadThere, PlatformFile
    from scanner.model import DutyState, Listing, Seller
    from scanner.store.book import Book

PERIOD = 183  # days of the figures, where no first day is given
WIDE = 100  # columns
ROWS = 20  # of a table, where people do not say how many
CUT = 60  # characters of a name or a title

HANDLED = {
    "": "没有交办", "gone": "已退回或者转出", "unsigned": "没有签收", "running": "期限内", "overdue": "超期没有反馈",
    "on_time": "按期反馈", "late": "逾期反馈",
}  # fmt: skip
LATE = {"sign": "逾期没有签收", "result": "结果逾期"}
STATES = {"gone": "复查已下架", "back": "下架后又见到", "up": "还在架", "not_looked_at": "没有再看"}
ABOUT = {"gone": "最多 {} 天", "back": "最多 {} 天", "up": "至少 {} 天", "not_looked_at": "—"}

Asked = Annotated[
    str, typer.Argument(metavar="ID|NAME", help="平台的编号、名称（taobao、淘宝），或者见过的网址（主机名）")
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, help=f"店铺最多列多少个（默认全部）；给人看的每张表最多多少行（默认 {ROWS}）"),
]


def register(noun: typer.Typer) -> None:
    noun.command("file", help="一个平台的档案：网址、自己的资质、店铺、全部线索和处理结果、查实商品页在架多久、记分。")(
        file
    )


def file(
    ctx: typer.Context,
    platform: Asked,
    limit: Limit = None,
    days: sellers_file.Within = 90,
    as_json: console.Json = False,
) -> None:
    from dataclasses import replace

    from scanner import clock, rulebook
    from scanner.home import shipped_rules
    from scanner.leads import clocks
    from scanner.leads.dossier.named import platform_named
    from scanner.leads.dossier.platform import platform_file

    home = console.home_of(ctx)
    with ExitStack() as stack:
        book = stack.enter_context(opening.book(ctx))
        named = platform_named(platform, (one.storefront for one in book.hosts()))
        found = platform_file(
            book, named, rulebook.load(shipped_rules(), home.rules), sellers_file.asking(ctx, stack),
            clocks.load(shipped_rules(), home.rules), now=clock.now(), period=timedelta(days=PERIOD), within=days,
            links=lambda page: links(book, page),
        )  # fmt: skip
    if as_json:
        console.emit(replace(found, shops=found.shops[:limit]))
    else:
        _tell(found, limit or ROWS)


def links(book: Book, page: Listing | Seller) -> Mapping[str, DutyState]:
    """What became of the links of a seller's page, as the book knows them."""
    from scanner.checks.display import became
    from scanner.model import Seller

    shown = page.links if isinstance(page, Seller) else ()
    looks = ((url, book.last_look(page.storefront, url)) for url, _ in shown)
    return {
        url: state for url, look in looks if look is not None and (state := became(look.capture.status, look.outcome))
    }


# --- what people see ---------------------------------------------------------------------------------------------


def _tell(found: PlatformFile, most: int) -> None:
    name = found.id[:CUT] if found.names[0] == found.id else f"{found.names[0]}（{found.id}）"
    console.say(f"平台档案：{name}，{opening.day(found.made)}")
    if not found.hosts:
        console.say("数据里没有这个平台的任何网址：没有看过，不等于没有问题。")
        return
    hosts = [(one.host, one.captures, one.read, _day(one.last)) for one in found.hosts]
    _table("网址", ["网址（主机名）", "取证页", "其中读到的", "最近"], hosts, most)
    _tell_papers(found.papers, most)
    _tell_shops(found, most)
    _tell_leads(found, most)
    _tell_listings(found, most)
    first, last = _day(found.start), _day(found.end)
    if found.card is None:
        console.say(f"记分：{first} 至 {last} 和上一段时间都没有看过。")
    else:
        console.table(f"记分（{first} 至 {last}）", ["项目", "本期", "上期"], rows(found.card), width=WIDE)


def _tell_papers(found: Papers, most: int) -> None:
    if not found.own_pages:
        console.say("没有见到平台自己的首页、证照页；下面只有店铺页面上的平台编号。")
    if found.sure:
        _table("平台自己的资质", _PAPERS, map(_paper, found.sure), most)
    else:
        console.say("没有见到平台自己的资质编号：没有取到、没有看过的不等于没有。")
    if found.perhaps:
        _table("只有一家店铺展示，分不清是平台的还是店铺的", _PAPERS, map(_paper, found.perhaps), most)
    alerts = [
        (
            sellers_file.ALERTS[one.kind], one.number, one.valid_until or "—", "—" if one.days is None else one.days,
            one.says,
        )
        for one in found.alerts
    ]  # fmt: skip
    if alerts:
        _table("提醒", ["提醒", "编号", "有效期至", "还有几天", "说明"], alerts, most)


_PAPERS = ["种类", "编号", "见到", "现在", "哪里", "登记和有效期"]


def _paper(one: Paper) -> tuple[object, ...]:
    from scanner.leads.dossier.credentials import SAYS

    shown = one.credential
    where = "、".join(
        word for word in ("平台页面" if one.own else "", f"{one.shops} 家店铺页面" if one.shops else "") if word
    )
    until = SAYS[shown.term] + (f"（{shown.valid_until}）" if shown.valid_until else "")
    return (
        sellers_file.type_name(shown.type), shown.number, f"{_day(shown.first_seen)}\n{_day(shown.last_seen)}",
        sellers_file.SHOWN[shown.shown], where,
        "—" if shown.answer is None else f"{sellers_file.standing(shown)}\n{until}",
    )  # fmt: skip


def _tell_shops(found: PlatformFile, most: int) -> None:
    nameless = f"（其中没有取到名称的 {found.nameless} 个）" if found.nameless else ""
    console.say(f"见过的店铺 {found.shops_seen} 个{nameless}；有线索超期、没有办结的排在前面。")
    shops = [
        (
            _cut(sellers_same.shown(one.key)),
            one.listings,
            one.pages,
            _day(one.last_seen),
            one.leads,
            one.open,
            one.overdue,
        )
        for one in found.shops
    ]
    if shops:
        columns = ["店铺", "商品页", "经营者页", "最近见到", "线索", "没有办结", "超期"]
        _table("店铺", columns, shops, most)


def _tell_leads(found: PlatformFile, most: int) -> None:
    if not found.leads:
        console.say("没有线索。")
        return
    console.say(f"线索 {len(found.leads)} 条，没有办结 {len(found.open)} 条，超期 {len(found.overdue)} 条。")
    ordered = sorted(found.leads, key=lambda one: (not one.late, not one.open, -one.history.lead))
    columns = ["线索", "事项", "经营者", "发现", "状态", "期限", "处置、移送、罚没（元）"]
    _table("线索和处理结果", columns, map(_lead, ordered), most)


def _lead(one: LeadThere) -> tuple[object, ...]:
    from scanner.report.words import MATTERS

    told = one.history
    due = (LATE.get(one.late) or HANDLED[one.handled], f"至 {one.due}" if one.due and one.open else "")
    judged = "" if told.state in sellers_file.JUDGED else sellers_file.JUDGED.get(told.judged, "")
    money = (
        f"罚款 {told.fine}" if told.fine != "0.00" else "", f"没收 {told.income}" if told.income != "0.00" else ""
    )  # fmt: skip
    return (
        told.lead, MATTERS[told.matter], _cut(told.seller) or "（未取到）", _day(told.opened),
        _lines(sellers_file.state(told), judged), _lines(*due), _lines(sellers_file.done(told), *money) or "—",
    )  # fmt: skip


def _tell_listings(found: PlatformFile, most: int) -> None:
    down = found.taken_down
    if not down.known:
        console.say("没有查实的商品页。")
        return
    listings = [
        (
            one.lead, _cut(one.title) or "—", one.url or "—", _day(one.known), STATES[one.state],
            ABOUT[one.state].format(one.days),
        )
        for one in found.listings
    ]  # fmt: skip
    _table("查实的商品页在架多久", ["线索", "商品", "网址", "知道的那天", "现在", "在架"], listings, most)
    middle = "还不到一半下架" if down.days is None else f"中位数 {down.days:g} 天（含还在架的）"
    if not down.gone and not down.up:
        middle = "天数未知"
    console.say(
        f"查实 {down.known} 个：已下架 {down.gone}，还在架 {down.up}，没有再看 {down.not_looked_at}；{middle}。"
    )


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], most: int) -> None:
    """A table of the first rows; how many more there are is said."""
    whole = list(rows)
    console.table(title, columns, whole[:most], width=WIDE, whole=("编号",))
    if len(whole) > most:
        console.say(f"……另有 {len(whole) - most} 行，用 --limit 或者 --json 看全部")


def _lines(*words: str) -> str:
    return "\n".join(word for word in words if word)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CUT else f"{line[:CUT]}…"


def _day(moment: datetime | None) -> str:
    return opening.day(moment)[:10] if moment is not None else "—"


def rows(card: Card) -> list[tuple[object, ...]]:
    """A card's figures for people: what, now, in the period before."""
    from scanner.report.scorecard import items

    return [
        (name, _cell(value), _cell(before))
        for (name, value), (_, before) in zip(items(card.now), items(card.earlier), strict=True)
    ]


def _cell(value: object) -> object:
    return "—" if value is None else value
