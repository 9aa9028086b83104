"""How well and how fast text in pictures is read: prints the figures; the tests hold smaller sets.

    python -m tests.ocr.measured [--numbers N]

Pictures are drawn here, so what they say is known. Characters: 1 - edit distance / characters, without blanks and with
punctuation in one width. Numbers: read exactly when ``scanner.numbers`` finds the very number in the recognised text (its
repair of confused characters included), and nothing else of that kind. CPU seconds are those of this process, one thread.
"""

from __future__ import annotations

import argparse
import random
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from scanner import numbers
from scanner.home import shipped_rules
from scanner.ocr import Reading, program
from scanner.ocr.engine import read
from tests.ocr import drawing
from tests.ocr.drawing import Drawn

SIZES = (12, 14, 16, 18, 20, 24, 28, 36, 48)
COLOURS = (
    ((34, 34, 34), (255, 255, 255)), ((255, 255, 255), (200, 30, 40)), ((255, 230, 0), (30, 60, 160)),
    ((120, 120, 120), (255, 255, 255)), ((20, 80, 40), (235, 245, 225)), ((255, 255, 255), (60, 140, 90)),
)  # fmt: skip


@dataclass(slots=True)
class Sum:
    """Figures of one group of pictures."""

    pictures: int = 0
    characters: int = 0
    wrong: int = 0
    seconds: float = 0.0
    worst: float = 1.0

    def add(self, drawn: Drawn, reading: Reading, seconds: float) -> None:
        said = "".join(drawn.lines)
        size, wrong = len(drawing.bare(said)), drawing.wrong(said, reading.text)
        self.pictures += 1
        self.characters += size
        self.wrong += wrong
        self.seconds += seconds
        self.worst = min(self.worst, 1 - wrong / size)

    def row(self, name: str) -> str:
        right = 1 - self.wrong / self.characters
        cost = self.seconds / self.pictures
        return f"{name:<28} {self.pictures:>5} {self.characters:>7} {right:>8.4f} {self.worst:>8.4f} {cost:>8.2f}"


def examples() -> tuple[str, ...]:
    """A few hundred sentences of the rules' examples, in plain spelling: words of every category."""
    files = sorted((shipped_rules() / "claim").glob("*.yaml"))
    found = (str(one) for file in files for one in yaml.safe_load(file.read_text("utf-8"))["examples"]["misses"])
    plain = (one for one in found if 6 <= len(one) <= 60 and "\n" not in one)
    return tuple(dict.fromkeys(one for one in plain if one == unicodedata.normalize("NFC", one)))[:400]


def timed(drawn: Drawn) -> tuple[Reading, float]:
    began = time.process_time()
    reading = read(drawn.body)
    return reading, time.process_time() - began


def groups() -> Iterator[tuple[str, Iterable[Drawn]]]:
    """The pictures, drawn as they are asked for."""
    fonts = range(len(drawing.fonts()))
    for size in SIZES:
        yield f"{size} px, {len(fonts)} fonts", (drawing.draw(drawing.WORDS, size=size, which=w) for w in fonts)
    yield (
        f"{len(COLOURS)} colours, 14 and 22 px",
        (drawing.draw(drawing.WORDS, size=s, which=1, ink=i, paper=p) for i, p in COLOURS for s in (14, 22)),
    )
    yield "JPEG 85, WebP 80, GIF", (drawing.draw(drawing.WORDS, size=18, kind=k) for k in ("JPEG", "WEBP", "GIF"))
    said = examples()
    parts = [said[at : at + 20] for at in range(0, len(said), 20)]
    yield (
        "the rulebook's own examples",
        (
            drawing.draw(part, size=SIZES[at % len(SIZES)], which=at, ink=COLOURS[at % 6][0], paper=COLOURS[at % 6][1])
            for at, part in enumerate(parts)
        ),
    )
    half = len(drawing.WORDS) // 2
    yield (
        "two columns",
        (
            drawing.columns(drawing.WORDS[:half], drawing.WORDS[half:], size=s, which=w)
            for s in (16, 20, 28)
            for w in fonts
        ),
    )
    yield "750 x 12,000 px (JPEG 85)", (drawing.long(seed) for seed in range(1, 4))


