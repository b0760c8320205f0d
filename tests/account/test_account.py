"""What a reader sees at home, and what can be done there."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from paywall.billing.ledger.refunding import refund
from paywall.billing.syncing.sync import sync_subscription
from paywall.entitlements.comps import give_comp
from tests.account.conftest import Home
from tests.readers.browser import Browser

PAGES = (
    "/account",
    "/account/payment",
    "/account/payment/open",
    "/account/payment/card",
    "/account/subscription/cancellation",
    "/account/subscription/change",
    "/account/subscription/pause",
    "/account/subscription/continuation",
)


def state_of(page: str) -> str:
    found = re.search(r'id="state">([^<]+)<', page)
    assert found
    return found[1]


class TestTheComplaintThatSomebodySignedInIsAskedToSignIn:
    @pytest.mark.parametrize("path", ["/account", "/account/password", "/account/payment", "/logout", "/subscribe"])
    def test_every_page_that_knows_the_reader_leads_to_signing_out(self, home: Home, path: str) -> None:
        page = home.browser.get(path).text
        assert "Sign in" not in page
        assert '<a href="/logout">Sign out</a>' in page

    def test_a_stranger_is_still_asked_to_sign_in(self, home: Home) -> None:
        page = Browser(home.browser.client.application).get("/subscribe").text
        assert '<a href="/login">Sign in</a>' in page
        assert "Already subscribe?" in page


class TestTheFirstLine:
    def test_invites_a_reader_who_has_no_subscription(self, home: Home) -> None:
        page = home.account()
        assert state_of(page) == "You have no subscription."
        assert 'href="/subscribe"' in page
        assert "Cancel subscription" not in page
        assert "Update your card" not in page

    def test_says_what_a_subscriber_pays_and_when(self, home: Home) -> None:
        home.subscribe()
        state = state_of(home.account())
        assert re.fullmatch(r"You subscribe monthly\. Next payment 4\.99\s₼ on \d+\s[A-Z][a-z]+(\s\d{4})?\.", state)

    def test_says_until_when_a_cancelled_subscriber_reads_and_offers_to_resume(self, home: Home) -> None:
        home.subscribe()
        home.browser.post("/account/subscription/cancellation")
        page = home.account()
        assert "Your subscription is cancelled. You can read until" in state_of(page)
        assert 'action="/account/subscription/resumption"' in page
        assert 'href="/account/subscription/cancellation"' not in page

    def test_says_that_a_payment_failed_and_leads_to_where_it_is_put_right(self, home: Home) -> None:
        customer, stripe_id = home.subscribe()
        home.world.use_card(customer, "pm_card_chargeCustomerFail")
        current = home.world.current(home.reader.id)
        assert current
        assert current.paid_through_at
        home.world.time.at = current.paid_through_at + timedelta(hours=2)
        sync_subscription(home.world.billing, stripe_id)
        page = home.account()
        assert "Your last payment of 4.99\N{NO-BREAK SPACE}₼ failed. You can still read until" in state_of(page)
        assert 'href="/account/payment/open"' in page
        assert "Pay the open invoice" in home.browser.get("/account/payment").text
        (owed,) = [one for one in home.world.invoices() if one.status == "open"]
        assert home.browser.get("/account/payment/open").location == owed.hosted_url

    def test_says_of_a_trial_that_it_is_free_and_not_that_anything_was_paid(self, home: Home) -> None:
        home.tries(days=14)
        page = home.account()
        assert state_of(page).startswith("Your trial runs for 14 more days. First payment 4.99")
        assert "<dt>Free until</dt>" in page
        assert "Paid until" not in page
        assert ">nothing to pay<" in page
        assert ">paid<" not in page

    def test_says_that_a_first_payment_is_not_finished(self, home: Home) -> None:
        home.subscribe("pm_card_chargeCustomerFail")
        assert state_of(home.account()) == "Your first payment is not finished yet."

    def test_says_until_when_one_reads_free_of_charge(self, home: Home) -> None:
        with home.world.database.writing() as session:
            give_comp(session, home.reader.publisher_id, home.reader.id, days=30, reason="x", actor="command line")
        page = home.account()
        assert state_of(page).startswith("You read free of charge until ")
        assert 'href="/subscribe"' in page


class TestThePage:
    def test_is_for_signed_in_readers_only(self, home: Home) -> None:
        stranger = Browser(home.browser.client.application)
        for path in PAGES:
            answer = stranger.get(path)
            assert answer.status_code == 302
            assert answer.location.startswith("/login?next=/account")
        assert stranger.post("/account/subscription/cancellation").status_code == 303

    def test_lists_invoices_with_their_pages(self, home: Home) -> None:
        home.subscribe()
        page, (invoice,) = home.account(), home.world.invoices()
        assert invoice.hosted_url
        assert f'href="{invoice.hosted_url}"' in page
        assert ">paid<" in page

    def test_reminds_of_an_unconfirmed_address_and_leads_to_password_and_sign_out(self, home: Home) -> None:
        page = home.account()
        assert 'href="/confirm"' in page
        assert 'href="/account/password"' in page
        assert 'action="/logout"' in page
        assert "leyla@example.org" in page


class TestCancelling:
    def test_takes_two_clicks_and_says_before_what_will_happen(self, home: Home) -> None:
        home.subscribe()
        assert 'href="/account/subscription/cancellation"' in home.account()
        asked = home.browser.get("/account/subscription/cancellation").text
        assert "Nothing more will be charged. You can go on reading until" in asked
        assert 'action="/account/subscription/cancellation"' in asked

    def test_is_true_at_stripe_at_once_and_access_stays(self, home: Home) -> None:
        _, stripe_id = home.subscribe()
        answer = home.browser.post("/account/subscription/cancellation")
        assert (answer.status_code, answer.location) == (303, "/account")
        assert home.world.billing.gateway.retrieve_subscription(stripe_id)["cancel_at_period_end"]
        assert home.world.may_read(home.reader.id)

    def test_twice_changes_nothing_more(self, home: Home) -> None:
        home.subscribe()
        for _ in range(2):
            assert home.browser.post("/account/subscription/cancellation").status_code == 303
        assert [mail.kind for mail in home.world.mails()].count("billing_cancelled") == 1

    def test_without_a_subscription_says_so(self, home: Home) -> None:
        home.browser.post("/account/subscription/cancellation")
        assert "There was nothing to cancel." in home.account()

    def test_drops_the_pass(self, home: Home) -> None:
        home.subscribe()
        answer = home.browser.post("/account/subscription/cancellation")
        assert any("pass=;" in cookie for cookie in answer.headers.getlist("Set-Cookie"))

    def test_of_an_unfinished_payment_ends_it_at_once(self, home: Home) -> None:
        _, stripe_id = home.subscribe("pm_card_chargeCustomerFail")
        home.browser.post("/account/subscription/cancellation")
        found = home.world.billing.gateway.retrieve_subscription(stripe_id)
        assert found["status"] in ("canceled", "incomplete_expired")
        assert state_of(home.account()) == "You have no subscription."

    def test_without_the_forms_token_does_nothing(self, home: Home) -> None:
        _, stripe_id = home.subscribe()
        answer = home.browser.client.post("/account/subscription/cancellation", base_url="https://news.test")
        assert answer.status_code == 400
        assert not home.world.billing.gateway.retrieve_subscription(stripe_id)["cancel_at_period_end"]


class TestResuming:
    @pytest.mark.parametrize("by_date", [False, True])
    def test_takes_the_cancellation_back_of_whatever_kind(self, home: Home, by_date: bool) -> None:
        _, stripe_id = home.subscribe()
        current = home.world.current(home.reader.id)
        assert current
        assert current.paid_through_at
        end = int(current.paid_through_at.timestamp())
        change = {"cancel_at": end} if by_date else {"cancel_at_period_end": True}
        home.world.billing.gateway.update_subscription(stripe_id, change, idempotency_key="1")
        sync_subscription(home.world.billing, stripe_id)
        answer = home.browser.post("/account/subscription/resumption")
        assert answer.status_code == 303
        found = home.world.billing.gateway.retrieve_subscription(stripe_id)
        assert (found["cancel_at"], found["cancel_at_period_end"]) == (None, False)
        assert "Next payment" in state_of(home.account())

    def test_of_an_ended_subscription_says_that_one_can_subscribe_again(self, home: Home) -> None:
        _, stripe_id = home.subscribe()
        home.world.billing.gateway.cancel_subscription(stripe_id)
        home.browser.post("/account/subscription/resumption")
        assert "you can subscribe again" in home.account()


class TestThePortal:
    def test_is_at_stripe(self, home: Home) -> None:
        home.subscribe()
        features: Any = {"payment_method_update": {"enabled": True}}
        home.world.ask(lambda v1: v1.billing_portal.configurations.create({"features": features}))
        answer = home.browser.post("/account/billing-portal")
        assert answer.status_code == 303
        assert urlsplit(answer.location).path.startswith("/sandbox/")

    @pytest.mark.parametrize("path", ["/account/billing-portal", "/account/payment/card"])
    def test_is_not_for_those_who_never_paid(self, home: Home, path: str) -> None:
        assert home.browser.post(path).status_code == 404


class TestTheCard:
    def test_is_changed_at_stripe_which_leads_back_and_the_account_says_which_pays_now(self, home: Home) -> None:
        customer, _ = home.subscribe()
        features: Any = {"payment_method_update": {"enabled": True}}
        home.world.ask(lambda v1: v1.billing_portal.configurations.create({"features": features}))
        assert home.browser.post("/account/payment/card").status_code == 303
        home.world.use_card(customer, "pm_card_mastercard")
        answer = home.browser.get("/account/payment/card")
        assert answer.location == "/account"
        page = home.account()
        assert "Your card ending in 4444 pays from now on." in page
        assert "Mastercard ending in 4444" in page

    def test_that_checkout_tied_to_the_subscription_gives_way_to_the_new_one(self, home: Home) -> None:
        customer, _ = home.subscribe()
        tied = home.at_stripe_customer(customer)["invoice_settings"]["default_payment_method"]
        change = {"default_payment_method": tied}
        home.world.billing.gateway.update_subscription(home.at_stripe()["id"], change, idempotency_key="tie")
        home.world.use_card(customer, "pm_card_mastercard")
        home.browser.get("/account/payment/card")
        assert home.at_stripe()["default_payment_method"] is None
        assert "Mastercard ending in 4444" in home.account()

    def test_leads_on_to_the_open_invoice_where_one_waits(self, home: Home) -> None:
        customer, _ = home.subscribe()
        home.world.use_card(customer, "pm_card_chargeCustomerFail")
        home.turn(days=33)
        home.world.use_card(customer, "pm_card_visa")
        answer = home.browser.get("/account/payment/card")
        assert answer.location == "/account/payment"
        assert ">Pay now<" in home.browser.get("/account/payment").text


class TestTheMails:
    def test_that_are_not_needed_can_be_switched_off_and_on(self, home: Home) -> None:
        home.subscribe()
        assert "Receipts for renewals: on." in home.account()
        for word, now in (("no", "off"), ("no", "off"), ("yes", "on")):
            assert home.browser.post("/account/mails", {"kind": "billing_receipt", "on": word}).status_code == 303
            assert f"Receipts for renewals: {now}." in home.account()

    def test_that_are_needed_can_not(self, home: Home) -> None:
        home.subscribe()
        assert home.browser.post("/account/mails", {"kind": "billing_cancelled", "on": "no"}).status_code == 422


class TestARefund:
    def test_of_a_part_is_told_in_the_invoices(self, home: Home) -> None:
        home.subscribe()
        (paid,) = home.world.invoices()
        refund(home.world.billing, paid.stripe_id, amount_minor=100, keeps_until=None, actor="admin:1")
        assert "1.00\N{NO-BREAK SPACE}₼ given back" in home.account()
        assert home.state().startswith("You subscribe monthly.")

    def test_of_all_ends_reading_and_says_so(self, home: Home) -> None:
        home.subscribe()
        (paid,) = home.world.invoices()
        refund(home.world.billing, paid.stripe_id, amount_minor=None, keeps_until=None, actor="admin:1")
        assert home.state().startswith("Your last payment was given back, and reading ended with it. Next payment")
        assert ">given back<" in home.account()


class TestStripeOutOfReach:
    @pytest.mark.parametrize(
        "path", ["/account/subscription/resumption", "/account/billing-portal", "/account/payment/card"]
    )
    def test_is_a_503_that_says_when_to_try_again(self, home: Home, path: str) -> None:
        home.subscribe()
        home.world.sandbox.faults.add("*", drop_before=True, times=None)
        answer = home.browser.post(path)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0

    def test_still_shows_the_account(self, home: Home) -> None:
        home.subscribe()
        home.world.sandbox.faults.add("*", drop_before=True, times=None)
        assert "You subscribe monthly" in state_of(home.account())
