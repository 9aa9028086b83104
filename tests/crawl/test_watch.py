"""Campaigns as they are written: what is wrong with a file, when one is due, when it must be quiet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.crawl import watch
from scanner.crawl.reading import tables
from scanner.crawl.watch import Schedule
from scanner.errors import ConfigError
from scanner.home import shipped_rules

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham")
CRONS = ("*/7 * * * *", "30 2 * * *", "0 * * * *", "15 1-3 * * 0", "0 0 1 * *")
NIGHTLY = Schedule(cron="0 2 * * *", quiet=("08:00-20:00",))


def at(text: str) -> datetime:
    """A Beijing time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    tables.use(shipped_rules())


def load(own: Path, text: str) -> watch.Watch:
    (own / "watch.yaml").write_text(text, encoding="utf-8")
    tables.use(shipped_rules())
    tables.use(own)
    return watch.load()


ONE = """campaigns:
  - id: masks
    title: 口罩
    storefronts: ["https://shop.example/search?q={words}"]
    goods: [medical-mask, myopia, qingwang-2020]
    words: [防护口罩]
"""


class TestFile:
    def test_goods_become_search_words_each_once(self, own: Path) -> None:
        words = load(own, ONE).searched["masks"]
        assert words[0] == "防护口罩"
        assert {"医用口罩", "额温枪", "新冠抗原检测"} < set(words)
        assert len(words) == len(set(words))

    @pytest.mark.parametrize(
        ("was", "now", "line", "said"),
        [
            ("medical-mask", "medical-musk", 2, "medical-mask"),
            ("title: 口罩", "titel: 口罩", 3, "titel"),
            ("    words: [防护口罩]", "    robots: {obey: false}", 6, "依据"),
            ("    words: [防护口罩]", "    schedule: {cron: 'daily'}", 6, "cron"),
            ("    words: [防护口罩]", "    schedule: {cron: '0 2 * * *', zone: Mars/Base}", 6, "时区"),
            ("    words: [防护口罩]", "    schedule: {cron: '0 2 * * *', quiet: [night]}", 6, "时段"),
            ("    words: [防护口罩]", "    schedule: {cron: '0 2 * * 8'}", 6, "cron"),
            ("    words: [防护口罩]", "    schedule: {cron: '0 2 * * 5-1'}", 6, "cron"),
            ("    words: [防护口罩]", "    limits: {disk: 95}", 6, "disk"),
            ("    words: [防护口罩]", "    expect: {fields: {prise: 0.9}}", 6, "prise"),
            ("    words: [防护口罩]", "    notify: {webhook: 'file:///etc/passwd'}", 6, "webhook"),
        ],
    )
    def test_what_is_wrong_is_told_with_its_line(self, own: Path, was: str, now: str, line: int, said: str) -> None:
        with pytest.raises(ConfigError) as raised:
            load(own, ONE.replace(was, now))
        told = "\n".join(f"{p.where} {p.message} {p.hint}" for p in raised.value.problems)
        assert f"watch.yaml:{line}" in told
        assert said in told

    def test_a_name_stands_once(self, own: Path) -> None:
        with pytest.raises(ConfigError, match="两次"):
            load(own, ONE + ONE.partition("\n")[2])

    def test_every_preset_has_words(self) -> None:
        known = watch.load()
        goods = watch._Goods(known.presets)
        assert len(known.presets) == 5
        for preset in known.presets:
            words, unknown = goods.words((preset,))
            assert len(words) >= 10
            assert unknown == []


