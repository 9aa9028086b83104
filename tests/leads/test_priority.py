"""Which lead first: every reason moves it, known sellers are said, nothing leaves 0 to 100."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import ConfigError
from scanner.home import shipped_rules
from scanner.leads import known, priority
from scanner.leads.known import Known, Lists
from scanner.leads.priority import Weighed, weigh
from scanner.model import LeadSource, Severity, Verdict

TODAY = date(2026, 11, 28)
WEIGHTS = priority.load(shipped_rules())
PLAIN = Weighed(
    verdict=Verdict.SUSPECT, severity=Severity.MEDIUM, state="open", opened=datetime(2026, 11, 27, tzinfo=UTC), pages=1,
    sources=frozenset({LeadSource.OWN}),
)  # fmt: skip


def score(**changes: object) -> int:
    return weigh(replace(PLAIN, **changes), WEIGHTS, TODAY).score  # type: ignore[arg-type]


def reasons(**changes: object) -> str:
    return "；".join(one.says for one in weigh(replace(PLAIN, **changes), WEIGHTS, TODAY).reasons)  # type: ignore[arg-type]


def test_gravity_counts_most() -> None:
    assert score(verdict=Verdict.VIOLATION, severity=Severity.CRITICAL) > score() > score(verdict=Verdict.UNVERIFIED)
    assert score(severity=Severity.HIGH) > score() > score(severity=Severity.LOW)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pages": 12}, "涉及 12 个页面"),
        ({"earlier": 1}, "同一经营者以前查实、销号 1 条"),
        ({"told": 3}, "来件 3 份"),
        ({"sources": frozenset({LeadSource.OWN, LeadSource.TIP})}, "2 种来源"),
        ({"real_name": True}, "实名举报"),
        ({"text": "可以治糖尿病"}, "涉及重大疾病：糖尿病"),
        ({"text": "儿童退热"}, "涉及未成年人、孕产妇：儿童"),
        ({"text": "心脏起搏器"}, "高风险产品（植入、介入、注射、急救）：起搏器"),
        ({"opened": datetime(2026, 10, 1, tzinfo=UTC)}, "等了 58 天没有复核"),
        ({"deadline": date(2026, 12, 1)}, "来件要求 2026-12-01 前办结，还有 3 天"),
        ({"deadline": date(2026, 11, 20)}, "来件要求 2026-11-20 前办结，已过 8 天"),
        ({"known": (Known(list="bad", name="演示甲公司", note="两次处罚"),)}, "重点关注名单：演示甲公司：两次处罚"),
    ],
)
def test_each_reason_raises_it_and_is_said(change: dict[str, object], says: str) -> None:
    assert score(**change) > score()
    assert says in reasons(**change)


def test_known_good_lowers_and_is_said_and_hides_nothing() -> None:
    good = (Known(list="good", name="演示甲公司", until=date(2027, 1, 1)),)
    assert 0 < score(known=good) < score()
    assert "已知良好名单：演示甲公司（至 2027-01-01）" in reasons(known=good)


def test_who_waits_for_a_unit_is_not_waiting_for_review() -> None:
    assert score(opened=datetime(2026, 1, 1, tzinfo=UTC), state="received") == score()


@settings(max_examples=40)
@given(st.builds(
    Weighed, verdict=st.sampled_from(Verdict), severity=st.sampled_from(Severity), state=st.sampled_from(["open", "closed"]),
    opened=st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1)),  # noqa: DTZ001
    pages=st.integers(0, 1000), earlier=st.integers(0, 50), told=st.integers(0, 50), text=st.text(max_size=40),
))  # fmt: skip
def test_it_stays_between_0_and_100_and_the_reasons_add_up(one: Weighed) -> None:
    found = weigh(one, WEIGHTS, TODAY)
    assert found.score == max(0, min(100, sum(reason.points for reason in found.reasons)))


def test_known_entries_meet_whom_they_name() -> None:
    lists = Lists([
        Known(list="bad", name="演示甲公司"), Known(list="bad", uscc="91X"), Known(list="good", name="演示乙公司", product="血压计"),
        Known(list="good", product="Ａ型 口罩"), Known(list="bad", name="演示丙公司", until=date(2026, 11, 27)),
    ])  # fmt: skip

    def met(name: str = "", code: str = "", text: str = "") -> list[str]:
        return [entry.list for entry in lists.meet([name], [code], text, TODAY)]

    assert met("演示 甲公司") == ["bad"]
    assert met(code="91x") == ["bad"]
    assert met("演示乙公司") == []
    assert met("演示乙公司", text="电子血压计") == ["good"]
    assert met(text="a型口罩") == ["good"]
    assert met("演示丙公司") == met("别的") == []
    assert Lists([]).meet(["演示甲公司"], [], "", TODAY) == ()


def test_the_homes_list_is_read_strictly(tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text(
        "known:\n  - {list: bad, note: 没有写是谁}\n  - {list: grey, name: 甲}\n", "utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        known.load(shipped_rules(), tmp_path)
    assert {problem.where.rpartition(":")[2] for problem in caught.value.problems} == {"2", "3"}
