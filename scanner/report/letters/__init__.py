"""Letters (文书) of a lead as Word documents: to the unit that checks it, to other authorities, to the seller, to the public.

    kinds.KINDS                          the kinds: assignment (线索交办单), transfer-police … (移送函), assistance (协查函) …
    letter(kind, facts, home.templates)  one of them as DOCX, the same bytes for the same facts
    facts.Given, facts.names             what a letter rests on, and what its template may use of that
    layout.template(kind)                our template of a kind, which an office copies and words for itself

Owns: the kinds and their wording, our templates, the facts in them, whom a letter is to, what is covered in a publication. Leaves
to others: filling templates (``report.filling``), gathering the case, the journal's line and the file (``evidence.letters``).

A letter says what was seen, what it was compared with and what was not checked. It proposes screening (值得筛查) and names no crime as
committed; what a program cannot know — numbers of documents, dates, names, seals — stays a blank that says who fills it in. Who
reported a lead (举报人) and what people noted of it is in none of them.
"""

from __future__ import annotations

from pathlib import Path

from scanner.errors import UsageError
from scanner.report import filling
from scanner.report.letters import facts, layout, public
from scanner.report.letters.kinds import Kind

FOLDER = "letters"  # in the home's templates/


def letter(kind: Kind, given: facts.Given, folder: Path | None = None) -> bytes:
    """The letter. ``folder``: the home's ``templates/``. UsageError where the lead is in no state for it, ConfigError where the
    home's template cannot be filled."""
    _allowed(kind, given)
    names = facts.names(kind, given)
    if kind.covered:
        names = public.covered(names, given)
    title = f"{kind.title} 第{given.view.case.lead.number}号线索"
    return filling.filled(template(kind, folder), names, title=title, when=given.view.case.made)


def template(kind: Kind, folder: Path | None = None) -> filling.Template:
    """The template in force: the home's ``templates/letters/KIND.docx``, else ours."""
    return filling.in_force(f"{FOLDER}/{kind.name}.docx", folder, layout.template(kind))


def own(kind: Kind, folder: Path) -> Path | None:
    """The home's template of a kind, None where it has none."""
    path = folder / FOLDER / f"{kind.name}.docx"
    return path if path.exists() else None


def _allowed(kind: Kind, given: facts.Given) -> None:
    lead = given.view.case.lead
    if lead.state in ("dismissed", "merged"):
        said = "已判为不属实" if lead.state == "dismissed" else "已并入别的线索"
        hint = "退回初筛（leads decide）以后再做" if lead.state == "dismissed" else "对并入的那条线索做"
        raise UsageError(f"{lead.number} 号线索{said}，不做文书", where=f"documents {kind.name}", hint=hint)
    if kind.needs_disposition and not facts.disposed(given.view.case):
        raise UsageError(
            f"{lead.number} 号线索没有处置，或者核查不属实，不能做{kind.title}", where=f"documents {kind.name}",
            hint="先用 leads dispose 写明处置措施",
        )  # fmt: skip
