"""Word templates (docxtpl) filled with plain texts, and what is wrong with one that an office has edited.

Owns: which template is in force (the home's ``templates/`` before ours), checking the names that it uses, filling it so that
nothing in a text acts. Leaves to others: what the names mean (``forms``, ``letters``), dangerous templates (``office``).

A template is Jinja in a sandbox, over texts, lists of texts and rows of texts; a name that there is not is an error that names the
template, the paragraph and the nearest name, and all of them are told at once. What is filled in is never read as a template.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from scanner.errors import ConfigError, Problem, reason
from scanner.report import office
from scanner.report.excerpt import plain
from scanner.yamlfile import nearest

SHOWN = 40  # characters of a paragraph that is told of
HINT = "名称和写法见使用说明“文书的模板”"
_ESCAPES = re.compile(r"\{_[{%]|[}%]_\}")
Vocabulary = Mapping[str, tuple[str, ...]]  # name -> the columns of its rows; () for a text or a list of texts


class Template(NamedTuple):
    """A template's bytes, and where they come from."""

    data: bytes
    where: str
    own: bool  # of the home


def in_force(name: str, folder: Path | None, ours: bytes) -> Template:
    """The file ``name`` of ``folder`` (the home's ``templates/``), else ``ours``. ConfigError where it cannot be read or could
    act when somebody opens it."""
    own = folder / name if folder is not None else None
    if own is None or not own.exists():
        return Template(ours, name, False)
    try:
        return Template(office.checked(own.read_bytes(), str(own)), str(own), True)
    except OSError as error:
        raise ConfigError([Problem(where=str(own), message=f"模板读不出来：{reason(error)}")]) from error


def filled(template: Template, names: Mapping[str, Any], *, title: str, when: datetime) -> bytes:
    """The template with ``names`` in it, as bytes that repeat. ConfigError with everything that is wrong with it."""
    from docxtpl import DocxTemplate  # type: ignore[import-untyped]

    where = template.where
    if problems := faults(template, vocabulary(names)):
        raise ConfigError(problems)
    try:
        document = DocxTemplate(io.BytesIO(template.data))
        document.render(texts(names), _environment(), autoescape=True)
        return office.settled(document, title=title, when=when)
    except (TemplateError, ValueError, KeyError, TypeError, ZeroDivisionError, OverflowError) as error:
        raise ConfigError([Problem(where=where, message=f"模板填不进去：{_said(error)}", hint=HINT)]) from error


def faults(template: Template, known: Vocabulary) -> list[Problem]:
    """The names and columns that a template uses and that there are not, each once, and faults of its grammar."""
    found: dict[str, Problem] = {}
    try:
        for source in _sources(template.data):
            for problem in _of_source(source, template.where, known):
                found.setdefault(problem.message, problem)
    except (ValueError, KeyError, TypeError, SyntaxError) as error:  # lxml's are SyntaxErrors
        return [Problem(where=template.where, message=f"模板填不进去：{_said(error)}", hint=HINT)]
    return list(found.values())


def vocabulary(names: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary of values. The columns of a list without rows are not known."""
    return {
        name: tuple(v[0]) if isinstance(v, list) and v and isinstance(v[0], dict) else () for name, v in names.items()
    }


def texts(value: Any) -> Any:
    """All texts without characters that have no shape or that XML forbids; too long ones cut with a note."""
    if isinstance(value, str):
        said = plain(value)
        # docxtpl turns its own escapes into marks after filling, in whatever was filled in.
        return Markup(str(escape(said)).replace("_", "&#95;")) if _ESCAPES.search(said) else said  # noqa: S704
    if isinstance(value, Mapping):
        return {key: texts(one) for key, one in value.items()}
    return [texts(one) for one in value]


def _sources(data: bytes) -> Iterator[str]:
    """The template's parts as Jinja, a paragraph a line."""
    from docxtpl import DocxTemplate

    document = DocxTemplate(io.BytesIO(data))
    document.init_docx()
    parts = [document.get_xml()]
    for kind in (document.HEADER_URI, document.FOOTER_URI):
        parts += [document.get_part_xml(part) for _, part in document.get_headers_footers(kind)]
    for part in parts:
        yield re.sub(r"<w:p([ >])", r"\n<w:p\1", document.patch_xml(part))


def _of_source(source: str, where: str, known: Vocabulary) -> Iterator[Problem]:
    lines = source.splitlines()
    try:
        tree = _environment().parse(source)
        asked = meta.find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        said = f"模板填不进去：写法不对（{_said(error)}）{_near(lines, error.lineno)}"
        yield Problem(where=where, message=said, hint=HINT)
        return
    unknown = asked - set(known) - set(_environment().globals)
    for name in sorted(unknown):
        line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 0)
        message = f"模板填不进去：没有名称 {name[:SHOWN]}{_near(lines, line)}"
        yield Problem(where=where, message=message, hint=nearest(name, known) or HINT)
    for loop in tree.find_all(nodes.For):
        yield from _of_loop(loop, lines, where, known)


def _of_loop(loop: nodes.For, lines: list[str], where: str, known: Vocabulary) -> Iterator[Problem]:
    """Columns that the rows of this loop do not have."""
    if not (isinstance(loop.iter, nodes.Name) and isinstance(loop.target, nodes.Name)):
        return
    columns, row = known.get(loop.iter.name, ()), loop.target.name
    for node in loop.find_all(nodes.Getattr):
        if columns and isinstance(node.node, nodes.Name) and node.node.name == row and node.attr not in columns:
            message = f"模板填不进去：{loop.iter.name} 没有 {row}.{node.attr[:SHOWN]}{_near(lines, node.lineno)}"
            yield Problem(where=where, message=message, hint=nearest(node.attr, columns) or HINT)


def _near(lines: list[str], number: int) -> str:
    said = re.sub(r"<[^>]*>", "", lines[number - 1]).strip() if 0 < number <= len(lines) else ""
    return f"，在“{plain(said[:SHOWN])}”" if said else ""


def _said(error: Exception) -> str:
    return str(getattr(error, "message", "") or error)[:200]


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
