"""What every room's tests may ask for by name: the real PostgreSQL and Redis of `tests/engines.py`."""

import gc
from collections.abc import Iterator

import dns.resolver
import pytest

pytest_plugins = [
    "tests.engines",
    "tests.databases",
    "tests.quick_apps",
    "tests.quick_databases",
    "tests.required",
    "tests.readers.papers",
]


@pytest.fixture(scope="session", autouse=True)
def no_name_servers() -> Iterator[None]:
    """Have nobody's name servers asked: those of this machine are as if it had none."""

    def none(_resolver: object, _file: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    patch = pytest.MonkeyPatch()
    patch.setattr(dns.resolver.Resolver, "read_resolv_conf", none)
    yield
    patch.undo()


def pytest_collection_finish() -> None:
    """Look for garbage seldom: what is loaded stays, and nearly all that a test makes goes without being looked for."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
