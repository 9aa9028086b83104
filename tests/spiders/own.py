"""A storefront profile that lies in an analyst's own folder, as long as a test lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from scanner.crawl.reading import tables
from scanner.crawl.reading.profile import Profile, profiles
from scanner.home import shipped_rules


@contextmanager
def described(folder: Path, text: str) -> Iterator[Profile]:
    """The profile that ``text`` (YAML) describes, known beside the shipped ones."""
    name = yaml.safe_load(text)["id"]
    file = folder / tables.PROFILES / f"{name}.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    tables.use(folder)
    try:
        yield profiles()[name]
    finally:
        tables.use(shipped_rules())
