"""What the command line is tried on: an installation before anything is there, and one with a newspaper."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.articles.conftest import source
from tests.cli.operator import Run, settings_for, type_command

__all__ = ["source"]


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line before `paywall migrate`."""
    _settle(monkeypatch, tmp_path)
    return type_command


@pytest.fixture
def run(nowhere: Run, newspaper_file: Path, tmp_path: Path) -> Run:
    """The command line of a newspaper with nothing on sale."""
    shutil.copy(newspaper_file, tmp_path / newspaper_file.name)
    return nowhere


@pytest.fixture(scope="session")
def newspaper_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the commands make it, to be copied: quicker than migrating for each test."""
    folder = tmp_path_factory.mktemp("newspaper")
    with pytest.MonkeyPatch.context() as patch:
        _settle(patch, folder)
        assert type_command("migrate").exit_code == 0
        assert type_command("publisher", "set-up", "news", "The News", "--host", "news.test").exit_code == 0
    path = folder / "paywall.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # into the one file that is copied
    return path


def _settle(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Set the variables of an installation in `folder`, and no other of ours."""
    for name in [name for name in os.environ if name.startswith("PAYWALL_")]:
        patch.delenv(name)
    for name, value in settings_for(folder).items():
        patch.setenv(name, value)
