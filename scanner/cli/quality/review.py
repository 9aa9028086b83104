"""``qingwang quality review``: the pages of a blind sample, one of them whole, and what reviewers say of them.

Owns: the command line. Nothing printed here depends on what the rules found. Leaves to others: what a sheet shows and an answer
may hold (``tuning.quality.sheet``), keeping it (``casework.reviewing``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console, opening

if TYPE_CHECKING:
    from scanner.store.book import Book
    from scanner.store.samples import BlindSample, Review
    from scanner.tuning.quality.sheet import Given, Sheet

EXCERPT = 60  # characters of a page's text in the list


def review(
    ctx: typer.Context,
    sample: Annotated[int, typer.Argument(metavar="SAMPLE", min=1, help="抽样的编号")],
    what: Annotated[str, typer.Argument(metavar="[ITEM|FILE]", help="页的编号；或者 JSON Lines 文件，一行一个意见")] = "",
    verdict: Annotated[str, typer.Option("--verdict", help="意见：未见违规 clean、违规 violation、无法判断 cannot_say")] = "",
    rule: Annotated[str, typer.Option("--rule", metavar="ID", help="违规时：是哪条规则该发现的")] = "",
    matter: Annotated[str, typer.Option("--matter", help="违规时：是什么事项")] = "",
    who: Annotated[str, typer.Option("--who", help="审查的人（默认 config.yaml 的 operator）")] = "",
    note: Annotated[str, typer.Option("--note", help="说明")] = "",
    as_json: console.Json = False,
) -> None:  # fmt: skip
    from scanner.errors import UsageError

    name = (who or console.home_of(ctx).config().operator).strip()
    if not verdict and (rule or matter or note):
        raise UsageError("没有写明意见", where="--verdict")
    if not what or (what.isdecimal() and not verdict):
        if verdict:
            raise UsageError("没有写明是哪一页", where="ITEM")
        _show(ctx, sample, int(what) if what else 0, name, as_json)
    elif what.isdecimal():
        _one(ctx, sample, name, as_json, item=int(what), verdict=verdict, rule=rule, matter=matter, note=note)
    elif verdict:
        raise UsageError("写了文件就不写 --verdict", where="--verdict")
    else:
        _file(ctx, sample, Path(what), name, as_json)


# --- looking ---------------------------------------------------------------------------------------------------


def _show(ctx: typer.Context, number: int, item: int, who: str, as_json: bool) -> None:
    from scanner.errors import UsageError

    with opening.book(ctx) as book:
        sample = book.sample(number)
        said = {one.item: one for one in book.reviews(number) if one.who == who}
        if item > len(sample.pages):
            raise UsageError(f"{number} 号抽样只有 {len(sample.pages)} 页", where="ITEM")
        pages = [page for page in sample.pages if item in (0, page.item)]
        sheets = [_sheet(book, page.item, page.listing, page.version, page.capture) for page in pages]
    if as_json:
        console.emit_lines({"sample": number, **console.plain(one), "answer": said.get(one.item)} for one in sheets)
    elif item:
        _whole(sheets[0], said.get(item))
    else:
        _list(sample, sheets, said, who)


def _sheet(book: Book, item: int, listing: str, version: str, capture: str) -> Sheet:
    from scanner.errors import StoreError
    from scanner.tuning.quality.sheet import sheet

    read = book.listing_version(listing, version)
    if read is None:
        raise StoreError(f"第 {item} 页的商品页不在数据库里", where=str(book.path), hint="运行 rebuild")
    return sheet(item, capture, read)


def _whole(sheet: Sheet, said: Review | None) -> None:
    from scanner.tuning.quality.sheet import VERDICTS

    console.say(f"第 {sheet.item} 页　{opening.said(sheet.title)}\n{sheet.url}\n取证页 {sheet.capture}")
    console.say(f"价格：{opening.said(sheet.price)}　经营者：{opening.said(sheet.seller)}\n\n{sheet.text}")
    if sheet.cut:
        console.say(f"……（只显示前 {len(sheet.text)} 字）")
    if said is not None:
        console.say(f"\n{said.who}的意见：{VERDICTS[said.verdict]}（{opening.day(said.when)}）{said.note}")


def _list(sample: BlindSample, sheets: list[Sheet], said: dict[int, Review], who: str) -> None:
    from scanner.tuning.quality.sheet import VERDICTS

    rows = [
        (
            one.item, opening.said(one.title), one.url, one.text[:EXCERPT].replace("\n", " "), one.capture[:12],
            VERDICTS[said[one.item].verdict] if one.item in said else "—",
        )
        for one in sheets
    ]  # fmt: skip
    console.table(
        f"{sample.number} 号抽样", ["页", "名称", "网址", "文字", "取证页", f"{who or '（没有写姓名）'}的意见"], rows
    )
    console.say(f"{who or '（没有写姓名）'}已审 {len(said)} 页，共 {len(rows)} 页。")


# --- answering -------------------------------------------------------------------------------------------------


def _one(ctx: typer.Context, number: int, who: str, as_json: bool, **given: Any) -> None:
    from pydantic import ValidationError

    from scanner.errors import UsageError
    from scanner.leads.order import complaints
    from scanner.tuning.quality.sheet import VERDICTS, Given

    try:
        read = Given.model_validate(given)
    except ValidationError as error:
        known = "、".join(f"{word}（{chinese}）" for word, chinese in VERDICTS.items())
        raise UsageError("；".join(complaints(error)), where="quality review", hint=f"意见可用：{known}") from error
    ((_, said, refused),) = _take(ctx, number, who, [(1, read)])
    if refused is not None:
        raise refused
    assert said is not None
    if as_json:
        console.emit({"review": said})
    else:
        console.say(f"{number} 号抽样第 {said.item} 页：{VERDICTS[said.verdict]}（{said.who}）")


def _file(ctx: typer.Context, number: int, path: Path, who: str, as_json: bool) -> None:
    """Answers that cannot be taken are told and the others are taken; exit 2 when there were any."""
    from scanner.casework.applying import parsed
    from scanner.tuning.quality.sheet import Given

    given, wrong = parsed(path, Given)
    for problem in wrong:
        console.note(f"{problem.where}：{problem.message}")
    done = _take(ctx, number, who, given)
    for line, said, error in done:
        if error is not None:
            console.note(f"{path}:{line}：{error}")
        elif as_json:
            console.emit({"review": said})
    refused = len(wrong) + sum(error is not None for *_, error in done)
    if not as_json:
        console.say(f"记下 {len(given) + len(wrong) - refused} 个意见；没有记下 {refused} 行。")
    raise typer.Exit(2 if refused else 0)


def _take(ctx: typer.Context, number: int, who: str, given: list[tuple[int, Given]]) -> list[tuple[int, Any, Any]]:
    """(line, the review or None, why there is none). Times go up by a millisecond, so that of two answers one is the last."""
    from datetime import timedelta

    from scanner import clock
    from scanner.casework import reviewing
    from scanner.casework.desk import opened
    from scanner.cli.rules.opened import load
    from scanner.errors import UsageError
    from scanner.tuning.quality.sheet import answer

    home, rules, done = console.home_of(ctx), load(ctx), list[tuple[int, Any, Any]]()
    with opened(home) as desk:
        sample, now = desk.book.sample(number), clock.now()
        for at, (line, one) in enumerate(given):
            try:
                said = answer(one, sample, rules, who=who, now=now + timedelta(milliseconds=at))
                done.append((line, said, None))
            except UsageError as error:
                done.append((line, None, error))
        reviewing.keep(home, desk.book, desk.journal, [said for _, said, _ in done if said is not None])
    return done
