"""Pictures of text that the tests draw themselves, with what they say."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
BLACK: Colour = (34, 34, 34)
WHITE: Colour = (255, 255, 255)
FAMILIES = ("Noto Sans CJK SC", "Noto Serif CJK SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "AR PL UMing CN")

# Sentences of our own as detail pages are made of; no page's.
WORDS = (
    "本品适用于缓解颈肩部肌肉疲劳，请在医生指导下使用。", "禁忌内容或者注意事项详见说明书。", "产品名称：低频电子脉冲按摩仪", "型号规格：DM-200A（双通道）",
    "孕妇、心脏起搏器使用者禁用。", "贮存条件：阴凉干燥处，避免阳光直射。", "采用医用级硅胶材质，柔软亲肤。", "每次使用15至20分钟，每日不超过两次。",
    "额定电压：220V，频率：50Hz，功率：36W", "包装清单：主机一台、电极片四片、电源线一根、说明书一份", "生产日期见外包装，有效期三年。",
    "温馨提示：图片仅供参考，请以实物为准。", "全国联保，七天无理由退换货。", "十档强度可调，三种模式随心切换。", "屏幕清晰显示血压、脉搏与测量时间。",
    "请仔细阅读产品说明书或者在医务人员的指导下购买和使用", "本产品不能代替药物治疗。", "净含量：50毫升，执行标准：GB/T 18830-2009",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture and the lines it says, in reading order."""

    body: bytes
    lines: tuple[str, ...]
    size: tuple[int, int]


@cache
def fonts() -> tuple[tuple[str, int], ...]:
    """Chinese fonts of this machine: file and index, one a family. Skips where there is none."""
    found: dict[str, tuple[str, int]] = {}
    try:
        said = subprocess.run(
            ["fc-list", ":lang=zh-cn", "file", "index", "family"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        said = ""
    for row in said.splitlines():
        file, _, rest = row.partition(": ")
        index = int(rest.rpartition("index=")[2] or 0)
        for family in FAMILIES:
            if family in rest and index < 65_536:  # larger: a variable font's named style
                found.setdefault(f"{family} {'Bold' in file}", (file, index))
    if not found:
        pytest.skip("needs a Chinese font (Debian: apt-get install fonts-noto-cjk)")
    return tuple(found[name] for name in sorted(found))


def font(size: int, which: int = 0) -> ImageFont.FreeTypeFont:
    file, index = fonts()[which % len(fonts())]
    return ImageFont.truetype(file, size, index=index)


def draw(
    lines: tuple[str, ...], *, size: int = 20, which: int = 0, ink: Colour = BLACK, paper: Colour = WHITE,
    width: int = 750, kind: str = "PNG", leading: float = 1.7,
) -> Drawn:  # fmt: skip
    """Lines one below the other; those too long for the picture are broken, and counted as one."""
    face = font(size, which)
    rows = [piece for line in lines for piece in broken(line, face, width - 40)]
    step = round(size * leading)
    picture = Image.new("RGB", (width, step * len(rows) + 40), paper)
    pen = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        pen.text((20, 20 + number * step), row, font=face, fill=ink)
    return Drawn(body=encoded(picture, kind), lines=lines, size=picture.size)


def columns(left: tuple[str, ...], right: tuple[str, ...], *, size: int = 20, which: int = 0) -> Drawn:
    """Two columns of running text side by side, under no heading."""
    face, step = font(size, which), round(size * 1.6)
    half = 420 if size < 28 else 640
    sides = [[piece for line in side for piece in broken(line, face, half - 60)] for side in (left, right)]
    picture = Image.new("RGB", (half * 2, step * max(map(len, sides)) + 40), WHITE)
    pen = ImageDraw.Draw(picture)
    for number, rows in enumerate(sides):
        for at, row in enumerate(rows):
            pen.text((20 + number * half, 20 + at * step), row, font=face, fill=BLACK)
    return Drawn(body=encoded(picture), lines=(*left, *right), size=picture.size)


def table(rows: tuple[tuple[str, str], ...], *, size: int = 20, which: int = 0) -> Drawn:
    """Labels on the left, values on the right."""
    face, step = font(size, which), round(size * 2)
    picture = Image.new("RGB", (750, step * len(rows) + 40), WHITE)
    pen = ImageDraw.Draw(picture)
    for at, (label, value) in enumerate(rows):
        pen.text((20, 20 + at * step), label, font=face, fill=BLACK)
        pen.text((300, 20 + at * step), value, font=face, fill=BLACK)
    return Drawn(body=encoded(picture), lines=tuple(f"{a} {b}" for a, b in rows), size=picture.size)


def long(seed: int = 1, *, width: int = 750, height: int = 12_000) -> Drawn:
    """A detail page as one picture: bands of colour, headings, paragraphs, drawings between them."""
    dice = random.Random(seed)
    picture = Image.new("RGB", (width, height), WHITE)
    pen = ImageDraw.Draw(picture)
    lines: list[str] = []
    y = 20
    while True:
        size = dice.choice((18, 20, 24, 28, 36, 48))
        face = font(size, dice.randrange(8))
        dark = dice.random() < 0.3
        paper = (
            dice.choice(((20, 60, 120), (160, 30, 40), (30, 90, 60)))
            if dark
            else dice.choice((WHITE, (245, 245, 240), (232, 244, 255)))
        )
        said = dice.sample(WORDS, dice.randint(2, 6))
        rows = [piece for line in said for piece in broken(line, face, width - 60)]
        step = round(size * 1.7)
        bottom = y + step * len(rows) + 60
        if bottom > height - 40:
            break
        pen.rectangle((0, y, width, bottom), fill=paper)
        for at, row in enumerate(rows):
            pen.text((30, y + 30 + at * step), row, font=face, fill=WHITE if dark else BLACK)
        lines += said
        y = bottom
        if dice.random() < 0.4 and y + 260 < height:
            pen.rounded_rectangle((180, y + 20, width - 180, y + 220), 40, fill=(200, 210, 220))
            pen.ellipse((310, y + 60, 440, y + 180), fill=(250, 250, 250))
            y += 240
    return Drawn(body=encoded(picture, "JPEG"), lines=tuple(lines), size=picture.size)


def broken(text: str, face: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """A line broken where it is full, not before a closing mark."""
    rows = [""]
    for sign in text:
        if face.getlength(rows[-1] + sign) > width and sign not in "，。、；：）":
            rows.append("")
        rows[-1] += sign
    return rows


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = BytesIO()
    if kind == "JPEG":
        picture.save(out, kind, quality=85)
    elif kind == "WEBP":
        picture.save(out, kind, quality=80)
    else:
        picture.save(out, kind)
    return out.getvalue()


def bare(text: str) -> str:
    """Text as it is compared: without blanks, and punctuation in one width."""
    wide = str.maketrans("：，（）；！？", ":,();!?")
    return "".join(text.split()).translate(wide)


def wrong(said: str, read: str) -> int:
    """Characters of ``said`` that ``read`` has wrong, too many or too few (edit distance)."""
    from rapidfuzz.distance import Levenshtein

    return int(Levenshtein.distance(bare(said), bare(read)))
