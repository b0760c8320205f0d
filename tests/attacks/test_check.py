"""Hostile calls of `/v1/check`: each gets the answer that is written down for it, and none a failure."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from paywall import clock
from paywall.api.ground import pace
from paywall.app import Product
from paywall.gate.passes import Pass, mint, pass_key
from paywall.meter.store import MeterUnavailable
from paywall.publishers.keys.making import NewKey, create_key, revoke_key, rotate_key
from paywall.publishers.keys.rules import Scope, new_key, read_key
from paywall.publishers.sites import add_site
from tests.attacks.check_inputs import Sent, question, sent
from tests.gate.conftest import an_article

CASES = Path(__file__).resolve().parent.parent / "cases" / "check.tsv"
with CASES.open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file, delimiter="\t"))
SITE = "https://www.paper.test"


class Stage:
    """A publisher's server with a key, and what some cases need beside it."""

    def __init__(self, product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
        self.product, self.patch = product, monkeypatch
        self.key = self.make_key()
        with product.database.writing() as session:
            add_site(session, 1, SITE, actor="tests")
            session.add_all([an_article(1, "harbour", url=f"{SITE}/harbour"), an_article(2, "rivals-own")])
        product.follower.poll()

    def make_key(self, **more: Any) -> str:
        new = NewKey("a key", frozenset({Scope.CHECK}), **more)
        with self.product.database.writing() as session:
            return create_key(session, 1, new, actor="tests")

    def call(self, what: Sent, key: str | None = None, **headers: str) -> TestResponse:
        values = {"method": "POST", "content_type": "application/json", "base_url": "https://news.test", **what}
        values["headers"] = {"Authorization": f"Bearer {key or self.key}", **what.get("headers", {}), **headers}
        client = self.product.flask.test_client(use_cookies=False)
        return client.open(values.pop("path", "/v1/check"), **values)

    def key_unknown(self) -> TestResponse:
        return self.call(question(), new_key(is_publishable=False))

    def key_revoked(self) -> TestResponse:
        key = self.make_key()
        with self.product.database.writing() as session:
            revoke_key(session, 1, public_id(key), actor="tests")
        return self.call(question(), key)

    def key_expired(self) -> TestResponse:
        key = self.make_key()
        with self.product.database.writing() as session:
            rotate_key(session, 1, public_id(key), timedelta(), actor="tests")
        return self.call(question(), key)

    def page_of_another_origin(self) -> TestResponse:
        return self.call(question(), self.make_key(is_publishable=True), Origin="https://evil.example")

    def uncounted_by_a_page(self) -> TestResponse:
        key = self.make_key(is_publishable=True)
        answer = self.call(question(count=False), key, Origin=SITE)
        assert (answer.json or {})["viewsLeft"] == 2
        return answer

    def token_of_another_publisher(self) -> TestResponse:
        now = int(clock.wall().timestamp())
        token = mint(pass_key("0123456789abcdef" * 2), Pass(2, 1, 1, 0, None, True, 0, now, bytes(6)))
        return self.call({"data": json.dumps({"article": "metered-0", "reader": token}).encode()})

    def batch_with_three_unknown(self) -> TestResponse:
        names = [f"metered-{number % 10}" for number in range(97)] + ["no-1", "no-2", "no-3"]
        asked = [{"article": name, "visitor": "visitor-0001", "count": False} for name in names]
        answer = self.call({"data": json.dumps({"checks": asked}).encode(), "path": "/v1/checks"})
        results = (answer.json or {})["results"]
        assert [one.get("error") for one in results] == [None] * 97 + ["not_found"] * 3
        return answer

    def ten_times_under_one_key(self) -> TestResponse:
        answers = [self.call(question(), **{"Idempotency-Key": "page-view-1"}) for _ in range(10)]
        assert len({answer.data for answer in answers}) == 1
        assert (self.call(question("metered-1")).json or {})["viewsLeft"] == 1
        return answers[-1]

    def call_1001_in_a_second(self) -> TestResponse:
        self.patch.setattr(pace, "monotonic", lambda: 7.0)
        answers = [self.call(question(count=False)) for _ in range(1001)]
        assert {one.status_code for one in answers[:-1]} == {200}
        assert (answers[0].headers["RateLimit-Limit"], answers[-1].headers["RateLimit-Remaining"]) == ("1000", "0")
        assert (answers[-1].headers["Retry-After"], answers[-1].headers["RateLimit-Reset"]) == ("1", "1")
        return answers[-1]

    def meter_store_down(self) -> TestResponse:
        self.patch.setattr(self.product.gate.meter._rows, "read", _fail_to_count)
        network = {"address": "203.0.113.9"}
        answers = [
            self.call(question(f"metered-{n % 10}", visitor=f"visitor-{n:04}", network=network)) for n in range(70)
        ]
        said = [answer.json or {} for answer in answers]
        assert {one["degraded"] for one in said} == {"meter"}
        assert answers[0].headers["Paywall-Degraded"] == "meter"
        return answers[0]

    def database_down_key_unseen(self) -> TestResponse:
        self._cut()
        answer = self.call(question())
        assert answer.headers["Retry-After"] == "10"
        return answer

    def database_down_key_seen(self) -> TestResponse:
        self.call(question(count=False))
        self._cut()
        return self.call(question())

    def _cut(self) -> None:
        event.listen(self.product.database.engine, "before_cursor_execute", _fail)


def _fail(*_: object) -> None:
    raise OperationalError("", {}, Exception("the database is gone"))


def _fail_to_count(*_: object) -> None:
    raise MeterUnavailable


def public_id(key: str) -> str:
    spelled = read_key(key)
    assert spelled
    return spelled.public_id


@pytest.fixture
def stage(product: Product, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(product, monkeypatch)


class TestEachCase:
    @pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['id']}-{row['input']}")
    def test_gets_the_answer_that_is_written_down(self, stage: Stage, row: dict[str, str]) -> None:
        staged: Callable[[], TestResponse] | None = getattr(stage, row["input"], None)
        answer = staged() if staged else stage.call(sent(row["input"]))
        status, *words = row["answer"].split()
        assert answer.status_code == int(status), answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        body = answer.json or {}
        if answer.status_code == 400:
            assert [error["field"] for error in body["errors"]] == words
        elif answer.status_code > 400:
            assert (answer.mimetype, body["status"]) == ("application/problem+json", answer.status_code)
        elif words:
            assert [body["extent"], *([body["tokenError"]] if body["tokenError"] else [])] == words
            assert "ETag" not in answer.headers


class TestRefusedKeys:
    def test_are_refused_by_the_same_bytes(self, stage: Stage) -> None:
        answers = [stage.key_unknown(), stage.key_revoked(), stage.key_expired(), stage.call(question(), "x")]
        answers.append(stage.call({**question(), "headers": {"Authorization": "Basic eDp4"}}))
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.data for answer in answers}) == 1
        assert len({tuple(answer.headers) for answer in answers}) == 1
        assert answers[0].headers["WWW-Authenticate"] == "Bearer"


class TestAFloodWithoutTheMeter:
    @pytest.mark.parametrize("network", [{"address": "203.0.113.9", "userAgent": "x"}, None])
    def test_opens_no_more_than_the_cap_of_one_network_told_or_not(
        self, stage: Stage, network: dict[str, str] | None
    ) -> None:
        stage.patch.setattr(stage.product.gate.meter._rows, "read", _fail_to_count)
        with stage.product.database.writing() as session:
            session.add_all(an_article(1, f"story-{number}") for number in range(80))
        answers = [
            stage.call(question(f"story-{n}", visitor=f"visitor-{n:04}", network=network)).json or {} for n in range(80)
        ]
        assert [one["extent"] for one in answers].count("full") == 3 * 20
