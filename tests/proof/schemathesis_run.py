"""Calls made up from the interface's own description: `python -m tests.proof.schemathesis_run --examples 200`.

schemathesis reads /v1/openapi.json and calls every operation with what the description allows and with what it does
not. Half of what fits names what there is, so that much is found and changed. Every answer must be one of those
described, in the shape that is described, and never a 500. Two checks of its are left out: that what fits is always
taken (a schema can't say which addresses are on the publisher's sites), and that a call without a key is refused, which
it tries by taking our key for a made-up one; tests/api tries that.
"""

import argparse
import itertools
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from paywall import clock, schema
from paywall.database import Database
from tests.proof.two_newspapers import Paper, two_newspapers

_numbers = itertools.count()
_LEFT_OUT = [positive_data_acceptance, ignored_auth]


class Tried:
    """What was called, and what was wrong."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.opened: Counter[str] = Counter()
        self.failures: list[str] = []

    def __str__(self) -> str:
        lines = [
            f"{name:60}{count:>7,} calls{self.opened[name]:>7,} done" for name, count in sorted(self.calls.items())
        ]
        statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.statuses.items()))
        errors = sum(count for status, count in self.statuses.items() if status >= 500)
        total = f"{sum(self.calls.values()):,} calls: {errors} x 5xx, {len(self.failures)} answers not as described"
        return "\n".join([*lines, *self.failures[:10], f"answers: {statuses}", total])


def try_everything(database_url: str, examples: int) -> Tried:
    """Call every operation so many times with what fits and what does not."""
    paper, _other = two_newspapers(database_url)
    tried = Tried()
    described = schemathesis.openapi.from_wsgi("/v1/openapi.json", paper.product.flask, base_url=_base(paper))
    described.config.generation.update(with_security_parameters=False)
    try:
        operations = [found.ok() for found in described.get_all_operations()]  # type: ignore[union-attr]
        for operation in sorted(operations, key=lambda one: one.method == "delete"):
            _try(operation, paper, tried, examples)
    finally:
        paper.product.database.close()
    return tried


def _base(paper: Paper) -> str:
    return f"https://{paper.host}"


def _try(operation: Any, paper: Paper, tried: Tried, examples: int) -> None:
    name, turn = f"{operation.method.upper()} {operation.path}", itertools.count()

    def one(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and next(turn) % 2:
            _name_what_there_is(case, paper)
        answer = case.call(base_url=_base(paper), headers={"Authorization": f"Bearer {_credential(name, paper)}"})
        tried.calls[name] += 1
        tried.statuses[answer.status_code] += 1
        tried.opened[name] += answer.status_code < 300
        try:
            case.validate_response(answer, excluded_checks=_LEFT_OUT)
        except (FailureGroup, AssertionError) as failure:
            tried.failures.append(f"{name}: {answer.status_code}: {str(failure)[:300]}")

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        cases = operation.as_strategy(generation_mode=mode)
        with suppress(Unsatisfiable):  # nothing can be wrong with a path that takes any text
            _settings(examples)(given(cases)(one))()  # type: ignore[no-untyped-call]


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )


def _credential(name: str, paper: Paper) -> str:
    return paper.signed_pass() if "/v1/content" in name else paper.key


def _name_what_there_is(case: Any, paper: Paper) -> None:
    """Put what the paper has in place of made-up names, and addresses on its site in place of addresses on none."""
    there_is = {
        "id": "1" if case.path.startswith("/v1/readers") else "made-by-a-call",
        "article": paper.locked,
        "grant": paper.grant,
        "webhook": paper.webhook,
        "address": "203.0.113.9",
        "network.address": "203.0.113.9",
        "delivery": "1",
        "email": paper.email,
        "code": paper.code() if case.path == "/v1/readers/token" else None,
        "validUntil": f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}",
        "X-Original-URI": f"/{paper.free}",
    }
    for question in _questions(case):
        question["article"] = None  # to be named in a moment
    for part in (case.path_parameters, case.query, case.headers, case.body):
        _replace(part, there_is, f"{paper.site}/{next(_numbers)}" if "webhooks" in case.path else None)


def _questions(case: Any) -> list[Any]:
    """Return what is asked by a call of the check; an example may share its parts with others, so none is shared."""
    if not case.path.startswith("/v1/check"):
        return []
    case.query, case.body = deepcopy(case.query), deepcopy(case.body)
    if not isinstance(case.body, dict):
        return [case.query]
    questions: list[Any] = case.body.get("checks", [case.body])
    return questions


def _replace(part: Any, there_is: Mapping[str, Any], url: str | None) -> None:
    if isinstance(part, list):
        for one in part:
            _replace(one, there_is, url)
    elif isinstance(part, MutableMapping):
        part.pop("slug", None)
        if part.pop("url", None) and url:
            part["url"] = url
        part.update({name: value for name, value in there_is.items() if name in part})
        for inside in ("checks", "articles", "network"):
            _replace(part.get(inside), there_is, url)


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
