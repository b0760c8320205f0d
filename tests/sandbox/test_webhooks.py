"""Webhooks: signed, in order, again after a failure, and in a test's own hands."""

import json
import multiprocessing
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe
from werkzeug.test import Client

from paywall.sandbox import Sandbox
from paywall.sandbox.webhooks.delivery import post
from tests.sandbox.conftest import BASE, Inbox, InProcess, Shop, Time, client_of, types_of

HOOK = "http://shop.example/webhooks/stripe"


@pytest.fixture
def secret(client: Any) -> str:
    return str(client.v1.webhook_endpoints.create({"url": HOOK, "enabled_events": ["*"]}).secret)


def taken(inbox: Inbox) -> list[str]:
    return [json.loads(body)["type"] for _, body, _ in inbox.taken]


class TestADelivery:
    def test_is_accepted_by_the_sdks_verifier(self, client: Any, secret: str, sandbox: Sandbox, inbox: Inbox) -> None:
        client.v1.customers.create({"name": "Ləman Ağayeva"})
        assert sandbox.deliverer.drain() == 1
        url, body, headers = inbox.taken[0]
        header = headers["Stripe-Signature"]
        assert url == HOOK
        assert stripe.WebhookSignature.verify_header(body.decode(), header, secret, tolerance=10**12)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(body.decode() + " ", header, secret, tolerance=10**12)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(body.decode(), header, "whsec_other", tolerance=10**12)

    @pytest.mark.usefixtures("secret")
    def test_comes_in_the_order_it_happened(self, shop: Shop, sandbox: Sandbox, inbox: Inbox) -> None:
        shop.subscribe()
        sandbox.deliverer.drain()
        assert len(inbox.taken) > 10
        assert taken(inbox) == types_of(shop.client)[-len(inbox.taken) :]

    @pytest.mark.usefixtures("secret")
    @pytest.mark.parametrize("status", [301, 400, 500, 0, 304])
    def test_that_is_not_taken_is_tried_again_later(
        self, client: Any, sandbox: Sandbox, inbox: Inbox, time: Time, status: int
    ) -> None:
        inbox.answer = lambda _url: status
        client.v1.customers.create({"name": "x"})
        sandbox.deliverer.drain()
        event = client.v1.events.list({"delivery_success": False}).data[0]
        assert event.pending_webhooks == 1
        waiting = sandbox.deliverer.pending()[0]
        assert (waiting.attempts, waiting.due_at) == (1, time.seconds + 10)
        inbox.answer = lambda _url: 200
        sandbox.deliverer.drain()
        assert client.v1.events.list({"delivery_success": False}).data == []
        assert client.v1.events.retrieve(event.id).pending_webhooks == 0

    @pytest.mark.usefixtures("secret")
    def test_is_given_up_after_three_days_and_still_counts_as_undelivered(
        self, client: Any, sandbox: Sandbox, inbox: Inbox, time: Time
    ) -> None:
        inbox.answer = lambda _url: 503
        client.v1.customers.create({"name": "x"})
        attempts = 0
        while waiting := sandbox.deliverer.pending():
            time.move(seconds=max(0, waiting[0].due_at - time.seconds))
            sandbox.deliverer.drain()
            attempts += 1
        assert attempts == len(inbox.taken) == 12
        assert len(client.v1.events.list({"delivery_success": False}).data) == 1

    @pytest.mark.usefixtures("secret")
    def test_that_makes_the_endpoint_raise_is_only_a_failure(self, client: Any, sandbox: Sandbox, inbox: Inbox) -> None:
        def explode(_url: str) -> int:
            raise TimeoutError

        inbox.answer = explode
        client.v1.customers.create({"name": "x"})
        assert sandbox.deliverer.drain() == 1
        assert sandbox.deliverer.pending()[0].attempts == 1

    @pytest.mark.usefixtures("secret")
    def test_may_be_reordered_doubled_and_dropped_by_a_test(self, client: Any, sandbox: Sandbox, inbox: Inbox) -> None:
        for name in "ab":
            client.v1.customers.create({"name": name})
        first, second = sandbox.deliverer.pending()
        sandbox.deliverer.drop(first)
        for one in (second, second, first):
            assert sandbox.deliverer.deliver(one) == 200
        names = [json.loads(body)["data"]["object"]["name"] for _, body, _ in inbox.taken]
        assert names == ["b", "b", "a"]
        assert sandbox.deliverer.pending() == []
        assert [one.seq for one in sandbox.deliverer.delivered()] == [first.seq, second.seq]

    @pytest.mark.usefixtures("secret")
    def test_may_cause_calls_whose_events_follow(self, client: Any, sandbox: Sandbox, inbox: Inbox) -> None:
        def answer(_url: str) -> int:
            if len(inbox.taken) == 1:
                client.v1.customers.create({"name": "second"})
            return 200

        inbox.answer = answer
        client.v1.customers.create({"name": "first"})
        assert sandbox.deliverer.drain() == 2


