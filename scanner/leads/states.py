"""The states of a lead, and which may follow which.

Owns: the words (English in files, Chinese for people) and the table of steps. Leaves to others: keeping decisions
(``store.leads``). The first steps of the closed loop only: found, looked at by a person, closed. A page that is gone
is no step: 不得一删了之 (a deleted page does not settle a case), so only a confirmed lead can be closed.
"""

from __future__ import annotations

from scanner.errors import UsageError

WORDS = {"open": "待复核", "confirmed": "属实", "dismissed": "不属实", "closed": "已销号"}

STEPS: dict[str, frozenset[str]] = {
    "open": frozenset({"confirmed", "dismissed"}),
    "confirmed": frozenset({"closed", "dismissed", "open"}),  # back to open: confirmed by mistake
    "dismissed": frozenset({"open"}),  # a second opinion
    "closed": frozenset(),  # what happens afterwards is a new lead
}


def parse(word: str) -> str:
    """The state that ``word`` names, in English or Chinese. Raises UsageError."""
    for state, chinese in WORDS.items():
        if word.strip().casefold() in (state, chinese, chinese.removeprefix("已")):  # 销号 is said as often as 已销号
            return state
    known = "、".join(f"{state}（{chinese}）" for state, chinese in WORDS.items())
    raise UsageError(f"不认识的状态：{word}", where="STATE", hint=f"可用：{known}")


def check(old: str, new: str) -> None:
    """Nothing if ``new`` may follow ``old``, else UsageError that says what may."""
    if new in STEPS[old]:
        return
    allowed = "、".join(f"{state}（{WORDS[state]}）" for state in WORDS if state in STEPS[old])
    hint = f"下一步可以是：{allowed}" if allowed else "已销号的线索不再变动；新的发现会成为新的线索"
    raise UsageError(f"线索现在是“{WORDS[old]}”，不能改为“{WORDS[new]}”", where="STATE", hint=hint)
