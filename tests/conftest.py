"""What every room's tests may ask for by name: the real PostgreSQL and Redis of `tests/engines.py`."""

from collections.abc import Iterator

import dns.resolver
import pytest

pytest_plugins = [
    "tests.engines",
    "tests.databases",
    "tests.quick_apps",
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
