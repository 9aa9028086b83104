"""One row of a list of reports (来件) into a report, or into what is wrong with it, column by column.

Owns: what cells become: days, words for matters and sources, yes and no, numbers that a spreadsheet has spoilt, addresses;
what a row must say; the report's id. Leaves to others: files and headers (``reports``), whose words must be covered
(``covering``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from stdnum.cn import uscc

from scanner.intake import covering
from scanner.intake import report_cells as cells
from scanner.intake.mapping import FIELDS, WHO, Map, Name
from scanner.intake.rebuild import storefront
from scanner.model import LeadSource, Matter, Report, Reporter, content_id
from scanner.registry.readers.columns import label
from scanner.registry.sellers import addresses
from scanner.yamlfile import nearest

MAX_TEXT = 20_000  # characters of what is told
MAX_CELL = 500  # of every other cell
MAX_URLS = 20
EARLIEST = date(2000, 1, 1)
MANY = frozenset({"url", "text", "reporter_other"})  # fields of which every column counts

_NUMBERS = frozenset({"reference", "uscc", "licence", "product_id", "number", "reporter_phone"})
_COVERED: tuple[Name, ...] = ("text", "product", "platform", "region")
_LONG = frozenset({"text", "url", "reporter_other"})
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|GETTING_DATA|SPILL!|CALC!)")
_QUOTED = re.compile(r'="([^"]*)"')  # how CSV files keep leading zeros from Excel
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}", re.IGNORECASE)
_PARTS = re.compile(r"[、,，;；/|+＋\n]+")
_FOLDER = re.compile(r"/[^./?]+\Z")  # an address that may be one of a folder

Word = TypeVar("Word", LeadSource, Matter)


class Fault(NamedTuple):
    """What is wrong with a row: the column's heading ("" for the row as a whole), and in Chinese what."""

    column: str
    message: str


class Row(NamedTuple):
    """A row: ``place`` (file:line, file:sheet:line), the report, or None where there are faults; who told it, where that is
    to be kept apart; ``remarks``: what is odd but keeps nothing from being taken."""

    place: str
    report: Report | None
    reporter: Reporter | None
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...] = ()


class Reader:
    """Reads rows by a mapping; ``headings``: of the table that is read, by field."""

    def __init__(self, map_: Map, today: date, canonical: Callable[[str], str]) -> None:
        self.headings: Mapping[str, str] = {}
        self.map, self.today, self.canonical = map_, today, canonical
        self.matters = {label(word): matter for matter, words in map_.matters.items() for word in words}
        self.sources = {label(word): source for source, words in map_.sources.items() for word in words}
        self.answers = {label(word).upper(): True for word in map_.yes} | {label(w).upper(): False for w in map_.no}

    def row(self, found: Mapping[str, str], place: str) -> Row:
        """What a row comes to. ``found``: the cells by field; of several columns joined by line ends."""
        work = _Row(self, found)
        report, reporter = work.report(place)
        faults = tuple(work.faults)
        return Row(place, None if faults else report, None if faults else reporter, faults, tuple(work.remarks))


