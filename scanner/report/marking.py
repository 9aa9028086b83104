"""Which quote is framed on which picture, and in plain words why not where it is not.

Owns: choosing the picture (the browser's second look before the first, the picture itself for text read in one), covering
buyers' data on it, framing, cutting out what a finding shows. Leaves to others: geometry and drawing (``marks``).

The untouched picture stays in ``pages.wacz``; everything here works on copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as parser

from scanner.model import CaseFile, Lane, Listing, Proof, SecondLook, Seller
from scanner.ocr import places
from scanner.report import marks, masking
from scanner.report.excerpt import excerpt
from scanner.report.material import Material, Seen

if TYPE_CHECKING:
    from PIL import Image

MAX_MARKED = 60  # findings with a picture of their own; the rest are framed on their page's picture alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The mark of one finding: a picture with its caption, or why there is none (``why``). ``capture``: whose picture."""

    picture: bytes = b""
    caption: str = ""
    why: str = ""
    capture: str = ""


@dataclass(slots=True)
class _Sheet:
    """A capture's picture: what is covered and framed on it; ``said``: the text of its DOM, read when first asked for."""

    words: marks.Words | None
    image: Image.Image | None  # covered already
    kinds: Counter[str] = field(default_factory=Counter)
    frames: list[tuple[int, tuple[marks.Box, ...]]] = field(default_factory=list)
    said: str | None = None


