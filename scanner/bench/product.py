"""``bench product``: how often the shortlist has class and code right, on a year of determinations that it never saw.

Learns the determinations before the newest year (with the other catalogues) and asks those of the newest year, by name
alone and by name with description, as ``registry product`` would. Beside it stands a reference of the same run: the
vote of the five nearest names by rapidfuzz. Rows of groups that no code names (NN-00) count for the class only.

Data: the catalogues imported in the home, or the files in the folder that ``QINGWANG_CATALOGUES`` names.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from scanner import clock
from scanner.bench import Row
from scanner.errors import UsageError
from scanner.home import Home
from scanner.registry import Register, import_source
from scanner.registry.catalogue.learning import CLASSES, DETERMINATIONS, group, learn, year_of
from scanner.registry.catalogue.product import Products
from scanner.store.catalogue import CatalogueRow

FOLDER = "QINGWANG_CATALOGUES"
SURE = 0.9
_FILES = {"class1": "class1_catalogue", "determinations": "determinations", "exemption": "exemption", "codes": "codes"}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: the class, the groups best first, how often an answer like it is right."""

    device_class: str
    groups: tuple[str, ...]
    confidence: float


Asked = Callable[[CatalogueRow, bool], Said]


def rows(home: Home) -> Iterator[Row]:
    """The figures, by name and then by name with description; shares are in %. Raises UsageError where data is missing."""
    known, held = _split(_catalogues(home))
    began = time.process_time()
    products = Products(known, learn(known))
    yield Row(name="product 学习用时", ours=round(time.process_time() - began, 1), reference=0.0, unit="处理器秒")
    reference = _nearest(known)
    for described in (False, True):
        title = "product 名称和描述" if described else "product 名称"
        ours, spent = _all(lambda row, d: _ours(products, row, d), held, described)
        theirs, longer = _all(reference, held, described)
        yield from _figures(title, held, ours, theirs)
        yield Row(
            name=f"{title} 速度", ours=round(len(held) / spent), reference=round(len(held) / longer), unit="次/处理器秒"
        )
        yield from _confusion(title, held, ours, theirs)


def _catalogues(home: Home) -> tuple[CatalogueRow, ...]:
    folder = os.environ.get(FOLDER)
    if not folder:
        return _held_in(home.register) if home.register.exists() else ()
    with tempfile.TemporaryDirectory() as place:
        register = Path(place) / "register.db"
        with Register.open(register) as opened:
            for source, part in _FILES.items():
                if files := sorted(Path(folder).glob(f"*{part}*.jsonl")):
                    import_source(opened, source, files, now=clock.now())
        return _held_in(register)


def _held_in(register: Path) -> tuple[CatalogueRow, ...]:
    with Register.open(register) as opened:
        return tuple(opened.store.catalogue.all())


def _split(found: Sequence[CatalogueRow]) -> tuple[list[CatalogueRow], list[CatalogueRow]]:
    """What is learnt, and the newest year of determinations. Raises UsageError where there is nothing to measure."""
    years = sorted({year_of(row) for row in found if row.source == DETERMINATIONS})
    missing = [source for source in _FILES if not any(row.source == source for row in found)]
    if len(years) < 3 or missing:
        raise UsageError(
            f"没有可以测的目录：缺{'、'.join(missing)}" if missing else "分类界定结果不足三年，没有留出的年份可测",
            where="bench product",
            hint=f"用 registry import 导入，或者用环境变量 {FOLDER} 指出放这些文件的文件夹",
        )
    held = [row for row in found if row.source == DETERMINATIONS and year_of(row) == years[-1]]
    return [row for row in found if row.source != DETERMINATIONS or year_of(row) < years[-1]], held


def _ours(products: Products, row: CatalogueRow, described: bool) -> Said:
    answer = products.ask(row.name, row.description if described else "")
    groups = dict.fromkeys(g for match in answer.matches if (g := group(match.code)))
    return Said(answer.matches[0].device_class if answer.matches else "", tuple(groups), answer.confidence)


def _nearest(known: Sequence[CatalogueRow]) -> Asked:
    names = [row.plain for row in known]

    def asked(row: CatalogueRow, _: bool) -> Said:
        near = [known[i] for _, _, i in process.extract(row.plain, names, scorer=fuzz.ratio, limit=15)]
        voted: Counter[str] = Counter(r.device_class for r in [r for r in near if r.device_class][:5])
        groups = dict.fromkeys(g for r in near if (g := group(r.code)))
        best = max(voted, key=voted.__getitem__, default="")
        return Said(best, tuple(groups), voted[best] / 5 if voted else 0.0)

    return asked


def _all(ask: Asked, held: Sequence[CatalogueRow], described: bool) -> tuple[list[Said], float]:
    began = time.process_time()
    said = [ask(row, described) for row in held]
    return said, time.process_time() - began


def _figures(title: str, held: Sequence[CatalogueRow], ours: Sequence[Said], theirs: Sequence[Said]) -> Iterator[Row]:
    def row(name: str, figure: Callable[[Sequence[Said]], float]) -> Row:
        return Row(name=f"{title} {name}", ours=figure(ours), reference=figure(theirs), unit="%")

    def right(said: Sequence[Said], use: Sequence[int]) -> float:
        return _share(sum(said[i].device_class == held[i].device_class for i in use), len(use))

    coded = [i for i, row in enumerate(held) if group(row.code)]
    apart = [i for i in coded if held[i].code != "6840"]
    yield row("管理类别", lambda said: right(said, range(len(held))))
    for name, use in (("编码", coded), ("编码（不含6840）", apart)):
        for top in (1, 5):
            yield row(f"{name} 前{top}", lambda said, use=use, top=top: _share(  # type: ignore[misc]
                sum(group(held[i].code) in said[i].groups[:top] for i in use), len(use)))  # fmt: skip
    yield row("不作回答（把握不到一半）", lambda said: _share(sum(s.confidence < 0.5 for s in said), len(said)))
    yield row(f"把握≥{SURE}的比例", lambda said: _share(sum(s.confidence >= SURE for s in said), len(said)))
    yield row(f"把握≥{SURE}时正确", lambda said: right(said, [i for i, s in enumerate(said) if s.confidence >= SURE]))


def _confusion(title: str, held: Sequence[CatalogueRow], ours: Sequence[Said], theirs: Sequence[Said]) -> Iterator[Row]:
    """How many of each class were read as each: rows of the confusion table that are not zero for ours."""
    table: Counter[tuple[str, str]] = Counter(
        (row.device_class, said.device_class) for row, said in zip(held, ours, strict=True)
    )
    other: Counter[tuple[str, str]] = Counter(
        (row.device_class, said.device_class) for row, said in zip(held, theirs, strict=True)
    )
    for true in CLASSES:
        for read in (*CLASSES, ""):
            if count := table[true, read]:
                yield Row(
                    name=f"{title} 混淆 {true}→{read or '无'}", ours=count, reference=other[true, read], unit="行"
                )


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