class _Row:
    def __init__(self, reader: Reader, found: Mapping[str, str]) -> None:
        self.faults: list[Fault] = []
        self.remarks: list[str] = []
        self._reader = reader
        self._cells = {name: self._cell(name, text) for name, text in found.items()}

    def report(self, place: str) -> tuple[Report, Reporter | None]:
        get, defaults = self._get, self._reader.map.defaults
        self._whom()
        received, deadline = self._days()
        urls = self._urls()
        reporter = self._reporter()
        text, product, platform, region = (covering.cover(get(name), reporter) for name in _COVERED)
        if text != get("text"):
            reporter = replace(reporter, text=get("text"))
        protected = reporter != Reporter()
        report = Report(
            id="", source=self._source(), reference=get("reference"), received=received, deadline=deadline,
            matters=self._matters(), seller=get("seller"), uscc=cells.code(get("uscc")), licence=get("licence"),
            storefront=storefront(urls[0]) if urls else "", urls=urls, addresses=self._addresses(urls),
            platform=platform or defaults.platform, product=product, product_id=get("product_id"), number=get("number"),
            text=text, region=region or defaults.region, real_name=self._answer("real_name"), reward=self._answer("reward"),
            protected=protected, file=place,
        )  # fmt: skip
        return _named(report), reporter if protected else None

    def _whom(self) -> None:
        if not any(self._get(name) for name in WHO):
            told = "、".join(self._heading(name) for name in WHO if name in self._reader.headings)
            self._fault("", f"没有写明是谁：{told}都是空的（合并的单元格只有第一行有内容）")
        code = cells.code(self._get("uscc"))
        if code and not uscc.is_valid(code):
            self.remarks.append(f"统一社会信用代码 {code[:40]} 的校验位不对")

    def _days(self) -> tuple[date | None, date | None]:
        received, deadline = self._day("received"), self._day("deadline")
        if received is not None and received > self._reader.today:
            self._fault("received", f"{received} 还没有到")
        if deadline is not None and received is not None and deadline < received:
            self._fault("deadline", f"{deadline} 早于收到的日期 {received}")
        return received, deadline

    def _reporter(self) -> Reporter:
        get = self._get
        return Reporter(
            name=cells.told(get("reporter_name")), phone=cells.told(get("reporter_phone")), address=cells.told(get("reporter_address")),
            other=cells.told(get("reporter_other")),
        )  # fmt: skip

    # --- cells ---

    def _cell(self, name: str, text: str) -> str:
        text = cells.clean(text, lines=name in MANY)
        quoted = _QUOTED.fullmatch(text)
        text = quoted[1].strip() if quoted is not None else text
        longest = MAX_TEXT if name in _LONG else MAX_CELL
        if len(text) > longest:
            self._fault(name, f"超过 {longest} 个字")
        elif _ERROR.fullmatch(text):
            self._fault(name, f"单元格里是错误值 {text}")
        elif name in _NUMBERS and _SCIENTIFIC.fullmatch(text):
            self._fault(name, f"{text} 是科学计数法，后面几位已经丢失；把这一列设为文本，重新导出")
        else:
            return text
        return ""

    def _get(self, name: Name) -> str:
        return self._cells.get(name, "")

    def _heading(self, name: str) -> str:
        return self._reader.headings.get(name) or str(dict(FIELDS).get(name, name))  # type: ignore[call-overload]

    def _fault(self, name: str, message: str) -> None:
        self.faults.append(Fault(self._heading(name) if name else "", message))

    def _day(self, name: Name) -> date | None:
        text = self._get(name)
        if not text:
            return None
        try:
            day = cells.parsed(text, self._reader.map.dates)
        except ValueError:
            day = None
        if day is None or not EARLIEST <= day <= self._reader.today + timedelta(days=3660):
            self._fault(name, f"不是日期：{text[:40]}")
            return None
        return day

    def _answer(self, name: Name) -> bool:
        text = self._get(name)
        answer = self._reader.answers.get(label(text).upper()) if text else False
        if answer is None:
            self._fault(name, f"“{text[:20]}”不是是或者否")
        return bool(answer)

    def _source(self) -> LeadSource:
        found = self._words("source", self._reader.sources)
        return found[0] if found else self._reader.map.source

    def _matters(self) -> tuple[Matter, ...]:
        found = self._words("matter", self._reader.matters)
        default = self._reader.map.defaults.matter
        if found or (self._get("matter") and self.faults):
            return found
        if default is None:
            self._fault("matter", "没有写明事项")
            return ()
        return (default,)

    def _words(self, name: Name, known: Mapping[str, Word]) -> tuple[Word, ...]:
        """The words that a cell names: its parts as they are, else the longest words that stand in a part. A part that says
        nothing known beside others that do is odd, alone it is a fault."""
        found: dict[Word, None] = {}
        lost = []
        for said in _PARTS.split(self._get(name)):
            if not (part := label(said)):
                continue
            inside = [known[part]] if part in known else cells.inside(part, known)
            found |= dict.fromkeys(inside)
            lost += [] if inside else [said.strip()[:30]]
        if lost and found:
            self.remarks.append(f"{self._heading(name)}里没有认出：{'、'.join(lost)}")
        elif lost:
            near = nearest(label(lost[0]), known)
            self._fault(name, f"不认识“{'、'.join(lost)}”{f'；{near}' if near else ''}；可以在对应表里加上这个词")
        return tuple(found)

    def _urls(self) -> tuple[str, ...]:
        cell = self._get("url")
        found = addresses.found(cell)
        if cell and not found:
            self._fault("url", f"没有看出网址：{cell[:60]}")
        if len(found) > MAX_URLS:
            self._fault("url", f"一行写了 {len(found)} 个网址，最多 {MAX_URLS} 个")
        return tuple(url if "://" in url else f"https://{url}" for url in found[:MAX_URLS])

    def _addresses(self, urls: tuple[str, ...]) -> tuple[str, ...]:
        """The addresses without scheme, in the spellings under which a page may have been asked for: as one spells them, as
        they were told, and both with a stroke at the end."""
        spelt = [form for url in urls for form in (self._reader.canonical(url), cells.whole(url))]
        spelt += [f"{form}/" for form in spelt if _FOLDER.search(form)]
        return tuple(dict.fromkeys(form.partition("://")[2] for form in spelt))


def _named(report: Report) -> Report:
    """The report with its id: by the sender's reference, else by what it says."""
    if report.reference:
        return replace(report, id=content_id("report", report.source, report.reference))
    left = ("id", "file", "protected")
    said = (str(getattr(report, field.name)) for field in fields(report) if field.name not in left)
    return replace(report, id=content_id("report", *said))
