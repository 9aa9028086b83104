"""The JSON Schemas of the commands' output (docs/schema), for any test that has such output in its hands."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "schema"


@cache
def schemas() -> dict[str, Any]:
    """Name without .json -> schema."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


@cache
def validator(name: str) -> Draft202012Validator:
    made = [(f"{n}.json", Resource.from_contents(s, default_specification=DRAFT202012)) for n, s in schemas().items()]
    return Draft202012Validator(schemas()[name], registry=Registry().with_resources(made))


def conform(name: str, value: Any) -> None:
    """Nothing if ``value`` (from JSON) is what docs/schema/NAME.json promises, else AssertionError naming the place."""
    faults = [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]
    assert not faults, f"{name}: " + "; ".join(faults[:5])