class TestTheBackgroundThread:
    @pytest.mark.usefixtures("secret")
    def test_sends_by_itself_and_not_while_it_is_held(self, client: Any, sandbox: Sandbox, inbox: Inbox) -> None:
        arrived = threading.Event()

        def answer(_url: str) -> int:
            arrived.set()
            return 200

        inbox.answer = answer
        with sandbox.deliverer.hold():
            sandbox.deliverer.start()
            client.v1.customers.create({"name": "x"})
            assert sandbox.deliverer.pending()
            assert not arrived.is_set()
        assert arrived.wait(10)
        sandbox.deliverer.stop()
        assert taken(inbox) == ["customer.created"]

    def test_posts_over_real_http_and_follows_no_redirect(self) -> None:
        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.send_response(302 if self.path == "/moved" else 200)
                self.send_header("Location", "/ok")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Hook) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                base = f"http://127.0.0.1:{server.server_port}"
                assert [post(base + path, b"{}", {}) for path in ("/ok", "/moved")] == [200, 302]
            finally:
                server.shutdown()
                thread.join()


class TestAnEndpoint:
    def test_tells_its_secret_once(self, client: Any) -> None:
        made = client.v1.webhook_endpoints.create({"url": HOOK, "enabled_events": ["invoice.paid"]})
        assert made.secret.startswith("whsec_")
        assert "secret" not in client.v1.webhook_endpoints.retrieve(made.id)
        assert "secret" not in client.v1.webhook_endpoints.list().data[0]

    def test_gets_only_what_it_listens_to(self, shop: Shop, sandbox: Sandbox, inbox: Inbox) -> None:
        shop.client.v1.webhook_endpoints.create({"url": HOOK, "enabled_events": ["invoice.paid"]})
        shop.subscribe()
        sandbox.deliverer.drain()
        assert taken(inbox) == ["invoice.paid"]

    def test_that_is_disabled_or_deleted_gets_nothing(self, client: Any, sandbox: Sandbox, inbox: Inbox) -> None:
        made = client.v1.webhook_endpoints.create({"url": HOOK, "enabled_events": ["*"]})
        client.v1.webhook_endpoints.update(made.id, {"disabled": True})
        client.v1.customers.create({"name": "x"})
        client.v1.webhook_endpoints.update(made.id, {"disabled": False})
        client.v1.customers.create({"name": "y"})
        client.v1.webhook_endpoints.delete(made.id)
        assert sandbox.deliverer.drain() == 0
        assert inbox.taken == []


class TestEvents:
    def test_are_filtered_by_type_and_kept_thirty_days(self, shop: Shop, time: Time) -> None:
        shop.subscribe()
        listed = shop.client.v1.events.list
        both = listed({"types": ["invoice.paid", "checkout.session.completed"]}).data
        assert [event.type for event in both] == ["checkout.session.completed", "invoice.paid"]
        assert len(listed({"type": "customer.subscription.*"}).data) == 2
        time.move(days=30)
        assert listed({"type": "checkout.session.completed"}).data == []

    def test_say_which_request_and_key_caused_them(self, client: Any) -> None:
        client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"})
        event = client.v1.events.list().data[0]
        assert event.request.idempotency_key == "k1"
        assert event.request.id.startswith("req_")

    def test_tell_what_was_before(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        shop.client.v1.subscriptions.update(subscription.id, {"metadata": {"a": "1"}})
        event = shop.client.v1.events.list().data[0]
        assert event.data.previous_attributes.to_dict() == {"metadata": {}}
        assert event.data.object.metadata.to_dict() == {"a": "1"}


def _create_many(path: Path, count: int) -> None:
    sandbox = Sandbox(path, BASE)
    browser = Client(sandbox.wsgi)
    bearer = {"Authorization": f"Bearer {sandbox.secret_key}"}
    for number in range(count):
        assert browser.post("/v1/customers", data={"name": str(number)}, headers=bearer).status_code == 200
    sandbox.close()


class TestSeveralProcesses:
    def test_share_one_file(self, tmp_path: Path) -> None:
        path = tmp_path / "shared.sqlite"
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=_create_many, args=(path, 20)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert [worker.exitcode for worker in workers] == [0, 0]
        sandbox = Sandbox(path, BASE)
        client = client_of(sandbox, InProcess(sandbox))
        assert len(client.v1.customers.list({"limit": 100}).data) == 40
        sandbox.close()
