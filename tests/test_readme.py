"""What the READMEs and the guide tell people to type exists: commands, options, make targets, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from scanner.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "README.zh-CN.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
BLOCK = re.compile(r"^```(?:console|sh|shell|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"(?:\.venv/bin/)?qingwang")


def typed(page: str) -> Iterator[list[str]]:
    """The command lines in a page's code blocks, comments taken off, one list of words each."""
    for block in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
        for line in block[1].replace("\\\n", " ").splitlines():
            if words := shlex.split(line.removeprefix("$ "), comments=True):
                yield words


def inline(page: str) -> Iterator[list[str]]:
    """Whole commands that stand between backticks in running text: ``qingwang rules lint``."""
    text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
    for found in re.finditer(r"`(qingwang [a-z][^`…]*)`", text):
        yield shlex.split(found[1])


COMMANDS = sorted(
    {(page, " ".join(map(shlex.quote, words[1:])))
     for page in PAGES for words in (*typed(page), *inline(page)) if PROGRAM.fullmatch(words[0])}
)  # fmt: skip


@cache
def program() -> Any:
    return typer.main.get_command(app)


def understood(words: list[str]) -> None:
    """Parse a command line as the program does, without running it; raises the program's own usage error."""
    command = program()
    if words[:1] == ["--home"]:
        words = words[2:]
    context: Any = None
    while hasattr(command, "commands"):
        context = command.context_class(command, info_name=command.name, parent=context)
        _, command, words = command.resolve_command(context, words)
        assert command is not None
    command.make_context(command.name, list(words))


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_every_command_line_is_understood(page: str, line: str) -> None:
    understood(shlex.split(line))


@pytest.mark.parametrize(
    "line", ["scan", "scan x --nope", "scan x --pages many", "leads show one", "rules nothing", "nothing"]
)
def test_others_are_not(line: str) -> None:
    with pytest.raises(Exception) as caught:  # whichever click typer carries
        understood(line.split())
    assert type(caught.value).__name__ in ("MissingParameter", "NoSuchOption", "BadParameter", "UsageError")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_a_readme_shows_the_way_from_install_to_verified_package(page: str) -> None:
    lines = list(typed(page))
    assert [words for words in lines if words[0] == "make"][:2] == [["make", "demo"], ["make", "test"]]
    verbs = [words[1] for words in lines if PROGRAM.fullmatch(words[0])]
    assert verbs[:6] == ["doctor", "scan", "leads", "package", "verify", "import"]


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert targets >= {"setup", "demo", "test", "test-all", "check", "bench"}
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {words[1] for words in typed(page) if words[0] == "make"} | set(re.findall(r"`make ([a-z-]+)`", text))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES)
def test_links_and_files_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    linked = {link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link}
    assert [link for link in sorted(linked) if not ((ROOT / page).parent / link).exists()] == []
    folders = "|".join(("rules", "spiders", "scanner", "registry_data", "docs", "tests"))
    named = set(re.findall(rf"`((?:{folders})/[A-Za-z0-9_./-]*)`", text))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_rules_named_in_commands_exist(page: str) -> None:
    shown = [words[-1] for words in typed(page) if words[1:3] == ["rules", "show"]]
    assert [rule for rule in shown if not list((ROOT / "rules").glob(f"*/{rule}.yaml"))] == []
