"""`POST /webhooks/stripe`: what is taken, what is refused, and that taking it is all that happens there."""

import csv
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sql_event
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from paywall import clock
from paywall.app import create_product
from paywall.billing import parts
from paywall.billing.subscriptions.tables import Subscription
from paywall.billing.webhooks import inbox
from paywall.billing.webhooks.drain import drain_once
from paywall.database import Database
from paywall.settings import Environment, Settings
from tests.billing import webhook_inputs
from tests.billing.stripe_world import World
from tests.billing.webhook_inputs import event, signed, signed_event

PATH = "/webhooks/stripe"
TESTS = Path(__file__).parent.parent
TABLE = list(csv.DictReader((TESTS / "cases" / "webhook.tsv").open(encoding="utf-8"), delimiter="\t"))
CASES = [case for case in TABLE if not case["input"].startswith("story: ")]
TOLD_IN = ("billing/test_webhook.py", "attacks/test_raw_http.py", "proof/webhook_floods.py")


@pytest.fixture
def app(world: World, database_url: str) -> Iterator[Flask]:
    settings = Settings(
        secret_key="0123456789abcdef" * 2, base_url="http://news.test", env=Environment.TEST, database_url=database_url
    )
    product = create_product(settings)
    parts.install(product.flask, world.billing)
    yield product.flask
    product.database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, sent: webhook_inputs.Sent, path: str = PATH) -> int:
    body, headers = sent
    return client.post(path, data=body, headers=headers, base_url="http://news.test").status_code


class TestWhatComesIn:
    def test_gets_its_answer_and_a_refused_body_is_not_kept(self, client: FlaskClient, world: World) -> None:
        answers, kept = {}, {}
        for case in CASES:
            answers[case["id"]] = str(send(client, webhook_inputs.sent(case["input"])))
            kept[case["id"]] = len(world.inbox())
            world.empty_inbox()
        assert answers == {case["id"]: case["answer"] for case in CASES}
        assert kept == {case["id"]: int(case["answer"] == "200") for case in CASES}

    @pytest.mark.parametrize(
        ("name", "note"),
        [
            ("signed_thin", "thin event"),
            ("signed_unknown_type", "type of no concern"),
            ("signed_livemode", "other livemode"),
            ("signed_other_account", "other account"),
        ],
    )
    def test_that_is_of_no_concern_is_kept_as_ignored_with_the_reason_and_counted(
        self, client: FlaskClient, world: World, name: str, note: str
    ) -> None:
        send(client, webhook_inputs.sent(name))
        (kept,) = world.inbox()
        assert (kept.state, kept.note) == ("ignored", note)
        with world.database.reading() as session:
            assert inbox.counts(session) == {note: 1}
        assert drain_once(world.billing) == 0

    # WEB-S30
    def test_in_pieces_of_unknown_length_is_taken_if_it_is_signed(self, client: FlaskClient, world: World) -> None:
        body, headers = signed_event()
        chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        answer = client.post(PATH, data=body, headers=headers, environ_overrides=chunked, base_url="http://news.test")
        assert answer.status_code == 200
        assert len(world.inbox()) == 1

    # WEB-S29
    def test_shorter_than_it_says_is_refused(self, client: FlaskClient, world: World) -> None:
        body, headers = signed_event()
        longer = {"CONTENT_LENGTH": str(len(body) + 100)}
        answer = client.post(PATH, data=body, headers=headers, environ_overrides=longer, base_url="http://news.test")
        assert answer.status_code == 400
        assert world.inbox() == []

    def test_from_another_sites_page_is_judged_by_its_signature_alone(self, client: FlaskClient, world: World) -> None:
        body, headers = signed_event()
        assert send(client, (body, {**headers, "Origin": "https://evil.example"})) == 200
        assert len(world.inbox()) == 1

    # WEB-S35
    @pytest.mark.parametrize("path", [PATH, PATH + "/"])
    def test_is_never_redirected(self, client: FlaskClient, path: str) -> None:
        assert send(client, signed_event(), path) == 200

    def test_by_another_method_is_refused(self, client: FlaskClient) -> None:
        assert client.get(PATH, base_url="http://news.test").status_code == 405


