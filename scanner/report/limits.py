"""What a report does not prove and what was not checked: said as plainly as what was found.

Owns: these two lists, in Chinese, made from the case. Leaves to others: printing them (``html``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.model import CaseFile, FieldState, Finding, Lane, Listing, Outcome, SecondLook
from scanner.report import words

_ALWAYS = (
    "本报告列出的是自动巡查所见的线索，不是违法事实的认定。是否违法，由有权机关调查取证后认定。",
    "页面由谁发布、经营者的真实身份，以及证照是否属实，须向平台和登记机关核对；本报告只记录页面上写了什么。",
    "本报告不能证明发生过交易，也不能证明销售数量和货值金额。",
    "取证时间来自制作机器的时钟；加盖可信时间戳之前，不能单独用来证明时间。",
    "不同地区、账号和设备看到的页面可能不同；取证之后页面可能已经改变或者删除，删除不影响已经封存的记录。",
    "直播、视频、评论、客服对话和包装实物中的内容，除另有注明外，没有检查。",
)


def limits(case: CaseFile) -> list[str]:
    """What this report does not prove; a demo's or rehearsal's says first that it is no evidence at all."""
    said = [f"本报告标有“{case.mark}”，不是证据，不得用于任何案件。"] if case.mark else []
    said += _ALWAYS
    if any(not source.authoritative for source in case.sources):
        said.append("比对所用的登记数据有的不是权威来源，比对结果只能作为线索，须到发证机关的公开查询核对。")
    if any(source.sample for source in case.sources):
        said.append("比对所用的登记数据有的只是样本；样本中没有，不等于没有注册或者备案。")
    if any(proof.second_look is SecondLook.NONE for proof in case.proofs):
        said.append("标明“未复核”的发现只看过一次，没有用浏览器再次打开核对。")
    if any(capture.lane is Lane.IMPORT for capture in case.captures):
        said.append("人工导入的页面按所提供的文件封存；文件在导入之前是否完整、真实，本程序无从知道。")
    return said


def unchecked(case: CaseFile, found: Sequence[tuple[int, Finding]], not_measured: Iterable[str]) -> list[str]:
    """What could not be or was not checked; each item once, with the numbers of the findings it belongs to."""
    items: dict[str, list[int]] = {}
    for number, finding in found:
        for item in finding.unchecked:
            items.setdefault(item, []).append(number)
    said = [f"{item}（发现 {'、'.join(map(str, numbers))}）" for item, numbers in items.items()]
    said += _fields(case.listings)
    said += _unread(case)
    said += [f"没有测量：{item}" for item in not_measured]
    return said


def _fields(listings: Iterable[Listing]) -> list[str]:
    """Fields of the listings that hold nothing because they were not reached, as opposed to not there."""
    names = ("title", "price", "description", "seller", "buyable", "image_text")
    missing: dict[tuple[FieldState, str], int] = {}
    for listing in listings:
        for name in names:
            state = getattr(listing, name).state
            if state not in (FieldState.SEEN, FieldState.ABSENT):
                missing[state, name] = missing.get((state, name), 0) + 1
    return [
        f"{words.FIELDS[name]}：{words.said(state)}（{count} 个商品页）" for (state, name), count in missing.items()
    ]


def _unread(case: CaseFile) -> list[str]:
    """Captured pages that could not be read: they are neither findings nor a clean bill."""
    outcomes = dict(case.outcomes)
    counts: dict[Outcome, int] = {}
    for capture in case.captures:
        outcome = outcomes.get(capture.id, Outcome.READ)
        if outcome not in (Outcome.READ, Outcome.NOT_A_PRODUCT):
            counts[outcome] = counts.get(outcome, 0) + 1
    return [
        f"{count} 个取证页没有读到内容：{words.said(outcome)}。不能当作没有问题。" for outcome, count in counts.items()
    ]
