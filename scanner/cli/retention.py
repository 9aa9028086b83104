"""``qingwang retention``: how long captures are kept, what is held back, and removing what is past its term: captures, what
sellers showed in them alone, and, where the office set a term, who told it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from scanner.casework.expiring import Expiring
    from scanner.evidence.keeping.holds import Hold
    from scanner.evidence.keeping.purge import Purged
    from scanner.home import Home

Target = Annotated[str, typer.Argument(metavar="LEAD|CAPTURE", help="线索编号，或者取证页编号（开头几位即可）")]
Why = Annotated[str, typer.Option("--why", help="理由，写入日志")]
Who = Annotated[str, typer.Option("--who", help="经办人（默认 config.yaml 的 operator）")]
SHOWN = 20  # captures named


def register(app: typer.Typer) -> None:
    noun = typer.Typer(no_args_is_help=True, help="保存期限：哪些取证页到期，哪些因案件保全，到期的清除。")
    noun.command("status", help="保存了多少，多少到期，多少因为线索没有办结或者保全而留着。")(status)
    noun.command("hold", help="保全一条线索或者一个取证页：到期也不清除。")(hold)
    noun.command("release", help="解除保全。")(release)
    noun.command("purge", help="清除到期的取证页和举报人信息：先在日志里写明清除了什么，再清除。")(purge)
    app.add_typer(noun, name="retention")


def status(ctx: typer.Context, as_json: console.Json = False) -> None:
    from scanner import clock
    from scanner.evidence.keeping.purge import status as ask
    from scanner.home import SHORTEST

    home, now = console.home_of(ctx), clock.now()
    opening.book(ctx).close()  # says what is wrong with a home without one
    found, years = ask(home, now=now), home.config().retention_years
    if as_json:
        console.emit({
            "now": now, "retention_years": years, "shortest": SHORTEST, "captures": found.captures,
            "purged": found.purged, "due": found.due, "open": found.open, "held": found.held,
            "unfinished": found.unfinished, "next": found.next, "holds": found.holds,
        })  # fmt: skip
        return
    console.say(f"取证页 {found.captures} 个，保存 {years} 年（巡查任务另有规定的从其规定，不得少于 {SHORTEST} 年）。")
    console.say(f"已清除 {found.purged} 个；现在到期可以清除 {found.due} 个；"
                f"到期但线索没有办结的 {found.open} 个，保全的 {found.held} 个。")  # fmt: skip
    if found.unfinished:
        console.say(f"有 {found.unfinished} 次清除没有做完（中断），再运行一次 retention purge 就会做完。")
    if found.next is not None:
        console.say(f"下一个到期：{opening.day(found.next)}。")
    rows = [(_called(one), opening.day(one.since), one.who, one.why) for one in found.holds]
    if rows:
        console.table("保全", ["对象", "时间", "经办人", "理由"], rows)


def hold(ctx: typer.Context, target: Target, why: Why, who: Who = "", as_json: console.Json = False) -> None:
    _write(ctx, target, why=why, who=who, held=True, as_json=as_json)


def release(ctx: typer.Context, target: Target, why: Why, who: Who = "", as_json: console.Json = False) -> None:
    _write(ctx, target, why=why, who=who, held=False, as_json=as_json)


def purge(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会清除什么，什么都不写")] = False,
    why: Annotated[str, typer.Option("--why", help="理由，写入日志（默认：保存期限届满）")] = "",
    who: Who = "",
    as_json: console.Json = False,
) -> None:
    """Exit 4 when a segment was left alone because something in it does not agree with the journal."""
    from scanner import clock
    from scanner.casework import expiring
    from scanner.casework.desk import opened
    from scanner.evidence.keeping import purge as room

    home, now = console.home_of(ctx), clock.now()
    opening.book(ctx).close()
    if dry_run:
        done = room.dry(home, now=now)
        with opening.book(ctx) as book:
            told = expiring.expiring(home, book, now=now)
    else:
        name, reason = _person(home, who), why.strip() or room.EXPIRED
        done = room.purge(home, now=now, who=name, why=reason)
        with opened(home) as desk:
            told = expiring.expire(desk, now=now, who=name, why=reason)
    if as_json:
        console.emit({
            "dry_run": dry_run, "captures": done.captures, "records": done.records, "bytes": done.bytes,
            "segments": done.segments, "finished": done.finished, "traits": done.traits,
            "damaged": [{"file": file, "why": said} for file, said in done.damaged],
            "reporters": {"years": told.years, "kept": told.kept,
                          "due": [{"lead": one.lead, "reports": len(one.reports)} for one in told.due]},
        })  # fmt: skip
    else:
        _tell(done, dry_run)
        _tell_reporters(told, dry_run)
        if dry_run:
            console.say("这是预演，什么都没有写。去掉 --dry-run 就会清除；清除后不能恢复。")
    raise typer.Exit(4 if done.damaged else 0)


def _tell(done: Purged, dry_run: bool) -> None:
    from scanner.leads.same.traits import TITLES, Kind

    would = "会清除" if dry_run else "已清除"
    console.say(f"{would} {len(done.captures)} 个取证页（{done.records} 条记录，{done.bytes} 字节，"
                f"{done.segments} 个证据库文件）。")  # fmt: skip
    for capture in done.captures[:SHOWN]:
        console.say(f"  {capture}")
    if len(done.captures) > SHOWN:
        console.say(f"  ……另有 {len(done.captures) - SHOWN} 个")
    if done.traits:
        kinds = "、".join(f"{TITLES[Kind(kind)]} {number}" for kind, number in done.traits.items())
        console.say(f"{would}经营者特征 {sum(done.traits.values())} 项，别的取证页都没有显示：{kinds}。")
    if done.finished:
        console.say(f"{'会做完' if dry_run else '做完了'}以前中断的清除 {done.finished} 次。")
    for name, said in done.damaged:
        console.say(f"{name} 没有清除：{said}。请先运行 verify --home 查明。")


def _tell_reporters(told: Expiring, dry_run: bool) -> None:
    number = sum(len(one.reports) for one in told.due)
    if number:
        leads = "、".join(str(one.lead) for one in told.due[:SHOWN]) + ("等" if len(told.due) > SHOWN else "")
        console.say(
            f"{'会删除' if dry_run else '已删除'} {number} 份来件的举报人信息（{leads} 号线索，办结满 {told.years} 年）。"
        )
    if told.kept and told.years is None:
        console.say(f"{told.kept} 份来件的举报人信息没有动：config.yaml 没有写保存几年（reporter_years）。")


def _write(ctx: typer.Context, target: str, *, why: str, who: str, held: bool, as_json: bool) -> None:
    """Put a hold into the journal, or its end; it is on disk when this returns. The journal alone keeps holds."""
    from scanner import clock
    from scanner.errors import UsageError
    from scanner.evidence import rehearsal
    from scanner.evidence.journal.file import Journal
    from scanner.evidence.keeping import holds

    home = console.home_of(ctx)
    name = _person(home, who)
    if not why.strip():
        raise UsageError("没有写明理由", where="--why", hint="例如 --why 行政复议")
    with opening.book(ctx) as book:
        line = _target(book, target)
    (key,) = line.values()
    with home.lock(), Journal.open(home.journal, mark=rehearsal.mark_of(home)) as journal:
        before = holds.told(home.journal)
        if held and key in before.holds:
            one = before.holds[key]
            raise UsageError(f"已经保全：{one.why}（{one.who}，{opening.day(one.since)}）", where="LEAD|CAPTURE",
                             hint="要换理由，先 retention release")  # fmt: skip
        if not held and key not in before.holds:
            raise UsageError("没有保全", where="LEAD|CAPTURE", hint="用 retention status 查看")
        if held and key in before.purged:
            raise UsageError("这个取证页已按保存期限清除", where="LEAD|CAPTURE", hint="用 captures show 查看")
        event = holds.HOLD if held else holds.RELEASE
        journal.append(event, {**line, "who": name, "why": why.strip()}).result()
    if as_json:
        console.emit({"lead": line.get("lead"), "capture": line.get("capture"), "held": held, "who": name,
                      "why": why.strip(), "when": clock.now()})  # fmt: skip
    else:
        said = f"{line['lead']} 号线索" if "lead" in line else f"取证页 {line['capture']}"
        console.say(f"{'已保全' if held else '已解除保全'}：{said}（{name}）。")


def _target(book: Any, said: str) -> dict[str, Any]:
    """A number of few digits is a lead's, anything else the beginning of a capture's id."""
    if said.isascii() and said.isdigit() and len(said) < 10:
        return {"lead": book.lead(int(said)).number}
    return {"capture": opening.whole(book, "capture", said)}


def _person(home: Home, who: str) -> str:
    from scanner.errors import UsageError

    name = (who or home.config().operator).strip()
    if not name:
        raise UsageError("没有写明谁处理", where="--who", hint="加上 --who 姓名，或者在 config.yaml 写 operator")
    return name


def _called(one: Hold) -> str:
    return f"{one.lead} 号线索" if one.lead is not None else f"取证页 {one.capture}"