class TestWhen:
    def test_due_when_it_fell_due_since_the_last_run(self) -> None:
        campaign = made(NIGHTLY)
        assert not campaign.due(at("2026-11-27 02:00:05"), at("2026-11-27 23:00"))
        assert campaign.due(at("2026-11-26 02:00:05"), at("2026-11-27 02:10"))
        assert campaign.due(at("2026-11-20 02:00:05"), at("2026-11-27 03:00"))  # once, however many were missed

    def test_not_in_a_quiet_hour(self) -> None:
        campaign = made(NIGHTLY)
        assert not campaign.due(at("2026-11-26 02:00:05"), at("2026-11-27 08:00"))
        assert campaign.due(at("2026-11-26 02:00:05"), at("2026-11-27 20:00"))

    def test_one_that_never_ran_is_due_when_its_time_has_come_within_a_day(self) -> None:
        monthly = made(Schedule(cron="0 2 1 * *"))
        assert monthly.due(None, at("2026-12-01 02:05"))
        assert not monthly.due(None, at("2026-12-03 02:05"))

    @pytest.mark.parametrize(
        ("cron", "days"),
        [
            ("1", {"Monday"}),
            ("0", {"Sunday"}),
            ("7", {"Sunday"}),
            ("mon", {"Monday"}),
            ("6-7", {"Saturday", "Sunday"}),
            ("1-5", {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}),
            ("0,3", {"Sunday", "Wednesday"}),
            ("1-5/2", {"Monday", "Wednesday", "Friday"}),
            ("*/3", {"Sunday", "Wednesday", "Saturday"}),
        ],
    )
    def test_weekdays_are_crontabs(self, cron: str, days: set[str]) -> None:
        schedule, moment, seen = Schedule(cron=f"0 2 * * {cron}"), at("2026-11-01 00:00"), set()
        for _ in range(7):
            moment = schedule.next(moment) or moment
            seen.add(moment.astimezone(schedule.tz).strftime("%A"))
        assert seen == days

    def test_without_a_schedule_never(self) -> None:
        assert not made(None).due(None, at("2026-12-01 02:05"))

    @pytest.mark.parametrize(
        ("cron", "zone", "since", "fires"),
        [
            # Berlin's clocks go forward at 01:00 UTC: half past two is left out, and counts an hour later.
            ("30 2 * * *", "Europe/Berlin", "2026-03-28T12", ["29T01:30", "30T00:30", "31T00:30"]),
            ("30 2 * * *", "Europe/Berlin", "2026-03-29T01:10", ["29T01:30", "30T00:30"]),
            ("0 3 * * *", "Europe/Berlin", "2026-03-28T12", ["29T01:00", "30T01:00"]),
            # They go back at 01:00 UTC: half past two comes twice, and counts the first time.
            ("30 2 * * *", "Europe/Berlin", "2026-10-24T12", ["25T00:30", "26T01:30", "27T01:30"]),
            ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:00:03", ["26T01:30"]),
            ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:30", ["26T01:30"]),
            ("0 2 * * 0", "Europe/Berlin", "2026-10-24T12", ["25T00:00", "01T01:00"]),
            ("30 1 * * *", "America/New_York", "2026-10-31T12", ["01T05:30", "02T06:30"]),
            ("*/30 1-3 * * *", "Europe/Berlin", "2026-10-24T23:20",
             ["24T23:30", "25T00:00", "25T00:30", "25T02:00", "25T02:30", "26T00:00"]),
        ],
    )  # fmt: skip
    def test_over_a_change_of_clocks_nothing_runs_twice_or_never(
        self, cron: str, zone: str, since: str, fires: list[str]
    ) -> None:
        schedule, moment, found = Schedule(cron=cron, zone=zone), datetime.fromisoformat(since).replace(tzinfo=UTC), []
        for _ in fires:
            moment = schedule.next(moment) or moment
            found.append(f"{moment:%dT%H:%M}")
        assert found == fires

    @given(st.integers(0, 365 * 24 * 60), st.sampled_from(ZONES), st.sampled_from(CRONS))
    def test_the_next_time_is_later(self, minutes: int, zone: str, cron: str) -> None:
        after = at("2026-01-01 00:00") + timedelta(minutes=minutes)
        found = Schedule(cron=cron, zone=zone).next(after)
        assert found is not None
        assert found > after

    def test_a_run_that_began_just_before_the_time_does_not_swallow_it(self) -> None:
        assert NIGHTLY.next(at("2026-11-27 01:59:59.500")) == at("2026-11-27 02:00")

    @given(st.integers(0, 24 * 60 - 1))
    def test_quiet_over_midnight(self, minute: int) -> None:
        schedule = Schedule(cron="0 0 * * *", quiet=("22:00-06:00",))
        now = at("2026-11-27 00:00") + timedelta(minutes=minute)
        assert schedule.quiet_at(now) == (minute < 6 * 60 or minute >= 22 * 60)


def made(schedule: Schedule | None) -> watch.Campaign:
    return watch.Campaign(id="a", title="甲", storefronts=("https://shop.example/",), schedule=schedule)
