"""Each wrong receiver against the one test that catches it quickest; `python -m tests.proof.mutants` runs the suite."""

import importlib
import inspect
from collections.abc import Callable

import pytest

from tests.billing.conftest import world  # noqa: F401 - a fixture that the tests below ask for by name
from tests.billing.test_webhook import app, client  # noqa: F401 - as above
from tests.proof.mutants.catalogue import CAUGHT_BY, HAPPY, MUTANTS

Told = Callable[[str], None]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough here."""
    return sqlite_url


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Told:
    """Run another module's test by its node id, with the fixtures that it asks for."""

    def run(node: str) -> None:
        path, which, method = node.split("::")
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        test = getattr(getattr(module, which)(), method)
        test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})

    return run


@pytest.mark.parametrize("letter", MUTANTS)
class TestAWrongReceiver:
    def test_does_what_is_asked_of_it_as_long_as_nothing_goes_wrong(self, letter: str, tell: Told) -> None:
        with MUTANTS[letter].installed():
            tell(HAPPY[0])

    def test_is_caught(self, letter: str, tell: Told) -> None:
        with MUTANTS[letter].installed(), pytest.raises(AssertionError):
            tell(CAUGHT_BY[letter])


@pytest.mark.parametrize("node", sorted(set(CAUGHT_BY.values())))
def test_the_product_itself_is_not(node: str, tell: Told) -> None:
    tell(node)
