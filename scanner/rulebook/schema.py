"""The JSON Schema of the rulebook's files, for editors: generated from the models that read them.

Owns: which file is which model, joining the models into one schema (draft 2020-12) that picks by content, the few shapes
that models check in code, and putting the Chinese help (``keys``) beside each key. Leaves to others: what the models say
(``rule``, ``tables``, ``condition``). A schema knows one file: whether a named list exists, only loading can say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from scanner.rulebook.keys import KEYS, MODELS_SAID
from scanner.rulebook.rule import MODELS
from scanner.rulebook.tables import CategoryFile, ContextFile, FoldingFile, ListFile, OverrideFile

TABLES: Mapping[str, type[BaseModel]] = {
    "lists": ListFile, "categories": CategoryFile, "contexts": ContextFile, "folding": FoldingFile, "overrides": OverrideFile,
}  # fmt: skip
KINDS: tuple[str, ...] = (*MODELS, *TABLES)
_TOP = {"lists": "lists", "categories": "categories", "contexts": "contexts", "folding": "homophones",
        "overrides": "overrides"}  # the key by which a table is told from the others  # fmt: skip
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What the models check in code, as far as a schema can say it.
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "Pattern": {"oneOf": [{"required": [key]} for key in ("seq", "any", "all", "at_least")]},
    "FieldSays": {"oneOf": [{"required": [key]} for key in ("has", "lacks")]},
    "Amount": {"anyOf": [{"required": [key]} for key in ("min", "max")]},
}
_GAP = "^[0-9]{1,2}-[0-9]{1,2}$"


def schema(kind: str = "") -> dict[str, Any]:
    """The schema of one kind of file (a rule kind, ``lists``, ``categories`` …), or of any of them. KeyError for a kind
    that does not exist."""
    models = {**MODELS, **TABLES} if not kind else {kind: (MODELS | dict(TABLES))[kind]}
    wanted = list(dict.fromkeys(models.values()))
    _, made = models_json_schema([(model, "validation") for model in wanted], by_alias=True)
    shapes: dict[str, Any] = {name: _helped(name, shape) for name, shape in sorted(made["$defs"].items())}
    head = {"$schema": _DRAFT, "$id": f"qingwang-rules{f'-{kind}' if kind else ''}.json"}
    if kind:
        return head | {"title": f"清网规则库：{kind}"} | _one(kind, models[kind]) | {"$defs": shapes}
    cases = [_case(name, model) for name, model in models.items()]
    known = [{"required": [key]} for key in ("kind", *_TOP.values())]
    kinds = {"kind": {"enum": list(MODELS), "description": KEYS["kind"]}}
    return head | {"title": "清网规则库的文件", "type": "object", "properties": kinds, "allOf": cases, "anyOf": known,
                   "$defs": shapes}  # fmt: skip


def _one(kind: str, model: type[BaseModel]) -> dict[str, Any]:
    reference = {"$ref": f"#/$defs/{model.__name__}"}
    return reference if kind in TABLES else {"allOf": [reference], "properties": {"kind": {"const": kind}}}


def _case(kind: str, model: type[BaseModel]) -> dict[str, Any]:
    """Which files the model is for: rules say their kind, tables have a key of their own."""
    if kind in TABLES:
        told: dict[str, Any] = {"required": [_TOP[kind]], "not": {"required": ["kind"]}}
    else:
        told = {"required": ["kind"], "properties": {"kind": {"const": kind}}}
    return {"if": told, "then": {"$ref": f"#/$defs/{model.__name__}"}}


def _helped(name: str, shape: Mapping[str, Any]) -> dict[str, Any]:
    """A model's shape with Chinese help instead of the programmers' words."""
    made = {key: value for key, value in shape.items() if key not in ("title", "description")}
    made |= {"description": MODELS_SAID[name]} if name in MODELS_SAID else {}
    if "properties" in shape:
        made["properties"] = {
            key: {k: v for k, v in value.items() if k != "title"} | {"description": _said(name, key)}
            for key, value in shape["properties"].items()
        }
    if name == "Gap":
        made["properties"]["gap"]["pattern"] = _GAP
    return made | dict(_SHAPES.get(name, {}))


def _said(model: str, key: str) -> str:
    """The help of a key: of this model, else what it means everywhere."""
    return KEYS.get(f"{model}.{key}") or KEYS.get(key, "")
