"""What a command holds of PostgreSQL: nothing, once it has ended."""

import gc
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.cli.operator import Run


@pytest.fixture
def postgres(nowhere: Run, new_postgres_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> tuple[Run, str]:
    """The command line of an installation on PostgreSQL before `paywall migrate`, and the database's address."""
    url = new_postgres_url()
    monkeypatch.setenv("PAYWALL_DATABASE_URL", url)
    return nowhere, url.replace("+psycopg", "")


@pytest.fixture
def without_collection() -> Iterator[None]:
    """Nothing is let go of because Python happened to tidy up."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.postgres
@pytest.mark.usefixtures("without_collection")
class TestAnOperatorWhoTypesManyCommandsFromOneProgramRunsOutOfConnections:
    @pytest.mark.parametrize("words", ["migrate", "publisher set-up news News --host news.test", "figures rebuild"])
    def test_no_command_leaves_one_behind(self, postgres: tuple[Run, str], words: str) -> None:
        run, url = postgres
        run("migrate")
        run("publisher", "set-up", "first", "First", "--host", "first.test")
        assert run(*words.split()).exit_code == 0
        with psycopg.connect(url, autocommit=True) as connection:
            assert all_are_gone(connection)


def all_are_gone(connection: psycopg.Connection[tuple[str, ...]]) -> bool:
    """Say whether nobody else is connected: the server needs a moment to notice that somebody has left."""
    end = time.monotonic() + 30
    while connection.execute(_OTHERS).fetchall():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


_OTHERS = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
