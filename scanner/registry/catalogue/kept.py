"""What was learnt, kept in a file beside the register, so that a question costs no learning.

Owns: the file, and knowing whether it was learnt from the rows that are in the register now. Leaves to others: learning
(``learning``). The file holds arrays only and is read without unpickling; a file that is damaged, of another version or
of other rows is learnt anew, never believed.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from scanner.registry.catalogue.calibration import Calibration
from scanner.registry.catalogue.features import Weights
from scanner.registry.catalogue.learning import Models, learn
from scanner.registry.catalogue.nearest import Postings
from scanner.registry.catalogue.product import Products
from scanner.registry.catalogue.softmax import Softmax
from scanner.store.catalogue import CatalogueStore

VERSION = "2"  # of the way of learning; a new one makes old files stale

_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
_SOFTMAX = ("class_by_name", "class_by_both", "code_by_name", "code_by_both")


def place_of(register: Path) -> Path:
    """The file that belongs to a register: ``register.db`` -> ``register.model.npz``."""
    return register.with_name(f"{register.stem}.model.npz")


def products(store: CatalogueStore, register: Path, learning: Callable[[], None] | None = None) -> Products | None:
    """The catalogues of a register, ready to be asked; None where none was imported. ``learning`` is called before a
    model has to be learnt, which takes seconds."""
    digest = store.digest()
    if not digest:
        return None
    rows = tuple(store.all())
    place, mark = place_of(register), f"{VERSION} {digest}"
    models = _read(place, mark, len(rows))
    if models is None:
        if learning is not None:
            learning()
        arrays = _packed(learn(rows))
        _write(place, mark, arrays)
        models = _unpacked(arrays)  # as it will be read again, in half precision: the same answers from the first on
    return Products(rows, models)


def _read(place: Path, mark: str, rows: int) -> Models | None:
    try:
        with np.load(place, allow_pickle=False) as kept:
            if str(kept["mark"]) != mark:
                return None
            models = _unpacked(kept)
    except _UNREADABLE:
        return None
    return models if models.postings.size == len(models.labels) == rows else None


def _unpacked(kept: Any) -> Models:
    def softmax(name: str) -> Softmax:
        return Softmax(kept[f"{name}.weights"].astype(np.float32), kept[f"{name}.bias"])

    def weights(name: str) -> Weights:
        return Weights(int(kept[f"{name}.longest"]), kept[f"{name}.known"], kept[f"{name}.rarity"])

    postings = Postings(kept["starts"], kept["rows"], kept["values"], int(kept["size"]))
    by_name, by_both = (Calibration(kept[f"{name}.from"], kept[f"{name}.right"]) for name in ("by_name", "by_both"))
    return Models(
        names=weights("names"), descriptions=weights("descriptions"), groups=tuple(str(g) for g in kept["groups"]),
        **{name: softmax(name) for name in _SOFTMAX}, postings=postings, labels=kept["labels"], ages=kept["ages"],
        by_name=by_name, by_both=by_both,
    )  # fmt: skip


def _packed(models: Models) -> dict[str, Any]:
    arrays: dict[str, Any] = {
        "groups": np.array(models.groups, dtype=np.str_),
        "labels": models.labels,
        "ages": models.ages,
    }
    for name in ("names", "descriptions"):
        weights: Weights = getattr(models, name)
        arrays |= {f"{name}.longest": weights.longest, f"{name}.known": weights.known, f"{name}.rarity": weights.rarity}
    for name in _SOFTMAX:
        softmax: Softmax = getattr(models, name)
        # Half precision: half the file.
        arrays |= {f"{name}.weights": softmax.weights.astype(np.float16), f"{name}.bias": softmax.bias}
    for name in ("by_name", "by_both"):
        curve: Calibration = getattr(models, name)
        arrays |= {f"{name}.from": curve.from_, f"{name}.right": curve.right}
    near = models.postings
    return arrays | {"starts": near.starts, "rows": near.rows, "values": near.values, "size": near.size}


def _write(place: Path, mark: str, arrays: dict[str, Any]) -> None:
    """Whole or not at all; a folder that cannot be written to only means learning again."""
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=place.name)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, mark=np.array(mark), **arrays)
        os.replace(name, place)
    except OSError:
        Path(name).unlink(missing_ok=True)
