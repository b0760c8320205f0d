"""Calls made up from the interface's own description: `python -m tests.proof.schemathesis_run --examples 200`.

schemathesis reads /v1/openapi.json and calls every operation with what the description allows and with what it does
not. Every answer must be one of those described, in the shape that is described, and never a 500. Two checks of its are
left out: that what fits is always taken (a schema can't say which addresses are on the publisher's sites), and that a
call without a key is refused, which it tries by taking our key for a made-up one; tests/api tries that.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from paywall import schema
from paywall.app import Product, create_product
from paywall.database import Database
from paywall.publishers.keys.making import NewKey, create_key
from paywall.publishers.keys.rules import ALL_SCOPES
from paywall.publishers.setup import NewPublisher, set_up_publisher
from paywall.publishers.sites import add_site
from paywall.readers.accounts import open_account
from paywall.readers.email_address import parse_email
from paywall.settings import Environment, Settings

HOST = "localhost"
BASE = f"http://{HOST}"
_LEFT_OUT = [positive_data_acceptance, ignored_auth]


class Tried:
    """What was called, and what was wrong."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []

    def __str__(self) -> str:
        lines = [f"{name:48}{count:>7,} calls" for name, count in sorted(self.calls.items())]
        statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.statuses.items()))
        errors = sum(count for status, count in self.statuses.items() if status >= 500)
        total = f"{sum(self.calls.values()):,} calls: {errors} x 5xx, {len(self.failures)} answers not as described"
        return "\n".join([*lines, *self.failures[:10], f"answers: {statuses}", total])


def try_everything(database_url: str, examples: int) -> Tried:
    """Call every operation so many times with what fits and what does not."""
    product, key = _product(database_url)
    tried = Tried()
    described = schemathesis.openapi.from_wsgi("/v1/openapi.json", product.flask)
    described.config.generation.update(with_security_parameters=False)
    try:
        for operation in described.get_all_operations():
            _try(operation.ok(), _caller(key), tried, examples)  # type: ignore[union-attr]
    finally:
        product.database.close()
    return tried


def _try(operation: Any, call: Callable[[Any], Any], tried: Tried, examples: int) -> None:
    name = f"{operation.method.upper()} {operation.path}"

    def one(case: Any) -> None:
        answer = call(case)
        tried.calls[name] += 1
        tried.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, excluded_checks=_LEFT_OUT)
        except (FailureGroup, AssertionError) as failure:
            tried.failures.append(f"{name}: {answer.status_code}: {str(failure)[:300]}")

    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
        cases = operation.as_strategy(generation_mode=mode)
        run = settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        )
        with suppress(Unsatisfiable):  # nothing can be wrong with a path that takes any text
            run(given(cases)(one))()  # type: ignore[no-untyped-call]


def _caller(key: str) -> Callable[[Any], Any]:
    return lambda case: case.call(headers={"Authorization": f"Bearer {key}"})


def _product(database_url: str) -> tuple[Product, str]:
    database = Database(database_url)
    with database.writing() as session:
        publisher = set_up_publisher(session, NewPublisher("paper", "The Paper", HOST))
        add_site(session, publisher.id, "https://www.paper.example", actor="tests")
        new = NewKey("everything", ALL_SCOPES, calls_per_second=1_000_000)
        key = create_key(session, publisher.id, new, actor="tests")
        open_account(session, publisher.id, parse_email("leyla@example.com"), None)
    database.close()
    settings_ = Settings(
        secret_key="schemathesis-0123456789-abcdefgh",
        base_url=BASE,
        env=Environment.TEST,
        database_url=database_url,
        log_level="error",
    )
    return create_product(settings_), key


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was tried; return 1 where an answer was not as described."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--examples", type=int, default=100, help="calls of each kind for each operation")
    examples: int = parser.parse_args(arguments).examples
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'paywall.sqlite3'}"
        schema.migrate(Database(url))
        tried = try_everything(url, examples)
    print(tried)  # noqa: T201 - the figure
    return 1 if tried.failures else 0


if __name__ == "__main__":
    sys.exit(main())
