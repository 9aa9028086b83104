"""A home with sealed captures and its package, made once; tests work on copies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.evidence.authority import Tsa, make, serve
from tests.evidence.samples import SHOP, Site, answer, exchange, seal_all, visit


def seal_now(root: Path) -> Site:
    """The usual captures, sealed at this moment under ``root``."""
    other = visit(exchange(f"http://{SHOP}/other", answer(b"other shop's page")), at=9)
    return seal_all(root, more=[other])


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Do not write here: copy with ``site``."""
    return seal_now(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def site(sealed: Site, tmp_path: Path) -> Site:
    shutil.copytree(sealed.root, tmp_path / "home")
    return Site(root=tmp_path / "home", captures=sealed.captures)


@pytest.fixture(scope="module")
def lately(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Sealed for this file: a stamp over what was sealed ten minutes ago is late. Do not write here: copy with ``site_now``."""
    return seal_now(tmp_path_factory.mktemp("lately"))


@pytest.fixture
def site_now(lately: Site, tmp_path: Path) -> Site:
    shutil.copytree(lately.root, tmp_path / "home")
    return Site(root=tmp_path / "home", captures=lately.captures)


@pytest.fixture(scope="session")
def packed(sealed: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package as a folder. Do not write here: copy with ``package``."""
    root = tmp_path_factory.mktemp("packed")
    shutil.copytree(sealed.root, root / "home")
    return Site(root=root / "home", captures=sealed.captures).package(root / "out")


@pytest.fixture(scope="session")
def zipped(sealed: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package as a zip. Do not write here."""
    root = tmp_path_factory.mktemp("zipped")
    shutil.copytree(sealed.root, root / "home")
    return Site(root=root / "home", captures=sealed.captures).package(root / "out", zip=True)


@pytest.fixture
def package(packed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(packed, tmp_path / packed.name))


@pytest.fixture
def fresh(packed: Path, tmp_path: Path) -> Callable[[], Path]:
    """A new copy of the package at each call; the one before is gone."""

    def make() -> Path:
        target = tmp_path / "copy"
        shutil.rmtree(target, ignore_errors=True)
        return Path(shutil.copytree(packed, target))

    return make


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    """A running time-stamp authority."""
    with serve(make(tmp_path_factory.mktemp("tsa") / "tsa")) as running:
        yield running


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    """A running authority that certified itself."""
    with serve(make(tmp_path_factory.mktemp("own") / "own", self_signed=True)) as running:
        yield running
