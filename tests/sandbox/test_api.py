"""The mechanics every operation shares: keys, forms, errors, idempotency, expansion, pages of a list, faults."""

import json
import multiprocessing
import os
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe
from werkzeug.test import Client, TestResponse

from paywall.sandbox import ConnectionDropped, Sandbox
from tests.sandbox.conftest import BASE, InProcess, Shop, Time, client_of

BEARER = {"Authorization": "Bearer sk_test_sandbox"}


def post(browser: Client, path: str, body: str | bytes = "", **headers: str) -> TestResponse:
    sent = {**BEARER, "Content-Type": "application/x-www-form-urlencoded", **headers}
    return browser.post(path, data=body, headers=sent)


def error_of(answer: TestResponse) -> dict[str, Any]:
    return dict(json.loads(answer.data)["error"])


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

    @pytest.mark.parametrize("path", ["/v1/tax_rates", "/v1/customers/a/b/c", "/v1/", "/v1/customers//x"])
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


class TestExpanding:
    def test_goes_four_levels_deep_and_no_further(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        deep = shop.client.v1.subscriptions.retrieve(
            subscription.id, {"expand": ["latest_invoice.payments.data.payment.payment_intent", "customer"]}
        )
        assert deep.latest_invoice.payments.data[0].payment.payment_intent.status == "succeeded"
        assert deep.customer.email == "reader@example.org"
        with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
            shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["a.b.c.d.e"]})

    def test_reaches_into_lists_by_data(self, shop: Shop) -> None:
        shop.subscribe()
        listed = shop.client.v1.subscriptions.list({"expand": ["data.items.data.price.product"]})
        assert listed.data[0]["items"].data[0].price.product.name == "Digital"

    @pytest.mark.parametrize("path", ["email", "nothing", "metadata.x"])
    def test_refuses_what_cannot_be_expanded(self, shop: Shop, path: str) -> None:
        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            shop.client.v1.customers.retrieve(shop.customer().id, {"expand": [path]})

    def test_shows_a_deleted_customer_as_deleted(self, shop: Shop) -> None:
        subscription = shop.subscribe()
        shop.client.v1.customers.delete(str(subscription.customer))
        seen = shop.client.v1.subscriptions.retrieve(subscription.id, {"expand": ["customer"]})
        assert json.loads(str(seen.customer)) == {"id": subscription.customer, "object": "customer", "deleted": True}


class TestAList:
    def test_is_newest_first_and_turned_page_by_page_in_both_directions(self, client: Any) -> None:
        made = [client.v1.customers.create({"name": str(n)}).id for n in range(5)][::-1]
        listed = client.v1.customers.list
        first = listed({"limit": 2})
        assert ([one.id for one in first.data], first.has_more) == (made[:2], True)
        last = listed({"limit": 3, "starting_after": made[1]})
        assert ([one.id for one in last.data], last.has_more) == (made[2:], False)
        back = listed({"limit": 2, "ending_before": made[3]})
        assert ([one.id for one in back.data], back.has_more) == (made[1:3], True)
        assert [one.id for one in listed({"limit": 2}).auto_paging_iter()] == made

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"limit": 0}, "limit"),
            ({"limit": 101}, "limit"),
            ({"starting_after": "cus_none"}, "starting_after"),
            ({"created": {"after": 1}}, "created[after]"),
        ],
    )
    def test_refuses_bounds_that_make_no_sense(self, client: Any, params: dict[str, Any], param: str) -> None:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.list(params)
        assert caught.value.param == param

    def test_is_bounded_in_time(self, client: Any, time: Time) -> None:
        client.v1.customers.create({"name": "early"})
        time.move(days=1)
        client.v1.customers.create({"name": "late"})
        found = client.v1.customers.list({"created": {"gte": time.seconds}})
        assert [one.name for one in found.data] == ["late"]

    def test_leaves_out_what_was_deleted(self, client: Any) -> None:
        gone = client.v1.customers.create({"email": "a@example.org"})
        client.v1.customers.delete(gone.id)
        assert client.v1.customers.list({"email": "a@example.org"}).data == []
        assert client.v1.customers.retrieve(gone.id).deleted


class TestPrices:
    def test_are_found_by_lookup_key_and_pass_it_on(self, shop: Shop) -> None:
        key = "daily:digital:month:eur"
        params = {
            "currency": "eur",
            "unit_amount": 599,
            "product": shop.price.product,
            "recurring": {"interval": "month"},
            "lookup_key": key,
        }
        with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
            shop.client.v1.prices.create(params)
        dearer = shop.client.v1.prices.create({**params, "transfer_lookup_key": True})
        found = shop.client.v1.prices.list({"lookup_keys": [key], "active": True}).data
        assert [price.id for price in found] == [dearer.id]
        assert shop.client.v1.prices.retrieve(shop.price.id).lookup_key is None


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