class Marking:
    """The marks of a case. ``findings`` in the order shown, so that the numbers are those of the report."""

    def __init__(self, case: CaseFile, proofs: tuple[Proof, ...], material: Material, published: set[str]) -> None:
        self._case, self._material, self._published = case, material, published
        self._sheets: dict[str, _Sheet] = {}
        self._subjects = case.subjects
        self._urls = {capture.id: capture.url for capture in case.captures}
        self._lanes = {capture.id: capture.lane for capture in case.captures}
        self.marked: tuple[Marked, ...] = tuple(self._one(n, proof) for n, proof in enumerate(proofs, 1))

    def page(self, capture: str) -> Image.Image | None:
        """A capture's picture, covered and with all its frames; None where there is none."""
        sheet = self._sheet(capture)
        return None if sheet.image is None else marks.framed(sheet.image, sheet.frames)

    def touched(self, capture: str) -> bool:
        """Whether anything is framed or covered on a capture's picture."""
        sheet = self._sheet(capture)
        return bool(sheet.frames or sheet.kinds)

    def covers(self) -> Iterator[dict[str, Any]]:
        """For ``masking.json``: each picture, what was covered on it or why it was not looked at."""
        for capture in self._case.captures:
            sheet = self._sheet(capture.id)
            if sheet.image is None:
                continue
            row: dict[str, Any] = {"capture": capture.id, "masked": dict(sorted(sheet.kinds.items()))}
            if sheet.words is None:
                row["why_not"] = "没有文字位置，截图上的文字没有检查"
            elif sheet.words.moved or sheet.words.cut:
                row["why_not"] = "截图前后有变动或者没有记全的文字没有检查"
            yield row

    # --- one finding ---------------------------------------------------------------------------------------------

    def _one(self, number: int, proof: Proof) -> Marked:
        finding = proof.finding
        if not finding.quote:
            return Marked(why="页面上没有应当展示的内容，没有可以标出的原话")
        subject = self._subjects.get((finding.subject_id, finding.version))
        if finding.field == "image_text":
            return self._in_picture(number, proof, subject)
        if finding.field.startswith("transcript"):
            return Marked(why="原话是口播或者字幕，不在截图上")
        around = excerpt(finding, subject)
        why = ""
        own = [capture for capture in (proof.second_capture, proof.capture) if capture]
        for capture in dict.fromkeys((*own, *self._same_page(proof.capture))):
            sheet = self._sheet(capture)
            if sheet.image is None or sheet.words is None:
                why = why or self._unseen(capture)
                continue
            found = marks.find(sheet.words, around.before, finding.quote, around.after)
            inside = tuple(boxes for boxes in found.places if _inside(boxes, sheet.image))
            if not inside:
                beyond = "原话在截图范围之外（页面过长，截图没有包括全部）" if found.places else ""
                why = beyond or self._lost(proof, capture, sheet.words, around.quote)
                continue
            sheet.frames += [(number, boxes) for boxes in inside]
            return self._cut(number, capture, sheet, inside, found, own=capture in own)
        return Marked(why=why or "取证页不在本案卷中")

    def _cut(
        self, number: int, capture: str, sheet: _Sheet, inside: tuple[tuple[marks.Box, ...], ...], found: marks.Found,
        *, own: bool,
    ) -> Marked:  # fmt: skip
        caption = "" if own else "截图来自另一次打开同一网址；"
        caption += f"红框 {number} 内是原话；位置由浏览器在截图时给出，截图前后各取一次且相同"
        if found.of > 1:
            caption += f"；页面上有 {found.of} 处同样的话，标出 {len(inside)} 处"
        if not found.sure:
            caption += "；前后文与首次取证时不同或者没有，只按原话查找"
        if number > MAX_MARKED or sheet.image is None:
            return Marked(why=f"标在取证页的截图上（红框 {number}）", capture=capture)
        image = marks.framed(sheet.image, [(number, boxes) for boxes in inside])
        return Marked(picture=marks.encoded(marks.cut_out(image, inside[0])), caption=caption, capture=capture)

    def _same_page(self, capture: str) -> list[str]:
        """Other captures of the same address that have a picture."""
        url = self._urls.get(capture)
        return [
            other for other, address in self._urls.items()
            if address == url and other != capture and self._material.seen.get(other, Seen()).picture
        ]  # fmt: skip

    def _in_picture(self, number: int, proof: Proof, subject: Listing | Seller | None) -> Marked:
        """Text that was recognised in a picture: framed there, where the recognition says that its line stands."""
        source = subject.image_text.source if subject is not None else ""
        found = places.places(source, proof.finding.start, proof.finding.end)
        if not found or number > MAX_MARKED:
            return Marked(why="原话是图片里的文字，没有记录在图片里的位置")
        first = found[0]
        image = marks.opened(self._material.images.get(first.picture, b""))
        if image is None:
            return Marked(why="原话是图片里的文字，图片没有封存或者打不开")
        boxes = [marks.Box(p.x, p.y, p.w, p.h) for p in found if p.picture == first.picture][: marks.MAX_PLACES]
        if not _inside(boxes, image):
            return Marked(why="原话是图片里的文字，记录的位置不在图片内")
        framed = marks.framed(image, [(number, boxes)])
        sure = min(p.confidence for p in found)
        return Marked(
            picture=marks.encoded(marks.cut_out(framed, boxes)),
            caption=f"商品图片 {first.picture}；红框 {number} 是识别出这段文字的行，识别可信度 {sure:.2f}",
        )  # fmt: skip

    def _unseen(self, capture: str) -> str:
        seen: Seen = self._material.seen.get(capture, Seen())
        if seen.picture and seen.full:
            return f"截图时没有取得文字的位置（{seen.missing or '由旧版本的程序截取'}）"
        if seen.picture:
            return "只有当前窗口的截图，没有取得文字的位置"
        if self._lanes.get(capture) is Lane.IMPORT:
            return "人工导入的页面，没有屏幕截图"
        return "没有用浏览器打开，没有屏幕截图"

    def _lost(self, proof: Proof, capture: str, words: marks.Words, quote: str) -> str:
        """Why a quote is not among the visible words."""
        sheet = self._sheet(capture)
        if sheet.said is None:
            sheet.said = _said(self._material.seen.get(capture, Seen()).dom)
        if marks.fold(quote) in sheet.said:
            if words.moved:
                return f"截图前后页面有变动（{words.moved} 行文字），原话的位置不能确定"
            if words.cut:
                return "页面文字过多，只记录了前一部分的位置"
            return "原话在页面代码的文字里，但是截图时没有显示（隐藏、折叠，或者不在可见范围）"
        if proof.second_look is SecondLook.CHANGED:
            return "复核时页面已经与首次取证不同，截图上没有这句话"
        return "截图的文字里没有这句话（可能在图片、框架里，或者只在页面的数据里）"

    # --- pictures ------------------------------------------------------------------------------------------------

    def _sheet(self, capture: str) -> _Sheet:
        if capture not in self._sheets:
            self._sheets[capture] = self._opened(self._material.seen.get(capture, Seen()))
        return self._sheets[capture]

    def _opened(self, seen: Seen) -> _Sheet:
        image = marks.opened(seen.picture) if seen.picture else None
        words = marks.words(seen.boxes) if image is not None and seen.full else None
        if image is None or words is None or (words.width, words.height) != image.size:
            return _Sheet(words=None, image=image)
        covers: list[marks.Box] = []
        kinds: Counter[str] = Counter()
        for hit in masking.hits(words.text, self._published):
            if not hit.kept:
                kinds[hit.kind] += 1
                covers += words.boxes(hit.start, hit.end)
        return _Sheet(words=words, image=marks.covered(image, covers) if covers else image, kinds=kinds)


def _inside(boxes: Sequence[marks.Box], image: Image.Image) -> bool:
    return all(
        0 <= b.x < b.right <= image.width + 2 and 0 <= b.y < b.bottom <= image.height + 2 and b.w > 0 for b in boxes
    )


def _said(dom: bytes) -> str:
    """The folded text of a DOM without scripts and styles; "" where it cannot be read."""
    if not dom:
        return ""
    try:
        tree = parser.document_fromstring(dom, parser=parser.HTMLParser(encoding="utf-8"))
        etree.strip_elements(tree, "script", "style", "noscript", "template", with_tail=False)
    except (etree.LxmlError, ValueError):
        return ""
    return marks.fold("".join(str(text) for text in tree.itertext()))
