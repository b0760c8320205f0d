"""Idempotency keys: what was asked twice is done once, by threads, processes and after a crash."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe
from werkzeug.test import Client, TestResponse

from paywall.sandbox import Sandbox
from tests.sandbox.calls import BEARER, error_of, post
from tests.sandbox.conftest import BASE, InProcess, Time, client_of


class TestAnIdempotencyKey:
    def test_is_answered_the_same_without_doing_it_again(self, browser: Client) -> None:
        first = post(browser, "/v1/customers", "name=Leyla", **{"Idempotency-Key": "k1"})
        again = post(browser, "/v1/customers", "name=Leyla", **{"Idempotency-Key": "k1"})
        assert first.get_json() == again.get_json()
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert len(browser.get("/v1/customers", headers=BEARER).get_json()["data"]) == 1

    def test_with_other_parameters_is_an_error(self, client: Any) -> None:
        client.v1.customers.create({"name": "Leyla"}, {"idempotency_key": "k1"})
        with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
            client.v1.customers.create({"name": "Aysel"}, {"idempotency_key": "k1"})
        assert caught.value.http_status == 400

    def test_in_use_by_a_request_that_is_still_worked_on_gets_409(self, sandbox: Sandbox, browser: Client) -> None:
        gate = threading.Event()
        sandbox.faults.add("POST /v1/customers", gate=gate)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(post, browser, "/v1/customers", "name=Leyla", **{"Idempotency-Key": "k1"})
            answer = _until_in_use(sandbox)
            gate.set()
            assert first.result().status_code == 200
        assert answer.status_code == 409
        assert error_of(answer)["code"] == "idempotency_key_in_use"

    def test_is_free_again_after_a_request_that_was_not_understood(self, client: Any) -> None:
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.create({"nickname": "x"}, {"idempotency_key": "k1"})
        assert client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"}).name == "x"

    def test_keeps_the_answer_of_a_request_that_failed_while_it_was_done(self, client: Any) -> None:
        for _ in range(2):
            with pytest.raises(stripe.InvalidRequestError, match="No such price"):
                client.v1.checkout.sessions.create(
                    {
                        "mode": "subscription",
                        "line_items": [{"price": "price_none", "quantity": 1}],
                        "success_url": "http://shop.example/",
                    },
                    {"idempotency_key": "k1"},
                )

    def test_is_forgotten_after_a_day(self, client: Any, time: Time) -> None:
        first = client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"})
        time.move(hours=23)
        assert client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"}).id == first.id
        time.move(hours=2)
        assert client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"}).id != first.id

    def test_used_by_many_at_once_makes_one_object(self, sandbox: Sandbox, transport: InProcess) -> None:
        client = client_of(sandbox, transport, retries=5)

        def create(_: int) -> str:
            return str(client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"}).id)

        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(create, range(24)))
        assert len(made) == 1
        assert len(client.v1.customers.list().data) == 1


def _until_in_use(sandbox: Sandbox) -> TestResponse:
    """Ask again until the first request holds the key; a request that came before it would be the first itself."""
    while not sandbox.claims():
        threading.Event().wait(0.005)
    return post(Client(sandbox.wsgi), "/v1/customers", "name=Leyla", **{"Idempotency-Key": "k1"})


def _die_at_work(path: Path) -> None:
    """Claim a key, then end without a word, as a killed process does."""
    sandbox = Sandbox(path, BASE)
    sandbox.faults.add("POST /v1/customers", gate=_Killer())
    post(Client(sandbox.wsgi), "/v1/customers", "name=Leyla", **{"Idempotency-Key": "k1"})


class _Killer(threading.Event):
    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        os._exit(9)


class TestAProcessThatDies:
    def test_leaves_its_key_to_the_next(self, tmp_path: Path) -> None:
        path = tmp_path / "stripe.sqlite"
        dying = multiprocessing.get_context("spawn").Process(target=_die_at_work, args=(path,))
        dying.start()
        dying.join(60)
        assert dying.exitcode == 9
        sandbox = Sandbox(path, BASE)
        assert sandbox.claims() == 1
        answer = post(Client(sandbox.wsgi), "/v1/customers", "name=Leyla", **{"Idempotency-Key": "k1"})
        assert answer.status_code == 200
        sandbox.close()
