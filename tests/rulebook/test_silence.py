"""What a seller can write beside a claim to silence the rules: nothing that is everyday shop talk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.rulebook import Rule, TextRule
from scanner.tuning.examples import found
from tests.rulebook.making import shipped

BESIDE: dict[str, Callable[[str], str]] = {
    "conforms to standards": lambda claim: f"符合国家标准，{claim}",
    "beware of counterfeits": lambda claim: f"谨防假冒，{claim}",
    "in the news": lambda claim: f"新闻报道，{claim}",
    "old people": lambda claim: f"老年人{claim}",
    "will be prosecuted": lambda claim: f"{claim}，违规必究",
    "as the doctor says": lambda claim: f"{claim}，请遵医嘱",
    "see the leaflet": lambda claim: f"{claim}，注意事项见说明书",
    "patented": lambda claim: f"采用专利技术{claim}",
    "an address": lambda claim: f"{claim}，链接 https://shop.example/77?from=note",
    "rhetoric before": lambda claim: f"为什么都选它？{claim}",
    "rhetoric after": lambda claim: f"{claim}，亲，你还在等什么呢",
}


def claims() -> list[tuple[Rule, str]]:
    return [
        (rule, hit)
        for rule in shipped().rules.values()
        if isinstance(rule, TextRule) and rule.status == "active"
        for hit in rule.examples.hits
        if isinstance(hit, str)
    ]


@pytest.mark.parametrize("said", BESIDE, ids=list(BESIDE))
def test_everyday_talk_beside_a_claim_hides_it_hardly_ever(said: str) -> None:
    silenced = [hit for rule, hit in claims() if not found(shipped(), rule, BESIDE[said](hit))]
    assert len(silenced) <= 0.03 * len(claims()), silenced