def number_pictures(count: int, seed: int = 7) -> Iterator[tuple[str, str, Drawn]]:
    """(kind, number, picture): well-formed numbers in sizes 14 to 32, all fonts, ink on paper of six colours."""
    dice = random.Random(seed)
    for at in range(count):
        kind, label, number = made(dice)
        ink, paper = COLOURS[at % len(COLOURS)]
        lines = (
            drawing.WORDS[at % len(drawing.WORDS)],
            f"{label}：{number}",
            drawing.WORDS[(at + 5) % len(drawing.WORDS)],
        )
        size = dice.choice((14, 16, 18, 20, 24, 28, 32))
        kind_of_file = dice.choice(("PNG", "JPEG"))
        yield kind, number, drawing.draw(lines, size=size, which=at, ink=ink, paper=paper, kind=kind_of_file)


def made(dice: random.Random) -> tuple[str, str, str]:
    """A number as a page prints it, with its kind and label; of no real product."""
    year, serial, category = dice.randint(2015, 2025), dice.randint(1, 9_999), dice.randint(1, 22)
    province = dice.choice("京津冀晋辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云陕甘青")
    class_ = dice.choice((2, 3))
    whose = "国" if class_ == 3 else province
    registration = f"{whose}械注准{year}{class_}{category:02d}{serial:04d}"
    if dice.random() < 0.25:
        registration = f"国械注进{year}{class_}{category:02d}{serial:04d}"
    choices = (
        ("device_reg", "医疗器械注册证编号", registration),
        ("drug_approval", "批准文号", f"国药准字{dice.choice('HZS')}{dice.randint(2000, 2024)}{serial:04d}"),
        ("health_food", "批准文号", f"国食健注G{year}{serial:04d}"),
    )
    return dice.choices(choices, weights=(6, 2, 1))[0]


def exact(number: str, reading: Reading) -> bool:
    """Whether the recognised text holds just this number of its kind."""
    wanted = numbers.find(number)
    assert wanted, number
    found = [one for one in numbers.find(reading.text) if one.type == wanted[0].type]
    return [one.number for one in found] == [wanted[0].number]


def characters() -> None:
    print(f"{program()}\n\n{'pictures':<28} {'n':>5} {'chars':>7} {'right':>8} {'worst':>8} {'CPU s':>8}")
    total = Sum()
    for name, pictures in groups():
        group = Sum()
        for drawn in pictures:
            reading, seconds = timed(drawn)
            group.add(drawn, reading, seconds)
            total.add(drawn, reading, seconds)
        print(group.row(name), flush=True)
    print(total.row("all"))


def numerals(count: int) -> None:
    right: dict[str, list[bool]] = {}
    for kind, number, drawn in number_pictures(count):
        reading = read(drawn.body)
        ok = exact(number, reading)
        right.setdefault(kind, []).append(ok)
        if not ok:
            print(f"  {kind} {number}: {[one.number for one in numbers.find(reading.text)]} {reading.text!r}")
    print()
    for kind, answers in sorted(right.items()):
        print(f"numbers, {kind:<20} {len(answers):>5} {sum(answers) / len(answers):>8.4f}")
    whole = [ok for answers in right.values() for ok in answers]
    print(f"numbers, {'all':<20} {len(whole):>5} {sum(whole) / len(whole):>8.4f}", flush=True)


def saved() -> None:
    """The share of pictures, and of time, that the hash saves in a shop whose pages share pictures: 40 products with 2
    pictures of their own each and 3 that all of them show (shop banner, delivery, licence), looked at twice."""
    from scanner.ocr.process import Recogniser
    from scanner.store.book import Book
    from tests.ocr.shop import looked_at

    with TemporaryDirectory() as folder, Book.open(Path(folder) / "book.db") as book, Recogniser() as recogniser:
        for name in ("first look", "second look"):
            read_now, known, seconds, of_known = looked_at(book, recogniser)
            share = known / (read_now + known)
            print(f"{name}: {read_now} recognised in {seconds:.1f} s, {known} known ({share:.3f}) in {of_known:.3f} s")


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--numbers", type=int, default=200)
    given = wanted.parse_args()
    read(drawing.draw(("预热",)).body)
    characters()
    numerals(given.numbers)
    saved()


if __name__ == "__main__":
    main()
