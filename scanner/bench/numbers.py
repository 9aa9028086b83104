"""``bench numbers``: finding numbers, in millions of characters per second.

On ordinary page text the reference is one naive pattern for one kind of number, run by ``re`` over the same text. For
texts made of broken beginnings the reference is half the text: a ratio near 1 says that twice the text takes twice the
time. The best of several turns counts, as noise only ever slows down.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from scanner.bench import Row
from scanner.numbers import find

TURNS = 5
_NAIVE = re.compile(r"[国京津冀晋蒙内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵黔云滇藏陕甘青宁新]械注[准进许]\d{11}")
_PAGE = (
    "正品保障 七天无理由退换 店铺新品上架，全场满199减20，顺丰包邮。商品名称：家用加湿器\n品牌：示例 型号：JS-2021 颜色：白色 容量：4 L 功率：25 W\n"
    "商品编号：100012345678 上架时间：2026-03-01 月销 1200+ 好评率 98%\n温馨提示：请各位买家注意查收，如有问题请联系在线客服，工作时间 9:00—21:00。\n"
)
_NUMBER = "注册证号：粤械注准20212149001 生产许可证：粤食药监械生产许20139001号\n"
_NASTY = ("国械注准2", "械备", "1\n", "粤穗械备20219001")


def rows() -> Iterator[Row]:
    """Ordinary page text of 5,000 characters without and with numbers, then repetitions of broken beginnings."""
    page = (_PAGE * 30)[:5_000]
    for name, text in (("numbers 5 kB", page), ("numbers 5 kB with two", page[:4_900] + _NUMBER)):
        ours, naive = _speed(find, text, 200), _speed(lambda text: _NAIVE.findall(text), text, 200)
        yield Row(name=name, ours=ours, reference=naive, unit="百万字符/秒")
    for unit in _NASTY:
        half, whole = (unit * (size // len(unit)) for size in (50_000, 100_000))
        yield Row(name=f"numbers {unit!r} × n", ours=_speed(find, whole, 1), reference=_speed(find, half, 1),
                  unit="百万字符/秒", detail="参照为一半长的文本")  # fmt: skip


def _speed(run: Callable[[str], object], text: str, times: int) -> float:
    best = float("inf")
    for _ in range(TURNS):
        began = time.process_time()
        for _ in range(times):
            run(text)
        best = min(best, time.process_time() - began)
    return round(len(text) * times / best / 1e6, 2)
