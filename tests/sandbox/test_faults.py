"""Faults of the API: answers that are late, lost, broken, cut or never come, on the routes named."""

import threading
from typing import Any

import pytest
import stripe
from werkzeug.test import Client

from paywall.sandbox import ConnectionDropped, Sandbox
from paywall.sandbox.faults import Faults
from tests.sandbox.calls import post

ROUTE = "POST /v1/customers"


def customers(client: Any) -> int:
    return len(client.v1.customers.list().data)


class TestAFault:
    def test_concerns_its_route_and_is_over_after_its_times(self, browser: Client, sandbox: Sandbox) -> None:
        sandbox.faults.add(ROUTE, status=503, times=2)
        assert post(browser, "/v1/products", "name=x").status_code == 200
        assert [post(browser, "/v1/customers").status_code for _ in range(3)] == [503, 503, 200]

    def test_that_cuts_the_answer_has_done_the_work(self, browser: Client, client: Any, sandbox: Sandbox) -> None:
        sandbox.faults.add(ROUTE, truncate=20)
        answer = post(browser, "/v1/customers")
        assert (answer.status_code, len(answer.data)) == (200, 20)
        assert customers(client) == 1

    def test_that_cuts_the_answer_is_an_error_to_the_sdk(self, client: Any, sandbox: Sandbox) -> None:
        sandbox.faults.add(ROUTE, truncate=20)
        with pytest.raises(ValueError, match=r"JSON|Expecting|Unterminated|Invalid"):
            client.v1.customers.create({"name": "x"})

    def test_that_hangs_has_done_nothing_and_ends_when_faults_are_cleared(
        self, browser: Client, client: Any, sandbox: Sandbox
    ) -> None:
        sandbox.faults.add(ROUTE, hang=True)
        outcome: list[BaseException] = []
        caller = threading.Thread(target=lambda: outcome.append(_error_of(browser)))
        caller.start()
        while sandbox.faults.waiting():
            pass
        sandbox.faults.clear()
        caller.join(10)
        assert isinstance(outcome[0], ConnectionDropped)
        assert customers(client) == 0

    def test_that_loses_the_answer_is_made_good_by_the_key(self, client: Any, sandbox: Sandbox) -> None:
        sandbox.faults.add(ROUTE, drop_after_commit=True)
        with pytest.raises(stripe.APIConnectionError):
            client.v1.customers.create({"name": "x"}, {"idempotency_key": "k"})
        client.v1.customers.create({"name": "x"}, {"idempotency_key": "k"})
        assert customers(client) == 1

    def test_behind_a_gate_waits_until_it_is_let_go(self, browser: Client, sandbox: Sandbox, client: Any) -> None:
        gate = threading.Event()
        sandbox.faults.add(ROUTE, gate=gate, gate_at="after")
        caller = threading.Thread(target=post, args=(browser, "/v1/customers"))
        caller.start()
        while not customers(client):
            pass
        assert caller.is_alive()
        gate.set()
        caller.join(10)
        assert not caller.is_alive()

    def test_of_every_route_spares_webhooks(self) -> None:
        faults = Faults()
        faults.add("*", status=500)
        assert faults.take("webhook invoice.paid", "webhook *") is None
        assert faults.take(ROUTE, "*") is not None


def _error_of(browser: Client) -> BaseException:
    try:
        post(browser, "/v1/customers")
    except ConnectionDropped as error:
        return error
    raise AssertionError
