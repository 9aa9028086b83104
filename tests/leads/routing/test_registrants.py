"""Real registrants: not in the project, so that the test says when it cannot run."""

from __future__ import annotations

import pytest

from tests.leads.route_registrants import DATA, compare


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_file(), reason=f"{DATA} is not here")
def test_codes_agree_with_the_places_in_names() -> None:
    found = compare(DATA)
    assert len(found) == 725
    assert [one.uscc for one in found if one.by_code is None] == []
    placed = [one for one in found if one.by_name is not None]
    assert len(placed) >= 650
    assert sum(one.agrees for one in placed) / len(placed) >= 0.99
