"""``qingwang rules backtest``: what the rules find in a corpus, against a baseline.

Owns: the verb's options, which rules and which corpus they mean, and what is printed. Leaves to others: judging and
counting (``tuning``), opening the book (``opening``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scanner.home import Home
    from scanner.leads.interval import Share
    from scanner.registry import Register
    from scanner.rulebook import Rulebook
    from scanner.store.book import Book
    from scanner.tuning.backtest import Change, Counts, Judged, Report
    from scanner.tuning.bounds import Bound, Held
    from scanner.tuning.corpus import Item, Label

LABELS: dict[str, Label] = {"violation": "violation", "ok": "ok", "ok_hard": "ok"}  # ok_hard: fine, but looks alike
LONGEST = 12  # sentences shown in all of each kind; --shown asks for others a rule
WORDS = {"appeared": "新增", "disappeared": "消失", "changed": "判断有变", "kept": "不变"}


class Side(NamedTuple):
    """One of the two that are compared: what it is called, and its rulebook (None: what the book holds)."""

    name: str
    rulebook: Rulebook | None


def backtest(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Option("--file", help="在这些文字上试（JSON Lines，同 judge；可带 label：ok 或 violation）")] = None,
    captures: Annotated[bool, typer.Option("--captures", help="把封存的取证页重新读一遍再判断，而不是用已读出的商品页")] = False,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="用这个文件夹代替数据目录里的 rules；带 categories.yaml 的是一整套规则")] = None,
    against: Annotated[str, typer.Option("--against", help="和什么比：shipped 自带规则，home 数据目录的规则，findings 已有的发现，规则文件夹，或者保存过的规则库编号")] = "",
    rule: Annotated[list[str] | None, typer.Option("--rule", metavar="ID", help="只看这条规则；可以写多次")] = None,
    bounds: Annotated[Path | None, typer.Option("--bounds", help="界限文件（YAML）：每条规则应当有多少条发现")] = None,
    exactly: Annotated[list[str] | None, typer.Option("--exactly", metavar="ID=N", help="这条规则恰好 N 条")] = None,
    at_least: Annotated[list[str] | None, typer.Option("--at-least", metavar="ID=N", help="这条规则至少 N 条")] = None,
    at_most: Annotated[list[str] | None, typer.Option("--at-most", metavar="ID=N", help="这条规则至多 N 条")] = None,
    unexpected: Annotated[str, typer.Option("--unexpected", metavar="pass|fail", help="没有写界限的规则有发现时，是否算不通过")] = "",
    junit: Annotated[Path | None, typer.Option("--junit", help="把界限的结果写成 JUnit XML")] = None,
    shown: Annotated[int, typer.Option("--shown", min=0, max=1000, help="每条规则的每种变化最多列几句")] = 5,
    as_json: console.Json = False,
) -> None:  # fmt: skip
    """规则改动后会多出什么、少掉什么：在已读的商品页、封存的取证页或者一个文件上比较。界限不满足时退出码为 2。"""
    from contextlib import ExitStack

    from scanner.cli.progress import counted
    from scanner.tuning import backtest as running
    from scanner.tuning import bounds as bounding
    from scanner.tuning import junit as xml

    if file is not None and captures:
        raise _usage("--file 和 --captures 只能写一个", "--captures")
    if junit is not None and not junit.absolute().parent.is_dir():
        raise _usage(f"没有文件夹 {junit.absolute().parent}", "--junit")
    wanted, fails = _bounds(bounds, exactly, at_least, at_most, unexpected)
    with ExitStack() as stack:
        home = console.home_of(ctx)
        now = Side("home" if rules is None else str(rules), _rulebook(home, rules))
        before = _baseline(home, against or _usual(home, rules, file), file)
        book = None if file is not None else stack.enter_context(opening.book(ctx))
        _known(now, before, book, [*(rule or ()), *wanted])
        register = None if file is not None else opening.register(home, stack)
        damaged: list[str] = []
        items, total = _corpus(home, book, register, now, file, captures, damaged)
        with counted("比较", total) as tick:
            report = running.run(
                items, _judged(now, book, register), _judged(before, book, register), only=frozenset(rule or ()),
                shown=shown, tick=tick,
            )  # fmt: skip
    held = bounding.hold(report, wanted, fails)
    changes = tuple(c for c in report.changes if c.change != "kept" or any(h.rule == c.rule and not h.ok for h in held))
    if junit is not None:
        xml.write(junit, held, changes)
    kind = "file" if file is not None else "captures" if captures else "listings"
    if as_json:
        console.emit(_shape(report, kind, now, before, held, changes, damaged))
    else:
        _tell(report, kind, before, held, changes)
    for one in damaged:
        console.note(f"取证页读不了：{one}")
    if damaged or any(not one.ok for one in held):
        raise typer.Exit(1 if damaged else 2)


# --- which rules ---------------------------------------------------------------------------------------------------


def _usual(home: Home, rules: Path | None, file: Path | None) -> str:
    """What an analyst means who does not say: the rules before the change that is being tried."""
    if rules is not None:
        return "home"
    if file is None and not _own(home):
        return "findings"  # nothing of one's own to compare: what an updated program says of what was found before
    return "shipped"


def _own(home: Home) -> bool:
    return home.rules.is_dir() and any(home.rules.rglob("*.y*ml"))


def _rulebook(home: Home, folder: Path | None) -> Rulebook:
    from scanner import rulebook
    from scanner.home import shipped_rules

    if folder is None:
        return rulebook.load(shipped_rules(), home.rules)
    if not folder.is_dir():
        raise _usage(f"没有规则文件夹 {folder}", "--rules")
    whole = (folder / "categories.yaml").is_file()
    return rulebook.load(folder) if whole else rulebook.load(shipped_rules(), folder)


def _baseline(home: Home, name: str, file: Path | None) -> Side:
    from scanner import rulebook
    from scanner.home import shipped_rules

    if name == "findings":
        if file is not None:
            raise _usage("文件里的文字没有已有的发现可比", "--against", "用 shipped、home、规则文件夹或者规则库编号")
        return Side(name, None)
    if name == "shipped":
        return Side(name, rulebook.load(shipped_rules()))
    if name == "home":
        return Side(name, _rulebook(home, None))
    if Path(name).is_dir():
        return Side(name, _rulebook(home, Path(name)))
    return Side(name, _kept(home, name))


def _kept(home: Home, beginning: str) -> Rulebook:
    """A rulebook kept by its hash, named by at least eight of its first characters."""
    from scanner.crawl.session import kept_rulebook

    found = sorted(p.stem for p in home.rulebooks.glob("*.json") if p.stem.startswith(beginning))
    if len(beginning) < 8 or len(found) != 1:
        why = "规则库编号至少写八位" if len(found) > 1 else f"没有 {beginning} 这个规则文件夹或者保存过的规则库"
        raise _usage(why, "--against", "可用：shipped、home、findings、规则文件夹、规则库编号（见 rules list）")
    return kept_rulebook(home.rulebooks, found[0])


def _known(now: Side, before: Side, book: Book | None, names: Sequence[str]) -> None:
    """Raise UsageError for a rule that neither side has."""
    from scanner.errors import UsageError
    from scanner.yamlfile import nearest

    known = {rule for side in (now, before) if side.rulebook is not None for rule in side.rulebook.rules}
    known |= book.rules_found() if book is not None and before.rulebook is None else frozenset()
    for name in names:
        if name not in known:
            raise UsageError(f"没有规则 {name}", where="rules", hint=nearest(name, known) or "用 rules list 查看")


def _judged(side: Side, book: Book | None, register: Register | None) -> Judged:
    from scanner.tuning.backtest import by_book, by_rules

    if side.rulebook is None:
        assert book is not None
        return by_book(book)
    return by_rules(side.rulebook, register)


# --- which corpus --------------------------------------------------------------------------------------------------


def _corpus(
    home: Home, book: Book | None, register: Register | None, now: Side, file: Path | None, captures: bool,
    damaged: list[str],
) -> tuple[Iterator[Item], int | None]:  # fmt: skip
    from scanner.evidence.archive.shelf import Shelf
    from scanner.tuning import corpus
    from spiders import family_for

    assert now.rulebook is not None
    if book is None:
        return _rows(now.rulebook, file), None
    if captures:
        return corpus.sealed(book, Shelf(home.archive), family_for, damaged), None
    return corpus.stored(book), book.count("listing") + book.count("seller")


def _rows(rules: Rulebook, file: Path | None) -> Iterator[Item]:
    from scanner import clock
    from scanner.cli.judge import facts_of, rows
    from scanner.errors import InputError
    from scanner.tuning.corpus import Item

    today = clock.day(clock.now())
    for row, where in rows(file):
        label = row.get("label")
        if label is not None and label not in LABELS:
            raise InputError(f"不认识的 label：{label}", where=where, hint=f"可用：{'、'.join(LABELS)}")
        listing, facts = facts_of(rules, row)
        name = str(row.get("id") or where.rpartition(":")[2])
        yield Item(name=name, subject=listing, on=today, facts=facts, label=LABELS[label] if label else "")


# --- bounds --------------------------------------------------------------------------------------------------------


def _bounds(
    path: Path | None, exactly: list[str] | None, at_least: list[str] | None, at_most: list[str] | None, unexpected: str
) -> tuple[dict[str, Bound], Literal["pass", "fail"]]:
    """The bounds of the file, those of the command line laid over them."""
    from pydantic import ValidationError

    from scanner import yamlfile
    from scanner.tuning.bounds import Bound, BoundFile

    file = yamlfile.load(path, BoundFile) if path is not None else BoundFile(bounds={})
    if unexpected not in ("", "pass", "fail"):
        raise _usage(f"--unexpected 写 pass 或 fail，不是 {unexpected}", "--unexpected")
    given: dict[str, dict[str, int]] = {}
    for option, words in (("exactly", exactly), ("at_least", at_least), ("at_most", at_most)):
        for word in words or ():
            rule, _, number = word.partition("=")
            if not (rule and number.isascii() and number.isdigit()):
                raise _usage(f"应写成 规则=数目，不是 {word}", f"--{option.replace('_', '-')}")
            given.setdefault(rule, {})[option] = int(number)
    try:
        asked = {rule: Bound(**numbers) for rule, numbers in given.items()}
    except ValidationError as error:
        raise _usage(error.errors()[0]["msg"].removeprefix("Value error, "), "--exactly") from None
    fails: Literal["pass", "fail"] = "fail" if (unexpected or file.unexpected) == "fail" else "pass"
    return {**file.bounds, **asked}, fails


def _usage(message: str, where: str, hint: str = "用 --help 查看用法") -> Exception:
    from scanner.errors import UsageError

    return UsageError(message, where=where, hint=hint)


# --- what is printed -----------------------------------------------------------------------------------------------


def _shape(
    report: Report, kind: str, now: Side, before: Side, held: tuple[Held, ...], changes: tuple[Change, ...],
    damaged: list[str],
) -> dict[str, Any]:  # fmt: skip
    total = report.total
    labelled = bool(report.labels)
    return {
        "corpus": kind, "items": report.items, "damaged": len(damaged),
        "rules": {"name": now.name, "hash": now.rulebook.hash if now.rulebook else ""},
        "against": {"name": before.name, "hash": before.rulebook.hash if before.rulebook else ""},
        "appeared": total.appeared, "disappeared": total.disappeared, "kept": total.kept, "changed": total.changed,
        "by_rule": [_row(rule, counts, labelled) for rule, counts in report.by_rule.items()],
        "examples": changes,
        "labels": {
            "violation": report.labels["violation"], "ok": report.labels["ok"], "recall": report.recall,
            "precision": report.precision, "false_alarms": report.false_alarms,
        } if labelled else None,
        "bounds": held, "ok": not damaged and all(one.ok for one in held),
    }  # fmt: skip


def _row(rule: str, counts: Counts, labelled: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"rule": rule}
    for key in ("before", "now", "appeared", "disappeared", "kept", "changed", "items"):
        row[key] = getattr(counts, key)
    if labelled:
        row |= {"violation": counts.violation, "ok": counts.ok, "alone": counts.alone, "precision": counts.precision}
    return row


def _tell(report: Report, kind: str, before: Side, held: tuple[Held, ...], changes: tuple[Change, ...]) -> None:
    corpus = {"file": "文字", "captures": "取证页（重新读取）", "listings": "商品页和经营者页"}[kind]
    base = {"shipped": "自带的规则", "home": "数据目录的规则", "findings": "已有的发现"}.get(before.name, before.name)
    total = report.total
    console.say(f"在 {report.items} 份{corpus}上，和{base}相比：新增 {total.appeared}，消失 {total.disappeared}，"
                f"不变 {total.kept - total.changed}，判断有变 {total.changed}。")  # fmt: skip
    table(report)
    for what in ("appeared", "disappeared", "changed", "kept"):
        sentences(what, [change for change in changes if change.change == what], getattr(total, what))
    if report.labels:
        console.say(f"标注：违规 {report.labels['violation']} 份，合规 {report.labels['ok']} 份。")
        console.say(
            f"检出率 {percent(report.recall)}，精确率 {percent(report.precision)}，误报率 {percent(report.false_alarms)}"
        )
    for one in held:
        console.say(f"{'通过' if one.ok else '不通过'}　{one.rule}：{one}")


def table(report: Report) -> None:
    labelled = bool(report.labels)
    rows = [
        (rule, c.before, c.now, c.appeared or "", c.disappeared or "", c.changed or "",
         *((percent(c.precision), c.alone or "") if labelled else ()))
        for rule, c in report.by_rule.items() if c.moved or (labelled and c.items)
    ]  # fmt: skip
    if rows:
        columns = ("规则", "之前", "现在", "新增", "消失", "有变", *(("精确率", "只靠它") if labelled else ()))
        console.table("", columns, rows)
    if still := len(report.rules) - len(rows):
        console.say(f"另有 {still} 条规则的发现没有变化。" if rows else f"{still} 条规则有发现，都没有变化。")


def sentences(what: str, changes: list[Change], total: int) -> None:
    if not changes:
        return
    console.say(f"{WORDS[what]}：")
    for change in changes[:LONGEST]:
        said = f"{change.before}【{change.quote}】{change.after}" if change.quote else "（页面没有这项内容）"
        was = f"　{_was(change)}" if change.was is not None else ""
        console.say(f"  {change.rule}　{change.item[:12]}　{said}{was}".replace("\n", " "))
    if (more := total - min(len(changes), LONGEST)) > 0 and what != "kept":
        console.say(f"  ……另有 {more} 条；用 --rule 和 --shown 看更多，或者用 --json")


def _was(change: Change) -> str:
    """What changed, in words: 原文“甲”，严重 → 轻微."""
    from scanner.report.words import said

    assert change.was is not None
    pairs = ((change.was.verdict, change.verdict), (change.was.severity, change.severity))
    words = [f"{said(old)} → {said(new)}" for old, new in pairs if old != new]
    if change.was.quote != change.quote:
        words.insert(0, f"原来引的是“{change.was.quote}”")
    return "（" + ("，".join(words) or "编号的状态有变") + "）"


def percent(share: Share) -> str:
    """A share for people: 95.0%（38/40，区间 83.5%–98.6%）."""
    if share.rate is None or share.low is None or share.high is None:
        return "—"
    return f"{share.rate:.1%}（{share.hits}/{share.of}，区间 {share.low:.1%}–{share.high:.1%}）"
