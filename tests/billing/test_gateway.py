"""The gateway: plain data whatever the SDK makes of it, and a situation of ours for everything that goes wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
from werkzeug.wrappers import Request, Response

from paywall.billing.stripe_errors import (
    CardRefused,
    IdempotencyConflict,
    StripeNotFound,
    StripeRefused,
    StripeUnavailable,
    is_kept,
)
from paywall.billing.stripe_gateway import API_VERSION, TIMEOUT_SECONDS, InProcess, StripeGateway
from paywall.errors import PaywallError

SUBSCRIPTION = {"id": "sub_1", "object": "subscription", "items": {"object": "list", "data": [{"id": "si_1"}]}}


class Stripe:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        status, body = self.answers.pop(0)
        if isinstance(body, Exception):
            raise body
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(text, status, {"Request-Id": "req_1"})(environ, start_response)


def gateway(*answers: tuple[int, Any], retries: int = 0) -> tuple[StripeGateway, Stripe]:
    made = Stripe(*answers)
    return StripeGateway("sk_test_1", transport=InProcess(made), retries=retries), made


def error(**fields: str) -> dict[str, Any]:
    return {"error": {"message": "No.", **fields}}


class TestAnAnswer:
    def test_is_plain_data_all_the_way_down(self) -> None:
        asked, _ = gateway((200, {**SUBSCRIPTION, "metadata": {"reader": "7"}, "trial_end": None}))
        found = asked.retrieve_subscription("sub_1")
        assert json.loads(json.dumps(found)) == {**SUBSCRIPTION, "metadata": {"reader": "7"}, "trial_end": None}
        assert type(found["items"]["data"][0]) is dict

    def test_with_decimals_is_plain_data_too(self) -> None:
        asked, _ = gateway((200, {"id": "price_1", "object": "price", "unit_amount_decimal": "499.5"}))
        assert asked.ask(lambda v1: v1.prices.retrieve("price_1"))["unit_amount_decimal"] == "499.5"

    def test_in_pages_is_read_to_the_end(self) -> None:
        def page(identifier: str, *, more: bool) -> dict[str, Any]:
            data = [{"id": identifier, "object": "subscription"}]
            return {"object": "list", "url": "/v1/subscriptions", "data": data, "has_more": more}

        asked, stripe_ = gateway((200, page("sub_1", more=True)), (200, page("sub_2", more=False)))
        assert [one["id"] for one in asked.list_subscriptions("cus_1")] == ["sub_1", "sub_2"]
        assert [request.args.get("starting_after") for request in stripe_.asked] == [None, "sub_1"]

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b'"x"', b"null", b"1", b"{}", b'{"id": 7}', b"\xff\xfe", b"<html>"]
    )
    def test_that_nobody_can_read_is_stripe_being_away(self, body: bytes) -> None:
        asked, _ = gateway((200, body), (200, body))
        with pytest.raises(StripeUnavailable) as caught:
            asked.retrieve_subscription("sub_1")
        assert not is_kept(caught.value)
        with pytest.raises(StripeUnavailable):
            asked.list_subscriptions("cus_1")


class TestAQuestion:
    def test_names_key_version_and_idempotency_key(self) -> None:
        asked, stripe_ = gateway((200, {"id": "cus_1", "object": "customer"}))
        asked.create_customer(email="a@example.org", metadata={"reader": "7"}, idempotency_key="customer:7")
        (request,) = stripe_.asked
        assert request.headers["Authorization"] == "Bearer sk_test_1"
        assert request.headers["Stripe-Version"] == API_VERSION == "2026-10-28.endive"
        assert request.headers["Idempotency-Key"] == "customer:7"
        assert request.form.to_dict() == {"email": "a@example.org", "metadata[reader]": "7"}

    def test_for_events_says_only_what_was_asked(self) -> None:
        asked, stripe_ = gateway((200, {"object": "list", "data": [], "has_more": False, "url": "/v1/events"}))
        assert list(asked.list_events(created_since=7)) == []
        args = stripe_.asked[0].args.to_dict()
        assert args == {"limit": "100", "created[gte]": "7"}

    def test_waits_no_longer_than_seconds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given: dict[str, Any] = {}

        def client(**options: Any) -> InProcess:
            given.update(options)
            return InProcess(Stripe())

        monkeypatch.setattr(stripe, "RequestsClient", client)
        StripeGateway("sk_test_1")
        assert given == {"timeout": TIMEOUT_SECONDS}
        assert TIMEOUT_SECONDS <= 10

    def test_is_asked_once_more_when_the_connection_is_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)
        asked, stripe_ = gateway((0, ConnectionError()), (200, SUBSCRIPTION), retries=1)
        assert asked.retrieve_subscription("sub_1")["id"] == "sub_1"
        assert len(stripe_.asked) == 2

    @pytest.mark.parametrize(("key", "is_live"), [("sk_live_1", True), ("rk_live_1", True), ("sk_test_1", False)])
    def test_goes_to_the_world_that_the_key_is_of(self, key: str, *, is_live: bool) -> None:
        assert StripeGateway(key, transport=InProcess(Stripe())).is_live is is_live


class TestAnError:
    @pytest.mark.parametrize(
        ("status", "body", "situation"),
        [
            (500, error(type="api_error"), StripeUnavailable),
            (503, b"<html>", StripeUnavailable),
            (429, error(type="invalid_request_error", code="rate_limit"), StripeUnavailable),
            (400, error(type="invalid_request_error", param="price"), StripeRefused),
            (400, error(type="invalid_request_error", code="resource_missing", param="customer"), StripeRefused),
            (401, error(type="invalid_request_error"), StripeRefused),
            (403, error(type="invalid_request_error"), StripeRefused),
            (404, error(type="invalid_request_error", code="resource_missing"), StripeNotFound),
            (402, error(type="card_error", code="card_declined"), CardRefused),
            (409, error(type="invalid_request_error", code="idempotency_key_in_use"), IdempotencyConflict),
            (400, error(type="idempotency_error"), IdempotencyConflict),
        ],
    )
    def test_is_a_situation_of_ours_on_one_object_and_on_a_list(
        self, status: int, body: Any, situation: type[PaywallError]
    ) -> None:
        asked, _ = gateway((status, body), (status, body))
        with pytest.raises(situation) as caught:
            asked.retrieve_subscription("sub_1")
        assert type(caught.value) is situation
        assert caught.value.status == 503
        with pytest.raises(situation):
            asked.list_subscriptions("cus_1")

    def test_of_a_card_speaks_in_stripes_words(self) -> None:
        asked, _ = gateway((402, error(type="card_error", message="Your card was declined.")))
        with pytest.raises(CardRefused) as caught:
            asked.retrieve_subscription("sub_1")
        assert caught.value.sentence == "Your card was declined."

    def test_of_ours_never_repeats_to_readers_what_stripe_said(self) -> None:
        asked, _ = gateway((401, error(message="Invalid API Key provided: sk_test_1")))
        with pytest.raises(StripeRefused) as caught:
            asked.retrieve_subscription("sub_1")
        assert "sk_test" not in caught.value.sentence

    def test_of_ours_raises_an_alarm_and_one_of_theirs_does_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        asked, _ = gateway((400, error()), (500, error()), (404, error()))
        for _ in range(3):
            with pytest.raises(PaywallError):
                asked.retrieve_subscription("sub_1")
        said = capsys.readouterr()
        assert (said.out + said.err).count("alarm") == 1

    @pytest.mark.parametrize(
        ("status", "body", "kept"),
        [
            (500, error(type="api_error"), True),
            (400, error(type="idempotency_error"), True),
            (409, error(), False),
            (429, error(), False),
            (0, ConnectionError(), False),
        ],
    )
    def test_tells_whether_the_same_key_could_bring_a_better_answer(
        self, status: int, body: Any, *, kept: bool
    ) -> None:
        asked, _ = gateway((status, body))
        with pytest.raises(PaywallError) as caught:
            asked.create_customer(email="a@example.org", metadata={}, idempotency_key="k")
        assert is_kept(caught.value) is kept


class TestOverTheNetwork:
    @pytest.fixture
    def address(self) -> Iterator[str]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()

    def test_the_same_gateway_asks_another_address(self, address: str) -> None:
        found = StripeGateway("sk_test_1", api_base=address, retries=0).retrieve_subscription("sub_1")
        assert found["id"] == "sub_1"

    def test_nobody_at_home_is_stripe_being_away(self) -> None:
        with pytest.raises(StripeUnavailable):
            StripeGateway("sk_test_1", api_base="http://127.0.0.1:1", retries=0).retrieve_subscription("sub_1")


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(SUBSCRIPTION).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""
