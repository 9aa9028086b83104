"""``qingwang rules draft``: a rule proposed from sentences.

Owns: where sentences and background come from, writing the draft's files, what is printed. Leaves to others: drafting
(``tuning.draft``). Nothing is ever written into rules that are in force.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scanner.rulebook import Rulebook
    from scanner.tuning.draft import Drafted

SHOWN = 5  # sentences told of each kind


def draft(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="ID", help="新规则的编号，例如 claim-height-growth")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="要命中的句子：一行一句，或者 JSON Lines（label 为 ok 的是不该命中的）；不写或写 - 时读标准输入")] = None,
    misses: Annotated[Path | None, typer.Option("--misses", help="看起来像、但是不该命中的句子")] = None,
    background: Annotated[Path | None, typer.Option("--background", help="更多无辜的文字，用来对照；没有违法内容的商品文字最好")] = None,
    title: Annotated[str, typer.Option("--title", help="规则的名称：禁止什么")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="写进这个新文件夹；不写则打印")] = None,
    as_json: console.Json = False,
) -> None:  # fmt: skip
    """从例句起草一条规则：挑出例句里有、无辜文字里没有的词，用真正的判断试过，再由人修改。"""
    from scanner.cli.rules.opened import load
    from scanner.tuning import draft as drafting

    _check(rule, out)
    rules = load(ctx)
    hits, wrong = _sentences(file)
    wrong += _sentences(misses)[0] if misses is not None else []
    made = drafting.draft(rules, rule, title, hits, wrong, _background(ctx, rules, background))
    if out is not None:
        _write(out, made.files)
    if as_json:
        console.emit(_shape(made, out))
        return
    say = console.say if out is not None else console.note  # printed, the files alone are the output
    if out is None:
        for name, text in made.files.items():
            console.say(f"# ---- rules/{name}\n{text}")
    _tell(made, out, say)


def _check(rule: str, out: Path | None) -> None:
    from scanner.errors import UsageError
    from scanner.rulebook.tables import is_id

    if not is_id(rule):
        raise UsageError(
            f"规则编号不能是 {rule}", where="ID", hint="小写英文字母和数字，用 - 连接，例如 claim-height-growth"
        )
    if out is not None and out.exists():
        raise UsageError(f"{out} 已经存在", where="--out", hint="换一个名字；起草不改动已有的文件")
    if out is not None and _unfinished(out).exists():
        raise UsageError(f"{_unfinished(out)} 已经存在：上次没有写完", where="--out", hint="删掉它，或者换一个名字")


def _unfinished(out: Path) -> Path:
    """Where the files are written before the folder appears whole."""
    return out.with_name(f"{out.name}.part")


def _sentences(file: Path | None) -> tuple[list[str], list[str]]:
    """The sentences of a file: to be hit, and (label ok) not."""
    from scanner.cli.judge import rows
    from scanner.cli.rules.backtest import LABELS

    hits: list[str] = []
    misses: list[str] = []
    for row, _ in rows(file):
        (misses if LABELS.get(str(row.get("label"))) == "ok" else hits).append(row["text"])
    return hits, misses


def _background(ctx: typer.Context, rules: Rulebook, file: Path | None) -> Iterator[str]:
    from scanner.cli import opening
    from scanner.cli.judge import rows
    from scanner.tuning.draft import background

    if file is not None:
        for row, _ in rows(file):
            yield row["text"]
    if console.home_of(ctx).book.exists():
        with opening.book(ctx) as book:
            yield from background(rules, book)
    else:
        yield from background(rules, None)


def _write(out: Path, files: Mapping[str, str]) -> None:
    """The files below a new folder; it appears whole or not at all."""
    import shutil

    part = _unfinished(out)
    part.mkdir(parents=True)
    try:
        for name, text in files.items():
            (part / name).parent.mkdir(exist_ok=True)
            (part / name).write_text(text, encoding="utf-8")
        part.rename(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _shape(made: Drafted, out: Path | None) -> dict[str, Any]:
    words = [
        *({"words": [w.text], "hits": len(w.texts), "background": w.background} for w in made.chosen.words),
        *({"words": [p.first, p.second], "hits": len(p.texts), "background": 0} for p in made.chosen.pairs),
    ]
    return {
        "rule": made.rule, "files": made.files, "words": words, "hits": len(made.hits),
        "found": len(made.hits) - len(made.missed), "missed": made.missed, "misses": len(made.misses),
        "wrongly_hit": made.wrongly_hit, "background": made.background, "background_found": len(made.background_hit),
        "background_examples": [text[:200] for text in made.background_hit[:SHOWN]], "already": made.already,
        "out": str(out) if out is not None else "",
    }  # fmt: skip


def _tell(made: Drafted, out: Path | None, say: Any) -> None:
    say(
        f"例句 {len(made.hits)} 句，命中 {len(made.hits) - len(made.missed)} 句；其中 {made.already} 句现有规则已经能发现。"
    )
    once = [word.text for word in made.chosen.words if len(word.texts) == 1]
    if once:
        say(f"只在一句里出现的词，多半要改：{'、'.join(once[:20])}{'……' if len(once) > 20 else ''}")
    for what, texts in (("漏掉（写进了 todo）", made.missed), ("误报", made.wrongly_hit)):
        for text in texts[:SHOWN]:
            say(f"{what}：{text}")
        if len(texts) > SHOWN:
            say(f"……另有 {len(texts) - SHOWN} 句")
    say(
        f"无辜文字 {made.background} 份，会误报 {len(made.background_hit)} 份"
        + ("。" if made.background_hit else "；只能说明在这些文字里没有误报。")
    )
    for text in made.background_hit[:SHOWN]:
        say(f"  {text[:100]}".replace("\n", " "))
    if out is not None:
        say(f"草稿在 {out}：改好 TODO，放进数据目录的 rules/，再运行 rules lint、rules test、rules backtest。")
