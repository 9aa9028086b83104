"""What the commands on quality share: a period as asked for, and a sample as machines may know it.

Owns: these two. Leaves to others: the commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from scanner.store.samples import BlindSample


def period(since: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
    """From the beginning of the first day to the end of the last, in Beijing. UsageError where they are the wrong way round."""
    from datetime import timedelta

    from scanner import clock
    from scanner.errors import UsageError

    if since is not None and until is not None and until < since:
        raise UsageError("--to 早于 --from", where="--to")
    return (
        None if since is None else since.replace(tzinfo=clock.BEIJING),
        None if until is None else until.replace(tzinfo=clock.BEIJING) + timedelta(days=1),
    )


def head(made: BlindSample) -> dict[str, Any]:
    """A sample for machines, without what would tell a reviewer which pages are which."""
    return {
        "sample": made.number, "when": made.when, "who": made.who, "seed": made.seed, "stratify": made.stratify,
        "storefront": made.storefront, "campaign": made.campaign, "since": made.since, "until": made.until,
        "population": made.population, "strata": made.strata, "pages": len(made.pages),
        "known": sum(page.found for page in made.pages),
    }  # fmt: skip
