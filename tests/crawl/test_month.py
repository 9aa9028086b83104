"""A few simulated days of campaigns, each trouble once; what every run says is what the script's own record says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawl.month import simulate
from tests.crawl.monthplan import SHORT

pytestmark = [pytest.mark.slow, pytest.mark.long]  # a dozen processes


@pytest.mark.kill
@pytest.mark.timeout(1200)  # half a minute of waiting, the rest is processes that start
def test_reports_say_exactly_what_happened(tmp_path: Path) -> None:
    came = simulate(tmp_path, SHORT, seed=1)
    assert came["differences"] == []
    assert (came["killed"], came["paused"], came["resumed"]) == (1, 1, 2)
    assert set(came["states"]) == {"complete", "incomplete", "blocked"}
    assert set(came["alarms"]) == {"价格", "少", "挡", "不足"}
    assert came["compared"] > 300
