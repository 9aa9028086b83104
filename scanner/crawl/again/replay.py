"""A look made again from its journal line: the sealed page read anew, judged with the rulebook of its day.

Owns: which captures a line speaks of, the order *read, join its parts, set the recognised text, judge*, and telling what
comes out otherwise than the line says. Leaves to others: reading the journal and keeping what comes out (``rebuild``),
the families (given by name), records (``evidence.shelf``). No network, no writing.

What a person or a machine observed once and nobody can observe again comes from the line itself: the outcome, the text
recognised in pictures (another program, or a busier machine, recognises something else).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanner import clock
from scanner.crawl.keep import judged, version_of
from scanner.crawl.reading import fields, parts, sealed
from scanner.crawl.reading.line import read
from scanner.crawl.reading.pictures import FAMILY, brought_listing
from scanner.crawl.reading.workers import Family
from scanner.errors import InputError, PageError, QingwangError, fault
from scanner.evidence import restore
from scanner.evidence.archive.shelf import Shelf
from scanner.judge import judge
from scanner.model import Capture, Field, Finding, Listing, Named, Seller
from scanner.registry import Register
from scanner.rulebook import Rulebook

log = logging.getLogger(__name__)

Families = Callable[[Mapping[str, str]], Family]  # what a line says of its reader -> the family


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What a line came to when it was made again. ``otherwise`` says in Chinese how that differs from the line; "" where
    it does not. ``weighed``: the findings are those of the line, their verdicts or the register's answers are not."""

    subject: Listing | Seller | None = None
    findings: tuple[Finding, ...] = ()
    named: tuple[Named, ...] = ()
    otherwise: str = ""
    weighed: bool = False
    template: str = ""


@dataclass(slots=True)
class Replay:
    """Makes looks again from an archive. ``captures`` finds one that was sealed, by id."""

    archive: Path
    register: Register
    rulebooks: Callable[[str], Rulebook]
    families: Families
    captures: Callable[[str], Capture | None]

    def look(self, line: Mapping[str, Any], capture: Capture) -> Again:
        """The look of a ``judgement`` line at ``capture``."""
        try:
            return self._look(line, capture)
        except InputError as error:
            return Again(otherwise=f"网页读不出来：{error}")
        except PageError as doubt:
            return Again(otherwise=f"网页现在读不出内容：{doubt}")
        except QingwangError:
            raise
        except Exception as error:  # the edge of a page: whatever reading it raises costs it alone, and is told
            log.exception("while reading %s again", capture.url)
            return Again(otherwise=fault(error))

    def judge(self, line: Mapping[str, Any], subject: Listing | Seller, capture: Capture) -> tuple[Finding, ...]:
        """The findings of ``subject`` under the line's rulebook, as of the day of ``capture``."""
        rules = self.rulebooks(str(line["rulebook"]))
        return judge(subject, rules, self.register, on=clock.day(capture.time))

    # --- inside ------------------------------------------------------------------------------------------------

    def _look(self, line: Mapping[str, Any], capture: Capture) -> Again:
        said = restore.value(Field, line["image_text"]) if "image_text" in line else None
        if "subject" in line and capture.media_type.startswith("image/") and said is not None:
            return self._judged(line, brought_listing(self.archive, capture, said), capture, ())
        page = sealed.page_of(Shelf(self.archive), capture)
        family = self.families(line.get("reader", {}))
        named = family.named(page) if "named" in line else ()
        wrong = "列表列出的与日志不符" if named and version_of(named) != line["named"]["version"] else ""
        if "subject" not in line:
            return Again(named=named, otherwise=wrong)
        seen = read(page, family)
        subject = seen.subject
        if isinstance(subject, Listing):
            subject = parts.joined(subject, self._parts(line, family))
        if subject is not None and said is not None and subject.family != FAMILY:
            subject = fields.pictured(subject, said)
        return replace(self._judged(line, subject, capture, named), template=seen.template)

    def _parts(self, line: Mapping[str, Any], family: Family) -> list[parts.Part]:
        """What the pieces of a page say, in the order they came; pictures among them say nothing here."""
        found: list[parts.Part] = []
        for name in line.get("pieces", ()):
            piece = self.captures(str(name))
            if piece is None:
                raise InputError("缺少组成网页的取证页", where=str(name)[:40])
            if not piece.media_type.startswith("image/"):
                found += family.parts(sealed.page_of(Shelf(self.archive), piece))
        return found

    def _judged(
        self, line: Mapping[str, Any], subject: Listing | Seller | None, capture: Capture, named: tuple[Named, ...]
    ) -> Again:
        if subject is None:
            return Again(named=named, otherwise="网页现在读不成商品页或者经营者页")
        found = self.judge(line, subject, capture)
        wrong, weighed = "", False
        if (subject.id, subject.version) != (line["id"], line["version"]):
            wrong = "网页读出的内容与当时不同（程序或者识别店铺的表已更新）"
        else:
            wrong, weighed = differs(line, found)
        return Again(subject=subject, findings=found, named=named, otherwise=wrong, weighed=weighed)


def differs(line: Mapping[str, Any], found: tuple[Finding, ...]) -> tuple[str, bool]:
    """How findings differ from those of a line, in Chinese ("": not at all), and whether only in what they weigh."""
    now = judged(found)
    then = list(line.get("findings", ()))
    if now["findings"] != then:
        return f"发现与当时不同：当时 {len(then)} 条，现在 {len(now['findings'])} 条", False
    if "judged" in line and now.get("judged") != line["judged"]:
        return "发现相同，判断或者登记比对与当时不同（登记数据已更新）", True
    return "", False
