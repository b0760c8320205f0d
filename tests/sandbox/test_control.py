"""The control page: the clock is turned, payments fail, disputes come, webhooks are sent again, all by buttons."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from paywall.sandbox import Sandbox
from paywall.sandbox.clocks.turning import Turner
from tests.sandbox.conftest import Inbox, Shop, Time, types_of

PLACE = "/control/clock"


@pytest.fixture
def turner(sandbox: Sandbox, time: Time) -> Turner:
    def advance(by: timedelta) -> None:
        time.at += by

    return sandbox.open_control(advance)


@pytest.fixture
def control(turner: Turner, browser: Client) -> Client:
    assert turner.turn is None
    return browser


@pytest.fixture
def endpoint(client: Any) -> Any:
    return client.v1.webhook_endpoints.create({"url": "http://shop.example/hook", "enabled_events": ["*"]})


def press(control: Client, path: str, **form: str) -> TestResponse:
    return control.post(path, data=form)


def text_of(control: Client) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", control.get("/control").text).split())


def latest_status(shop: Shop, subscription: Any) -> str:
    return str(shop.client.v1.subscriptions.retrieve(subscription.id).status)


class TestThePage:
    def test_is_there_only_where_it_was_opened(self, browser: Client) -> None:
        assert browser.get("/control").status_code == 404

    def test_says_that_payments_are_simulated_and_runs_no_scripts(self, control: Client) -> None:
        answer = control.get("/control")
        assert "Payments are simulated." in answer.text
        assert "<script" not in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

    def test_shows_who_pays_for_what(self, control: Client, shop: Shop) -> None:
        subscription = shop.subscribe()
        page = text_of(control)
        assert "reader@example.org" in page
        assert str(subscription.customer) in page
        assert "active 23 Dec 2026, 12:00 €4.99 paid" in page

    def test_escapes_what_customers_are_called(self, control: Client, client: Any) -> None:
        client.v1.customers.create({"name": "<script>x</script>"})
        assert "<script>x" not in control.get("/control").text

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Host": "evil.example"},
        ],
        ids=str,
    )
    def test_takes_no_form_from_elsewhere(self, control: Client, time: Time, headers: dict[str, str]) -> None:
        before = time.at
        answer = control.post(PLACE, data={"to": "day"}, headers={"Host": "127.0.0.1:8000", **headers})
        assert answer.status_code == 403
        assert time.at == before

    def test_takes_its_own_forms(self, control: Client) -> None:
        own = {"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
        assert control.post(PLACE, data={"to": "day"}, headers=own).status_code == 303

    def test_turns_nothing_for_a_link(self, control: Client) -> None:
        assert control.get(PLACE).status_code == 405


class TestTurningTheClock:
    @pytest.mark.parametrize(
        ("form", "wanted"),
        [
            ({"to": "hour"}, datetime(2026, 11, 23, 13, tzinfo=UTC)),
            ({"to": "day"}, datetime(2026, 11, 24, 12, tzinfo=UTC)),
            ({"to": "week"}, datetime(2026, 11, 30, 12, tzinfo=UTC)),
            ({"to": "month"}, datetime(2026, 12, 23, 12, tzinfo=UTC)),
            ({"date": "2027-01-31"}, datetime(2027, 1, 31, tzinfo=UTC)),
        ],
        ids=str,
    )
    def test_goes_as_far_as_the_button_says(
        self, control: Client, turner: Turner, time: Time, form: dict[str, str], wanted: datetime
    ) -> None:
        assert press(control, PLACE, **form).location.endswith("/control#clock")
        assert turner.wait(30)
        assert time.at == wanted

    def test_to_the_next_renewal_charges_it(self, control: Client, turner: Turner, shop: Shop) -> None:
        subscription = shop.subscribe()
        press(control, PLACE, to="renewal")
        assert turner.wait(30)
        invoices = shop.client.v1.invoices.list({"subscription": subscription.id}).data
        assert [one.status for one in invoices] == ["paid", "paid"]

    @pytest.mark.parametrize(
        ("form", "why"),
        [
            ({"date": "2020-01-01"}, "The clock goes forward only"),
            ({"date": "2030-01-01"}, "The clock goes forward only"),
            ({"date": "soon"}, "Write a date"),
            ({}, "Write a date"),
            ({"to": "renewal"}, "No subscription is to be renewed."),
        ],
        ids=str,
    )
    def test_says_why_it_does_not(self, control: Client, time: Time, form: dict[str, str], why: str) -> None:
        before = time.at
        answer = press(control, PLACE, **form)
        assert answer.status_code == 400
        assert why in answer.text
        assert time.at == before

    @pytest.mark.usefixtures("endpoint")
    def test_stops_at_every_due_second_and_sends_its_webhooks_before_going_on(
        self, control: Client, turner: Turner, shop: Shop, inbox: Inbox, time: Time
    ) -> None:
        shop.subscribe()
        seen: list[tuple[int, int]] = []

        def answer(_url: str) -> int:
            seen.append((json.loads(inbox.taken[-1][1])["created"], time.seconds))
            return 200

        inbox.answer = answer
        press(control, PLACE, date="2027-11-23")
        assert turner.wait(60)
        assert len(seen) > 50
        assert [created for created, at in seen if created != at] == []

    def test_lets_others_follow_at_least_once_a_day(self, sandbox: Sandbox, time: Time) -> None:
        days: list[int] = []

        def advance(by: timedelta) -> None:
            time.at += by

        turner = sandbox.open_control(advance, lambda: days.append(time.seconds))
        assert turner.begin(time.at + timedelta(days=30))
        assert turner.wait(30)
        assert len(set(days)) == 31
        assert days == sorted(days)

    def test_a_long_way_is_shown_while_it_goes_on(self, sandbox: Sandbox, time: Time, browser: Client) -> None:
        def advance(by: timedelta) -> None:
            time.at += by
            page = browser.get("/control").text
            assert "On its way to" in page
            assert 'http-equiv="refresh"' in page
            assert press(browser, PLACE, to="hour").status_code == 400, "one turn at a time"

        turner = sandbox.open_control(advance)
        assert press(browser, PLACE, to="week").status_code == 303
        assert turner.wait(30)
        assert 'http-equiv="refresh"' not in browser.get("/control").text

    def test_a_failure_is_shown_and_the_clock_can_be_turned_again(
        self, sandbox: Sandbox, time: Time, browser: Client
    ) -> None:
        problems = [OSError("no")]

        def advance(by: timedelta) -> None:
            if problems:
                raise problems.pop()
            time.at += by

        turner = sandbox.open_control(advance)
        press(browser, PLACE, to="day")
        assert "The clock stopped" in browser.get("/control").text
        press(browser, PLACE, to="day")
        assert turner.wait(30)


class TestTheHands:
    def test_let_payments_fail_and_succeed_again(
        self, control: Client, turner: Turner, shop: Shop, sandbox: Sandbox
    ) -> None:
        subscription = shop.subscribe()
        press(control, f"/control/customers/{subscription.customer}/card", card="fails")
        assert "payments fail" in text_of(control)
        press(control, PLACE, to="renewal")
        assert turner.wait(30)
        assert latest_status(shop, subscription) == "past_due"
        press(control, f"/control/customers/{subscription.customer}/card", card="pays")
        press(control, PLACE, to="week")
        assert turner.wait(30)
        assert latest_status(shop, subscription) == "active"
        assert sandbox.faults.waiting() == []

    def test_refund_the_last_payment(self, control: Client, shop: Shop) -> None:
        subscription = shop.subscribe()
        assert press(control, f"/control/customers/{subscription.customer}/refund").status_code == 303
        assert shop.client.v1.charges.list().data[0].refunded
        assert press(control, f"/control/customers/{subscription.customer}/refund").status_code == 400

    @pytest.mark.parametrize(("hand", "end"), [("win", "won"), ("lose", "lost")])
    def test_open_a_dispute_and_end_it(self, control: Client, shop: Shop, hand: str, end: str) -> None:
        subscription = shop.subscribe()
        press(control, f"/control/customers/{subscription.customer}/dispute")
        assert "Win the dispute" in control.get("/control").text
        assert press(control, f"/control/customers/{subscription.customer}/{hand}").status_code == 303
        assert shop.client.v1.disputes.list().data[0].status == end
        assert "Win the dispute" not in control.get("/control").text

    def test_delete_a_customer(self, control: Client, shop: Shop) -> None:
        subscription = shop.subscribe()
        press(control, f"/control/customers/{subscription.customer}/delete")
        assert latest_status(shop, subscription) == "canceled"
        assert types_of(shop.client)[-1] == "customer.deleted"

    @pytest.mark.parametrize("path", ["cus_x/refund", "cus_x/card", "cus_x/burn"])
    def test_know_no_others(self, control: Client, path: str) -> None:
        assert press(control, f"/control/customers/{path}").status_code in {400, 404}


class TestWebhooks:
    def test_are_shown_with_what_became_of_them_and_sent_again(
        self, control: Client, client: Any, endpoint: Any, sandbox: Sandbox, inbox: Inbox
    ) -> None:
        inbox.answer = lambda _url: 503
        client.v1.customers.create({"name": "x"})
        sandbox.deliverer.send_due()
        assert "customer.created waiting 1 503" in text_of(control)
        inbox.answer = lambda _url: 200
        press(control, f"/control/webhooks/{sandbox.deliverer.pending()[0].seq}")
        assert "customer.created delivered 2 200" in text_of(control)
        assert endpoint.url in text_of(control)

    def test_of_an_endpoint_get_a_new_secret_that_is_shown_once(
        self, control: Client, endpoint: Any, sandbox: Sandbox
    ) -> None:
        page = press(control, f"/control/endpoints/{endpoint.id}/secret").text
        secret = re.findall(r"whsec_\w+", page)[0]
        assert secret != endpoint.secret
        assert secret not in control.get("/control").text
        assert sandbox.store.private(endpoint.id)["secret"] == secret

    def test_of_an_endpoint_that_was_disabled_are_sent_again(self, control: Client, client: Any, endpoint: Any) -> None:
        client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
        press(control, f"/control/endpoints/{endpoint.id}/on")
        assert client.v1.webhook_endpoints.retrieve(endpoint.id).status == "enabled"


class TestFaults:
    def test_are_set_shown_and_cleared(self, control: Client, sandbox: Sandbox) -> None:
        press(control, "/control/faults", route="POST /v1/customers", kind="status", value="503", times="2")
        press(control, "/control/faults", route="webhook invoice.paid", kind="dup", times="")
        status, dup = sandbox.faults.waiting()
        assert (status.status, status.times, dup.dup, dup.times) == (503, 2, True, None)
        assert "POST /v1/customers : status 503 2 times" in text_of(control)
        press(control, "/control/faults/clear")
        assert "Everything goes right." in text_of(control)

    def test_hold_an_answer_until_they_are_cleared(self, control: Client, sandbox: Sandbox) -> None:
        press(control, "/control/faults", route="POST /v1/customers", kind="gate", times="1")
        assert "POST /v1/customers : gate 1 times" in text_of(control)
        held = sandbox.faults.take("POST /v1/customers")
        assert held is not None
        assert held.gate is not None
        assert not held.gate.is_set()
        press(control, "/control/faults/clear")
        assert held.gate.is_set()

    @pytest.mark.parametrize(
        "form",
        [
            {"route": "POST /v1/nothing", "kind": "hang"},
            {"route": "*", "kind": "body"},
            {"route": "*", "kind": "status", "value": "99"},
            {"route": "*", "kind": "status", "value": "٥٠٠"},
            {"route": "*", "kind": "delay", "value": "-1"},
            {"route": "*", "kind": "hang", "times": "0"},
        ],
        ids=str,
    )
    def test_that_cannot_be_meant_are_refused(self, control: Client, sandbox: Sandbox, form: dict[str, str]) -> None:
        assert press(control, "/control/faults", **form).status_code == 400
        assert sandbox.faults.waiting() == []
