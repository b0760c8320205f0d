"""`pytest -p tests.proof.mutants.plugin --mutant=C …` runs tests against a mutant instead of the product."""

from contextlib import ExitStack

import pytest

from tests.proof.mutants.catalogue import MUTANTS


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutant", choices=list(MUTANTS), help="the wrong receiver to put in the product's place")


def pytest_configure(config: pytest.Config) -> None:
    letter = config.getoption("--mutant")
    if letter:
        stack = ExitStack()
        stack.enter_context(MUTANTS[letter].installed())
        config.add_cleanup(stack.close)
