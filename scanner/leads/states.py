"""The states of a lead, what people may do in each, and what comes of it: a checked machine.

Owns: the words of the closed loop 线上固证 → 线索交办 → 线下核查处置 → 结果反馈 → 销号 (seal online, hand over, check and act
on the spot, report back, strike off) and the table of steps. Leaves to others: when something is due (``clocks``), what
closing asks for (``closing``), carrying out (``casework``).

A page that is gone is no step: 不得一删了之 (a deleted page does not settle a case).
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.errors import UsageError
from scanner.model import Act
from scanner.store.draft import ENDED

WORDS: Mapping[str, str] = {
    "open": "待初筛",
    "screened": "已初筛",
    "secured": "已固证",
    "confirmed": "属实",
    "assigned": "已交办",
    "received": "已签收",
    "checking": "核查中",
    "disposed": "已处置",
    "reported": "已反馈",
    "approved": "已审核",
    "revisited": "已复查",
    "closed": "已销号",
    "dismissed": "不属实",
    "merged": "已并入",
}

ACTS: Mapping[Act, str] = {
    Act.SCREEN: "初筛",
    Act.SECURE: "固证",
    Act.CONFIRM: "复核属实",
    Act.DISMISS: "判为不属实",
    Act.REOPEN: "退回初筛",
    Act.ASSIGN: "交办",
    Act.RECEIVE: "签收",
    Act.CHECK: "开始核查",
    Act.ASK: "申请延期",
    Act.GRANT: "批准延期",
    Act.REFUSE: "不批准延期",
    Act.DISPOSE: "处置",
    Act.REPORT: "反馈",
    Act.APPROVE: "审核通过",
    Act.RETURN: "退回",
    Act.REVISIT: "复查",
    Act.CLOSE: "销号",
    Act.MERGE: "并入",
    Act.UNMERGE: "撤销并入",
    Act.SPLIT: "拆分",
    Act.SAMPLE: "购样抽检",
    Act.SUPERVISE: "挂牌督办",
    Act.NOTE: "记事",
}

BEFORE = ("open", "screened", "secured")  # nobody has said yet that it is right
AT_UNIT = ("received", "checking")  # a unit has it and its clock runs
LIVE = tuple(state for state in WORDS if state not in ENDED)

WAITING = ("received", "checking", "disposed")  # a result is owed

_STAY = {state: state for state in WORDS}


def _to(state: str, *before: str) -> dict[str, str]:
    return dict.fromkeys(before, state)


# Act -> state before -> state after. What is not here may not be done.
STEPS: Mapping[Act, Mapping[str, str]] = {
    Act.SCREEN: _to("screened", "open"),
    Act.SECURE: _to("secured", "open", "screened"),
    Act.CONFIRM: _to("confirmed", *BEFORE),
    Act.DISMISS: _to("dismissed", *BEFORE, "confirmed"),
    Act.REOPEN: _to("open", "screened", "secured", "confirmed", "dismissed"),
    Act.ASSIGN: _to("assigned", "confirmed", "assigned", *AT_UNIT),  # again: to another unit
    Act.RECEIVE: _to("received", "assigned"),
    Act.CHECK: _to("checking", "received"),
    Act.ASK: {state: state for state in AT_UNIT},
    Act.GRANT: {state: state for state in AT_UNIT},
    Act.REFUSE: {state: state for state in AT_UNIT},
    Act.DISPOSE: _to("disposed", *AT_UNIT, "disposed") | {s: s for s in ("reported", "approved", "revisited")},
    Act.REPORT: _to("reported", "disposed"),
    Act.APPROVE: _to("approved", "reported"),
    # A unit sends back what is not its own, a province what is not done, whoever looks again what goes on.
    Act.RETURN: _to("confirmed", "assigned", "received")
    | _to("checking", "disposed", "reported", "approved", "revisited"),
    Act.REVISIT: _to("revisited", "approved", "revisited"),
    Act.CLOSE: _to("closed", "revisited"),
    Act.MERGE: _to("merged", *LIVE),
    Act.UNMERGE: {},  # goes back to the state before the merger: see :func:`after`
    Act.SPLIT: {state: state for state in LIVE},
    Act.SAMPLE: {state: state for state in LIVE},
    Act.SUPERVISE: {state: state for state in LIVE},
    Act.NOTE: _STAY,
}

# What ``leads decide`` takes: the state that is wanted -> the act that leads there.
DECIDE: Mapping[str, Act] = {
    "screened": Act.SCREEN, "secured": Act.SECURE, "confirmed": Act.CONFIRM, "dismissed": Act.DISMISS, "open": Act.REOPEN,
}  # fmt: skip
_ALSO = {"销号": "closed", "待复核": "open", "初筛": "screened", "固证": "secured"}


def parse(word: str) -> str:
    """The state that ``word`` names, in English or Chinese. Raises UsageError."""
    asked = word.strip().casefold()
    for state, chinese in WORDS.items():
        if asked in (state, chinese) or _ALSO.get(asked) == state:
            return state
    known = "、".join(f"{state}（{chinese}）" for state, chinese in WORDS.items())
    raise UsageError(f"不认识的状态：{word}", where="STATE", hint=f"可用：{known}")


def wanted(word: str) -> Act:
    """The act by which ``leads decide`` brings a lead to the state that ``word`` names. Raises UsageError."""
    state = parse(word)
    if state in DECIDE:
        return DECIDE[state]
    other = next((act for act, steps in STEPS.items() if state in steps.values()), None)
    hint = f"用 leads {other.value}" if other is not None else ""
    raise UsageError(f"“{WORDS[state]}”不由 leads decide 写入", where="STATE", hint=hint)


def after(old: str, act: Act) -> str:
    """The state after ``act`` in state ``old``. UsageError that says what may be done."""
    new = STEPS[act].get(old)
    if new is not None:
        return new
    allowed = "、".join(ACTS[other] for other, steps in STEPS.items() if steps.get(old, old) != old)
    hint = f"现在可以：{allowed}" if allowed else "已结束的线索不再变动；新的发现会成为新的线索"
    raise UsageError(f"线索现在是“{WORDS[old]}”，不能{ACTS[act]}", where=f"leads {act.value}", hint=hint)
