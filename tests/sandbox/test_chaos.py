"""Webhooks that go astray: by chance, by a fault on their route, while a secret is replaced, and for days."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import stripe

from paywall.sandbox import Sandbox
from paywall.sandbox.webhooks.fates import Chaos
from tests.sandbox.conftest import Inbox, Time


@pytest.fixture
def endpoint(client: Any) -> Any:
    return client.v1.webhook_endpoints.create({"url": "http://shop.example/hook", "enabled_events": ["*"]})


def names_in(inbox: Inbox) -> list[str]:
    return [json.loads(body)["data"]["object"]["name"] for _, body, _ in inbox.taken]


def make_customers(client: Any, count: int) -> list[str]:
    names = [f"reader {number}" for number in range(count)]
    for name in names:
        client.v1.customers.create({"name": name})
    return names


def send_all(sandbox: Sandbox, time: Time) -> None:
    """Send until nothing waits, moving time to each retry."""
    while waiting := sandbox.deliverer.pending():
        sandbox.deliverer.send_due()
        time.at += timedelta(seconds=max(0, min(one.due_at for one in waiting) - time.seconds))


@pytest.mark.usefixtures("endpoint")
class TestChaos:
    def test_brings_everything_at_last_twice_late_and_in_another_order(
        self, client: Any, sandbox: Sandbox, inbox: Inbox, time: Time
    ) -> None:
        sandbox.chaos = Chaos(seed=7, reorder=0.5, duplicate=0.5, delay=0.3, lose=0.3)
        names = make_customers(client, 30)
        send_all(sandbox, time)
        came = names_in(inbox)
        assert set(came) == set(names)
        assert len(came) > len(names)
        assert list(dict.fromkeys(came)) != names

    def test_is_the_same_for_the_same_seed(self, client: Any, sandbox: Sandbox) -> None:
        make_customers(client, 20)
        waiting = sandbox.deliverer.pending()
        assert [Chaos(1)(one) for one in waiting] == [Chaos(1)(one) for one in waiting]
        assert [Chaos(1)(one) for one in waiting] != [Chaos(2)(one) for one in waiting]

    def test_lets_the_browser_be_back_first(self, client: Any, sandbox: Sandbox, inbox: Inbox, time: Time) -> None:
        sandbox.chaos = Chaos(reorder=0, duplicate=0, delay=0, lose=0, lag=5)
        make_customers(client, 2)
        sandbox.deliverer.send_due()
        assert inbox.taken == []
        time.move(seconds=5)
        sandbox.deliverer.send_due()
        assert names_in(inbox) == ["reader 0", "reader 1"]


@pytest.mark.usefixtures("endpoint")
class TestAFaultOnTheWayOfAWebhook:
    @pytest.mark.parametrize(
        ("what", "came"),
        [
            ({"dup": True}, [0, 0, 1, 2]),
            ({"reorder": True}, [1, 2, 0]),
            ({"delay": 10}, [1, 2]),
            ({"drop_before": True}, [1, 2]),
        ],
    )
    def test_concerns_the_next_of_its_type(
        self, client: Any, sandbox: Sandbox, inbox: Inbox, what: dict[str, object], came: list[int]
    ) -> None:
        make_customers(client, 3)
        sandbox.faults.add("webhook customer.created", **what)
        sandbox.deliverer.send_due()
        assert names_in(inbox) == [f"reader {number}" for number in came]

    def test_is_over_when_what_was_lost_is_tried_again(
        self, client: Any, sandbox: Sandbox, inbox: Inbox, time: Time
    ) -> None:
        make_customers(client, 1)
        sandbox.faults.add("webhook *", drop_before=True, times=2)
        send_all(sandbox, time)
        assert names_in(inbox) == ["reader 0"]
        assert sandbox.deliverer.delivered()[0].attempts == 3

    def test_leaves_the_api_and_other_types_alone(self, client: Any, sandbox: Sandbox, inbox: Inbox) -> None:
        sandbox.faults.add("webhook invoice.paid", drop_before=True)
        make_customers(client, 1)
        sandbox.deliverer.send_due()
        assert names_in(inbox) == ["reader 0"]


class TestASecretThatIsReplaced:
    def test_signs_beside_the_old_one_for_a_day(
        self, client: Any, endpoint: Any, sandbox: Sandbox, inbox: Inbox, time: Time
    ) -> None:
        new = sandbox.roll_secret(endpoint.id)
        make_customers(client, 1)
        sandbox.deliverer.send_due()
        _, body, headers = inbox.taken[0]
        header = headers["Stripe-Signature"]
        assert header.count("v1=") == 2
        for secret in (new, endpoint.secret):
            signed = f"{time.seconds}.".encode() + body
            assert f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}" in header
            stripe.WebhookSignature.verify_header(body.decode(), header, secret)

    def test_signs_alone_after_that(
        self, client: Any, endpoint: Any, sandbox: Sandbox, inbox: Inbox, time: Time
    ) -> None:
        sandbox.roll_secret(endpoint.id)
        time.move(days=1)
        make_customers(client, 1)
        sandbox.deliverer.send_due()
        assert inbox.taken[0][2]["Stripe-Signature"].count("v1=") == 1


class TestAnEndpointThatFailsForDays:
    @pytest.fixture
    def failing(self, client: Any, sandbox: Sandbox, inbox: Inbox, time: Time) -> Callable[[int], None]:
        inbox.answer = lambda _url: 500

        def fail(days: int) -> None:
            for _ in range(days + 1):
                make_customers(client, 1)
                sandbox.deliverer.send_due()
                time.move(days=1)

        return fail

    def test_is_disabled_on_the_ninth_and_nothing_is_kept_for_it(
        self, client: Any, endpoint: Any, sandbox: Sandbox, failing: Callable[[int], None]
    ) -> None:
        sandbox.deliverer.waiting.disable_after = 9 * 86_400
        failing(8)
        assert client.v1.webhook_endpoints.retrieve(endpoint.id).status == "enabled"
        failing(1)
        assert client.v1.webhook_endpoints.retrieve(endpoint.id).status == "disabled"
        waiting = len(sandbox.deliverer.pending())
        make_customers(client, 1)
        assert len(sandbox.deliverer.pending()) == waiting
        sandbox.deliverer.drain()
        assert sandbox.deliverer.pending() == []

    def test_is_left_alone_if_it_takes_one_in_between(
        self, client: Any, endpoint: Any, sandbox: Sandbox, inbox: Inbox, failing: Callable[[int], None]
    ) -> None:
        sandbox.deliverer.waiting.disable_after = 9 * 86_400
        failing(8)
        inbox.answer = lambda _url: 200
        sandbox.deliverer.drain()
        inbox.answer = lambda _url: 500
        failing(8)
        assert client.v1.webhook_endpoints.retrieve(endpoint.id).status == "enabled"
