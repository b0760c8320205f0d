"""The meter on every engine that the product offers, each a real one."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
import sqlalchemy

from paywall.meter.engines import open_store
from paywall.meter.store import MeterStore
from paywall.meter.table import meter_views
from tests.engines import free_port, start_redis

ENGINES = [
    "memory",
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("redis", marks=pytest.mark.redis),
    pytest.param("cluster", marks=pytest.mark.redis),
]
SHARED_ENGINES = ENGINES[1:]


@pytest.fixture
def store(store_url: str) -> MeterStore:
    """A meter on the engine of this parameter."""
    return open_store(store_url)


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of one engine; other tests' rows may be in it, so readers come from `new_reader`."""
    if request.param == "memory":
        return "memory://"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/meter.sqlite3"
    return str(request.getfixturevalue(f"{request.param}_meter_url"))


@pytest.fixture(scope="session")
def postgres_meter_url(new_postgres_url: Callable[[], str]) -> str:
    url = new_postgres_url()
    engine = sqlalchemy.create_engine(url)
    meter_views.create(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def redis_meter_url(redis_url: str) -> str:
    return redis_url


@pytest.fixture(scope="session")
def cluster_meter_url() -> Iterator[str]:
    """A Redis Cluster of one node that owns every slot: it refuses whatever spans two slots, as any Cluster does."""
    folder = Path(tempfile.mkdtemp(prefix="paywall-cluster-"))
    port = free_port_for_cluster()
    server = start_redis(port, folder, "--cluster-enabled", "yes")
    client = redis.Redis(port=port)
    client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))  # type: ignore[no-untyped-call]
    while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO", NEVER_DECODE=True):  # type: ignore[no-untyped-call]
        pass
    yield f"redis+cluster://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def free_port_for_cluster() -> int:
    """A free port that leaves room for the cluster's own bus, 10,000 above it."""
    return next(port for port in iter(free_port, None) if port < 55_000)


@pytest.fixture
def new_reader() -> Callable[[], str]:
    """Make the key of a reader that no other test counts."""
    mine, numbers = uuid4().hex, itertools.count(1)
    return lambda: f"p1:m1:{mine}-{next(numbers)}"


@pytest.fixture
def reader(new_reader: Callable[[], str]) -> str:
    """One reader who has read nothing."""
    return new_reader()
