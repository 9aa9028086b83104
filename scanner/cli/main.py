"""The program ``qingwang``: one door for all commands.

Owns: the global options, the list of nouns, turning errors into words (or JSON) and exit codes. Leaves to others:
everything a command does; heavy imports stay inside the commands so that ``qingwang --version`` is quick.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli import (
    bench,
    captures,
    console,
    coverage,
    crawl,
    demo,
    doctor,
    documents,
    imports,
    judge,
    leads,
    listings,
    numbers,
    package,
    platforms,
    quality,
    rebuild,
    recheck,
    registry,
    retention,
    returns,
    revisit,
    rules,
    scan,
    sellers,
    stamp,
    verify,
    wording,
)
from scanner.errors import QingwangError, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

NOUNS = (
    demo, scan, crawl, imports, numbers, judge, rules, registry, listings, captures, sellers, platforms, coverage, quality, leads, revisit, recheck, documents, package, verify, stamp,
    returns, rebuild, retention, doctor,
    bench,
)  # fmt: skip

# Typer carries a click of its own, which need not be the installed one: take the base class from what it exports.
COMMAND_LINE_ERROR: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="清网：巡查网上的医疗器械和药品销售，把违法线索连同证据交给办案人员。",
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        console.say(f"qingwang {version('qingwang')}")
        raise typer.Exit


@app.callback()
def options(
    home: Annotated[
        Path | None, typer.Option("--home", help="数据目录（默认：环境变量 QINGWANG_HOME，再默认用户目录）")
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """清网：巡查网上的医疗器械和药品销售，把违法线索连同证据交给办案人员。"""


for noun in NOUNS:
    noun.register(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code, never raises a traceback for what we foresee."""
    as_json = "--json" in arguments
    try:
        code = app(list(arguments), standalone_mode=False)
    except QingwangError as error:
        return console.fail(error, as_json)
    except typer.Abort:
        console.note("已中断。")
        return 1
    except COMMAND_LINE_ERROR as error:
        context = getattr(error, "ctx", None)
        where = context.command_path if context is not None else ""
        return console.fail(_usage(wording.chinese(error.format_message()), where), as_json)
    except OverflowError:  # a number beyond 64 bits, which no database takes
        return console.fail(_usage("数字太大", ""), as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nothing more to say
        return 1
    except KeyboardInterrupt:
        console.note("已中断。")
        return 130
    except OSError as error:
        # Disk full, permission, a folder in the way: why, with the file.
        return console.fail(
            QingwangError(reason(error), where=str(error.filename or ""), hint="检查磁盘空间和权限"),
            as_json,
        )
    return code if isinstance(code, int) else 0


def _usage(message: str, where: str) -> QingwangError:
    from scanner.errors import UsageError

    return UsageError(message, where=where, hint="用 --help 查看用法")


def main() -> None:
    """Entry point of the installed program."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