class TestAnEventThatComesAgain:
    def test_is_kept_once_and_always_answered_200(self, client: FlaskClient, world: World) -> None:
        assert [send(client, signed_event()) for _ in range(3)] == [200, 200, 200]
        assert len(world.inbox()) == 1

    # WEB-S23
    def test_by_many_threads_at_once_is_kept_once(self, app: Flask, world: World) -> None:
        start = threading.Barrier(8)
        answers: list[int] = []

        def sender() -> None:
            client = app.test_client()
            start.wait()
            answers.extend(send(client, signed_event()) for _ in range(10))

        threads = [threading.Thread(target=sender) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 80
        assert len(world.inbox()) == 1

    # WEB-S27
    def test_after_thirty_days_freshly_signed_changes_nothing(self, client: FlaskClient, world: World) -> None:
        _, stripe_id = world.subscriber()
        data = {"object": {"id": stripe_id, "object": "subscription", "customer": "cus_x"}}
        send(client, signed_event(data=data))
        drain_once(world.billing)
        world.reads()
        with world.database.writing() as session:
            inbox.sweep(session, clock.wall() + timedelta(days=36))
        assert send(client, signed_event(data=data)) == 200
        drain_once(world.billing)
        assert [row.state for row in world.inbox()] == ["handled"]
        assert world.reads() == []

    def test_after_thirty_days_is_still_known(self, client: FlaskClient, world: World) -> None:
        send(client, signed_event(type="tax.rate.wobbled"))
        with world.database.writing() as session:
            inbox.sweep(session, clock.wall() + timedelta(days=36))
        send(client, signed_event(type="tax.rate.wobbled"))
        assert len(world.inbox()) == 1

    def test_after_forty_days_is_forgotten_but_never_one_that_still_waits(
        self, client: FlaskClient, world: World
    ) -> None:
        send(client, signed_event("evt_closed", type="tax.rate.wobbled"))
        send(client, signed_event("evt_waiting"))
        with world.database.writing() as session:
            inbox.sweep(session, clock.wall() + timedelta(days=41))
        assert [row.event_id for row in world.inbox()] == ["evt_waiting"]


class TestADatabaseThatCantTakeIt:
    def test_makes_stripe_send_it_again_also_while_another_writes_for_long(
        self, client: FlaskClient, world: World
    ) -> None:
        """On SQLite a writer waits for its turn only so long; on PostgreSQL for as long as it is allowed to."""
        impatient = "PRAGMA busy_timeout = 0" if world.database.is_sqlite else "SET lock_timeout = '100ms'"
        engine = world.billing.database.engine
        sql_event.listen(engine, "checkout", lambda driver, *_: driver.execute(impatient))
        table = "" if world.database.is_sqlite else "LOCK TABLE billing_events"
        with Database(engine.url.render_as_string(hide_password=False)).writing() as other:
            if table:
                other.execute(text(table))
            assert send(client, signed_event()) == 503

    # WEB-S32 WEB-S33
    @pytest.mark.parametrize("problem", ["unable to open database file", "database or disk is full"])
    def test_makes_stripe_send_it_again(self, client: FlaskClient, world: World, problem: str) -> None:
        def fail(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            if "billing_events" in statement and statement.lstrip().upper().startswith("INSERT"):
                raise OperationalError(statement, {}, Exception(problem))

        engine = world.billing.database.engine
        sql_event.listen(engine, "before_cursor_execute", fail)
        assert send(client, signed_event()) == 503
        sql_event.remove(engine, "before_cursor_execute", fail)
        assert world.inbox() == []
        assert send(client, signed_event()) == 200


class TestTheTruth:
    def test_is_asked_for_and_never_read_from_the_event(self, client: FlaskClient, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        lie = {"id": stripe_id, "object": "subscription", "status": "canceled", "customer": "cus_x"}
        send(client, signed_event(data={"object": lie}))
        drain_once(world.billing)
        assert world.may_read(reader_id)

    # WEB-S24
    def test_wins_over_events_in_any_order(self, client: FlaskClient, world: World) -> None:
        reader_id, stripe_id = world.subscriber()
        world.billing.gateway.cancel_subscription(stripe_id)
        for one in reversed(world.events()):
            assert send(client, signed(json.dumps(one).encode())) == 200
            drain_once(world.billing)
        current = world.current(reader_id)
        assert current
        assert current.status == "canceled"
        assert {row.state for row in world.inbox()} == {"handled", "ignored"}

    # WEB-S26
    def test_makes_one_row_also_where_an_update_comes_before_the_creation(
        self, client: FlaskClient, world: World
    ) -> None:
        _, stripe_id = world.subscriber()
        for kind in ("customer.subscription.updated", "customer.subscription.created"):
            found = {"id": stripe_id, "object": "subscription", "customer": "cus_x"}
            assert send(client, signed_event(f"evt_{kind}", type=kind, data={"object": found})) == 200
            drain_once(world.billing)
        assert [row.stripe_id for row in world.rows(Subscription)] == [stripe_id]
        assert world.deeds().count("subscription_added") == 1

    def test_wakes_the_drain(self, client: FlaskClient, world: World) -> None:
        send(client, signed_event("evt_a", type="tax.rate.wobbled"))
        assert not world.billing.wake.is_set()
        send(client, signed_event("evt_b"))
        assert world.billing.wake.is_set()

    def test_of_an_event_is_not_asked_for_while_stripe_waits_for_our_answer(
        self, client: FlaskClient, world: World
    ) -> None:
        world.reads()
        send(client, signed(json.dumps(event()).encode()))
        assert world.reads() == []


def test_every_story_of_the_table_is_told() -> None:
    told = {name for file in TOLD_IN for name in re.findall(r"WEB-S\d+", (TESTS / file).read_text(encoding="utf-8"))}
    stories = {case["id"] for case in TABLE} - {case["id"] for case in CASES}
    assert stories == told
