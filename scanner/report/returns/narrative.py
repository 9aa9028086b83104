"""The monthly report (月报), and the summary of an action (工作总结), as documents that an office goes on writing in.

Owns: what both are made of, which template is in force. Leaves to others: figures (``leads.returns``), the names that a template may use
(``facts``), our templates (``layout``), filling (``filling``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from scanner.leads.returns.calendar import Due
from scanner.leads.returns.cells import Cell, Counted, Period, Place
from scanner.leads.returns.forms import Form
from scanner.leads.returns.overview import Overview
from scanner.report import filling
from scanner.report.letters import FOLDER
from scanner.report.returns import facts, layout

Name = Literal["monthly", "summary"]
TITLES: Mapping[Name, str] = {"monthly": "月报", "summary": "行动工作总结"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What both documents are made of. ``unit_name``: how a unit is called by its id; ``forms``: forms with their figures;
    ``dues``: what the calendar says of the time; ``remarks``: whose figures these are, and what is left out."""

    period: Period
    unit: str
    person: str
    overview: Overview
    totals: Counted
    made: datetime
    mark: str = ""
    unit_name: Callable[[str], str] = str
    forms: Sequence[tuple[Form, Mapping[Place, Cell]]] = ()
    dues: Sequence[Due] = ()
    remarks: Sequence[str] = ()


def written(name: Name, told: Told, folder: Path | None = None) -> bytes:
    """The document. ``folder``: the home's ``templates/``. ConfigError where the home's template cannot be filled."""
    return filling.filled(template(name, folder), facts.names(told), title=TITLES[name], when=told.made)


def template(name: Name, folder: Path | None = None) -> filling.Template:
    """The template in force: the home's ``templates/letters/NAME.docx``, else ours."""
    return filling.in_force(f"{FOLDER}/{name}.docx", folder, layout.TEMPLATES[name]())
