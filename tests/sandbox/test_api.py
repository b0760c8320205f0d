"""What every operation shares: the key, forms and errors, faults."""

import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from werkzeug.test import Client

from paywall.sandbox import ConnectionDropped, Sandbox
from tests.sandbox.calls import BEARER, error_of, post
from tests.sandbox.conftest import InProcess, Shop, client_of


class TestTheKey:
    @pytest.mark.parametrize("key", ["sk_live_abc", "sk_test_abc", "rk_live_x", "", "sandbox"])
    def test_of_anything_real_is_refused_before_anything_is_made(self, key: str) -> None:
        with pytest.raises(ValueError, match="only takes a key that starts with sk_test_sandbox"):
            Sandbox(":memory:", "http://x", secret_key=key)

    def test_that_is_wrong_gets_401_and_is_not_echoed(self, sandbox: Sandbox, transport: InProcess) -> None:
        with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+long"):
            client_of(sandbox, transport, key="sk_test_something_long").v1.products.list()

    def test_that_is_missing_gets_401(self, browser: Client) -> None:
        answer = browser.get("/v1/customers")
        assert answer.status_code == 401
        assert "You did not provide an API key" in error_of(answer)["message"]

    def test_may_come_by_basic_authorization(self, browser: Client) -> None:
        basic = b64encode(b"sk_test_sandbox:").decode()
        assert browser.get("/v1/customers", headers={"Authorization": f"Basic {basic}"}).status_code == 200


class TestAnError:
    def test_names_an_unknown_parameter(self, client: Any) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.create({"nickname": "x"})
        assert caught.value.http_status == 400
        assert (caught.value.code, caught.value.param) == ("parameter_unknown", "nickname")
        assert str(caught.value.request_id).startswith("req_")

    def test_names_an_unknown_parameter_inside_a_list(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            shop.session(shop.customer(), line_items=[{"price": shop.price.id, "quantity": 1, "colour": "red"}])
        assert caught.value.param == "line_items[0][colour]"

    @pytest.mark.parametrize(
        ("params", "param", "code"),
        [
            ({}, "line_items", "parameter_missing"),
            ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]", "resource_missing"),
            ({"line_items": [{"quantity": 1}]}, "line_items[0][price]", "parameter_missing"),
            ({"line_items": "x"}, "line_items", None),
            (
                {"line_items": [{"price": "p", "quantity": "two"}]},
                "line_items[0][quantity]",
                "parameter_invalid_integer",
            ),
        ],
    )
    def test_names_the_parameter_that_is_wrong_or_missing(
        self, client: Any, params: dict[str, Any], param: str, code: str | None
    ) -> None:
        known = {"mode": "subscription", "success_url": "http://shop.example/"}
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.checkout.sessions.create({**known, **params})
        assert (caught.value.http_status, caught.value.param, caught.value.code) == (400, param, code)

    def test_says_which_object_does_not_exist(self, client: Any) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_none'") as caught:
            client.v1.customers.retrieve("cus_none")
        assert (caught.value.http_status, caught.value.code, caught.value.param) == (404, "resource_missing", "id")

    @pytest.mark.parametrize("path", ["/v1/quotes", "/v1/customers/a/b/c", "/v1/", "/v1/customers//x"])
    def test_says_which_address_it_does_not_know(self, browser: Client, path: str) -> None:
        answer = browser.get(path, headers=BEARER)
        assert answer.status_code == 404
        assert error_of(answer)["message"].startswith(f"Unrecognized request URL (GET: {path})")

    @pytest.mark.parametrize(
        "body",
        [
            b"email=%ff%fe",
            b"\xff\xfe",
            b"email=a%00b",
            b"metadata[a]=1&metadata=2&metadata[b]=3",
            b"metadata" + b"[a]" * 50 + b"=1",
            b"&".join(b"metadata[k%d]=1" % n for n in range(3000)),
            b"[=1",
            b"email[]=1",
            b"email=not-an-address",
            b"metadata[%s]=1" % (b"k" * 41),
            b"name=" + b"x" * 6000,
            b"email=" + b"[" * 10_000,
        ],
    )
    def test_is_the_answer_to_hostile_forms_and_nothing_is_stored(self, browser: Client, body: bytes) -> None:
        answer = post(browser, "/v1/customers", body)
        assert answer.status_code == 400
        assert error_of(answer)["type"] == "invalid_request_error"
        assert browser.get("/v1/customers", headers=BEARER).get_json()["data"] == []

    def test_carries_the_id_of_the_request(self, browser: Client) -> None:
        answer = browser.get("/v1/nothing", headers=BEARER)
        assert answer.headers["Request-Id"] in error_of(answer)["request_log_url"]


class TestAFault:
    def test_of_a_lost_answer_leaves_the_work_done_and_the_key_replays_it(self, sandbox: Sandbox, client: Any) -> None:
        sandbox.faults.add("POST /v1/customers", drop_after_commit=True)
        with pytest.raises(stripe.APIConnectionError):
            client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"})
        again = client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"})
        assert [one.id for one in client.v1.customers.list().data] == [again.id]

    def test_of_a_lost_request_leaves_nothing(self, sandbox: Sandbox, client: Any) -> None:
        sandbox.faults.add("POST /v1/customers", drop_before=True)
        with pytest.raises(stripe.APIConnectionError):
            client.v1.customers.create({"name": "x"})
        assert client.v1.customers.list().data == []

    @pytest.mark.parametrize(("status", "situation"), [(500, stripe.APIError), (429, stripe.RateLimitError)])
    def test_of_a_status_happens_as_often_as_told_and_stores_no_key(
        self, sandbox: Sandbox, client: Any, status: int, situation: type[Exception]
    ) -> None:
        sandbox.faults.add("POST /v1/customers", status=status, times=2)
        for _ in range(2):
            with pytest.raises(situation):
                client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"})
        assert client.v1.customers.create({"name": "x"}, {"idempotency_key": "k1"}).name == "x"

    def test_of_a_broken_body_is_seen_by_the_sdk(self, sandbox: Sandbox, browser: Client) -> None:
        sandbox.faults.add("GET /v1/customers/<id>", body=b"not json")
        assert browser.get("/v1/customers/cus_x", headers=BEARER).data == b"not json"

    def test_may_hold_the_answer_after_the_work_is_done(self, sandbox: Sandbox, client: Any) -> None:
        gate = threading.Event()
        sandbox.faults.add("POST /v1/products", gate=gate, gate_at="after")
        with ThreadPoolExecutor(1) as pool:
            held = pool.submit(client.v1.products.create, {"name": "x"})
            while not client.v1.products.list().data:
                assert not held.done()
            gate.set()
            assert held.result().name == "x"

    def test_is_gone_when_faults_are_cleared(self, sandbox: Sandbox, client: Any) -> None:
        sandbox.faults.add("*", drop_before=True, times=None)
        with pytest.raises(stripe.APIConnectionError):
            client.v1.customers.list()
        sandbox.faults.clear()
        assert client.v1.customers.list().data == []

    def test_of_a_dropped_connection_leaves_the_application_as_an_exception(
        self, sandbox: Sandbox, browser: Client
    ) -> None:
        sandbox.faults.add("GET /v1/customers", drop_before=True)
        with pytest.raises(ConnectionDropped):
            browser.get("/v1/customers", headers=BEARER)
