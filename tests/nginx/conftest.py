"""The site behind each of the recipes that gate it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nginx.site import Site, site

RECIPES = ("authorize.conf", "no-call.conf")


@pytest.fixture(scope="session", params=RECIPES)
def paper(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_with_tables: Path
) -> Iterator[Site]:
    """The site behind a recipe, shared by all tests that leave it running; each of them runs with each recipe."""
    folder = tmp_path_factory.mktemp("nginx")
    shutil.copy(sqlite_with_tables, folder / "paywall.sqlite3")
    with site(folder, request.param, f"sqlite:///{folder / 'paywall.sqlite3'}") as served:
        yield served


@pytest.fixture(params=RECIPES)
def own_paper(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> Iterator[Site]:
    """The site behind a recipe, for a test that stops the service."""
    with site(tmp_path, request.param, sqlite_url) as served:
        yield served


@pytest.fixture
def no_call(tmp_path: Path, sqlite_url: str) -> Iterator[Site]:
    """The site behind the recipe that opens payers' pages without a call, to be stopped."""
    with site(tmp_path, "no-call.conf", sqlite_url) as served:
        yield served
